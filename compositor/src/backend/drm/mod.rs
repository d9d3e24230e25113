//! The phone's own screen: atomic modesetting, drawn by the GPU or, where there is none, by the
//! CPU into plain buffers of the card.
//!
//! Card, connector and seat may come and go; to clients it is one panel that stays. One panel is
//! driven; other connectors are left alone.
//!
//! Environment: `SMITHAY_USE_LEGACY=1` forgoes atomic modesetting.

mod canvases;
mod card;
mod connectors;
mod frames;
mod kms;
mod modes;
mod pace;
mod panel;
mod scanout;

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};

use anyhow::{Context as _, Result, anyhow};
use device_profile::Profile;
use smithay::{
    backend::{
        allocator::{dmabuf::Dmabuf, format::FormatSet},
        udev::{UdevBackend, UdevEvent},
    },
    reexports::calloop::{
        LoopHandle,
        timer::{TimeoutAction, Timer},
    },
};

use self::kms::{Kms, Wanted, tell_ready};
use super::{Backend, Dmabufs, Drawn};
use crate::{
    Panel, State,
    input::Devices,
    options::RendererKind,
    render::{Frame, Image, Leaf},
    seat::{self, Seat, SeatEvent, SeatSource},
};

/// See the module's documentation.
pub struct Drm {
    kms: Slot,
}

/// Filled when the event loop is there.
type Slot = Rc<OnceCell<Rc<RefCell<Kms>>>>;

/// The seat, before the event loop listens to it.
pub struct Console {
    kms: Slot,
    seat: Seat,
    source: SeatSource,
    wanted: Wanted,
}

impl Drm {
    /// Takes the seat. Devices are opened when the seat is attached to the event loop.
    ///
    /// # Errors
    /// When nobody gives us a seat.
    pub fn open(profile: Profile, panel: Panel, renderer: RendererKind) -> Result<(Self, Console)> {
        let (seat, source) = seat::take()?;
        let wanted = Wanted { profile, panel, renderer };
        let kms = Slot::default();
        Ok((Self { kms: Rc::clone(&kms) }, Console { kms, seat, source, wanted }))
    }

    fn kms(&self) -> Result<&RefCell<Kms>> {
        self.kms.get().map(Rc::as_ref).context("the seat is not attached")
    }
}

impl Console {
    /// Lets seat, devices and fingers reach the state.
    ///
    /// # Errors
    /// When udev or libinput cannot be watched.
    pub fn attach(self, handle: &LoopHandle<'static, State>) -> Result<()> {
        let Self { kms: slot, seat, source, wanted } = self;
        let devices = Devices::new(&seat, wanted.profile.clone(), handle)?;
        let is_active = seat.is_active();
        let udev = UdevBackend::new(seat.name()).context("error watching udev")?;
        let kms = Kms::new(handle.clone(), seat, wanted)?;
        watch_udev(handle, udev, &kms)?;
        watch_seat(handle, source, &kms, &devices)?;
        if is_active {
            let (kms, devices) = (Rc::clone(&kms), Rc::clone(&devices));
            handle
                .insert_source(Timer::immediate(), move |_, (), state| {
                    on_seat(SeatEvent::Active, &kms, &devices, state);
                    TimeoutAction::Drop
                })
                .map_err(|error| anyhow!("error starting: {}", error.error))?;
        }
        let _ = slot.set(kms);
        Ok(())
    }
}

impl Backend for Drm {
    fn name(&self) -> &'static str {
        "drm"
    }

    fn stop(&mut self) {
        if let Some(kms) = self.kms.get() {
            kms.borrow_mut().stop();
        }
    }

    fn present(&mut self, frame: Frame<'_>) -> Result<Drawn> {
        self.kms()?.borrow_mut().present(frame)
    }

    fn capture(&mut self, mut frame: Frame<'_>) -> Result<Image> {
        self.kms()?.borrow_mut().scanout.capture(&mut frame)
    }

    fn set_lit(&mut self, lit: bool) {
        if let Some(kms) = self.kms.get() {
            kms.borrow_mut().set_lit(lit);
        }
    }

    fn forget(&mut self, leaf: Leaf) {
        if let Some(kms) = self.kms.get() {
            kms.borrow_mut().scanout.forget(leaf);
        }
    }

    fn trim(&mut self) {
        if let Some(kms) = self.kms.get() {
            kms.borrow_mut().scanout.trim();
        }
    }

    fn dmabuf(&mut self) -> Option<&mut dyn Dmabufs> {
        let has = self.kms.get()?.borrow_mut().scanout.dmabufs().is_some();
        has.then_some(self)
    }
}

impl Dmabufs for Drm {
    fn main_device(&self) -> Option<u64> {
        self.kms.get()?.borrow_mut().scanout.dmabufs()?.main_device()
    }

    fn formats(&self) -> FormatSet {
        self.kms
            .get()
            .and_then(|kms| kms.borrow_mut().scanout.dmabufs().map(|dmabufs| dmabufs.formats()))
            .unwrap_or_default()
    }

    fn import(&mut self, dmabuf: &Dmabuf) -> bool {
        self.kms.get().is_some_and(|kms| {
            kms.borrow_mut().scanout.dmabufs().is_some_and(|dmabufs| dmabufs.import(dmabuf))
        })
    }
}

fn watch_udev(
    handle: &LoopHandle<'static, State>,
    udev: UdevBackend,
    kms: &Rc<RefCell<Kms>>,
) -> Result<()> {
    let kms = Rc::clone(kms);
    handle
        .insert_source(udev, move |event, (), state| {
            let panel = {
                let mut kms = kms.borrow_mut();
                let output = &state.screen.output;
                match event {
                    UdevEvent::Added { path, .. } => kms.card_came(&path, output),
                    // Does not say which connector.
                    UdevEvent::Changed { .. } => kms.settle(output),
                    UdevEvent::Removed { device_id } => kms.card_went(device_id, output),
                }
            };
            tell_ready(panel, state);
        })
        .map_err(|error| anyhow!("error watching udev: {}", error.error))?;
    Ok(())
}

fn watch_seat(
    handle: &LoopHandle<'static, State>,
    source: SeatSource,
    kms: &Rc<RefCell<Kms>>,
    devices: &Rc<RefCell<Devices>>,
) -> Result<()> {
    let (kms, devices) = (Rc::clone(kms), Rc::clone(devices));
    handle
        .insert_source(source, move |event, (), state| on_seat(event, &kms, &devices, state))
        .map_err(|error| anyhow!("error watching the seat: {}", error.error))?;
    Ok(())
}

fn on_seat(
    event: SeatEvent,
    kms: &Rc<RefCell<Kms>>,
    devices: &Rc<RefCell<Devices>>,
    state: &mut State,
) {
    match event {
        SeatEvent::Active => {
            tracing::info!("the seat is ours");
            let panel = kms.borrow_mut().activate(&state.screen.output);
            tell_ready(panel, state);
            let events = devices.borrow_mut().resume();
            Devices::handle(devices, events, state);
        }
        SeatEvent::Paused => {
            tracing::info!("the seat is somebody else's");
            let events = devices.borrow_mut().suspend();
            Devices::handle(devices, events, state);
            kms.borrow_mut().pause();
            state.tell(shell::Event::Touch(shell::Touch::Cancel));
        }
        SeatEvent::Lost => state.fail(anyhow!("whoever gave us the seat is gone")),
    }
}
