//! When the display is lit, when it is dark, and when the phone is locked.
//!
//! Principles
//! - One state machine owns both facts, because they bind each other: a display that goes dark
//!   takes the lock with it.
//! - What the user did with a hand (the power key) beats whatever a program asked for.
//! - [`PowerPolicy::handle`] and [`PowerPolicy::next_wake`] are the only faces: the same events at
//!   the same times give the same effects, however often or late the caller wakes in between.
//! - Nothing to do means no wake-up: a dark, locked phone has no deadline at all.
//!
//! Not here: brightness, fading, the check of a code (whoever sends [`Event::Unlock`] has done
//! that), any input device, any clock.
//!
//! The behaviour as a table is in [`states`].

mod event;
mod policy;
mod settings;
pub mod states;

pub use event::{Display, Effect, Event, InhibitorId, Lock};
pub use policy::PowerPolicy;
pub use settings::Settings;
