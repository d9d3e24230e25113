//! `xdg_wm_base`: toplevels and popups; and `zxdg_decoration_manager_v1`, whose answer is that
//! nobody draws decorations on a phone.

use shell::{Event, WindowEvent, WindowId};
use smithay::{
    delegate_xdg_decoration,
    desktop::{
        PopupKeyboardGrab, PopupKind, PopupPointerGrab, find_popup_root_surface,
        get_popup_toplevel_coords,
    },
    input::{Seat, pointer::Focus},
    reexports::{
        wayland_protocols::xdg::{
            decoration::zv1::server::zxdg_toplevel_decoration_v1::Mode,
            shell::server::xdg_wm_base::XdgWmBase,
        },
        wayland_server::{
            Resource as _, delegate_dispatch, delegate_global_dispatch,
            protocol::{wl_output::WlOutput, wl_seat::WlSeat, wl_surface::WlSurface},
        },
    },
    utils::{Logical, Rectangle, Serial, Size},
    wayland::{
        compositor::with_states,
        shell::xdg::{
            PopupSurface, PositionerState, ToplevelSurface, XdgPopupSurfaceData, XdgShellHandler,
            XdgShellState, XdgToplevelSurfaceData, XdgWmBaseUserData,
            decoration::XdgDecorationHandler,
        },
    },
};

use super::guards;
use crate::{
    ClientInfo, State,
    render::{Leaf, Leaves as _},
    shell_host::apply,
    windows::has_buffer,
};

impl XdgShellHandler for State {
    fn xdg_shell_state(&mut self) -> &mut XdgShellState {
        &mut self.globals.xdg_shell
    }

    fn new_toplevel(&mut self, surface: ToplevelSurface) {
        self.windows.add_toplevel(surface);
    }

    fn toplevel_destroyed(&mut self, surface: ToplevelSurface) {
        let Some(toplevel) = self.windows.remove_toplevel(&surface) else { return };
        if toplevel.mapped {
            self.tell(Event::Window(WindowEvent::Unmapped { id: toplevel.id }));
        }
        self.forget_window(toplevel.id);
    }

    fn new_popup(&mut self, surface: PopupSurface, positioner: PositionerState) {
        if !guards::check_popup(&surface) {
            return;
        }
        surface.with_pending_state(|state| state.geometry = positioner.get_geometry());
        // Without a parent, layer-shell will name one, and take it in then: once.
        if surface.get_parent_surface().is_some() {
            self.take_popup(surface);
        }
    }

    fn reposition_request(
        &mut self,
        surface: PopupSurface,
        positioner: PositionerState,
        token: u32,
    ) {
        surface.with_pending_state(|state| {
            state.geometry = positioner.get_geometry();
            state.positioner = positioner;
        });
        self.unconstrain(&surface);
        surface.send_repositioned(token);
    }

    fn grab(&mut self, surface: PopupSurface, seat: WlSeat, serial: Serial) {
        self.grab_popup(surface, &seat, serial);
    }

    fn fullscreen_request(&mut self, surface: ToplevelSurface, _output: Option<WlOutput>) {
        self.request_fullscreen(&surface, true);
    }

    fn unfullscreen_request(&mut self, surface: ToplevelSurface) {
        self.request_fullscreen(&surface, false);
    }

    fn maximize_request(&mut self, surface: ToplevelSurface) {
        // Windows fill what they are given already; the protocol wants an answer.
        answer(&surface);
    }

    fn unmaximize_request(&mut self, surface: ToplevelSurface) {
        answer(&surface);
    }

    fn title_changed(&mut self, surface: ToplevelSurface) {
        self.tell_names(&surface);
    }

    fn app_id_changed(&mut self, surface: ToplevelSurface) {
        self.tell_names(&surface);
    }

    fn parent_changed(&mut self, surface: ToplevelSurface) {
        let parent = self.parent_of(&surface);
        let Some(toplevel) = self.windows.of_surface(surface.wl_surface()) else { return };
        if toplevel.mapped {
            let id = toplevel.id;
            self.tell(Event::Window(WindowEvent::Reparented { id, parent }));
        }
    }
}

impl XdgDecorationHandler for State {
    fn new_decoration(&mut self, toplevel: ToplevelSurface) {
        toplevel.with_pending_state(|state| state.decoration_mode = Some(Mode::ServerSide));
    }

    fn request_mode(&mut self, toplevel: ToplevelSurface, _mode: Mode) {
        answer(&toplevel);
    }

    fn unset_mode(&mut self, toplevel: ToplevelSurface) {
        answer(&toplevel);
    }
}

/// A configure for a request that changes nothing, once the first one was sent.
fn answer(toplevel: &ToplevelSurface) {
    if toplevel.is_initial_configure_sent() {
        toplevel.send_configure();
    }
}

impl State {
    /// First configure, mapping and unmapping of a toplevel.
    pub(super) fn commit_toplevel(&mut self, surface: &WlSurface) {
        let Some(toplevel) = self.windows.of_surface(surface) else { return };
        toplevel.window.on_commit();
        let (id, mapped) = (toplevel.id, toplevel.mapped);
        let Some(xdg) = toplevel.xdg().cloned() else { return };
        // A picture before the first configure was acknowledged ends the client.
        if has_buffer(surface) && !xdg.ensure_configured() {
            return;
        }
        if !xdg.is_initial_configure_sent() {
            let is_dialog = xdg.parent().is_some();
            apply(&xdg, &self.host.shell().initial_window_state(is_dialog));
            xdg.send_configure();
            return;
        }
        match (has_buffer(surface), mapped) {
            (true, false) => self.map(id, &xdg),
            (false, true) => {
                if let Some(toplevel) = self.windows.of_surface(surface) {
                    toplevel.mapped = false;
                }
                self.tell(Event::Window(WindowEvent::Unmapped { id }));
            }
            _ => {}
        }
    }

    fn map(&mut self, id: WindowId, xdg: &ToplevelSurface) {
        let (app_id, title) = names(xdg);
        let parent = self.parent_of(xdg);
        let launch = self.launch_of(xdg.wl_surface(), id);
        if let Some(toplevel) = self.windows.of_surface(xdg.wl_surface()) {
            toplevel.mapped = true;
        }
        let event = WindowEvent::Mapped {
            id,
            app_id: app_id.unwrap_or_default(),
            title: title.unwrap_or_default(),
            launch,
            parent,
        };
        self.tell(Event::Window(event));
    }

    /// Tells the shell when a window's geometry has another size.
    pub(super) fn tell_size(&mut self, id: WindowId) {
        let Some(size) = self.windows.trees(Leaf::Window(id)).map(|trees| trees.size) else {
            return;
        };
        let Some(root) = self.windows.root(Leaf::Window(id)) else { return };
        let Some(toplevel) = self.windows.of_surface(&root) else { return };
        if toplevel.mapped && toplevel.told_size != size {
            toplevel.told_size = size;
            let size = units::Size::new(size.w.into(), size.h.into());
            self.tell(Event::Window(WindowEvent::Resized { id, size }));
        }
    }

    /// First configure of a popup.
    pub(super) fn commit_popup(&mut self, surface: &WlSurface) {
        let Some(PopupKind::Xdg(popup)) = self.windows.popups.find_popup(surface) else { return };
        if has_buffer(surface) && !popup.ensure_configured() {
            return;
        }
        let sent = with_states(surface, |states| {
            states
                .data_map
                .get::<XdgPopupSurfaceData>()
                .and_then(|data| data.lock().ok().map(|data| data.initial_configure_sent))
        });
        if sent == Some(false)
            && let Err(error) = popup.send_configure()
        {
            tracing::debug!("error configuring a popup: {error}");
        }
    }

    fn tell_names(&mut self, surface: &ToplevelSurface) {
        let Some(toplevel) = self.windows.of_surface(surface.wl_surface()) else { return };
        if !toplevel.mapped {
            return;
        }
        let id = toplevel.id;
        let (app_id, title) = names(surface);
        self.tell(Event::Window(WindowEvent::Changed { id, title, app_id }));
    }

    fn request_fullscreen(&mut self, surface: &ToplevelSurface, on: bool) {
        if let Some(id) = self.windows.id_of(surface.wl_surface()) {
            self.tell(Event::Window(WindowEvent::RequestedFullscreen { id, on }));
        }
        answer(surface);
    }

    fn parent_of(&self, surface: &ToplevelSurface) -> Option<WindowId> {
        surface.parent().and_then(|parent| self.windows.id_of(&parent))
    }

    /// Takes in a popup whose parent is known.
    pub(super) fn take_popup(&mut self, popup: PopupSurface) {
        self.unconstrain(&popup);
        if let Err(error) = self.windows.popups.track_popup(PopupKind::Xdg(popup)) {
            tracing::debug!("popup of a surface that is gone: {error}");
        }
    }

    /// Keeps a popup inside what its window can be seen in.
    fn unconstrain(&self, popup: &PopupSurface) {
        let kind = PopupKind::Xdg(popup.clone());
        let Ok(root) = find_popup_root_surface(&kind) else { return };
        let Some(leaf) = self.windows.leaf_of(&root) else { return };
        let Some(trees) = self.windows.trees(leaf) else { return };
        let mut target: Rectangle<i32, Logical> =
            Rectangle::from_size(self.popup_room(&trees.size));
        target.loc -= get_popup_toplevel_coords(&kind);
        popup.with_pending_state(|state| {
            state.geometry = state.positioner.get_unconstrained_geometry(target);
        });
    }

    /// A window that is smaller than the screen still opens its menus over all of it.
    fn popup_room(&self, window: &Size<i32, Logical>) -> Size<i32, Logical> {
        let state = self.host.shell().initial_window_state(false);
        let bounds = (state.bounds.width as i32, state.bounds.height as i32);
        Size::from((window.w.max(bounds.0), window.h.max(bounds.1)))
    }

    fn grab_popup(&mut self, surface: PopupSurface, seat: &WlSeat, serial: Serial) {
        // A seat that is gone has no grabs to give.
        let Some(seat) = Seat::<Self>::from_resource(seat) else { return };
        let kind = PopupKind::Xdg(surface);
        let Ok(root) = find_popup_root_surface(&kind) else { return };
        let Ok(mut grab) = self.windows.popups.grab_popup(root, kind, &seat, serial) else {
            return;
        };
        let Some(pointer) = seat.get_pointer() else { return };
        let keyboard = self.input.keyboard.clone();
        let previous = grab.previous_serial().unwrap_or(serial);
        if keyboard.is_grabbed() && !(keyboard.has_grab(serial) || keyboard.has_grab(previous)) {
            grab.ungrab(smithay::desktop::PopupUngrabStrategy::All);
            return;
        }
        keyboard.set_focus(self, grab.current_grab(), serial);
        keyboard.set_grab(self, PopupKeyboardGrab::new(&grab), serial);
        pointer.set_grab(self, PopupPointerGrab::new(&grab), serial, Focus::Keep);
        self.input.popup_grab = Some(grab);
    }
}

/// What the client's sandbox says that it runs.
fn sandbox_app(surface: &WlSurface) -> Option<String> {
    surface.client()?.get_data::<ClientInfo>()?.sandbox_app.clone()
}

/// App id and title, as the client gave them; what its sandbox says that it runs goes first.
pub(super) fn names(surface: &ToplevelSurface) -> (Option<String>, Option<String>) {
    let (app_id, title) = with_states(surface.wl_surface(), |states| {
        let data = states.data_map.get::<XdgToplevelSurfaceData>();
        let data = data.and_then(|data| data.lock().ok());
        data.map_or((None, None), |data| (data.app_id.clone(), data.title.clone()))
    });
    (sandbox_app(surface.wl_surface()).or(app_id), title)
}

delegate_global_dispatch!(State: [XdgWmBase: ()] => XdgShellState);
// Positioners, surfaces, toplevels and popups go through `guards`.
delegate_dispatch!(State: [XdgWmBase: XdgWmBaseUserData] => XdgShellState);
delegate_xdg_decoration!(State);
