//! Motion as values: a spring-driven number whose position is a pure function of time.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Time;

/// A damped spring, described as designers do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spring {
    /// Period of the undamped oscillation, in seconds; about how long the motion feels.
    pub response: f64,
    /// 1 settles without overshoot; less swings past the target. Must be in `(0, 1]`.
    pub damping: f64,
}

impl Spring {
    /// What most things move by.
    pub const STANDARD: Self = Self { response: 0.32, damping: 0.85 };
    /// What a finger has just let go of.
    pub const RELEASE: Self = Self { response: 0.22, damping: 0.85 };

    /// Displacement from the target and velocity, `t` seconds after the spring was let go at
    /// displacement `x0` with velocity `v0` (units a second).
    fn sample(self, x0: f64, v0: f64, t: f64) -> (f64, f64) {
        let omega = std::f64::consts::TAU / self.response;
        let zeta = self.damping.clamp(0.05, 1.0);
        let decay = (-zeta * omega * t).exp();
        if zeta < 1.0 {
            let damped = omega * (1.0 - zeta * zeta).sqrt();
            let b = (v0 + zeta * omega * x0) / damped;
            let (sin, cos) = (damped * t).sin_cos();
            let x = decay * (x0 * cos + b * sin);
            let v = decay
                * ((b * damped - zeta * omega * x0) * cos - (x0 * damped + zeta * omega * b) * sin);
            (x, v)
        } else {
            let b = v0 + omega * x0;
            (decay * (x0 + b * t), decay * (b - omega * (x0 + b * t)))
        }
    }

    /// A time after which a unit displacement has shrunk below a thousandth.
    fn settling(self) -> f64 {
        let omega = std::f64::consts::TAU / self.response;
        9.0 / (self.damping.clamp(0.05, 1.0) * omega)
    }
}

/// A number that is still, follows a finger, or is carried to a target by a spring.
///
/// Retargeting keeps position and velocity, so that a new touch catches a running motion without
/// a jump.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Motion {
    target: f64,
    from: f64,
    velocity: f64,
    start: Time,
    spring: Option<Spring>,
}

impl Motion {
    /// A motion at rest on `value`.
    pub const fn still(value: f64) -> Self {
        Self { target: value, from: value, velocity: 0.0, start: Time::ZERO, spring: None }
    }

    /// Puts the value where a finger holds it, without animation.
    pub fn hold(&mut self, value: f64) {
        *self = Self::still(value);
    }

    /// Lets a spring carry the value to `target` from where it is, at the speed it has.
    pub fn go(&mut self, target: f64, spring: Spring, now: Time) {
        let velocity = self.velocity(now);
        self.fling(target, velocity, spring, now);
    }

    /// Like [`Self::go`], starting at `velocity` (units a second), as left by a finger.
    pub fn fling(&mut self, target: f64, velocity: f64, spring: Spring, now: Time) {
        let from = self.value(now);
        *self = Self { target, from, velocity, start: now, spring: Some(spring) };
    }

    /// Where it comes to rest.
    pub const fn target(&self) -> f64 {
        self.target
    }

    /// Position at `now`.
    pub fn value(&self, now: Time) -> f64 {
        match self.sample(now) {
            Some((x, _)) => self.target + x,
            None => self.target,
        }
    }

    /// Velocity at `now`, in units a second.
    pub fn velocity(&self, now: Time) -> f64 {
        self.sample(now).map_or(0.0, |(_, v)| v)
    }

    /// Whether it rests on its target, so that no further frame is needed.
    pub fn is_settled(&self, now: Time) -> bool {
        self.sample(now).is_none()
    }

    /// From when on it rests on its target; `None` if it has not been moving since it was put
    /// there.
    pub fn settles_at(&self) -> Option<Time> {
        self.spring.map(|spring| self.start + Duration::from_secs_f64(spring.settling()))
    }

    fn sample(&self, now: Time) -> Option<(f64, f64)> {
        let spring = self.spring?;
        let t = now.since(self.start);
        self.settles_at()
            .is_some_and(|end| now < end)
            .then(|| spring.sample(self.from - self.target, self.velocity, t.as_secs_f64()))
    }
}

/// Quick start, soft end; `t` and the result are in `0..=1`.
pub fn ease_out(t: f64) -> f64 {
    1.0 - (1.0 - t.clamp(0.0, 1.0)).powi(3)
}

/// Soft start and end; `t` and the result are in `0..=1`.
pub fn ease_in_out(t: f64) -> f64 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Time = Time::from_millis(5_000);

    #[test]
    fn a_motion_ends_on_its_target_and_stays_there() {
        let mut m = Motion::still(0.0);
        m.go(100.0, Spring::STANDARD, START);
        assert_eq!(m.value(START), 0.0);
        assert!(!m.is_settled(START));
        let end = START + Duration::from_secs(2);
        assert!(m.is_settled(end));
        assert_eq!(m.value(end), 100.0);
        assert_eq!(m.velocity(end), 0.0);
    }

    #[test]
    fn settling_is_invisible() {
        for spring in [Spring::STANDARD, Spring::RELEASE, Spring { response: 0.5, damping: 1.0 }] {
            let mut m = Motion::still(0.0);
            m.go(1.0, spring, START);
            let mut t = START;
            while !m.is_settled(t) {
                t += Duration::from_micros(100);
            }
            assert!(m.settles_at().is_some_and(|end| end <= t));
            let before = m.value(t - Duration::from_micros(100));
            assert!((before - 1.0).abs() < 0.002, "{before}");
        }
    }

    #[test]
    fn retargeting_keeps_position_and_velocity() {
        let mut m = Motion::still(0.0);
        m.go(1.0, Spring::STANDARD, START);
        let t = START + Duration::from_millis(60);
        let (x, v) = (m.value(t), m.velocity(t));
        m.go(-3.0, Spring::RELEASE, t);
        assert!((m.value(t) - x).abs() < 1e-9);
        assert!((m.velocity(t) - v).abs() < 1e-6);
    }

    #[test]
    fn velocity_is_the_slope_of_position() {
        for damping in [0.5, 0.85, 1.0] {
            let mut m = Motion::still(0.0);
            m.fling(1.0, 3.0, Spring { response: 0.3, damping }, START);
            for ms in (1..300).step_by(7) {
                let t = START + Duration::from_millis(ms);
                let dt = Duration::from_micros(10);
                let slope = (m.value(t + dt) - m.value(t - dt)) / 2e-5;
                assert!((slope - m.velocity(t)).abs() < 0.01, "{slope} {}", m.velocity(t));
            }
        }
    }
}
