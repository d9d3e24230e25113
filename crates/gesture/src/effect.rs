//! What comes out of the arena.

use serde::{Deserialize, Serialize};
use units::{Point, Time, Vector};

use crate::{Edge, TouchId};

/// Something to carry out, in the order given.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Effect {
    /// For the client under the finger.
    ToClient(ClientTouch),
    /// For the shell's own user interface.
    ToShell(ShellTouch),
    /// A system gesture.
    Edge(EdgeGesture),
}

/// What a client is told, as `wl_touch` words it.
///
/// Times are the samples' own, so a replayed touch has the speed that the finger had. They never
/// decrease for one finger, but a replayed finger may be older than what another one said already.
/// The receiver is the surface that was under the finger when it landed, also when the landing is
/// told late.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum ClientTouch {
    /// A finger landed.
    Down {
        /// The finger.
        slot: TouchId,
        /// Where, in logical pixels.
        at: Point,
        /// When it did.
        time: Time,
    },
    /// A finger moved.
    Motion {
        /// The finger.
        slot: TouchId,
        /// Where to, in logical pixels.
        at: Point,
        /// When it did.
        time: Time,
    },
    /// A finger lifted.
    Up {
        /// The finger.
        slot: TouchId,
        /// When it did.
        time: Time,
    },
    /// What was told since the last frame belongs together.
    Frame,
    /// All touches of all clients are void.
    Cancel,
}

/// The direction in which a pan set out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Axis {
    /// Left or right.
    Horizontal,
    /// Up or down.
    Vertical,
}

/// What fingers do on the shell's own user interface.
///
/// A `Press` ends in exactly one `Release` or `PressCancelled`, a `PanBegan` in exactly one
/// `PanEnded` or `PanCancelled`. Every finger is told apart by its slot. Positions are in
/// logical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum ShellTouch {
    /// A finger landed.
    Press {
        /// The finger.
        slot: TouchId,
        /// Where.
        at: Point,
    },
    /// The pressing finger lifted. A tap follows unless it was a hold.
    Release {
        /// The finger.
        slot: TouchId,
        /// Where.
        at: Point,
    },
    /// The press is over without effect: it became a pan, an edge gesture, or was cancelled.
    PressCancelled {
        /// The finger.
        slot: TouchId,
    },
    /// A short press that hardly moved; right after its `Release`.
    Tap {
        /// The finger.
        slot: TouchId,
        /// Where it lifted.
        at: Point,
    },
    /// The press has lasted for [`crate::Tuning::hold`]. It goes on, and may still become a pan:
    /// that is how things are picked up and dragged.
    Hold {
        /// The finger.
        slot: TouchId,
        /// Where it is.
        at: Point,
    },
    /// The finger set out; right after the `PressCancelled`.
    PanBegan {
        /// The finger.
        slot: TouchId,
        /// Where it landed.
        start: Point,
        /// Where it is.
        at: Point,
        /// The main direction.
        axis: Axis,
    },
    /// The finger moved on.
    PanMoved {
        /// The finger.
        slot: TouchId,
        /// Where it is.
        at: Point,
        /// How far it came since the last `PanBegan` or `PanMoved`.
        delta: Vector,
    },
    /// The panning finger lifted.
    PanEnded {
        /// The finger.
        slot: TouchId,
        /// Where.
        at: Point,
        /// How fast it was, in logical pixels a second; zero after a rest.
        velocity: Vector,
    },
    /// The pan is over without a release.
    PanCancelled {
        /// The finger.
        slot: TouchId,
    },
}

/// What became of an edge gesture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Outcome {
    /// Do what the edge stands for.
    Commit,
    /// Return to what was: a peek, or second thoughts.
    Abandon,
}

/// A system gesture that began at an edge. There is at most one at a time; it ends in exactly
/// one `Ended` or `Cancelled`.
///
/// Travel is the finger's way along the edge's inward direction since it landed, in millimetres;
/// negative beyond the start. Positions are in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum EdgeGesture {
    /// A gesture won the finger; a `Moved` with the way so far follows at once.
    Began {
        /// Which edge.
        edge: Edge,
        /// Where the finger landed.
        start: Point,
    },
    /// The finger moved.
    Moved {
        /// Which edge.
        edge: Edge,
        /// The way so far, in millimetres.
        travel_mm: f64,
        /// Whether a release at rest would commit now; a tick of the motor marks its change.
        armed: bool,
        /// Where the finger is.
        at: Point,
    },
    /// The finger lifted.
    Ended {
        /// Which edge.
        edge: Edge,
        /// What it means.
        outcome: Outcome,
        /// The whole way, in millimetres.
        travel_mm: f64,
        /// Speed at release along the inward direction, in millimetres a second; zero after a
        /// rest, negative when moving back.
        velocity_mm_s: f64,
        /// Where the finger was.
        at: Point,
    },
    /// The gesture is void; return to what was.
    Cancelled {
        /// Which edge.
        edge: Edge,
    },
}
