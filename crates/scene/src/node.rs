//! The tree that views build.

use units::{Insets, Point, Rect, Size, Vector};

use crate::{Content, NodeId, Role};

/// How a node's children sit in the node's parent: scaled about the parent's origin, then moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// Uniform scale.
    pub scale: f64,
    /// Move, in the parent's logical pixels.
    pub offset: Vector,
}

impl Placement {
    /// Where the parent is.
    pub const IDENTITY: Self = Self { scale: 1.0, offset: Vector::new(0.0, 0.0) };

    /// A move by `offset`.
    pub const fn offset(offset: Vector) -> Self {
        Self { scale: 1.0, offset }
    }

    /// A scale that leaves `anchor` where it is.
    pub fn scale_about(scale: f64, anchor: Point) -> Self {
        Self { scale, offset: anchor.to_vector() * (1.0 - scale) }
    }

    /// This placement inside `outer`.
    pub fn within(self, outer: Self) -> Self {
        Self { scale: self.scale * outer.scale, offset: self.offset * outer.scale + outer.offset }
    }

    /// Where `rect` comes to lie.
    pub fn apply(self, rect: Rect) -> Rect {
        Rect::new(rect.origin * self.scale + self.offset, rect.size * self.scale)
    }
}

/// One node: something to see, to touch, to read out, or a group of such.
///
/// `S` names the surfaces that can appear, `A` what a touch can mean.
#[derive(Clone, Debug)]
pub struct Node<S, A> {
    pub(crate) id: NodeId,
    pub(crate) frame: Rect,
    pub(crate) content: Option<Content<S>>,
    pub(crate) placement: Placement,
    pub(crate) opacity: f64,
    pub(crate) clip: Option<Rect>,
    pub(crate) action: Option<A>,
    pub(crate) reach: Insets,
    pub(crate) blocks: bool,
    pub(crate) role: Option<(Role, String)>,
    pub(crate) children: Vec<Node<S, A>>,
}

impl<S, A> Node<S, A> {
    /// A node without content, for the nodes inside it.
    pub fn group(id: NodeId) -> Self {
        Self {
            id,
            frame: Rect::zero(),
            content: None,
            placement: Placement::IDENTITY,
            opacity: 1.0,
            clip: None,
            action: None,
            reach: Insets::zero(),
            blocks: false,
            role: None,
            children: Vec::new(),
        }
    }

    /// A leaf that shows `content` in `frame`.
    pub fn leaf(id: NodeId, frame: Rect, content: Content<S>) -> Self {
        Self { frame, content: Some(content), ..Self::group(id) }
    }

    /// An invisible area that can be touched.
    pub fn area(id: NodeId, frame: Rect, action: A) -> Self {
        Self { frame, action: Some(action), ..Self::group(id) }
    }

    /// Gives a group an extent of its own, for assistive technology to point at.
    #[must_use]
    pub fn framed(mut self, frame: Rect) -> Self {
        self.frame = frame;
        self
    }

    /// Moves and scales the node and all inside it.
    #[must_use]
    pub fn placed(mut self, placement: Placement) -> Self {
        self.placement = placement;
        self
    }

    /// Fades the node and all inside it; 0 leaves it out altogether, touches included.
    #[must_use]
    pub fn opacity(mut self, opacity: f64) -> Self {
        self.opacity = opacity.clamp(0.0, 1.0);
        self
    }

    /// Shows nothing outside `clip` (in the coordinates of the node's children).
    #[must_use]
    pub fn clipped(mut self, clip: Rect) -> Self {
        self.clip = Some(clip);
        self
    }

    /// What a touch on the frame means.
    #[must_use]
    pub fn on_touch(mut self, action: A) -> Self {
        self.action = Some(action);
        self
    }

    /// Lets touches count that miss the frame by up to `reach` logical pixels.
    #[must_use]
    pub fn reach(mut self, reach: Insets) -> Self {
        self.reach = reach;
        self
    }

    /// Lets no touch on the frame through to what lies behind.
    #[must_use]
    pub fn blocking(mut self, frame: Rect) -> Self {
        self.frame = frame;
        self.blocks = true;
        self
    }

    /// What assistive technology says of it.
    #[must_use]
    pub fn accessible(mut self, role: Role, name: impl Into<String>) -> Self {
        self.role = Some((role, name.into()));
        self
    }

    /// Adds a child in front of those that are there.
    #[must_use]
    pub fn with(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    /// Adds children, each in front of the one before.
    #[must_use]
    pub fn with_all(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    /// The node's identity.
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// The frame in the coordinates of the parent, before placement.
    pub fn frame(&self) -> Rect {
        self.frame
    }
}

/// All that is to be seen on one output at one instant; the last node is in front.
#[derive(Clone, Debug)]
pub struct Scene<S, A> {
    /// Size of the output in logical pixels, as the user sees it.
    pub size: Size,
    /// Nodes from back to front.
    pub nodes: Vec<Node<S, A>>,
}

impl<S, A> Scene<S, A> {
    /// A scene of `size` with nothing in it.
    pub fn new(size: Size) -> Self {
        Self { size, nodes: Vec::new() }
    }

    /// Adds a node in front of those that are there.
    pub fn push(&mut self, node: Node<S, A>) {
        self.nodes.push(node);
    }

    /// Visits every node that can be seen, back to front, with where it lies on the output.
    pub(crate) fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Node<S, A>, &Walk)) {
        let bounds = Rect::from_size(self.size);
        let root = Walk { placement: Placement::IDENTITY, opacity: 1.0, clip: bounds };
        for node in &self.nodes {
            walk_node(node, root, visit);
        }
    }
}

/// What a node inherits from those around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walk {
    pub(crate) placement: Placement,
    pub(crate) opacity: f64,
    /// In the output's logical pixels.
    pub(crate) clip: Rect,
}

fn walk_node<'a, S, A>(
    node: &'a Node<S, A>,
    outer: Walk,
    visit: &mut impl FnMut(&'a Node<S, A>, &Walk),
) {
    let opacity = outer.opacity * node.opacity;
    if opacity <= 0.0 {
        return;
    }
    let placement = node.placement.within(outer.placement);
    let clip = match node.clip {
        Some(clip) => match outer.clip.intersection(&placement.apply(clip)) {
            Some(clip) => clip,
            None => return,
        },
        None => outer.clip,
    };
    let here = Walk { placement, opacity, clip };
    visit(node, &here);
    for child in &node.children {
        walk_node(child, here, visit);
    }
}
