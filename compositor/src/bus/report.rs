//! The model as `org.purje.Compositor1` tells it: JSON of [`ipc::state::State`], and counters.

use ipc::{
    Error,
    state::{Output, State as Report, Window},
};
use serde_json::{Map, Value, json};
use shell::{Display, WindowSummary};

use crate::State;

impl State {
    /// What is shown.
    pub(super) fn report_json(&self) -> Result<String, Error> {
        serde_json::to_string(&self.report())
            .map_err(|error| Error::Malformed(format!("error writing the state as JSON: {error}")))
    }

    fn report(&self) -> Report {
        let mut summary = self.shell().summary();
        summary.covers.sort_by_key(|cover| std::cmp::Reverse(cover.used));
        let front = summary.covers.iter().find(|cover| Some(cover.cover) == summary.front);
        Report {
            view: summary.place.as_str().into(),
            locked: summary.locked,
            display: display_word(summary.display).into(),
            front: front.map(|cover| cover.app.0.clone()).unwrap_or_default(),
            socket: self.socket.clone(),
            backend: self.backend.name().into(),
            outputs: vec![self.report_output()],
            windows: summary.covers.into_iter().map(report_window).collect(),
            more: self.report_more(),
        }
    }

    fn report_output(&self) -> Output {
        let panel = &self.screen.panel;
        let (width, height) = panel.size_px;
        let size = panel.transform.seen_size(units::PhysicalSize::new(width, height));
        Output {
            name: panel.name.clone(),
            width: size.width.unsigned_abs(),
            height: size.height.unsigned_abs(),
            scale: panel.scale,
            refresh_hz: f64::from(panel.refresh_mhz) / 1_000.0,
            more: Map::new(),
        }
    }

    /// `nodes` is what assistive technology would see: role, name, and the frame as left, top,
    /// width and height in logical pixels. `moving` tells whether the picture is changing by
    /// itself.
    fn report_more(&self) -> Map<String, Value> {
        let now = self.clock.now();
        let session = self.bus.as_ref().is_some_and(|bus| bus.session_there);
        let facts = json!({
            "nodes": self.accessible(),
            "moving": self.shell().is_animating(now),
            "session": session,
        });
        match facts {
            Value::Object(facts) => facts,
            _ => Map::new(),
        }
    }

    /// Counters since the start.
    pub(super) fn perf_json(&self) -> String {
        json!({
            "frames": self.screen.frames,
            "turns": self.life.turns,
            "next_wake_ms": self.next_wake().map(|at| at.since(self.clock.now()).as_millis() as u64),
        })
        .to_string()
    }
}

fn report_window(cover: WindowSummary) -> Window {
    Window {
        // No window has the number 0: the tile of an application that has none yet.
        id: cover.window.map_or(0, |window| window.0),
        app_id: cover.app.0,
        title: cover.title,
        launch: cover.launch.map(|launch| launch.0.to_string()).unwrap_or_default(),
        state: cover.state.into(),
        reason: cover.reason.unwrap_or_default(),
        more: Map::from_iter([("name".to_owned(), Value::String(cover.name))]),
    }
}

fn display_word(display: Display) -> &'static str {
    match display {
        Display::On => "on",
        Display::Dim => "dim",
        Display::Off => "off",
    }
}
