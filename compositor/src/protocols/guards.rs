//! What stands between a client's requests and smithay, which adds, multiplies and unwraps what
//! clients send without looking at it. Overflow and a broken assumption are a panic there, and a
//! panic is the end of everybody's session.
//!
//! Principles
//! - A number is brought within [`REACH`] before smithay sees it: no screen is larger, and sums of
//!   thousands of such numbers still fit. Clients that say "all of it" by the largest number
//!   there is (damage, regions) are thereby understood.
//! - What no honest client does (a popup that is its own parent, a chain of subsurfaces without
//!   end) ends the client with the protocol's own error.
//! - A guard changes or refuses a request; it never answers one.
//!
//! Not here: rules of our own protocols, which check what they are sent where they handle it.

use smithay::{
    backend::renderer::buffer_dimensions,
    reexports::{
        wayland_protocols::{
            wp::viewporter::server::wp_viewport::{self, WpViewport},
            xdg::shell::server::{
                xdg_popup::{self, XdgPopup},
                xdg_positioner::{self, XdgPositioner},
                xdg_surface::{self, XdgSurface},
                xdg_toplevel::{self, XdgToplevel},
                xdg_wm_base,
            },
        },
        wayland_protocols_wlr::layer_shell::v1::server::zwlr_layer_surface_v1::{
            self, ZwlrLayerSurfaceV1,
        },
        wayland_server::{
            Client, DataInit, Dispatch, DisplayHandle, Resource,
            backend::ClientId,
            protocol::{
                wl_region::{self, WlRegion},
                wl_shm,
                wl_shm_pool::{self, WlShmPool},
                wl_subcompositor::{self, WlSubcompositor},
                wl_subsurface::{self, WlSubsurface},
                wl_surface::{self, WlSurface},
            },
        },
    },
    wayland::{
        compositor::{
            BufferAssignment, CompositorState, RegionUserData, SubsurfaceUserData,
            SurfaceAttributes, SurfaceUserData, get_children, get_parent, get_role, with_states,
        },
        shell::{
            wlr_layer::{WlrLayerShellState, WlrLayerSurfaceUserData},
            xdg::{
                PopupSurface, XDG_POPUP_ROLE, XdgPopupSurfaceData, XdgPositionerUserData,
                XdgShellState, XdgShellSurfaceUserData, XdgSurfaceUserData,
            },
        },
        shm::{ShmPoolUserData, ShmState},
        viewporter::ViewportState,
    },
};

use crate::State;

/// The largest length or coordinate that a client may mean, in whatever pixels.
pub(super) const REACH: i32 = 1 << 16;

/// The largest whole scale of a buffer.
const MAX_SCALE: i32 = 64;

/// How many subsurfaces, or popups, may lie in one another. Smithay visits them by recursion.
const MAX_DEPTH: usize = 32;

fn place(value: i32) -> i32 {
    value.clamp(-REACH, REACH)
}

fn length(value: i32) -> i32 {
    value.clamp(0, REACH)
}

/// Handles an interface's requests by smithay's code, after `$check` has seen them: it returns
/// the request to go on with, or `None` when there is nothing to go on with.
macro_rules! guarded {
    ($interface:ty, $data:ty => $smithay:ty, $check:expr) => {
        impl Dispatch<$interface, $data> for State {
            fn request(
                state: &mut Self,
                client: &Client,
                resource: &$interface,
                request: <$interface as Resource>::Request,
                data: &$data,
                display: &DisplayHandle,
                init: &mut DataInit<'_, Self>,
            ) {
                let check: fn(
                    &mut Self,
                    &$interface,
                    <$interface as Resource>::Request,
                ) -> Option<<$interface as Resource>::Request> = $check;
                let Some(request) = check(state, resource, request) else { return };
                <$smithay as Dispatch<$interface, $data, Self>>::request(
                    state, client, resource, request, data, display, init,
                );
            }

            fn destroyed(state: &mut Self, client: ClientId, resource: &$interface, data: &$data) {
                <$smithay as Dispatch<$interface, $data, Self>>::destroyed(
                    state, client, resource, data,
                );
            }
        }
    };
}

guarded!(WlSurface, SurfaceUserData => CompositorState, surface);
guarded!(WlShmPool, ShmPoolUserData => ShmState, pool);
guarded!(WlRegion, RegionUserData => CompositorState, region);
guarded!(WlSubcompositor, () => CompositorState, subcompositor);
guarded!(WlSubsurface, SubsurfaceUserData => CompositorState, subsurface);
guarded!(WpViewport, ViewportState => ViewportState, viewport);
guarded!(XdgPositioner, XdgPositionerUserData => XdgShellState, positioner);
guarded!(XdgSurface, XdgSurfaceUserData => XdgShellState, xdg_surface);
guarded!(XdgToplevel, XdgShellSurfaceUserData => XdgShellState, xdg_toplevel);
guarded!(XdgPopup, XdgShellSurfaceUserData => XdgShellState, xdg_popup);
guarded!(ZwlrLayerSurfaceV1, WlrLayerSurfaceUserData => WlrLayerShellState, layer_surface);

fn surface(
    _: &mut State,
    surface: &WlSurface,
    request: wl_surface::Request,
) -> Option<wl_surface::Request> {
    use wl_surface::Request as R;
    Some(match request {
        R::Attach { buffer, x, y } => R::Attach { buffer, x: place(x), y: place(y) },
        R::Offset { x, y } => R::Offset { x: place(x), y: place(y) },
        R::Damage { x, y, width, height } => {
            R::Damage { x: place(x), y: place(y), width: length(width), height: length(height) }
        }
        R::DamageBuffer { x, y, width, height } => R::DamageBuffer {
            x: place(x),
            y: place(y),
            width: length(width),
            height: length(height),
        },
        // Zero and less are left for smithay to refuse.
        R::SetBufferScale { scale } => R::SetBufferScale { scale: scale.min(MAX_SCALE) },
        R::Commit if is_smaller_than_its_scale(surface) => {
            surface.post_error(
                wl_surface::Error::InvalidSize,
                "the buffer is smaller than one pixel of its scale",
            );
            return None;
        }
        request => request,
    })
}

/// Whether the buffer about to be committed would be a surface of no size.
fn is_smaller_than_its_scale(surface: &WlSurface) -> bool {
    with_states(surface, |states| {
        let mut cached = states.cached_state.get::<SurfaceAttributes>();
        let pending = cached.pending();
        let Some(BufferAssignment::NewBuffer(buffer)) = &pending.buffer else { return false };
        let Some(size) = buffer_dimensions(buffer) else { return false };
        size.w < pending.buffer_scale || size.h < pending.buffer_scale
    })
}

fn pool(
    _: &mut State,
    pool: &WlShmPool,
    request: wl_shm_pool::Request,
) -> Option<wl_shm_pool::Request> {
    if let wl_shm_pool::Request::Resize { size } = request
        && size < 1
    {
        pool.post_error(wl_shm::Error::InvalidFd, format!("a pool of {size} bytes"));
        return None;
    }
    Some(request)
}

fn region(_: &mut State, _: &WlRegion, request: wl_region::Request) -> Option<wl_region::Request> {
    use wl_region::Request as R;
    Some(match request {
        R::Add { x, y, width, height } => {
            R::Add { x: place(x), y: place(y), width: length(width), height: length(height) }
        }
        R::Subtract { x, y, width, height } => {
            R::Subtract { x: place(x), y: place(y), width: length(width), height: length(height) }
        }
        request => request,
    })
}

fn subcompositor(
    _: &mut State,
    subcompositor: &WlSubcompositor,
    request: wl_subcompositor::Request,
) -> Option<wl_subcompositor::Request> {
    if let wl_subcompositor::Request::GetSubsurface { surface, parent, .. } = &request
        && depth(parent) + height(surface) > MAX_DEPTH
    {
        subcompositor
            .post_error(wl_subcompositor::Error::BadSurface, "subsurfaces too deep in one another");
        return None;
    }
    Some(request)
}

/// How many surfaces lie above, with itself.
fn depth(surface: &WlSurface) -> usize {
    let parents = std::iter::successors(Some(surface.clone()), get_parent);
    parents.take(MAX_DEPTH + 1).count()
}

/// How many surfaces lie in one another below, with itself. What is there already is not deeper
/// than [`MAX_DEPTH`].
fn height(surface: &WlSurface) -> usize {
    1 + get_children(surface).iter().map(height).max().unwrap_or(0)
}

fn subsurface(
    _: &mut State,
    subsurface: &WlSubsurface,
    request: wl_subsurface::Request,
) -> Option<wl_subsurface::Request> {
    use wl_subsurface::Request as R;
    let own = subsurface.data::<SubsurfaceUserData>().map(SubsurfaceUserData::surface);
    Some(match request {
        R::SetPosition { x, y } => R::SetPosition { x: place(x), y: place(y) },
        R::PlaceAbove { sibling } | R::PlaceBelow { sibling } if own == Some(&sibling) => {
            subsurface.post_error(
                wl_subsurface::Error::BadSurface,
                "a surface cannot lie above or below itself",
            );
            return None;
        }
        request => request,
    })
}

fn viewport(
    _: &mut State,
    _: &WpViewport,
    request: wp_viewport::Request,
) -> Option<wp_viewport::Request> {
    use wp_viewport::Request as R;
    Some(match request {
        // Only the far end: zero, less, and the pair that unsets it mean something to smithay.
        R::SetDestination { width, height } => {
            R::SetDestination { width: width.min(REACH), height: height.min(REACH) }
        }
        request => request,
    })
}

fn positioner(
    _: &mut State,
    _: &XdgPositioner,
    request: xdg_positioner::Request,
) -> Option<xdg_positioner::Request> {
    use xdg_positioner::Request as R;
    Some(match request {
        R::SetSize { width, height } => {
            R::SetSize { width: width.min(REACH), height: height.min(REACH) }
        }
        R::SetAnchorRect { x, y, width, height } => R::SetAnchorRect {
            x: place(x),
            y: place(y),
            width: width.min(REACH),
            height: height.min(REACH),
        },
        R::SetOffset { x, y } => R::SetOffset { x: place(x), y: place(y) },
        R::SetParentSize { parent_width, parent_height } => R::SetParentSize {
            parent_width: length(parent_width),
            parent_height: length(parent_height),
        },
        request => request,
    })
}

fn xdg_surface(
    _: &mut State,
    surface: &XdgSurface,
    request: xdg_surface::Request,
) -> Option<xdg_surface::Request> {
    use xdg_surface::Request as R;
    Some(match request {
        R::SetWindowGeometry { x, y, width, height } => {
            if width < 1 || height < 1 {
                surface.post_error(
                    xdg_surface::Error::InvalidSize,
                    format!("a window geometry of {width}x{height}"),
                );
                return None;
            }
            R::SetWindowGeometry {
                x: place(x),
                y: place(y),
                width: length(width),
                height: length(height),
            }
        }
        request => request,
    })
}

fn xdg_toplevel(
    _: &mut State,
    toplevel: &XdgToplevel,
    request: xdg_toplevel::Request,
) -> Option<xdg_toplevel::Request> {
    use xdg_toplevel::Request as R;
    Some(match request {
        R::SetMinSize { width, height } | R::SetMaxSize { width, height }
            if width < 0 || height < 0 =>
        {
            toplevel.post_error(
                xdg_toplevel::Error::InvalidSize,
                format!("a size limit of {width}x{height}"),
            );
            return None;
        }
        R::ShowWindowMenu { seat, serial, x, y } => {
            R::ShowWindowMenu { seat, serial, x: place(x), y: place(y) }
        }
        request => request,
    })
}

fn xdg_popup(
    state: &mut State,
    popup: &XdgPopup,
    request: xdg_popup::Request,
) -> Option<xdg_popup::Request> {
    if matches!(request, xdg_popup::Request::Destroy) && has_popups(state, popup) {
        popup.post_error(
            xdg_wm_base::Error::NotTheTopmostPopup,
            "a popup was destroyed before the popups on it",
        );
        return None;
    }
    Some(request)
}

/// Whether other popups lie on this one.
fn has_popups(state: &State, popup: &XdgPopup) -> bool {
    let all = state.globals.xdg_shell.popup_surfaces();
    let Some(own) = all.iter().find(|other| other.xdg_popup() == popup) else { return false };
    all.iter()
        .any(|other| other.alive() && other.get_parent_surface().as_ref() == Some(own.wl_surface()))
}

/// Whether a new popup's parents end in something that can have popups. If not, the client is
/// ended, and the popup's parent is forgotten, so that nothing follows it in a circle before the
/// client's objects are gone.
pub(super) fn check_popup(popup: &PopupSurface) -> bool {
    // Without a parent, layer-shell names one later.
    let Some(parent) = popup.get_parent_surface() else { return true };
    if ends_well(popup.wl_surface(), parent) {
        return true;
    }
    popup
        .xdg_popup()
        .post_error(xdg_wm_base::Error::InvalidPopupParent, "the parent cannot have this popup");
    with_states(popup.wl_surface(), |states| {
        let data = states.data_map.get::<XdgPopupSurfaceData>();
        if let Some(Ok(mut data)) = data.map(|data| data.lock()) {
            data.parent = None;
        }
    });
    false
}

fn ends_well(popup: &WlSurface, parent: WlSurface) -> bool {
    let chain = std::iter::successors(Some(parent), popup_parent);
    let mut last = None;
    for (count, surface) in chain.enumerate() {
        if surface == *popup || count >= MAX_DEPTH {
            return false;
        }
        last = get_role(&surface);
    }
    last.is_some() && last != Some(XDG_POPUP_ROLE)
}

fn popup_parent(surface: &WlSurface) -> Option<WlSurface> {
    if get_role(surface) != Some(XDG_POPUP_ROLE) {
        return None;
    }
    with_states(surface, |states| {
        let data = states.data_map.get::<XdgPopupSurfaceData>()?;
        data.lock().ok()?.parent.clone()
    })
}

fn layer_surface(
    _: &mut State,
    _: &ZwlrLayerSurfaceV1,
    request: zwlr_layer_surface_v1::Request,
) -> Option<zwlr_layer_surface_v1::Request> {
    use zwlr_layer_surface_v1::Request as R;
    Some(match request {
        R::SetSize { width, height } => {
            R::SetSize { width: width.min(REACH as u32), height: height.min(REACH as u32) }
        }
        R::SetExclusiveZone { zone } => R::SetExclusiveZone { zone: zone.clamp(-1, REACH) },
        R::SetMargin { top, right, bottom, left } => R::SetMargin {
            top: place(top),
            right: place(right),
            bottom: place(bottom),
            left: place(left),
        },
        request => request,
    })
}
