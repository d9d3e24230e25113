//! One finger's way over the glass.

use std::{collections::VecDeque, time::Duration};

use units::{Point, Time, Vector};

/// Where a finger was, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sample {
    /// In logical pixels.
    pub(crate) at: Point,
    pub(crate) time: Time,
}

/// The past that speed is estimated from: long enough to average the trembling of a slow panel
/// out, short enough to forget what the finger did before it turned.
const WINDOW: Duration = Duration::from_millis(80);
/// Panels say nothing of a finger that does not move. A silence longer than a few samples that
/// got lost is a rest, and counts as one sample in place.
const SILENCE: Duration = Duration::from_millis(40);
/// After this long a silence the finger stands still, whatever it did before.
const STANDSTILL: Duration = Duration::from_millis(100);
/// Samples within less time than this tell no speed: one bad time stamp would make it any number.
const LEAST_SPAN: Duration = Duration::from_millis(4);
/// More than any device reports within [`WINDOW`].
const CAPACITY: usize = 96;

/// A finger's landing, its latest place, and enough between to tell its speed.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    start: Sample,
    recent: VecDeque<Sample>,
    last: Sample,
}

impl Track {
    pub(crate) fn new(at: Point, time: Time) -> Self {
        let start = Sample { at, time };
        Self { start, recent: VecDeque::from([start]), last: start }
    }

    pub(crate) fn start(&self) -> Sample {
        self.start
    }

    pub(crate) fn last(&self) -> Sample {
        self.last
    }

    /// From the landing to the latest place, in logical pixels.
    pub(crate) fn way(&self) -> Vector {
        self.last.at - self.start.at
    }

    /// Adds a place and returns it as it counts: a time before the latest one counts as that one.
    pub(crate) fn push(&mut self, at: Point, time: Time) -> Sample {
        let sample = Sample { at, time: time.max(self.last.time) };
        // Of two places at one instant the later report is where the finger was.
        if sample.time == self.last.time {
            self.recent.pop_back();
        }
        self.recent.push_back(sample);
        self.last = sample;
        // Two always stay, so that a slow or lossy panel still shows a direction.
        while self.recent.len() > 2
            && (self.recent.len() > CAPACITY || sample.time.since(self.recent[0].time) > WINDOW)
        {
            self.recent.pop_front();
        }
        sample
    }

    /// Speed at `now`, in logical pixels a second: the slope of the straight line through the
    /// latest places that leaves the least squares.
    pub(crate) fn velocity(&self, now: Time) -> Vector {
        let now = now.max(self.last.time);
        let silence = now.since(self.last.time);
        if silence > STANDSTILL {
            return Vector::zero();
        }
        let mut samples: Vec<Sample> =
            self.recent.iter().copied().filter(|s| now.since(s.time) <= WINDOW).collect();
        if silence > SILENCE {
            samples.push(Sample { at: self.last.at, time: now });
        } else if samples.len() < 2 {
            samples = self.recent.iter().copied().rev().take(2).collect();
            samples.reverse();
        }
        slope(&samples)
    }
}

/// Slope of the least-squares line through `samples`, which are in order of time.
fn slope(samples: &[Sample]) -> Vector {
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
        return Vector::zero();
    };
    let span = last.time.since(first.time);
    if span < LEAST_SPAN || span > STANDSTILL {
        return Vector::zero();
    }
    // Relative to the first sample, so that large coordinates and uptimes cost no precision.
    let count = samples.len() as f64;
    let seconds = |s: &Sample| s.time.since(first.time).as_secs_f64();
    let mean_time = samples.iter().map(seconds).sum::<f64>() / count;
    let mut slope = Vector::zero();
    let mut spread = 0.0;
    for sample in samples {
        let t = seconds(sample) - mean_time;
        slope += (sample.at - first.at) * t;
        spread += t * t;
    }
    // Two samples at least LEAST_SPAN apart: the spread is not zero.
    slope / spread
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(samples: impl IntoIterator<Item = (f64, f64)>) -> Track {
        let mut samples =
            samples.into_iter().map(|(ms, x)| (Time::from_micros((ms * 1000.0) as u64), x));
        let (time, x) = samples.next().unwrap();
        let mut track = Track::new(Point::new(x, 0.0), time);
        for (time, x) in samples {
            track.push(Point::new(x, 0.0), time);
        }
        track
    }

    /// 500 px/s for `ms`, sampled at `hz`.
    fn steady(hz: f64, ms: f64) -> Vec<(f64, f64)> {
        let step = 1000.0 / hz;
        (0..).map(|i| f64::from(i) * step).take_while(|&t| t <= ms).map(|t| (t, t * 0.5)).collect()
    }

    #[test]
    fn a_steady_finger_has_its_speed_at_any_rate() {
        for hz in [30.0, 60.0, 90.0, 120.0, 240.0, 1000.0] {
            let track = track(steady(hz, 200.0));
            let v = track.velocity(track.last().time);
            assert!((v.x - 500.0).abs() < 1.0 && v.y == 0.0, "{hz} Hz: {v:?}");
        }
    }

    #[test]
    fn lost_samples_do_not_change_the_speed() {
        let kept = steady(120.0, 200.0).into_iter().enumerate().filter(|(i, _)| i % 5 < 2);
        let track = track(kept.map(|(_, s)| s));
        let v = track.velocity(track.last().time + Duration::from_millis(25));
        assert!((v.x - 500.0).abs() < 1.0, "{v:?}");
    }

    #[test]
    fn trembling_hardly_changes_it() {
        let samples = steady(60.0, 200.0).into_iter().enumerate();
        let track = track(samples.map(|(i, (t, x))| (t, x + if i % 2 == 0 { 1.0 } else { -1.0 })));
        let v = track.velocity(track.last().time);
        assert!((v.x - 500.0).abs() < 40.0, "{v:?}");
    }

    #[test]
    fn a_rest_before_the_release_leaves_no_speed() {
        let track = track(steady(60.0, 200.0));
        let after = |ms| track.velocity(track.last().time + Duration::from_millis(ms)).x;
        assert!(after(16) > 400.0);
        assert!(after(60) < 400.0);
        assert!(after(60) >= 0.0);
        assert_eq!(after(101), 0.0);
    }

    #[test]
    fn of_two_places_at_one_instant_the_later_counts() {
        let track = track([(0.0, 0.0), (10.0, 5.0), (20.0, 90.0), (20.0, 10.0)]);
        let v = track.velocity(track.last().time);
        assert!((v.x - 500.0).abs() < 1e-6, "{v:?}");
    }

    #[test]
    fn time_that_stands_still_or_goes_back_gives_no_speed_and_no_panic() {
        let still = track([(50.0, 0.0), (50.0, 90.0), (20.0, 500.0)]);
        assert_eq!(still.velocity(Time::ZERO), Vector::zero());
        assert_eq!(still.last().at.x, 500.0);
        assert_eq!(still.last().time, Time::from_millis(50));
    }

    #[test]
    fn a_turn_is_seen_within_the_window() {
        let out = steady(120.0, 150.0);
        let &(turn, far) = out.last().unwrap();
        let back = (1..=8).map(|i| (turn + f64::from(i) * 8.0, far - f64::from(i) * 8.0));
        let track = track(out.into_iter().chain(back));
        assert!(track.velocity(track.last().time).x < -300.0);
    }
}
