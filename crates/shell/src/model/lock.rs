//! The lock screen's curtain, its code pad, and the external locker that may stand in for them.
//!
//! Whether the phone *is* locked is not decided here: the power policy says so.

use std::time::Duration;

use units::{Motion, Time};

use crate::{AuthVerdict, LockSurface, Secret, tokens};

use super::Panel;

/// What the code pad says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// What to do.
    Enter,
    /// The verifier is at work.
    Checking,
    /// The code was wrong.
    Wrong,
    /// The code cannot be checked, and why.
    Broken(String),
}

/// An external locker (ext-session-lock).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct External {
    /// Its surface, once that has a picture.
    pub(crate) surface: Option<LockSurface>,
    /// The phone was locked by itself before: then this locker cannot open it.
    pub(crate) over_own: bool,
}

/// The lock screen.
#[derive(Debug)]
pub(crate) struct LockScreen {
    /// What rises as the curtain is lifted: the code pad, or nothing where no code is set.
    pub(crate) pad: Panel,
    /// After the unlock: 0 all there, 1 gone.
    pub(crate) leave: Motion,
    pub(crate) entry: Secret,
    pub(crate) note: Note,
    /// No code is checked before.
    pub(crate) wait_until: Option<Time>,
    /// When the code was last found wrong, for as long as that shakes.
    pub(crate) shake: Option<Time>,
    pub(crate) external: Option<External>,
}

impl LockScreen {
    pub(crate) fn new() -> Self {
        Self {
            pad: Panel::hidden(),
            leave: Motion::still(0.0),
            entry: Secret::new(),
            note: Note::Enter,
            wait_until: None,
            shake: None,
            external: None,
        }
    }

    /// Back to the curtain at once. A verdict that is still to come counts no more.
    pub(crate) fn close(&mut self) {
        self.pad = Panel::hidden();
        self.leave.hold(0.0);
        self.clear();
    }

    /// Forgets what was entered.
    pub(crate) fn clear(&mut self) {
        self.entry = Secret::new();
        self.note = Note::Enter;
        self.shake = None;
    }

    pub(crate) fn is_checking(&self) -> bool {
        self.note == Note::Checking
    }

    /// Seconds for which no code is checked yet, rounded up.
    pub(crate) fn wait_s(&self, now: Time) -> u64 {
        let left = self.wait_until.map_or(Duration::ZERO, |until| until.since(now));
        left.as_millis().div_ceil(1000) as u64
    }

    pub(crate) fn takes_digits(&self, now: Time) -> bool {
        !self.is_checking() && self.wait_s(now) == 0
    }

    /// Takes the digits out, to be checked.
    pub(crate) fn submit(&mut self) -> Secret {
        self.note = Note::Checking;
        self.entry.take()
    }

    /// What the verifier said, if it does not open the lock.
    pub(crate) fn refuse(&mut self, verdict: AuthVerdict, now: Time) {
        self.clear();
        match verdict {
            AuthVerdict::Wrong { wait_s } => {
                self.note = Note::Wrong;
                self.shake = Some(now);
                self.wait_until = Some(now + Duration::from_secs(u64::from(wait_s)));
            }
            AuthVerdict::Broken(why) => self.note = Note::Broken(why),
            AuthVerdict::Ok | AuthVerdict::NoCode => {}
        }
    }

    /// How far the dots are off their place, in logical pixels.
    pub(crate) fn shake_offset(&self, now: Time) -> f64 {
        let Some(since) = self.shake else { return 0.0 };
        let t = now.since(since).as_secs_f64() / tokens::SHAKE.as_secs_f64();
        if t >= 1.0 { 0.0 } else { 14.0 * (1.0 - t) * (t * 3.5 * std::f64::consts::TAU).sin() }
    }

    pub(crate) fn shake_ends(&self) -> Option<Time> {
        self.shake.map(|since| since + tokens::SHAKE)
    }
}
