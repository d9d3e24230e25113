//! Where the edges are, and which of them a finger means.

use std::ops::BitOr;

use serde::{Deserialize, Serialize};
use units::{Density, Point, Size, Vector, VectorMm};

/// Left or right, as the user sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Side {
    /// Left.
    Left,
    /// Right.
    Right,
}

/// An edge that gestures begin at, as the user sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Edge {
    /// The left one.
    Left,
    /// The right one.
    Right,
    /// The middle of the top one.
    Top,
    /// The end of the top one at that side.
    TopCorner(Side),
    /// The bottom one.
    Bottom,
}

impl Edge {
    /// Unit vector from the edge into the picture.
    pub fn inward(self) -> Vector {
        match self {
            Self::Left => Vector::new(1.0, 0.0),
            Self::Right => Vector::new(-1.0, 0.0),
            Self::Top | Self::TopCorner(_) => Vector::new(0.0, 1.0),
            Self::Bottom => Vector::new(0.0, -1.0),
        }
    }
}

/// A set of edges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Edges(u8);

impl Edges {
    /// No edge.
    pub const NONE: Self = Self(0);
    /// The left edge.
    pub const LEFT: Self = Self(1);
    /// The right edge.
    pub const RIGHT: Self = Self(1 << 1);
    /// The top edge, with its corners where [`Self::CORNERS`] is not in the set.
    pub const TOP: Self = Self(1 << 2);
    /// Both ends of the top edge.
    pub const CORNERS: Self = Self(1 << 3);
    /// The bottom edge.
    pub const BOTTOM: Self = Self(1 << 4);
    /// Every edge.
    pub const ALL: Self = Self(0b1_1111);

    /// Whether all of `other` is in the set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The set less `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl BitOr for Edges {
    type Output = Self;

    fn bitor(self, rhs: Self) -> Self {
        Self(self.0 | rhs.0)
    }
}

/// How wide the edge zones are, in millimetres; zero switches one off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EdgeWidths {
    /// At the left.
    pub left: f64,
    /// At the right.
    pub right: f64,
    /// At the top, corners included.
    pub top: f64,
    /// At the bottom.
    pub bottom: f64,
}

impl EdgeWidths {
    /// The same width, in millimetres, all around.
    pub const fn uniform(mm: f64) -> Self {
        Self { left: mm, right: mm, top: mm, bottom: mm }
    }
}

/// The glass that fingers move on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Geometry {
    /// Size of the output as the user sees it, in logical pixels.
    pub size: Size,
    /// Millimetres on the glass of one logical pixel.
    pub density: Density,
    /// The edge zones. Each is cut down to a quarter of the picture.
    pub edges: EdgeWidths,
    /// Length of the corner zones along the top edge, in millimetres; at least
    /// [`Self::MIN_CORNER_MM`], but never more than a third of the edge.
    pub corner_mm: f64,
}

impl Geometry {
    /// A thumb cannot aim at less.
    pub const MIN_CORNER_MM: f64 = 10.0;
    /// Used where the density makes no sense: 160 logical pixels an inch.
    pub const FALLBACK_DENSITY: f64 = 25.4 / 160.0;

    /// The same with what makes no sense replaced by what does: a broken panel size or density
    /// must cost precision, not the touchscreen.
    pub(crate) fn sanitised(self) -> Self {
        let positive = |v: f64| if v.is_finite() && v > 0.0 { v } else { 0.0 };
        let density = match self.density.get() {
            mm if mm.is_finite() && (1e-3..=1e2).contains(&mm) => mm,
            _ => Self::FALLBACK_DENSITY,
        };
        let size = Size::new(positive(self.size.width), positive(self.size.height));
        let (width, height) = (size.width * density, size.height * density);
        Self {
            size,
            density: Density::new(density),
            edges: EdgeWidths {
                left: positive(self.edges.left).min(width / 4.0),
                right: positive(self.edges.right).min(width / 4.0),
                top: positive(self.edges.top).min(height / 4.0),
                bottom: positive(self.edges.bottom).min(height / 4.0),
            },
            corner_mm: positive(self.corner_mm).max(Self::MIN_CORNER_MM).min(width / 3.0),
        }
    }

    /// A way on the glass, in millimetres.
    pub(crate) fn to_mm(self, way: Vector) -> VectorMm {
        way * self.density
    }
}

/// The one or, where two strips cross, two edges that a finger may mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Zone {
    beside: Option<Edge>,
    above_or_below: Option<Edge>,
}

impl Zone {
    /// The zone at `at`, if any of `active` has one there. `geometry` must be sanitised.
    pub(crate) fn at(geometry: &Geometry, active: Edges, at: Point) -> Option<Self> {
        let mm = geometry.density.get();
        let (left, right) = (at.x * mm, (geometry.size.width - at.x) * mm);
        let (top, bottom) = (at.y * mm, (geometry.size.height - at.y) * mm);
        let within = |distance: f64, width: f64, edge: Edges| {
            width > 0.0 && distance < width && active.contains(edge)
        };
        let widths = geometry.edges;

        let beside = if within(left, widths.left, Edges::LEFT) {
            Some(Edge::Left)
        } else if within(right, widths.right, Edges::RIGHT) {
            Some(Edge::Right)
        } else {
            None
        };
        let above_or_below = if within(top, widths.top, Edges::CORNERS) && left < geometry.corner_mm
        {
            Some(Edge::TopCorner(Side::Left))
        } else if within(top, widths.top, Edges::CORNERS) && right < geometry.corner_mm {
            Some(Edge::TopCorner(Side::Right))
        } else if within(top, widths.top, Edges::TOP) {
            Some(Edge::Top)
        } else if within(bottom, widths.bottom, Edges::BOTTOM) {
            Some(Edge::Bottom)
        } else {
            None
        };
        (beside.is_some() || above_or_below.is_some()).then_some(Self { beside, above_or_below })
    }

    /// The edge from which `way` leads inward, deviating by at most `angle_deg`.
    pub(crate) fn meant(self, way: VectorMm, angle_deg: f64) -> Option<Edge> {
        let least = way.length() * angle_deg.to_radians().cos();
        [self.beside, self.above_or_below]
            .into_iter()
            .flatten()
            .map(|edge| (edge, along(edge, way)))
            .filter(|&(_, inward)| inward >= least)
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(edge, _)| edge)
    }
}

/// The part of `way` that leads inward from `edge`, in millimetres.
pub(crate) fn along(edge: Edge, way: VectorMm) -> f64 {
    edge.inward().cast_unit().dot(way)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 60 x 120 mm, ten logical pixels a millimetre, zones of 4 mm, corners of 12 mm.
    fn geometry() -> Geometry {
        Geometry {
            size: Size::new(600.0, 1200.0),
            density: Density::new(0.1),
            edges: EdgeWidths::uniform(4.0),
            corner_mm: 12.0,
        }
        .sanitised()
    }

    fn meant(from: (f64, f64), way: (f64, f64), active: Edges) -> Option<Edge> {
        Zone::at(&geometry(), active, Point::new(from.0, from.1))?
            .meant(VectorMm::new(way.0, way.1), 50.0)
    }

    #[test]
    fn each_strip_of_glass_belongs_to_its_edge() {
        let cases = [
            ((10.0, 600.0), (3.0, 0.0), Some(Edge::Left)),
            ((590.0, 600.0), (-3.0, 0.0), Some(Edge::Right)),
            ((300.0, 10.0), (0.0, 3.0), Some(Edge::Top)),
            ((300.0, 1190.0), (0.0, -3.0), Some(Edge::Bottom)),
            ((119.0, 39.0), (0.0, 3.0), Some(Edge::TopCorner(Side::Left))),
            ((121.0, 39.0), (0.0, 3.0), Some(Edge::Top)),
            ((481.0, 39.0), (0.0, 3.0), Some(Edge::TopCorner(Side::Right))),
            ((41.0, 600.0), (3.0, 0.0), None),
            ((300.0, 600.0), (3.0, 0.0), None),
        ];
        for (from, way, edge) in cases {
            assert_eq!(meant(from, way, Edges::ALL), edge, "from {from:?} by {way:?}");
        }
    }

    #[test]
    fn where_two_strips_cross_the_way_tells_which_is_meant() {
        // Both angles are within the limit: the nearer direction is meant.
        assert_eq!(meant((10.0, 10.0), (3.0, 2.7), Edges::ALL), Some(Edge::Left));
        assert_eq!(meant((10.0, 10.0), (2.7, 3.0), Edges::ALL), Some(Edge::TopCorner(Side::Left)));
        assert_eq!(meant((590.0, 1190.0), (-1.0, -3.0), Edges::ALL), Some(Edge::Bottom));
        assert_eq!(meant((590.0, 1190.0), (-3.0, -1.0), Edges::ALL), Some(Edge::Right));
    }

    #[test]
    fn an_inactive_edge_has_no_zone_and_inactive_corners_fall_to_the_top() {
        assert_eq!(meant((10.0, 600.0), (3.0, 0.0), Edges::ALL.without(Edges::LEFT)), None);
        assert_eq!(meant((10.0, 10.0), (0.0, 3.0), Edges::TOP), Some(Edge::Top));
        assert_eq!(meant((300.0, 10.0), (0.0, 3.0), Edges::CORNERS), None);
    }

    #[test]
    fn a_geometry_that_makes_no_sense_has_no_zones_but_does_no_harm() {
        let broken = Geometry {
            size: Size::new(f64::NAN, -3.0),
            density: Density::new(0.0),
            edges: EdgeWidths::uniform(f64::INFINITY),
            corner_mm: f64::NAN,
        }
        .sanitised();
        assert_eq!(broken.density.get(), Geometry::FALLBACK_DENSITY);
        assert_eq!(Zone::at(&broken, Edges::ALL, Point::new(0.0, 0.0)), None);
    }

    #[test]
    fn zones_never_eat_the_whole_of_a_small_window() {
        let small = Geometry { size: Size::new(60.0, 60.0), ..geometry() }.sanitised();
        assert_eq!(Zone::at(&small, Edges::ALL, Point::new(30.0, 30.0)), None);
        let middle = Zone::at(&small, Edges::ALL, Point::new(30.0, 5.0));
        assert_eq!(middle.and_then(|z| z.meant(VectorMm::new(0.0, 3.0), 50.0)), Some(Edge::Top));
    }
}
