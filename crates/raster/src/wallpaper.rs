//! The wallpaper: the user's, or our own evening at sea.
//!
//! Ours is computed, not stored: it fits every panel and turns with it. Everything that varies
//! slowly is a table by row or column, so a pixel costs some multiplications only, and it is
//! dithered, since eight bits show bands in a long fade. Optimised, 1080x2160 takes about 75 ms
//! on one x86 core; the glass variant, made at an eighth of the size and enlarged, 50 ms.

use std::path::Path;

use resvg::tiny_skia::Pixmap;

use crate::{
    bitmap::Bitmap,
    image::{self, Picture},
    problem::Problems,
};

/// Red, green and blue in `0..=1`, as displayed.
type Rgb = [f32; 3];

/// The glass variant is made at this fraction of the size.
const GLASS_STEP: u32 = 8;

/// How much of red, green and blue glass lets through: less of green, since plain darkening would
/// turn warm colours brown.
const GLASS_TINT: Rgb = [0.58, 0.49, 0.64];

/// Draws the image at `path`, covering `size`, or the built-in picture.
pub(crate) fn draw(
    size: (u32, u32),
    path: Option<&Path>,
    glass: bool,
    problems: &mut Problems,
) -> Bitmap {
    let picture = path.and_then(|path| {
        Picture::read(path).map_err(|error| problems.tell(path, &error, error.mend())).ok()
    });
    if glass {
        let small = (size.0.div_ceil(GLASS_STEP), size.1.div_ceil(GLASS_STEP));
        let field = match picture.as_ref().and_then(|picture| image::cover(picture, small)) {
            Some(pixmap) => Field::from_pixmap(&pixmap),
            None => Field::from_evening(&Evening::new(small)),
        };
        return field.behind_glass().enlarged(size);
    }
    match picture.as_ref().and_then(|picture| image::cover(picture, size)) {
        Some(pixmap) => opaque(Bitmap::from_pixmap(pixmap)),
        None => {
            let evening = Evening::new(size);
            let evening = &evening;
            shaded(size, |y| move |x| evening.at(x, y))
        }
    }
}

/// A translucent image gets black behind it: nothing lies behind a wallpaper.
fn opaque(mut bitmap: Bitmap) -> Bitmap {
    bitmap.data.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 255);
    bitmap
}

/// Each pixel from the shade that `row` gives for its row, dithered.
fn shaded<Shade: Fn(usize) -> Rgb>(size: (u32, u32), row: impl Fn(usize) -> Shade) -> Bitmap {
    let mut bitmap = Bitmap::transparent(size);
    for y in 0..size.1 {
        let shade = row(y as usize);
        for (x, pixel) in bitmap.row_mut(y).chunks_exact_mut(4).enumerate() {
            let [r, g, b] = shade(x);
            let threshold = noise(x as f32, y as f32);
            let byte = |channel: f32| (channel * 255.0 + threshold) as u8;
            pixel.copy_from_slice(&[byte(b), byte(g), byte(r), 255]);
        }
    }
    bitmap
}

/// A threshold in `0..1` for each pixel that spreads evenly in every neighbourhood without a
/// visible pattern ("interleaved gradient noise").
fn noise(x: f32, y: f32) -> f32 {
    // Cheaper than `fract`, which has to mind signs and sizes that do not occur.
    let fract = |v: f32| v - (v as i32) as f32;
    fract(52.982_918 * fract(0.067_110_56 * x + 0.005_837_15 * y))
}

fn mix(a: Rgb, b: Rgb, t: f32) -> Rgb {
    [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]
}

const fn hex(rgb: u32) -> Rgb {
    [
        (rgb >> 16 & 0xff) as f32 / 255.0,
        (rgb >> 8 & 0xff) as f32 / 255.0,
        (rgb & 0xff) as f32 / 255.0,
    ]
}

/// Colours of the sky from the top down: where (as a fraction of the height), and which.
const SKY: [(f32, Rgb); 7] = [
    (0.00, hex(0x090E2C)),
    (0.24, hex(0x191F55)),
    (0.44, hex(0x393280)),
    (0.60, hex(0x684590)),
    (0.72, hex(0xA0588A)),
    (0.82, hex(0xD07C7E)),
    (1.00, hex(0xE6A884)),
];

/// Light of the sun below the horizon: colour, opacity, middle and reach as fractions of the size.
const GLOW: (Rgb, f32, [f32; 2], [f32; 2]) = (hex(0xFFA66B), 0.72, [0.72, 0.77], [0.52, 0.15]);

/// A sail or wave: a veil below an edge that runs across the picture.
struct Veil {
    /// Height of the edge (as a fraction of the picture's) at the left, at a third, at two
    /// thirds and at the right: the points of a curve.
    edge: [f32; 4],
    color: Rgb,
    /// Opacity just below the edge.
    top: f32,
    /// Opacity far below it.
    bottom: f32,
    /// How soon the one becomes the other, as a fraction of the height.
    reach: f32,
    /// Additional opacity on the very edge, where cloth or water catches the light.
    rim: f32,
}

/// How far light creeps in from an edge, as a fraction of the height.
const RIM_REACH: f32 = 0.012;

/// From the far ones to the near.
const VEILS: [Veil; 5] = [
    Veil {
        edge: [0.70, 0.34, 0.44, 0.06],
        color: hex(0x9A7DDA),
        top: 0.24,
        bottom: 0.0,
        reach: 0.22,
        rim: 0.10,
    },
    Veil {
        edge: [0.80, 0.50, 0.54, 0.26],
        color: hex(0xC98BD6),
        top: 0.16,
        bottom: 0.0,
        reach: 0.20,
        rim: 0.08,
    },
    Veil {
        edge: [0.34, 0.62, 0.54, 0.66],
        color: hex(0xF0A2B0),
        top: 0.20,
        bottom: 0.0,
        reach: 0.20,
        rim: 0.10,
    },
    Veil {
        edge: [0.83, 0.76, 0.92, 0.81],
        color: hex(0x4A3684),
        top: 0.58,
        bottom: 0.86,
        reach: 0.12,
        rim: 0.0,
    },
    Veil {
        edge: [0.86, 0.99, 0.84, 0.92],
        color: hex(0x171A4A),
        top: 0.55,
        bottom: 0.95,
        reach: 0.16,
        rim: 0.0,
    },
];

/// The built-in picture, ready to be asked for pixels.
struct Evening {
    sky: Vec<Rgb>,
    glow: [Vec<f32>; 2],
    veils: Vec<VeilTable>,
}

struct VeilTable {
    /// Row of the edge in each column.
    edge: Vec<f32>,
    /// Opacity for each row below the edge.
    opacity: Vec<f32>,
    color: Rgb,
}

impl Evening {
    fn new((width, height): (u32, u32)) -> Self {
        let rows = || (0..height).map(|y| (y as f32 + 0.5) / height as f32);
        let columns = || (0..width).map(|x| (x as f32 + 0.5) / width as f32);
        let (_, _, [u, v], [reach_u, reach_v]) = GLOW;
        let bell = |t: f32, middle: f32, reach: f32| (-((t - middle) / reach).powi(2)).exp();
        Self {
            sky: rows().map(sky).collect(),
            glow: [
                columns().map(|t| bell(t, u, reach_u)).collect(),
                rows().map(|t| bell(t, v, reach_v)).collect(),
            ],
            veils: VEILS.iter().map(|veil| veil.table(columns(), height)).collect(),
        }
    }

    fn at(&self, x: usize, y: usize) -> Rgb {
        let mut color = mix(self.sky[y], GLOW.0, GLOW.1 * self.glow[0][x] * self.glow[1][y]);
        for veil in &self.veils {
            let below = y as f32 + 0.5 - veil.edge[x];
            if below > -0.5 {
                let covered = (below + 0.5).min(1.0);
                color = mix(color, veil.color, covered * veil.opacity[below as usize]);
            }
        }
        color
    }
}

impl Veil {
    fn table(&self, columns: impl Iterator<Item = f32>, height: u32) -> VeilTable {
        let [a, b, c, d] = self.edge;
        let bezier = |t: f32| {
            let s = 1.0 - t;
            s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d
        };
        let opacity = |y: u32| {
            let fade = |reach: f32| (-(y as f32) / (reach * height as f32)).exp();
            self.bottom + (self.top - self.bottom) * fade(self.reach) + self.rim * fade(RIM_REACH)
        };
        VeilTable {
            edge: columns.map(|t| bezier(t) * height as f32).collect(),
            opacity: (0..=height).map(opacity).collect(),
            color: self.color,
        }
    }
}

/// The sky at `t` of the height.
fn sky(t: f32) -> Rgb {
    let next = SKY.iter().position(|(at, _)| *at > t).unwrap_or(SKY.len() - 1).max(1);
    let ((from_at, from), (to_at, to)) = (SKY[next - 1], SKY[next]);
    let t = ((t - from_at) / (to_at - from_at)).clamp(0.0, 1.0);
    mix(from, to, t)
}

/// A small picture of unrounded colours.
struct Field {
    width: usize,
    height: usize,
    pixels: Vec<Rgb>,
}

impl Field {
    fn from_evening(evening: &Evening) -> Self {
        let (width, height) = (evening.glow[0].len(), evening.sky.len());
        let pixels = (0..width * height).map(|at| evening.at(at % width, at / width)).collect();
        Self { width, height, pixels }
    }

    fn from_pixmap(pixmap: &Pixmap) -> Self {
        let rgb = |p: &[u8]| [p[0], p[1], p[2]].map(|c| f32::from(c) / 255.0);
        Self {
            width: pixmap.width() as usize,
            height: pixmap.height() as usize,
            pixels: pixmap.data().chunks_exact(4).map(rgb).collect(),
        }
    }

    /// Blurred until only large colours are left, and darkened for white text.
    fn behind_glass(mut self) -> Self {
        let radius = (self.width.min(self.height) / 9).max(1);
        // Three boxes are as good as a bell.
        for _ in 0..3 {
            self = self.blurred_rows(radius).transposed().blurred_rows(radius).transposed();
        }
        for pixel in &mut self.pixels {
            pixel.iter_mut().zip(GLASS_TINT).for_each(|(channel, tint)| *channel *= tint);
        }
        self
    }

    /// Each pixel becomes the mean of those up to `radius` beside it in its row.
    fn blurred_rows(mut self, radius: usize) -> Self {
        let last = self.width - 1;
        let count = (2 * radius + 1) as f32;
        let mut row = Vec::new();
        for target in self.pixels.chunks_exact_mut(self.width) {
            row.clear();
            row.extend_from_slice(target);
            let at = |x: isize| row[x.clamp(0, last as isize) as usize];
            let radius = radius as isize;
            let mut sum = [0.0; 3];
            for x in -radius..=radius {
                add(&mut sum, at(x), 1.0);
            }
            for (x, pixel) in target.iter_mut().enumerate() {
                *pixel = sum.map(|channel| channel / count);
                add(&mut sum, at(x as isize + radius + 1), 1.0);
                add(&mut sum, at(x as isize - radius), -1.0);
            }
        }
        self
    }

    fn transposed(self) -> Self {
        let (width, height) = (self.height, self.width);
        let pixels =
            (0..width * height).map(|at| self.pixels[at % width * height + at / width]).collect();
        Self { width, height, pixels }
    }

    /// At `size`, smoothly between the pixels.
    fn enlarged(&self, size: (u32, u32)) -> Bitmap {
        let places = |count: usize, large: u32| -> Vec<(usize, usize, f32)> {
            let step = count as f32 / large as f32;
            let place = |at: u32| {
                let at = ((at as f32 + 0.5) * step - 0.5).clamp(0.0, count as f32 - 1.0);
                (at as usize, (at as usize + 1).min(count - 1), at.fract())
            };
            (0..large).map(place).collect()
        };
        let (columns, rows) = (places(self.width, size.0), places(self.height, size.1));
        let columns = &columns;
        shaded(size, |y| {
            let (above, below, down) = rows[y];
            let row = |y: usize| &self.pixels[y * self.width..][..self.width];
            let between: Vec<Rgb> =
                row(above).iter().zip(row(below)).map(|(a, b)| mix(*a, *b, down)).collect();
            move |x| {
                let (left, right, across) = columns[x];
                mix(between[left], between[right], across)
            }
        })
    }
}

fn add(sum: &mut Rgb, pixel: Rgb, factor: f32) {
    sum.iter_mut().zip(pixel).for_each(|(sum, channel)| *sum += channel * factor);
}
