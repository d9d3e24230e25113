//! The session manager: which applications there are, starting and ending them, and what the
//! shell wants to know of the system.
//!
//! Principles
//! - One main loop holds all state; one thread speaks D-Bus; channels both ways, and neither waits
//!   for the other.
//! - It knows applications and the system. Windows, pixels and locks are the compositor's, which
//!   runs without this process, as this one does without it.
//! - A desktop entry, icon or service that is broken or missing costs itself, and says so.
//!
//! Not here: anything that draws, and any Wayland.

mod bus;
mod launcher;
mod lifecycle;
mod notify;
mod session;
mod status;

pub use session::{LauncherChoice, Options, run};
