//! What follows from the model, whatever changed it: where covers go, what windows are told, and
//! who has the keyboard. Told only when it differs from what was told before.

use std::collections::BTreeMap;

use power_policy::Display;
use units::{Rect, Size, Time};

use crate::{
    CoverId, Effect, Layer, LayerKeyboard, Place, Target, WindowId, WindowState,
    model::{Cover, Model},
    tokens::STANDARD,
};

use super::Shell;

/// What was told last.
#[derive(Debug)]
pub(super) struct Told {
    windows: BTreeMap<WindowId, WindowState>,
    focus: Option<Target>,
    locked: Option<bool>,
    /// The panel's parts have changed: what rests is put in its new place at once.
    pub(super) refit: bool,
    /// Seconds that are counted down on the screen, and other things that only time changes.
    pub(super) passing: (u64, u64, usize),
}

impl Told {
    pub(super) fn new() -> Self {
        Self {
            windows: BTreeMap::new(),
            focus: None,
            locked: None,
            refit: true,
            passing: (0, 0, 0),
        }
    }

    pub(super) fn verify_invariants(&self, model: &Model) {
        let activated = self.windows.values().filter(|state| state.activated).count();
        assert!(activated <= 1, "{activated} windows are activated");
        if model.locked {
            assert_eq!(activated, 0, "a window is activated behind the lock");
            assert!(
                !matches!(self.focus, Some(Target::Window(_) | Target::Layer(_))),
                "the keyboard reaches through the lock"
            );
        }
        for state in self.windows.values() {
            let sizes = state.size.into_iter().chain([state.bounds]);
            assert!(
                sizes.into_iter().all(|s| s.width >= 1.0 && s.height >= 1.0),
                "a window without size"
            );
        }
        assert_eq!(self.windows.len(), model.windows.iter().count(), "windows nobody told");
    }
}

impl Shell {
    pub(super) fn reconcile(&mut self, effects: &mut Vec<Effect>) {
        self.lay_out();
        self.tell_windows(effects);
        let focus = self.focus();
        if self.told.focus != focus {
            self.told.focus = focus;
            effects.push(Effect::Focus(focus));
        }
        if self.told.locked != Some(self.model.locked) {
            self.told.locked = Some(self.model.locked);
            effects.push(Effect::Locked(self.model.locked));
        }
    }

    /// Sends every cover to where it belongs.
    fn lay_out(&mut self) {
        let now = self.now;
        let model = &mut self.model;
        let count = model.covers.placed().count();
        let (slots, range) = model.geometry.cover_places(count);
        model.home.scroll.set_range(range, now);
        let apps = model.apps.as_ref().map_or(0, Vec::len);
        model.grid.scroll.set_range(model.geometry.app_cells(apps).1, now);

        let held = self.grip.and_then(|grip| grip.cover());
        let at_once = std::mem::take(&mut self.told.refit)
            || model.locked
            || model.display == Display::Off
            || model.settings.reduced_motion;
        let goals: Vec<(CoverId, Rect, bool)> = model
            .covers
            .placed()
            .zip(slots)
            .map(|(cover, slot)| {
                let front = model.front == Some(cover.id);
                (cover.id, if front { model.full_rect(cover) } else { slot }, front)
            })
            .collect();
        for (id, goal, front) in goals {
            let (Some(cover), true) = (model.covers.get_mut(id), held != Some(id)) else {
                continue;
            };
            let open = if front { 1.0 } else { 0.0 };
            if cover.frame.target().width() <= 1.0 {
                // It is new, and came from nowhere.
                cover.frame.hold(goal);
            }
            if at_once {
                cover.frame.hold(goal);
                cover.open.hold(open);
            }
            if cover.frame.target() != goal {
                cover.frame.go(goal, STANDARD, now);
                self.dirty = true;
            }
            if cover.open.target() != open {
                cover.open.go(open, STANDARD, now);
                self.dirty = true;
            }
            if !cover.is_moving(now) {
                cover.from_grid = false;
            }
        }
    }

    /// Where a cover belongs at present.
    pub(super) fn place_of(&self, id: CoverId) -> Option<Rect> {
        let model = &self.model;
        let cover = model.covers.get(id)?;
        if model.front == Some(id) {
            return Some(model.full_rect(cover));
        }
        let (slots, _) = model.geometry.cover_places(model.covers.placed().count());
        let at = model.covers.placed().position(|cover| cover.id == id)?;
        slots.get(at).copied()
    }

    fn tell_windows(&mut self, effects: &mut Vec<Effect>) {
        let model = &self.model;
        self.told.windows.retain(|&id, _| model.windows.get(id).is_some());
        for (id, _) in model.windows.iter() {
            let is_dialog = model.windows.root(id) != id;
            let state = window_state(model, Some(id), is_dialog, self.now);
            if self.told.windows.insert(id, state) != Some(state) {
                effects.push(Effect::Configure { window: id, state });
            }
        }
    }

    fn focus(&self) -> Option<Target> {
        let model = &self.model;
        if model.display == Display::Off {
            return None;
        }
        if model.locked {
            return model.lock.external?.surface.map(Target::Lock);
        }
        if model.menu.is_shown() {
            return None;
        }
        let wants = |layer: Layer| {
            let mut infos = model.layers.iter().rev();
            infos.find(|i| i.layer == layer && i.keyboard == LayerKeyboard::Exclusive)
        };
        let touched = || {
            let id = self.touched_layer?;
            model.layers.iter().find(|info| info.id == id)
        };
        let layer = wants(Layer::Overlay).or_else(|| wants(Layer::Top)).or_else(touched);
        match layer {
            Some(info) => Some(Target::Layer(info.id)),
            None => active_window(model).map(Target::Window),
        }
    }
}

/// The window that the user works with.
fn active_window(model: &Model) -> Option<WindowId> {
    let here =
        model.place() == Place::App && model.display != Display::Off && !model.menu.is_shown();
    model.front_window().filter(|_| here)
}

/// How `window`, or one that is still to come, is to be told to be.
pub(super) fn window_state(
    model: &Model,
    window: Option<WindowId>,
    is_dialog: bool,
    now: Time,
) -> WindowState {
    let known = window.and_then(|id| model.windows.get(id));
    let fullscreen = known.is_some_and(|window| window.fullscreen) && !is_dialog;
    let place = if fullscreen { model.geometry.screen } else { model.geometry.area };
    let bounds = Size::new(place.width().floor().max(1.0), place.height().floor().max(1.0));
    let cover = window.and_then(|id| model.cover_of(id)).and_then(|id| model.covers.get(id));
    let seen = |cover: &Cover| model.is_cover_visible(cover, now);
    WindowState {
        size: (!is_dialog).then_some(bounds),
        bounds,
        activated: window.is_some() && active_window(model) == window,
        maximized: !is_dialog,
        fullscreen,
        suspended: cover.is_some_and(|cover| !seen(cover)),
    }
}
