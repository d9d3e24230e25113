//! A mouse on a phone: its left button is a finger; hovering, the wheel and the other buttons go
//! to the client under it, if that is seen as it is.
//!
//! So everything that fingers do works with a mouse, and what only a mouse does is not lost. The
//! cursor is a fingertip of ours; clients' cursors are not shown.

use scene::{Color, DrawItem, DrawList, NodeId, Paint, Raster};
use shell::{Event, Touch};
use smithay::{
    backend::input::{Axis, AxisSource, ButtonState},
    input::pointer::{AxisFrame, ButtonEvent, MotionEvent, PointerHandle},
    reexports::wayland_server::protocol::wl_surface::WlSurface,
    utils::{Logical, Point, SERIAL_COUNTER},
};
use units::{PhysicalPoint, PhysicalRect, PhysicalSize, Time};

use crate::{
    State,
    render::{Leaf, Leaves as _},
};

/// The finger that the left button is; no touchscreen has so many.
const SLOT: u32 = 64;
const LEFT_BUTTON: u32 = 0x110;
/// The fingertip, logical pixels across.
const CURSOR: f64 = 18.0;

/// See the module's documentation.
pub(crate) struct Pointer {
    handle: PointerHandle<State>,
    /// Where it is on the output as seen, logical pixels; `None` while it is hidden.
    at: Option<units::Point>,
    /// Whether the left button is a finger on the glass now.
    pressed: bool,
    /// What was shown last, the front first.
    areas: Vec<Area>,
}

/// Something that covers what is behind it.
struct Area {
    dst: PhysicalRect,
    clip: PhysicalRect,
    /// The client's leaf, if it is seen as it is.
    leaf: Option<Leaf>,
}

/// What a mouse did.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mouse {
    /// It moved by so many logical pixels.
    Moved(units::Vector),
    /// It is there, in the unit square of the output as seen.
    At(f64, f64),
    /// A button, by its evdev code.
    Button { code: u32, pressed: bool },
    /// Its wheel, or two fingers on a touchpad.
    Scrolled(Scroll),
}

/// A scroll, horizontally and vertically.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scroll {
    pub(crate) source: AxisSource,
    /// As far as a cursor would move; `None` for an axis that was not used.
    pub(crate) value: [Option<f64>; 2],
    /// In 120ths of a click, from wheels.
    pub(crate) v120: Option<[i32; 2]>,
}

impl Pointer {
    pub(crate) fn new(handle: PointerHandle<State>) -> Self {
        Self { handle, at: None, pressed: false, areas: Vec::new() }
    }

    /// Puts the cursor on top of what is to be drawn, and remembers what it is over.
    pub(crate) fn draw(&mut self, list: &mut DrawList<Leaf>, scale: f64) {
        self.areas.clear();
        let Some(at) = self.at else { return };
        self.areas.extend(list.items.iter().filter(|item| item.alpha > 0.0).map(area));
        list.items.splice(0..0, cursor(at, scale));
    }

    /// The client's leaf under the cursor, and which part of its rectangle, in the unit square.
    fn under(&self, scale: f64) -> Option<(Leaf, [f64; 2])> {
        let at = self.at?;
        let point = units::Point::new(at.x * scale, at.y * scale);
        let pixel = PhysicalPoint::new(point.x.floor() as i32, point.y.floor() as i32);
        let hit = |area: &&Area| area.dst.contains(pixel) && area.clip.contains(pixel);
        let area = self.areas.iter().find(hit)?;
        let part = |at: f64, from: i32, length: i32| (at - f64::from(from)) / f64::from(length);
        let x = part(point.x, area.dst.min_x(), area.dst.width());
        let y = part(point.y, area.dst.min_y(), area.dst.height());
        Some((area.leaf?, [x, y]))
    }
}

impl State {
    /// A mouse did something.
    pub(crate) fn mouse(&mut self, did: Mouse, time: Time) {
        let size = self.output_size();
        let old = self.input.pointer.at;
        match did {
            Mouse::Moved(by) => {
                let from = old.unwrap_or_else(|| (size / 2.0).to_vector().to_point());
                self.move_pointer(from + by, time);
            }
            Mouse::At(x, y) => {
                self.move_pointer(units::Point::new(x * size.width, y * size.height), time);
            }
            Mouse::Button { code: LEFT_BUTTON, pressed } => self.press(pressed, time),
            Mouse::Button { code, pressed } => {
                self.tell_at(Event::UserActivity, time);
                let state = if pressed { ButtonState::Pressed } else { ButtonState::Released };
                let serial = SERIAL_COUNTER.next_serial();
                let time = time.wayland_millis();
                let handle = self.input.pointer.handle.clone();
                handle.button(self, &ButtonEvent { serial, time, button: code, state });
                handle.frame(self);
            }
            Mouse::Scrolled(scroll) => {
                self.tell_at(Event::UserActivity, time);
                let handle = self.input.pointer.handle.clone();
                handle.axis(self, scroll.frame(time));
                handle.frame(self);
            }
        }
    }

    /// A finger touched the glass, or the mouse is gone: the cursor goes.
    pub(crate) fn hide_pointer(&mut self, time: Time) {
        if self.input.pointer.at.take().is_none() {
            return;
        }
        if std::mem::take(&mut self.input.pointer.pressed) {
            self.tell_at(Event::Touch(Touch::Cancel), time);
        }
        self.hover(time);
        self.queue_redraw();
    }

    fn move_pointer(&mut self, to: units::Point, time: Time) {
        let size = self.output_size();
        let last = |side: f64| (side - 1.0).max(0.0);
        let to = units::Point::new(
            to.x.clamp(0.0, last(size.width)),
            to.y.clamp(0.0, last(size.height)),
        );
        if self.input.pointer.at == Some(to) {
            return;
        }
        self.input.pointer.at = Some(to);
        if self.input.pointer.pressed {
            self.tell_at(Event::Touch(Touch::Motion { slot: SLOT, at: to }), time);
            self.tell_at(Event::Touch(Touch::Frame), time);
        } else {
            self.hover(time);
        }
        self.queue_redraw();
    }

    fn press(&mut self, pressed: bool, time: Time) {
        let Some(at) = self.input.pointer.at else {
            // A first click shows where the cursor is.
            let middle = (self.output_size() / 2.0).to_vector().to_point();
            return self.move_pointer(middle, time);
        };
        if self.input.pointer.pressed == pressed {
            return;
        }
        self.input.pointer.pressed = pressed;
        let touch = if pressed { Touch::Down { slot: SLOT, at } } else { Touch::Up { slot: SLOT } };
        // A client that is touched is not hovered over.
        self.hover(time);
        self.tell_at(Event::Touch(touch), time);
        self.tell_at(Event::Touch(Touch::Frame), time);
    }

    /// Tells the client under the cursor where that is, and the one before that it has left.
    fn hover(&mut self, time: Time) {
        let focus = if self.input.pointer.pressed { None } else { self.hovered() };
        let location = focus.as_ref().map_or_else(Point::default, |hovered| hovered.at);
        let event = MotionEvent {
            location,
            serial: SERIAL_COUNTER.next_serial(),
            time: time.wayland_millis(),
        };
        let handle = self.input.pointer.handle.clone();
        let focus = focus.map(|hovered| (hovered.surface, hovered.origin));
        handle.motion(self, focus, &event);
        handle.frame(self);
    }

    /// What is under the cursor.
    fn hovered(&self) -> Option<Hovered> {
        let (leaf, [x, y]) = self.input.pointer.under(self.screen.panel.scale)?;
        // What was shown last may be from before the phone was locked.
        if self.host.shell().is_locked() && !matches!(leaf, Leaf::Lock(_)) {
            return None;
        }
        let size = self.windows.trees(leaf)?.size;
        let at = Point::from((x * f64::from(size.w), y * f64::from(size.h)));
        let (surface, origin) = self.windows.surface_at(leaf, at)?;
        Some(Hovered { surface, origin, at })
    }
}

/// A surface under the cursor; places are logical pixels of its leaf.
struct Hovered {
    surface: WlSurface,
    /// Where its own origin is.
    origin: Point<f64, Logical>,
    /// Where the cursor is.
    at: Point<f64, Logical>,
}

impl Scroll {
    fn frame(&self, time: Time) -> AxisFrame {
        let mut frame = AxisFrame::new(time.wayland_millis()).source(self.source);
        for (index, axis) in [Axis::Horizontal, Axis::Vertical].into_iter().enumerate() {
            let Some(value) = self.value[index] else { continue };
            if let Some(v120) = self.v120 {
                frame = frame.v120(axis, v120[index]);
            }
            frame = if value == 0.0 && self.source == AxisSource::Finger {
                frame.stop(axis)
            } else {
                frame.value(axis, value)
            };
        }
        frame
    }
}

fn area(item: &DrawItem<Leaf>) -> Area {
    let leaf = match item.paint {
        Paint::Surface { surface, radius: 0 } => Some(surface),
        _ => None,
    };
    Area { dst: item.dst, clip: item.clip, leaf }
}

/// A white fingertip with a dark rim, to be seen on anything.
fn cursor(at: units::Point, scale: f64) -> [DrawItem<Leaf>; 2] {
    let disc = |part: &str, across: f64, color: Color, alpha: f32| {
        let side = ((across * scale).round() as i32).max(1);
        let corner = |at: f64| (at * scale).round() as i32 - side / 2;
        let dst = PhysicalRect::new(
            PhysicalPoint::new(corner(at.x), corner(at.y)),
            PhysicalSize::new(side, side),
        );
        let raster = Raster::RoundRect {
            size: (side.unsigned_abs(), side.unsigned_abs()),
            radius: side.unsigned_abs() / 2,
            color,
        };
        DrawItem { id: NodeId::new(part), paint: Paint::Raster(raster), dst, clip: dst, alpha }
    };
    [disc("cursor", CURSOR, Color::WHITE, 0.9), disc("cursor-rim", CURSOR + 4.0, Color::BLACK, 0.5)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_is_centred_where_the_mouse_points_at_any_scale() {
        for scale in [1.0, 1.5, 3.0] {
            for item in cursor(units::Point::new(100.0, 40.0), scale) {
                let middle = item.dst.center();
                assert!((f64::from(middle.x) - 100.0 * scale).abs() <= 1.0, "{scale}: {middle:?}");
                assert!((f64::from(middle.y) - 40.0 * scale).abs() <= 1.0, "{scale}: {middle:?}");
            }
        }
    }

    #[test]
    fn a_scroll_that_ends_says_so_and_a_wheel_counts_clicks() {
        let at = Time::from_millis(5);
        let value = [None, Some(15.0)];
        let wheel = Scroll { source: AxisSource::Wheel, value, v120: Some([0, 120]) };
        let frame = wheel.frame(at);
        assert_eq!((frame.axis, frame.v120), ((0.0, 15.0), Some((0, 120))));
        let ended = Scroll { source: AxisSource::Finger, value: [None, Some(0.0)], v120: None };
        assert_eq!(ended.frame(at).stop, (false, true));
    }
}
