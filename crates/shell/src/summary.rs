//! The model in a few words, for tools and tests.

use power_policy::Display;
use serde::{Deserialize, Serialize};

use crate::{AppId, CoverId, LaunchId, WindowId};

/// Where the user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Before the lock's curtain.
    Lock,
    /// Entering the code.
    Pin,
    /// On home.
    Home,
    /// In the app grid.
    Grid,
    /// In an application.
    App,
}

impl Place {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Pin => "pin",
            Self::Home => "home",
            Self::Grid => "grid",
            Self::App => "app",
        }
    }
}

/// The model in a few words.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Where the user is.
    pub place: Place,
    /// Whether the phone is locked.
    pub locked: bool,
    /// How the display is lit.
    pub display: Display,
    /// The cover whose application is in front.
    pub front: Option<CoverId>,
    /// Covers, in the order of home.
    pub covers: Vec<WindowSummary>,
}

/// A cover and the window in it, if there is one.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowSummary {
    /// The cover.
    pub cover: CoverId,
    /// Its window; `None` while it launches or when that failed.
    pub window: Option<WindowId>,
    /// Its application as far as it is known, else what the window calls itself.
    pub app: AppId,
    /// What is written under it.
    pub title: String,
    /// The launch it came from.
    pub launch: Option<LaunchId>,
    /// `launching`, `mapped`, `hidden` (mapped, but nobody sees it), `closing` or `failed`.
    pub state: &'static str,
    /// Why it failed.
    pub reason: Option<String>,
}
