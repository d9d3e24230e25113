//! Touch samples in; who owns each touch, and gestures, out.
//!
//! An [`Arena`] sees every sample of every finger first. It decides whether a touch belongs to
//! the client under it, to the shell's own user interface, or to a system edge gesture, and it
//! tells each of them no more than it may know:
//!
//! - Outside the edge zones a touch on a client goes to the client at once.
//! - Inside one it is **withheld**. A tap, a rest ([`Tuning::rest`]) or a move along the edge is
//!   replayed to the client, each sample with its own time; a move inward past
//!   [`Tuning::edge_slop_mm`] belongs to the gesture, and the client never hears of it.
//! - A touch on the shell is told to the shell at once, also in a zone: the shell can take back
//!   the look of a press, a client cannot.
//! - When an edge gesture wins, every other touch is over: clients get one
//!   [`ClientTouch::Cancel`], the shell's presses and pans are cancelled, and all fingers but the
//!   winner are swallowed until they lift. Fingers that come down while it lasts are swallowed
//!   too; there is no way to steer two edges at once.
//! - An edge gesture follows the finger from where it came down and can be turned back until the
//!   finger lifts; [`Outcome`] is decided only then.
//!
//! Principles
//! - Distances are judged in millimetres: a thumb does not know the panel's pixels.
//! - What happens depends on the samples' times alone. A late or missing [`Event::Tick`] makes
//!   things later, never different.
//! - Nothing that a device reports can panic: coordinates that are no numbers, slots never seen,
//!   a slot pressed twice and clocks that go backward are all survived.
//!
//! Not here: what a gesture does, what is drawn for it, which surface is under a finger, and
//! touches that catch a running animation; the shell knows those. Nor the pointer or the keyboard.

mod arena;
mod effect;
mod event;
mod track;
mod tuning;
mod zones;

pub use arena::Arena;
pub use effect::{Axis, ClientTouch, EdgeGesture, Effect, Outcome, ShellTouch};
pub use event::{Context, Event, Target, TouchId};
pub use tuning::Tuning;
pub use zones::{Edge, EdgeWidths, Edges, Geometry, Side};
