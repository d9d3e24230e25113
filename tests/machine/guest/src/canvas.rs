//! A picture in memory: opaque RGB, eight bits each, no row padding.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

/// Red, green and blue.
pub(crate) type Rgb = [u8; 3];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Canvas {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Three bytes a pixel, rows from the top.
    bytes: Vec<u8>,
}

impl Canvas {
    /// A black picture.
    pub(crate) fn black(width: u32, height: u32) -> Self {
        Self { width, height, bytes: vec![0; width as usize * height as usize * 3] }
    }

    pub(crate) fn pixels(&self) -> impl Iterator<Item = Rgb> + '_ {
        self.bytes.chunks_exact(3).map(|pixel| [pixel[0], pixel[1], pixel[2]])
    }

    /// Lays a premultiplied colour over a pixel; outside the picture nothing happens.
    pub(crate) fn blend(&mut self, x: i64, y: i64, colour: Rgb, alpha: u8) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return };
        if x >= self.width || y >= self.height {
            return;
        }
        let at = (y as usize * self.width as usize + x as usize) * 3;
        for (under, over) in self.bytes[at..at + 3].iter_mut().zip(colour) {
            let rest = u32::from(*under) * u32::from(255 - alpha) / 255;
            *under = (u32::from(over) + rest).min(255) as u8;
        }
    }

    /// A part of the picture, in fractions of its size, as pixels.
    pub(crate) fn part(&self, part: [f64; 4]) -> Vec<Rgb> {
        let [x, y, width, height] = part;
        let column = |at: f64| (at.clamp(0.0, 1.0) * f64::from(self.width)).round() as usize;
        let row = |at: f64| (at.clamp(0.0, 1.0) * f64::from(self.height)).round() as usize;
        let mut pixels = Vec::new();
        for y in row(y)..row(y + height) {
            for x in column(x)..column(x + width) {
                let at = (y * self.width as usize + x) * 3;
                pixels.push([self.bytes[at], self.bytes[at + 1], self.bytes[at + 2]]);
            }
        }
        pixels
    }

    /// # Errors
    /// The file cannot be written.
    pub(crate) fn write_png(&self, file: &Path) -> Result<()> {
        let told = || format!("cannot write {}", file.display());
        let out = BufWriter::new(File::create(file).with_context(told)?);
        let mut encoder = png::Encoder::new(out, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header().with_context(told)?;
        writer.write_image_data(&self.bytes).with_context(told)?;
        writer.finish().with_context(told)
    }

    /// Reads what [`Self::write_png`] wrote, or any other PNG with eight-bit RGB or RGBA.
    ///
    /// # Errors
    /// The file cannot be read or is of another kind.
    pub(crate) fn read_png(file: &Path) -> Result<Self> {
        let told = || format!("cannot read {}", file.display());
        let input = BufReader::new(File::open(file).with_context(told)?);
        let mut reader = png::Decoder::new(input).read_info().with_context(told)?;
        let size = reader.output_buffer_size().with_context(told)?;
        let mut bytes = vec![0; size];
        let info = reader.next_frame(&mut bytes).with_context(told)?;
        bytes.truncate(info.buffer_size());
        ensure!(info.bit_depth == png::BitDepth::Eight, "{} has not eight bits", file.display());
        let bytes = match info.color_type {
            png::ColorType::Rgb => bytes,
            png::ColorType::Rgba => {
                bytes.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
            }
            other => anyhow::bail!("{} has colours of kind {other:?}", file.display()),
        };
        Ok(Self { width: info.width, height: info.height, bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_picture_reads_back_the_same() {
        let mut canvas = Canvas::black(3, 2);
        canvas.blend(2, 1, [9, 8, 7], 255);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("a.png");
        canvas.write_png(&file).expect("writable");
        assert_eq!(Canvas::read_png(&file).expect("readable"), canvas);
    }

    #[test]
    fn blending_respects_alpha_and_the_pictures_edges() {
        let mut canvas = Canvas::black(1, 1);
        canvas.blend(0, 0, [200, 200, 200], 255);
        canvas.blend(0, 0, [50, 0, 0], 128);
        canvas.blend(-1, 0, [255, 255, 255], 255);
        canvas.blend(0, 1, [255, 255, 255], 255);
        assert_eq!(canvas.pixels().collect::<Vec<_>>(), [[149, 99, 99]]);
    }

    #[test]
    fn a_part_is_cut_in_fractions() {
        let mut canvas = Canvas::black(4, 4);
        canvas.blend(3, 3, [1, 2, 3], 255);
        assert_eq!(canvas.part([0.75, 0.75, 0.25, 0.25]), [[1, 2, 3]]);
        assert_eq!(canvas.part([0.0, 0.0, 1.0, 1.0]).len(), 16);
    }
}
