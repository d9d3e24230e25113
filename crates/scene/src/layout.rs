//! Cutting rectangles: the layout that a phone's screens need.
//!
//! A view starts with the area it is given and cuts from it, side by side; nothing is solved and
//! nothing can fail. Lengths are logical pixels.

use units::{Point, Rect, Size};

/// Cuts `height` from the top; returns the strip and the rest.
pub fn cut_top(area: Rect, height: f64) -> (Rect, Rect) {
    let height = height.clamp(0.0, area.height());
    (
        Rect::new(area.origin, Size::new(area.width(), height)),
        Rect::new(
            Point::new(area.min_x(), area.min_y() + height),
            Size::new(area.width(), area.height() - height),
        ),
    )
}

/// Cuts `height` from the bottom; returns the strip and the rest.
pub fn cut_bottom(area: Rect, height: f64) -> (Rect, Rect) {
    let (rest, strip) = cut_top(area, area.height() - height.clamp(0.0, area.height()));
    (strip, rest)
}

/// Cuts `width` from the left; returns the strip and the rest.
pub fn cut_left(area: Rect, width: f64) -> (Rect, Rect) {
    let width = width.clamp(0.0, area.width());
    (
        Rect::new(area.origin, Size::new(width, area.height())),
        Rect::new(
            Point::new(area.min_x() + width, area.min_y()),
            Size::new(area.width() - width, area.height()),
        ),
    )
}

/// Cuts `width` from the right; returns the strip and the rest.
pub fn cut_right(area: Rect, width: f64) -> (Rect, Rect) {
    let (rest, strip) = cut_left(area, area.width() - width.clamp(0.0, area.width()));
    (strip, rest)
}

/// Takes `by` from all four sides; never below nothing.
pub fn inset(area: Rect, by: f64) -> Rect {
    let by = by.min(area.width() / 2.0).min(area.height() / 2.0);
    area.inflate(-by, -by)
}

/// A box of `size` in the middle of `area`.
pub fn centered(area: Rect, size: Size) -> Rect {
    Rect::new(area.center() - size.to_vector() / 2.0, size)
}

/// Cells of a grid, row by row from the top left, `count` of them in `columns` columns, each of
/// `cell` size, with `gap` between; the rows are as wide as `area` and centred in it.
pub fn grid(area: Rect, columns: usize, cell: Size, gap: f64, count: usize) -> Vec<Rect> {
    let columns = columns.max(1);
    let width = columns as f64 * cell.width + (columns - 1) as f64 * gap;
    let left = area.min_x() + (area.width() - width) / 2.0;
    (0..count)
        .map(|at| {
            let (column, row) = ((at % columns) as f64, (at / columns) as f64);
            let x = left + column * (cell.width + gap);
            let y = area.min_y() + row * (cell.height + gap);
            Rect::new(Point::new(x, y), cell)
        })
        .collect()
}

/// Between `from` and `to`: at 0 the one, at 1 the other, beyond them beyond.
pub fn lerp(from: Rect, to: Rect, t: f64) -> Rect {
    let mix = |a: f64, b: f64| a + (b - a) * t;
    Rect::new(
        Point::new(mix(from.min_x(), to.min_x()), mix(from.min_y(), to.min_y())),
        Size::new(mix(from.width(), to.width()).max(0.0), mix(from.height(), to.height()).max(0.0)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_share_the_area_without_rest_or_overlap() {
        let area = Rect::new(Point::new(5.0, 7.0), Size::new(100.0, 50.0));
        for (strip, rest) in [
            cut_top(area, 20.0),
            cut_bottom(area, 20.0),
            cut_left(area, 20.0),
            cut_right(area, 20.0),
        ] {
            assert!((strip.area() + rest.area() - area.area()).abs() < 1e-9);
            assert!(strip.intersection(&rest).is_none_or(|common| common.is_empty()));
        }
        assert_eq!(cut_top(area, 500.0).1.height(), 0.0, "never more than there is");
    }

    #[test]
    fn a_grid_is_centred_and_stays_in_its_columns() {
        let area = Rect::from_size(Size::new(100.0, 400.0));
        let cells = grid(area, 3, Size::new(20.0, 30.0), 10.0, 4);
        assert_eq!(cells[0].min_x(), 10.0);
        assert_eq!(cells[2].max_x(), 90.0);
        assert_eq!(cells[3].origin, Point::new(10.0, 40.0));
    }
}
