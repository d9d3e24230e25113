//! Home's own state: scrolling, housekeeping and second thoughts; and the app grid's.

use units::{Motion, Time};

use crate::{CoverId, tokens};

use super::{Panel, Scroll};

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

/// The app grid.
#[derive(Debug)]
pub(crate) struct Grid {
    pub(crate) panel: Panel,
    pub(crate) scroll: Scroll,
}

impl Grid {
    pub(crate) fn new() -> Self {
        Self { panel: Panel::hidden(), scroll: Scroll::new() }
    }
}
