//! The compositor's state, and its turn of the event loop.
//!
//! A struct of parts; a handler takes the part it needs. The order of a turn is in
//! [`State::turn`] and nowhere else.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use smithay::{
    output::{Mode, Output, PhysicalProperties, Scale, Subpixel},
    reexports::{
        calloop::{LoopHandle, LoopSignal},
        wayland_server::{Display, DisplayHandle},
    },
    utils::{Physical, Size},
};
use units::{Time, Transform};

use crate::{
    ClientInfo,
    backend::{Backend, Drawn, Presented},
    bus::Bus,
    clock::Clock,
    input::Input,
    protocols::{Globals, frame_callbacks},
    render::{Frame, Image, Leaf},
    schedule::Schedule,
    shell_host::ShellHost,
    windows::Windows,
};

/// The panel that the phone has, whatever stands behind it at the moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Name of the output, as clients see it.
    pub name: String,
    /// Who made the phone.
    pub make: String,
    /// Which phone it is.
    pub model: String,
    /// Physical pixels, before the transform.
    pub size_px: (i32, i32),
    /// Millimetres, before the transform.
    pub size_mm: (i32, i32),
    /// Physical pixels to a logical one.
    pub scale: f64,
    /// Refresh rate in thousandths of a hertz.
    pub refresh_mhz: i32,
    /// How the picture is turned.
    pub transform: Transform,
    /// How wide the edges are that gestures start in, millimetres.
    pub edges: shell::EdgeWidths,
    /// What the sides lose to a notch or round corners, physical pixels as seen.
    pub safe_px: [f64; 4],
    /// Radius of the panel's corners, physical pixels.
    pub corner_radius_px: f64,
    /// Where the panel has no pixels, as seen: left, top, width, height in physical pixels.
    pub cutouts_px: Vec<[f64; 4]>,
}

/// All that is needed to make a [`State`].
pub struct Setup {
    /// Where pictures go.
    pub backend: Box<dyn Backend>,
    /// The phone's panel.
    pub panel: Panel,
    /// What the user chose.
    pub settings: shell::Settings,
    /// Whether the clock counts to 24.
    pub clock_24h: bool,
    /// The keyboard's layout and variant.
    pub keyboard: (String, String),
    /// The clock.
    pub clock: Clock,
    /// Makes text and icons.
    pub rasterizer: raster::Rasterizer,
    /// Name of the Wayland socket, for clients that are started.
    pub socket: String,
    /// Whether tools may simulate touches and keys.
    pub allow_test_input: bool,
}

/// See the module's documentation.
pub struct State {
    pub(crate) display: DisplayHandle,
    pub(crate) handle: LoopHandle<'static, State>,
    pub(crate) life: Life,
    pub(crate) clock: Clock,
    pub(crate) globals: Globals,
    pub(crate) input: Input,
    pub(crate) windows: Windows,
    pub(crate) host: ShellHost,
    pub(crate) screen: Screen,
    pub(crate) backend: Box<dyn Backend>,
    pub(crate) bus: Option<Bus>,
    pub(crate) socket: String,
    pub(crate) allow_test_input: bool,
}

/// Whether the loop goes on.
pub(crate) struct Life {
    stop: LoopSignal,
    running: bool,
    child_exited: bool,
    /// Why it ended, if it had to.
    failure: Option<anyhow::Error>,
    /// Turns of the event loop since the start.
    pub(crate) turns: u64,
}

/// The panel and when it is drawn.
pub(crate) struct Screen {
    pub(crate) output: Output,
    pub(crate) panel: Panel,
    pub(crate) schedule: Schedule,
    pub(crate) rasterizer: raster::Rasterizer,
    /// Whether the last frame that was presented was a locked one; `None` before the first.
    pub(crate) shown_locked: Option<bool>,
    pub(crate) clock_24h: bool,
    /// Frames presented since the start that differed from the one before.
    pub(crate) frames: u64,
    /// What the last frame showed as it is, and not as a small cover.
    in_full: Vec<Leaf>,
}

impl Screen {
    /// Whether the last frame showed the leaf as it is.
    pub(crate) fn shows(&self, leaf: Leaf) -> bool {
        self.in_full.contains(&leaf)
    }
}

impl State {
    /// Makes the state and all Wayland globals.
    ///
    /// # Errors
    /// When the keyboard's keymap cannot be compiled.
    pub fn new(
        display: &Display<Self>,
        handle: LoopHandle<'static, Self>,
        stop: LoopSignal,
        setup: Setup,
    ) -> Result<Self> {
        let Setup { backend, panel, settings, keyboard, clock, rasterizer, .. } = setup;
        let dh = display.handle();
        let mut globals = Globals::new(&dh, clock.now());
        let input = Input::new(&dh, &mut globals.seat, &keyboard)?;
        let output = make_output(&panel);
        output.create_global::<Self>(&dh);
        let interval = panel.interval();
        let host = ShellHost::new(panel.output_info(), settings, clock.now());
        let screen = Screen {
            output,
            panel,
            schedule: Schedule::new(interval),
            rasterizer,
            shown_locked: None,
            clock_24h: setup.clock_24h,
            frames: 0,
            in_full: Vec::new(),
        };
        let mut state = Self {
            display: dh,
            handle,
            life: Life { stop, running: true, child_exited: false, failure: None, turns: 0 },
            clock,
            globals,
            input,
            windows: Windows::default(),
            host,
            screen,
            backend,
            bus: None,
            socket: setup.socket,
            allow_test_input: setup.allow_test_input,
        };
        state.offer_dmabuf();
        state.tell_clock();
        Ok(state)
    }

    /// Takes in a client that has connected.
    ///
    /// # Errors
    /// When the connection is already broken.
    pub fn add_client(
        &mut self,
        stream: std::os::unix::net::UnixStream,
        info: ClientInfo,
    ) -> Result<()> {
        self.display.insert_client(stream, Arc::new(info))?;
        Ok(())
    }

    /// One turn, after the sources of the event loop have spoken: time, shell, picture, clients.
    pub fn turn(&mut self) {
        self.life.turns += 1;
        let now = self.clock.now();
        self.screen.schedule.tick(now);
        if self.host.clock_due(now) {
            self.tell_clock();
        }
        if self.host.shell().next_wake().is_some_and(|at| at <= now) {
            self.tell(shell::Event::Tick);
        }
        self.globals.idle.tick(now);
        self.refresh();
        if self.screen.schedule.is_due() {
            self.redraw();
        }
        self.refresh_bus();
        if let Err(error) = self.display.flush_clients() {
            tracing::debug!("error flushing clients: {error}");
        }
    }

    /// Whether the loop is to go on.
    pub fn is_running(&self) -> bool {
        self.life.running
    }

    /// Ends the loop after this turn.
    pub fn end(&mut self) {
        self.life.running = false;
        self.life.stop.stop();
        self.life.stop.wakeup();
    }

    /// Ends the loop because of something that only a new start mends.
    pub(crate) fn fail(&mut self, failure: anyhow::Error) {
        self.life.failure.get_or_insert(failure);
        self.end();
    }

    pub(crate) fn take_failure(&mut self) -> Option<anyhow::Error> {
        self.life.failure.take()
    }

    pub(crate) fn stop_backend(&mut self) {
        self.backend.stop();
    }

    pub(crate) fn note_child_exited(&mut self) {
        self.life.child_exited = true;
    }

    pub(crate) fn take_child_exited(&mut self) -> bool {
        std::mem::take(&mut self.life.child_exited)
    }

    /// When [`Self::turn`] has something to do even if no source speaks.
    pub fn next_wake(&self) -> Option<Time> {
        let shell = self.host.shell().next_wake();
        let idle = self.globals.idle.next_wake();
        let frame = self.screen.schedule.next_wake();
        [shell, frame, self.host.next_clock(), idle].into_iter().flatten().min()
    }

    /// A frame that the backend owed is on the panel since `at`.
    pub fn presented(&mut self, at: Time, sequence: u64, vsync: bool) {
        self.screen.schedule.presented(at);
        if self.screen.shown_locked == Some(true) {
            self.globals.confirm_lock();
        }
        self.globals.presented(at, self.screen.schedule.interval(), sequence, vsync);
    }

    /// Something has changed: draw at the next refresh.
    pub fn queue_redraw(&mut self) {
        self.screen.schedule.queue();
    }

    /// The panel has another size, density or turn from now on: a window was resized, a connector
    /// offers other modes. Clients keep their output.
    pub fn set_panel(&mut self, panel: Panel) {
        if panel == self.screen.panel {
            return;
        }
        panel.describe(&self.screen.output);
        self.screen.schedule.set_interval(panel.interval());
        self.screen.schedule.reset();
        let info = panel.output_info();
        self.screen.panel = panel;
        self.host.set_output_size(info.size);
        self.tell(shell::Event::Output(info));
        self.tell_scale();
    }

    /// Draws everything anew at once: there is something to draw on again.
    pub fn output_ready(&mut self) {
        self.screen.schedule.reset();
    }

    /// The shell's model, to look at.
    pub fn shell(&self) -> &shell::Shell {
        self.host.shell()
    }

    /// Size of the output as the user sees it, logical pixels.
    pub fn output_size(&self) -> units::Size {
        self.host.output_size()
    }

    /// What assistive technology and test drivers see of the present picture.
    pub fn accessible(&self) -> Vec<scene::Accessible> {
        match self.host.shell().picture(self.clock.now(), &self.screen.rasterizer) {
            shell::Picture::Open(scene) => scene.accessible(),
            shell::Picture::Locked(scene) => scene.accessible(),
        }
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The picture as the panel shows it, where that can be read back.
    pub fn shown(&mut self) -> Option<Image> {
        self.backend.shown()
    }

    /// The picture as the user would see it now, drawn anew.
    ///
    /// # Errors
    /// When the display is off or the renderer fails.
    pub fn capture(&mut self) -> Result<Image> {
        anyhow::ensure!(
            self.host.shell().display() != shell::Display::Off,
            "the display is off; light it first"
        );
        let at = self.clock.now();
        let list = self.draw_list(at);
        let frame = Frame {
            output: &self.screen.output,
            list: &list.list,
            leaves: &self.windows,
            rasterizer: &mut self.screen.rasterizer,
            presented_at: at,
        };
        self.backend.capture(frame)
    }

    /// Everything that follows the clients' state and is told once a turn.
    fn refresh(&mut self) {
        self.windows.popups.cleanup();
        self.refresh_layers();
        self.refresh_inhibitors();
        self.globals.idle.set_inhibited(self.globals.inhibitors.any_on(), self.clock.now());
        self.refresh_foreign_toplevels();
    }

    fn redraw(&mut self) {
        if self.host.shell().display() == shell::Display::Off {
            self.screen.schedule.rest();
            if self.host.shell().is_locked() {
                // Darkness shows nothing of any application either.
                self.globals.confirm_lock();
            }
            return;
        }
        let now = self.clock.now();
        let at = self.screen.schedule.predict(now);
        let mut picture = self.draw_list(at);
        self.input.pointer.draw(&mut picture.list, self.screen.panel.scale);
        let frame = Frame {
            output: &self.screen.output,
            list: &picture.list,
            leaves: &self.windows,
            rasterizer: &mut self.screen.rasterizer,
            presented_at: at,
        };
        let drawn = match self.backend.present(frame) {
            Ok(drawn) => drawn,
            Err(error) => {
                tracing::warn!("error drawing a frame: {error:#}");
                // Not at once: what fails now fails again within the same refresh.
                self.screen.schedule.estimated(now + self.screen.schedule.interval());
                self.screen.schedule.queue();
                return;
            }
        };
        self.after_frame(&picture, &drawn, now, at);
        for problem in self.screen.rasterizer.take_problems() {
            tracing::warn!("{problem}");
        }
    }

    fn after_frame(&mut self, picture: &Drawing, drawn: &Drawn, now: Time, at: Time) {
        let schedule = &mut self.screen.schedule;
        match drawn.presented {
            Presented::Pending => schedule.sent(now),
            Presented::Estimated => {
                schedule.estimated(at.max(now + Duration::from_millis(1)));
            }
            Presented::Unchanged => schedule.estimated(now + schedule.interval()),
            Presented::NoOutput => schedule.rest(),
        }
        if let Some(refresh_at) = drawn.refresh_at {
            schedule.queue_at(refresh_at);
        }
        if self.host.shell().is_animating(at) {
            schedule.queue();
        }
        if drawn.presented == Presented::NoOutput {
            return;
        }
        let shown = picture.leaves.iter().filter(|(_, full)| *full).map(|(leaf, _)| *leaf);
        self.screen.in_full = shown.collect();
        if drawn.presented != Presented::Unchanged {
            self.screen.frames += 1;
            self.copy_to_waiting();
        }
        self.screen.shown_locked = Some(picture.locked);
        if picture.locked && drawn.presented != Presented::Pending {
            self.globals.confirm_lock();
        }
        self.globals.collect_feedback(&self.screen.output, &picture.leaves, &self.windows, drawn);
        if drawn.presented != Presented::Pending {
            // No word will come of this frame: the estimate is what there is.
            self.globals.presented(at, self.screen.schedule.interval(), 0, false);
        }
        let shown: Vec<_> = picture.leaves.clone();
        if let Some(next) =
            frame_callbacks::send(&mut self.globals.throttle, &self.windows, &shown, now)
        {
            self.screen.schedule.queue_at(next);
        }
    }

    /// What the shell wants seen at `at`, flattened, with its surfaces named for the renderer.
    fn draw_list(&mut self, at: Time) -> Drawing {
        let scale = units::Scale::new(self.screen.panel.scale);
        let picture = self.host.shell().picture(at, &self.screen.rasterizer);
        Drawing::new(picture, scale)
    }
}

/// A picture as a draw list.
pub(crate) struct Drawing {
    pub(crate) list: scene::DrawList<Leaf>,
    pub(crate) locked: bool,
    /// Leaves that are to be seen; the second says whether as they are (and not as a small cover).
    pub(crate) leaves: Vec<(Leaf, bool)>,
}

impl Drawing {
    fn new(picture: shell::Picture, scale: units::Scale) -> Self {
        let (list, locked) = match picture {
            shell::Picture::Open(scene) => (
                rename(scene.draw_list(scale), |surface| match surface {
                    shell::OpenSurface::Window(id) => Leaf::Window(id),
                    shell::OpenSurface::Layer(id) => Leaf::Layer(id),
                }),
                false,
            ),
            shell::Picture::Locked(scene) => (rename(scene.draw_list(scale), Leaf::Lock), true),
        };
        let leaves = list
            .items
            .iter()
            .filter_map(|item| match item.paint {
                scene::Paint::Surface { surface, radius } => Some((surface, radius == 0)),
                _ => None,
            })
            .collect();
        Self { list, locked, leaves }
    }
}

fn rename<S>(list: scene::DrawList<S>, name: impl Fn(S) -> Leaf) -> scene::DrawList<Leaf> {
    use scene::{DrawItem, Paint};
    let items = list
        .items
        .into_iter()
        .map(|item| DrawItem {
            id: item.id,
            paint: match item.paint {
                Paint::Solid(color) => Paint::Solid(color),
                Paint::Raster(raster) => Paint::Raster(raster),
                Paint::Surface { surface, radius } => {
                    Paint::Surface { surface: name(surface), radius }
                }
            },
            dst: item.dst,
            clip: item.clip,
            alpha: item.alpha,
        })
        .collect();
    scene::DrawList { items }
}

impl Panel {
    /// The panel as the shell sees it.
    pub(crate) fn output_info(&self) -> shell::OutputInfo {
        let seen =
            self.transform.seen_size(units::PhysicalSize::new(self.size_px.0, self.size_px.1));
        let mm = self.transform.seen_size(units::PhysicalSize::new(self.size_mm.0, self.size_mm.1));
        let logical = |px: f64| px / self.scale;
        let size = units::Size::new(logical(seen.width.into()), logical(seen.height.into()));
        let [top, right, bottom, left] = self.safe_px.map(logical);
        let rect = |[x, y, w, h]: [f64; 4]| {
            units::Rect::new(units::Point::new(x, y), units::Size::new(w, h)) / self.scale
        };
        shell::OutputInfo {
            size,
            scale: self.scale,
            // Without a size in millimetres, a logical pixel is 1/160 of an inch by definition.
            density: if mm.width > 0 { f64::from(mm.width) / size.width } else { 25.4 / 160.0 },
            edges: self.edges,
            safe: units::Insets::new(top, right, bottom, left),
            corner_radius: logical(self.corner_radius_px),
            cutouts: self.cutouts_px.iter().copied().map(rect).collect(),
        }
    }

    /// Time between two refreshes.
    fn interval(&self) -> Duration {
        Duration::from_secs_f64(1_000.0 / f64::from(self.refresh_mhz.max(1_000)))
    }

    /// Tells clients of the panel.
    fn describe(&self, output: &Output) {
        let size: Size<i32, Physical> = self.size_px.into();
        let mode = Mode { size, refresh: self.refresh_mhz };
        let transform = self.smithay_transform();
        let scale = Scale::Fractional(self.scale);
        output.change_current_state(Some(mode), Some(transform), Some(scale), Some((0, 0).into()));
        output.set_preferred(mode);
    }

    /// The same panel with other pixels: as large in logical pixels, at another scale.
    pub(crate) fn at_scale(&self, scale: f64) -> Self {
        let factor = scale / self.scale;
        let px = |px: f64| px * factor;
        let side = |side: i32| ((f64::from(side) * factor).round() as i32).max(1);
        Self {
            size_px: (side(self.size_px.0), side(self.size_px.1)),
            scale,
            safe_px: self.safe_px.map(px),
            corner_radius_px: px(self.corner_radius_px),
            cutouts_px: self.cutouts_px.iter().map(|cutout| cutout.map(px)).collect(),
            ..self.clone()
        }
    }

    /// The same panel, held a quarter turn further to the left, as if it were mounted so.
    pub(crate) fn turned(&self) -> Self {
        let width = f64::from(self.size_px.0);
        let [top, right, bottom, left] = self.safe_px;
        let cutouts = self.cutouts_px.iter().map(|[x, y, w, h]| [*y, width - x - w, *h, *w]);
        Self {
            size_px: (self.size_px.1, self.size_px.0),
            size_mm: (self.size_mm.1, self.size_mm.0),
            safe_px: [right, bottom, left, top],
            cutouts_px: cutouts.collect(),
            ..self.clone()
        }
    }

    /// Smithay's form of the transform.
    pub(crate) fn smithay_transform(&self) -> smithay::utils::Transform {
        use smithay::utils::Transform as T;
        match self.transform {
            Transform::Normal => T::Normal,
            Transform::R90 => T::_90,
            Transform::R180 => T::_180,
            Transform::R270 => T::_270,
            Transform::Flipped => T::Flipped,
            Transform::Flipped90 => T::Flipped90,
            Transform::Flipped180 => T::Flipped180,
            Transform::Flipped270 => T::Flipped270,
        }
    }
}

fn make_output(panel: &Panel) -> Output {
    let properties = PhysicalProperties {
        size: panel.size_mm.into(),
        subpixel: Subpixel::Unknown,
        make: panel.make.clone(),
        model: panel.model.clone(),
    };
    let output = Output::new(panel.name.clone(), properties);
    panel.describe(&output);
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notched() -> Panel {
        Panel {
            name: "panel".into(),
            make: "Purje".into(),
            model: "test".into(),
            size_px: (1080, 2160),
            size_mm: (68, 136),
            scale: 3.0,
            refresh_mhz: 60_000,
            transform: Transform::Normal,
            edges: shell::EdgeWidths::uniform(4.0),
            safe_px: [80.0, 0.0, 0.0, 0.0],
            corner_radius_px: 90.0,
            cutouts_px: vec![[400.0, 0.0, 280.0, 80.0]],
        }
    }

    #[test]
    fn a_turned_phone_has_its_notch_at_the_side_and_four_turns_change_nothing() {
        let turned = notched().turned();
        assert_eq!(turned.size_px, (2160, 1080));
        assert_eq!(turned.safe_px, [0.0, 0.0, 0.0, 80.0]);
        assert_eq!(turned.cutouts_px, [[0.0, 400.0, 80.0, 280.0]]);
        assert_eq!(turned.turned().turned().turned(), notched());
    }

    #[test]
    fn another_scale_keeps_the_logical_size() {
        let (phone, window) = (notched(), notched().at_scale(1.25));
        let (phone, window) = (phone.output_info(), window.output_info());
        assert!((phone.size - window.size).to_vector().length() < 1.0, "{:?}", window.size);
        let moved = phone.cutouts[0].origin - window.cutouts[0].origin;
        assert!(moved.length() < 1.0, "{:?}", window.cutouts);
    }

    #[test]
    fn a_mounted_turn_swaps_what_the_user_sees() {
        let panel = Panel { transform: Transform::R90, ..notched() };
        assert_eq!(panel.output_info().size, units::Size::new(720.0, 360.0));
    }
}
