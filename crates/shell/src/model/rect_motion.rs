//! A rectangle carried by springs.

use units::{Motion, Point, Rect, Size, Spring, Time, Vector};

/// A rectangle that rests, follows a finger, or is carried to a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RectMotion {
    x: Motion,
    y: Motion,
    width: Motion,
    height: Motion,
}

impl RectMotion {
    pub(crate) fn still(rect: Rect) -> Self {
        Self {
            x: Motion::still(rect.min_x()),
            y: Motion::still(rect.min_y()),
            width: Motion::still(rect.width()),
            height: Motion::still(rect.height()),
        }
    }

    pub(crate) fn hold(&mut self, rect: Rect) {
        *self = Self::still(rect);
    }

    pub(crate) fn go(&mut self, rect: Rect, spring: Spring, now: Time) {
        self.each(rect, |motion, target| motion.go(target, spring, now));
    }

    /// Lets go with `velocity` in logical pixels a second.
    pub(crate) fn fling(&mut self, rect: Rect, velocity: Vector, spring: Spring, now: Time) {
        self.x.fling(rect.min_x(), velocity.x, spring, now);
        self.y.fling(rect.min_y(), velocity.y, spring, now);
        self.width.go(rect.width(), spring, now);
        self.height.go(rect.height(), spring, now);
    }

    pub(crate) fn target(&self) -> Rect {
        self.read(Motion::target)
    }

    pub(crate) fn value(&self, now: Time) -> Rect {
        self.read(|motion| motion.value(now))
    }

    pub(crate) fn motions(&self) -> [&Motion; 4] {
        [&self.x, &self.y, &self.width, &self.height]
    }

    fn each(&mut self, rect: Rect, mut apply: impl FnMut(&mut Motion, f64)) {
        apply(&mut self.x, rect.min_x());
        apply(&mut self.y, rect.min_y());
        apply(&mut self.width, rect.width());
        apply(&mut self.height, rect.height());
    }

    fn read(&self, value: impl Fn(&Motion) -> f64) -> Rect {
        let size = Size::new(value(&self.width).max(1.0), value(&self.height).max(1.0));
        Rect::new(Point::new(value(&self.x), value(&self.y)), size)
    }
}
