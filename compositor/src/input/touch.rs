//! Touches on their way to clients.

use std::collections::HashMap;

use shell::ClientTouch;
use smithay::{
    backend::input::TouchSlot,
    desktop::PopupUngrabStrategy,
    input::touch::{DownEvent, MotionEvent, UpEvent},
    reexports::wayland_server::{Resource as _, protocol::wl_surface::WlSurface},
    utils::{Logical, Point, SERIAL_COUNTER},
};

use crate::{State, shell_host::leaf};

/// Fingers that a client has: the surface they landed on, and where its origin lies in the leaf.
pub(crate) type Fingers = HashMap<u32, Focus>;

/// A surface, and where its origin lies in its leaf.
type Focus = (WlSurface, Point<f64, Logical>);

impl State {
    /// Tells the client what the shell says it is to know of a touch.
    pub(crate) fn touch_client(&mut self, touch: ClientTouch) {
        let handle = self.input.touch.clone();
        match touch {
            ClientTouch::Down { slot, target, at, time } => {
                let at = Point::from((at.x, at.y));
                let Some(focus) = self.windows.surface_at(leaf(target), at) else { return };
                if self.closes_popups(&focus.0) {
                    return;
                }
                self.input.fingers.insert(slot, focus.clone());
                let event = DownEvent {
                    slot: TouchSlot::from(Some(slot)),
                    location: at,
                    serial: SERIAL_COUNTER.next_serial(),
                    time: time.wayland_millis(),
                };
                handle.down(self, Some(focus), &event);
            }
            ClientTouch::Motion { slot, at, time } => {
                let Some(landed) = self.input.fingers.get(&slot).cloned() else { return };
                let at = Point::from((at.x, at.y));
                let focus =
                    if self.input.dragging { self.under(&landed.0, at) } else { Some(landed) };
                let event = MotionEvent {
                    slot: TouchSlot::from(Some(slot)),
                    location: at,
                    time: time.wayland_millis(),
                };
                handle.motion(self, focus, &event);
            }
            ClientTouch::Up { slot, time } => {
                if self.input.fingers.remove(&slot).is_none() {
                    return;
                }
                let event = UpEvent {
                    slot: TouchSlot::from(Some(slot)),
                    serial: SERIAL_COUNTER.next_serial(),
                    time: time.wayland_millis(),
                };
                handle.up(self, &event);
            }
            ClientTouch::Frame => handle.frame(self),
            ClientTouch::Cancel => {
                self.input.fingers.clear();
                handle.cancel(self);
            }
        }
    }

    /// What lies under a finger that drags something, in the window where it landed.
    fn under(&self, landed: &WlSurface, at: Point<f64, Logical>) -> Option<Focus> {
        self.windows.surface_at(self.windows.leaf_of(landed)?, at)
    }

    /// A touch outside the client that has a menu open closes the menu, and does no more. Smithay
    /// has popup grabs for pointer and keyboard only.
    fn closes_popups(&mut self, touched: &WlSurface) -> bool {
        let Some(grab) = self.input.popup_grab.as_mut() else { return false };
        if grab.has_ended() {
            self.input.popup_grab = None;
            return false;
        }
        let own = grab.current_grab().is_some_and(|s| s.id().same_client_as(&touched.id()));
        if own {
            return false;
        }
        grab.ungrab(PopupUngrabStrategy::All);
        self.input.popup_grab = None;
        true
    }
}
