//! Home's own state: scrolling, housekeeping and second thoughts; the app grid; the power menu.

use units::{Motion, Time};

use crate::{CoverId, tokens};

use super::Scroll;

/// Home without its covers.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) scroll: Scroll,
    /// Covers show badges that close them.
    pub(crate) housekeeping: bool,
    /// 0 no badges, 1 badges.
    pub(crate) badges: Motion,
    /// What will be closed, unless the user thinks again.
    pub(crate) remorse: Option<Remorse>,
}

/// Covers that are about to be closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remorse {
    pub(crate) covers: Vec<CoverId>,
    pub(crate) until: Time,
}

impl Remorse {
    /// Whole seconds left, rounded up.
    pub(crate) fn seconds(&self, now: Time) -> u64 {
        self.until.since(now).as_millis().div_ceil(1000) as u64
    }
}

impl Home {
    pub(crate) fn new() -> Self {
        Self {
            scroll: Scroll::new(),
            housekeeping: false,
            badges: Motion::still(0.0),
            remorse: None,
        }
    }

    pub(crate) fn set_housekeeping(&mut self, on: bool, now: Time) {
        if self.housekeeping != on {
            self.housekeeping = on;
            self.badges.go(if on { 1.0 } else { 0.0 }, tokens::FADE, now);
        }
    }
}

/// A panel that rises over what was there.
#[derive(Debug)]
pub(crate) struct Panel {
    /// 0 hidden, 1 shown.
    pub(crate) rise: Motion,
}

impl Panel {
    pub(crate) fn new() -> Self {
        Self { rise: Motion::still(0.0) }
    }

    /// Shown, or on its way there by itself.
    pub(crate) fn is_shown(&self) -> bool {
        self.rise.target() >= 1.0
    }

    /// Hides whatever is behind it.
    pub(crate) fn covers_all(&self, now: Time) -> bool {
        self.is_shown() && self.rise.is_settled(now)
    }

    /// Something of it can be seen.
    pub(crate) fn is_visible(&self, now: Time) -> bool {
        self.rise.target() > 0.0 || !self.rise.is_settled(now)
    }
}

/// The app grid.
#[derive(Debug)]
pub(crate) struct Grid {
    pub(crate) panel: Panel,
    pub(crate) scroll: Scroll,
}

impl Grid {
    pub(crate) fn new() -> Self {
        Self { panel: Panel::new(), scroll: Scroll::new() }
    }
}
