//! Where things are on this panel: what every view and the model share. Logical pixels.

use scene::layout;
use units::{Density, Insets, Point, Rect, Size};

use crate::{
    OutputInfo,
    tokens::{BAR, GAP, MARGIN, TARGET, TARGET_MM, UNIT},
};

/// Covers beside each other on home at most.
const MOST_COLUMNS: usize = 4;

/// The panel's parts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Geometry {
    /// All of it.
    pub(crate) screen: Rect,
    /// The status bar.
    pub(crate) bar: Rect,
    /// The line of the status bar that its items stand on: beside cutouts, within round corners.
    pub(crate) bar_line: Rect,
    /// What an application in front gets.
    pub(crate) area: Rect,
    /// Where the shell's own content may stand: below the bar, off cutouts and round corners.
    pub(crate) content: Rect,
    /// Where the panel has no pixels.
    pub(crate) cutouts: Vec<Rect>,
    pub(crate) density: Density,
    /// Least side of what can be touched.
    pub(crate) target: f64,
}

impl Geometry {
    /// The parts of `output` whose sides lose `taken` to layer-shell surfaces.
    pub(crate) fn new(output: &OutputInfo, taken: Insets) -> Self {
        let side = |length: f64| if length.is_finite() { length.clamp(1.0, 32_768.0) } else { 1.0 };
        let size = Size::new(side(output.size.width), side(output.size.height));
        let screen = Rect::from_size(size);
        let safe = limited(output.safe, size);
        let taken = limited(taken, size);
        let density = match output.density {
            mm if mm.is_finite() && (0.01..10.0).contains(&mm) => mm,
            _ => gesture::Geometry::FALLBACK_DENSITY,
        };
        let corner = if output.corner_radius.is_finite() {
            output.corner_radius.clamp(0.0, size.width.min(size.height) / 2.0)
        } else {
            0.0
        };

        let notch =
            output.cutouts.iter().filter(|cut| cut.min_y() < BAR && cut.width() < size.width / 2.0);
        let notch = notch.map(|cut| cut.max_y().min(size.height / 4.0)).fold(0.0, f64::max);
        // Beside a notch there is room for the bar; without one, the bar stands below what the
        // corners take.
        let (above, height) =
            if notch > 0.0 { (0.0, BAR.max(notch + 2.0).max(safe.top)) } else { (safe.top, BAR) };
        let (bar, below) = layout::cut_top(screen, above + height);
        let text_top = above + height / 2.0 - 9.0;
        let pad = (2.0 * UNIT).max(corner_inset(corner, text_top) + UNIT / 2.0);
        let bar_line = inner(bar, Insets::new(above, pad.max(safe.right), 0.0, pad.max(safe.left)));

        let beside = |near: bool| {
            output.cutouts.iter().any(|cut| {
                let at_side = if near { cut.min_x() < 1.0 } else { cut.max_x() > size.width - 1.0 };
                at_side && cut.max_y() > bar.max_y()
            })
        };
        let left = if beside(true) { safe.left } else { 0.0 };
        let right = if beside(false) { safe.right } else { 0.0 };
        let rest = Insets::new(
            (taken.top - bar.max_y()).max(0.0),
            taken.right.max(right),
            taken.bottom,
            taken.left.max(left),
        );
        let area = inner(below, rest);
        let content = inner(below, Insets::new(0.0, safe.right, safe.bottom, safe.left));
        Self {
            screen,
            bar,
            bar_line,
            area,
            content,
            cutouts: output.cutouts.clone(),
            density: Density::new(density),
            target: TARGET.max(TARGET_MM / density).min(size.width / 4.0),
        }
    }

    pub(crate) fn is_landscape(&self) -> bool {
        self.screen.width() > self.screen.height()
    }

    pub(crate) fn mm(&self, logical: f64) -> f64 {
        logical * self.density.get()
    }

    pub(crate) fn logical(&self, mm: f64) -> f64 {
        mm / self.density.get()
    }

    /// Where home's buttons stand: within reach of a thumb.
    pub(crate) fn home_buttons(&self) -> Rect {
        let (_, above_edge) = layout::cut_bottom(self.content, 2.0 * UNIT);
        let (strip, _) = layout::cut_bottom(above_edge, self.target);
        inner(strip, Insets::new(0.0, MARGIN, 0.0, MARGIN))
    }

    /// Where home's covers stand before they are scrolled.
    pub(crate) fn covers_area(&self) -> Rect {
        let (_, rest) = layout::cut_top(self.content, 2.0 * UNIT);
        let bottom = rest.max_y() - self.home_buttons().min_y() + 2.0 * UNIT;
        inner(rest, Insets::new(0.0, MARGIN, bottom, MARGIN))
    }

    /// The places of `count` covers on home, and how far they can be scrolled: in the aspect of
    /// the application area, as large as all of them can be in 2 to 4 columns; so many that they
    /// would be tiny are scrolled instead.
    pub(crate) fn cover_places(&self, count: usize) -> (Vec<Rect>, f64) {
        let area = self.covers_area();
        let aspect = self.area.height() / self.area.width().max(1.0);
        let wide = |columns: usize| {
            let gaps = GAP * (columns - 1) as f64;
            // A single row must fit as well, on the flattest of panels.
            let high = area.height().max(TARGET) / aspect.max(0.01);
            ((area.width() - gaps) / columns as f64).min(high).max(1.0)
        };
        let fitting = |columns: usize| {
            let rows = count.div_ceil(columns).max(1) as f64;
            let height = ((area.height() - GAP * (rows - 1.0)) / rows).max(1.0);
            wide(columns).min(height / aspect.max(0.01))
        };
        let (columns, width) = (2..=MOST_COLUMNS)
            .map(|columns| (columns, fitting(columns)))
            .fold((2, 0.0), |best, next| if next.1 > best.1 + 0.5 { next } else { best });
        let least = wide(MOST_COLUMNS) * 0.85;
        let (columns, width) =
            if width < least { (MOST_COLUMNS, wide(MOST_COLUMNS)) } else { (columns, width) };

        let cell = Size::new(width.floor().max(1.0), (width.floor() * aspect).max(1.0));
        let rows = count.div_ceil(columns) as f64;
        let total = (rows * cell.height + (rows - 1.0) * GAP).max(0.0);
        let spare = (area.height() - total).max(0.0);
        let in_row = columns.min(count.max(1));
        let at = Rect::new(area.origin + units::Vector::new(0.0, spare / 2.0), area.size);
        (layout::grid(at, in_row, cell, GAP, count), (total - area.height()).max(0.0))
    }

    /// The app grid's cells for `count` applications before they are scrolled, and how far they
    /// can be.
    pub(crate) fn app_cells(&self, count: usize) -> (Vec<Rect>, f64) {
        let area = inner(self.content, Insets::new(0.0, 2.0 * UNIT, 0.0, 2.0 * UNIT));
        let columns = ((area.width() / 80.0).floor() as usize).clamp(2, 8);
        let cell = Size::new(area.width() / columns as f64, 14.0 * UNIT);
        let top = self.grid_heading().max_y() + 2.0 * UNIT;
        let cells = layout::grid(
            Rect::new(Point::new(area.min_x(), top), area.size),
            columns,
            cell,
            0.0,
            count,
        );
        let end = cells.last().map_or(top, Rect::max_y) + 4.0 * UNIT;
        (cells, (end - area.max_y()).max(0.0))
    }

    /// The app grid's heading before it is scrolled.
    pub(crate) fn grid_heading(&self) -> Rect {
        let area = inner(self.content, Insets::new(2.0 * UNIT, MARGIN, 0.0, MARGIN));
        layout::cut_top(area, 5.0 * UNIT).0
    }
}

/// `rect` less `by` at its sides; never less than nothing.
pub(crate) fn inner(rect: Rect, by: Insets) -> Rect {
    let (_, rest) = layout::cut_left(rect, by.left);
    let (_, rest) = layout::cut_right(rest, by.right);
    let (_, rest) = layout::cut_top(rest, by.top);
    layout::cut_bottom(rest, by.bottom).1
}

/// What makes no sense is nothing; no side loses more than a quarter.
fn limited(insets: Insets, size: Size) -> Insets {
    let side = |inset: f64, length: f64| {
        if inset.is_finite() { inset.clamp(0.0, length / 4.0) } else { 0.0 }
    };
    Insets::new(
        side(insets.top, size.height),
        side(insets.right, size.width),
        side(insets.bottom, size.height),
        side(insets.left, size.width),
    )
}

/// What a corner of `radius` takes from the side at height `y`.
fn corner_inset(radius: f64, y: f64) -> f64 {
    let rise = radius - y.max(0.0);
    if rise <= 0.0 { 0.0 } else { radius - (radius * radius - rise * rise).max(0.0).sqrt() }
}
