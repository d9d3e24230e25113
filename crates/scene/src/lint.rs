//! Flaws of a layout that a machine can see.

use units::{Density, Rect};

use crate::{Content, NodeId, Scene, TextMeasure};

/// What counts as a flaw.
#[derive(Clone, Debug)]
pub struct LintRules {
    /// Least side of what can be touched, in millimetres.
    pub target_mm: f64,
    /// Least side of what can be touched, in logical pixels.
    pub target_px: f64,
    /// Millimetres to a logical pixel.
    pub density: Density,
    /// Where the panel has no pixels, logical pixels.
    pub cutouts: Vec<Rect>,
}

/// A flaw, with the node that has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Flaw {
    /// A touch target is smaller than a fingertip.
    SmallTarget {
        /// The node.
        id: NodeId,
        /// Its touchable area, logical pixels.
        frame: Rect,
    },
    /// Text needs more room than its node has.
    Overflow {
        /// The node.
        id: NodeId,
        /// What it says.
        text: String,
    },
    /// Text or a target lies under a cutout.
    UnderCutout {
        /// The node.
        id: NodeId,
        /// Its frame, logical pixels.
        frame: Rect,
    },
}

impl<S, A> Scene<S, A> {
    /// Every flaw in the scene, as it would be seen at rest.
    pub fn lint(&self, rules: &LintRules, measure: &dyn TextMeasure) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let least = rules.target_px.max(rules.target_mm / rules.density.get());
        self.walk(&mut |node, walk| {
            let frame = walk.placement.apply(node.frame);
            if node.action.is_some() {
                let target = frame.outer_rect(node.reach * walk.placement.scale);
                if target.width() + 0.01 < least || target.height() + 0.01 < least {
                    flaws.push(Flaw::SmallTarget { id: node.id, frame: target });
                }
            }
            if let Some(Content::Text { text, style, .. }) = &node.content {
                let needed = measure.measure(text, style, node.frame.width());
                if needed.height > node.frame.height() + 0.51 {
                    flaws.push(Flaw::Overflow { id: node.id, text: text.to_string() });
                }
                let seen = frame.intersection(&walk.clip).unwrap_or_default();
                let hidden = |cutout: &Rect| {
                    cutout.intersection(&seen).is_some_and(|common| common.area() > 0.0)
                };
                if rules.cutouts.iter().any(hidden) {
                    flaws.push(Flaw::UnderCutout { id: node.id, frame });
                }
            }
        });
        flaws
    }
}

#[cfg(test)]
mod tests {
    use units::{Point, Size};

    use super::*;
    use crate::{Color, Node, TextStyle, measure::fake::Monospace};

    #[test]
    fn small_targets_tight_text_and_hidden_text_are_flaws() {
        let mut scene = Scene::<(), ()>::new(Size::new(360.0, 720.0));
        let frame = Rect::new(Point::new(150.0, 2.0), Size::new(40.0, 10.0));
        let (id, style) = (NodeId::new("clock"), TextStyle::new(14));
        let text = Content::Text { text: "12:30".into(), style, color: Color::WHITE };
        scene.push(Node::leaf(id, frame, text).on_touch(()));
        let rules = LintRules {
            target_mm: 7.0,
            target_px: 48.0,
            density: Density::new(0.19),
            cutouts: vec![Rect::new(Point::new(160.0, 0.0), Size::new(40.0, 30.0))],
        };
        assert_eq!(
            scene.lint(&rules, &Monospace),
            vec![
                Flaw::SmallTarget { id, frame },
                Flaw::Overflow { id, text: "12:30".into() },
                Flaw::UnderCutout { id, frame },
            ]
        );
    }
}
