//! What is known of a device: its panel, its touchscreen, its keys.
//!
//! Principles
//! - A profile holds facts, each group with its source and how far to trust it. What is not known
//!   stays absent from the file.
//! - What the phone needs and the file lacks is derived or assumed here, and says so
//!   ([`Origin`]).
//! - A profile that is wrong in part serves with the rest; all that is wrong is reported at once.
//! - Without any file there is still [`Profile::generic_phone`].
//!
//! Not here: asking the kernel what hardware is there, and doing anything with it.

mod catalogue;
mod cutout;
mod glob;
mod profile;
mod read;

pub use catalogue::{Catalogue, default_dirs, machine_compatibles};
pub use cutout::{Cutout, Precision, Shape};
pub use profile::{
    Confidence, EdgeWidths, Identity, Key, KeyRole, Known, Origin, Panel, Profile, Provenance,
    Support, Tier, Touch,
};
