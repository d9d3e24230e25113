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

use anyhow::Result;
use device_profile::Profile;
use smithay::{
    backend::{drm::DrmDeviceNotifier, udev},
    output::Output,
    reexports::calloop::{
        LoopHandle, RegistrationToken,
        timer::{TimeoutAction, Timer},
    },
};
use units::Time;

use super::{
    canvases,
    card::Card,
    connectors::{self, Head},
    frames::on_drm_event,
    modes::{self, Wish},
    pace::Pace,
    scanout::{Route, Scanout},
};
use crate::{Panel, State, clock::Clock, options::RendererKind, seat::Seat};

/// When to try again what failed.
pub(super) const RETRY: Duration = Duration::from_millis(300);
/// How often a device that has just come, or come back, may refuse to be used: the right to use it
/// may come a moment later.
const TRIES: u32 = 10;

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
    pub(super) handle: LoopHandle<'static, State>,
    seat: Seat,
    wanted: Wanted,
    pub(super) clock: Clock,
    card: Option<(Card, RegistrationToken)>,
    pub(super) scanout: Box<dyn Scanout>,
    pub(super) active: bool,
    pub(super) lit: bool,
    pub(super) pace: Pace,
    /// A frame was asked for while a flip was under way.
    pub(super) behind: bool,
    pub(super) failed_frames: u32,
    pub(super) refused_since: Option<Time>,
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
        let has_head = self.card.as_ref().is_some_and(|(card, _)| card.head.is_some());
        if has_head && self.scanout.route().is_none() {
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
    pub(super) fn release(&mut self) {
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

    /// Gives everything back, while the seat is still there to take it.
    pub(super) fn stop(&mut self) {
        self.cancel_retry();
        self.drop_card();
        self.active = false;
    }

    pub(super) fn retry_later(&mut self, after: Duration) {
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
        // What the user may have changed since the start is not the card's to say.
        let Panel { scale, edges, transform, .. } = state.screen.panel.clone();
        state.set_panel(Panel { scale, edges, transform, ..panel });
        // The GPU may have come with the card.
        state.offer_dmabuf();
        state.output_ready();
    }
}
