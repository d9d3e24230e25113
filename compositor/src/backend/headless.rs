//! A panel that is only memory: for tests, tours and machines without a screen.

use anyhow::Result;

use super::{Backend, Drawn, memory::Memory};
use crate::render::{Frame, Image, Leaf};

/// See the module's documentation.
pub struct Headless(Memory);

impl Headless {
    /// A headless panel, drawn by the CPU.
    ///
    /// # Errors
    /// When the renderer cannot be made.
    pub fn new() -> Result<Self> {
        Ok(Self(Memory::new()?))
    }
}

impl Backend for Headless {
    fn name(&self) -> &'static str {
        "headless"
    }

    fn present(&mut self, frame: Frame<'_>) -> Result<Drawn> {
        Ok(self.0.draw(frame)?.0)
    }

    fn capture(&mut self, mut frame: Frame<'_>) -> Result<Image> {
        self.0.painter.capture(&mut frame)
    }

    fn set_lit(&mut self, lit: bool) {
        if !lit {
            self.0.drop_picture();
        }
    }

    fn forget(&mut self, leaf: Leaf) {
        self.0.painter.forget(leaf);
    }

    fn trim(&mut self) {
        self.0.painter.trim();
    }

    fn shown(&mut self) -> Option<Image> {
        self.0.shown()
    }
}
