//! Units that every room shares: typed coordinates, the eight output transforms, time and motion.
//!
//! Principles
//! - A number always carries its space: [`Logical`] pixels (what layout speaks), [`Physical`]
//!   pixels (what the panel has), [`Millimetres`] (what a finger feels).
//! - Nothing here asks the operating system for the time; [`Time`] is handed in.
//!
//! Not here: anything that draws, any Wayland type.

mod motion;
mod time;
mod transform;

pub use euclid;
pub use motion::{Motion, Spring, ease_in_out, ease_out};
pub use time::Time;
pub use transform::Transform;

/// Marker of logical pixels: physical pixels divided by the output's scale, after its transform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Logical {}
/// Marker of physical pixels of an output, after its transform (so as seen by the user).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Physical {}
/// Marker of millimetres on the glass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Millimetres {}

/// A position in logical pixels.
pub type Point = euclid::Point2D<f64, Logical>;
/// A distance in logical pixels.
pub type Vector = euclid::Vector2D<f64, Logical>;
/// A size in logical pixels.
pub type Size = euclid::Size2D<f64, Logical>;
/// A rectangle in logical pixels.
pub type Rect = euclid::Rect<f64, Logical>;
/// Distances from the four sides, in logical pixels.
pub type Insets = euclid::SideOffsets2D<f64, Logical>;

/// A position in physical pixels.
pub type PhysicalPoint = euclid::Point2D<i32, Physical>;
/// A size in physical pixels.
pub type PhysicalSize = euclid::Size2D<i32, Physical>;
/// A rectangle in physical pixels.
pub type PhysicalRect = euclid::Rect<i32, Physical>;

/// A position in millimetres on the glass.
pub type PointMm = euclid::Point2D<f64, Millimetres>;
/// A distance in millimetres on the glass.
pub type VectorMm = euclid::Vector2D<f64, Millimetres>;
/// A size in millimetres.
pub type SizeMm = euclid::Size2D<f64, Millimetres>;

/// Logical pixels to physical ones: multiply by this.
pub type Scale = euclid::Scale<f64, Logical, Physical>;
/// Logical pixels to millimetres: multiply by this.
pub type Density = euclid::Scale<f64, Logical, Millimetres>;

/// Rounds `rect` to whole physical pixels so that neighbours which touch keep touching: every
/// edge is rounded on its own, never a width.
pub fn snap(rect: Rect, scale: Scale) -> PhysicalRect {
    let edge = |logical: f64| (logical * scale.get()).round() as i32;
    let (x0, y0) = (edge(rect.min_x()), edge(rect.min_y()));
    let (x1, y1) = (edge(rect.max_x()), edge(rect.max_y()));
    PhysicalRect::new(PhysicalPoint::new(x0, y0), PhysicalSize::new(x1 - x0, y1 - y0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapped_neighbours_keep_touching_at_fractional_scales() {
        for tenths in 10..40 {
            let scale = Scale::new(f64::from(tenths) / 10.0);
            for step in 0..50 {
                let x = f64::from(step) * 7.3;
                let left = snap(Rect::new(Point::new(x, 0.0), Size::new(7.3, 1.0)), scale);
                let right = snap(Rect::new(Point::new(x + 7.3, 0.0), Size::new(7.3, 1.0)), scale);
                assert_eq!(left.max_x(), right.min_x());
            }
        }
    }
}
