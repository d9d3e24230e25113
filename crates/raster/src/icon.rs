//! An application's icon, or the tile that stands for it.

use std::path::Path;

use scene::{Align, Color, Symbol, TextStyle, Weight};
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    bitmap::Bitmap,
    image::{self, Picture},
    problem::Problems,
    shapes, symbols,
    text::TextEngine,
};

/// Corner radius of a tile, as a fraction of its side.
const RADIUS: f32 = 0.22;

/// Height of an em of a tile's letter, as a fraction of the tile's side.
const LETTER: f32 = 0.52;

/// Colours of tiles: dark enough for a white letter to be read on each.
const TILES: [u32; 12] = [
    0x2F6FD0, 0x4F5BD5, 0x7A4FD0, 0x9A45B8, 0xB83C8C, 0xC83A5C, 0xBF4A2B, 0x93650A, 0x4F7A28,
    0x1F7F56, 0x0F7B88, 0x546A84,
];

/// The icon in the file at `path`, or a tile with the first letter of `name`.
pub(crate) fn draw(
    size: (u32, u32),
    path: Option<&Path>,
    name: &str,
    engine: &mut TextEngine,
    problems: &mut Problems,
) -> Bitmap {
    if let Some(path) = path {
        match Picture::read(path) {
            Ok(picture) => return image::fit(&picture, size),
            Err(error) => problems.tell(path, &error, error.mend()),
        }
    }
    tile(size, name, engine, problems)
}

fn tile(size: (u32, u32), name: &str, engine: &mut TextEngine, problems: &mut Problems) -> Bitmap {
    let side = size.0.min(size.1);
    let radius = (side as f32 * RADIUS).round() as u32;
    let mut square = shapes::round_rect((side, side), radius, tile_color(name));
    light_from_above(&mut square);
    let face = match initial(name) {
        Some(letter) => {
            let style = TextStyle::new((side as f32 * LETTER).round().max(1.0) as u16)
                .weight(Weight::SemiBold)
                .align(Align::Center);
            let mut face = engine.draw((side, side), &letter, &style, Color::WHITE, 1.0, problems);
            if letter.to_lowercase() == letter {
                // Scripts without capitals have no common height to be centred by.
                center_ink(&mut face);
            }
            face
        }
        None => {
            let inner = side * 5 / 8;
            let symbol = symbols::draw((inner, inner), Symbol::App, Color::WHITE);
            let mut face = Bitmap::transparent((side, side));
            put(&mut face, &symbol);
            face
        }
    };
    put(&mut square, &face);
    let mut bitmap = Bitmap::transparent(size);
    put(&mut bitmap, &square);
    bitmap
}

/// Lays `over` on the middle of `bitmap`.
fn put(bitmap: &mut Bitmap, over: &Bitmap) {
    let left = (bitmap.width as i32 - over.width as i32) / 2;
    let top = (bitmap.height as i32 - over.height as i32) / 2;
    for (at, pixel) in over.data.chunks_exact(4).enumerate() {
        let (x, y) = (at as u32 % over.width, at as u32 / over.width);
        bitmap.blend(left + x as i32, top + y as i32, [pixel[0], pixel[1], pixel[2], pixel[3]]);
    }
}

/// Moves what is drawn to the middle of the bitmap's height.
fn center_ink(bitmap: &mut Bitmap) {
    let stride = bitmap.stride() as usize;
    let empty = |row: &[u8]| row.iter().all(|byte| *byte == 0);
    let above = bitmap.data.chunks_exact(stride).take_while(|row| empty(row)).count();
    let below = bitmap.data.rchunks_exact(stride).take_while(|row| empty(row)).count();
    if above + below >= bitmap.height as usize {
        return;
    }
    if above >= below {
        bitmap.data.rotate_left((above - below) / 2 * stride);
    } else {
        bitmap.data.rotate_right((below - above) / 2 * stride);
    }
}

/// Light from above, by darkening downwards: a white letter only gains from it.
fn light_from_above(bitmap: &mut Bitmap) {
    let height = bitmap.height;
    for y in 0..height {
        let keep = 256 - 64 * y / height;
        for pixel in bitmap.row_mut(y).chunks_exact_mut(4) {
            for channel in &mut pixel[..3] {
                *channel = (u32::from(*channel) * keep / 256) as u8;
            }
        }
    }
}

/// The same name always has the same colour.
fn tile_color(name: &str) -> Color {
    // FNV-1a, since the standard hasher does not promise to stay the same, and a last mixing, since
    // short names differ in few bits.
    let hash = name.trim().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd) >> 32;
    Color::hex(TILES[(mixed % TILES.len() as u64) as usize])
}

/// The first character as a reader counts them, as a capital.
fn initial(name: &str) -> Option<String> {
    let first = name.trim().graphemes(true).next()?;
    let upper = first.to_uppercase();
    upper.graphemes(true).next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(rgb: u32) -> f64 {
        let channel = |shift: u32| {
            let c = f64::from(rgb >> shift & 0xff) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
    }

    #[test]
    fn a_white_letter_can_be_read_on_every_tile() {
        for rgb in TILES {
            let contrast = 1.05 / (luminance(rgb) + 0.05);
            assert!(contrast >= 4.5, "{rgb:06x}: {contrast:.2}");
        }
    }

    #[test]
    fn the_letter_is_the_first_character_that_a_reader_sees() {
        assert_eq!(initial("  kello").as_deref(), Some("K"));
        assert_eq!(initial("ёлка").as_deref(), Some("Ё"));
        assert_eq!(initial("e\u{301}cole").as_deref(), Some("E\u{301}"));
        assert_eq!(initial("ß").as_deref(), Some("S"));
        assert_eq!(initial("日历").as_deref(), Some("日"));
        assert_eq!(initial("  "), None);
    }
}
