//! What assistive technology and test drivers see of a scene.

use serde::Serialize;
use units::Rect;

use crate::{NodeId, Scene};

/// What a node is to somebody who cannot see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Can be pressed.
    Button,
    /// A whole screen or panel.
    Region,
    /// Something to read.
    Label,
    /// A running application's window, shown small.
    Cover,
    /// An application's window in front.
    Window,
    /// Something has gone wrong.
    Alert,
}

/// A node as assistive technology sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Accessible {
    /// Stable from scene to scene.
    pub id: NodeId,
    /// What it is.
    pub role: Role,
    /// What it is called, in the user's language.
    pub name: String,
    /// Left, top, width and height on the output, in logical pixels.
    pub frame: [f64; 4],
}

impl<S, A> Scene<S, A> {
    /// The nodes that have a role, in reading order (back to front, as built), those that lie
    /// outside the output left out.
    pub fn accessible(&self) -> Vec<Accessible> {
        let mut found = Vec::new();
        self.walk(&mut |node, walk| {
            let Some((role, name)) = &node.role else { return };
            let frame = walk.placement.apply(node.frame);
            if !visible(frame, walk.clip) {
                return;
            }
            found.push(Accessible {
                id: node.id,
                role: *role,
                name: name.clone(),
                frame: [frame.min_x(), frame.min_y(), frame.width(), frame.height()],
            });
        });
        found
    }
}

fn visible(frame: Rect, clip: Rect) -> bool {
    frame.intersection(&clip).is_some_and(|seen| seen.area() > 0.0)
}
