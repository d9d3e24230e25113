//! Something that rises over what was there.

use units::{Motion, Spring, Time};

/// A panel that is shown or hidden, and where it is on its way.
///
/// Whether it *is* shown changes when that is decided, not while a finger moves it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Panel {
    shown: bool,
    /// 0 hidden, 1 shown.
    rise: Motion,
}

impl Panel {
    pub(crate) const fn hidden() -> Self {
        Self { shown: false, rise: Motion::still(0.0) }
    }

    pub(crate) fn set(&mut self, shown: bool, spring: Spring, now: Time) {
        if self.shown != shown {
            let velocity = self.rise.velocity(now);
            self.let_go(shown, velocity, spring, now);
        }
    }

    /// A finger holds it there.
    pub(crate) fn hold(&mut self, rise: f64) {
        self.rise.hold(rise.clamp(0.0, 1.0));
    }

    /// A finger lets go of it at `velocity`, in whole rises a second.
    pub(crate) fn let_go(&mut self, shown: bool, velocity: f64, spring: Spring, now: Time) {
        self.shown = shown;
        self.rise.fling(if shown { 1.0 } else { 0.0 }, velocity, spring, now);
    }

    pub(crate) fn is_shown(&self) -> bool {
        self.shown
    }

    /// How far it has risen; a little beyond `0..=1` while it swings.
    pub(crate) fn risen(&self, now: Time) -> f64 {
        self.rise.value(now)
    }

    pub(crate) fn velocity(&self, now: Time) -> f64 {
        self.rise.velocity(now)
    }

    pub(crate) fn motion(&self) -> &Motion {
        &self.rise
    }

    /// Hides whatever is behind it.
    pub(crate) fn covers_all(&self, now: Time) -> bool {
        self.rise.target() >= 1.0 && self.rise.is_settled(now)
    }

    /// Something of it can be seen.
    pub(crate) fn is_visible(&self, now: Time) -> bool {
        self.rise.target() > 0.0 || !self.rise.is_settled(now)
    }
}
