//! What the user asks for: opening, closing, starting, and the panels.

use units::Rect;

use crate::{
    Action, AppId, CoverId, Effect, Haptic, LaunchId, LaunchState, Place, WindowId,
    model::{Remorse, Stage},
    tokens::{FADE, RELEASE, REMORSE, STANDARD},
    views, words,
};

use super::Shell;

impl Shell {
    /// Does what a touched button says.
    pub(super) fn act(&mut self, action: Action, effects: &mut Vec<Effect>) {
        self.dirty = true;
        match action {
            Action::OpenCover(_) if self.model.home.housekeeping => {
                self.model.home.set_housekeeping(false, self.now);
            }
            Action::OpenCover(cover) => self.bring_to_front(cover),
            Action::CloseCover(cover) => self.close_cover(cover, effects),
            Action::OpenAgain(cover) => self.open_again(cover, effects),
            Action::CloseAll => self.close_all_soon(),
            Action::Undo => self.model.home.remorse = None,
            Action::EndHousekeeping => self.model.home.set_housekeeping(false, self.now),
            Action::LaunchApp(app) => self.launch(app, Vec::new(), effects),
            Action::ShowGrid => self.show_grid(),
            Action::Digit(digit) => self.digit(digit, effects),
            Action::Backspace => self.model.lock.entry.pop(),
            Action::Submit => self.submit_code(effects),
            Action::Power(action) => {
                self.hide_power_menu();
                effects.push(Effect::Power(action));
            }
            Action::DismissPowerMenu => self.hide_power_menu(),
            Action::Drag if self.model.place() == Place::Home => {
                self.model.home.set_housekeeping(false, self.now);
            }
            Action::Drag | Action::Client { .. } => {}
        }
    }

    /// One step back, as the escape key means it.
    pub(super) fn leave(&mut self) {
        self.dirty = true;
        if self.model.menu.is_shown() {
            self.hide_power_menu();
            return;
        }
        match self.model.place() {
            Place::Pin => {
                self.model.lock.clear();
                self.model.lock.pad.set(false, STANDARD, self.now);
            }
            Place::Grid => self.hide_grid(),
            Place::Home => self.model.home.set_housekeeping(false, self.now),
            Place::Lock | Place::App => {}
        }
    }

    pub(super) fn go_home(&mut self) {
        if self.model.locked {
            return;
        }
        self.dirty = true;
        self.hide_grid();
        self.grip = None;
        if let Some(front) = self.model.front {
            self.minimise(front);
        }
    }

    /// Makes a cover of the application in front. The layout that follows carries it there.
    pub(super) fn minimise(&mut self, id: CoverId) {
        if self.model.front != Some(id) {
            return;
        }
        self.model.front = None;
        self.reveal(id);
    }

    /// Scrolls home so that `id` will be seen there.
    fn reveal(&mut self, id: CoverId) {
        let Some(slot) = self.place_of(id) else { return };
        let area = self.model.geometry.covers_area();
        let scroll = &mut self.model.home.scroll;
        let at = scroll.offset(self.now);
        if slot.min_y() - at < area.min_y() {
            scroll.jump(slot.min_y() - area.min_y());
        } else if slot.max_y() - at > area.max_y() {
            scroll.jump(slot.max_y() - area.max_y());
        }
    }

    pub(super) fn bring_to_front(&mut self, id: CoverId) {
        if self.model.covers.get(id).is_none_or(|cover| cover.closing.is_some()) {
            return;
        }
        if self.grip.is_some_and(|grip| grip.cover().is_some()) {
            // Whatever the finger held is not in front any more: the springs take it.
            self.grip = None;
        }
        self.model.front = Some(id);
        self.model.covers.touch(id);
        self.model.home.set_housekeeping(false, self.now);
        self.hide_grid();
        self.dirty = true;
    }

    pub(super) fn show_grid(&mut self) {
        self.model.home.set_housekeeping(false, self.now);
        self.model.grid.scroll.jump(0.0);
        self.model.grid.panel.set(true, STANDARD, self.now);
    }

    pub(super) fn hide_grid(&mut self) {
        self.model.grid.panel.set(false, RELEASE, self.now);
    }

    pub(super) fn show_power_menu(&mut self, effects: &mut Vec<Effect>) {
        self.cancel_touches(effects);
        self.model.menu.set(true, STANDARD, self.now);
        effects.push(Effect::Haptic(Haptic::Tick));
        self.dirty = true;
    }

    pub(super) fn hide_power_menu(&mut self) {
        self.model.menu.set(false, FADE, self.now);
    }

    /// Starts an application, or brings its running one to the front if it has nothing to open.
    pub(super) fn launch(&mut self, app: AppId, uris: Vec<String>, effects: &mut Vec<Effect>) {
        let running = self.model.covers.of_app(&app).filter(|_| uris.is_empty());
        if let Some(id) = running {
            let failed = self.model.covers.get(id).map(|cover| &cover.stage);
            if matches!(failed, Some(Stage::Failed { .. })) {
                self.open_again(id, effects);
            }
            self.bring_to_front(id);
            return;
        }
        let from = self.icon_on_screen(&app).map(|icon| {
            // Of the aspect that it grows to, so that it only has to be scaled on its way.
            let area = self.model.geometry.area.size;
            scene::layout::centered(icon, area * (icon.height() / area.height.max(1.0)))
        });
        let stage = Stage::Launching { since: self.now };
        let id = self.model.covers.add(stage, from, self.now);
        self.start(id, app, uris, effects);
        self.bring_to_front(id);
    }

    fn open_again(&mut self, id: CoverId, effects: &mut Vec<Effect>) {
        let Some(cover) = self.model.covers.get_mut(id) else { return };
        let (Some(app), Stage::Failed { .. }) = (cover.app.clone(), &cover.stage) else { return };
        cover.stage = Stage::Launching { since: self.now };
        let uris = cover.uris.clone();
        self.start(id, app, uris, effects);
        self.dirty = true;
    }

    fn start(&mut self, id: CoverId, app: AppId, uris: Vec<String>, effects: &mut Vec<Effect>) {
        self.next_launch += 1;
        let launch = LaunchId(self.next_launch);
        if let Some(cover) = self.model.covers.get_mut(id) {
            cover.launch = Some(launch);
            cover.app = Some(app.clone());
            cover.uris.clone_from(&uris);
        }
        effects.push(Effect::Launch { launch, app, uris });
    }

    /// Where the app grid shows the icon of `app`, if it does.
    fn icon_on_screen(&self, app: &AppId) -> Option<Rect> {
        let grid = &self.model.grid;
        if self.model.locked || !grid.panel.is_shown() {
            return None;
        }
        let apps = self.model.apps.as_ref()?;
        let at = apps.iter().position(|known| known.id == *app)?;
        let (cells, _) = self.model.geometry.app_cells(apps.len());
        let offset = units::Vector::new(0.0, -grid.scroll.offset(self.now));
        let frame = views::icon_frame(*cells.get(at)?).translate(offset);
        frame.intersects(&self.model.geometry.screen).then_some(frame)
    }

    pub(super) fn launch_state(&mut self, launch: LaunchId, state: LaunchState) {
        let Some(id) = self.model.covers.of_launch(launch) else { return };
        let Some(cover) = self.model.covers.get(id) else { return };
        // Once there is a window, its coming and going tells all.
        let waiting = matches!(cover.stage, Stage::Launching { .. });
        let reason = match state {
            LaunchState::Starting | LaunchState::Running => return,
            LaunchState::Failed { reason } => words::failed(&reason),
            LaunchState::Exited => words::ENDED.to_owned(),
        };
        if waiting {
            self.fail(id, reason);
        }
    }

    pub(super) fn fail(&mut self, id: CoverId, reason: String) {
        if let Some(cover) = self.model.covers.get_mut(id) {
            cover.stage = Stage::Failed { reason };
            self.dirty = true;
        }
    }

    fn close_all_soon(&mut self) {
        let covers: Vec<CoverId> = self.model.covers.placed().map(|cover| cover.id).collect();
        self.model.home.set_housekeeping(false, self.now);
        if !covers.is_empty() {
            self.model.home.remorse = Some(Remorse { covers, until: self.now + REMORSE });
        }
    }

    pub(super) fn close_app(&mut self, app: &AppId, effects: &mut Vec<Effect>) {
        let is_its = |cover: &&crate::model::Cover| match &cover.app {
            Some(id) => id == app,
            None => {
                let window = cover.window().and_then(|id| self.model.windows.get(id));
                window.is_some_and(|window| app.claims(&window.app_id))
            }
        };
        let covers: Vec<CoverId> =
            self.model.covers.placed().filter(is_its).map(|cover| cover.id).collect();
        for cover in covers {
            self.close_cover(cover, effects);
        }
    }

    pub(super) fn close_window(&mut self, window: WindowId, effects: &mut Vec<Effect>) {
        match self.model.covers.of_window(window) {
            Some(cover) => self.close_cover(cover, effects),
            None if self.model.windows.get(window).is_some() => {
                effects.push(Effect::Close(window));
            }
            None => {}
        }
    }

    /// Closes what a cover stands for. A window is asked; if it does not go, its cover returns.
    pub(super) fn close_cover(&mut self, id: CoverId, effects: &mut Vec<Effect>) {
        let now = self.now;
        let Some(cover) = self.model.covers.get_mut(id) else { return };
        if cover.closing.is_some() {
            return;
        }
        self.dirty = true;
        match cover.stage {
            Stage::Window(window) => {
                cover.closing = Some(now);
                cover.presence.go(0.0, FADE, now);
                cover.open.go(0.0, RELEASE, now);
                effects.push(Effect::Close(window));
                self.leave_cover(id);
            }
            Stage::Launching { .. } | Stage::Failed { .. } => {
                effects.extend(cover.launch.map(Effect::StopLaunch));
                self.drop_cover(id);
            }
        }
        if self.model.covers.placed().next().is_none() {
            self.model.home.set_housekeeping(false, now);
        }
    }

    /// A cover is gone, with whatever pointed at it.
    pub(super) fn drop_cover(&mut self, id: CoverId) {
        self.model.covers.remove(id);
        self.leave_cover(id);
        self.dirty = true;
    }

    fn leave_cover(&mut self, id: CoverId) {
        if self.model.front == Some(id) {
            self.model.front = None;
        }
        if self.grip.is_some_and(|grip| grip.cover() == Some(id)) {
            self.grip = None;
        }
        if let Some(remorse) = &mut self.model.home.remorse {
            remorse.covers.retain(|&cover| cover != id);
            if remorse.covers.is_empty() {
                self.model.home.remorse = None;
            }
        }
    }
}
