//! Input: from devices to the shell, and from the shell on to clients.
//!
//! Every sample keeps the kernel's time. Touches and hardware keys go to the shell, which says
//! what clients get of them ([`touch`]); other keys go to the focused client, or to the shell
//! while nobody has the focus ([`keyboard`]). The seat has keyboard, touch and pointer from the
//! start, whether or not devices are there: clients can then never meet a seat without them.

mod keyboard;
mod libinput;
mod pointer;
mod touch;

use anyhow::{Result, anyhow};
use smithay::{
    desktop::PopupGrab,
    input::{SeatState, keyboard::KeyboardHandle, keyboard::XkbConfig, touch::TouchHandle},
    reexports::wayland_server::DisplayHandle,
};

use crate::State;

pub(crate) use libinput::Devices;

/// The seat and what is under its fingers.
pub(crate) struct Input {
    pub(crate) keyboard: KeyboardHandle<State>,
    pub(crate) touch: TouchHandle<State>,
    pub(crate) pointer: pointer::Pointer,
    /// Where each finger that a client has is.
    pub(crate) fingers: touch::Fingers,
    /// Whether a finger drags something from one surface to another.
    pub(crate) dragging: bool,
    /// The popups that a touch elsewhere closes.
    pub(crate) popup_grab: Option<PopupGrab<State>>,
    /// The surface that the shell gave the keyboard to.
    pub(crate) focus: Option<shell::Target>,
}

impl Input {
    pub(crate) fn new(
        display: &DisplayHandle,
        seats: &mut SeatState<State>,
        (layout, variant): &(String, String),
    ) -> Result<Self> {
        let mut seat = seats.new_wl_seat(display, "seat0");
        let config = XkbConfig { layout, variant, ..XkbConfig::default() };
        let keyboard = match seat.add_keyboard(config, 400, 30) {
            Ok(keyboard) => keyboard,
            Err(error) => {
                tracing::warn!(
                    "keyboard layout {layout:?} {variant:?} is not usable ({error}); using the \
                     default one; see `input.keyboard_layout` in the configuration"
                );
                seat.add_keyboard(XkbConfig::default(), 400, 30)
                    .map_err(|error| anyhow!("error compiling the default keymap: {error}"))?
            }
        };
        let touch = seat.add_touch();
        let pointer = pointer::Pointer::new(seat.add_pointer());
        Ok(Self {
            keyboard,
            touch,
            pointer,
            fingers: touch::Fingers::default(),
            dragging: false,
            popup_grab: None,
            focus: None,
        })
    }
}
