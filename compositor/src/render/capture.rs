//! Pictures of what was drawn.

use std::io::Write;

use anyhow::Context as _;

/// Pixels of a picture: premultiplied, rows from the top, tight; bytes are blue, green, red,
/// opacity.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    /// Physical pixels across.
    pub width: u32,
    /// Physical pixels down.
    pub height: u32,
    /// `width * height * 4` bytes.
    pub data: Vec<u8>,
}

impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Image({}x{})", self.width, self.height)
    }
}

impl Image {
    /// Colour at a position: red, green, blue. `None` outside.
    pub fn rgb(&self, x: u32, y: u32) -> Option<[u8; 3]> {
        if x >= self.width || y >= self.height {
            return None;
        }
        let at = (y as usize * self.width as usize + x as usize) * 4;
        Some([self.data[at + 2], self.data[at + 1], self.data[at]])
    }

    /// Writes the picture as an opaque PNG.
    pub fn write_png(&self, to: impl Write) -> anyhow::Result<()> {
        let mut encoder = png::Encoder::new(to, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        let rgb: Vec<u8> = self.data.chunks_exact(4).flat_map(|px| [px[2], px[1], px[0]]).collect();
        let mut writer = encoder.write_header().context("error writing PNG header")?;
        writer.write_image_data(&rgb).context("error writing PNG data")
    }
}
