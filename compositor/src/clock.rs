//! The clock that everything in the compositor reads: the kernel's, or one that tests move.

use std::{cell::Cell, rc::Rc};

use units::Time;

/// Tells the time. Clones tell the same time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    Monotonic,
    Manual(Rc<Cell<Time>>),
}

impl Clock {
    /// `CLOCK_MONOTONIC`, the clock of input events and of presentation times.
    pub fn monotonic() -> Self {
        Self(Source::Monotonic)
    }

    /// A clock that stands still until [`Self::set`] moves it.
    pub fn manual(start: Time) -> Self {
        Self(Source::Manual(Rc::new(Cell::new(start))))
    }

    /// Now.
    pub fn now(&self) -> Time {
        match &self.0 {
            Source::Monotonic => {
                let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
                Time::from_nanos(
                    (now.tv_sec as u64).saturating_mul(1_000_000_000) + now.tv_nsec as u64,
                )
            }
            Source::Manual(now) => now.get(),
        }
    }

    /// Whether only [`Self::set`] moves this clock.
    pub fn is_manual(&self) -> bool {
        matches!(self.0, Source::Manual(_))
    }

    /// Moves a manual clock, never backwards. Does nothing to the kernel's.
    pub fn set(&self, to: Time) {
        if let Source::Manual(now) = &self.0 {
            now.set(to.max(now.get()));
        }
    }
}
