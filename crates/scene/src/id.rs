//! Identity of nodes across scenes.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;

/// Names a node for as long as it means the same thing to the user.
///
/// Built from a path of names and numbers, so that two builds of the same screen agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct NodeId(u64);

impl NodeId {
    /// The first part of a path.
    pub fn new(part: impl Hash) -> Self {
        Self(0).child(part)
    }

    /// The path continued by `part`.
    pub fn child(self, part: impl Hash) -> Self {
        // `DefaultHasher::new()` has fixed keys: the same path gives the same id in each run.
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        part.hash(&mut hasher);
        Self(hasher.finish())
    }

    /// The id as a number, for protocols that want one.
    pub const fn get(self) -> u64 {
        self.0
    }
}
