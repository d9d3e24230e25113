//! Pixels for the shell: text, boxes, shadows, symbols, icons and wallpapers, made on the CPU.
//!
//! Principles
//! - A [`Raster`] key is all that a picture depends on (besides the files it names): equal keys
//!   give equal bytes. Whoever shows the pixels keeps them; nothing drawn is kept here, only what
//!   makes drawing fast (shaped lines, glyphs).
//! - Drawing never fails. What cannot be read is replaced (a letter instead of an icon, our
//!   wallpaper instead of the user's) and told once as a [`Problem`].
//! - Text is measured and drawn from the same shaped lines, in logical pixels, so that what
//!   layout was promised is what is seen at any scale.
//! - Files come from outside: sizes are limited before anything is decoded, and an image never
//!   makes us read another file.
//!
//! Not here: Wayland, textures, and any decision about what to show.

mod bitmap;
mod fonts;
mod icon;
mod image;
mod problem;
mod shapes;
mod symbols;
mod text;
mod wallpaper;

use std::cell::RefCell;

use scene::{Raster, TextMeasure, TextStyle};
use units::Size;

pub use bitmap::Bitmap;
pub use fonts::Fonts;
pub use problem::Problem;
use problem::Problems;
pub use symbols::BATTERY_INSIDE;
use text::TextEngine;

/// Draws [`Raster`]s and measures text.
///
/// Meant for one thread: measuring while a scene is built and drawing after it share the shaped
/// lines through interior mutability.
pub struct Rasterizer {
    text: RefCell<TextEngine>,
    problems: RefCell<Problems>,
}

impl Rasterizer {
    /// Looks up the fonts that text starts with; others are opened when a text needs them.
    pub fn new(fonts: Fonts) -> Self {
        let mut problems = Problems::default();
        let text = TextEngine::new(fonts, &mut problems);
        Self { text: RefCell::new(text), problems: RefCell::new(problems) }
    }

    /// The pixels of `raster`.
    ///
    /// They are of [`Raster::size`], but for sides of zero, which become one pixel, and for sides
    /// beyond 8192 pixels, which are cut to that.
    pub fn draw(&self, raster: &Raster) -> Bitmap {
        let size = bitmap::limit(raster.size());
        let problems = &mut *self.problems.borrow_mut();
        let engine = &mut *self.text.borrow_mut();
        match raster {
            Raster::RoundRect { radius, color, .. } => shapes::round_rect(size, *radius, *color),
            Raster::Shadow { radius, blur, color, .. } => {
                shapes::shadow(size, *radius, *blur, *color)
            }
            Raster::Gradient { from, to, direction, .. } => {
                shapes::gradient(size, *from, *to, *direction)
            }
            Raster::Text { text, style, color, scale_120, .. } => {
                let scale = *scale_120 as f32 / 120.0;
                engine.draw(size, text, style, *color, scale, problems)
            }
            Raster::Symbol { symbol, color, .. } => symbols::draw(size, *symbol, *color),
            Raster::Icon { path, name, .. } => {
                icon::draw(size, path.as_deref(), name, engine, problems)
            }
            Raster::Wallpaper { path, glass, .. } => {
                wallpaper::draw(size, path.as_deref(), *glass, problems)
            }
        }
    }

    /// What has gone wrong since the last call. Each thing is told once in the life of `self`.
    pub fn take_problems(&self) -> Vec<Problem> {
        self.problems.borrow_mut().take()
    }
}

impl TextMeasure for Rasterizer {
    fn measure(&self, text: &str, style: &TextStyle, max_width: f64) -> Size {
        let problems = &mut *self.problems.borrow_mut();
        self.text.borrow_mut().measure(text, style, max_width, problems)
    }
}
