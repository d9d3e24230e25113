//! Kinetic scrolling: follows a finger, coasts, and springs back from beyond the ends.

use std::time::Duration;

use units::{Motion, Spring, Time};

/// How quickly a coasting scroll loses speed: the share lost in a second is `1 - e^-FRICTION`.
const FRICTION: f64 = 2.8;
/// Slower than this, in logical pixels a second, is standing still.
const STILL: f64 = 12.0;
/// The farther beyond an end, the less a finger pulls: this far at most.
const RUBBER: f64 = 120.0;
const END: Spring = Spring { response: 0.36, damping: 1.0 };

/// A position along a content that is longer than its window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scroll {
    /// How far the content can be moved; zero if all of it fits.
    range: f64,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    /// Where a finger holds it, rubber band not counted in.
    Held(f64),
    /// Coasting from `from` at `velocity` since `start`; until `end`, then `after`.
    Coast { from: f64, velocity: f64, start: Time, end: Time },
    /// Coasted into an end (after `from`) or let go beyond it.
    Spring { coast: Option<(f64, f64, Time)>, hit: Time, motion: Motion },
}

impl Scroll {
    pub(crate) const fn new() -> Self {
        Self { range: 0.0, phase: Phase::Held(0.0) }
    }

    /// Where the content stands: what has left the window at its start, negative when pulled
    /// beyond it.
    pub(crate) fn offset(&self, now: Time) -> f64 {
        match self.phase {
            Phase::Held(at) => self.rubber(at),
            Phase::Coast { from, velocity, start, end } => {
                coast(from, velocity, start, now.min(end))
            }
            Phase::Spring { coast: Some((from, velocity, start)), hit, .. } if now < hit => {
                coast(from, velocity, start, now)
            }
            Phase::Spring { motion, .. } => motion.value(now),
        }
    }

    pub(crate) fn range(&self) -> f64 {
        self.range
    }

    /// The content or its window changed size.
    pub(crate) fn set_range(&mut self, range: f64, now: Time) {
        let range = range.max(0.0);
        if (range - self.range).abs() > 0.01 {
            let at = self.offset(now).clamp(0.0, range);
            *self = Self { range, phase: Phase::Held(at) };
        }
    }

    pub(crate) fn jump(&mut self, at: f64) {
        self.phase = Phase::Held(at.clamp(0.0, self.range));
    }

    /// A finger stops it where it is.
    pub(crate) fn catch(&mut self, now: Time) {
        if !self.is_settled(now) {
            self.phase = Phase::Held(self.unrubber(self.offset(now)));
        }
    }

    /// A finger drags the content by `by`.
    pub(crate) fn drag(&mut self, by: f64, now: Time) {
        self.catch(now);
        let at = match self.phase {
            Phase::Held(at) => at,
            _ => self.offset(now),
        };
        self.phase = Phase::Held((at - by).clamp(-4.0 * RUBBER, self.range + 4.0 * RUBBER));
    }

    /// A finger lets go while dragging the content at `velocity`, in logical pixels a second.
    pub(crate) fn release(&mut self, velocity: f64, now: Time) {
        let (at, velocity) = (self.offset(now), -velocity);
        let bound = at.clamp(0.0, self.range);
        if (at - bound).abs() > 0.5 {
            self.phase = spring(None, now, at, bound, velocity);
            return;
        }
        if velocity.abs() < STILL {
            self.phase = Phase::Held(bound);
            return;
        }
        let rest = at + velocity / FRICTION;
        let bound = rest.clamp(0.0, self.range);
        if (rest - bound).abs() > 0.5 {
            // Reaches the end at `t` with what speed is left, and swings back from there.
            let left = 1.0 - (bound - at) * FRICTION / velocity;
            let t = -left.max(1e-6).ln() / FRICTION;
            let hit = now + Duration::from_secs_f64(t.max(0.0));
            let speed = velocity * (-FRICTION * t).exp();
            self.phase = spring(Some((at, velocity, now)), hit, bound, bound, speed);
        } else {
            let t = (velocity.abs() / STILL).ln() / FRICTION;
            let end = now + Duration::from_secs_f64(t);
            self.phase = Phase::Coast { from: at, velocity, start: now, end };
        }
    }

    pub(crate) fn is_settled(&self, now: Time) -> bool {
        match self.phase {
            Phase::Held(_) => true,
            Phase::Coast { end, .. } => now >= end,
            Phase::Spring { hit, motion, .. } => now >= hit && motion.is_settled(now),
        }
    }

    /// From when on it stands still, if it does not yet.
    pub(crate) fn settles_at(&self) -> Option<Time> {
        match self.phase {
            Phase::Held(_) => None,
            Phase::Coast { end, .. } => Some(end),
            Phase::Spring { motion, .. } => motion.settles_at(),
        }
    }

    fn rubber(&self, at: f64) -> f64 {
        let bound = at.clamp(0.0, self.range);
        let beyond = at - bound;
        bound + beyond.signum() * RUBBER * (1.0 - (-beyond.abs() / (2.0 * RUBBER)).exp())
    }

    fn unrubber(&self, offset: f64) -> f64 {
        let bound = offset.clamp(0.0, self.range);
        let beyond = offset - bound;
        let share = (beyond.abs() / RUBBER).min(0.98);
        bound + beyond.signum() * -(1.0 - share).ln() * 2.0 * RUBBER
    }
}

fn coast(from: f64, velocity: f64, start: Time, now: Time) -> f64 {
    let t = now.since(start).as_secs_f64();
    from + velocity / FRICTION * (1.0 - (-FRICTION * t).exp())
}

fn spring(coast: Option<(f64, f64, Time)>, hit: Time, at: f64, bound: f64, velocity: f64) -> Phase {
    let mut motion = Motion::still(at);
    motion.fling(bound, velocity, END, hit);
    Phase::Spring { coast, hit, motion }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Time = Time::from_millis(1_000);

    fn after(ms: u64) -> Time {
        START + Duration::from_millis(ms)
    }

    fn scroll(range: f64) -> Scroll {
        let mut scroll = Scroll::new();
        scroll.set_range(range, START);
        scroll
    }

    #[test]
    fn it_follows_the_finger_within_its_range_and_resists_beyond() {
        let mut s = scroll(500.0);
        s.drag(-120.0, START);
        assert_eq!(s.offset(START), 120.0);
        s.drag(220.0, START);
        let beyond = s.offset(START);
        assert!((-60.0..-30.0).contains(&beyond), "{beyond}");
        s.drag(-100.0, START);
        assert_eq!(s.offset(START), 0.0, "the band gives back what it took");
    }

    #[test]
    fn a_flick_coasts_without_a_jump_and_never_ends_beyond_its_range() {
        for velocity in [-6_000.0, -900.0, -200.0, 0.0, 150.0, 3_000.0] {
            for at in [0.0, 250.0, 500.0, 560.0] {
                let mut s = scroll(500.0);
                s.drag(-at, START);
                let before = s.offset(START);
                s.release(velocity, START);
                assert!((s.offset(START) - before).abs() < 0.6);
                let mut last = before;
                for ms in 1..4_000 {
                    let here = s.offset(after(ms));
                    assert!((here - last).abs() < 8.0, "jump at {ms} ms: {last} {here}");
                    last = here;
                }
                assert!(s.is_settled(after(4_000)));
                assert!((-0.01..=500.01).contains(&last), "{last}");
            }
        }
    }

    #[test]
    fn a_touch_catches_it_where_it_is() {
        let mut s = scroll(5_000.0);
        s.release(-2_000.0, START);
        let here = s.offset(after(80));
        s.catch(after(80));
        assert_eq!(s.offset(after(900)), here);
    }

    #[test]
    fn content_that_shrinks_takes_the_position_along() {
        let mut s = scroll(500.0);
        s.drag(-400.0, START);
        s.set_range(100.0, START);
        assert_eq!(s.offset(START), 100.0);
    }
}
