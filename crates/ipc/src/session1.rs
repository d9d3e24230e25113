//! `org.purje.Session1`: what the session manager offers on the session bus.

use crate::Error;
use serde::{Deserialize, Serialize};
use zbus::zvariant::Type;

/// The well-known name that the session manager owns.
pub const NAME: &str = "org.purje.Session";
/// The path of its one object.
pub const PATH: &str = "/org/purje/Session";
/// The interface of that object.
pub const INTERFACE: &str = "org.purje.Session1";

/// An application that can be started, as its desktop entry describes it to this user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AppInfo {
    /// The desktop file id without `.desktop`, for instance `org.gnome.Calculator`.
    pub id: String,
    /// The name in the user's language.
    pub name: String,
    /// The absolute path of an icon file (SVG or PNG), or empty when none was found.
    pub icon: String,
    /// The program that is run, for people to read; empty when it is only started over D-Bus.
    pub exec: String,
    /// Whether it runs inside a terminal.
    pub terminal: bool,
    /// The `Categories` of the entry, in its order.
    pub categories: Vec<String>,
    /// The `StartupWMClass` of the entry: the `app_id` that its windows carry when that is not
    /// the id; or empty.
    pub window_class: String,
}

/// How far a launch has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "lowercase")]
pub enum LaunchPhase {
    /// It was asked for; nothing runs yet.
    Starting,
    /// Its program runs.
    Running,
    /// It ended by itself with success, or because it was told to.
    Exited,
    /// It could not be started, or ended by a signal or with an error; the reason says which.
    Failed,
}

impl LaunchPhase {
    /// The word that is sent over the bus.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Exited => "exited",
            Self::Failed => "failed",
        }
    }

    /// Whether nothing more will be said about this launch.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Exited | Self::Failed)
    }
}

/// Something that was launched and has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RunningApp {
    /// The id that `Launch` returned.
    pub launch: String,
    /// The application's id.
    pub app_id: String,
    /// How far it has come.
    pub phase: LaunchPhase,
    /// The unit, which is also the last part of its processes' cgroup path; empty when its
    /// processes have no cgroup of their own.
    pub unit: String,
    /// The processes that are known to belong to it, its first one first.
    pub pids: Vec<u32>,
}

/// A desktop entry, icon theme or other file that could not be used as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line in it, counted from 1; 0 when it concerns the whole file.
    pub line: u32,
    /// What is wrong.
    pub problem: String,
    /// What mends it.
    pub mend: String,
}

/// The session manager, seen from outside.
///
/// An `id` below is an application's id (`org.gnome.Calculator`, with or without `.desktop`).
#[zbus::proxy(
    interface = "org.purje.Session1",
    default_service = "org.purje.Session",
    default_path = "/org/purje/Session"
)]
pub trait Session1 {
    /// The applications that are shown to the user, sorted by name.
    fn list_apps(&self) -> Result<Vec<AppInfo>, Error>;

    /// What is wrong with installed desktop entries.
    fn list_problems(&self) -> Result<Vec<Problem>, Error>;

    /// Starts an application with `uris` (URIs or absolute paths; may be empty) and the
    /// activation token that its first window is to present (may be empty). Returns the launch's
    /// id at once; what becomes of it is told by `LaunchState`.
    ///
    /// Errors: `NoSuchApp`, `NoSuchProgram`, `Malformed`, `StartFailed`.
    fn launch(&self, id: &str, uris: &[&str], activation_token: &str) -> Result<String, Error>;

    /// Asks everything that was launched under `id` (a launch's id or an application's) to end,
    /// and makes it end five seconds later.
    ///
    /// Errors: `NotRunning`.
    fn close(&self, id: &str) -> Result<(), Error>;

    /// What runs, oldest first.
    fn list_running(&self) -> Result<Vec<RunningApp>, Error>;

    /// Tells the session which compositor socket applications are to use from now on, and hands
    /// it on to the service manager and to the bus, for programs that those start.
    ///
    /// Errors: `Malformed` when it is empty or holds a NUL.
    fn set_wayland_display(&self, name: &str) -> Result<(), Error>;

    /// What is known of the system: `battery-percentage` (d), `battery-state` (s: `charging`,
    /// `discharging`, `full`, `empty`). A fact that is not known has no key.
    fn status(
        &self,
    ) -> Result<std::collections::HashMap<String, zbus::zvariant::OwnedValue>, Error>;

    /// `ListApps` would answer differently now.
    #[zbus(signal)]
    fn apps_changed(&self) -> zbus::Result<()>;

    /// A launch has come to another phase. `unit` is as in [`RunningApp::unit`]; `reason` is one
    /// line for the user, as it follows "it", when `phase` is `failed`, else empty.
    #[zbus(signal)]
    fn launch_state(
        &self,
        launch: &str,
        app_id: &str,
        phase: LaunchPhase,
        unit: &str,
        reason: &str,
    ) -> zbus::Result<()>;

    /// The whole of what `Status` would answer now.
    #[zbus(signal)]
    fn status_changed(
        &self,
        status: std::collections::HashMap<String, zbus::zvariant::OwnedValue>,
    ) -> zbus::Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use zbus::proxy::Defaults;

    #[test]
    fn proxy_and_constants_agree() {
        assert_eq!(Session1Proxy::INTERFACE.as_ref().map(|n| n.as_str()), Some(INTERFACE));
        assert_eq!(Session1Proxy::DESTINATION.as_ref().map(|n| n.as_str()), Some(NAME));
        assert_eq!(Session1Proxy::PATH.as_ref().map(|n| n.as_str()), Some(PATH));
    }

    #[test]
    fn the_signatures_on_the_wire_stay_what_they_are() {
        assert_eq!(AppInfo::SIGNATURE.to_string(), "(ssssbass)");
        assert_eq!(RunningApp::SIGNATURE.to_string(), "(ssssau)");
        assert_eq!(Problem::SIGNATURE.to_string(), "(suss)");
    }

    #[test]
    fn a_phase_is_sent_as_its_word() {
        for phase in
            [LaunchPhase::Starting, LaunchPhase::Running, LaunchPhase::Exited, LaunchPhase::Failed]
        {
            let context = zbus::zvariant::serialized::Context::new_dbus(zbus::zvariant::LE, 0);
            let bytes = zbus::zvariant::to_bytes(context, &phase).expect("a word encodes");
            let (word, _): (String, _) = bytes.deserialize().expect("as a string");
            assert_eq!(word, phase.as_str());
            let (back, _): (LaunchPhase, _) = bytes.deserialize().expect("and back");
            assert_eq!(back, phase);
        }
    }
}
