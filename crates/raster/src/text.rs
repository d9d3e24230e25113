//! Text: shaped in logical pixels, drawn at any scale.
//!
//! One shaping serves measuring and drawing. Lines are placed here, not by the shaper, because a
//! box is known in whole physical pixels only when it is drawn: the block stands in the middle of
//! the box's height, each line with the middle of its capitals in the middle of the line, which
//! also suits the scripts that have none.

mod cache;
mod lines;

use std::sync::Arc;

use cosmic_text::{CacheKey, FontSystem, PhysicalGlyph, SwashCache, SwashContent, SwashImage};
use scene::{Align, Color, TextStyle};
use units::Size;

use self::{
    cache::Generations,
    lines::{Line, Lines, Shaper},
};
use crate::{
    bitmap::{Bitmap, Ink, div_255},
    fonts::{FontStore, Fonts},
    problem::Problems,
};

/// From one baseline to the next, in ems.
const LINE_HEIGHT: f32 = 1.25;

/// Widths beyond this are as good as none.
const WIDEST: f64 = 100_000.0;

/// Largest em that is drawn, in physical pixels: what a glyph costs grows with its square.
const TALLEST: f32 = 4096.0;

/// What decides how lines are broken and shaped.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    text: Arc<str>,
    style: TextStyle,
    /// In 1/64 logical pixels.
    width: u32,
}

/// Shapes, measures and draws.
pub(crate) struct TextEngine {
    fonts: FontStore,
    shaper: Shaper,
    lines: Generations<Key, Arc<Lines>>,
    glyphs: GlyphCache,
}

impl TextEngine {
    /// Shaped texts that are kept: some screens full.
    const TEXTS: usize = 512;

    pub(crate) fn new(fonts: Fonts, problems: &mut Problems) -> Self {
        Self {
            fonts: FontStore::new(fonts, problems),
            shaper: Shaper::new(),
            lines: Generations::new(Self::TEXTS),
            glyphs: GlyphCache::new(),
        }
    }

    pub(crate) fn measure(
        &mut self,
        text: &str,
        style: &TextStyle,
        max_width: f64,
        problems: &mut Problems,
    ) -> Size {
        let lines = self.shape(text, style, max_width, problems);
        let width = lines.lines.iter().map(|line| line.width).fold(0.0, f32::max);
        let count = lines.lines.len().max(1) as f32;
        let height = count * LINE_HEIGHT * f32::from(style.size);
        // Whole pixels, so that a box made of them has room at every scale.
        let limit = if max_width.is_nan() { WIDEST } else { max_width.clamp(0.0, WIDEST) };
        Size::new(f64::from(width).ceil().min(limit), f64::from(height).ceil())
    }

    /// Draws `text` into a box of `size` physical pixels; `scale` is physical pixels to a logical
    /// one. Ink beyond the box is cut.
    pub(crate) fn draw(
        &mut self,
        size: (u32, u32),
        text: &str,
        style: &TextStyle,
        color: Color,
        scale: f32,
        problems: &mut Problems,
    ) -> Bitmap {
        let mut bitmap = Bitmap::transparent(size);
        let largest = TALLEST / f32::from(style.size.max(1));
        let scale = if scale > 0.0 { scale.min(largest) } else { 1.0 };
        // A box's edges are rounded one by one, which may cost it a pixel of what was measured.
        let width = f64::from(size.0 + 1) / f64::from(scale);
        let lines = self.shape(text, style, width, problems);
        let em = f32::from(style.size) * scale;
        let block = lines.lines.len() as f32 * LINE_HEIGHT * em;
        let top = (size.1 as f32 - block) / 2.0;
        let capital = self.fonts.cap_height() * em;
        let mut glyphs = Vec::new();
        for (at, line) in lines.lines.iter().enumerate() {
            let middle = top + (at as f32 + 0.5) * LINE_HEIGHT * em;
            let baseline = (middle + capital / 2.0).round();
            let left = line_left(line, style.align, size.0 as f32, scale);
            glyphs.extend(line.glyphs.iter().map(|glyph| glyph.physical((left, baseline), scale)));
        }
        let shift = self.shift_into(size.1 as i32, &glyphs);
        let ink = Ink::new(color);
        for glyph in glyphs {
            if let Some(image) = self.glyphs.image(&mut self.fonts.system, glyph.cache_key) {
                blend_glyph(&mut bitmap, glyph.x, glyph.y + shift, image, ink);
            }
        }
        bitmap
    }

    /// How far down to move `glyphs` so that no ink is cut at the top or the bottom of a box of
    /// `height`: some scripts reach further from the baseline than the line has room for.
    fn shift_into(&mut self, height: i32, glyphs: &[PhysicalGlyph]) -> i32 {
        let (mut top, mut bottom) = (0, height);
        for glyph in glyphs {
            if let Some(image) = self.glyphs.image(&mut self.fonts.system, glyph.cache_key) {
                let first = glyph.y - image.placement.top;
                top = top.min(first);
                bottom = bottom.max(first + image.placement.height as i32);
            }
        }
        let (above, below) = (-top, bottom - height);
        match (above, below) {
            (0, below) => -below,
            (above, 0) => above,
            // There is no room on either side.
            _ => 0,
        }
    }

    fn shape(
        &mut self,
        text: &str,
        style: &TextStyle,
        width: f64,
        problems: &mut Problems,
    ) -> Arc<Lines> {
        let width = if width.is_nan() { WIDEST } else { width.clamp(0.0, WIDEST) };
        // How lines stand in the box does not change how they are shaped.
        let style = TextStyle { align: Align::Start, ..*style };
        let key = Key { text: text.into(), style, width: (width * 64.0) as u32 };
        if let Some(lines) = self.lines.get(&key) {
            return lines.clone();
        }
        let lines =
            Arc::new(self.shaper.shape(&mut self.fonts, text, &style, width as f32, problems));
        self.lines.insert(key, lines.clone());
        lines
    }
}

/// Where the line's glyph coordinates begin in the box, in physical pixels.
fn line_left(line: &Line, align: Align, box_width: f32, scale: f32) -> f32 {
    let room = box_width - line.width * scale;
    let left = match (align, line.rtl) {
        (Align::Center, _) => room / 2.0,
        (Align::Start, false) | (Align::End, true) => 0.0,
        (Align::Start, true) | (Align::End, false) => room,
    };
    left - line.left * scale
}

fn blend_glyph(bitmap: &mut Bitmap, x: i32, y: i32, image: &SwashImage, ink: Ink) {
    let (left, top) = (x + image.placement.left, y - image.placement.top);
    let width = image.placement.width.max(1) as usize;
    let place = |at: usize| (left + (at % width) as i32, top + (at / width) as i32);
    match image.content {
        SwashContent::Mask => {
            for (at, coverage) in image.data.iter().enumerate() {
                let (x, y) = place(at);
                bitmap.blend(x, y, ink.at(*coverage));
            }
        }
        SwashContent::Color => {
            let opacity = ink.at(255)[3];
            for (at, pixel) in image.data.chunks_exact(4).enumerate() {
                let (x, y) = place(at);
                let alpha = div_255(u32::from(pixel[3]) * u32::from(opacity));
                let channel = |i: usize| div_255(u32::from(pixel[i]) * u32::from(alpha));
                bitmap.blend(x, y, [channel(2), channel(1), channel(0), alpha]);
            }
        }
        // Not asked for: colours of single stripes would be wrong on a turned panel.
        SwashContent::SubpixelMask => {}
    }
}

/// Drawn glyphs, up to a limit.
struct GlyphCache {
    cache: SwashCache,
    bytes: usize,
}

impl GlyphCache {
    /// Kept at most: labels of one theme at one scale need far less.
    const BYTES: usize = 2 << 20;

    fn new() -> Self {
        Self { cache: SwashCache::new(), bytes: 0 }
    }

    fn image(&mut self, system: &mut FontSystem, key: CacheKey) -> Option<&SwashImage> {
        if self.bytes > Self::BYTES {
            self.cache.image_cache.clear();
            self.bytes = 0;
        }
        if !self.cache.image_cache.contains_key(&key) {
            let image = self.cache.get_image(system, key);
            self.bytes += 64 + image.as_ref().map_or(0, |image| image.data.len());
        }
        self.cache.image_cache.get(&key)?.as_ref()
    }
}
