//! Small extensions of surfaces that need no answer of ours: viewporter, single-pixel buffers,
//! fractional scale.

use smithay::{
    delegate_fractional_scale, delegate_single_pixel_buffer, delegate_viewporter,
    reexports::wayland_server::protocol::wl_surface::WlSurface,
    wayland::{
        compositor::with_states,
        fractional_scale::{FractionalScaleHandler, with_fractional_scale},
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

delegate_fractional_scale!(State);
delegate_single_pixel_buffer!(State);
delegate_viewporter!(State);
