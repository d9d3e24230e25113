//! `ext_session_lock_manager_v1`: a locker of the user's choice.
//!
//! Principles
//! - The shell agrees or refuses; `locked` is sent when a locked frame has been presented.
//! - Only the one current locker has a surface in the lock scene, and only it can unlock. What a
//!   refused or finished locker still asks for shows nothing and opens nothing.
//! - A locker that goes without unlocking, whether it died or lost heart, leaves the built-in lock
//!   behind.
//!
//! All of the protocol is here: smithay's own takes an `unlock` from any locker, also from one
//! that was refused, and does not tell when a locker dies.

use std::sync::Mutex;

use shell::{Event, ExternalLock};
use smithay::{
    backend::renderer::buffer_dimensions,
    reexports::{
        wayland_protocols::ext::session_lock::v1::server::{
            ext_session_lock_manager_v1::{self, ExtSessionLockManagerV1},
            ext_session_lock_surface_v1::{self, ExtSessionLockSurfaceV1},
            ext_session_lock_v1::{self, ExtSessionLockV1},
        },
        wayland_server::{
            Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource as _, Weak,
            backend::ClientId, protocol::wl_surface::WlSurface,
        },
    },
    utils::{Logical, SERIAL_COUNTER, Size},
    wayland::{
        compositor::{
            BufferAssignment, SurfaceAttributes, SurfaceData, add_pre_commit_hook, give_role,
            with_states,
        },
        viewporter::ViewportCachedState,
    },
};

use super::Globals;
use crate::{State, clients::may_see, windows::has_buffer};

const INTERFACE: &str = "ext_session_lock_manager_v1";
const ROLE: &str = "ext_session_lock_surface_v1";

/// The current locker.
#[derive(Debug, Default)]
pub(crate) struct SessionLock {
    lock: Option<ExtSessionLockV1>,
    /// Whether the shell has agreed.
    agreed: bool,
    /// Whether the locker was told that it has locked.
    confirmed: bool,
    /// Whether the shell knows of the locker's surface.
    mapped: bool,
}

/// The current locker's surface.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LockSurface {
    surface: WlSurface,
    object: ExtSessionLockSurfaceV1,
}

impl LockSurface {
    /// What is shown.
    pub(crate) fn wl_surface(&self) -> &WlSurface {
        &self.surface
    }
}

/// What a lock surface's role knows; of the surface it keeps only a weak name, so that the two
/// do not keep each other alive.
#[derive(Debug)]
pub(crate) struct LockRole {
    surface: Weak<WlSurface>,
    sizes: Mutex<Sizes>,
}

/// Sizes that the client was told.
#[derive(Debug, Default)]
struct Sizes {
    sent: Vec<(u32, Size<i32, Logical>)>,
    acked: Option<Size<i32, Logical>>,
}

/// The role object of a surface, kept with the surface.
type CurrentRole = Mutex<Option<Weak<ExtSessionLockSurfaceV1>>>;

/// Offers the protocol.
pub(super) fn offer(display: &DisplayHandle) {
    display.create_global::<State, ExtSessionLockManagerV1, ()>(1, ());
}

impl GlobalDispatch<ExtSessionLockManagerV1, ()> for State {
    fn bind(
        _: &mut Self,
        _: &DisplayHandle,
        _: &Client,
        manager: New<ExtSessionLockManagerV1>,
        (): &(),
        init: &mut DataInit<'_, Self>,
    ) {
        init.init(manager, ());
    }

    fn can_view(client: Client, (): &()) -> bool {
        may_see(INTERFACE)(&client)
    }
}

impl Dispatch<ExtSessionLockManagerV1, ()> for State {
    fn request(
        state: &mut Self,
        _: &Client,
        _: &ExtSessionLockManagerV1,
        request: ext_session_lock_manager_v1::Request,
        (): &(),
        _: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        let ext_session_lock_manager_v1::Request::Lock { id } = request else { return };
        let lock = init.init(id, ());
        if state.globals.session_lock.lock.is_some() {
            lock.finished();
            return;
        }
        state.globals.session_lock = SessionLock { lock: Some(lock), ..SessionLock::default() };
        state.tell(Event::ExternalLock(ExternalLock::Requested));
        state.queue_redraw();
    }
}

impl Dispatch<ExtSessionLockV1, ()> for State {
    fn request(
        state: &mut Self,
        _: &Client,
        lock: &ExtSessionLockV1,
        request: ext_session_lock_v1::Request,
        (): &(),
        _: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        use ext_session_lock_v1::{Error, Request as R};
        match request {
            R::GetLockSurface { id, surface, output: _ } => {
                state.new_lock_surface(lock, id, surface, init);
            }
            R::UnlockAndDestroy if !state.globals.session_lock.has_locked(lock) => {
                lock.post_error(Error::InvalidUnlock, "this locker has not locked");
            }
            R::UnlockAndDestroy => {
                state.globals.session_lock = SessionLock::default();
                state.windows.set_lock(None);
                state.tell(Event::ExternalLock(ExternalLock::Unlocked));
            }
            R::Destroy if state.globals.session_lock.has_locked(lock) => {
                lock.post_error(Error::InvalidDestroy, "a lock that holds can only be unlocked");
            }
            _ => {}
        }
    }

    fn destroyed(state: &mut Self, _: ClientId, lock: &ExtSessionLockV1, (): &()) {
        if !state.globals.session_lock.is_current(lock) {
            return;
        }
        state.globals.session_lock = SessionLock::default();
        state.windows.set_lock(None);
        state.tell(Event::ExternalLock(ExternalLock::Died));
    }
}

impl Dispatch<ExtSessionLockSurfaceV1, LockRole> for State {
    fn request(
        _: &mut Self,
        _: &Client,
        object: &ExtSessionLockSurfaceV1,
        request: ext_session_lock_surface_v1::Request,
        role: &LockRole,
        _: &DisplayHandle,
        _: &mut DataInit<'_, Self>,
    ) {
        let ext_session_lock_surface_v1::Request::AckConfigure { serial } = request else { return };
        let Ok(mut sizes) = role.sizes.lock() else { return };
        let found = sizes.sent.iter().enumerate().find(|(_, (sent, _))| *sent == serial);
        let Some((at, size)) = found.map(|(at, (_, size))| (at, *size)) else {
            object.post_error(
                ext_session_lock_surface_v1::Error::InvalidSerial,
                format!("no configure has the serial {serial}"),
            );
            return;
        };
        // Older ones are settled with it.
        sizes.sent.drain(..=at);
        sizes.acked = Some(size);
    }

    fn destroyed(state: &mut Self, _: ClientId, object: &ExtSessionLockSurfaceV1, role: &LockRole) {
        if let Ok(surface) = role.surface.upgrade() {
            with_role(&surface, |current| *current = None);
        }
        if state.windows.lock().is_some_and(|(_, lock)| lock.object == *object) {
            state.windows.set_lock(None);
            state.queue_redraw();
        }
    }
}

impl State {
    fn new_lock_surface(
        &mut self,
        lock: &ExtSessionLockV1,
        id: New<ExtSessionLockSurfaceV1>,
        surface: WlSurface,
        init: &mut DataInit<'_, Self>,
    ) {
        use ext_session_lock_v1::Error;
        if give_role(&surface, ROLE).is_err() {
            lock.post_error(Error::Role, "the surface has another role");
            return;
        }
        if has_buffer(&surface) || has_pending_buffer(&surface) {
            lock.post_error(Error::AlreadyConstructed, "the surface has a buffer already");
            return;
        }
        let current = self.globals.session_lock.is_current(lock);
        // There is one output, so one surface.
        if current && self.windows.lock().is_some() {
            lock.post_error(Error::DuplicateOutput, "the output has a lock surface already");
            return;
        }
        let role = LockRole { surface: surface.downgrade(), sizes: Mutex::default() };
        let object = init.init(id, role);
        let first = with_states(&surface, |states| {
            states.data_map.insert_if_missing_threadsafe(CurrentRole::default)
        });
        with_role(&surface, |role| *role = Some(object.downgrade()));
        if first {
            add_pre_commit_hook::<Self, _>(&surface, |_, _, surface| check_commit(surface));
        }
        // A locker that was refused may still ask; its surface is shown nowhere.
        if current {
            let size = self.screen.panel.output_info().size;
            let size = Size::from((size.width.round() as i32, size.height.round() as i32));
            configure(&object, size);
            self.globals.session_lock.mapped = false;
            self.windows.set_lock(Some(LockSurface { surface, object }));
        }
    }

    /// The locker's surface has a picture: the shell learns of it with the first.
    pub(super) fn commit_lock(&mut self, surface: &WlSurface) {
        let Some((id, lock)) = self.windows.lock() else { return };
        if lock.wl_surface() != surface || self.globals.session_lock.mapped || !has_buffer(surface)
        {
            return;
        }
        let id = *id;
        self.globals.session_lock.mapped = true;
        self.tell(Event::ExternalLock(ExternalLock::SurfaceMapped(id)));
    }
}

impl SessionLock {
    fn is_current(&self, lock: &ExtSessionLockV1) -> bool {
        self.lock.as_ref() == Some(lock)
    }

    fn has_locked(&self, lock: &ExtSessionLockV1) -> bool {
        self.confirmed && self.is_current(lock)
    }
}

impl Globals {
    /// The shell agrees; the locker is told when a locked frame is on the panel.
    pub(crate) fn await_lock_frame(&mut self) {
        self.session_lock.agreed = true;
    }

    /// The shell refuses.
    pub(crate) fn refuse_lock(&mut self) {
        if let Some(lock) = std::mem::take(&mut self.session_lock).lock {
            lock.finished();
        }
    }

    /// A locked frame is on the panel.
    pub(crate) fn confirm_lock(&mut self) {
        let current = &mut self.session_lock;
        if current.agreed
            && !current.confirmed
            && let Some(lock) = &current.lock
        {
            current.confirmed = true;
            lock.locked();
        }
    }
}

fn configure(object: &ExtSessionLockSurfaceV1, size: Size<i32, Logical>) {
    let serial = u32::from(SERIAL_COUNTER.next_serial());
    if let Some(role) = object.data::<LockRole>()
        && let Ok(mut sizes) = role.sizes.lock()
    {
        sizes.sent.push((serial, size));
    }
    object.configure(serial, size.w.max(0) as u32, size.h.max(0) as u32);
}

fn with_role(surface: &WlSurface, act: impl FnOnce(&mut Option<Weak<ExtSessionLockSurfaceV1>>)) {
    with_states(surface, |states| {
        if let Some(Ok(mut role)) = states.data_map.get::<CurrentRole>().map(|role| role.lock()) {
            act(&mut role);
        }
    });
}

fn has_pending_buffer(surface: &WlSurface) -> bool {
    with_states(surface, |states| {
        let mut cached = states.cached_state.get::<SurfaceAttributes>();
        matches!(cached.pending().buffer, Some(BufferAssignment::NewBuffer(_)))
    })
}

/// What a lock surface may commit: after a configure, a buffer of just the size that was asked
/// for, and never none.
fn check_commit(surface: &WlSurface) {
    use ext_session_lock_surface_v1::Error;
    with_states(surface, |states| {
        let role = states.data_map.get::<CurrentRole>().and_then(|role| role.lock().ok());
        let Some(object) = role.and_then(|role| role.as_ref()?.upgrade().ok()) else { return };
        let acked = object
            .data::<LockRole>()
            .and_then(|role| role.sizes.lock().ok())
            .and_then(|sizes| sizes.acked);
        let Some(size) = acked else {
            object.post_error(Error::CommitBeforeFirstAck, "no configure was acknowledged");
            return;
        };
        match pending_size(states) {
            Pending::Same => {}
            Pending::Removed => object.post_error(Error::NullBuffer, "the buffer was taken away"),
            Pending::Size(pending) if pending == size => {}
            Pending::Size(pending) => object.post_error(
                Error::DimensionsMismatch,
                format!("{}x{} for {}x{}", pending.w, pending.h, size.w, size.h),
            ),
        }
    });
}

/// What a commit would make of a surface's size.
enum Pending {
    /// It brings no buffer, or one whose size cannot be told.
    Same,
    /// It takes the buffer away.
    Removed,
    Size(Size<i32, Logical>),
}

fn pending_size(states: &SurfaceData) -> Pending {
    let mut cached = states.cached_state.get::<SurfaceAttributes>();
    let pending = cached.pending();
    let buffer = match &pending.buffer {
        Some(BufferAssignment::NewBuffer(buffer)) => buffer,
        Some(BufferAssignment::Removed) => return Pending::Removed,
        None => return Pending::Same,
    };
    let viewport = states.cached_state.get::<ViewportCachedState>().pending().size();
    let whole = || {
        let size = buffer_dimensions(buffer)?;
        Some(size.to_logical(pending.buffer_scale, pending.buffer_transform.into()))
    };
    viewport.or_else(whole).map_or(Pending::Same, Pending::Size)
}
