//! `zwlr_layer_shell_v1`: panels and keyboards of others.

use shell::{Event, Layer, LayerInfo, LayerKeyboard};
use smithay::{
    desktop::{LayerSurface, layer_map_for_output},
    reexports::{
        wayland_protocols_wlr::layer_shell::v1::server::zwlr_layer_shell_v1::ZwlrLayerShellV1,
        wayland_server::{
            delegate_dispatch, delegate_global_dispatch,
            protocol::{wl_output::WlOutput, wl_surface::WlSurface},
        },
    },
    wayland::{
        compositor::with_states,
        shell::{
            wlr_layer::{
                self, KeyboardInteractivity, LayerSurface as WlrLayerSurface, LayerSurfaceData,
                WlrLayerShellGlobalData, WlrLayerShellHandler, WlrLayerShellState,
            },
            xdg::PopupSurface,
        },
    },
};
use units::{Insets, Point, Rect, Size};

use crate::{State, windows::has_buffer};

impl WlrLayerShellHandler for State {
    fn shell_state(&mut self) -> &mut WlrLayerShellState {
        &mut self.globals.layer_shell
    }

    fn new_layer_surface(
        &mut self,
        surface: WlrLayerSurface,
        _output: Option<WlOutput>,
        _layer: wlr_layer::Layer,
        namespace: String,
    ) {
        let surface = LayerSurface::new(surface, namespace);
        let mut map = layer_map_for_output(&self.screen.output);
        if let Err(error) = map.map_layer(&surface) {
            tracing::debug!("layer surface that is mapped already: {error}");
            return;
        }
        drop(map);
        self.windows.add_layer(surface);
    }

    fn new_popup(&mut self, _parent: WlrLayerSurface, popup: PopupSurface) {
        self.take_popup(popup);
    }

    fn layer_destroyed(&mut self, surface: WlrLayerSurface) {
        let found =
            self.windows.layers().iter().find(|(_, l)| l.layer_surface() == &surface).cloned();
        let Some((id, layer)) = found else { return };
        layer_map_for_output(&self.screen.output).unmap_layer(&layer);
        self.windows.remove_layer(id);
        self.backend.forget(crate::render::Leaf::Layer(id));
        self.queue_redraw();
    }
}

impl State {
    /// Lays the layers out anew and sends the first configure.
    pub(super) fn commit_layer(&mut self, surface: &WlSurface) {
        let found = self.windows.layers().iter().find(|(_, l)| l.wl_surface() == surface).cloned();
        let Some((_, layer)) = found else { return };
        layer_map_for_output(&self.screen.output).arrange();
        let sent = with_states(surface, |states| {
            let data = states.data_map.get::<LayerSurfaceData>();
            data.and_then(|data| data.lock().ok().map(|data| data.initial_configure_sent))
        });
        if sent == Some(false) {
            layer.layer_surface().send_configure();
        }
    }

    /// Tells the shell of the layers when they differ from what it was told.
    pub(crate) fn refresh_layers(&mut self) {
        let size = self.host.output_size();
        let map = layer_map_for_output(&self.screen.output);
        let zone = map.non_exclusive_zone();
        // Zones together may be larger than the output; what they take is not.
        let (left, top) = (f64::from(zone.loc.x), f64::from(zone.loc.y));
        let (left, top) = (left.clamp(0.0, size.width), top.clamp(0.0, size.height));
        let right = size.width - f64::from(zone.loc.x + zone.size.w);
        let bottom = size.height - f64::from(zone.loc.y + zone.size.h);
        let usable = Insets::new(
            top,
            right.clamp(0.0, size.width - left),
            bottom.clamp(0.0, size.height - top),
            left,
        );
        let surfaces: Vec<LayerInfo> = self
            .windows
            .layers()
            .iter()
            .filter(|(_, layer)| has_buffer(layer.wl_surface()))
            .filter_map(|(id, layer)| {
                let geometry = map.layer_geometry(layer)?;
                let at = Point::new(geometry.loc.x.into(), geometry.loc.y.into());
                let size = Size::new(geometry.size.w.into(), geometry.size.h.into());
                Some(LayerInfo {
                    id: *id,
                    layer: level(layer.layer()),
                    frame: Rect::new(at, size),
                    keyboard: keyboard(layer),
                })
            })
            .collect();
        drop(map);
        if self.host.layers_differ(&usable, &surfaces) {
            self.tell(Event::Layers { usable, surfaces });
        }
    }
}

fn level(layer: wlr_layer::Layer) -> Layer {
    match layer {
        wlr_layer::Layer::Background => Layer::Background,
        wlr_layer::Layer::Bottom => Layer::Bottom,
        wlr_layer::Layer::Top => Layer::Top,
        wlr_layer::Layer::Overlay => Layer::Overlay,
    }
}

fn keyboard(layer: &LayerSurface) -> LayerKeyboard {
    match layer.cached_state().keyboard_interactivity {
        KeyboardInteractivity::None => LayerKeyboard::None,
        KeyboardInteractivity::OnDemand => LayerKeyboard::OnDemand,
        KeyboardInteractivity::Exclusive => LayerKeyboard::Exclusive,
    }
}

delegate_global_dispatch!(State: [ZwlrLayerShellV1: WlrLayerShellGlobalData] => WlrLayerShellState);
// Layer surfaces go through `guards`.
delegate_dispatch!(State: [ZwlrLayerShellV1: ()] => WlrLayerShellState);
