//! A synthetic thumb.
//!
//! The model
//! - **Path**: the tip moves on a circular arc of 45 to 80 mm radius (the thumb's length, turning
//!   to either side) whose first heading deviates from the intended direction by a normal angle.
//! - **Pace**: a minimum-jerk profile, `10 u^3 - 15 u^4 + 6 u^5`, as measured for reaching hands.
//!   A flick lifts while still under way; a drag runs to the end and may rest there.
//! - **Skin**: white noise of up to 0.2 mm on each axis, and coordinates rounded to 0.05 mm. A
//!   resting tip also rolls: it drifts evenly to a place nearby.
//! - **Panel**: 60 to 240 Hz with a random phase, time stamps that jitter by a tenth of the
//!   period, some samples lost, and now and then a time stamp reported twice.
//!
//! Everything follows from one seed.

use std::f64::consts::TAU;

use crate::glass::Glass;

/// SplitMix64: small, seedable, and good enough to draw thumbs from.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly from `[low, high)`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn chance(&mut self, part: f64) -> bool {
        self.between(0.0, 1.0) < part
    }

    /// Normal around zero (Box and Muller).
    fn normal(&mut self, deviation: f64) -> f64 {
        let radius = (-2.0 * self.between(1e-12, 1.0).ln()).sqrt();
        deviation * radius * self.between(0.0, TAU).cos()
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.next() as usize % from.len()]
    }
}

/// What a thumb sets out to do. Lengths in millimetres, times in seconds.
pub(crate) struct Stroke {
    pub(crate) from: (f64, f64),
    /// Intended direction; need not be of unit length. Ignored where `length` is zero.
    pub(crate) toward: (f64, f64),
    /// Standard deviation of the first heading from it, in degrees.
    pub(crate) sway_deg: f64,
    pub(crate) length: f64,
    pub(crate) duration: f64,
    /// Part of the duration after which the thumb lifts.
    pub(crate) lift_at: f64,
    /// Time at rest after the stroke.
    pub(crate) rest: f64,
    /// How far the tip rolls during the whole touch.
    pub(crate) roll: f64,
}

impl Stroke {
    /// Performs the stroke with finger 1 and lifts.
    pub(crate) fn perform(&self, random: &mut Random, glass: &mut Glass) {
        let path = Arc::draw(self, random);
        let noise = random.between(0.02, 0.2);
        let loss = random.between(0.0, 0.1);
        let period = 1.0 / random.pick(&[60.0, 90.0, 120.0, 180.0, 240.0]);
        let roll_heading = random.between(0.0, TAU);
        let roll = (self.roll * roll_heading.cos(), self.roll * roll_heading.sin());

        let moving = self.duration * self.lift_at;
        let end = moving + self.rest;
        let place = |t: f64, random: &mut Random| {
            let (x, y) = path.at(self.length * minimum_jerk(t.min(moving) / self.duration));
            let part = t / end;
            let round = |v: f64| (v * 20.0).round() / 20.0;
            (
                round(x + roll.0 * part + random.normal(noise)),
                round(y + roll.1 * part + random.normal(noise)),
            )
        };

        let mut t = random.between(0.0, period);
        let mut stamp = 1000 + millis(t);
        let (x, y) = place(t, random);
        glass.down(1, x, y, stamp);
        loop {
            t += period;
            if t >= end {
                break;
            }
            if random.chance(loss) {
                continue;
            }
            if !random.chance(0.01) {
                let jitter = random.between(-0.1, 0.1) * period;
                stamp = stamp.max(1000 + millis(t + jitter));
            }
            let (x, y) = place(t, random);
            glass.motion(1, x, y, stamp);
        }
        glass.up(1, stamp.max(1000 + millis(t)));
    }
}

fn millis(seconds: f64) -> u64 {
    (seconds * 1000.0).max(0.0) as u64
}

/// Part of the way after part `u` of the time.
fn minimum_jerk(u: f64) -> f64 {
    u * u * u * (10.0 - 15.0 * u + 6.0 * u * u)
}

struct Arc {
    from: (f64, f64),
    heading: f64,
    /// Signed, in radians a millimetre.
    curvature: f64,
}

impl Arc {
    fn draw(stroke: &Stroke, random: &mut Random) -> Self {
        let sway = random.normal(stroke.sway_deg.to_radians());
        let turn = if random.chance(0.5) { 1.0 } else { -1.0 };
        Self {
            from: stroke.from,
            heading: stroke.toward.1.atan2(stroke.toward.0) + sway,
            curvature: turn / random.between(45.0, 80.0),
        }
    }

    /// Where the tip is after `length` millimetres.
    fn at(&self, length: f64) -> (f64, f64) {
        let (turned, k) = (self.heading + self.curvature * length, self.curvature);
        (
            self.from.0 + (turned.sin() - self.heading.sin()) / k,
            self.from.1 - (turned.cos() - self.heading.cos()) / k,
        )
    }
}
