//! Small extensions of surfaces that need no answer of ours: viewporter, single-pixel buffers,
//! fractional scale.

use smithay::{
    delegate_fractional_scale, delegate_single_pixel_buffer,
    desktop::utils::with_surfaces_surface_tree,
    reexports::{
        wayland_protocols::wp::viewporter::server::wp_viewporter::WpViewporter,
        wayland_server::{
            delegate_dispatch, delegate_global_dispatch, protocol::wl_surface::WlSurface,
        },
    },
    wayland::{
        compositor::with_states,
        fractional_scale::{FractionalScaleHandler, with_fractional_scale},
        viewporter::ViewporterState,
    },
};

use crate::State;

impl FractionalScaleHandler for State {
    fn new_fractional_scale(&mut self, surface: WlSurface) {
        let scale = self.screen.panel.scale;
        with_states(&surface, |states| {
            with_fractional_scale(states, |fractional| fractional.set_preferred_scale(scale));
        });
    }
}

impl State {
    /// Tells every surface of the panel's scale, after it has changed.
    pub(crate) fn tell_scale(&self) {
        let scale = self.screen.panel.scale;
        for root in self.windows.leaves().filter_map(|leaf| self.windows.root(leaf)) {
            with_surfaces_surface_tree(&root, |_, states| {
                with_fractional_scale(states, |fractional| fractional.set_preferred_scale(scale));
            });
        }
    }
}

delegate_fractional_scale!(State);
delegate_single_pixel_buffer!(State);
delegate_global_dispatch!(State: [WpViewporter: ()] => ViewporterState);
// Viewports themselves go through `guards`.
delegate_dispatch!(State: [WpViewporter: ()] => ViewporterState);
