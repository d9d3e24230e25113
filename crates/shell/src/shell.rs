//! The one face of the room.

use power_policy::{Display, Lock, PowerPolicy};
use scene::{Scene, TextMeasure};
use units::Time;

use crate::{Effect, Event, OutputInfo, Picture, Place, Settings, Summary};

/// A phone's shell: everything that it shows and decides.
#[derive(Debug)]
pub struct Shell {
    output: OutputInfo,
    power: PowerPolicy,
}

impl Shell {
    /// A shell that has just been started, at `now`: locked until it is known that no code guards
    /// the phone.
    pub fn new(output: OutputInfo, settings: Settings, now: Time) -> Self {
        Self { output, power: PowerPolicy::new(settings.power, Lock::Locked, now) }
    }

    /// Takes in what happened at `now` and appends what follows from it to `effects`.
    pub fn handle(&mut self, event: Event, now: Time, effects: &mut Vec<Effect>) {
        if let Event::Output(output) = event {
            self.output = output;
            effects.push(Effect::Redraw);
        }
        let _ = now;
    }

    /// When [`Event::Tick`] is to come at the latest, if nothing else happens before. `None` if
    /// nothing will happen by itself.
    pub fn next_wake(&self) -> Option<Time> {
        self.power.next_wake()
    }

    /// What is to be seen at `now`, which may lie a little ahead (the time of presentation).
    pub fn picture(&self, now: Time, measure: &dyn TextMeasure) -> Picture {
        let _ = (now, measure);
        Picture::Locked(Scene::new(self.output.size))
    }

    /// Whether something moves at `now`, so that the next frame will differ from this one.
    pub fn is_animating(&self, now: Time) -> bool {
        let _ = now;
        false
    }

    /// Whether a code can be entered now: what fingers and digit keys do must not be recorded.
    pub fn is_secret_entry(&self) -> bool {
        false
    }

    /// Whether `event`, which is about to be handled, must not be recorded. After handling it,
    /// record [`Event::stand_in`] instead, where there is one.
    pub fn is_secret(&self, event: &Event) -> bool {
        let _ = event;
        false
    }

    /// The model in a few words.
    pub fn summary(&self) -> Summary {
        Summary {
            place: Place::Lock,
            locked: true,
            display: self.display(),
            front: None,
            covers: Vec::new(),
        }
    }

    /// How the display is to be lit.
    pub fn display(&self) -> Display {
        self.power.display()
    }

    /// Whether the phone is locked.
    pub fn is_locked(&self) -> bool {
        self.power.lock() == Lock::Locked
    }

    /// Checks what must hold between any two events.
    ///
    /// # Panics
    /// If it does not: that is a bug in this crate.
    pub fn verify_invariants(&self) {
        self.power.verify_invariants();
    }
}
