//! The globals' states, and what is kept between requests.

use smithay::{
    desktop::utils::OutputPresentationFeedback,
    input::SeatState,
    reexports::{calloop::LoopHandle, wayland_server::DisplayHandle},
    wayland::{
        compositor::CompositorState,
        fractional_scale::FractionalScaleManagerState,
        output::OutputManagerState,
        presentation::PresentationState,
        selection::{data_device::DataDeviceState, primary_selection::PrimarySelectionState},
        session_lock::{SessionLockManagerState, SessionLocker},
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

use super::{frame_callbacks::Throttle, xdg_activation::Launches};
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
    pub(crate) session_lock: SessionLockManagerState,
    /// Waits for the first locked frame to be told that it has locked.
    pub(super) locker: Option<SessionLocker>,
    /// Whether the shell has agreed to the external lock.
    pub(super) lock_agreed: bool,
    pub(crate) feedback: Vec<OutputPresentationFeedback>,
    pub(crate) throttle: Throttle,
}

impl Globals {
    pub(crate) fn new(display: &DisplayHandle, _handle: &LoopHandle<'static, State>) -> Self {
        // These have no state that a handler asks for; their globals live as long as the display.
        OutputManagerState::new_with_xdg_output::<State>(display);
        XdgDecorationState::new::<State>(display);
        ViewporterState::new::<State>(display);
        SinglePixelBufferState::new::<State>(display);
        FractionalScaleManagerState::new::<State>(display);
        PresentationState::new::<State>(display, rustix::time::ClockId::Monotonic as u32);
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
            session_lock: SessionLockManagerState::new::<State, _>(
                display,
                may_see("ext_session_lock_manager_v1"),
            ),
            locker: None,
            lock_agreed: false,
            feedback: Vec::new(),
            throttle: Throttle::new(),
        }
    }
}
