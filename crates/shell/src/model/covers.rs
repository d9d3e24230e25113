//! Covers: the places of applications on home, in an order that stays.

use units::{Motion, Rect, Time};

use crate::{AppId, CoverId, LaunchId, WindowId, tokens};

use super::RectMotion;

/// What a cover stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stage {
    /// An application that was started at `since` and has shown nothing yet.
    Launching { since: Time },
    /// A window with its dialogs.
    Window(WindowId),
    /// An application that did not come to show a window, and why.
    Failed { reason: String },
}

/// The place of an application's window on home and in front.
#[derive(Clone, Debug)]
pub(crate) struct Cover {
    pub(crate) id: CoverId,
    /// The application, where known.
    pub(crate) app: Option<AppId>,
    pub(crate) launch: Option<LaunchId>,
    /// What it was started with, to start it so again.
    pub(crate) uris: Vec<String>,
    pub(crate) stage: Stage,
    /// Where it is, on home without its scrolling.
    pub(crate) frame: RectMotion,
    /// 0 on home, 1 in front.
    pub(crate) open: Motion,
    /// 0 gone, 1 there.
    pub(crate) presence: Motion,
    /// It came out of the app grid and flies in front of it until it has arrived.
    pub(crate) from_grid: bool,
    /// Since when its window has been asked to close. Then it has no place on home.
    pub(crate) closing: Option<Time>,
    /// Grows with each use.
    pub(crate) used: u64,
}

impl Cover {
    pub(crate) fn window(&self) -> Option<WindowId> {
        match self.stage {
            Stage::Window(id) => Some(id),
            _ => None,
        }
    }

    /// Everything about it that may move.
    pub(crate) fn motions(&self) -> impl Iterator<Item = &Motion> {
        self.frame.motions().into_iter().chain([&self.open, &self.presence])
    }

    pub(crate) fn is_moving(&self, now: Time) -> bool {
        self.motions().any(|motion| !motion.is_settled(now))
    }
}

/// All covers in the order of home.
#[derive(Clone, Debug, Default)]
pub(crate) struct Covers {
    list: Vec<Cover>,
    next_id: u64,
    uses: u64,
}

impl Covers {
    /// Adds a cover at the end; it flies from `from` or, without, appears at its place.
    pub(crate) fn add(&mut self, stage: Stage, from: Option<Rect>, now: Time) -> CoverId {
        self.next_id += 1;
        let id = CoverId(self.next_id);
        let mut presence = Motion::still(if from.is_some() { 1.0 } else { 0.0 });
        presence.go(1.0, tokens::FADE, now);
        self.list.push(Cover {
            id,
            app: None,
            launch: None,
            uris: Vec::new(),
            stage,
            // Without a place to come from, the layout that follows each event puts it down.
            frame: RectMotion::still(from.unwrap_or_else(Rect::zero)),
            open: Motion::still(0.0),
            presence,
            from_grid: from.is_some(),
            closing: None,
            used: 0,
        });
        self.touch(id);
        id
    }

    pub(crate) fn remove(&mut self, id: CoverId) -> Option<Cover> {
        let at = self.list.iter().position(|cover| cover.id == id)?;
        Some(self.list.remove(at))
    }

    /// Marks a use.
    pub(crate) fn touch(&mut self, id: CoverId) {
        self.uses += 1;
        let uses = self.uses;
        if let Some(cover) = self.get_mut(id) {
            cover.used = uses;
        }
    }

    pub(crate) fn get(&self, id: CoverId) -> Option<&Cover> {
        self.list.iter().find(|cover| cover.id == id)
    }

    pub(crate) fn get_mut(&mut self, id: CoverId) -> Option<&mut Cover> {
        self.list.iter_mut().find(|cover| cover.id == id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Cover> {
        self.list.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Cover> {
        self.list.iter_mut()
    }

    /// Those that have a place on home.
    pub(crate) fn placed(&self) -> impl Iterator<Item = &Cover> {
        self.list.iter().filter(|cover| cover.closing.is_none())
    }

    pub(crate) fn of_window(&self, window: WindowId) -> Option<CoverId> {
        self.list.iter().find(|cover| cover.window() == Some(window)).map(|cover| cover.id)
    }

    pub(crate) fn of_launch(&self, launch: LaunchId) -> Option<CoverId> {
        self.list.iter().find(|cover| cover.launch == Some(launch)).map(|cover| cover.id)
    }

    /// The cover of `app` that was used last and is not being closed.
    pub(crate) fn of_app(&self, app: &AppId) -> Option<CoverId> {
        let covers = self.placed().filter(|cover| cover.app.as_ref() == Some(app));
        covers.max_by_key(|cover| cover.used).map(|cover| cover.id)
    }
}
