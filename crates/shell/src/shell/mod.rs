//! The one face of the room, and what each kind of event does.

mod actions;
mod edges;
mod locking;
mod reconcile;
mod touch;
mod wake;
mod windows;

use std::collections::BTreeMap;

use gesture::Arena;
use power_policy::{Display, Lock, PowerPolicy};
use scene::TextMeasure;
use units::{Insets, Time};

use crate::{
    Effect, Event, Key, LayerId, OutputInfo, Picture, Request, Settings, Summary, WindowState,
    geometry::Geometry,
    model::Model,
    tokens::Palette,
    views::{self, View},
};

use edges::Grip;
use reconcile::Told;
use touch::{Landing, Pan};

/// A phone's shell: everything that it shows and decides.
#[derive(Debug)]
pub struct Shell {
    model: Model,
    arena: Arena,
    power: PowerPolicy,
    /// The latest time seen; it never goes back.
    now: Time,
    /// What layer-shell surfaces take from the sides.
    taken: Insets,
    /// What lies under each finger since it landed.
    landings: BTreeMap<u32, Landing>,
    /// What an edge gesture moves.
    grip: Option<Grip>,
    /// What a finger on the shell moves.
    pan: Option<(u32, Pan)>,
    /// Fingers that landed while a code could be entered.
    secret_slots: Vec<u32>,
    /// The layer-shell surface that was touched last and may have the keyboard for it.
    touched_layer: Option<LayerId>,
    next_launch: u64,
    told: Told,
    dirty: bool,
}

impl Shell {
    /// A shell that has just been started, at `now`: locked, and guarded until it is known that
    /// no code is set.
    pub fn new(output: OutputInfo, settings: Settings, now: Time) -> Self {
        let power = PowerPolicy::new(settings.power, Lock::Locked, now);
        let model = Model::new(output, settings);
        let arena = Arena::new(arena_geometry(&model), gesture::Tuning::STANDARD);
        Self {
            model,
            arena,
            power,
            now,
            taken: Insets::zero(),
            landings: BTreeMap::new(),
            grip: None,
            pan: None,
            secret_slots: Vec::new(),
            touched_layer: None,
            next_launch: 0,
            told: Told::new(),
            dirty: false,
        }
    }

    /// Takes in what happened at `now` and appends what follows from it to `effects`. A `now`
    /// before one seen earlier counts as that one.
    pub fn handle(&mut self, event: Event, now: Time, effects: &mut Vec<Effect>) {
        self.now = self.now.max(now);
        // What was due before the event happened before it.
        self.run_timers(effects);
        self.dispatch(event, effects);
        self.reconcile(effects);
        if std::mem::take(&mut self.dirty) && self.model.display != Display::Off {
            effects.push(Effect::Redraw);
        }
    }

    fn dispatch(&mut self, event: Event, effects: &mut Vec<Effect>) {
        match event {
            Event::Output(output) => {
                self.model.output = output;
                self.refit(effects);
            }
            Event::Settings(settings) => self.configure(settings, effects),
            Event::Touch(touch) => self.touch(touch, effects),
            Event::Key { key, pressed } => self.key(key, pressed, effects),
            Event::Clock(clock) => {
                self.dirty |= self.model.clock != clock;
                self.model.clock = clock;
            }
            Event::Status(status) => {
                self.dirty |= self.model.status != status;
                self.model.status = status;
            }
            Event::Apps(apps) => self.set_apps(apps),
            Event::Launch { launch, state } => self.launch_state(launch, state),
            Event::Window(event) => self.window(event),
            Event::Layers { usable, surfaces } => {
                self.taken = usable;
                self.model.layers = surfaces;
                self.refit(effects);
            }
            Event::Activate { window } => self.activate(window),
            Event::Auth(verdict) => self.verdict(verdict, effects),
            Event::CodeEntered => self.code_entered(),
            Event::ExternalLock(event) => self.external_lock(event, effects),
            Event::Inhibit { id, on } => {
                let id = power_policy::InhibitorId(id);
                let event = if on {
                    power_policy::Event::Inhibit(id)
                } else {
                    power_policy::Event::Uninhibit(id)
                };
                self.power(event, effects);
            }
            Event::UserActivity => self.power(power_policy::Event::Activity, effects),
            Event::Wake => self.power(power_policy::Event::Wake, effects),
            Event::Call(ongoing) => self.power(power_policy::Event::Call(ongoing), effects),
            Event::Proximity(near) => self.power(power_policy::Event::Proximity(near), effects),
            Event::LogindLock => self.power(power_policy::Event::Lock, effects),
            Event::LogindUnlock => self.logind_unlock(effects),
            Event::Request(request) => self.request(request, effects),
            Event::Tick => {}
        }
    }

    fn key(&mut self, key: Key, pressed: bool, effects: &mut Vec<Effect>) {
        if key == Key::Power {
            let event = if pressed {
                power_policy::Event::PowerPressed
            } else {
                power_policy::Event::PowerReleased
            };
            self.power(event, effects);
            return;
        }
        self.power(power_policy::Event::Activity, effects);
        if !pressed || self.model.display == Display::Off {
            return;
        }
        match key {
            Key::Digit(_) | Key::Enter | Key::Backspace => self.code_key(key, effects),
            Key::Escape => self.leave(),
            Key::Home => self.go_home(),
            Key::Power | Key::VolumeUp | Key::VolumeDown => {}
        }
    }

    fn request(&mut self, request: Request, effects: &mut Vec<Effect>) {
        match request {
            Request::LaunchApp { app, uris } => self.launch(app, uris, effects),
            Request::CloseApp(app) => self.close_app(&app, effects),
            Request::CloseWindow(window) => self.close_window(window, effects),
            Request::Lock => self.power(power_policy::Event::Lock, effects),
            Request::Blank => self.power(power_policy::Event::Blank, effects),
            Request::GoHome => self.go_home(),
        }
    }

    fn configure(&mut self, settings: Settings, effects: &mut Vec<Effect>) {
        self.power(power_policy::Event::Configure(settings.power), effects);
        self.model.palette = Palette::of(&settings);
        self.model.settings = settings;
        self.refit(effects);
        if !self.model.is_guarded() && self.model.lock.pad.is_shown() && self.model.locked {
            // The pad has nothing to ask for any more.
            self.model.lock.close();
        }
    }

    /// The panel or what is taken of it has changed: all is put where it belongs, at once.
    fn refit(&mut self, effects: &mut Vec<Effect>) {
        let geometry = Geometry::new(&self.model.output, self.taken);
        if geometry != self.model.geometry {
            self.model.geometry = geometry;
            self.told.refit = true;
        }
        self.feed_arena(gesture::Event::Geometry(arena_geometry(&self.model)), effects);
        self.dirty = true;
    }

    /// What is to be seen at `now`, which may lie a little ahead (the time of presentation).
    pub fn picture(&self, now: Time, measure: &dyn TextMeasure) -> Picture {
        views::picture(&View { model: &self.model, now: self.now.max(now), measure })
    }

    /// Whether `event`, which is about to be handled, must not be recorded, as it is part of a
    /// code. After handling it, record [`Event::stand_in`] instead, where there is one.
    pub fn is_secret(&self, event: &Event) -> bool {
        let ours = |slot: &u32| self.secret_slots.contains(slot);
        match event {
            Event::Touch(touch) => match touch {
                crate::Touch::Down { .. } => self.is_secret_entry(),
                crate::Touch::Motion { slot, .. } => self.is_secret_entry() || ours(slot),
                crate::Touch::Up { slot } => ours(slot),
                crate::Touch::Frame | crate::Touch::Cancel => false,
            },
            // Digits typed before the pad is up raise it and count.
            Event::Key { key: Key::Digit(_) | Key::Enter | Key::Backspace, .. } => {
                self.model.locked && self.model.is_guarded()
            }
            _ => false,
        }
    }

    /// How a toplevel window is to be told to be before it has its first picture.
    pub fn initial_window_state(&self, is_dialog: bool) -> WindowState {
        reconcile::window_state(&self.model, None, is_dialog, self.now)
    }

    /// How the display is to be lit.
    pub fn display(&self) -> Display {
        self.power.display()
    }

    /// Whether the phone is locked.
    pub fn is_locked(&self) -> bool {
        self.model.locked
    }

    /// The model in a few words.
    pub fn summary(&self) -> Summary {
        Summary::of(&self.model, self.now)
    }

    /// Checks what must hold between any two events.
    ///
    /// # Panics
    /// If it does not: that is a bug in this crate.
    pub fn verify_invariants(&self) {
        self.power.verify_invariants();
        self.arena.verify_invariants();
        self.model.windows.verify_invariants();
        self.verify_locking();
        self.verify_windows();
        self.told.verify_invariants(&self.model);
        if let Some(at) = self.next_wake() {
            assert!(at > self.now, "a wake-up lies in the past");
        }
        for (slot, _) in &self.model.pressed {
            assert!(self.landings.contains_key(slot), "a press without a finger");
        }
    }
}

/// The glass as the gesture arena wants it described.
fn arena_geometry(model: &Model) -> gesture::Geometry {
    let width = if model.settings.wide_edges { 1.5 } else { 1.0 };
    let edges = model.output.edges;
    gesture::Geometry {
        size: model.geometry.screen.size,
        density: model.geometry.density,
        edges: gesture::EdgeWidths {
            left: edges.left * width,
            right: edges.right * width,
            top: edges.top * width,
            bottom: edges.bottom * width,
        },
        corner_mm: gesture::Geometry::MIN_CORNER_MM,
    }
}
