//! Drawing into plain memory by the CPU, with damage: what the headless panel is, and what a
//! nested window shows.

use anyhow::{Context as _, Result, anyhow};
use smithay::{
    backend::{
        allocator::Fourcc,
        renderer::{
            Bind as _, Offscreen as _, damage::OutputDamageTracker, pixman::PixmanRenderer,
        },
    },
    output::Output,
    reexports::pixman,
    utils::{Physical, Rectangle, Size},
};

use super::{Drawn, Presented};
use crate::render::{Frame, Image, Painter};

/// See the module's documentation.
pub(super) struct Memory {
    pub(super) painter: Painter<PixmanRenderer>,
    target: Option<Target>,
}

struct Target {
    image: pixman::Image<'static, 'static>,
    size: Size<i32, Physical>,
    tracker: OutputDamageTracker,
    /// Whether the image holds the last frame.
    painted: bool,
}

impl Memory {
    /// # Errors
    /// When the renderer cannot be made.
    pub(super) fn new() -> Result<Self> {
        let renderer = PixmanRenderer::new().context("error making the pixman renderer")?;
        Ok(Self { painter: Painter::new(renderer), target: None })
    }

    /// Draws what has changed; also returns where that is.
    pub(super) fn draw(
        &mut self,
        mut frame: Frame<'_>,
    ) -> Result<(Drawn, Vec<Rectangle<i32, Physical>>)> {
        self.fit(frame.output)?;
        let elements = self.painter.elements(&mut frame);
        let refresh_at = self.painter.take_next_refresh();
        let target = self.target.as_mut().context("no target")?;
        let age = usize::from(target.painted);
        let mut framebuffer = self.painter.renderer.bind(&mut target.image)?;
        let result = target
            .tracker
            .render_output(
                &mut self.painter.renderer,
                &mut framebuffer,
                age,
                &elements,
                crate::render::CLEAR,
            )
            .map_err(|error| anyhow!("error drawing: {error:?}"))?;
        target.painted = true;
        let damage = result.damage.cloned().unwrap_or_default();
        let presented = if damage.is_empty() { Presented::Unchanged } else { Presented::Estimated };
        Ok((Drawn { presented, states: result.states, refresh_at }, damage))
    }

    /// The last frame; `None` before the first.
    pub(super) fn shown(&mut self) -> Option<Image> {
        let target = self.target.as_mut().filter(|target| target.painted)?;
        let size = Size::from((target.size.w, target.size.h));
        let framebuffer = self.painter.renderer.bind(&mut target.image).ok()?;
        crate::render::read(&mut self.painter.renderer, &framebuffer, size).ok()
    }

    /// Gives the memory of the picture back.
    pub(super) fn drop_picture(&mut self) {
        self.target = None;
    }

    fn fit(&mut self, output: &Output) -> Result<()> {
        let mode = output.current_mode().context("the output has no mode")?;
        if self.target.as_ref().is_some_and(|target| target.size == mode.size) {
            return Ok(());
        }
        let buffer_size = Size::from((mode.size.w, mode.size.h));
        let image = self.painter.renderer.create_buffer(Fourcc::Xrgb8888, buffer_size)?;
        let tracker = OutputDamageTracker::from_output(output);
        self.target = Some(Target { image, size: mode.size, tracker, painted: false });
        Ok(())
    }
}
