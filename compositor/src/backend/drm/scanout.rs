//! From a frame to buffers that a CRTC shows: one painter, one set of buffers.
//!
//! Generic over the renderer; what is above sees a [`Scanout`] and knows neither renderer nor
//! allocator.

use std::fmt::Debug;

use anyhow::{Context as _, Result, anyhow};
use smithay::{
    backend::{
        allocator::{
            Allocator, Fourcc,
            dmabuf::{AsDmabuf, Dmabuf},
            format::FormatSet,
            gbm::GbmDevice,
        },
        drm::{
            DrmDevice, DrmDeviceFd, DrmError, DrmSurface,
            compositor::{DrmCompositor, FrameError, FrameFlags, PrimaryPlaneElement},
            exporter::ExportFramebuffer,
        },
        renderer::{Bind, element::RenderElementStates},
    },
    output::Output,
    reexports::drm::control::{Mode, connector, crtc},
};
use units::Time;

use crate::{
    backend::Dmabufs,
    render::{CLEAR, Canvas, Frame, Image, Leaf, Painter},
};

/// Colours that buffers may have, the best first. None needs more than eight bits a channel.
const COLOURS: [Fourcc; 4] =
    [Fourcc::Xrgb8888, Fourcc::Argb8888, Fourcc::Xbgr8888, Fourcc::Abgr8888];

/// What cannot be shown, and why.
#[derive(Debug)]
pub(super) enum Failure {
    /// We may not, at the moment: the session is paused.
    Paused,
    /// The kernel takes us for somebody who may not, though we should.
    Refused,
    /// Anything else.
    Other(anyhow::Error),
}

/// What became of a frame.
#[derive(Debug)]
pub(super) struct Drawn {
    /// Whether a flip is under way; else nothing had changed.
    pub(super) sent: bool,
    pub(super) states: RenderElementStates,
    pub(super) refresh_at: Option<Time>,
}

/// A way to the panel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    pub(super) crtc: crtc::Handle,
    pub(super) connector: connector::Handle,
    pub(super) mode: Mode,
}

/// See the module's documentation.
pub(super) trait Scanout {
    /// What draws, for logs and `purjectl state`.
    fn name(&self) -> &'static str;

    /// Whether it serves any card, so that it can outlive one.
    fn serves_any_card(&self) -> bool;

    /// Takes a panel.
    ///
    /// # Errors
    /// When the card refuses the mode, or has no buffers that can be drawn into.
    fn attach(&mut self, card: &mut DrmDevice, route: Route, output: &Output) -> Result<()>;

    /// Lets go of the panel, which goes dark, and of all buffers on the card.
    fn detach(&mut self);

    /// The mode and CRTC that are in use, if there is a panel.
    fn route(&self) -> Option<(crtc::Handle, Mode)>;

    /// Draws and sends a frame.
    ///
    /// # Errors
    /// See [`Failure`].
    fn present(&mut self, frame: &mut Frame<'_>) -> Result<Drawn, Failure>;

    /// The flip under way is done, or lost.
    ///
    /// # Errors
    /// See [`Failure`].
    fn flipped(&mut self) -> Result<(), Failure>;

    /// Turns the panel off, until the next frame.
    fn darken(&mut self);

    /// Takes the card's state as unknown, and all buffers as old.
    ///
    /// # Errors
    /// When the card refuses the mode now.
    fn restore(&mut self) -> Result<()>;

    /// Draws a frame into memory.
    ///
    /// # Errors
    /// When the renderer fails.
    fn capture(&mut self, frame: &mut Frame<'_>) -> Result<Image>;

    /// Forgets a window that is gone for good.
    fn forget(&mut self, leaf: Leaf);

    /// Gives back memory that the last frame did not need.
    fn trim(&mut self);

    /// Clients' buffers, where they can be drawn as they are.
    fn dmabufs(&mut self) -> Option<&mut dyn Dmabufs>;
}

/// A renderer with the memory on a card that it draws into.
pub(super) trait CardCanvas: Canvas + Bind<Dmabuf> {
    /// Gets buffers.
    type Memory: Allocator<
            Error: std::error::Error + Send + Sync,
            Buffer: AsDmabuf<Error: std::error::Error + Send + Sync + Debug>,
        > + 'static;
    /// Makes framebuffers of them.
    type Exporter: ExportFramebuffer<
            <Self::Memory as Allocator>::Buffer,
            Framebuffer: Debug + 'static,
            Error: std::error::Error + Send + Sync,
        > + 'static;

    /// What draws.
    const NAME: &'static str;
    /// Whether the renderer is tied to no card.
    const ANY_CARD: bool;

    /// Buffers on a card.
    ///
    /// # Errors
    /// When the card cannot be used for that.
    fn buffers(&self, card: &DrmDeviceFd) -> Result<Buffers<Self>>;

    /// Clients' buffers, where they can be drawn as they are.
    fn dmabufs(&mut self) -> Option<&mut dyn Dmabufs> {
        None
    }
}

/// See [`CardCanvas::buffers`].
pub(super) struct Buffers<R: CardCanvas + ?Sized> {
    pub(super) memory: R::Memory,
    pub(super) exporter: R::Exporter,
    /// Formats that can be drawn into.
    pub(super) formats: FormatSet,
    /// Where a cursor's buffers come from; without it the cursor is drawn into the picture.
    pub(super) cursor: Option<GbmDevice<DrmDeviceFd>>,
}

type Compositor<R> =
    DrmCompositor<<R as CardCanvas>::Memory, <R as CardCanvas>::Exporter, (), DrmDeviceFd>;

/// The one kind of [`Scanout`].
pub(super) struct Screen<R: CardCanvas> {
    painter: Painter<R>,
    compositor: Option<Compositor<R>>,
}

impl<R: CardCanvas> Screen<R> {
    pub(super) fn new(renderer: R) -> Self {
        Self { painter: Painter::new(renderer), compositor: None }
    }

    fn compositor(
        &self,
        card: &DrmDevice,
        surface: DrmSurface,
        output: &Output,
    ) -> Result<Compositor<R>> {
        let buffers = self.painter.renderer.buffers(card.device_fd())?;
        DrmCompositor::new(
            output,
            surface,
            None,
            buffers.memory,
            buffers.exporter,
            COLOURS,
            buffers.formats,
            card.cursor_size(),
            buffers.cursor,
        )
        .map_err(|error| anyhow!("error making buffers: {error}"))
    }
}

impl<R: CardCanvas> Scanout for Screen<R> {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn serves_any_card(&self) -> bool {
        R::ANY_CARD
    }

    fn attach(&mut self, card: &mut DrmDevice, route: Route, output: &Output) -> Result<()> {
        self.detach();
        let surface = card
            .create_surface(route.crtc, route.mode, &[route.connector])
            .context("error taking the panel")?;
        self.compositor = Some(self.compositor(card, surface, output)?);
        Ok(())
    }

    fn detach(&mut self) {
        self.compositor = None;
    }

    fn route(&self) -> Option<(crtc::Handle, Mode)> {
        let compositor = self.compositor.as_ref()?;
        Some((compositor.crtc(), compositor.pending_mode()))
    }

    fn present(&mut self, frame: &mut Frame<'_>) -> Result<Drawn, Failure> {
        let Some(compositor) = self.compositor.as_mut() else { return Err(Failure::Paused) };
        let elements = self.painter.elements(frame);
        let refresh_at = self.painter.take_next_refresh();
        // Overlay planes stay unused: which of them work is a matter of each device.
        let flags =
            FrameFlags::ALLOW_PRIMARY_PLANE_SCANOUT | FrameFlags::ALLOW_CURSOR_PLANE_SCANOUT;
        let result = compositor
            .render_frame(&mut self.painter.renderer, &elements, CLEAR, flags)
            .map_err(render_failure)?;
        if result.is_empty {
            return Ok(Drawn { sent: false, states: result.states, refresh_at });
        }
        if result.needs_sync()
            && let PrimaryPlaneElement::Swapchain(element) = &result.primary_element
            && let Err(error) = element.sync.wait()
        {
            tracing::debug!("interrupted while waiting for the renderer: {error:?}");
        }
        let states = result.states;
        match compositor.queue_frame(()) {
            Ok(()) => Ok(Drawn { sent: true, states, refresh_at }),
            Err(FrameError::EmptyFrame) => Ok(Drawn { sent: false, states, refresh_at }),
            Err(error) => Err(failure(error)),
        }
    }

    fn flipped(&mut self) -> Result<(), Failure> {
        match &mut self.compositor {
            Some(compositor) => compositor.frame_submitted().map(drop).map_err(failure),
            None => Ok(()),
        }
    }

    fn darken(&mut self) {
        if let Some(compositor) = &mut self.compositor
            && let Err(error) = compositor.clear()
        {
            tracing::warn!("error turning the panel off: {error}");
        }
    }

    fn restore(&mut self) -> Result<()> {
        let Some(compositor) = &mut self.compositor else { return Ok(()) };
        let mode = compositor.pending_mode();
        compositor.reset_state().context("error reading the card's state")?;
        // The mode's blob may not have survived.
        compositor
            .use_mode(mode)
            .map_err(|error| anyhow!("error setting the panel's mode again: {error}"))?;
        compositor.reset_buffer_ages();
        Ok(())
    }

    fn capture(&mut self, frame: &mut Frame<'_>) -> Result<Image> {
        self.painter.capture(frame)
    }

    fn forget(&mut self, leaf: Leaf) {
        self.painter.forget(leaf);
    }

    fn trim(&mut self) {
        self.painter.trim();
    }

    fn dmabufs(&mut self) -> Option<&mut dyn Dmabufs> {
        self.painter.renderer.dmabufs()
    }
}

fn failure<A, B, F>(error: FrameError<A, B, F>) -> Failure
where
    A: std::error::Error + Send + Sync + 'static,
    B: std::error::Error + Send + Sync + 'static,
    F: std::error::Error + Send + Sync + 'static,
{
    match &error {
        FrameError::DrmError(DrmError::DeviceInactive) => Failure::Paused,
        FrameError::DrmError(DrmError::Access(access))
            if access.source.kind() == std::io::ErrorKind::PermissionDenied =>
        {
            Failure::Refused
        }
        _ => Failure::Other(error.into()),
    }
}

fn render_failure<A, B, F, R>(
    error: smithay::backend::drm::compositor::RenderFrameError<A, B, F, R>,
) -> Failure
where
    A: std::error::Error + Send + Sync + 'static,
    B: std::error::Error + Send + Sync + 'static,
    F: std::error::Error + Send + Sync + 'static,
    R: std::error::Error,
{
    use smithay::backend::drm::compositor::RenderFrameError as E;
    match error {
        E::PrepareFrame(error) => failure(error),
        E::RenderFrame(error) => Failure::Other(anyhow!("error drawing: {error}")),
    }
}
