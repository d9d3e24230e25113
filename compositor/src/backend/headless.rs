//! A panel that is only memory: for tests, tours and machines without a screen.

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
    utils::{Physical, Size},
};

use super::{Backend, Drawn, Presented};
use crate::render::{Frame, Image, Leaf, Painter};

/// See the module's documentation.
pub struct Headless {
    painter: Painter<PixmanRenderer>,
    target: Option<Target>,
}

struct Target {
    image: pixman::Image<'static, 'static>,
    size: Size<i32, Physical>,
    tracker: OutputDamageTracker,
    /// Whether the image holds the last frame.
    painted: bool,
}

impl Headless {
    /// A headless panel, drawn by the CPU.
    ///
    /// # Errors
    /// When the renderer cannot be made.
    pub fn new() -> Result<Self> {
        let renderer = PixmanRenderer::new().context("error making the pixman renderer")?;
        Ok(Self { painter: Painter::new(renderer), target: None })
    }

    fn target(&mut self, output: &Output) -> Result<()> {
        let size = output.current_mode().context("the output has no mode")?.size;
        if self.target.as_ref().is_some_and(|target| target.size == size) {
            return Ok(());
        }
        let buffer_size = Size::from((size.w, size.h));
        let image = self.painter.renderer.create_buffer(Fourcc::Xrgb8888, buffer_size)?;
        let tracker = OutputDamageTracker::from_output(output);
        self.target = Some(Target { image, size, tracker, painted: false });
        Ok(())
    }
}

impl Backend for Headless {
    fn name(&self) -> &'static str {
        "headless"
    }

    fn present(&mut self, mut frame: Frame<'_>) -> Result<Drawn> {
        self.target(frame.output)?;
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
        let presented =
            if result.damage.is_some() { Presented::Estimated } else { Presented::Unchanged };
        Ok(Drawn { presented, states: result.states, refresh_at })
    }

    fn capture(&mut self, mut frame: Frame<'_>) -> Result<Image> {
        self.painter.capture(&mut frame)
    }

    fn set_lit(&mut self, lit: bool) {
        if !lit {
            self.target = None;
        }
    }

    fn forget(&mut self, leaf: Leaf) {
        self.painter.forget(leaf);
    }

    fn trim(&mut self) {
        self.painter.trim();
    }

    fn shown(&mut self) -> Option<Image> {
        let target = self.target.as_mut().filter(|target| target.painted)?;
        let size = Size::from((target.size.w, target.size.h));
        let framebuffer = self.painter.renderer.bind(&mut target.image).ok()?;
        crate::render::read(&mut self.painter.renderer, &framebuffer, size).ok()
    }
}
