//! The globals' states, and what is kept between requests.

use smithay::{
    desktop::utils::OutputPresentationFeedback,
    input::SeatState,
    reexports::wayland_server::DisplayHandle,
    wayland::{
        compositor::CompositorState,
        fractional_scale::FractionalScaleManagerState,
        output::OutputManagerState,
        presentation::PresentationState,
        selection::{data_device::DataDeviceState, primary_selection::PrimarySelectionState},
        shell::{
            wlr_layer::WlrLayerShellState,
            xdg::{XdgShellState, decoration::XdgDecorationState},
        },
        shm::ShmState,
        single_pixel_buffer::SinglePixelBufferState,
        viewporter::ViewporterState,
        xdg_activation::XdgActivationState,
    },
};

use units::Time;

use super::{
    dmabuf::Dmabufs,
    foreign_toplevel::ForeignToplevels,
    frame_callbacks::Throttle,
    idle_inhibit::{self, Inhibitors},
    idle_notify::{self, IdleNotifier},
    pointer_extras,
    screencopy::{self, Screencopy},
    security_context,
    session_lock::{self, SessionLock},
    xdg_activation::Launches,
};
use crate::{State, clients::may_see};

/// See the module's documentation.
pub(crate) struct Globals {
    pub(crate) compositor: CompositorState,
    pub(crate) shm: ShmState,
    pub(crate) seat: SeatState<State>,
    pub(crate) data_device: DataDeviceState,
    pub(crate) primary_selection: PrimarySelectionState,
    pub(crate) xdg_shell: XdgShellState,
    pub(crate) xdg_activation: XdgActivationState,
    pub(crate) launches: Launches,
    pub(crate) layer_shell: WlrLayerShellState,
    pub(super) session_lock: SessionLock,
    pub(crate) inhibitors: Inhibitors,
    pub(crate) idle: IdleNotifier,
    pub(super) foreign_toplevels: ForeignToplevels,
    pub(super) screencopy: Screencopy,
    pub(super) dmabufs: Dmabufs,
    pub(crate) feedback: Vec<OutputPresentationFeedback>,
    pub(crate) throttle: Throttle,
}

impl Globals {
    pub(crate) fn new(display: &DisplayHandle, now: Time) -> Self {
        // These have no state that a handler asks for; their globals live as long as the display.
        OutputManagerState::new_with_xdg_output::<State>(display);
        XdgDecorationState::new::<State>(display);
        ViewporterState::new::<State>(display);
        SinglePixelBufferState::new::<State>(display);
        FractionalScaleManagerState::new::<State>(display);
        PresentationState::new::<State>(display, rustix::time::ClockId::Monotonic as u32);
        pointer_extras::offer(display);
        idle_inhibit::offer(display);
        idle_notify::offer(display);
        screencopy::offer(display);
        security_context::offer(display);
        session_lock::offer(display);
        Self {
            compositor: CompositorState::new_v6::<State>(display),
            shm: ShmState::new::<State>(display, []),
            seat: SeatState::new(),
            data_device: DataDeviceState::new::<State>(display),
            primary_selection: PrimarySelectionState::new::<State>(display),
            xdg_shell: XdgShellState::new::<State>(display),
            xdg_activation: XdgActivationState::new::<State>(display),
            launches: Launches::default(),
            layer_shell: WlrLayerShellState::new_with_filter::<State, _>(
                display,
                may_see("zwlr_layer_shell_v1"),
            ),
            session_lock: SessionLock::default(),
            inhibitors: Inhibitors::default(),
            idle: IdleNotifier::new(now),
            foreign_toplevels: ForeignToplevels::new(display),
            screencopy: Screencopy::default(),
            dmabufs: Dmabufs::new(),
            feedback: Vec::new(),
            throttle: Throttle::new(),
        }
    }
}
