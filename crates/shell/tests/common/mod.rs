//! A phone in a test's hand: a shell, a clock, and fingers that find things by their names.

#![allow(dead_code, reason = "each test crate uses its part")]

use purje_shell as shell;
use std::{path::PathBuf, time::Duration};

use scene::{Accessible, Role, TextMeasure, TextStyle};
use shell::{
    App, AppId, AuthVerdict, Battery, ClockText, CodeState, Effect, Event, Key, LaunchId,
    OutputInfo, Picture, Place, Settings, Shell, Status, Touch, WindowEvent, WindowId,
};
use units::{Insets, Point, Rect, Scale, Size, Time, Vector};

/// Every character is half an em wide; lines are 1.25 em high.
pub(crate) struct Monospace;

impl TextMeasure for Monospace {
    fn measure(&self, text: &str, style: &TextStyle, max_width: f64) -> Size {
        let em = f64::from(style.size);
        let width = text.chars().count() as f64 * em / 2.0;
        let lines = (width / max_width).ceil().clamp(1.0, f64::from(style.max_lines));
        Size::new(width.min(max_width).ceil(), (lines * em * 1.25).ceil())
    }
}

/// A shell with a clock that the test moves and a record of what it asked for.
pub(crate) struct Phone {
    pub(crate) shell: Shell,
    pub(crate) now: Time,
    /// What was asked for since the test looked last.
    pub(crate) effects: Vec<Effect>,
    /// Every event that may be recorded, with its time.
    pub(crate) record: Vec<(Time, Event)>,
    next_window: u64,
}

pub(crate) const STEP: Duration = Duration::from_millis(8);

pub(crate) fn output(width: f64, height: f64) -> OutputInfo {
    OutputInfo { size: Size::new(width, height), ..OutputInfo::default() }
}

/// The same with a notch in the middle of the top and round corners.
pub(crate) fn notched(width: f64, height: f64) -> OutputInfo {
    let portrait = height > width;
    let cutout = if portrait {
        Rect::new(Point::new(width / 2.0 - 60.0, 0.0), Size::new(120.0, 32.0))
    } else {
        Rect::new(Point::new(0.0, height / 2.0 - 60.0), Size::new(32.0, 120.0))
    };
    let safe = if portrait {
        Insets::new(34.0, 0.0, 16.0, 0.0)
    } else {
        Insets::new(0.0, 16.0, 16.0, 34.0)
    };
    let size = Size::new(width, height);
    OutputInfo { size, safe, corner_radius: 36.0, cutouts: vec![cutout], ..OutputInfo::default() }
}

pub(crate) fn app(id: &str, name: &str) -> App {
    App { id: AppId(id.into()), name: name.into(), icon: None, window_class: None }
}

pub(crate) fn apps() -> Vec<App> {
    let mut list = vec![app("foot", "Foot"), app("org.gnome.Calculator", "Calculator")];
    list.push(App {
        icon: Some(PathBuf::from("/usr/share/icons/maps.svg")),
        ..app("org.example.Maps", "Maps")
    });
    list.extend((1..=30).map(|n| app(&format!("app{n}"), &format!("Application {n}"))));
    list
}

impl Phone {
    pub(crate) fn new(output: OutputInfo, settings: Settings) -> Self {
        let now = Time::from_millis(10_000);
        let shell = Shell::new(output, settings, now);
        Self { shell, now, effects: Vec::new(), record: Vec::new(), next_window: 1 }
    }

    /// A phone of 360x720 with a clock, a battery and applications, locked.
    pub(crate) fn booted(code: CodeState) -> Self {
        Self::booted_on(output(360.0, 720.0), code)
    }

    pub(crate) fn booted_on(output: OutputInfo, code: CodeState) -> Self {
        let mut phone = Self::new(output, Settings { code, ..Settings::default() });
        phone.send(Event::Clock(ClockText {
            time: "21:37".into(),
            date: "Monday 23 November".into(),
        }));
        phone.send(Event::Status(Status {
            battery: Some(Battery { percent: 80, charging: false }),
        }));
        phone.send(Event::Apps(apps()));
        phone
    }

    /// The same on home.
    pub(crate) fn at_home() -> Self {
        Self::at_home_on(output(360.0, 720.0))
    }

    pub(crate) fn at_home_on(output: OutputInfo) -> Self {
        let mut phone = Self::booted_on(output, CodeState::None);
        let middle = phone.size().to_vector().to_point() / 2.0;
        phone.swipe(middle + Vector::new(0.0, 60.0), middle - Vector::new(0.0, 100.0), 120);
        phone.rest();
        assert_eq!(phone.place(), Place::Home);
        phone.effects.clear();
        phone
    }

    pub(crate) fn size(&self) -> Size {
        match self.picture() {
            Picture::Open(scene) => scene.size,
            Picture::Locked(scene) => scene.size,
        }
    }

    pub(crate) fn send(&mut self, event: Event) {
        self.shell.is_secret(&event);
        let secret = self.shell.is_secret(&event);
        let before = self.effects.len();
        self.shell.handle(event.clone(), self.now, &mut self.effects);
        let record = if secret { Event::stand_in(&self.effects[before..]) } else { Some(event) };
        self.record.extend(record.map(|event| (self.now, event)));
        self.shell.verify_invariants();
    }

    /// Lets time pass, with the wake-ups that the shell asks for.
    pub(crate) fn wait(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        while let Some(at) = self.shell.next_wake().filter(|&at| at <= end) {
            self.now = at;
            self.send(Event::Tick);
        }
        self.now = end;
    }

    /// Waits until nothing moves, two seconds at most.
    pub(crate) fn rest(&mut self) {
        for _ in 0..250 {
            if !self.shell.is_animating(self.now) {
                return;
            }
            self.wait(8);
        }
    }

    pub(crate) fn place(&self) -> Place {
        self.shell.summary().place
    }

    pub(crate) fn picture(&self) -> Picture {
        self.shell.picture(self.now, &Monospace)
    }

    pub(crate) fn accessible(&self) -> Vec<Accessible> {
        match self.picture() {
            Picture::Open(scene) => scene.accessible(),
            Picture::Locked(scene) => scene.accessible(),
        }
    }

    pub(crate) fn find(&self, role: Role, name: &str) -> Option<Rect> {
        let found =
            self.accessible().into_iter().rev().find(|a| a.role == role && a.name == name)?;
        let [x, y, width, height] = found.frame;
        Some(Rect::new(Point::new(x, y), Size::new(width, height)))
    }

    pub(crate) fn has(&self, role: Role, name: &str) -> bool {
        self.find(role, name).is_some()
    }

    pub(crate) fn draw_list(&self) -> String {
        match self.picture() {
            Picture::Open(scene) => scene.draw_list(Scale::new(1.0)).describe(),
            Picture::Locked(scene) => scene.draw_list(Scale::new(1.0)).describe(),
        }
    }

    #[track_caller]
    pub(crate) fn press(&mut self, role: Role, name: &str) {
        let Some(frame) = self.find(role, name) else {
            let names: Vec<_> = self.accessible().into_iter().map(|a| (a.role, a.name)).collect();
            panic!("no {role:?} {name:?} among {names:?}");
        };
        self.tap(frame.center());
    }

    pub(crate) fn tap(&mut self, at: Point) {
        self.send(Event::Touch(Touch::Down { slot: 0, at }));
        self.send(Event::Touch(Touch::Frame));
        self.wait(60);
        self.send(Event::Touch(Touch::Up { slot: 0 }));
        self.send(Event::Touch(Touch::Frame));
    }

    pub(crate) fn down(&mut self, at: Point) {
        self.send(Event::Touch(Touch::Down { slot: 0, at }));
        self.send(Event::Touch(Touch::Frame));
    }

    /// Moves the finger that is down from `from` to `to` in `ms`.
    pub(crate) fn drag(&mut self, from: Point, to: Point, ms: u64) {
        let steps = (ms / 8).max(1);
        for step in 1..=steps {
            self.wait(8);
            let at = from + (to - from) * (step as f64 / steps as f64);
            self.send(Event::Touch(Touch::Motion { slot: 0, at }));
            self.send(Event::Touch(Touch::Frame));
        }
    }

    pub(crate) fn up(&mut self) {
        self.send(Event::Touch(Touch::Up { slot: 0 }));
        self.send(Event::Touch(Touch::Frame));
    }

    pub(crate) fn swipe(&mut self, from: Point, to: Point, ms: u64) {
        self.down(from);
        self.drag(from, to, ms);
        self.up();
    }

    pub(crate) fn swipe_from_right(&mut self) {
        let size = self.size();
        let y = size.height * 0.6;
        self.swipe(Point::new(size.width - 2.0, y), Point::new(size.width * 0.4, y), 160);
        self.rest();
    }

    pub(crate) fn swipe_from_bottom(&mut self) {
        let size = self.size();
        let x = size.width / 2.0;
        self.swipe(Point::new(x, size.height - 2.0), Point::new(x, size.height * 0.5), 160);
        self.rest();
    }

    pub(crate) fn swipe_from_corner(&mut self) {
        let size = self.size();
        self.swipe(Point::new(8.0, 2.0), Point::new(20.0, size.height * 0.6), 160);
        self.rest();
    }

    /// Lifts the lock's curtain.
    pub(crate) fn lift_curtain(&mut self) {
        let middle = self.size().to_vector().to_point() / 2.0;
        self.swipe(middle + Vector::new(0.0, 60.0), middle - Vector::new(0.0, 100.0), 120);
        self.rest();
    }

    pub(crate) fn enter(&mut self, code: &str) {
        for digit in code.chars() {
            self.press(Role::Button, &digit.to_string());
            self.wait(80);
        }
        self.press(Role::Button, "Confirm code");
    }

    pub(crate) fn power_key(&mut self) {
        self.send(Event::Key { key: Key::Power, pressed: true });
        self.wait(100);
        self.send(Event::Key { key: Key::Power, pressed: false });
    }

    /// The latest launch that was asked for since the test looked.
    #[track_caller]
    pub(crate) fn launched(&mut self) -> (LaunchId, AppId) {
        let found = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Launch { launch, app, .. } => Some((*launch, app.clone())),
            _ => None,
        });
        found.unwrap_or_else(|| panic!("no launch in {:?}", self.effects))
    }

    pub(crate) fn map(&mut self, app_id: &str, launch: Option<LaunchId>) -> WindowId {
        self.map_dialog(app_id, launch, None)
    }

    pub(crate) fn map_dialog(
        &mut self,
        app_id: &str,
        launch: Option<LaunchId>,
        parent: Option<WindowId>,
    ) -> WindowId {
        let id = WindowId(self.next_window);
        self.next_window += 1;
        self.send(Event::Window(WindowEvent::Mapped {
            id,
            app_id: app_id.into(),
            title: format!("{app_id} window"),
            launch,
            parent,
        }));
        id
    }

    /// A window that comes by itself and is left as a cover.
    pub(crate) fn map_cover(&mut self, app_id: &str) -> WindowId {
        let id = self.map(app_id, None);
        self.rest();
        self.send(Event::Request(shell::Request::GoHome));
        self.rest();
        id
    }

    pub(crate) fn verdict(&mut self, verdict: AuthVerdict) {
        self.send(Event::Auth(verdict));
    }

    pub(crate) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }
}
