//! `ext_session_lock_manager_v1`: a locker of the user's choice.
//!
//! The shell agrees or refuses; `locked` is sent when a locked frame has been presented. While
//! the shell is locked by us already, the external surface lies in our lock scene, nothing else.

use shell::{Event, ExternalLock};
use smithay::{
    delegate_session_lock,
    reexports::wayland_server::protocol::{wl_output::WlOutput, wl_surface::WlSurface},
    wayland::session_lock::{
        LockSurface, SessionLockHandler, SessionLockManagerState, SessionLocker,
    },
};

use super::Globals;
use crate::{State, windows::has_buffer};

impl SessionLockHandler for State {
    fn lock_state(&mut self) -> &mut SessionLockManagerState {
        &mut self.globals.session_lock
    }

    fn lock(&mut self, confirmation: SessionLocker) {
        self.globals.locker = Some(confirmation);
        self.globals.lock_agreed = false;
        self.tell(Event::ExternalLock(ExternalLock::Requested));
        self.queue_redraw();
    }

    fn unlock(&mut self) {
        self.windows.set_lock(None);
        self.globals.locker = None;
        self.tell(Event::ExternalLock(ExternalLock::Unlocked));
    }

    fn new_surface(&mut self, surface: LockSurface, _output: WlOutput) {
        let size = self.screen.panel.output_info().size;
        surface.with_pending_state(|state| {
            state.size = Some((size.width.round() as u32, size.height.round() as u32).into());
        });
        surface.send_configure();
        self.windows.set_lock(Some(surface));
    }
}

impl State {
    /// The locker's surface has its first picture.
    pub(super) fn commit_lock(&mut self, surface: &WlSurface) {
        let Some((id, lock)) = self.windows.lock() else { return };
        if lock.wl_surface() == surface && has_buffer(surface) {
            let id = *id;
            self.tell(Event::ExternalLock(ExternalLock::SurfaceMapped(id)));
        }
    }
}

impl Globals {
    /// The shell agrees; the locker is told when a locked frame is on the panel.
    pub(crate) fn await_lock_frame(&mut self) {
        self.lock_agreed = true;
    }

    /// The shell refuses: dropping the locker tells it so.
    pub(crate) fn refuse_lock(&mut self) {
        self.locker = None;
    }

    /// A locked frame is on the panel.
    pub(crate) fn confirm_lock(&mut self) {
        if self.lock_agreed
            && let Some(locker) = self.locker.take()
        {
            locker.lock();
        }
    }
}

delegate_session_lock!(State);
