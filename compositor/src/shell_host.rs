//! Where the shell meets the world: events go in and are recorded, effects come out and are
//! carried out.

use std::collections::VecDeque;

use shell::{Effect, Event, Shell, Target, WindowId};
use smithay::{
    reexports::wayland_protocols::xdg::shell::server::xdg_toplevel,
    utils::{Logical, Size},
    wayland::shell::xdg::ToplevelSurface,
};
use units::Time;

use crate::{State, render::Leaf};

/// How many events the ring holds: a few minutes of swiping.
const RING: usize = 8192;

/// The shell, with the record of what it was told.
pub(crate) struct ShellHost {
    shell: Shell,
    ring: VecDeque<Recorded>,
    /// Events told while an effect is being carried out wait for their turn.
    waiting: VecDeque<(Event, Time)>,
    busy: bool,
    output_size: units::Size,
    /// What the shell was told of the layers.
    layers: (units::Insets, Vec<shell::LayerInfo>),
    /// The minute that the clock shows, and when it ends.
    clock_until: Option<Time>,
    /// Checks the device code.
    pub(crate) auth: Option<crate::seat::Verifier>,
    /// What the shell was told of the user's choices.
    settings: shell::Settings,
    /// Whether a code is set, where the verifier was asked: what configuration cannot know.
    code: Option<shell::CodeState>,
}

/// An event with its time, as it is recorded and replayed.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Recorded {
    pub(crate) at: Time,
    pub(crate) event: Event,
}

impl ShellHost {
    pub(crate) fn new(output: shell::OutputInfo, settings: shell::Settings, now: Time) -> Self {
        let output_size = output.size;
        let mut ring = VecDeque::with_capacity(64);
        // A record begins with what the shell began with.
        ring.push_back(Recorded { at: now, event: Event::Output(output.clone()) });
        ring.push_back(Recorded { at: now, event: Event::Settings(settings.clone()) });
        Self {
            shell: Shell::new(output, settings.clone(), now),
            ring,
            waiting: VecDeque::new(),
            busy: false,
            output_size,
            layers: (units::Insets::zero(), Vec::new()),
            clock_until: None,
            auth: None,
            settings,
            code: None,
        }
    }

    pub(crate) fn shell(&self) -> &Shell {
        &self.shell
    }

    /// The record, one JSON object a line, the oldest first.
    pub(crate) fn log(&self) -> String {
        let lines = self.ring.iter().filter_map(|line| serde_json::to_string(line).ok());
        lines.fold(String::new(), |mut log, line| {
            log.push_str(&line);
            log.push('\n');
            log
        })
    }

    /// Size of the output as the shell knows it, logical pixels.
    pub(crate) fn output_size(&self) -> units::Size {
        self.output_size
    }

    pub(crate) fn set_output_size(&mut self, size: units::Size) {
        self.output_size = size;
    }

    /// Keeps whether a code is set; the settings that say so, if the shell was told otherwise.
    pub(crate) fn set_code(&mut self, code: shell::CodeState) -> Option<shell::Settings> {
        self.code = Some(code);
        let settings = &self.settings;
        (settings.code != code).then(|| shell::Settings { code, ..settings.clone() })
    }

    /// Whether the shell has been told otherwise of the layers; keeps what it is told now.
    pub(crate) fn layers_differ(
        &mut self,
        usable: &units::Insets,
        surfaces: &[shell::LayerInfo],
    ) -> bool {
        if self.layers.0 == *usable && self.layers.1 == surfaces {
            return false;
        }
        self.layers = (*usable, surfaces.to_vec());
        true
    }

    fn handle(&mut self, mut event: Event, at: Time) -> Vec<Effect> {
        if let Event::Settings(settings) = &mut event {
            settings.code = self.code.unwrap_or(settings.code);
            self.settings.clone_from(settings);
        }
        let secret = self.shell.is_secret(&event);
        let recorded = (!secret).then(|| event.clone());
        let mut effects = Vec::new();
        self.shell.handle(event, at, &mut effects);
        let recorded = if secret { Event::stand_in(&effects) } else { recorded };
        if let Some(event) = recorded.filter(|event| !matches!(event, Event::Tick)) {
            if self.ring.len() >= RING {
                self.ring.pop_front();
            }
            self.ring.push_back(Recorded { at, event });
        }
        effects
    }

    pub(crate) fn clock_due(&self, now: Time) -> bool {
        self.clock_until.is_none_or(|until| until <= now)
    }

    pub(crate) fn next_clock(&self) -> Option<Time> {
        (self.shell.display() != shell::Display::Off).then_some(self.clock_until).flatten()
    }
}

impl State {
    /// Tells the shell of something that happens now.
    pub fn tell(&mut self, event: Event) {
        let now = self.clock.now();
        self.tell_at(event, now);
    }

    /// Tells the shell of something with the kernel's time of it, and carries out what follows.
    pub fn tell_at(&mut self, event: Event, at: Time) {
        if matches!(event, Event::Touch(_) | Event::Key { .. } | Event::UserActivity) {
            self.globals.idle.activity(at);
        }
        self.host.waiting.push_back((event, at));
        if std::mem::replace(&mut self.host.busy, true) {
            return;
        }
        while let Some((event, at)) = self.host.waiting.pop_front() {
            for effect in self.host.handle(event, at) {
                self.carry_out(effect);
            }
        }
        self.host.busy = false;
    }

    /// Tells the shell what the clock on the wall shows, and when to ask again.
    pub(crate) fn tell_clock(&mut self) {
        let (text, lasts) = self.screen.wall_clock.read();
        self.host.clock_until = Some(self.clock.now() + lasts);
        self.tell(Event::Clock(text));
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::ToClient(touch) => self.touch_client(touch),
            Effect::Configure { window, state } => self.configure(window, state),
            Effect::Focus(target) => self.focus(target),
            Effect::Close(window) => self.close(window),
            Effect::Launch { launch, app, uris } => self.launch(launch, &app, uris),
            Effect::StopLaunch(launch) => self.stop_launch(launch),
            Effect::Authenticate(secret) => self.authenticate(&secret),
            Effect::Display(display) => self.light(display),
            Effect::Locked(locked) => self.lock_changed(locked),
            Effect::ConfirmExternalLock => self.globals.await_lock_frame(),
            Effect::RefuseExternalLock => self.globals.refuse_lock(),
            Effect::Haptic(haptic) => tracing::trace!(?haptic, "no motor"),
            Effect::Power(action) => self.power(action),
            Effect::Redraw => self.screen.schedule.queue(),
        }
    }

    fn configure(&mut self, window: WindowId, state: shell::WindowState) {
        let Some(toplevel) = self.windows.get(window).and_then(|t| t.xdg()) else { return };
        apply(toplevel, &state);
        if toplevel.is_initial_configure_sent() {
            toplevel.send_pending_configure();
        }
    }

    fn close(&self, window: WindowId) {
        if let Some(toplevel) = self.windows.get(window).and_then(|t| t.xdg()) {
            toplevel.send_close();
        }
    }

    /// Lights or darkens the panel. What is dark draws nothing and asks nothing.
    fn light(&mut self, display: shell::Display) {
        let lit = display != shell::Display::Off;
        if lit {
            self.tell_clock();
            self.screen.schedule.reset();
        } else {
            self.backend.trim();
        }
        self.backend.set_lit(lit);
        self.set_backlight(display);
    }

    fn lock_changed(&mut self, locked: bool) {
        if let Some(bus) = &self.bus {
            bus.locked(locked);
        }
        if locked {
            // What was set or removed while the phone was open counts from here on.
            self.find_code();
        }
        self.screen.schedule.queue();
    }
}

/// Puts the shell's word for a window into xdg-shell's.
pub(crate) fn apply(toplevel: &ToplevelSurface, state: &shell::WindowState) {
    use xdg_toplevel::State as S;
    let whole = |size: units::Size| -> Size<i32, Logical> {
        Size::from(((size.width.floor() as i32).max(1), (size.height.floor() as i32).max(1)))
    };
    toplevel.with_pending_state(|pending| {
        pending.size = state.size.map(whole);
        pending.bounds = Some(whole(state.bounds));
        for (flag, name) in [
            (state.activated, S::Activated),
            (state.maximized, S::Maximized),
            (state.fullscreen, S::Fullscreen),
            (state.suspended, S::Suspended),
        ] {
            if flag {
                pending.states.set(name);
            } else {
                pending.states.unset(name);
            }
        }
    });
}

/// The leaf that a target is drawn as.
pub(crate) fn leaf(target: Target) -> Leaf {
    match target {
        Target::Window(id) => Leaf::Window(id),
        Target::Layer(id) => Leaf::Layer(id),
        Target::Lock(id) => Leaf::Lock(id),
    }
}
