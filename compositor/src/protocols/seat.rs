//! `wl_seat`, `wl_data_device_manager` and primary selection.

use smithay::{
    delegate_data_device, delegate_primary_selection, delegate_seat,
    input::{Seat, SeatHandler, SeatState, pointer::CursorImageStatus},
    reexports::wayland_server::{
        Resource as _,
        protocol::{wl_data_source::WlDataSource, wl_surface::WlSurface},
    },
    wayland::selection::{
        SelectionHandler,
        data_device::{
            ClientDndGrabHandler, DataDeviceHandler, DataDeviceState, ServerDndGrabHandler,
            set_data_device_focus,
        },
        primary_selection::{PrimarySelectionHandler, PrimarySelectionState, set_primary_focus},
    },
};

use crate::State;

impl SeatHandler for State {
    type KeyboardFocus = WlSurface;
    type PointerFocus = WlSurface;
    type TouchFocus = WlSurface;

    fn seat_state(&mut self) -> &mut SeatState<Self> {
        &mut self.globals.seat
    }

    fn focus_changed(&mut self, seat: &Seat<Self>, focused: Option<&WlSurface>) {
        let client = focused.and_then(WlSurface::client);
        set_data_device_focus(&self.display, seat, client.clone());
        set_primary_focus(&self.display, seat, client);
    }

    fn cursor_image(&mut self, _seat: &Seat<Self>, _image: CursorImageStatus) {}
}

impl SelectionHandler for State {
    type SelectionUserData = ();
}

impl DataDeviceHandler for State {
    fn data_device_state(&self) -> &DataDeviceState {
        &self.globals.data_device
    }
}

// What is dragged is not drawn: the icon's surface keeps its role and is shown nowhere.
impl ClientDndGrabHandler for State {
    fn started(&mut self, _: Option<WlDataSource>, _: Option<WlSurface>, _: Seat<Self>) {
        self.input.dragging = true;
    }

    fn dropped(&mut self, _: Option<WlSurface>, _: bool, _: Seat<Self>) {
        self.input.dragging = false;
    }
}

impl ServerDndGrabHandler for State {}

impl PrimarySelectionHandler for State {
    fn primary_selection_state(&self) -> &PrimarySelectionState {
        &self.globals.primary_selection
    }
}

delegate_seat!(State);
delegate_data_device!(State);
delegate_primary_selection!(State);
