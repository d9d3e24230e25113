//! Names of the things that come from outside.

use serde::{Deserialize, Serialize};

/// A client's toplevel window. Numbers are chosen by the caller and never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WindowId(pub u64);

/// A layer-shell surface. Numbers are chosen by the caller and never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LayerId(pub u64);

/// A surface of an external screen locker. Numbers are chosen by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LockSurface(pub u64);

/// One start of an application. Numbers are chosen by the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LaunchId(pub u64);

/// A cover: the place of a window, or of one that is to come, on home. Numbers are chosen by the
/// shell and never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CoverId(pub(crate) u64);

/// An application, by its desktop file's name without `.desktop`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AppId(pub String);

impl AppId {
    /// Whether a window that calls itself `window_app_id` is likely one of this application:
    /// the same name, or the same last part of it, capitals aside.
    pub fn claims(&self, window_app_id: &str) -> bool {
        let last = |id: &str| id.rsplit('.').next().unwrap_or(id).to_lowercase();
        !window_app_id.is_empty()
            && (self.0.eq_ignore_ascii_case(window_app_id) || last(&self.0) == last(window_app_id))
    }
}

/// A surface that can have touches and the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Target {
    /// A window with its popups.
    Window(WindowId),
    /// A layer-shell surface with its popups.
    Layer(LayerId),
    /// The external locker's surface.
    Lock(LockSurface),
}
