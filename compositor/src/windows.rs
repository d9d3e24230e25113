//! The clients' surfaces: which toplevels, layer surfaces, popups and lock surfaces there are,
//! and what the shell calls them.
//!
//! Not here: where they are shown and who has the focus; that is the shell's.

use std::collections::HashMap;

use shell::{LayerId, WindowId};
use smithay::{
    backend::renderer::utils::with_renderer_surface_state,
    desktop::{
        LayerSurface, PopupKind, PopupManager, Window, WindowSurfaceType, find_popup_root_surface,
        utils::under_from_surface_tree,
    },
    reexports::wayland_server::{Resource as _, protocol::wl_surface::WlSurface},
    utils::{IsAlive as _, Logical, Point, Size},
    wayland::{compositor::get_parent, shell::xdg::ToplevelSurface},
};

use crate::{
    protocols::LockSurface,
    render::{Leaf, LeafTrees, Leaves},
};

/// A toplevel of a client.
#[derive(Debug)]
pub(crate) struct Toplevel {
    pub(crate) id: WindowId,
    pub(crate) window: Window,
    /// Whether the shell knows it: it has a picture.
    pub(crate) mapped: bool,
    /// Size that the shell was last told.
    pub(crate) told_size: Size<i32, Logical>,
}

impl Toplevel {
    /// The xdg toplevel behind it.
    pub(crate) fn xdg(&self) -> Option<&ToplevelSurface> {
        self.window.toplevel()
    }

    fn surface(&self) -> Option<&WlSurface> {
        self.xdg().map(ToplevelSurface::wl_surface)
    }
}

/// See the module's documentation.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    next: u64,
    toplevels: Vec<Toplevel>,
    layers: Vec<(LayerId, LayerSurface)>,
    lock: Option<(shell::LockSurface, LockSurface)>,
    pub(crate) popups: PopupManager,
    generations: HashMap<Leaf, u64>,
}

impl Windows {
    fn next(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Takes in a new toplevel; the shell learns of it when it has a picture.
    pub(crate) fn add_toplevel(&mut self, surface: ToplevelSurface) -> WindowId {
        let id = WindowId(self.next());
        let window = Window::new_wayland_window(surface);
        self.toplevels.push(Toplevel { id, window, mapped: false, told_size: Size::default() });
        id
    }

    /// Forgets a toplevel; returns it if it was there.
    pub(crate) fn remove_toplevel(&mut self, surface: &ToplevelSurface) -> Option<Toplevel> {
        let at = self.toplevels.iter().position(|t| t.xdg() == Some(surface))?;
        let toplevel = self.toplevels.remove(at);
        self.generations.remove(&Leaf::Window(toplevel.id));
        Some(toplevel)
    }

    pub(crate) fn toplevels(&self) -> impl Iterator<Item = &Toplevel> {
        self.toplevels.iter()
    }

    pub(crate) fn get(&self, id: WindowId) -> Option<&Toplevel> {
        self.toplevels.iter().find(|t| t.id == id)
    }

    /// The toplevel whose own surface this is.
    pub(crate) fn of_surface(&mut self, surface: &WlSurface) -> Option<&mut Toplevel> {
        self.toplevels.iter_mut().find(|t| t.surface() == Some(surface))
    }

    /// The toplevel's id by its xdg object.
    pub(crate) fn id_of(&self, surface: &WlSurface) -> Option<WindowId> {
        self.toplevels.iter().find(|t| t.surface() == Some(surface)).map(|t| t.id)
    }

    pub(crate) fn add_layer(&mut self, surface: LayerSurface) -> LayerId {
        let id = LayerId(self.next());
        self.layers.push((id, surface));
        id
    }

    pub(crate) fn remove_layer(&mut self, id: LayerId) {
        self.layers.retain(|(layer, _)| *layer != id);
        self.generations.remove(&Leaf::Layer(id));
    }

    pub(crate) fn layers(&self) -> &[(LayerId, LayerSurface)] {
        &self.layers
    }

    /// Sets the external locker's surface and names it.
    pub(crate) fn set_lock(&mut self, surface: Option<LockSurface>) -> Option<shell::LockSurface> {
        let named = surface.map(|surface| (shell::LockSurface(self.next()), surface));
        self.lock = named;
        self.lock.as_ref().map(|(id, _)| *id)
    }

    pub(crate) fn lock(&self) -> Option<&(shell::LockSurface, LockSurface)> {
        self.lock.as_ref()
    }

    /// The leaf that `surface` is drawn in: itself, its parents', or its popup's root's.
    pub(crate) fn leaf_of(&self, surface: &WlSurface) -> Option<Leaf> {
        let mut root = surface.clone();
        while let Some(parent) = get_parent(&root) {
            root = parent;
        }
        if let Some(popup) = self.popups.find_popup(&root) {
            root = find_popup_root_surface(&popup).ok()?;
        }
        self.leaf_of_root(&root)
    }

    fn leaf_of_root(&self, root: &WlSurface) -> Option<Leaf> {
        if let Some(id) = self.id_of(root) {
            return Some(Leaf::Window(id));
        }
        if let Some((id, _)) = self.layers.iter().find(|(_, l)| l.wl_surface() == root) {
            return Some(Leaf::Layer(*id));
        }
        self.lock.as_ref().filter(|(_, l)| l.wl_surface() == root).map(|(id, _)| Leaf::Lock(*id))
    }

    /// The surface that a leaf consists of, without its popups.
    pub(crate) fn root(&self, leaf: Leaf) -> Option<WlSurface> {
        match leaf {
            Leaf::Window(id) => self.get(id)?.surface().cloned(),
            Leaf::Layer(id) => {
                let (_, layer) = self.layers.iter().find(|(layer, _)| *layer == id)?;
                Some(layer.wl_surface().clone())
            }
            Leaf::Lock(id) => {
                let (_, lock) = self.lock.as_ref().filter(|(lock, _)| *lock == id)?;
                Some(lock.wl_surface().clone())
            }
        }
        .filter(|surface| surface.alive())
    }

    /// A surface in the leaf has new content.
    pub(crate) fn bump(&mut self, leaf: Leaf) {
        *self.generations.entry(leaf).or_default() += 1;
    }

    /// The surface at a position of a leaf (logical pixels from the top left of its geometry),
    /// and where that surface's own origin lies.
    pub(crate) fn surface_at(
        &self,
        leaf: Leaf,
        at: Point<f64, Logical>,
    ) -> Option<(WlSurface, Point<f64, Logical>)> {
        let trees = self.trees(leaf)?;
        // Surfaces lie at whole pixels, and smithay rounds what it asks input regions: the pixel
        // that a finger is in must not become the one beside it.
        let at = Point::from((at.x.floor(), at.y.floor()));
        trees.trees.iter().find_map(|(root, offset)| {
            let (surface, origin) =
                under_from_surface_tree(root, at, *offset, WindowSurfaceType::ALL)?;
            Some((surface, origin.to_f64()))
        })
    }

    /// Every root surface: toplevels, layers, lock, without popups.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = Leaf> {
        let windows = self.toplevels.iter().map(|t| Leaf::Window(t.id));
        let layers = self.layers.iter().map(|(id, _)| Leaf::Layer(*id));
        let lock = self.lock.iter().map(|(id, _)| Leaf::Lock(*id));
        windows.chain(layers).chain(lock)
    }
}

impl Leaves for Windows {
    fn trees(&self, leaf: Leaf) -> Option<LeafTrees> {
        let root = self.root(leaf)?;
        let (origin, size) = match leaf {
            Leaf::Window(id) => {
                let geometry = self.get(id)?.window.geometry();
                (geometry.loc, geometry.size)
            }
            Leaf::Layer(_) | Leaf::Lock(_) => {
                let size = with_renderer_surface_state(&root, |state| state.surface_size());
                (Point::default(), size.flatten().unwrap_or_default())
            }
        };
        // A client may set a geometry of nothing; layout and scale must bear any size.
        let size = Size::from((size.w.max(1), size.h.max(1)));
        let mut trees: Vec<(WlSurface, Point<i32, Logical>)> =
            PopupManager::popups_for_surface(&root)
                .map(|(popup, offset)| (popup.wl_surface().clone(), offset - popup_origin(&popup)))
                .collect();
        trees.push((root, Point::default() - origin));
        let generation = self.generations.get(&leaf).copied().unwrap_or_default();
        Some(LeafTrees { size, trees, generation })
    }
}

/// Where a popup's window geometry begins in its surface.
fn popup_origin(popup: &PopupKind) -> Point<i32, Logical> {
    popup.geometry().loc
}

/// Whether a surface has something to show.
pub(crate) fn has_buffer(surface: &WlSurface) -> bool {
    surface.is_alive()
        && with_renderer_surface_state(surface, |state| state.buffer().is_some()).unwrap_or(false)
}
