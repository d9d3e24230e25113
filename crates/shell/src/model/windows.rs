//! The clients' windows and which is a dialog of which.

use std::collections::BTreeMap;

use units::Size;

use crate::{LaunchId, WindowId};

/// A mapped toplevel window.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Window {
    pub(crate) app_id: String,
    pub(crate) title: String,
    pub(crate) launch: Option<LaunchId>,
    /// The window it is a dialog of; always one that is there, never in a circle.
    parent: Option<WindowId>,
    /// Size of its last picture.
    pub(crate) size: Option<Size>,
    pub(crate) fullscreen: bool,
    pub(crate) overrides_gestures: bool,
    pub(crate) unresponsive: bool,
}

/// All mapped windows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Windows(BTreeMap<WindowId, Window>);

impl Windows {
    pub(crate) fn get(&self, id: WindowId) -> Option<&Window> {
        self.0.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: WindowId) -> Option<&mut Window> {
        self.0.get_mut(&id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (WindowId, &Window)> {
        self.0.iter().map(|(&id, window)| (id, window))
    }

    /// Adds a window; a known one is left as it is and `false` returned.
    pub(crate) fn insert(
        &mut self,
        id: WindowId,
        app_id: String,
        title: String,
        launch: Option<LaunchId>,
    ) -> bool {
        if self.0.contains_key(&id) {
            return false;
        }
        let window = Window {
            app_id,
            title,
            launch,
            parent: None,
            size: None,
            fullscreen: false,
            overrides_gestures: false,
            unresponsive: false,
        };
        self.0.insert(id, window);
        true
    }

    /// Makes `id` a dialog of `parent`. A parent that is not there, or is itself a dialog of
    /// `id`, counts as none.
    pub(crate) fn set_parent(&mut self, id: WindowId, parent: Option<WindowId>) {
        let parent =
            parent.filter(|&p| self.0.contains_key(&p) && !self.ancestors(p).any(|a| a == id));
        if let Some(window) = self.0.get_mut(&id) {
            window.parent = parent;
        }
    }

    /// Takes a window away. Its dialogs become dialogs of its own parent; those that have none
    /// are returned: they stand for themselves now.
    pub(crate) fn remove(&mut self, id: WindowId) -> Vec<WindowId> {
        let Some(gone) = self.0.remove(&id) else { return Vec::new() };
        let mut orphans = Vec::new();
        for (&child, window) in &mut self.0 {
            if window.parent == Some(id) {
                window.parent = gone.parent;
                if gone.parent.is_none() {
                    orphans.push(child);
                }
            }
        }
        orphans
    }

    /// The window that `id` is finally a dialog of; itself if of none.
    pub(crate) fn root(&self, id: WindowId) -> WindowId {
        self.ancestors(id).last().unwrap_or(id)
    }

    /// `root` and all its dialogs, each behind those that belong to it.
    pub(crate) fn family(&self, root: WindowId) -> Vec<WindowId> {
        let mut family = vec![root];
        let mut at = 0;
        while let Some(&parent) = family.get(at) {
            family.extend(self.iter().filter(|(_, w)| w.parent == Some(parent)).map(|(id, _)| id));
            at += 1;
        }
        family
    }

    /// The window of `root`'s family that has to be answered first.
    pub(crate) fn topmost(&self, root: WindowId) -> WindowId {
        self.family(root).last().copied().unwrap_or(root)
    }

    /// `id`, its parent, and so on.
    fn ancestors(&self, id: WindowId) -> impl Iterator<Item = WindowId> {
        std::iter::successors(Some(id), |&id| self.0.get(&id)?.parent)
    }

    pub(crate) fn verify_invariants(&self) {
        for (&id, window) in &self.0 {
            if let Some(parent) = window.parent {
                assert!(self.0.contains_key(&parent), "{id:?} is a dialog of nothing");
            }
            assert!(self.ancestors(id).take(self.0.len() + 1).count() <= self.0.len(), "a circle");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(ids: &[u64]) -> Windows {
        let mut windows = Windows::default();
        for &id in ids {
            assert!(windows.insert(WindowId(id), String::new(), String::new(), None));
        }
        windows
    }

    #[test]
    fn dialogs_cannot_form_a_circle() {
        let mut w = windows(&[1, 2, 3]);
        w.set_parent(WindowId(2), Some(WindowId(1)));
        w.set_parent(WindowId(3), Some(WindowId(2)));
        w.set_parent(WindowId(1), Some(WindowId(3)));
        w.set_parent(WindowId(1), Some(WindowId(1)));
        w.verify_invariants();
        assert_eq!(w.root(WindowId(3)), WindowId(1));
        assert_eq!(w.family(WindowId(1)), [1, 2, 3].map(WindowId));
    }

    #[test]
    fn dialogs_of_a_window_that_goes_are_handed_up() {
        let mut w = windows(&[1, 2, 3]);
        w.set_parent(WindowId(2), Some(WindowId(1)));
        w.set_parent(WindowId(3), Some(WindowId(2)));
        assert_eq!(w.remove(WindowId(2)), []);
        assert_eq!(w.root(WindowId(3)), WindowId(1));
        assert_eq!(w.remove(WindowId(1)), [WindowId(3)]);
        assert_eq!(w.root(WindowId(3)), WindowId(3));
    }
}
