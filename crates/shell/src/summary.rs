//! The model in a few words, for tools and tests.

use power_policy::Display;
use serde::{Deserialize, Serialize};
use units::Time;

use crate::{
    AppId, CoverId, LaunchId, WindowId,
    model::{Cover, Model, Stage},
};

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
    /// What the cover is called.
    pub name: String,
    /// The window's title.
    pub title: String,
    /// The launch it came from.
    pub launch: Option<LaunchId>,
    /// The greater, the more recently it was in front.
    pub used: u64,
    /// `launching`, `mapped`, `hidden` (mapped, but nobody sees it), `closing` or `failed`.
    pub state: &'static str,
    /// Why it failed.
    pub reason: Option<String>,
}

impl Summary {
    pub(crate) fn of(model: &Model, now: Time) -> Self {
        Self {
            place: model.place(),
            locked: model.locked,
            display: model.display,
            front: model.front,
            covers: model.covers.iter().map(|cover| summary_of(model, cover, now)).collect(),
        }
    }
}

fn summary_of(model: &Model, cover: &Cover, now: Time) -> WindowSummary {
    let (state, reason) = match &cover.stage {
        _ if cover.closing.is_some() => ("closing", None),
        Stage::Launching { .. } => ("launching", None),
        Stage::Failed { reason } => ("failed", Some(reason.clone())),
        Stage::Window(_) if model.is_cover_visible(cover, now) => ("mapped", None),
        Stage::Window(_) => ("hidden", None),
    };
    let window = cover.window().and_then(|id| model.windows.get(id));
    let calls_itself = || AppId(window.map(|w| w.app_id.clone()).unwrap_or_default());
    WindowSummary {
        cover: cover.id,
        window: cover.window(),
        app: cover.app.clone().unwrap_or_else(calls_itself),
        name: model.cover_name(cover).to_owned(),
        title: window.map(|w| w.title.clone()).unwrap_or_default(),
        launch: cover.launch,
        used: cover.used,
        state,
        reason,
    }
}
