//! The phone in a window of a Wayland or X11 session, for those who develop it.
//!
//! The mouse is a finger: the left button is one that moves, the right button one that rests
//! where it was pressed, so that both together pinch. [`KEYS`] stand for the phone's own keys.
//! The window's logical size is the phone's; its pixels are the session's, so that one pixel of
//! the phone is one of the screen.

use std::{
    cell::RefCell, collections::HashMap, num::NonZeroU32, os::fd::AsFd as _, rc::Rc, sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result, anyhow};
use shell::{Event, Touch};
use smithay::reexports::{
    calloop::{Interest, LoopHandle, Mode, PostAction, generic::Generic},
    winit::{
        application::ApplicationHandler,
        dpi::{LogicalSize, PhysicalPosition, PhysicalSize},
        event::{ElementState, KeyEvent, MouseButton, TouchPhase, WindowEvent},
        event_loop::{ActiveEventLoop, EventLoop},
        keyboard::{KeyCode, PhysicalKey},
        platform::{
            pump_events::EventLoopExtPumpEvents as _, scancode::PhysicalKeyExtScancode as _,
        },
        window::{Window, WindowId},
    },
};

use super::{Backend, Drawn, Presented, memory::Memory};
use crate::{
    Panel, State,
    render::{Frame, Image, Leaf},
};

/// What a key of the computer is on the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PhoneKey {
    /// A hardware key, by its evdev code.
    Code(u32),
    /// Turn the phone by a quarter.
    Turn,
}

/// Keys of the computer that stand for the phone's own.
const KEYS: &[(KeyCode, PhoneKey)] = &[
    (KeyCode::F1, PhoneKey::Code(116)),
    (KeyCode::F2, PhoneKey::Code(114)),
    (KeyCode::F3, PhoneKey::Code(115)),
    (KeyCode::F4, PhoneKey::Turn),
];

/// Fingers of the mouse; those of a real touch screen come after them.
const LEFT: u32 = 0;
const RIGHT: u32 = 1;
const FIRST_REAL: u32 = 2;

type Surface = softbuffer::Surface<Arc<Window>, Arc<Window>>;

/// The phone's picture in a window.
pub struct Nested {
    memory: Memory,
    window: Arc<Window>,
    surface: Surface,
}

/// The session's side of the window: where its events come from.
pub struct Host {
    events: EventLoop<()>,
    panel: Panel,
    window: Arc<Window>,
}

impl Nested {
    /// Opens a window as large as `panel`; returns it with the source of its events.
    ///
    /// # Errors
    /// When there is no session to open a window in.
    pub fn open(panel: &Panel) -> Result<(Self, Host)> {
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
        let context = softbuffer::Context::new(window.clone()).map_err(explain)?;
        let surface = softbuffer::Surface::new(&context, window.clone()).map_err(explain)?;
        let panel = on_window(panel, &window);
        let host = Host { events, panel, window: window.clone() };
        Ok((Self { memory: Memory::new()?, window, surface }, host))
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

impl Backend for Nested {
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
        let fd = self.events.as_fd().try_clone_to_owned().context("error watching the session")?;
        let events = Rc::new(RefCell::new(self.events));
        let mut hands = Hands::new(self.panel, self.window);
        handle
            .insert_source(Generic::new(fd, Interest::READ, Mode::Level), move |_, _, state| {
                let mut app = App { hands: &mut hands, state };
                events.borrow_mut().pump_app_events(Some(Duration::ZERO), &mut app);
                Ok(PostAction::Continue)
            })
            .map_err(|error| error.error)
            .context("error watching the session")?;
        Ok(())
    }
}

/// What holds the phone: mouse, fingers, keyboard and window manager.
struct Hands {
    /// The phone as its profile describes it, turned as it is held.
    panel: Panel,
    window: Arc<Window>,
    pointer: PhysicalPosition<f64>,
    /// Slots of real fingers, by the session's ids.
    fingers: HashMap<u64, u32>,
    left_down: bool,
    frames: u64,
}

impl Hands {
    fn new(panel: Panel, window: Arc<Window>) -> Self {
        let pointer = PhysicalPosition::default();
        Self { panel, window, pointer, fingers: HashMap::new(), left_down: false, frames: 0 }
    }

    fn at(&self, position: PhysicalPosition<f64>) -> units::Point {
        units::Point::new(position.x, position.y) / self.window.scale_factor()
    }

    fn event(&mut self, state: &mut State, event: WindowEvent) {
        match event {
            WindowEvent::CloseRequested => state.end(),
            WindowEvent::RedrawRequested => {
                self.frames += 1;
                let now = state.clock().now();
                state.presented(now, self.frames, false);
            }
            WindowEvent::Resized(size) => self.resized(state, size),
            WindowEvent::ScaleFactorChanged { .. } => {
                self.resized(state, self.window.inner_size());
            }
            WindowEvent::Focused(false) => {
                self.left_down = false;
                self.fingers.clear();
                state.tell(Event::Touch(Touch::Cancel));
            }
            WindowEvent::CursorMoved { position, .. } => {
                self.pointer = position;
                if self.left_down {
                    touch(state, Touch::Motion { slot: LEFT, at: self.at(position) });
                }
            }
            WindowEvent::MouseInput { state: button_state, button, .. } => {
                self.button(state, button, button_state.is_pressed());
            }
            WindowEvent::Touch(finger) => self.finger(state, &finger),
            WindowEvent::KeyboardInput { event, is_synthetic: false, .. } => {
                self.key(state, &event);
            }
            _ => {}
        }
    }

    fn button(&mut self, state: &mut State, button: MouseButton, pressed: bool) {
        let slot = match button {
            MouseButton::Left => LEFT,
            MouseButton::Right => RIGHT,
            _ => return,
        };
        if slot == LEFT {
            self.left_down = pressed;
        }
        let event = if pressed {
            Touch::Down { slot, at: self.at(self.pointer) }
        } else {
            Touch::Up { slot }
        };
        touch(state, event);
    }

    fn finger(&mut self, state: &mut State, finger: &smithay::reexports::winit::event::Touch) {
        let at = self.at(finger.location);
        match finger.phase {
            TouchPhase::Started => {
                let free = |slot: &u32| !self.fingers.values().any(|used| used == slot);
                let Some(slot) = (FIRST_REAL..FIRST_REAL + 32).find(free) else { return };
                self.fingers.insert(finger.id, slot);
                touch(state, Touch::Down { slot, at });
            }
            TouchPhase::Moved => {
                let Some(slot) = self.fingers.get(&finger.id) else { return };
                touch(state, Touch::Motion { slot: *slot, at });
            }
            TouchPhase::Ended => {
                let Some(slot) = self.fingers.remove(&finger.id) else { return };
                touch(state, Touch::Up { slot });
            }
            TouchPhase::Cancelled => {
                self.fingers.clear();
                touch(state, Touch::Cancel);
            }
        }
    }

    fn key(&mut self, state: &mut State, event: &KeyEvent) {
        if event.repeat {
            return;
        }
        let pressed = event.state == ElementState::Pressed;
        let now = state.clock().now();
        let phone_key = KEYS.iter().find(|(key, _)| event.physical_key == PhysicalKey::Code(*key));
        match phone_key {
            Some((_, PhoneKey::Code(code))) => state.key(*code, pressed, now),
            Some((_, PhoneKey::Turn)) if pressed => self.turn(),
            Some((_, PhoneKey::Turn)) => {}
            None => {
                if let Some(code) = event.physical_key.to_scancode() {
                    state.key(code, pressed, now);
                }
            }
        }
    }

    /// Turns the phone; the window's new size comes back as an event.
    fn turn(&mut self) {
        self.panel = self.panel.turned();
        let size = self.panel.output_info().size;
        let _ = self.window.request_inner_size(LogicalSize::new(size.width, size.height));
    }

    fn resized(&mut self, state: &mut State, size: PhysicalSize<u32>) {
        if size.width == 0 || size.height == 0 {
            return;
        }
        let mut panel = on_window(&self.panel, &self.window);
        panel.size_px = (size.width as i32, size.height as i32);
        state.set_panel(panel);
    }
}

struct App<'a> {
    hands: &'a mut Hands,
    state: &'a mut State,
}

impl ApplicationHandler for App<'_> {
    fn resumed(&mut self, _: &ActiveEventLoop) {}

    fn window_event(&mut self, _: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        self.hands.event(self.state, event);
    }
}

fn touch(state: &mut State, touch: Touch) {
    state.tell(Event::Touch(touch));
    state.tell(Event::Touch(Touch::Frame));
}

/// The phone's panel with the pixels of the window's screen.
fn on_window(panel: &Panel, window: &Window) -> Panel {
    panel.at_scale(window.scale_factor())
}

fn explain(error: softbuffer::SoftBufferError) -> anyhow::Error {
    anyhow!("error drawing into the window: {error}")
}
