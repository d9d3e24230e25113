//! Where pictures go and input comes from.
//!
//! One trait object; nothing outside this folder names a renderer, KMS or GBM. The phone has one
//! panel as far as clients are concerned: it exists from the start to the end, whether or not a
//! connector, a GPU or a window stands behind it at the moment.

mod drm;
mod egl;
mod headless;
mod memory;
mod nested;

use anyhow::Result;
use smithay::backend::renderer::element::RenderElementStates;
use units::Time;

pub use drm::{Console, Drm};
pub use headless::Headless;
pub use nested::{Host, open as open_window};

use crate::render::{Frame, Image, Leaf};

/// How a frame fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presented {
    /// Nothing had changed; nothing was sent.
    Unchanged,
    /// Sent; it counts as seen at the next refresh, of which no word will come.
    Estimated,
    /// Sent; [`crate::State::presented`] will be called when it is seen.
    Pending,
    /// There is nothing to draw on at the moment; the backend asks for a redraw when there is.
    NoOutput,
}

/// What drawing a frame gave.
#[derive(Debug)]
pub struct Drawn {
    /// How the frame fared.
    pub presented: Presented,
    /// Which elements were seen, and how.
    pub states: RenderElementStates,
    /// When a cover that was shown stale may be drawn again.
    pub refresh_at: Option<Time>,
}

/// A place to draw on. See the module's documentation.
pub trait Backend {
    /// What it is called in logs and in `purjectl state`.
    fn name(&self) -> &'static str;

    /// Draws one frame and sends it to the panel.
    ///
    /// # Errors
    /// When the device refuses; the frame is lost, and the caller tries again at the next refresh.
    fn present(&mut self, frame: Frame<'_>) -> Result<Drawn>;

    /// Draws the frame into memory, as the user would see it.
    ///
    /// # Errors
    /// When the renderer fails.
    fn capture(&mut self, frame: Frame<'_>) -> Result<Image>;

    /// Lights the panel or lets it go dark. What is drawn next lights it by itself.
    fn set_lit(&mut self, lit: bool);

    /// Forgets what it keeps of a window that is gone for good.
    fn forget(&mut self, leaf: Leaf);

    /// Gives back memory that the last frame did not need.
    fn trim(&mut self);

    /// Buffers that clients may share by dmabuf; `None` where only shared memory works.
    fn dmabuf(&mut self) -> Option<&mut dyn Dmabufs> {
        None
    }

    /// Gives back what it holds of the machine; nothing is drawn any more.
    fn stop(&mut self) {}

    /// The current picture as the backend's output shows it, for tests that judge what is
    /// scanned out; `None` where nothing can be read back.
    fn shown(&mut self) -> Option<Image> {
        None
    }
}

/// A backend that draws with a GPU and takes clients' buffers as they are.
pub trait Dmabufs {
    /// The device that buffers are best allocated on.
    fn main_device(&self) -> Option<u64>;

    /// Formats with modifiers that can be drawn.
    fn formats(&self) -> smithay::backend::allocator::format::FormatSet;

    /// Whether this very buffer can be drawn.
    fn import(&mut self, dmabuf: &smithay::backend::allocator::dmabuf::Dmabuf) -> bool;
}
