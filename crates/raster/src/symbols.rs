//! The shell's own symbols: one stroke width, round ends, a grid of 24 units.
//!
//! Drawn for this project on one grid so that they sit side by side: outlines keep 2 units of
//! air, verticals and horizontals stand on whole or half units.

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg,
};
use scene::{Color, Symbol};

use crate::bitmap::{Bitmap, Ink};

/// Side of the grid that symbols are drawn on.
const GRID: f32 = 24.0;

/// Stroke width in grid units.
const STROKE: f32 = 1.75;

/// Where the level goes inside [`Symbol::Battery`]: left, top, width and height as fractions of
/// the (square) symbol's side.
pub const BATTERY_INSIDE: [f64; 4] = [4.75 / 24.0, 9.25 / 24.0, 12.5 / 24.0, 5.5 / 24.0];

/// One part of a symbol, as SVG path data.
enum Part {
    Stroke(&'static str),
    Fill(&'static str),
}

/// The parts of `symbol`.
const fn parts(symbol: Symbol) -> &'static [Part] {
    use Part::{Fill, Stroke};
    match symbol {
        Symbol::Backspace => &[
            Stroke(
                "M9.2 5.5H18.5A3 3 0 0 1 21.5 8.5V15.5A3 3 0 0 1 18.5 18.5H9.2A3 3 0 0 1 7 17.5\
                 L3.1 13.3A1.9 1.9 0 0 1 3.1 10.7L7 6.5A3 3 0 0 1 9.2 5.5Z",
            ),
            Stroke("M11.5 9.5L16.5 14.5M16.5 9.5L11.5 14.5"),
        ],
        Symbol::Check => &[Stroke("M4.5 12.5L9.5 17.5L19.5 7")],
        Symbol::Close => &[Stroke("M6 6L18 18M18 6L6 18")],
        Symbol::Warning => &[
            Stroke(
                "M9.9 4.6L2.8 16.9A2.4 2.4 0 0 0 4.9 20.5H19.1A2.4 2.4 0 0 0 21.2 16.9L14.1 4.6\
                 A2.4 2.4 0 0 0 9.9 4.6Z",
            ),
            Stroke("M12 9.5V13"),
            Fill("M10.9 16.5A1.1 1.1 0 1 1 13.1 16.5A1.1 1.1 0 1 1 10.9 16.5Z"),
        ],
        Symbol::Lock => &[
            Stroke(
                "M7.5 10.5H16.5A2.5 2.5 0 0 1 19 13V18A2.5 2.5 0 0 1 16.5 20.5H7.5\
                 A2.5 2.5 0 0 1 5 18V13A2.5 2.5 0 0 1 7.5 10.5Z",
            ),
            Stroke("M8 10.5V7.5A4 4 0 0 1 16 7.5V10.5"),
            Stroke("M12 14.5V16.5"),
        ],
        Symbol::ChevronUp => &[Stroke("M4.5 14.5L12 9L19.5 14.5")],
        Symbol::Grid => &[Fill(
            "M3.3 5A1.7 1.7 0 1 1 6.7 5A1.7 1.7 0 1 1 3.3 5Z\
             M10.3 5A1.7 1.7 0 1 1 13.7 5A1.7 1.7 0 1 1 10.3 5Z\
             M17.3 5A1.7 1.7 0 1 1 20.7 5A1.7 1.7 0 1 1 17.3 5Z\
             M3.3 12A1.7 1.7 0 1 1 6.7 12A1.7 1.7 0 1 1 3.3 12Z\
             M10.3 12A1.7 1.7 0 1 1 13.7 12A1.7 1.7 0 1 1 10.3 12Z\
             M17.3 12A1.7 1.7 0 1 1 20.7 12A1.7 1.7 0 1 1 17.3 12Z\
             M3.3 19A1.7 1.7 0 1 1 6.7 19A1.7 1.7 0 1 1 3.3 19Z\
             M10.3 19A1.7 1.7 0 1 1 13.7 19A1.7 1.7 0 1 1 10.3 19Z\
             M17.3 19A1.7 1.7 0 1 1 20.7 19A1.7 1.7 0 1 1 17.3 19Z",
        )],
        Symbol::Battery => &[
            Stroke(
                "M5.5 6.5H16.5A3 3 0 0 1 19.5 9.5V14.5A3 3 0 0 1 16.5 17.5H5.5\
                 A3 3 0 0 1 2.5 14.5V9.5A3 3 0 0 1 5.5 6.5Z",
            ),
            Stroke("M22 10.75V13.25"),
        ],
        Symbol::Bolt => &[
            Fill("M13.5 3L5.5 13.5H11L10.5 21L18.5 10.5H13Z"),
            Stroke("M13.5 3L5.5 13.5H11L10.5 21L18.5 10.5H13Z"),
        ],
        Symbol::App => &[
            Stroke(
                "M8.5 3.5H15.5A5 5 0 0 1 20.5 8.5V15.5A5 5 0 0 1 15.5 20.5H8.5\
                 A5 5 0 0 1 3.5 15.5V8.5A5 5 0 0 1 8.5 3.5Z",
            ),
            Stroke("M11.5 7.5C11 10.5 9.8 13 7.5 15.5H11.5ZM14.5 10C15.4 11.6 16 13.4 16.3 15.5"),
        ],
        Symbol::Power => &[Stroke("M12 3V11"), Stroke("M17.5 6.2A8 8 0 1 1 6.5 6.2")],
        Symbol::Restart => {
            &[Stroke("M20 12A8 8 0 1 1 16.8 5.6"), Stroke("M16.3 1.9L16.8 5.6L13.1 6.1")]
        }
        Symbol::Spinner => &[Stroke("M12 4A8 8 0 1 1 4 12")],
    }
}

/// Draws `symbol` in `color`, fitted into the middle of `size`.
pub(crate) fn draw(size: (u32, u32), symbol: Symbol, color: Color) -> Bitmap {
    let mut bitmap = Bitmap::transparent(size);
    let Some(mask) = rasterise(symbol, size.0.min(size.1)) else { return bitmap };
    let (left, top) = ((size.0 - mask.width()) / 2, (size.1 - mask.height()) / 2);
    let ink = Ink::new(color);
    let source = mask.data().chunks_exact(mask.width() as usize * 4);
    for (y, from) in source.enumerate() {
        let row = &mut bitmap.row_mut(top + y as u32)[left as usize * 4..];
        for (to, from) in row.chunks_exact_mut(4).zip(from.chunks_exact(4)) {
            to.copy_from_slice(&ink.at(from[3]));
        }
    }
    bitmap
}

/// The symbol in opaque white: overlapping parts must not add up in a translucent colour.
fn rasterise(symbol: Symbol, side: u32) -> Option<Pixmap> {
    let mut pixmap = Pixmap::new(side, side)?;
    // The path data is ours, so that it parses is tested, not handled.
    let tree = usvg::Tree::from_str(&svg(symbol), &usvg::Options::default()).ok()?;
    let scale = side as f32 / GRID;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    Some(pixmap)
}

fn svg(symbol: Symbol) -> String {
    let mut out = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='{GRID}' height='{GRID}' stroke-width='{STROKE}' \
         stroke-linecap='round' stroke-linejoin='round'>"
    );
    for part in parts(symbol) {
        out += &match part {
            Part::Stroke(d) => format!("<path d='{d}' fill='none' stroke='#fff'/>"),
            Part::Fill(d) => format!("<path d='{d}' fill='#fff'/>"),
        };
    }
    out + "</svg>"
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const ALL: [Symbol; 13] = [
        Symbol::Backspace,
        Symbol::Check,
        Symbol::Close,
        Symbol::Warning,
        Symbol::Lock,
        Symbol::ChevronUp,
        Symbol::Grid,
        Symbol::Battery,
        Symbol::Bolt,
        Symbol::App,
        Symbol::Power,
        Symbol::Restart,
        Symbol::Spinner,
    ];

    #[test]
    fn every_symbol_shows_and_leaves_a_margin_in_its_box() {
        for symbol in ALL {
            let bitmap = draw((96, 96), symbol, Color::WHITE);
            let alpha = |x: usize, y: usize| bitmap.data[(y * 96 + x) * 4 + 3];
            let inked = bitmap.data.chunks_exact(4).filter(|p| p[3] > 128).count();
            assert!((96 * 96 / 60..96 * 96 / 2).contains(&inked), "{symbol:?}: {inked}");
            for i in 0..96 {
                let rim = [alpha(i, 0), alpha(i, 95), alpha(0, i), alpha(95, i)];
                assert_eq!(rim, [0; 4], "{symbol:?} touches its box");
            }
        }
    }

    #[test]
    fn a_symbol_is_centred_in_a_box_that_is_not_square() {
        let wide = draw((100, 40), Symbol::Close, Color::WHITE);
        let square = draw((40, 40), Symbol::Close, Color::WHITE);
        let row = |b: &Bitmap, y: usize, x: usize| {
            b.data[(y * b.width as usize + x) * 4..][..40 * 4].to_vec()
        };
        for y in 0..40 {
            assert_eq!(row(&wide, y, 30), row(&square, y, 0));
        }
    }

    #[test]
    fn the_place_for_the_level_is_empty() {
        let bitmap = draw((240, 240), Symbol::Battery, Color::WHITE);
        let [x, y, w, h] = BATTERY_INSIDE.map(|f| (f * 240.0) as u32);
        for at_y in y..y + h {
            for at_x in x..x + w {
                assert_eq!(bitmap.data[((at_y * 240 + at_x) * 4 + 3) as usize], 0);
            }
        }
    }
}
