//! Our seat: the right to draw and to read fingers, which libseat gets from logind, seatd, or as
//! root from nobody.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use smithay::{
    backend::session::{
        Event as SessionEvent, Session as _,
        libseat::{Error as LibSeatError, LibSeatSession, LibSeatSessionNotifier},
    },
    reexports::{
        calloop::{EventSource, Poll, PostAction, Readiness, Token, TokenFactory},
        rustix::fs::OFlags,
    },
    utils::DeviceFd,
};

/// More wake-ups than this without a word, within [`SPIN`], come from a socket that nobody holds
/// the other end of: it stays readable for ever and says nothing.
const MOST_SILENT: u32 = 100;
const SPIN: Duration = Duration::from_secs(1);

/// What becomes of our right to the seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SeatEvent {
    /// We have it.
    Active,
    /// Somebody else has it; devices are closed to us.
    Paused,
    /// Whoever gave it is gone, and will not come back for us.
    Lost,
}

/// Opens devices. Works while its [`SeatSource`] lives.
#[derive(Clone, Debug)]
pub(crate) struct Seat(LibSeatSession);

/// Where [`SeatEvent`]s come from. The seat is given back when this is dropped.
pub(crate) struct SeatSource {
    notifier: LibSeatSessionNotifier,
    silent: u32,
    since: Instant,
}

/// Takes the seat.
///
/// # Errors
/// When nobody gives it.
pub(crate) fn take() -> Result<(Seat, SeatSource)> {
    let (session, notifier) = LibSeatSession::new().context(
        "error taking the seat; start us in a login session on a seat (logind), start seatd, or \
         use --backend headless",
    )?;
    Ok((Seat(session), SeatSource { notifier, silent: 0, since: Instant::now() }))
}

impl Seat {
    /// Its name.
    pub(crate) fn name(&self) -> String {
        self.0.seat()
    }

    /// Whether devices may be opened now.
    pub(crate) fn is_active(&self) -> bool {
        self.0.is_active()
    }

    /// Opens a device.
    ///
    /// # Errors
    /// When it is not there or not ours.
    pub(crate) fn open(&mut self, path: &Path) -> Result<DeviceFd> {
        let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
        let fd = self
            .0
            .open(path, flags)
            .with_context(|| format!("error opening {}", path.display()))?;
        Ok(DeviceFd::from(fd))
    }

    /// Gives a device back. Must have no other holder, else it is only forgotten.
    pub(crate) fn close(&mut self, device: DeviceFd) {
        let fd: std::os::fd::OwnedFd = match device.try_into() {
            Ok(fd) => fd,
            Err(device) => {
                tracing::warn!("{device:?} is given back while in use");
                return;
            }
        };
        if let Err(error) = self.0.close(fd) {
            tracing::debug!("error giving a device back: {error}");
        }
    }

    /// Opens input devices for libinput.
    pub(crate) fn session(&self) -> LibSeatSession {
        self.0.clone()
    }
}

impl EventSource for SeatSource {
    type Event = SeatEvent;
    type Metadata = ();
    type Ret = ();
    type Error = LibSeatError;

    fn process_events<F>(
        &mut self,
        readiness: Readiness,
        token: Token,
        mut callback: F,
    ) -> Result<PostAction, LibSeatError>
    where
        F: FnMut(SeatEvent, &mut ()),
    {
        let mut spoke = false;
        let action = self.notifier.process_events(readiness, token, |event, ()| {
            spoke = true;
            let event = match event {
                SessionEvent::ActivateSession => SeatEvent::Active,
                SessionEvent::PauseSession => SeatEvent::Paused,
            };
            callback(event, &mut ());
        })?;
        if spoke || self.since.elapsed() > SPIN {
            self.since = Instant::now();
            self.silent = 0;
        }
        self.silent += 1;
        if self.silent > MOST_SILENT {
            callback(SeatEvent::Lost, &mut ());
        }
        Ok(action)
    }

    fn register(
        &mut self,
        poll: &mut Poll,
        factory: &mut TokenFactory,
    ) -> smithay::reexports::calloop::Result<()> {
        self.notifier.register(poll, factory)
    }

    fn reregister(
        &mut self,
        poll: &mut Poll,
        factory: &mut TokenFactory,
    ) -> smithay::reexports::calloop::Result<()> {
        self.notifier.reregister(poll, factory)
    }

    fn unregister(&mut self, poll: &mut Poll) -> smithay::reexports::calloop::Result<()> {
        self.notifier.unregister(poll)
    }
}
