//! The scene: what the shell wants seen, as a tree of nodes, and what follows from it.
//!
//! Principles
//! - A scene is a value, built afresh from the shell's model for one instant. Nodes keep their
//!   [`NodeId`] from scene to scene; that is what carries identity (textures, damage,
//!   accessibility), so no setter and no dirty flag is needed.
//! - Content that costs CPU to make (text, icons, rounded boxes) is described by a [`Raster`],
//!   a key: equal keys mean equal pixels, whoever draws them and however often.
//! - App surfaces are leaves like any other. Which surfaces a scene *can* hold is its type
//!   parameter `S`: a lock scene is one whose `S` has no room for an app.
//!
//! Not here: pixels (see `raster`), Wayland, and any decision about what to show (see `shell`).

mod accessibility;
mod content;
mod draw;
mod hit;
mod id;
pub mod layout;
mod lint;
mod measure;
mod node;

pub use accessibility::{Accessible, Role};
pub use content::{Align, Color, Content, Direction, Raster, Symbol, TextStyle, Weight};
pub use draw::{Clip, DrawItem, DrawList, Paint};
pub use hit::Hit;
pub use id::NodeId;
pub use lint::{Flaw, LintRules};
pub use measure::{TextMeasure, elide};
pub use node::{Node, Placement, Scene};
