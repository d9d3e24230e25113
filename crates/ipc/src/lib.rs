//! The contracts between Purje's processes: D-Bus interfaces, the types they carry, the names of
//! errors, and the one table that says which class of client may do what.
//!
//! Principles
//! - A contract is data: constants, plain types, and proxies derived from one definition. Both
//!   sides and the tool compile against the same file, so they cannot drift apart.
//! - The digit at the end of an interface's name is its version. Members are added, never changed.
//! - Who may do something is asked of [`trust`] and nowhere else.
//!
//! Not here: any behaviour. Nothing in this crate opens a bus, keeps state or decides when to call.

pub mod compositor1;
mod error;
pub mod session1;
pub mod state;
pub mod trust;

pub use error::Error;
pub use zbus;
