//! The machine around the picture: wall clock, device code, backlight, switching off.

mod clock;
mod libseat;
mod notify;
mod verifier;

pub(crate) use clock::wall_clock;
pub(crate) use libseat::{Seat, SeatEvent, SeatSource, take};
pub(crate) use notify::notify_ready;
pub(crate) use verifier::Verifier;

use shell::{Display, PowerAction};

use crate::State;

impl State {
    /// Sets the panel's light to what the display's state asks for.
    pub(crate) fn set_backlight(&mut self, light: Display) {
        tracing::debug!("the display is {light:?}");
    }

    /// Switches off or starts again, through logind.
    pub(crate) fn power(&mut self, action: PowerAction) {
        match &self.bus {
            Some(bus) => bus.power(action),
            None => tracing::warn!("no bus: cannot {action:?}"),
        }
    }
}
