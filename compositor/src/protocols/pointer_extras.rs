//! Extensions of pointers, for programs that ask for them: `wp_cursor_shape_manager_v1`,
//! `zwp_pointer_gestures_v1`, `zwp_relative_pointer_manager_v1`.
//!
//! No cursor is drawn: a mouse acts as a finger. Shapes are taken and not shown.

use smithay::{
    delegate_cursor_shape, delegate_pointer_gestures, delegate_relative_pointer,
    reexports::wayland_server::DisplayHandle,
    wayland::{
        cursor_shape::CursorShapeManagerState, pointer_gestures::PointerGesturesState,
        relative_pointer::RelativePointerManagerState, tablet_manager::TabletSeatHandler,
    },
};

use crate::State;

/// Offers the protocols; their globals live as long as the display.
pub(super) fn offer(display: &DisplayHandle) {
    CursorShapeManagerState::new::<State>(display);
    PointerGesturesState::new::<State>(display);
    RelativePointerManagerState::new::<State>(display);
}

// Cursor shapes name tablet tools too; no tablet is offered.
impl TabletSeatHandler for State {}

delegate_cursor_shape!(State);
delegate_pointer_gestures!(State);
delegate_relative_pointer!(State);
