//! The numbers that gestures are judged by.

use std::time::Duration;

use crate::Outcome;

/// How far, how fast, how long.
///
/// | rule | number |
/// |---|---|
/// | a finger in an edge zone is undecided within | `edge_slop_mm` |
/// | past it, the gesture wins if the way deviates from straight inward by at most | `inward_angle_deg` |
/// | an undecided finger that stays within `rest_radius_mm` is the client's after | `rest` |
/// | an undecided finger is the client's at the latest after | `withhold_limit` |
/// | a release commits from this travel on, unless moving back | `commit_travel_mm` |
/// | a quick release commits from | `flick_velocity_mm_s` and `flick_travel_mm` |
/// | moving back means outward faster than | `back_velocity_mm_s` |
/// | a press on the shell outside the zones becomes a pan past | `pan_slop_mm` |
/// | and a hold after | `hold` |
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuning {
    /// Radius around the landing within which a finger in an edge zone is undecided, in
    /// millimetres. Above what a thumb rolls during a tap.
    pub edge_slop_mm: f64,
    /// Greatest angle between the way and the inward direction, in degrees. Thumbs swing in arcs,
    /// and scroll along the edge just as crookedly.
    pub inward_angle_deg: f64,
    /// How long an undecided finger must rest to become the client's.
    pub rest: Duration,
    /// Radius of a rest, in millimetres: below it, moving is trembling. A slow peek leaves it
    /// again and again.
    pub rest_radius_mm: f64,
    /// Longest time that a finger stays undecided. No client waits longer for its touch.
    pub withhold_limit: Duration,
    /// Travel from which a release commits, in millimetres.
    pub commit_travel_mm: f64,
    /// Inward speed from which a short swipe commits, in millimetres a second.
    pub flick_velocity_mm_s: f64,
    /// Least travel of such a swipe, in millimetres.
    pub flick_travel_mm: f64,
    /// Outward speed from which a release abandons however far the finger came, in millimetres a
    /// second. Above what a lifting fingertip slips.
    pub back_velocity_mm_s: f64,
    /// Radius around the landing within which a finger on the shell, outside the edge zones, is a
    /// press, in millimetres.
    pub pan_slop_mm: f64,
    /// How long a press on the shell lasts to be a hold.
    pub hold: Duration,
    /// Speeds are capped here, in millimetres a second: faster than any hand, so a fault of the
    /// device.
    pub max_velocity_mm_s: f64,
}

impl Tuning {
    /// What fits most hands.
    pub const STANDARD: Self = Self {
        edge_slop_mm: 2.5,
        inward_angle_deg: 50.0,
        rest: Duration::from_millis(400),
        rest_radius_mm: 1.0,
        withhold_limit: Duration::from_millis(1000),
        commit_travel_mm: 10.0,
        flick_velocity_mm_s: 60.0,
        flick_travel_mm: 3.0,
        back_velocity_mm_s: 20.0,
        pan_slop_mm: 1.6,
        hold: Duration::from_millis(500),
        max_velocity_mm_s: 3000.0,
    };

    /// What a release means at `travel_mm` with the inward speed `velocity_mm_s`.
    pub fn outcome(&self, travel_mm: f64, velocity_mm_s: f64) -> Outcome {
        let back = velocity_mm_s <= -self.back_velocity_mm_s;
        let far = travel_mm >= self.commit_travel_mm;
        let flick = travel_mm >= self.flick_travel_mm && velocity_mm_s >= self.flick_velocity_mm_s;
        if !back && (far || flick) { Outcome::Commit } else { Outcome::Abandon }
    }
}

impl Default for Tuning {
    fn default() -> Self {
        Self::STANDARD
    }
}
