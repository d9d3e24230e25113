//! Frames on their way to the panel, and word of them.

use std::{cell::RefCell, rc::Rc, time::Duration};

use anyhow::{Result, anyhow};
use smithay::{
    backend::{
        drm::{DrmEvent, DrmEventMetadata, DrmEventTime},
        renderer::element::RenderElementStates,
    },
    reexports::{
        calloop::{
            LoopHandle,
            timer::{TimeoutAction, Timer},
        },
        drm::control::crtc,
    },
};
use units::Time;

use super::{
    kms::{Kms, RETRY},
    modes,
    pace::Seen,
    scanout::Failure,
};
use crate::{
    State,
    backend::{Drawn, Presented},
    render::Frame,
};

/// How long the kernel may refuse us while the seat is ours, before we believe that it is not:
/// word of a pause may be on its way.
const REFUSED: Duration = Duration::from_secs(2);
/// How many frames may fail in a row before the panel is set up anew.
const FAILED_FRAMES: u32 = 10;

impl Kms {
    /// Draws a frame. See [`crate::backend::Backend::present`].
    pub(super) fn present(&mut self, mut frame: Frame<'_>) -> Result<Drawn> {
        let now = self.clock.now();
        let Some((_, mode)) = self.scanout.route().filter(|_| self.active) else {
            return Ok(nothing());
        };
        let drawn_for = frame.output.current_mode().map(|mode| (mode.size.w, mode.size.h));
        if drawn_for != Some(modes::size_of(mode)) {
            // The state has not been told of this mode yet.
            return Ok(nothing());
        }
        if self.pace.has_lost(now) {
            tracing::warn!("the card has not said that the last frame is seen; going on");
            self.pace.forget();
            if let Err(error) = self.scanout.flipped() {
                tracing::debug!("after a lost flip: {error:?}");
            }
        } else if self.pace.is_waiting() {
            self.behind = true;
            return Ok(nothing());
        }
        match self.scanout.present(&mut frame) {
            Ok(drawn) => {
                self.failed_frames = 0;
                self.refused_since = None;
                if drawn.sent {
                    self.pace.sent(now, self.clock.now());
                }
                let presented = if drawn.sent { Presented::Pending } else { Presented::Unchanged };
                Ok(Drawn { presented, states: drawn.states, refresh_at: drawn.refresh_at })
            }
            Err(Failure::Paused) => Ok(nothing()),
            Err(Failure::Refused) => Ok(self.refused(now)),
            Err(Failure::Other(error)) => {
                self.failed_frames += 1;
                if self.failed_frames >= FAILED_FRAMES {
                    self.failed_frames = 0;
                    tracing::warn!("no frame comes through: the panel is set up anew");
                    self.release();
                    self.retry_later(RETRY);
                }
                Err(error)
            }
        }
    }

    /// The kernel refuses us.
    fn refused(&mut self, now: Time) -> Drawn {
        let since = *self.refused_since.get_or_insert(now);
        if now.since(since) >= REFUSED {
            fail_soon(&self.handle, || {
                anyhow!("the kernel takes the screen for somebody else's: the seat is lost")
            });
        }
        Drawn { refresh_at: Some(now + RETRY), ..nothing() }
    }

    /// Lights the panel or lets it go dark.
    pub(super) fn set_lit(&mut self, lit: bool) {
        self.lit = lit;
        if !lit && self.active {
            self.scanout.darken();
            self.pace.forget();
            self.behind = false;
        }
    }

    fn flipped(&mut self, crtc: crtc::Handle, metadata: Option<&DrmEventMetadata>) -> Option<Seen> {
        let (ours, mode) = self.scanout.route()?;
        if crtc != ours {
            return None;
        }
        if let Err(error) = self.scanout.flipped() {
            tracing::debug!("after a flip: {error:?}");
        }
        let stamp = metadata.and_then(|metadata| match metadata.time {
            DrmEventTime::Monotonic(time) => u64::try_from(time.as_nanos()).ok(),
            DrmEventTime::Realtime(_) => None,
        });
        let sequence = metadata.map_or(0, |metadata| metadata.sequence.into());
        let refresh_mhz = modes::refresh_mhz(mode).max(1_000);
        let interval = Duration::from_secs_f64(1_000.0 / f64::from(refresh_mhz));
        self.pace.seen(stamp.map(Time::from_nanos), sequence, self.clock.now(), interval)
    }
}

/// There is nothing to draw on.
fn nothing() -> Drawn {
    let states = RenderElementStates { states: std::collections::HashMap::new() };
    Drawn { presented: Presented::NoOutput, states, refresh_at: None }
}

pub(super) fn on_drm_event(
    kms: &Rc<RefCell<Kms>>,
    event: &DrmEvent,
    metadata: Option<&DrmEventMetadata>,
    state: &mut State,
) {
    let crtc = match event {
        DrmEvent::VBlank(crtc) => *crtc,
        DrmEvent::Error(error) => {
            tracing::debug!("error reading the card's events: {error}");
            return;
        }
    };
    let (seen, behind) = {
        let mut kms = kms.borrow_mut();
        let seen = kms.flipped(crtc, metadata);
        (seen, std::mem::take(&mut kms.behind))
    };
    if let Some(seen) = seen {
        tell_seen(seen, state);
    }
    if behind {
        state.queue_redraw();
    }
}

/// Tells the state that a frame is seen: now, or when the next one may be drawn.
fn tell_seen(seen: Seen, state: &mut State) {
    let Some(until) = seen.hold_until else {
        state.presented(seen.at, seen.sequence, seen.vsync);
        return;
    };
    let timer = Timer::from_duration(until.since(state.clock().now()));
    let source = state.handle.insert_source(timer, move |_, (), state| {
        state.presented(seen.at, seen.sequence, seen.vsync);
        TimeoutAction::Drop
    });
    if source.is_err() {
        state.presented(seen.at, seen.sequence, seen.vsync);
    }
}

/// Ends the compositor with an error, from where the state is not at hand.
fn fail_soon(handle: &LoopHandle<'static, State>, error: impl FnOnce() -> anyhow::Error + 'static) {
    let mut error = Some(error);
    let source = handle.insert_source(Timer::immediate(), move |_, (), state| {
        if let Some(error) = error.take() {
            state.fail(error());
        }
        TimeoutAction::Drop
    });
    if let Err(error) = source {
        tracing::error!("error ending: {}", error.error);
    }
}
