//! The eight ways a panel's picture can be turned, as `wl_output.transform` names them.

use euclid::{Point2D, Size2D};
use serde::{Deserialize, Serialize};

/// How content is turned before it reaches the panel: first mirrored at the vertical axis (for
/// the flipped ones), then turned counter-clockwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Transform {
    /// As the panel is mounted.
    #[default]
    #[serde(rename = "normal")]
    Normal,
    /// A quarter turn.
    #[serde(rename = "90")]
    R90,
    /// Half a turn.
    #[serde(rename = "180")]
    R180,
    /// Three quarters of a turn.
    #[serde(rename = "270")]
    R270,
    /// Mirrored.
    #[serde(rename = "flipped")]
    Flipped,
    /// Mirrored, then a quarter turn.
    #[serde(rename = "flipped-90")]
    Flipped90,
    /// Mirrored, then half a turn.
    #[serde(rename = "flipped-180")]
    Flipped180,
    /// Mirrored, then three quarters of a turn.
    #[serde(rename = "flipped-270")]
    Flipped270,
}

impl Transform {
    /// All eight, in the order of the protocol's numbers.
    pub const ALL: [Self; 8] = [
        Self::Normal,
        Self::R90,
        Self::R180,
        Self::R270,
        Self::Flipped,
        Self::Flipped90,
        Self::Flipped180,
        Self::Flipped270,
    ];

    /// Whether width and height change places.
    pub const fn swaps_axes(self) -> bool {
        matches!(self, Self::R90 | Self::R270 | Self::Flipped90 | Self::Flipped270)
    }

    /// The size that the user sees of a panel of `panel` size.
    pub fn seen_size<T: Copy, U>(self, panel: Size2D<T, U>) -> Size2D<T, U> {
        if self.swaps_axes() { Size2D::new(panel.height, panel.width) } else { panel }
    }

    /// Where the user sees the panel's point `p`; both in the unit square, origin top left.
    pub fn panel_to_seen<U>(self, p: Point2D<f64, U>) -> Point2D<f64, U> {
        let (x, y) = (p.x, p.y);
        let (x, y) = match self {
            Self::Normal => (x, y),
            Self::R90 => (1.0 - y, x),
            Self::R180 => (1.0 - x, 1.0 - y),
            Self::R270 => (y, 1.0 - x),
            Self::Flipped => (1.0 - x, y),
            Self::Flipped90 => (y, x),
            Self::Flipped180 => (x, 1.0 - y),
            Self::Flipped270 => (1.0 - y, 1.0 - x),
        };
        Point2D::new(x, y)
    }

    /// Inverse of [`Self::panel_to_seen`].
    pub fn seen_to_panel<U>(self, p: Point2D<f64, U>) -> Point2D<f64, U> {
        self.inverse().panel_to_seen(p)
    }

    /// The transform that undoes this one.
    pub const fn inverse(self) -> Self {
        match self {
            Self::R90 => Self::R270,
            Self::R270 => Self::R90,
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn going_to_the_panel_and_back_changes_nothing() {
        for t in Transform::ALL {
            let p = Point2D::<f64, ()>::new(0.25, 0.1);
            let back = t.panel_to_seen(t.seen_to_panel(p));
            assert!((back - p).length() < 1e-12, "{t:?}");
        }
    }

    #[test]
    fn content_turned_counter_clockwise_puts_the_panels_top_at_the_users_right() {
        let top = Point2D::<f64, ()>::new(0.5, 0.0);
        assert_eq!(Transform::R90.panel_to_seen(top), Point2D::new(1.0, 0.5));
    }
}
