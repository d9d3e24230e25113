//! The phone in a window of a Wayland or X11 session, for those who develop it.
//!
//! The window's logical size is the phone's; its pixels are the session's, so that one pixel of
//! the phone is one of the screen. What draws is the session's GPU where there is one ([`gl`]),
//! else the CPU ([`soft`]); what the user does to the window is in [`hands`].

mod gl;
mod hands;
mod soft;

use std::{cell::RefCell, os::fd::AsFd as _, rc::Rc, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use smithay::reexports::{
    calloop::{Interest, LoopHandle, Mode, PostAction, generic::Generic},
    winit::{
        dpi::LogicalSize, event_loop::EventLoop,
        platform::pump_events::EventLoopExtPumpEvents as _, window::Window,
    },
};

use self::{
    gl::Gl,
    hands::{App, Hands},
    soft::Soft,
};
use super::Backend;
use crate::{Panel, State, options::RendererKind};

/// The connection to the session. What draws keeps it, to be gone before it.
type Session = Rc<RefCell<EventLoop<()>>>;

/// The session's side of the window: where its events come from.
pub struct Host {
    session: Session,
    panel: Panel,
    window: Arc<Window>,
}

/// Opens a window as large as `panel`; returns what draws in it, and the source of its events.
///
/// # Errors
/// When there is no session to open a window in.
pub fn open(panel: &Panel, renderer: RendererKind) -> Result<(Box<dyn Backend>, Host)> {
    let events = EventLoop::new().context(
        "error connecting to the graphical session; run inside one, or use --backend headless",
    )?;
    let size = panel.output_info().size;
    let attributes = Window::default_attributes()
        .with_title(format!("Purje: {}", panel.model))
        .with_inner_size(LogicalSize::new(size.width, size.height));
    #[expect(
        deprecated,
        reason = "the loop is pumped by ours, so there is no `resumed` to wait for"
    )]
    let window = Arc::new(events.create_window(attributes).context("error opening a window")?);
    let session = Rc::new(RefCell::new(events));
    let backend = draw_in(&window, &session, renderer)?;
    let panel = on_window(panel, &window);
    Ok((backend, Host { session, panel, window }))
}

/// What draws in `window`: the GPU if there is one and `renderer` wants it, else the CPU.
fn draw_in(
    window: &Arc<Window>,
    session: &Session,
    renderer: RendererKind,
) -> Result<Box<dyn Backend>> {
    if renderer != RendererKind::Pixman {
        match Gl::new(window.clone(), session.clone(), renderer == RendererKind::Gles) {
            Ok(gl) => return Ok(Box::new(gl)),
            // Asked for, it is missed; else it is what most virtual machines are like.
            Err(error) if renderer == RendererKind::Gles => {
                tracing::warn!("no GPU to draw with, drawing by the CPU: {error:#}");
            }
            Err(error) => tracing::info!("drawing by the CPU: {error:#}"),
        }
    }
    Ok(Box::new(Soft::new(window.clone(), session.clone())?))
}

impl Host {
    /// The panel as the window shows it.
    pub fn panel(&self) -> &Panel {
        &self.panel
    }

    /// Lets the window's events reach the state.
    ///
    /// # Errors
    /// When the session's descriptor cannot be watched.
    pub fn attach(self, handle: &LoopHandle<'static, State>) -> Result<()> {
        let session = self.session;
        let fd = session.borrow().as_fd().try_clone_to_owned();
        let fd = fd.context("error watching the session")?;
        let mut hands = Hands::new(self.panel, self.window);
        handle
            .insert_source(Generic::new(fd, Interest::READ, Mode::Level), move |_, _, state| {
                let mut app = App { hands: &mut hands, state };
                session.borrow_mut().pump_app_events(Some(Duration::ZERO), &mut app);
                Ok(PostAction::Continue)
            })
            .map_err(|error| error.error)
            .context("error watching the session")?;
        Ok(())
    }
}

/// The phone's panel with the pixels of the window's screen.
fn on_window(panel: &Panel, window: &Window) -> Panel {
    panel.at_scale(window.scale_factor())
}
