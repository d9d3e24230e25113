//! When a frame that was sent is seen: the driver's word, mistrusted.
//!
//! The first flip after a modeset carries the time of the vblank before it, if any; drivers
//! without vblanks say "now" at once, however often they are asked.

use std::time::Duration;

use units::Time;

/// A flip without word for this long is lost.
const LOST: Duration = Duration::from_millis(450);

/// The flip under way, and the last one seen.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When drawing of the frame under way was begun, and when it was sent.
    sent: Option<(Time, Time)>,
    last: Option<Time>,
}

/// A frame that is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// Since when.
    pub(super) at: Time,
    /// The vblank's number, zero if the driver's word is worth nothing.
    pub(super) sequence: u64,
    /// Whether the time is the driver's own.
    pub(super) vsync: bool,
    /// Not before then may the next frame be drawn.
    pub(super) hold_until: Option<Time>,
}

impl Pace {
    /// A frame whose drawing was begun at `begun` was sent.
    pub(super) fn sent(&mut self, begun: Time, now: Time) {
        self.sent = Some((begun, now));
    }

    /// Whether a flip is under way.
    pub(super) fn is_waiting(&self) -> bool {
        self.sent.is_some()
    }

    /// Nothing is under way any more, and no word of it will count.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Whether the flip under way is lost.
    pub(super) fn has_lost(&self, now: Time) -> bool {
        self.sent.is_some_and(|(_, sent)| now.since(sent) >= LOST)
    }

    /// The driver says that a frame is seen since `stamp`. `None` if none was sent.
    pub(super) fn seen(
        &mut self,
        stamp: Option<Time>,
        sequence: u64,
        now: Time,
        interval: Duration,
    ) -> Option<Seen> {
        let (begun, _) = self.sent.take()?;
        // Some drivers name the end of the vblank, a little ahead.
        let credible = stamp.filter(|stamp| *stamp >= begun && *stamp <= now + interval);
        let last = self.last;
        let at = credible.unwrap_or(now);
        // Less than this after the last one is no refresh of the panel.
        let least = last.map(|last| last + interval.mul_f64(0.75)).filter(|least| at < *least);
        let seen = match (least, last) {
            (Some(_), Some(last)) => {
                let at = last + interval;
                Seen { at, sequence: 0, vsync: false, hold_until: Some(at) }
            }
            _ if credible.is_some() => Seen { at, sequence, vsync: true, hold_until: None },
            _ => Seen { at, sequence: 0, vsync: false, hold_until: None },
        };
        self.last = Some(seen.at);
        Some(seen)
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
    fn the_drivers_word_counts() {
        let mut pace = Pace::default();
        pace.sent(ms(10), ms(10));
        let seen = pace.seen(Some(ms(16)), 7, ms(17), FRAME).expect("one was sent");
        assert_eq!(seen, Seen { at: ms(16), sequence: 7, vsync: true, hold_until: None });
    }

    #[test]
    fn a_time_before_the_frame_was_sent_is_stale() {
        for stale in [None, Some(ms(0)), Some(ms(999)), Some(ms(5_000))] {
            let mut pace = Pace::default();
            pace.sent(ms(1_000), ms(1_000));
            let seen = pace.seen(stale, 3, ms(1_017), FRAME).expect("one was sent");
            assert_eq!((seen.at, seen.vsync), (ms(1_017), false), "{stale:?}");
        }
    }

    #[test]
    fn word_of_a_frame_that_nobody_sent_is_ignored() {
        let mut pace = Pace::default();
        assert_eq!(pace.seen(Some(ms(16)), 1, ms(16), FRAME), None);
        pace.sent(ms(20), ms(20));
        pace.forget();
        assert_eq!(pace.seen(Some(ms(32)), 2, ms(32), FRAME), None);
    }

    #[test]
    fn a_driver_without_vblanks_is_held_to_the_refresh_rate() {
        let mut pace = Pace::default();
        pace.sent(ms(0), ms(0));
        assert_eq!(pace.seen(Some(ms(1)), 0, ms(1), FRAME).and_then(|s| s.hold_until), None);
        pace.sent(ms(2), ms(2));
        let seen = pace.seen(Some(ms(3)), 0, ms(3), FRAME).expect("one was sent");
        assert_eq!(seen.hold_until, Some(ms(17)));
        assert!(!seen.vsync);
    }

    #[test]
    fn a_flip_without_word_is_lost_after_a_while() {
        let mut pace = Pace::default();
        assert!(!pace.has_lost(ms(10_000)));
        pace.sent(ms(0), ms(0));
        assert!(!pace.has_lost(ms(449)));
        assert!(pace.has_lost(ms(450)));
    }
}
