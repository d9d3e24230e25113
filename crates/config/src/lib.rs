//! What the user and the vendor have written down, and how to tell them where it is wrong.
//!
//! Principles
//! - A broken file never stops a phone. Each key is judged on its own: a wrong one keeps its last
//!   good value, the others take effect.
//! - All that is wrong is said at once, each with file, line, column, cause and mend; an unknown
//!   key is wrong, and the nearest known one is suggested.
//! - What the files may hold is published as `schema.json`; a test keeps it and the reader equal.
//! - The reader ([`Document`], [`Section`], [`expect`]) serves every TOML file of the project.
//!
//! Not here: watching files for changes, showing diagnostics, and what any setting does.

mod color;
mod diagnostic;
mod document;
pub mod expect;
mod load;
mod section;
mod settings;

pub use color::Color;
pub use diagnostic::{Diagnostic, Position};
pub use document::{Checked, Document};
pub use load::{default_paths, load};
pub use section::{Found, Section, nearest};
pub use settings::{Config, Display, Input, Lock, Look};
