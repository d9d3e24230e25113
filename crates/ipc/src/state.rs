//! What `org.purje.Compositor1.State` returns, as JSON.
//!
//! Readers must bear unknown keys and missing ones: every field has a default, and what a newer
//! compositor adds lands in [`State::more`].

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What the compositor shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The place the user is at, in one word of the shell: `lock`, `pin`, `home`, `grid`, `app` …
    pub view: String,
    /// Whether the screen is locked.
    pub locked: bool,
    /// The display: `on`, `dim`, `off` …
    pub display: String,
    /// The application in front, or empty.
    pub front: String,
    /// The name of the Wayland socket.
    pub socket: String,
    /// The backend: `drm`, `nested`, `headless`.
    pub backend: String,
    /// Outputs, the phone's own first.
    pub outputs: Vec<Output>,
    /// Windows and launching tiles, most recently used first.
    pub windows: Vec<Window>,
    /// What this reader does not know of.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// An output.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Output {
    /// Its connector's name.
    pub name: String,
    /// Physical pixels, as the user sees it (after the transform).
    pub width: u32,
    /// Physical pixels, as the user sees it (after the transform).
    pub height: u32,
    /// Physical pixels a logical one.
    pub scale: f64,
    /// Refresh rate in hertz.
    pub refresh_hz: f64,
    /// What this reader does not know of.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A window, or the tile of an application that has none yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Window {
    /// The compositor's number for it, never used twice.
    pub id: u64,
    /// The application it belongs to.
    pub app_id: String,
    /// Its title.
    pub title: String,
    /// The launch it came from, or empty.
    pub launch: String,
    /// `launching`, `mapped`, `hidden`, `failed` …
    pub state: String,
    /// Why it failed, for the user to read; or empty.
    pub reason: String,
    /// What this reader does not know of.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_bears_missing_and_unknown_keys() {
        let state: State =
            serde_json::from_str(r#"{"view":"home","windows":[{"id":3,"fold":true}],"tilt":1}"#)
                .expect("lenient");
        assert_eq!(state.view, "home");
        assert_eq!(state.windows[0].id, 3);
        assert_eq!(state.windows[0].more["fold"], Value::Bool(true));
        assert_eq!(state.more["tilt"], Value::from(1));
    }
}
