//! The machine around the picture: wall clock, device code, backlight, switching off.

mod backlight;
mod clock;
mod libseat;
mod notify;
mod verifier;

pub(crate) use backlight::Backlight;
pub use clock::WallClock;
pub(crate) use libseat::{Seat, SeatEvent, SeatSource, take};
pub(crate) use notify::notify_ready;
pub use verifier::Verifier;

use shell::{Display, PowerAction};

use crate::State;

impl State {
    /// Sets the panel's light to what the display's state asks for.
    pub(crate) fn set_backlight(&mut self, light: Display) {
        tracing::debug!("the display is {light:?}");
        if let Some(bus) = &self.bus {
            bus.light(light);
        }
    }

    /// Switches off or starts again, through logind. A phone in a window or in memory is not the
    /// machine that it runs on: switching it off ends it.
    pub(crate) fn power(&mut self, action: PowerAction) {
        match (&self.bus, action) {
            _ if !self.has_own_screen() && action == PowerAction::Off => self.end(),
            (Some(bus), _) => bus.power(action),
            (None, _) => tracing::warn!("without D-Bus nothing can switch the machine off"),
        }
    }

    /// Whether the machine's own screen is ours, and with it the machine's power and sleep.
    pub(crate) fn has_own_screen(&self) -> bool {
        self.backend.name() == "drm"
    }
}
