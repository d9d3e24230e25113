//! Boxes, shadows and fades.
//!
//! All are computed from distances, not from paths: exact at every size, and cheap because only
//! corners are curved.

use scene::{Color, Direction};

use crate::bitmap::{Bitmap, Ink};

/// A filled box with round corners, edges smoothed.
pub(crate) fn round_rect(size: (u32, u32), radius: u32, color: Color) -> Bitmap {
    let mut bitmap = Bitmap::transparent(size);
    let ink = Ink::new(color);
    let (width, height) = size;
    let radius = radius.min(width / 2).min(height / 2);
    let full = ink.at(255);
    for y in 0..height {
        let row = bitmap.row_mut(y);
        // How far this row lies inside the rounded part, from the corner's centre outwards.
        let beyond = |edge: u32| (edge < radius).then_some(radius as f32 - edge as f32 - 0.5);
        let Some(dy) = beyond(y).or_else(|| beyond(height - 1 - y)) else {
            fill(row, full);
            continue;
        };
        let side = radius as usize * 4;
        let end = row.len() - side;
        fill(&mut row[side..end], full);
        for x in 0..radius {
            let dx = radius as f32 - x as f32 - 0.5;
            let pixel = ink.at(coverage(dx.hypot(dy) - radius as f32));
            row[x as usize * 4..][..4].copy_from_slice(&pixel);
            row[(width - 1 - x) as usize * 4..][..4].copy_from_slice(&pixel);
        }
    }
    bitmap
}

fn fill(row: &mut [u8], pixel: [u8; 4]) {
    for at in row.chunks_exact_mut(4) {
        at.copy_from_slice(&pixel);
    }
}

/// How much of a pixel is covered whose centre lies `outside` pixels beyond an edge.
fn coverage(outside: f32) -> u8 {
    ((0.5 - outside).clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}

/// The shadow of a box of `size - 2 * blur`: darkest under the box and evenly so, whether the box
/// is translucent or is shifted from it, and falling to nothing at `blur` beyond.
pub(crate) fn shadow(size: (u32, u32), radius: u32, blur: u32, color: Color) -> Bitmap {
    let mut bitmap = Bitmap::transparent(size);
    let ink = Ink::new(color);
    let (width, height) = size;
    let blur = blur.max(1) as f32;
    // Distances are taken from the outer box, whose corners a blur rounds further.
    let round = (radius as f32 + blur).min(width as f32 / 2.0).min(height as f32 / 2.0);
    let dark = Falloff::new(blur);
    for y in 0..height.div_ceil(2) {
        let row = bitmap.row_mut(y);
        let dy = y as f32 + 0.5;
        for x in 0..width.div_ceil(2) {
            let dx = x as f32 + 0.5;
            let (cx, cy) = (round - dx, round - dy);
            let inside = if cx > 0.0 && cy > 0.0 { round - cx.hypot(cy) } else { dx.min(dy) };
            let pixel = ink.at(dark.at(inside));
            row[x as usize * 4..][..4].copy_from_slice(&pixel);
            row[(width - 1 - x) as usize * 4..][..4].copy_from_slice(&pixel);
        }
    }
    // The lower half mirrors the upper.
    let stride = bitmap.stride() as usize;
    let (upper, lower) = bitmap.data.split_at_mut(height.div_ceil(2) as usize * stride);
    // With an odd height the middle row has no twin.
    let mirrored = upper.rchunks_exact(stride).skip((height % 2) as usize);
    for (to, from) in lower.chunks_exact_mut(stride).zip(mirrored) {
        to.copy_from_slice(from);
    }
    bitmap
}

/// The fall from nothing at the outer edge to full darkness at the box, as a table.
struct Falloff {
    table: Vec<u8>,
}

impl Falloff {
    /// Steps to a pixel.
    const STEPS: f32 = 8.0;

    fn new(blur: f32) -> Self {
        let steps = (blur * Self::STEPS).ceil() as usize;
        let tail = |step: usize| (step as f32 / steps as f32).powi(2);
        Self { table: (0..=steps).map(|step| (tail(step) * 255.0 + 0.5) as u8).collect() }
    }

    /// Darkness `inside` pixels within the outer edge.
    fn at(&self, inside: f32) -> u8 {
        let step = (inside.max(0.0) * Self::STEPS) as usize;
        self.table[step.min(self.table.len() - 1)]
    }
}

/// A fade between two colours. They are mixed premultiplied, so that a fade to nothing does not
/// pass through a third colour.
pub(crate) fn gradient(size: (u32, u32), from: Color, to: Color, direction: Direction) -> Bitmap {
    let mut bitmap = Bitmap::transparent(size);
    let (width, height) = size;
    let length = match direction {
        Direction::Down => height,
        Direction::Right => width,
    };
    let premultiplied = |c: Color| [c.b * c.a, c.g * c.a, c.r * c.a, c.a];
    let (from, to) = (premultiplied(from), premultiplied(to));
    let pixel = |at: u32| -> [u8; 4] {
        let t = (at as f32 + 0.5) / length as f32;
        let mixed: [f32; 4] = std::array::from_fn(|i| from[i] + (to[i] - from[i]) * t);
        let alpha = (mixed[3].clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        let channel = |i: usize| ((mixed[i].clamp(0.0, 1.0) * 255.0 + 0.5) as u8).min(alpha);
        [channel(0), channel(1), channel(2), alpha]
    };
    for y in 0..height {
        let row = bitmap.row_mut(y);
        match direction {
            Direction::Down => fill(row, pixel(y)),
            Direction::Right => {
                for (x, at) in row.chunks_exact_mut(4).enumerate() {
                    at.copy_from_slice(&pixel(x as u32));
                }
            }
        }
    }
    bitmap
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alpha(bitmap: &Bitmap, x: u32, y: u32) -> u8 {
        bitmap.data[((y * bitmap.width + x) * 4 + 3) as usize]
    }

    #[test]
    fn a_round_box_is_full_inside_and_empty_in_its_corners() {
        let bitmap = round_rect((40, 30), 10, Color::WHITE);
        assert_eq!(alpha(&bitmap, 0, 0), 0);
        assert_eq!(alpha(&bitmap, 39, 29), 0);
        assert_eq!(alpha(&bitmap, 20, 0), 255);
        assert_eq!(alpha(&bitmap, 0, 15), 255);
        assert!((1..255).contains(&alpha(&bitmap, 3, 2)), "smoothed");
    }

    #[test]
    fn a_radius_beyond_half_a_side_makes_a_pill() {
        let bitmap = round_rect((40, 20), 500, Color::WHITE);
        assert_eq!(alpha(&bitmap, 20, 0), 255);
        assert_eq!(alpha(&bitmap, 0, 0), 0);
        assert!(alpha(&bitmap, 0, 10) > 200);
    }

    #[test]
    fn a_shadow_fades_to_nothing_outwards_and_is_the_same_on_all_sides() {
        for size in [(80, 60), (81, 61)] {
            let bitmap = shadow(size, 8, 16, Color::BLACK);
            let (w, h) = size;
            assert_eq!(alpha(&bitmap, 0, 0), 0);
            assert!(alpha(&bitmap, w / 2, 0) <= 1);
            assert!(alpha(&bitmap, w / 2, 15) > 200, "dark where it meets the box");
            assert_eq!(alpha(&bitmap, w / 2, 17), alpha(&bitmap, w / 2, h / 2), "even under it");
            let column: Vec<u8> = (0..h / 2).map(|y| alpha(&bitmap, w / 2, y)).collect();
            assert!(column.is_sorted());
            for (x, y) in [(5, 7), (20, 9), (0, 30)] {
                assert_eq!(alpha(&bitmap, x, y), alpha(&bitmap, w - 1 - x, h - 1 - y));
            }
        }
    }

    #[test]
    fn a_fade_runs_from_one_colour_to_the_other() {
        let bitmap = gradient((1, 100), Color::BLACK, Color::TRANSPARENT, Direction::Down);
        assert!(alpha(&bitmap, 0, 0) > 250);
        assert!(alpha(&bitmap, 0, 99) < 5);
        let bitmap = gradient((100, 1), Color::TRANSPARENT, Color::WHITE, Direction::Right);
        assert!(alpha(&bitmap, 0, 0) < 5);
        assert!(alpha(&bitmap, 99, 0) > 250);
    }
}
