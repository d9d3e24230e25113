//! From draw list to pixels.
//!
//! A [`Frame`] says what is to be seen, in terms of our own; a [`Painter`] owns a renderer with
//! everything that lives in its memory (textures of rasters, snapshots of windows) and turns a
//! frame into render elements. Backends own a painter each, so nothing outside `backend/` and
//! this folder is generic over a renderer.
//!
//! Not here: what to show (the shell decides) and when (see [`crate::schedule`]).

mod capture;
mod element;
mod painter;
mod snapshots;
mod textures;

pub use capture::Image;
use scene::DrawList;
use smithay::{
    output::Output,
    reexports::wayland_server::protocol::wl_surface::WlSurface,
    utils::{Logical, Point, Size},
};
use units::Time;

pub(crate) use element::Element;
pub(crate) use painter::{CLEAR, Canvas, Painter, read};

/// What a surface leaf of the draw list stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Leaf {
    /// An application's window.
    Window(shell::WindowId),
    /// A layer surface: a panel, a keyboard.
    Layer(shell::LayerId),
    /// The external locker's surface.
    Lock(shell::LockSurface),
}

/// The surface trees that make up a leaf.
#[derive(Clone, Debug)]
pub struct LeafTrees {
    /// What is fitted into the leaf's rectangle: the window geometry's size.
    pub size: Size<i32, Logical>,
    /// Root surfaces, the front first, and where each sits from the leaf's top left corner.
    pub trees: Vec<(WlSurface, Point<i32, Logical>)>,
    /// Changes whenever one of the surfaces has new content.
    pub generation: u64,
}

/// Finds the surfaces of a leaf; `None` when its client is gone.
pub trait Leaves {
    /// The leaf's surface trees.
    fn trees(&self, leaf: Leaf) -> Option<LeafTrees>;
}

/// All that a backend needs to draw one output once.
pub struct Frame<'a> {
    /// The output, with its mode, scale and transform.
    pub output: &'a Output,
    /// What to draw.
    pub list: &'a DrawList<Leaf>,
    /// Where surfaces are found.
    pub leaves: &'a dyn Leaves,
    /// Makes the pixels of rasters.
    pub rasterizer: &'a mut raster::Rasterizer,
    /// When the frame is expected to be seen.
    pub presented_at: Time,
}
