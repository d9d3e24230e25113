//! What a touch meets.

use units::{Point, Rect};

use crate::{NodeId, Scene};

/// What lies under a touch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit<'a, A> {
    /// The node.
    pub id: NodeId,
    /// What the touch means.
    pub action: &'a A,
    /// Where the node lies on the output, logical pixels.
    pub frame: Rect,
}

impl<S, A> Scene<S, A> {
    /// The frontmost node at `at` (logical pixels of the output) that a touch means something
    /// to. `None` if there is none, or if a node that blocks touches lies in front.
    pub fn hit(&self, at: Point) -> Option<Hit<'_, A>> {
        let mut found = None;
        self.walk(&mut |node, walk| {
            let frame = walk.placement.apply(node.frame);
            if !walk.clip.contains(at) {
                return;
            }
            if let Some(action) = &node.action
                && frame.outer_rect(node.reach * walk.placement.scale).contains(at)
            {
                found = Some(Hit { id: node.id, action, frame });
            } else if node.blocks && frame.contains(at) {
                found = None;
            }
        });
        found
    }
}

#[cfg(test)]
mod tests {
    use units::{Insets, Size};

    use super::*;
    use crate::{Node, Placement};

    fn rect(x: f64, y: f64, w: f64, h: f64) -> Rect {
        Rect::new(Point::new(x, y), Size::new(w, h))
    }

    #[test]
    fn the_front_wins_and_a_blocking_panel_hides_what_is_behind() {
        let mut scene = Scene::<(), &str>::new(Size::new(100.0, 100.0));
        scene.push(Node::area(NodeId::new(1), rect(0.0, 0.0, 50.0, 50.0), "behind"));
        assert_eq!(scene.hit(Point::new(10.0, 10.0)).map(|h| *h.action), Some("behind"));
        scene.push(
            Node::group(NodeId::new(2)).blocking(rect(0.0, 0.0, 50.0, 50.0)).with(Node::area(
                NodeId::new(3),
                rect(0.0, 0.0, 20.0, 20.0),
                "button",
            )),
        );
        assert_eq!(scene.hit(Point::new(10.0, 10.0)).map(|h| *h.action), Some("button"));
        assert_eq!(scene.hit(Point::new(30.0, 30.0)), None);
    }

    #[test]
    fn reach_and_placement_move_what_can_be_touched() {
        let mut scene = Scene::<(), &str>::new(Size::new(100.0, 100.0));
        let small = Node::area(NodeId::new(1), rect(0.0, 0.0, 10.0, 10.0), "small")
            .reach(Insets::new_all_same(8.0))
            .placed(Placement { scale: 2.0, offset: units::Vector::new(40.0, 40.0) });
        scene.push(small);
        assert_eq!(scene.hit(Point::new(74.0, 50.0)).map(|h| *h.action), Some("small"));
        assert_eq!(scene.hit(Point::new(80.0, 50.0)), None);
    }
}
