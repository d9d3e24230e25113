//! Drawing into the window by the CPU: a picture in memory, of which the window gets a copy.

use std::{num::NonZeroU32, sync::Arc};

use anyhow::{Result, anyhow};
use smithay::reexports::winit::window::Window;

use super::Session;
use crate::{
    backend::{Backend, Drawn, Presented, memory::Memory},
    render::{Frame, Image, Leaf},
};

type Surface = softbuffer::Surface<Arc<Window>, Arc<Window>>;

/// See the module's documentation.
pub(super) struct Soft {
    memory: Memory,
    window: Arc<Window>,
    surface: Surface,
    _session: Session,
}

impl Soft {
    /// # Errors
    /// When the session gives no memory for the window's pixels.
    pub(super) fn new(window: Arc<Window>, session: Session) -> Result<Self> {
        let context = softbuffer::Context::new(window.clone()).map_err(explain)?;
        let surface = softbuffer::Surface::new(&context, window.clone()).map_err(explain)?;
        Ok(Self { memory: Memory::new()?, window, surface, _session: session })
    }

    /// Copies the picture to the window.
    fn show(&mut self) -> Result<()> {
        let Some(image) = self.memory.shown() else { return Ok(()) };
        let (Some(width), Some(height)) =
            (NonZeroU32::new(image.width), NonZeroU32::new(image.height))
        else {
            return Ok(());
        };
        self.surface.resize(width, height).map_err(explain)?;
        let mut buffer = self.surface.buffer_mut().map_err(explain)?;
        for (to, from) in buffer.iter_mut().zip(image.data.chunks_exact(4)) {
            *to = u32::from_le_bytes([from[0], from[1], from[2], 0]);
        }
        self.window.pre_present_notify();
        buffer.present().map_err(explain)?;
        // Comes back as a redraw when the session wants the next frame.
        self.window.request_redraw();
        Ok(())
    }
}

impl Backend for Soft {
    fn name(&self) -> &'static str {
        "nested"
    }

    fn present(&mut self, frame: Frame<'_>) -> Result<Drawn> {
        let (mut drawn, damage) = self.memory.draw(frame)?;
        if !damage.is_empty() {
            self.show()?;
            drawn.presented = Presented::Pending;
        }
        Ok(drawn)
    }

    fn capture(&mut self, mut frame: Frame<'_>) -> Result<Image> {
        self.memory.painter.capture(&mut frame)
    }

    fn set_lit(&mut self, lit: bool) {
        if lit {
            return;
        }
        self.memory.drop_picture();
        let dark = self.surface.buffer_mut().map_err(explain).and_then(|mut buffer| {
            buffer.fill(0);
            buffer.present().map_err(explain)
        });
        if let Err(error) = dark {
            tracing::debug!("error darkening the window: {error:#}");
        }
    }

    fn forget(&mut self, leaf: Leaf) {
        self.memory.painter.forget(leaf);
    }

    fn trim(&mut self) {
        self.memory.painter.trim();
    }

    fn shown(&mut self) -> Option<Image> {
        self.memory.shown()
    }
}

fn explain(error: softbuffer::SoftBufferError) -> anyhow::Error {
    anyhow!("error drawing into the window: {error}")
}
