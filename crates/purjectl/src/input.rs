//! Simulated fingers and keys, in real time.
//!
//! Principles
//! - A finger is sampled as often as a touch screen does, so that gestures see what they would
//!   see from one.
//! - Samples are due at times counted from the beginning, so that a slow answer delays one sample
//!   and not the gesture.

use crate::arguments::TouchCommand;
use crate::failure::Failure;
use crate::peers::Compositor;
use ipc::compositor1::TouchKind;
use std::time::{Duration, Instant};

/// The distance of two samples, in milliseconds.
const SAMPLE_MS: u64 = 8;

/// What a finger does, and when, in milliseconds from the beginning.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sample {
    at_ms: u64,
    kind: TouchKind,
    x: f64,
    y: f64,
}

pub(crate) fn touch(command: &TouchCommand) -> Result<(), Failure> {
    let now = |kind, x, y| vec![Sample { at_ms: 0, kind, x, y }];
    let (slot, samples) = match *command {
        TouchCommand::Down { at, finger } => (finger.slot, now(TouchKind::Down, at.x, at.y)),
        TouchCommand::Move { at, finger } => (finger.slot, now(TouchKind::Move, at.x, at.y)),
        TouchCommand::Up { finger } => (finger.slot, now(TouchKind::Up, 0.0, 0.0)),
        TouchCommand::Tap { at, finger, ms } => {
            let mut samples = now(TouchKind::Down, at.x, at.y);
            samples.push(Sample { at_ms: ms, kind: TouchKind::Up, x: at.x, y: at.y });
            (finger.slot, samples)
        }
        TouchCommand::Swipe { x1, y1, x2, y2, ms, hold, finger } => {
            (finger.slot, swipe((x1, y1), (x2, y2), ms, hold))
        }
    };
    let compositor = Compositor::connect()?.0;
    let begin = Instant::now();
    for Sample { at_ms, kind, x, y } in samples {
        wait_until(begin, at_ms);
        compositor.touch(kind, slot, x, y).map_err(Compositor::failure)?;
    }
    Ok(())
}

fn swipe(from: (f64, f64), to: (f64, f64), ms: u64, hold: bool) -> Vec<Sample> {
    let ms = ms.max(1);
    let at = |at_ms: u64, kind| {
        // Milliseconds of a gesture are few enough for a float to count exactly.
        let part = at_ms as f64 / ms as f64;
        let between = |from: f64, to: f64| from + (to - from) * part;
        Sample { at_ms, kind, x: between(from.0, to.0), y: between(from.1, to.1) }
    };
    let mut samples = vec![at(0, TouchKind::Down)];
    samples.extend(
        (1..).map(|n| n * SAMPLE_MS).take_while(|t| *t < ms).map(|t| at(t, TouchKind::Move)),
    );
    samples.push(at(ms, TouchKind::Move));
    if !hold {
        samples.push(at(ms, TouchKind::Up));
    }
    samples
}

pub(crate) fn key(code: u32, ms: u64) -> Result<(), Failure> {
    let compositor = Compositor::connect()?.0;
    let begin = Instant::now();
    compositor.key(code, true).map_err(Compositor::failure)?;
    wait_until(begin, ms);
    compositor.key(code, false).map_err(Compositor::failure)
}

fn wait_until(begin: Instant, at_ms: u64) {
    std::thread::sleep(Duration::from_millis(at_ms).saturating_sub(begin.elapsed()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swipe_is_sampled_like_a_finger() {
        let samples = swipe((0.0, 10.0), (100.0, 10.0), 20, false);
        let times: Vec<u64> = samples.iter().map(|sample| sample.at_ms).collect();
        assert_eq!(times, [0, 8, 16, 20, 20]);
        let xs: Vec<f64> = samples.iter().map(|sample| sample.x).collect();
        assert_eq!(xs, [0.0, 40.0, 80.0, 100.0, 100.0]);
        assert!(samples.iter().all(|sample| sample.y == 10.0));
        assert_eq!(samples[0].kind, TouchKind::Down);
        assert_eq!(samples[4].kind, TouchKind::Up);
    }

    #[test]
    fn a_held_swipe_leaves_the_finger_down_where_it_ends() {
        let samples = swipe((5.0, 5.0), (5.0, 50.0), 0, true);
        let last = samples.last().expect("samples");
        assert_eq!((last.kind, last.x, last.y), (TouchKind::Move, 5.0, 50.0));
        assert!(samples.iter().all(|sample| sample.kind != TouchKind::Up));
    }
}
