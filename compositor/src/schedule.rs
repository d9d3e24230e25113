//! When to draw: at most once a refresh, and only when something has changed.
//!
//! ```text
//!            queue()                    drawn()
//!   Idle ─────────────▶ Queued ─────────────────────▶ Waiting { again: false }
//!    ▲                     ▲                              │ queue()   │
//!    │   presented(),      │ presented(), again           ▼           │ presented(),
//!    └── not again ────────┴────────────────── Waiting { again: true }┘ or its deadline
//! ```
//!
//! `Waiting` is left when the backend says that the frame was presented, or, where no such word
//! will come (nothing was sent because nothing had changed, or there is no vblank), at an
//! estimated time, so that clients' frame callbacks stay throttled to the refresh rate.

use std::time::Duration;

use units::Time;

/// See the module's documentation.
#[derive(Debug)]
pub(crate) struct Schedule {
    phase: Phase,
    /// Time between two refreshes.
    interval: Duration,
    /// When the last frame was presented, as far as it is known.
    last: Option<Time>,
    /// Wants to be drawn then even if nothing else happens.
    wake: Option<Time>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    Queued,
    Waiting { until: Option<Time>, again: bool },
}

/// A backend that owes us a vblank for this long has lost it: a device that went away, a driver
/// that forgot. Drawing goes on without it.
const LOST_VBLANK: Duration = Duration::from_millis(500);

impl Schedule {
    pub(crate) fn new(interval: Duration) -> Self {
        Self { phase: Phase::Queued, interval, last: None, wake: None }
    }

    pub(crate) fn set_interval(&mut self, interval: Duration) {
        self.interval = interval;
    }

    pub(crate) fn interval(&self) -> Duration {
        self.interval
    }

    /// Something has changed.
    pub(crate) fn queue(&mut self) {
        self.phase = match self.phase {
            Phase::Idle | Phase::Queued => Phase::Queued,
            Phase::Waiting { until, .. } => Phase::Waiting { until, again: true },
        };
    }

    /// Something will have changed at `at`.
    pub(crate) fn queue_at(&mut self, at: Time) {
        self.wake = Some(self.wake.map_or(at, |wake| wake.min(at)));
    }

    /// Whether to draw now.
    pub(crate) fn is_due(&self) -> bool {
        self.phase == Phase::Queued
    }

    /// When a frame drawn now is expected to be seen.
    pub(crate) fn predict(&self, now: Time) -> Time {
        let Some(last) = self.last else { return now };
        let interval = self.interval.as_nanos().max(1) as u64;
        let ahead = now.since(last).as_nanos() as u64 / interval + 1;
        Time::from_nanos(last.as_nanos().saturating_add(ahead.saturating_mul(interval)))
    }

    /// A frame was sent; its presentation will be told.
    pub(crate) fn sent(&mut self, now: Time) {
        self.phase = Phase::Waiting { until: Some(now + LOST_VBLANK), again: false };
    }

    /// A frame was drawn of which nobody will say when it is seen.
    pub(crate) fn estimated(&mut self, at: Time) {
        self.phase = Phase::Waiting { until: Some(at), again: false };
    }

    /// The last frame is on the panel since `at`.
    pub(crate) fn presented(&mut self, at: Time) {
        self.last = Some(at);
        self.advance();
    }

    /// Whatever was sent will not be presented, and all is to be drawn anew: the output has come
    /// back or was lit.
    pub(crate) fn reset(&mut self) {
        self.phase = Phase::Queued;
        self.wake = None;
    }

    /// There is nothing to draw on, or nobody to see it. [`Self::reset`] ends that.
    pub(crate) fn rest(&mut self) {
        self.phase = Phase::Idle;
        self.wake = None;
    }

    /// Time has passed.
    pub(crate) fn tick(&mut self, now: Time) {
        if let Phase::Waiting { until: Some(until), .. } = self.phase
            && until <= now
        {
            self.last = Some(until);
            self.advance();
        }
        if self.wake.is_some_and(|wake| wake <= now) {
            self.wake = None;
            self.queue();
        }
    }

    /// When [`Self::tick`] has something to do.
    pub(crate) fn next_wake(&self) -> Option<Time> {
        let until = match self.phase {
            Phase::Waiting { until, .. } => until,
            Phase::Idle | Phase::Queued => None,
        };
        [until, self.wake].into_iter().flatten().min()
    }

    fn advance(&mut self) {
        if let Phase::Waiting { again, .. } = self.phase {
            self.phase = if again { Phase::Queued } else { Phase::Idle };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Duration = Duration::from_millis(16);

    fn ms(ms: u64) -> Time {
        Time::from_millis(ms)
    }

    #[test]
    fn nothing_changed_means_nothing_runs() {
        let mut s = Schedule::new(FRAME);
        assert!(s.is_due(), "the first frame comes by itself");
        s.sent(ms(1));
        s.presented(ms(16));
        assert!(!s.is_due());
        assert_eq!(s.next_wake(), None);
    }

    #[test]
    fn a_change_while_waiting_is_drawn_once_after_the_vblank() {
        let mut s = Schedule::new(FRAME);
        s.sent(ms(1));
        s.queue();
        s.queue();
        assert!(!s.is_due());
        s.presented(ms(16));
        assert!(s.is_due());
    }

    #[test]
    fn without_a_vblank_the_estimate_ends_the_wait() {
        let mut s = Schedule::new(FRAME);
        s.estimated(ms(16));
        s.queue();
        s.tick(ms(15));
        assert!(!s.is_due());
        assert_eq!(s.next_wake(), Some(ms(16)));
        s.tick(ms(16));
        assert!(s.is_due());
    }

    #[test]
    fn a_vblank_that_never_comes_does_not_stop_the_picture_for_ever() {
        let mut s = Schedule::new(FRAME);
        s.sent(ms(0));
        s.queue();
        s.tick(ms(499));
        assert!(!s.is_due());
        s.tick(ms(500));
        assert!(s.is_due());
    }

    #[test]
    fn prediction_is_the_next_refresh_after_now() {
        let mut s = Schedule::new(FRAME);
        s.sent(ms(0));
        s.presented(ms(16));
        assert_eq!(s.predict(ms(17)), ms(32));
        assert_eq!(s.predict(ms(32)), ms(48));
        assert_eq!(s.predict(ms(100)), ms(112));
    }

    #[test]
    fn a_wish_for_later_wakes_once() {
        let mut s = Schedule::new(FRAME);
        s.sent(ms(0));
        s.presented(ms(16));
        s.queue_at(ms(120));
        s.queue_at(ms(200));
        assert_eq!(s.next_wake(), Some(ms(120)));
        s.tick(ms(120));
        assert!(s.is_due());
        assert_eq!(s.next_wake(), None);
    }
}
