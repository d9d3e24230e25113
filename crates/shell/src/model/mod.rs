//! What the shell knows: plain state and questions about it. What changes it is in
//! [`crate::shell`]; what it looks like is in [`crate::views`].

mod covers;
mod home;
mod lock;
mod panel;
mod rect_motion;
mod scroll;
mod windows;

use power_policy::Display;
use scene::NodeId;
use units::{Insets, Motion, Rect, Time};

use crate::{
    App, AppId, ClockText, CodeState, CoverId, LayerInfo, OutputInfo, Place, Settings, Status,
    WindowId, geometry::Geometry, tokens::Palette,
};

pub(crate) use covers::{Cover, Covers, Stage};
pub(crate) use home::{Grid, Home, Remorse};
pub(crate) use lock::{External, LockScreen, Note};
pub(crate) use panel::Panel;
pub(crate) use rect_motion::RectMotion;
pub(crate) use scroll::Scroll;
pub(crate) use windows::{Window, Windows};

/// All that a picture is made of.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) output: OutputInfo,
    pub(crate) geometry: Geometry,
    pub(crate) settings: Settings,
    pub(crate) palette: Palette,
    pub(crate) clock: ClockText,
    pub(crate) status: Status,
    /// `None` until they are known.
    pub(crate) apps: Option<Vec<App>>,
    pub(crate) layers: Vec<LayerInfo>,
    pub(crate) windows: Windows,
    pub(crate) covers: Covers,
    /// The cover whose application is in front, also under the grid and behind the lock.
    pub(crate) front: Option<CoverId>,
    pub(crate) home: Home,
    pub(crate) grid: Grid,
    pub(crate) menu: Panel,
    pub(crate) lock: LockScreen,
    /// As the power policy has it.
    pub(crate) locked: bool,
    /// As the power policy has it.
    pub(crate) display: Display,
    /// The edge that a gesture uses, and how brightly it glows.
    pub(crate) glow: Option<(gesture::Edge, Motion)>,
    /// What fingers press at present.
    pub(crate) pressed: Vec<(u32, NodeId)>,
}

impl Model {
    pub(crate) fn new(output: OutputInfo, settings: Settings) -> Self {
        Self {
            geometry: Geometry::new(&output, Insets::zero()),
            palette: Palette::of(&settings),
            output,
            settings,
            clock: ClockText::default(),
            status: Status::default(),
            apps: None,
            layers: Vec::new(),
            windows: Windows::default(),
            covers: Covers::default(),
            front: None,
            home: Home::new(),
            grid: Grid::new(),
            menu: Panel::hidden(),
            lock: LockScreen::new(),
            locked: true,
            display: Display::On,
            glow: None,
            pressed: Vec::new(),
        }
    }

    /// Whether a code is needed, so far as is known.
    pub(crate) fn is_guarded(&self) -> bool {
        self.settings.code != CodeState::None
    }

    /// Where the user is.
    pub(crate) fn place(&self) -> Place {
        if self.locked {
            if self.is_guarded() && self.lock.pad.is_shown() { Place::Pin } else { Place::Lock }
        } else if self.grid.panel.is_shown() {
            Place::Grid
        } else if self.front.is_some() {
            Place::App
        } else {
            Place::Home
        }
    }

    /// The cover in front.
    pub(crate) fn front_cover(&self) -> Option<&Cover> {
        self.covers.get(self.front?)
    }

    /// The window in front that has to be answered first.
    pub(crate) fn front_window(&self) -> Option<WindowId> {
        Some(self.windows.topmost(self.front_cover()?.window()?))
    }

    /// The cover that `window`, or what it is a dialog of, has.
    pub(crate) fn cover_of(&self, window: WindowId) -> Option<CoverId> {
        self.covers.of_window(self.windows.root(window))
    }

    pub(crate) fn app(&self, id: &AppId) -> Option<&App> {
        self.apps.as_ref()?.iter().find(|app| app.id == *id)
    }

    /// The application that a window which calls itself `app_id` belongs to.
    pub(crate) fn app_of_window(&self, app_id: &str) -> Option<&App> {
        let apps = self.apps.as_ref()?;
        let by_class = |app: &&App| {
            let class = app.window_class.as_deref();
            class.is_some_and(|class| !class.is_empty() && class.eq_ignore_ascii_case(app_id))
        };
        let exact = |app: &&App| app.id.0.eq_ignore_ascii_case(app_id);
        let loose = |app: &&App| app.id.claims(app_id);
        apps.iter()
            .find(exact)
            .or_else(|| apps.iter().find(by_class))
            .or_else(|| apps.iter().find(loose))
    }

    /// What a cover is called.
    pub(crate) fn cover_name<'a>(&'a self, cover: &'a Cover) -> &'a str {
        if let Some(app) = cover.app.as_ref() {
            return self.app(app).map_or(&app.0, |app| &app.name);
        }
        let window = cover.window().and_then(|id| self.windows.get(id));
        match window {
            Some(Window { title, app_id, .. }) if !title.is_empty() || !app_id.is_empty() => {
                if title.is_empty() {
                    app_id
                } else {
                    title
                }
            }
            _ => crate::words::UNNAMED,
        }
    }

    /// What is written on a cover: its name, or where several have the same, the window's title.
    pub(crate) fn cover_label<'a>(&'a self, cover: &'a Cover) -> &'a str {
        let name = self.cover_name(cover);
        let title = || Some(self.windows.get(cover.window()?)?.title.as_str());
        let same = |other: &Cover| other.id != cover.id && self.cover_name(other) == name;
        match title() {
            Some(title) if !title.is_empty() && self.covers.placed().any(same) => title,
            _ => name,
        }
    }

    /// Where a cover's application is when it is in front.
    pub(crate) fn full_rect(&self, cover: &Cover) -> Rect {
        let window = cover.window().and_then(|id| self.windows.get(id));
        if window.is_some_and(|w| w.fullscreen) { self.geometry.screen } else { self.geometry.area }
    }

    /// The application in front has the status bar's place as well.
    pub(crate) fn is_fullscreen(&self) -> bool {
        let window = self.front_cover().and_then(Cover::window).and_then(|id| self.windows.get(id));
        window.is_some_and(|window| window.fullscreen)
    }

    /// How far the picture behind the lock has come out: 0 not at all, 1 the lock is gone.
    pub(crate) fn unveiled(&self, now: Time) -> f64 {
        if !self.locked {
            self.lock.leave.value(now)
        } else if self.is_guarded() || self.lock.external.is_some() {
            0.0
        } else {
            self.lock.pad.risen(now)
        }
    }

    /// Whether the picture may hold applications. Without a code, the finger that lifts the
    /// curtain already sees what is behind it.
    pub(crate) fn may_show_apps(&self, now: Time) -> bool {
        !self.locked || self.unveiled(now) > 0.0
    }

    /// Whether anything of `cover` can be seen.
    pub(crate) fn is_cover_visible(&self, cover: &Cover, now: Time) -> bool {
        if self.display == Display::Off || !self.may_show_apps(now) {
            return false;
        }
        if self.grid.panel.covers_all(now) {
            return false;
        }
        let hidden_by_front = self.front.is_some_and(|front| front != cover.id)
            && self
                .front_cover()
                .is_some_and(|front| !front.is_moving(now) && front.open.target() >= 1.0);
        !hidden_by_front || cover.is_moving(now)
    }

    /// Everything that may be moving.
    pub(crate) fn motions(&self) -> impl Iterator<Item = &Motion> {
        let own = [
            &self.home.badges,
            self.grid.panel.motion(),
            self.menu.motion(),
            self.lock.pad.motion(),
            &self.lock.leave,
        ];
        let glow = self.glow.iter().map(|(_, light)| light);
        own.into_iter().chain(glow).chain(self.covers.iter().flat_map(Cover::motions))
    }
}
