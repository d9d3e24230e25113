//! `org.purje.Compositor1`: what the compositor offers on the session bus.
//!
//! Which class of caller may use which method is told by [`crate::trust`]. Nothing here unlocks:
//! the session bus is no place for that.

use crate::Error;
use serde::{Deserialize, Serialize};
use zbus::zvariant::{Fd, Type};

/// The well-known name that the compositor owns.
pub const NAME: &str = "org.purje.Compositor";
/// The path of its one object.
pub const PATH: &str = "/org/purje/Compositor";
/// The interface of that object.
pub const INTERFACE: &str = "org.purje.Compositor1";

/// What a simulated finger does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "lowercase")]
pub enum TouchKind {
    /// It comes down.
    Down,
    /// It moves.
    Move,
    /// It goes up; the position is ignored.
    Up,
    /// All touches are taken back; slot and position are ignored.
    Cancel,
}

/// The compositor, seen from outside.
#[zbus::proxy(
    interface = "org.purje.Compositor1",
    default_service = "org.purje.Compositor",
    default_path = "/org/purje/Compositor"
)]
pub trait Compositor1 {
    /// What is shown, as the JSON of [`crate::state::State`].
    fn state(&self) -> Result<String, Error>;

    /// Writes what is on the first output into `png`, a file or pipe open for writing, as a PNG,
    /// and returns when it is complete. While locked it shows the lock.
    ///
    /// Errors: `AccessDenied`, `NoPicture` (display off, output gone).
    fn screenshot(&self, png: Fd<'_>) -> Result<(), Error>;

    /// Locks the screen. There is no method for the opposite.
    fn lock(&self) -> Result<(), Error>;

    /// Asks the window with this id (see [`crate::state::Window::id`]) to close.
    ///
    /// Errors: `NoSuchWindow`.
    fn close_window(&self, id: u64) -> Result<(), Error>;

    /// Asks all windows of an application to close.
    ///
    /// Errors: `NotRunning`.
    fn close_app(&self, app_id: &str) -> Result<(), Error>;

    /// Starts an application as a tap on its icon does, with the launching cover; or brings it to
    /// the front when it already has a window and `uris` is empty.
    ///
    /// Errors: those of [`crate::session1::Session1Proxy::launch`], and `Unavailable` without a
    /// session manager.
    fn launch_app(&self, id: &str, uris: &[&str]) -> Result<(), Error>;

    /// A simulated finger, as if from the touch screen. `x` and `y` are logical pixels of the
    /// first output. Only with `--allow-test-input`.
    ///
    /// Errors: `AccessDenied`.
    fn touch(&self, kind: TouchKind, slot: u32, x: f64, y: f64) -> Result<(), Error>;

    /// A simulated key, by its evdev code (116 is the power key). Only with
    /// `--allow-test-input`.
    ///
    /// Errors: `AccessDenied`.
    fn key(&self, code: u32, pressed: bool) -> Result<(), Error>;

    /// The ring of recent events, oldest first, one JSON object a line.
    fn log(&self) -> Result<String, Error>;

    /// Feeds recorded events (what `Log` returns) to the shell with their own distances in time,
    /// and returns when the last was handled. Only with `--allow-test-input`.
    ///
    /// Errors: `AccessDenied`, `Malformed` with the line's number.
    fn replay(&self, log: &str) -> Result<(), Error>;

    /// Counters: frames, their times, wake-ups by cause; a JSON object.
    fn perf(&self) -> Result<String, Error>;

    /// Whether the screen is locked.
    #[zbus(property)]
    fn locked(&self) -> zbus::Result<bool>;

    /// Whether the first frame was presented.
    #[zbus(property)]
    fn ready(&self) -> zbus::Result<bool>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use zbus::proxy::Defaults;

    #[test]
    fn proxy_and_constants_agree() {
        assert_eq!(Compositor1Proxy::INTERFACE.as_ref().map(|n| n.as_str()), Some(INTERFACE));
        assert_eq!(Compositor1Proxy::DESTINATION.as_ref().map(|n| n.as_str()), Some(NAME));
        assert_eq!(Compositor1Proxy::PATH.as_ref().map(|n| n.as_str()), Some(PATH));
    }
}
