//! Windows come, change and go: which cover each has, and which comes to the front.

use units::Size;

use crate::{App, AppId, CoverId, LaunchId, WindowEvent, WindowId, model::Stage, tokens::FADE};

use super::Shell;

impl Shell {
    pub(super) fn window(&mut self, event: WindowEvent) {
        // A title is written on covers only: while the window is in front, nobody sees it change.
        let quiet = match event {
            WindowEvent::Changed { id, .. } => self.model.cover_of(id) == self.model.front,
            WindowEvent::Resized { .. } => true,
            _ => false,
        };
        self.dirty |= !quiet;
        match event {
            WindowEvent::Mapped { id, app_id, title, launch, parent } => {
                if self.model.windows.insert(id, app_id, title, launch) {
                    self.model.windows.set_parent(id, parent);
                    self.settle_in(id, launch);
                }
            }
            WindowEvent::Changed { id, title, app_id } => self.renamed(id, title, app_id),
            WindowEvent::Reparented { id, parent } => self.reparented(id, parent),
            WindowEvent::Resized { id, size } => {
                if let Some(window) = self.model.windows.get_mut(id) {
                    let side = |length: f64| {
                        if length.is_finite() { length.clamp(1.0, 32_768.0) } else { 1.0 }
                    };
                    let size = Some(Size::new(side(size.width), side(size.height)));
                    self.dirty |= window.size != size;
                    window.size = size;
                }
            }
            WindowEvent::Unmapped { id } => self.unmapped(id),
            WindowEvent::RequestedFullscreen { id, on } => {
                if let Some(window) = self.model.windows.get_mut(id) {
                    window.fullscreen = on;
                }
            }
            WindowEvent::OverridesGestures { id, on } => {
                if let Some(window) = self.model.windows.get_mut(id) {
                    window.overrides_gestures = on;
                }
            }
            WindowEvent::Unresponsive { id, on } => {
                if let Some(window) = self.model.windows.get_mut(id) {
                    window.unresponsive = on;
                }
            }
        }
    }

    /// A new window gets its place: on what it is a dialog of, in the cover that waits for it, or
    /// in one of its own.
    fn settle_in(&mut self, id: WindowId, launch: Option<LaunchId>) {
        let root = self.model.windows.root(id);
        if root != id {
            if let Some(cover) = self.model.covers.of_window(root) {
                self.keep(cover);
            }
            return;
        }
        if let Some(cover) = self.waiting_for(id, launch) {
            if let Some(cover) = self.model.covers.get_mut(cover) {
                cover.stage = Stage::Window(id);
            }
            return;
        }
        let cover = self.own_cover(id, launch);
        if self.may_come_forward() {
            self.bring_to_front(cover);
        }
    }

    /// The cover of the application that was started and is to show this window.
    fn waiting_for(&self, id: WindowId, launch: Option<LaunchId>) -> Option<CoverId> {
        let waits = |cover: &crate::model::Cover| {
            matches!(cover.stage, Stage::Launching { .. } | Stage::Failed { .. })
        };
        if let Some(launch) = launch {
            let of_launch = self.model.covers.of_launch(launch)?;
            return self.model.covers.get(of_launch).filter(|c| waits(c)).map(|c| c.id);
        }
        let window = self.model.windows.get(id)?;
        let app = self.model.app_of_window(&window.app_id).map(|app| &app.id);
        let expects = |cover: &crate::model::Cover| {
            cover.app.as_ref().is_some_and(|own| Some(own) == app || own.claims(&window.app_id))
        };
        self.model.covers.iter().find(|c| waits(c) && expects(c)).map(|c| c.id)
    }

    fn own_cover(&mut self, id: WindowId, launch: Option<LaunchId>) -> CoverId {
        let app = self.app_of(id);
        let cover = self.model.covers.add(Stage::Window(id), None, self.now);
        if let Some(cover) = self.model.covers.get_mut(cover) {
            cover.app = app;
            cover.launch = launch;
        }
        cover
    }

    fn app_of(&self, id: WindowId) -> Option<AppId> {
        let window = self.model.windows.get(id)?;
        self.model.app_of_window(&window.app_id).map(|app| app.id.clone())
    }

    /// Whether a window that nobody waits for may take the stage: not while the user is doing
    /// something with the shell, nor before what the user has started.
    fn may_come_forward(&self) -> bool {
        let waiting = self.model.front_cover().is_some_and(|cover| cover.window().is_none());
        !self.model.locked
            && !waiting
            && self.grip.is_none()
            && self.pan.is_none()
            && !self.model.grid.panel.is_shown()
            && !self.model.menu.is_shown()
    }

    /// A cover that was to go stays: its application has something to say.
    fn keep(&mut self, id: CoverId) {
        let now = self.now;
        let Some(cover) = self.model.covers.get_mut(id) else { return };
        if cover.closing.take().is_some() {
            cover.presence.go(1.0, FADE, now);
            if self.model.front.is_none() && self.may_come_forward() {
                self.bring_to_front(id);
            }
        }
    }

    fn renamed(&mut self, id: WindowId, title: Option<String>, app_id: Option<String>) {
        let Some(window) = self.model.windows.get_mut(id) else { return };
        if let Some(title) = title {
            window.title = title;
        }
        let Some(app_id) = app_id else { return };
        window.app_id = app_id;
        let app = self.app_of(id);
        let cover = self.model.covers.of_window(id);
        if let Some(cover) = cover.and_then(|cover| self.model.covers.get_mut(cover))
            && cover.launch.is_none()
        {
            cover.app = app;
        }
    }

    fn reparented(&mut self, id: WindowId, parent: Option<WindowId>) {
        if self.model.windows.get(id).is_none() {
            return;
        }
        self.model.windows.set_parent(id, parent);
        let root = self.model.windows.root(id);
        match self.model.covers.of_window(id) {
            Some(own) if root != id => {
                let was_front = self.model.front == Some(own);
                self.drop_cover(own);
                if let Some(cover) = self.model.covers.of_window(root).filter(|_| was_front) {
                    self.bring_to_front(cover);
                }
            }
            None if root == id => {
                self.own_cover(id, None);
            }
            _ => {}
        }
    }

    fn unmapped(&mut self, id: WindowId) {
        let cover = self.model.covers.of_window(id);
        let mut orphans = self.model.windows.remove(id).into_iter();
        if let Some(cover) = cover {
            // A dialog that outlives its window takes its place.
            match orphans.next() {
                Some(heir) => {
                    if let Some(cover) = self.model.covers.get_mut(cover) {
                        cover.stage = Stage::Window(heir);
                    }
                    self.keep(cover);
                }
                None => self.drop_cover(cover),
            }
        }
        for orphan in orphans {
            self.own_cover(orphan, None);
        }
    }

    pub(super) fn activate(&mut self, window: WindowId) {
        let Some(cover) = self.model.cover_of(window) else { return };
        if self.model.locked {
            // Nothing moves behind the lock, but this is what will be there.
            if self.model.covers.get(cover).is_some_and(|cover| cover.closing.is_none()) {
                self.model.front = Some(cover);
                self.model.covers.touch(cover);
            }
            return;
        }
        self.bring_to_front(cover);
        // One that was started only to wake this one has nothing to show.
        let app = self.model.covers.get(cover).and_then(|cover| cover.app.clone());
        let idle = self.model.covers.iter().find(|c| {
            c.id != cover
                && c.app.is_some()
                && c.app == app
                && matches!(c.stage, Stage::Launching { .. })
        });
        if let Some(id) = idle.map(|cover| cover.id) {
            self.drop_cover(id);
        }
    }

    pub(super) fn set_apps(&mut self, apps: Vec<App>) {
        if self.model.apps.as_ref() == Some(&apps) {
            return;
        }
        self.model.apps = Some(apps);
        let named: Vec<(CoverId, AppId)> = self
            .model
            .covers
            .iter()
            .filter(|cover| cover.app.is_none())
            .filter_map(|cover| Some((cover.id, self.app_of(cover.window()?)?)))
            .collect();
        for (id, app) in named {
            if let Some(cover) = self.model.covers.get_mut(id) {
                cover.app = Some(app);
            }
        }
        self.dirty = true;
    }

    pub(super) fn verify_windows(&self) {
        let model = &self.model;
        for (id, _) in model.windows.iter() {
            let root = model.windows.root(id);
            let places = model.covers.iter().filter(|c| c.window() == Some(root)).count();
            assert_eq!(places, 1, "{id:?} has {places} places");
        }
        for cover in model.covers.iter() {
            if let Some(window) = cover.window() {
                assert_eq!(model.windows.root(window), window, "a dialog has a cover");
                assert!(model.windows.get(window).is_some(), "a cover of a window that is gone");
            }
        }
        if let Some(front) = model.front {
            let cover = model.covers.get(front);
            assert!(cover.is_some_and(|c| c.closing.is_none()), "nothing is in front");
        }
        if let Some(remorse) = &model.home.remorse {
            assert!(remorse.covers.iter().all(|&c| model.covers.get(c).is_some()));
        }
    }
}
