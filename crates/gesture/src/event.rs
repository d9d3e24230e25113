//! What goes into the arena. All of it can be recorded and replayed.

use serde::{Deserialize, Serialize};
use units::Point;

use crate::{Edges, Geometry};

/// One finger from its landing to its lift. Devices reuse the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TouchId(pub u32);

/// Whose pixels are under the finger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Target {
    /// A client's surface.
    Client,
    /// The shell's own user interface.
    Shell,
}

/// What the shell knows about a touch as it begins. It holds until the finger lifts, whatever
/// moves beneath it meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Context {
    /// The edges that do something in the shell's present state; none under a dialog.
    pub edges: Edges,
    /// The client under the finger switched system gestures off and may do so. Frees the edges
    /// for [`Target::Client`] only; the lock passes `false` whatever clients ask for.
    pub edges_free_for_client: bool,
    /// Whose pixels are under the finger.
    pub target: Target,
}

/// Something that happened, at the kernel's event time that is handed in along with it.
///
/// Deliver input that is already queued before a [`Event::Tick`], or a finger that moved long
/// ago may count as resting.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The panel's size, density, orientation or edge zones changed. A change of size or density
    /// ends all touches as [`Event::Cancel`] does, new zones count from the next touch on.
    Geometry(Geometry),
    /// A finger landed.
    Down {
        /// The finger.
        slot: TouchId,
        /// Where, in logical pixels of the output as the user sees it.
        at: Point,
        /// What the shell knows about the place.
        context: Context,
    },
    /// A finger moved.
    Motion {
        /// The finger.
        slot: TouchId,
        /// Where to, in logical pixels.
        at: Point,
    },
    /// A finger lifted, where it was last.
    Up {
        /// The finger.
        slot: TouchId,
    },
    /// The samples since the last `Frame` belong together. Needed: clients wait for it.
    Frame,
    /// All touches are void: the device is gone, the display went off, the output was turned.
    /// Later samples of the same fingers are ignored until they land anew.
    Cancel,
    /// The instant of [`crate::Arena::next_wake`] has come.
    Tick,
}
