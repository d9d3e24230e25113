//! Drawing into the window by the GPU, through EGL and OpenGL ES.
//!
//! The session's frame callbacks pace the frames, as they do for the CPU; EGL itself waits for
//! nothing.

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, ensure};
use smithay::{
    backend::{
        egl::{
            EGLContext, EGLDevice, EGLDisplay, EGLSurface,
            context::{GlAttributes, PixelFormatRequirements},
            ffi, native,
        },
        renderer::{
            Bind as _, Frame as _, Renderer as _, damage::OutputDamageTracker, gles::GlesRenderer,
        },
    },
    output::Output,
    reexports::winit::{
        raw_window_handle::{HasWindowHandle as _, RawWindowHandle},
        window::Window,
    },
    utils::{Physical, Rectangle, Size, Transform},
};

use super::Session;
use crate::{
    backend::{Backend, Dmabufs, Drawn, Presented, egl},
    render::{CLEAR, Frame, Image, Leaf, Painter},
};

/// A window's first row is its lowest for GL.
const UPRIGHT: Transform = Transform::Flipped180;

/// See the module's documentation.
pub(super) struct Gl {
    painter: Painter<GlesRenderer>,
    surface: EGLSurface,
    tracker: Option<Tracker>,
    window: Arc<Window>,
    /// Whether the session can be told what has changed.
    damage: bool,
    _session: Session,
}

/// What has changed, and the panel that it was found for.
struct Tracker {
    tracker: OutputDamageTracker,
    size: Size<i32, Physical>,
    scale: f64,
}

impl Gl {
    /// # Errors
    /// When there is no GPU, or one that cannot draw in windows. A GPU that is but a program
    /// (slower than our own drawing) is taken only if `software`.
    pub(super) fn new(window: Arc<Window>, session: Session, software: bool) -> Result<Self> {
        egl::find()?;
        // SAFETY: the native display is that of the window, which the EGL display keeps.
        #[expect(unsafe_code, reason = "EGL trusts the native display")]
        let display = unsafe { EGLDisplay::new(window.clone()) }.context("error opening EGL")?;
        let is_software = EGLDevice::device_for_display(&display).is_ok_and(|d| d.is_software());
        ensure!(software || !is_software, "EGL has only a software renderer");
        let wanted = GlAttributes { version: (3, 0), profile: None, debug: false, vsync: false };
        let format = PixelFormatRequirements::_8_bit();
        let context = EGLContext::new_with_config(&display, wanted, format)
            .context("error making an EGL context")?;
        let surface = surface(&display, &context, &window)?;
        // SAFETY: the context is new, and current nowhere else; we have one thread that draws.
        #[expect(unsafe_code, reason = "GL trusts the context")]
        let renderer = unsafe { GlesRenderer::new(context) }.context("error starting OpenGL ES")?;
        make_current(&renderer, &surface)?;
        do_not_wait(&display);
        let damage = display.supports_damage();
        tracing::info!("drawing by OpenGL ES");
        Ok(Self {
            painter: Painter::new(renderer),
            surface,
            tracker: None,
            window,
            damage,
            _session: session,
        })
    }

    /// Makes surface and tracker fit the output.
    fn fit(&mut self, output: &Output) -> Result<&mut Tracker> {
        let mode = output.current_mode().context("the output has no mode")?;
        let size = output.current_transform().transform_size(mode.size);
        let scale = output.current_scale().fractional_scale();
        let fits = |kept: &Tracker| kept.size == size && kept.scale == scale;
        if !self.tracker.as_ref().is_some_and(fits) {
            // Only Wayland has to be told; a surface of X11 is as large as its window.
            self.surface.resize(size.w, size.h, 0, 0);
            self.tracker = None;
        }
        let new = || OutputDamageTracker::new(size, scale, UPRIGHT);
        Ok(self.tracker.get_or_insert_with(|| Tracker { tracker: new(), size, scale }))
    }

    /// How many frames ago the memory that comes next was drawn; 0 if it never was.
    fn age(&self) -> Result<usize> {
        make_current(&self.painter.renderer, &self.surface)?;
        // Asking where it is not known is an error of EGL's.
        let age = self.damage.then(|| self.surface.buffer_age()).flatten();
        Ok(age.and_then(|age| usize::try_from(age).ok()).unwrap_or(0))
    }

    /// Hands what was drawn over to the session.
    fn swap(&mut self, damage: &[Rectangle<i32, Physical>], height: i32) -> Result<()> {
        // EGL counts rows from below.
        let turned = |r: &Rectangle<i32, Physical>| {
            Rectangle::new((r.loc.x, height - r.loc.y - r.size.h).into(), r.size)
        };
        let mut damage: Vec<_> = damage.iter().map(turned).collect();
        self.window.pre_present_notify();
        let damage = (self.damage && !damage.is_empty()).then_some(damage.as_mut_slice());
        self.surface.swap_buffers(damage).context("error showing the window's picture")?;
        // Comes back as a redraw when the session wants the next frame.
        self.window.request_redraw();
        Ok(())
    }

    fn darken(&mut self) -> Result<()> {
        let Some(Tracker { size, .. }) = self.tracker.take() else { return Ok(()) };
        let renderer = &mut self.painter.renderer;
        let mut target = renderer.bind(&mut self.surface)?;
        let mut frame = renderer.render(&mut target, size, UPRIGHT)?;
        frame.clear(CLEAR, &[Rectangle::from_size(size)])?;
        let _ = frame.finish()?;
        drop(target);
        self.swap(&[], size.h)
    }
}

impl Backend for Gl {
    fn name(&self) -> &'static str {
        "nested"
    }

    fn present(&mut self, mut frame: Frame<'_>) -> Result<Drawn> {
        let elements = self.painter.elements(&mut frame);
        let refresh_at = self.painter.take_next_refresh();
        let height = self.fit(frame.output)?.size.h;
        let age = self.age()?;
        let Tracker { tracker, .. } = self.tracker.as_mut().context("no tracker")?;
        let renderer = &mut self.painter.renderer;
        let mut target = renderer.bind(&mut self.surface)?;
        let result = tracker
            .render_output(renderer, &mut target, age, &elements, CLEAR)
            .map_err(|error| anyhow!("error drawing: {error:?}"))?;
        drop(target);
        let (states, damage) = (result.states, result.damage.cloned());
        let presented = match damage {
            Some(damage) if !damage.is_empty() => {
                self.swap(&damage, height)?;
                Presented::Pending
            }
            _ => Presented::Unchanged,
        };
        Ok(Drawn { presented, states, refresh_at })
    }

    fn capture(&mut self, mut frame: Frame<'_>) -> Result<Image> {
        self.painter.capture(&mut frame)
    }

    fn set_lit(&mut self, lit: bool) {
        if !lit && let Err(error) = self.darken() {
            tracing::debug!("error darkening the window: {error:#}");
        }
    }

    fn forget(&mut self, leaf: Leaf) {
        self.painter.forget(leaf);
    }

    fn trim(&mut self) {
        self.painter.trim();
    }

    fn dmabuf(&mut self) -> Option<&mut dyn Dmabufs> {
        let renderer = &mut self.painter.renderer;
        let any = Dmabufs::formats(renderer).iter().next().is_some();
        any.then_some(renderer as &mut dyn Dmabufs)
    }
}

/// The window as something that GL draws in.
fn surface(display: &EGLDisplay, context: &EGLContext, window: &Window) -> Result<EGLSurface> {
    let format = context.pixel_format().context("EGL has no format for windows")?;
    let config = context.config_id();
    let handle = window.window_handle().context("the window has no handle")?.as_raw();
    // SAFETY: the handles are those of a window that lives as long as the surface: both are in
    // one struct, with the surface before the window.
    #[expect(unsafe_code, reason = "EGL trusts the native window")]
    let surface = unsafe {
        match handle {
            RawWindowHandle::Wayland(handle) => {
                let size = window.inner_size();
                let (width, height) = (size.width.max(1) as i32, size.height.max(1) as i32);
                let native = wayland_egl::WlEglSurface::new_from_raw(
                    handle.surface.as_ptr().cast(),
                    width,
                    height,
                )
                .context("error making the window's surface")?;
                EGLSurface::new(display, format, config, native)
            }
            RawWindowHandle::Xlib(handle) => {
                EGLSurface::new(display, format, config, native::XlibWindow(handle.window))
            }
            _ => anyhow::bail!("EGL draws in windows of Wayland and of Xlib only"),
        }
    };
    surface.context("error making the window's surface")
}

fn make_current(renderer: &GlesRenderer, surface: &EGLSurface) -> Result<()> {
    // SAFETY: the context is current in no other thread: there is one that draws.
    #[expect(unsafe_code, reason = "EGL trusts the thread")]
    unsafe { renderer.egl_context().make_current_with_surface(surface) }
        .context("error drawing in the window")
}

/// Swapping is not to wait for the session: a hidden window would hold up everything.
fn do_not_wait(display: &EGLDisplay) {
    // SAFETY: the display is open, and a surface of it is current in this thread.
    #[expect(unsafe_code, reason = "a call of EGL")]
    let done = unsafe { ffi::egl::SwapInterval(**display.get_display_handle(), 0) };
    if done == 0 {
        tracing::debug!("EGL waits for the session's frames");
    }
}
