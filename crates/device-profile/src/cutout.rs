//! Holes in the panel.

use units::{PhysicalPoint, PhysicalRect, PhysicalSize, Transform, euclid::Point2D};

/// A part of the panel that shows nothing: a notch, a camera's hole.
#[derive(Clone, Debug, PartialEq)]
pub struct Cutout {
    /// What to keep clear of.
    pub shape: Shape,
    /// How well the shape follows the real one.
    pub precision: Precision,
    /// The outline as SVG path data, if known; in pixels of the panel as it is mounted.
    pub path: Option<String>,
}

/// The form of a cutout, in physical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A rectangle.
    Rect(PhysicalRect),
    /// A disc.
    Circle {
        /// Its middle.
        center: PhysicalPoint,
        /// Its radius, in pixels.
        radius: i32,
    },
}

/// How well a shape follows the real cutout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// It contains the cutout: good for keeping clear, not for drawing around.
    Box,
    /// It is the cutout.
    Outline,
}

impl Cutout {
    /// The smallest rectangle that contains it, in physical pixels.
    pub fn bounds(&self) -> PhysicalRect {
        self.shape.bounds()
    }
}

impl Shape {
    pub(crate) fn bounds(self) -> PhysicalRect {
        match self {
            Self::Rect(rect) => rect,
            Self::Circle { center, radius } => PhysicalRect::new(
                PhysicalPoint::new(center.x - radius, center.y - radius),
                PhysicalSize::new(2 * radius, 2 * radius),
            ),
        }
    }

    /// The same on the picture as the user sees it, from the `panel` as it is mounted.
    pub(crate) fn seen(self, panel: PhysicalSize, transform: Transform) -> Self {
        match self {
            Self::Rect(rect) => {
                let a = seen_point(rect.min(), panel, transform);
                let b = seen_point(rect.max(), panel, transform);
                let (min, max) = (a.min(b), a.max(b));
                Self::Rect(PhysicalRect::new(min, (max - min).to_size()))
            }
            Self::Circle { center, radius } => {
                Self::Circle { center: seen_point(center, panel, transform), radius }
            }
        }
    }
}

fn seen_point(p: PhysicalPoint, panel: PhysicalSize, transform: Transform) -> PhysicalPoint {
    let part = |v: i32, whole: i32| f64::from(v) / f64::from(whole);
    let unit = Point2D::new(part(p.x, panel.width), part(p.y, panel.height));
    let unit: Point2D<f64, units::Physical> = transform.panel_to_seen(unit);
    let seen = transform.seen_size(panel);
    let whole = |v: f64, whole: i32| (v * f64::from(whole)).round() as i32;
    PhysicalPoint::new(whole(unit.x, seen.width), whole(unit.y, seen.height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notch_of_a_turned_panel_goes_where_the_user_sees_it() {
        let panel = PhysicalSize::new(1000, 2000);
        let notch =
            Shape::Rect(PhysicalRect::new(PhysicalPoint::new(400, 0), PhysicalSize::new(200, 80)));
        let seen = notch.seen(panel, Transform::R90).bounds();
        assert_eq!(seen.origin, PhysicalPoint::new(1920, 400));
        assert_eq!(seen.size, PhysicalSize::new(80, 200));
        assert_eq!(notch.seen(panel, Transform::Normal), notch);
    }

    #[test]
    fn a_hole_keeps_its_radius() {
        let panel = PhysicalSize::new(1000, 2000);
        let hole = Shape::Circle { center: PhysicalPoint::new(100, 50), radius: 30 };
        assert_eq!(
            hole.seen(panel, Transform::R180),
            Shape::Circle { center: PhysicalPoint::new(900, 1950), radius: 30 }
        );
        assert_eq!(hole.bounds().size, PhysicalSize::new(60, 60));
    }
}
