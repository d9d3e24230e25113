//! The panel by the kernel's modesetting: which card, which connector, and what happens when
//! they go and come.
//!
//! Everything here may fail at any time, because a cable, a driver or another session may act at
//! any time. What fails leaves the phone without a picture, never without its state, and is
//! tried again when there is a reason to.

use std::{
    cell::RefCell,
    path::Path,
    rc::{Rc, Weak},
    time::Duration,
};

use anyhow::{Result, anyhow};
use device_profile::Profile;
use smithay::{
    backend::{
        drm::{DrmDeviceNotifier, DrmEvent, DrmEventMetadata, DrmEventTime},
        renderer::element::RenderElementStates,
        udev,
    },
    output::Output,
    reexports::{
        calloop::{
            LoopHandle, RegistrationToken,
            timer::{TimeoutAction, Timer},
        },
        drm::control::{Mode, crtc},
    },
};
use units::Time;

use super::{
    canvases,
    card::Card,
    connectors::{self, Head},
    modes::{self, Wish},
    pace::{Pace, Seen},
    scanout::{Failure, Route, Scanout},
};
use crate::{
    Panel, State,
    backend::{Drawn, Presented},
    clock::Clock,
    options::RendererKind,
    render::Frame,
    seat::Seat,
};

/// How long the kernel may refuse us while the seat is ours, before we believe that it is not:
/// word of a pause may be on its way.
const REFUSED: Duration = Duration::from_secs(2);
/// When to try again what failed.
const RETRY: Duration = Duration::from_millis(300);
/// How often a device that has just come, or come back, may refuse to be used: the right to use it
/// may come a moment later.
const TRIES: u32 = 10;
/// How many frames may fail in a row before the panel is set up anew.
const FAILED_FRAMES: u32 = 10;

/// What the panel should be.
pub(super) struct Wanted {
    pub(super) profile: Profile,
    /// The panel that the profile and the command line describe.
    pub(super) panel: Panel,
    pub(super) renderer: RendererKind,
}

/// See the module's documentation.
pub(super) struct Kms {
    /// For sources that call back.
    this: Weak<RefCell<Self>>,
    handle: LoopHandle<'static, State>,
    seat: Seat,
    wanted: Wanted,
    clock: Clock,
    card: Option<(Card, RegistrationToken)>,
    pub(super) scanout: Box<dyn Scanout>,
    active: bool,
    lit: bool,
    pace: Pace,
    /// A frame was asked for while a flip was under way.
    behind: bool,
    failed_frames: u32,
    refused_since: Option<Time>,
    tries: u32,
    retry: Option<RegistrationToken>,
}

impl Kms {
    pub(super) fn new(
        handle: LoopHandle<'static, State>,
        seat: Seat,
        wanted: Wanted,
    ) -> Result<Rc<RefCell<Self>>> {
        let scanout = canvases::by_cpu()?;
        Ok(Rc::new_cyclic(|this| {
            RefCell::new(Self {
                this: this.clone(),
                handle,
                seat,
                wanted,
                clock: Clock::monotonic(),
                card: None,
                scanout,
                active: false,
                lit: true,
                pace: Pace::default(),
                behind: false,
                failed_frames: 0,
                refused_since: None,
                tries: 0,
                retry: None,
            })
        }))
    }

    /// The seat is ours: takes up what there is. Returns the panel if there is a picture to draw.
    pub(super) fn activate(&mut self, output: &Output) -> Option<Panel> {
        self.active = true;
        self.refused_since = None;
        self.tries = 0;
        self.pace.forget();
        if let Some((card, _)) = &mut self.card
            && let Err(error) = card.device.activate(false)
        {
            tracing::warn!("error taking {} up again: {error}", card.path.display());
        }
        if self.scanout.route().is_some() {
            if let Err(error) = self.scanout.restore() {
                tracing::warn!("the panel is set up anew: {error:#}");
                self.release();
            } else if !self.lit {
                self.scanout.darken();
            }
        }
        let found = self.settle(output);
        // Whoever had the seat may have shown anything: even a panel that stayed is drawn anew.
        found.or_else(|| self.panel())
    }

    /// The seat is somebody else's.
    pub(super) fn pause(&mut self) {
        self.active = false;
        self.behind = false;
        if let Some((card, _)) = &mut self.card {
            card.device.pause();
        }
    }

    /// A card has come. The last one may have been away for a moment only.
    pub(super) fn card_came(&mut self, path: &Path, output: &Output) -> Option<Panel> {
        let is_card = path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with("card"));
        if !is_card {
            return None;
        }
        self.tries = 0;
        self.settle(output)
    }

    /// A card is gone.
    pub(super) fn card_went(&mut self, id: u64, output: &Output) -> Option<Panel> {
        if self.card.as_ref().is_none_or(|(card, _)| card.id() != id) {
            return None;
        }
        if let Some((card, _)) = &mut self.card {
            tracing::info!("{} is gone", card.path.display());
            // What is gone needs no farewell: nothing is restored on it.
            card.device.pause();
        }
        self.drop_card();
        self.settle(output)
    }

    /// Looks for the panel and takes it. Returns it if it was not driven before.
    pub(super) fn settle(&mut self, output: &Output) -> Option<Panel> {
        if !self.active {
            return None;
        }
        self.look_again();
        if self.scanout.route().is_none() && self.attach(output) {
            return self.panel();
        }
        if self.scanout.route().is_none() && self.find_card() && self.attach(output) {
            return self.panel();
        }
        if self.card.as_ref().is_some_and(|(card, _)| card.head.is_some()) {
            self.try_again();
        }
        None
    }

    /// Comes back to what does not work yet, if there is hope.
    fn try_again(&mut self) {
        self.tries += 1;
        if self.tries < TRIES {
            self.retry_later(RETRY);
        }
    }

    /// Looks whether the panel is still where it was.
    fn look_again(&mut self) {
        let Some((card, _)) = &mut self.card else { return };
        let old = card.head.as_ref().map(|head| head.info.handle());
        let found = connectors::find(&card.device, &self.wanted.profile, old);
        let head = found.unwrap_or_else(|error| {
            tracing::warn!("error reading the connectors of {}: {error}", card.path.display());
            None
        });
        let driven = self.scanout.route().is_some();
        let same = match (&card.head, &head) {
            (Some(old), Some(new)) => {
                old.info.handle() == new.info.handle() && old.info.modes() == new.info.modes()
            }
            (None, None) => true,
            _ => false,
        };
        if !same {
            match &head {
                Some(head) => tracing::info!("the panel is {}", head.name),
                None => tracing::info!("the panel is unplugged"),
            }
        }
        card.head = head;
        if driven && !same {
            self.release();
        }
    }

    /// Lets go of the panel.
    fn release(&mut self) {
        self.scanout.detach();
        self.pace.forget();
        self.behind = false;
    }

    /// Takes a card that the panel is at, in place of one that it is not at.
    fn find_card(&mut self) -> bool {
        let seat = self.seat.name();
        let paths = udev::all_gpus(&seat).unwrap_or_else(|error| {
            tracing::warn!("error listing graphics devices: {error}");
            Vec::new()
        });
        let current = self.card.as_ref().map(|(card, _)| card.path.clone());
        for path in paths.into_iter().filter(|path| Some(path) != current.as_ref()) {
            match Card::open(&mut self.seat, &path, &self.wanted.profile) {
                Ok(Some((card, notifier))) => return self.take_card(card, notifier),
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!("{error:#}");
                    self.try_again();
                }
            }
        }
        if self.card.is_none() {
            tracing::info!("no screen yet: waiting for one");
        }
        false
    }

    fn take_card(&mut self, card: Card, notifier: DrmDeviceNotifier) -> bool {
        self.drop_card();
        let this = self.this.clone();
        let source = self.handle.insert_source(notifier, move |event, metadata, state| {
            if let Some(kms) = this.upgrade() {
                on_drm_event(&kms, &event, metadata.as_ref(), state);
            }
        });
        match source {
            Ok(token) => {
                let kms = if card.device.is_atomic() { "atomic" } else { "legacy" };
                tracing::info!("{} ({}, {kms})", card.path.display(), card.driver);
                self.card = Some((card, token));
                true
            }
            Err(error) => {
                tracing::warn!("error watching {}: {}", card.path.display(), error.error);
                drop(error.inserted);
                card.close(&mut self.seat);
                false
            }
        }
    }

    /// Gives the card back, with all that is on it.
    fn drop_card(&mut self) {
        self.release();
        let Some((card, token)) = self.card.take() else { return };
        if !self.scanout.serves_any_card() {
            match canvases::by_cpu() {
                Ok(scanout) => self.scanout = scanout,
                Err(error) => tracing::error!("{error:#}"),
            }
        }
        self.handle.remove(token);
        card.close(&mut self.seat);
    }

    /// Sets the panel up: the best mode that the card takes. Says whether it did.
    fn attach(&mut self, output: &Output) -> bool {
        let Some((card, _)) = &mut self.card else { return false };
        let Some(head) = card.head.clone() else { return false };
        let Panel { size_px, refresh_mhz, .. } = self.wanted.panel;
        let custom = self.wanted.profile.panel.custom_mode || card.driver == "vkms";
        let modes = Wish { size_px, refresh_mhz, custom }.rank(head.info.modes());
        if self.scanout.serves_any_card()
            && let Some(gpu) = card.gpu(self.wanted.renderer)
        {
            self.scanout = gpu;
        }
        let crtcs = match connectors::crtcs(&card.device, &head.info) {
            Ok(crtcs) => crtcs,
            Err(error) => {
                tracing::warn!("error reading what can drive {}: {error}", head.name);
                return false;
            }
        };
        let routes = modes.iter().flat_map(|mode| {
            let connector = head.info.handle();
            crtcs.iter().map(move |crtc| Route { crtc: *crtc, connector, mode: *mode })
        });
        let mut takes = |scanout: &mut dyn Scanout| {
            routes.clone().any(|route| try_route(scanout, card, route, output, &head))
        };
        if takes(self.scanout.as_mut()) {
            self.tries = 0;
            return true;
        }
        if !self.scanout.serves_any_card()
            && let Ok(mut cpu) = canvases::by_cpu()
            && takes(cpu.as_mut())
        {
            self.scanout = cpu;
            self.tries = 0;
            return true;
        }
        tracing::error!("{} takes no mode that we know", head.name);
        false
    }

    /// The panel as it is driven.
    fn panel(&self) -> Option<Panel> {
        let (_, mode) = self.scanout.route()?;
        let head = self.card.as_ref()?.0.head.as_ref()?;
        Some(self.wanted.panel.driven(mode, head.size_mm()))
    }

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

    /// Gives everything back, while the seat is still there to take it.
    pub(super) fn stop(&mut self) {
        self.cancel_retry();
        self.drop_card();
        self.active = false;
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

    fn retry_later(&mut self, after: Duration) {
        self.cancel_retry();
        let this = self.this.clone();
        let timer = Timer::from_duration(after);
        let source = self.handle.insert_source(timer, move |_, (), state| {
            if let Some(kms) = this.upgrade() {
                let panel = {
                    let mut kms = kms.borrow_mut();
                    kms.retry = None;
                    kms.settle(&state.screen.output)
                };
                tell_ready(panel, state);
            }
            TimeoutAction::Drop
        });
        self.retry = source.ok();
    }

    fn cancel_retry(&mut self) {
        if let Some(token) = self.retry.take() {
            self.handle.remove(token);
        }
    }
}

fn try_route(
    scanout: &mut dyn Scanout,
    card: &mut Card,
    route: Route,
    output: &Output,
    head: &Head,
) -> bool {
    let (width, height) = modes::size_of(route.mode);
    let rate = f64::from(modes::refresh_mhz(route.mode)) / 1_000.0;
    match scanout.attach(&mut card.device, route, output) {
        Ok(()) => {
            let by = scanout.name();
            tracing::info!("{}: {width}x{height} at {rate:.2} Hz, drawn by {by}", head.name);
            true
        }
        Err(error) => {
            tracing::warn!(
                "{} does not take {width}x{height} at {rate:.2} Hz: {error:#}",
                head.name
            );
            false
        }
    }
}

/// There is a picture to draw: on this panel, if any.
pub(super) fn tell_ready(panel: Option<Panel>, state: &mut State) {
    if let Some(panel) = panel {
        state.set_panel(panel);
        state.output_ready();
    }
}

/// There is nothing to draw on.
fn nothing() -> Drawn {
    let states = RenderElementStates { states: std::collections::HashMap::new() };
    Drawn { presented: Presented::NoOutput, states, refresh_at: None }
}

fn on_drm_event(
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

impl Panel {
    /// The panel as it is driven in `mode`, where that is not the one that was wanted: equally
    /// dense unless the driver knows better, and without what is known of the wanted one's form.
    fn driven(&self, mode: Mode, mm: Option<(i32, i32)>) -> Self {
        let size_px = modes::size_of(mode);
        let refresh_mhz = modes::refresh_mhz(mode).max(1_000);
        if size_px == self.size_px {
            return Self { refresh_mhz, ..self.clone() };
        }
        let scaled = |mm: i32, old: i32, new: i32| {
            (f64::from(mm) * f64::from(new) / f64::from(old.max(1))).round() as i32
        };
        let size_mm = mm.unwrap_or((
            scaled(self.size_mm.0, self.size_px.0, size_px.0),
            scaled(self.size_mm.1, self.size_px.1, size_px.1),
        ));
        Self {
            size_px,
            size_mm,
            refresh_mhz,
            safe_px: [0.0; 4],
            corner_radius_px: 0.0,
            cutouts_px: Vec::new(),
            ..self.clone()
        }
    }
}
