//! Input devices, by libinput: from what the kernel says to what the phone understands.
//!
//! Not here: what a touch or a key does (the shell says), and what clients get of it.

use std::{cell::RefCell, path::Path, rc::Rc, time::Duration};

use anyhow::{Result, anyhow};
use device_profile::{KeyRole, Profile};
use shell::{Event as ShellEvent, Touch};
use smithay::{
    backend::{input::AxisSource, libinput::LibinputSessionInterface},
    reexports::{
        calloop::{
            Interest, LoopHandle, Mode, PostAction,
            generic::Generic,
            timer::{TimeoutAction, Timer},
        },
        input::{
            Device, DeviceCapability, Event, Libinput,
            event::{
                DeviceEvent, EventTrait as _, KeyboardEvent, PointerEvent, TouchEvent,
                keyboard::{KeyState, KeyboardEventTrait as _},
                pointer::{Axis, ButtonState, PointerEventTrait as _, PointerScrollEvent},
                touch::{TouchEventPosition, TouchEventSlot as _, TouchEventTrait as _},
            },
        },
    },
};
use units::{Time, Transform, euclid::Point2D};

use super::pointer::{Mouse, Scroll};
use crate::{State, seat::Seat};

/// An event that says to be older than this is from before we listened, or its clock is wrong.
const OLDEST: Duration = Duration::from_secs(1);

/// How long all devices may be closed to us without a word that the seat is somebody else's. That
/// word comes after the deed.
const FORGOTTEN: Duration = Duration::from_secs(3);

/// See the module's documentation.
pub(crate) struct Devices {
    libinput: Libinput,
    seat: String,
    profile: Profile,
    /// Whether devices are ours to open.
    listening: bool,
    /// Whether the seat was given to libinput; later it resumes.
    assigned: bool,
    /// Devices that are known to be the panel's own touchscreen.
    own_screens: Vec<String>,
    /// How many devices are open.
    open: usize,
    /// Whether devices were closed to us that are there still, and none is open.
    forgotten: bool,
}

impl Devices {
    /// Prepares to listen to the seat's devices; [`Self::resume`] begins.
    ///
    /// # Errors
    /// When the event loop does not take libinput.
    pub(crate) fn new(
        seat: &Seat,
        profile: Profile,
        handle: &LoopHandle<'static, State>,
    ) -> Result<Rc<RefCell<Self>>> {
        let interface = LibinputSessionInterface::from(seat.session());
        let libinput = Libinput::new_with_udev(interface);
        let source = Generic::new(libinput.clone(), Interest::READ, Mode::Level);
        let devices = Rc::new(RefCell::new(Self {
            libinput,
            seat: seat.name(),
            profile,
            listening: false,
            assigned: false,
            own_screens: Vec::new(),
            open: 0,
            forgotten: false,
        }));
        let this = Rc::clone(&devices);
        handle
            .insert_source(source, move |_, _, state| {
                let events = this.borrow_mut().read();
                Self::handle(&this, events, state);
                Ok(PostAction::Continue)
            })
            .map_err(|error| anyhow!("error watching input devices: {}", error.error))?;
        Ok(devices)
    }

    /// Opens the devices. Returns what there is to handle at once: libinput announces devices
    /// that are there already without waking anybody.
    pub(crate) fn resume(&mut self) -> Vec<Event> {
        let begun = if self.assigned {
            self.libinput.resume()
        } else {
            self.libinput.udev_assign_seat(&self.seat)
        };
        match begun {
            Ok(()) => {
                self.assigned = true;
                self.listening = true;
            }
            Err(()) => tracing::error!("error opening the input devices of {}", self.seat),
        }
        self.read()
    }

    /// Closes the devices. Returns what that leaves to handle: fingers and keys let go.
    pub(crate) fn suspend(&mut self) -> Vec<Event> {
        self.listening = false;
        self.libinput.suspend();
        let events = self.read();
        self.forgotten = false;
        events
    }

    fn read(&mut self) -> Vec<Event> {
        if let Err(error) = self.libinput.dispatch() {
            tracing::warn!("error reading input devices: {error}");
        }
        self.libinput.by_ref().collect()
    }

    /// Carries events out.
    pub(crate) fn handle(this: &Rc<RefCell<Self>>, events: Vec<Event>, state: &mut State) {
        for event in events {
            let (told, at) = {
                let mut devices = this.borrow_mut();
                devices.translate(&event, state)
            };
            match told {
                Told::Nothing => {}
                Told::Touch(touch) => {
                    if matches!(touch, Touch::Down { .. }) {
                        state.hide_pointer(at);
                    }
                    state.tell_at(ShellEvent::Touch(touch), at);
                }
                Told::Mouse(mouse) => state.mouse(mouse, at),
                Told::NoMouse => state.hide_pointer(at),
                Told::Forgotten => Self::expect_a_word(this, state),
                Told::Key { code, pressed } => state.key(code, pressed, at),
            }
        }
    }

    /// Ends us if nobody says why all devices are closed to us: logind does so to those that it
    /// knew before it was started again, and takes no wishes from them any more.
    fn expect_a_word(this: &Rc<RefCell<Self>>, state: &mut State) {
        let this = Rc::clone(this);
        let timer = Timer::from_duration(FORGOTTEN);
        let source = state.handle.insert_source(timer, move |_, (), state| {
            if this.borrow().forgotten {
                state.fail(anyhow!("the seat's input devices are closed to us, without a word"));
            }
            TimeoutAction::Drop
        });
        if let Err(error) = source {
            tracing::warn!("error waiting: {}", error.error);
        }
    }

    fn translate(&mut self, event: &Event, state: &State) -> (Told, Time) {
        let now = state.clock().now();
        match event {
            Event::Device(event) => (self.device(event), now),
            Event::Touch(event) => {
                let at = credible(event.time_usec(), now);
                let touch = self.touch(event, state);
                (touch.map_or(Told::Nothing, Told::Touch), at)
            }
            Event::Keyboard(KeyboardEvent::Key(event)) => {
                let at = credible(event.time_usec(), now);
                let pressed = event.key_state() == KeyState::Pressed;
                let code = self.key_code(event.device().name(), event.key());
                (Told::Key { code, pressed }, at)
            }
            Event::Pointer(event) => {
                let at = credible(event.time_usec(), now);
                let mouse = Self::mouse(event, state.screen.panel.transform);
                (mouse.map_or(Told::Nothing, Told::Mouse), at)
            }
            // Switches, tablets and touchpads' gestures mean nothing to the phone yet.
            _ => (Told::Nothing, now),
        }
    }

    fn device(&mut self, event: &DeviceEvent) -> Told {
        let device = event.device();
        let (name, id) = (device.name().to_owned(), device.sysname().to_owned());
        match event {
            DeviceEvent::Added(_) => {
                tracing::info!("input device {name:?} ({id})");
                self.open += 1;
                self.forgotten = false;
                if device.has_capability(DeviceCapability::Touch)
                    && self.profile.is_touchscreen(&name) == Some(true)
                {
                    self.own_screens.push(id);
                }
            }
            DeviceEvent::Removed(_) => {
                tracing::info!("input device {name:?} ({id}) is gone");
                self.own_screens.retain(|own| *own != id);
                self.open = self.open.saturating_sub(1);
                if self.listening && self.open == 0 && is_there(&id) {
                    self.forgotten = true;
                    return Told::Forgotten;
                }
                if device.has_capability(DeviceCapability::Pointer) {
                    return Told::NoMouse;
                }
            }
            _ => {}
        }
        Told::Nothing
    }

    fn mouse(event: &PointerEvent, panel: Transform) -> Option<Mouse> {
        Some(match event {
            PointerEvent::Motion(event) => Mouse::Moved(units::Vector::new(event.dx(), event.dy())),
            PointerEvent::MotionAbsolute(event) => {
                let on_panel: Point2D<f64, units::Logical> =
                    Point2D::new(event.absolute_x_transformed(1), event.absolute_y_transformed(1));
                let at = panel.panel_to_seen(on_panel);
                Mouse::At(at.x, at.y)
            }
            PointerEvent::Button(event) => Mouse::Button {
                code: event.button(),
                pressed: event.button_state() == ButtonState::Pressed,
            },
            PointerEvent::ScrollWheel(event) => {
                let clicks = |axis| match event.has_axis(axis) {
                    true => event.scroll_value_v120(axis).round() as i32,
                    false => 0,
                };
                let v120 = [Axis::Horizontal, Axis::Vertical].map(clicks);
                Mouse::Scrolled(scroll(event, AxisSource::Wheel, Some(v120)))
            }
            PointerEvent::ScrollFinger(event) => {
                Mouse::Scrolled(scroll(event, AxisSource::Finger, None))
            }
            PointerEvent::ScrollContinuous(event) => {
                Mouse::Scrolled(scroll(event, AxisSource::Continuous, None))
            }
            _ => return None,
        })
    }

    fn touch(&self, event: &TouchEvent, state: &State) -> Option<Touch> {
        if !self.is_the_panels(&event.device()) {
            return None;
        }
        Some(match event {
            TouchEvent::Down(event) => Touch::Down {
                slot: event.seat_slot(),
                at: self.place(&event.device(), event, state),
            },
            TouchEvent::Motion(event) => Touch::Motion {
                slot: event.seat_slot(),
                at: self.place(&event.device(), event, state),
            },
            TouchEvent::Up(event) => Touch::Up { slot: event.seat_slot() },
            TouchEvent::Cancel(_) => Touch::Cancel,
            TouchEvent::Frame(_) => Touch::Frame,
            _ => return None,
        })
    }

    /// Whether a touch device is the panel's. One that the profile does not know serves while
    /// none that it knows is there: a phone that cannot be touched is no phone.
    fn is_the_panels(&self, device: &Device) -> bool {
        self.own_screens.is_empty() || self.own_screens.iter().any(|own| own == device.sysname())
    }

    /// Where a touch is on the output as seen, logical pixels.
    fn place(
        &self,
        device: &Device,
        event: &impl TouchEventPosition,
        state: &State,
    ) -> units::Point {
        let on_screen = Point2D::new(event.x_transformed(1), event.y_transformed(1));
        // A udev rule may have told libinput already how the touchscreen is mounted.
        let axes = if is_calibrated(device) { Transform::Normal } else { self.profile.touch.axes };
        let size = state.output_size();
        seen(on_screen, axes, state.screen.panel.transform, size)
    }

    /// The usual code of a key: profiles know keys that send another one.
    fn key_code(&self, device: &str, code: u32) -> u32 {
        let role = u16::try_from(code).ok().and_then(|code| self.profile.key_role(device, code));
        match role {
            Some(KeyRole::Power) => 116,
            Some(KeyRole::VolumeUp) => 115,
            Some(KeyRole::VolumeDown) => 114,
            Some(KeyRole::Camera) => 212,
            Some(KeyRole::Lid) | None => code,
        }
    }
}

/// What an input event comes to.
enum Told {
    Nothing,
    Touch(Touch),
    Mouse(Mouse),
    NoMouse,
    Forgotten,
    Key { code: u32, pressed: bool },
}

fn scroll(event: &impl PointerScrollEvent, source: AxisSource, v120: Option<[i32; 2]>) -> Scroll {
    let value = [Axis::Horizontal, Axis::Vertical]
        .map(|axis| event.has_axis(axis).then(|| event.scroll_value(axis)));
    Scroll { source, value, v120 }
}

/// From the touchscreen's unit square to logical pixels of the output as seen.
fn seen(
    on_screen: Point2D<f64, units::Logical>,
    axes: Transform,
    panel: Transform,
    size: units::Size,
) -> units::Point {
    let on_panel = axes.panel_to_seen(on_screen);
    let at = panel.panel_to_seen(on_panel);
    units::Point::new(at.x * size.width, at.y * size.height)
}

/// Whether the kernel still has a device.
fn is_there(id: &str) -> bool {
    Path::new("/sys/class/input").join(id).exists()
}

fn is_calibrated(device: &Device) -> bool {
    const NOT: [f32; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    device.config_calibration_matrix().is_some_and(|matrix| matrix != NOT)
}

/// An event's time, unless that cannot be.
fn credible(micros: u64, now: Time) -> Time {
    let at = Time::from_micros(micros);
    if at > now || now.since(at) > OLDEST { now } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_touch_lands_where_the_user_sees_it() {
        let size = units::Size::new(360.0, 720.0);
        let at = |x, y, axes, panel| seen(Point2D::new(x, y), axes, panel, size);
        let n = Transform::Normal;
        assert_eq!(at(0.25, 0.5, n, n), units::Point::new(90.0, 360.0));
        assert_eq!(at(0.25, 0.5, Transform::Flipped, n), units::Point::new(270.0, 360.0));
        assert_eq!(at(0.0, 0.25, n, Transform::R180), units::Point::new(360.0, 540.0));
        // Mounted upside down, and so is the panel: they agree.
        let both = at(0.25, 0.5, Transform::R180, Transform::R180);
        assert_eq!(both, units::Point::new(90.0, 360.0));
    }

    #[test]
    fn times_that_cannot_be_are_now() {
        let now = Time::from_millis(10_000);
        assert_eq!(credible(9_990_000, now), Time::from_micros(9_990_000));
        assert_eq!(credible(0, now), now);
        assert_eq!(credible(10_000_001, now), now);
    }
}
