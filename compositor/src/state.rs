//! The compositor's state, and its turn of the event loop.
//!
//! A struct of parts; a handler takes the part it needs. The order of a turn is in
//! [`State::turn`] and nowhere else.

use std::sync::Arc;

use anyhow::Result;
use smithay::reexports::{
    calloop::{LoopHandle, LoopSignal},
    wayland_server::{Display, DisplayHandle},
};
use units::Time;

use crate::{
    ClientInfo, Panel, backend::Backend, bus::Bus, clock::Clock, frames::Screen, input::Input,
    protocols::Globals, schedule::Schedule, seat::WallClock, shell_host::ShellHost,
    windows::Windows,
};

/// All that is needed to make a [`State`].
pub struct Setup {
    /// Where pictures go.
    pub backend: Box<dyn Backend>,
    /// The phone's panel.
    pub panel: Panel,
    /// What the user chose.
    pub settings: shell::Settings,
    /// The clock on the wall.
    pub wall_clock: WallClock,
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
        let output = panel.make_output();
        output.create_global::<Self>(&dh);
        let interval = panel.interval();
        let host = ShellHost::new(panel.output_info(), settings, clock.now());
        let screen = Screen {
            output,
            panel,
            schedule: Schedule::new(interval),
            rasterizer,
            shown_locked: None,
            wall_clock: setup.wall_clock,
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

    /// Everything that follows the clients' state and is told once a turn.
    fn refresh(&mut self) {
        self.windows.popups.cleanup();
        self.refresh_layers();
        self.refresh_inhibitors();
        self.globals.idle.set_inhibited(self.globals.inhibitors.any_on(), self.clock.now());
        self.refresh_foreign_toplevels();
    }
}
