//! What holds the phone: mouse, fingers, keyboard and window manager of the session.
//!
//! The mouse is a finger: the left button is one that moves, the right button one that rests
//! where it was pressed, so that both together pinch. [`KEYS`] stand for the phone's own keys.

use std::{collections::HashMap, sync::Arc};

use shell::{Event, Touch};
use smithay::reexports::winit::{
    application::ApplicationHandler,
    dpi::{LogicalSize, PhysicalPosition, PhysicalSize},
    event::{self, ElementState, KeyEvent, MouseButton, TouchPhase, WindowEvent},
    event_loop::ActiveEventLoop,
    keyboard::{KeyCode, PhysicalKey},
    platform::scancode::PhysicalKeyExtScancode as _,
    window::{Window, WindowId},
};

use super::on_window;
use crate::{Panel, State};

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

/// See the module's documentation.
pub(super) struct Hands {
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
    pub(super) fn new(panel: Panel, window: Arc<Window>) -> Self {
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

    fn finger(&mut self, state: &mut State, finger: &event::Touch) {
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

/// The hands on a running phone, as the session's events reach them.
pub(super) struct App<'a> {
    pub(super) hands: &'a mut Hands,
    pub(super) state: &'a mut State,
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
