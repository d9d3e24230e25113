//! The two ways to draw on a card: by its GPU, or by the CPU into plain memory of the card.

use anyhow::{Context as _, Result, ensure};
use smithay::{
    backend::{
        allocator::{
            Fourcc,
            dmabuf::Dmabuf,
            dumb::DumbAllocator,
            format::FormatSet,
            gbm::{GbmAllocator, GbmBufferFlags, GbmDevice},
        },
        drm::{DrmDeviceFd, DrmNode, exporter::gbm::GbmFramebufferExporter},
        egl::{EGLContext, EGLDevice, EGLDisplay},
        renderer::{
            Bind, Color32F, Frame as _, ImportDma as _, Offscreen as _, Renderer as _,
            gles::{GlesRenderer, GlesTexture},
            pixman::PixmanRenderer,
        },
    },
    utils::{Rectangle, Size, Transform},
};

use super::scanout::{Buffers, CardCanvas, Scanout, Screen};
use crate::{
    backend::{Dmabufs, egl},
    options::RendererKind,
};

impl CardCanvas for PixmanRenderer {
    type Memory = DumbAllocator;
    type Exporter = DrmDeviceFd;

    const NAME: &'static str = "pixman";
    const ANY_CARD: bool = true;

    fn buffers(&self, card: &DrmDeviceFd) -> Result<Buffers<Self>> {
        Ok(Buffers {
            memory: DumbAllocator::new(card.clone()),
            exporter: card.clone(),
            formats: Bind::<Dmabuf>::supported_formats(self).unwrap_or_default(),
            cursor: None,
        })
    }
}

impl CardCanvas for GlesRenderer {
    type Memory = GbmAllocator<DrmDeviceFd>;
    type Exporter = GbmFramebufferExporter<DrmDeviceFd>;

    const NAME: &'static str = "gles";
    const ANY_CARD: bool = false;

    fn buffers(&self, card: &DrmDeviceFd) -> Result<Buffers<Self>> {
        let gbm = GbmDevice::new(card.clone()).context("error opening the card's memory")?;
        let flags = GbmBufferFlags::RENDERING | GbmBufferFlags::SCANOUT;
        Ok(Buffers {
            memory: GbmAllocator::new(gbm.clone(), flags),
            exporter: GbmFramebufferExporter::new(gbm.clone(), node(self)),
            formats: self.egl_context().dmabuf_render_formats().clone(),
            cursor: Some(gbm),
        })
    }

    fn dmabufs(&mut self) -> Option<&mut dyn Dmabufs> {
        Some(self)
    }
}

impl Dmabufs for GlesRenderer {
    fn main_device(&self) -> Option<u64> {
        node(self).map(|node| node.dev_id())
    }

    fn formats(&self) -> FormatSet {
        self.dmabuf_formats()
    }

    fn import(&mut self, dmabuf: &Dmabuf) -> bool {
        self.import_dmabuf(dmabuf, None).is_ok()
    }
}

/// The render node that a renderer draws on.
fn node(renderer: &GlesRenderer) -> Option<DrmNode> {
    EGLDevice::device_for_display(renderer.egl_context().display())
        .and_then(|device| device.try_get_render_node())
        .ok()
        .flatten()
}

/// What draws by the CPU, on any card or none.
///
/// # Errors
/// When the renderer cannot be made.
pub(super) fn by_cpu() -> Result<Box<dyn Scanout>> {
    let renderer = PixmanRenderer::new().context("error making the pixman renderer")?;
    Ok(Box::new(Screen::new(renderer)))
}

/// What draws by the card's GPU, if it has one that draws, and `kind` wants it.
pub(super) fn by_gpu(
    card: &DrmDeviceFd,
    driver: &str,
    kind: RendererKind,
) -> Option<Box<dyn Scanout>> {
    // The virtual card has no GPU, and looking for one costs seconds.
    if kind == RendererKind::Pixman || (kind == RendererKind::Auto && driver == "vkms") {
        return None;
    }
    match gles(card, kind == RendererKind::Gles) {
        Ok(renderer) => Some(Box::new(Screen::new(renderer))),
        Err(error) => {
            tracing::warn!("no GPU to draw with, drawing by the CPU: {error:#}");
            None
        }
    }
}

fn gles(card: &DrmDeviceFd, software: bool) -> Result<GlesRenderer> {
    egl::find()?;
    let gbm = GbmDevice::new(card.clone()).context("error opening the card's memory")?;
    // SAFETY: the native display is a GBM device that nothing else makes an EGL display of, and
    // the EGL display keeps it.
    #[expect(unsafe_code, reason = "EGL trusts the native display")]
    let display = unsafe { EGLDisplay::new(gbm) }.context("error opening EGL")?;
    let is_software = EGLDevice::device_for_display(&display).is_ok_and(|d| d.is_software());
    ensure!(software || !is_software, "EGL has only a software renderer, slower than our own");
    let context = EGLContext::new(&display).context("error making an EGL context")?;
    // SAFETY: the context is new, and current nowhere else; we have one thread that draws.
    #[expect(unsafe_code, reason = "GL trusts the context")]
    let mut renderer = unsafe { GlesRenderer::new(context) }.context("error starting OpenGL ES")?;
    test(&mut renderer).context("the GPU does not draw")?;
    Ok(renderer)
}

/// Draws one colour and looks whether it is there: drivers that load do not always draw.
fn test(renderer: &mut GlesRenderer) -> Result<()> {
    const SIDE: i32 = 16;
    let mut target: GlesTexture =
        renderer.create_buffer(Fourcc::Argb8888, Size::from((SIDE, SIDE)))?;
    let mut framebuffer = renderer.bind(&mut target)?;
    let area = Rectangle::from_size(Size::from((SIDE, SIDE)));
    let mut frame = renderer.render(&mut framebuffer, area.size, Transform::Normal)?;
    frame.clear(Color32F::new(1.0, 0.0, 1.0, 1.0), &[area])?;
    let sync = frame.finish()?;
    renderer.wait(&sync)?;
    let image = crate::render::read(renderer, &framebuffer, Size::from((SIDE, SIDE)))?;
    ensure!(image.rgb(3, 12) == Some([255, 0, 255]), "a test picture came out wrong");
    Ok(())
}
