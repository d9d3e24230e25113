//! Pixels in the order that displays want them.

use resvg::tiny_skia::Pixmap;
use scene::Color;

/// Longest side that is drawn, in pixels; far beyond any panel, well within memory.
const MAX_SIDE: u32 = 8192;

/// At least one pixel, at most `MAX_SIDE` a side.
pub(crate) fn limit(size: (u32, u32)) -> (u32, u32) {
    (size.0.clamp(1, MAX_SIDE), size.1.clamp(1, MAX_SIDE))
}

/// Pixels, four bytes each: blue, green, red, opacity, the colours multiplied by the opacity.
///
/// That is `Argb8888` of DRM and `wl_shm` on little-endian machines.
#[derive(Clone, PartialEq, Eq)]
pub struct Bitmap {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width * height * 4` bytes, the top row first, without gaps.
    pub data: Vec<u8>,
}

impl std::fmt::Debug for Bitmap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bitmap({}x{})", self.width, self.height)
    }
}

impl Bitmap {
    /// Nothing to see, `width` by `height`.
    pub(crate) fn transparent((width, height): (u32, u32)) -> Self {
        Self { width, height, data: vec![0; width as usize * height as usize * 4] }
    }

    /// From the same pixels in the order red, green, blue, opacity.
    pub(crate) fn from_pixmap(pixmap: Pixmap) -> Self {
        let (width, height) = (pixmap.width(), pixmap.height());
        let mut data = pixmap.take();
        for pixel in data.chunks_exact_mut(4) {
            pixel.swap(0, 2);
        }
        Self { width, height, data }
    }

    /// Bytes from one row to the next.
    pub fn stride(&self) -> u32 {
        self.width * 4
    }

    pub(crate) fn row_mut(&mut self, y: u32) -> &mut [u8] {
        let stride = self.stride() as usize;
        &mut self.data[y as usize * stride..][..stride]
    }

    /// Lays `pixel` over the one at `x`, `y`; outside the bitmap nothing happens.
    pub(crate) fn blend(&mut self, x: i32, y: i32, pixel: [u8; 4]) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return };
        if x >= self.width || y >= self.height || pixel[3] == 0 {
            return;
        }
        let at = (y as usize * self.width as usize + x as usize) * 4;
        let below = &mut self.data[at..at + 4];
        let through = 255 - u32::from(pixel[3]);
        for (below, over) in below.iter_mut().zip(pixel) {
            *below = over.saturating_add(div_255(u32::from(*below) * through));
        }
    }
}

/// `value / 255`, rounded, for values up to 255².
pub(crate) fn div_255(value: u32) -> u8 {
    ((value + 128 + ((value + 128) >> 8)) >> 8) as u8
}

/// A colour that coverage can be applied to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ink {
    bgr: [u32; 3],
    alpha: u32,
}

impl Ink {
    pub(crate) fn new(color: Color) -> Self {
        let [r, g, b, a] = color.to_rgba8().map(u32::from);
        Self { bgr: [b, g, r], alpha: a }
    }

    /// The pixel that the colour makes where it covers `coverage` of 255.
    pub(crate) fn at(self, coverage: u8) -> [u8; 4] {
        let alpha = div_255(self.alpha * u32::from(coverage));
        let [b, g, r] = self.bgr.map(|c| div_255(c * u32::from(alpha)));
        [b, g, r, alpha]
    }
}
