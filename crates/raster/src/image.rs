//! Image files: read within limits, decoded, and brought to size.

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, Cursor, Read},
    path::Path,
    sync::Arc,
};

use resvg::{
    tiny_skia::{IntSize, Pixmap, PixmapMut, Transform},
    usvg::{self, ImageHrefResolver},
};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{colorspace::ColorSpace, options::DecoderOptions},
};

use crate::bitmap::Bitmap;

/// Longest file that is read.
const MAX_BYTES: u64 = 8 << 20;

/// Longest side of an image made of pixels.
const MAX_PIXELS: usize = 4096;

/// Why an image cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImageError {
    #[error("the image can't be read: {0}")]
    Read(#[from] io::Error),
    #[error("not a file")]
    NotAFile,
    #[error("the image file is larger than {} MiB", MAX_BYTES >> 20)]
    TooLong,
    #[error("the image has {0}x{1} pixels, more than {MAX_PIXELS} on a side")]
    TooManyPixels(usize, usize),
    #[error("not an SVG, PNG or JPEG image")]
    Unknown,
    #[error("the {0} image is broken: {1}")]
    Broken(&'static str, String),
}

impl ImageError {
    /// What would mend it.
    pub(crate) fn mend(&self) -> &'static str {
        match self {
            Self::Read(error) if error.kind() == io::ErrorKind::NotFound => {
                "install what the image belongs to again, or name another image"
            }
            Self::Read(_) | Self::NotAFile => "make it a file that the user can read",
            Self::TooLong | Self::TooManyPixels(..) => "make the image smaller",
            Self::Unknown => "convert the image to SVG or PNG",
            Self::Broken(..) => "replace the image",
        }
    }
}

/// A decoded image.
pub(crate) enum Picture {
    Vector(Box<usvg::Tree>),
    Pixels(Pixmap),
}

impl Picture {
    pub(crate) fn read(path: &Path) -> Result<Self, ImageError> {
        Self::decode(bytes(path)?)
    }

    fn decode(data: Vec<u8>) -> Result<Self, ImageError> {
        if data.starts_with(b"\x89PNG") {
            check_pixels(&data, "PNG")?;
            let pixmap = Pixmap::decode_png(&data)
                .map_err(|error| ImageError::Broken("PNG", error.to_string()))?;
            return Ok(Self::Pixels(pixmap));
        }
        if data.starts_with(b"\xff\xd8") {
            check_pixels(&data, "JPEG")?;
            return decode_jpeg(&data).map(Self::Pixels);
        }
        let text = std::str::from_utf8(&data).map_err(|_| ImageError::Unknown)?;
        if !text.contains("<svg") {
            return Err(ImageError::Unknown);
        }
        usvg::Tree::from_str(text, &svg_options())
            .map(|tree| Self::Vector(Box::new(tree)))
            .map_err(|error| ImageError::Broken("SVG", error.to_string()))
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, ImageError> {
    // Looked at before it is opened: opening a pipe would wait for a writer.
    let metadata = path.metadata()?;
    if !metadata.is_file() {
        return Err(ImageError::NotAFile);
    }
    if metadata.len() > MAX_BYTES {
        return Err(ImageError::TooLong);
    }
    let mut data = Vec::new();
    // The file may have grown since.
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut data)?;
    if data.len() as u64 > MAX_BYTES { Err(ImageError::TooLong) } else { Ok(data) }
}

/// Refuses what would need too much memory, by the sizes that the file's head claims.
fn check_pixels(data: &[u8], format: &'static str) -> Result<(), ImageError> {
    let size = imagesize::blob_size(data)
        .map_err(|error| ImageError::Broken(format, error.to_string()))?;
    if size.width > MAX_PIXELS || size.height > MAX_PIXELS {
        return Err(ImageError::TooManyPixels(size.width, size.height));
    }
    Ok(())
}

fn decode_jpeg(data: &[u8]) -> Result<Pixmap, ImageError> {
    let broken = |cause: String| ImageError::Broken("JPEG", cause);
    let options = DecoderOptions::new_safe()
        .set_max_width(MAX_PIXELS)
        .set_max_height(MAX_PIXELS)
        .jpeg_set_out_colorspace(ColorSpace::RGBA);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(data), options);
    let pixels = decoder.decode().map_err(|error| broken(format!("{error:?}")))?;
    let info = decoder.info().ok_or_else(|| broken("no header".to_owned()))?;
    IntSize::from_wh(u32::from(info.width), u32::from(info.height))
        .and_then(|size| Pixmap::from_vec(pixels, size))
        .ok_or_else(|| broken("colours of an unknown kind".to_owned()))
}

/// An icon shows itself, never another file; what it embeds obeys the same limits.
fn svg_options() -> usvg::Options<'static> {
    let decode = ImageHrefResolver::default_data_resolver();
    let resolve_data = move |mime: &str, data: Arc<Vec<u8>>, options: &usvg::Options<'_>| {
        let too_large = imagesize::blob_size(&data)
            .is_ok_and(|size| size.width > MAX_PIXELS || size.height > MAX_PIXELS);
        if too_large { None } else { decode(mime, data, options) }
    };
    usvg::Options {
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(resolve_data),
            resolve_string: Box::new(|_, _| None),
        },
        ..usvg::Options::default()
    }
}

/// The whole picture in the middle of `size`, as large as fits.
pub(crate) fn fit(picture: &Picture, size: (u32, u32)) -> Bitmap {
    let (own_width, own_height) = own_size(picture);
    let scale = (size.0 as f32 / own_width).min(size.1 as f32 / own_height);
    let side = |own: f32, limit: u32| ((own * scale).round() as u32).clamp(1, limit);
    let inner = (side(own_width, size.0), side(own_height, size.1));
    let mut bitmap = Bitmap::transparent(size);
    let (left, top) = ((size.0 - inner.0) / 2, (size.1 - inner.1) / 2);
    let Some(pixels) = scaled(picture, [0.0, 0.0, own_width, own_height], inner) else {
        return bitmap;
    };
    let inner = Bitmap::from_pixmap(pixels);
    for (y, from) in inner.data.chunks_exact(inner.stride() as usize).enumerate() {
        bitmap.row_mut(top + y as u32)[left as usize * 4..][..from.len()].copy_from_slice(from);
    }
    bitmap
}

/// The middle of the picture, as much as fills `size`.
pub(crate) fn cover(picture: &Picture, size: (u32, u32)) -> Option<Pixmap> {
    let (own_width, own_height) = own_size(picture);
    let scale = (size.0 as f32 / own_width).max(size.1 as f32 / own_height);
    let (width, height) = (size.0 as f32 / scale, size.1 as f32 / scale);
    let region = [(own_width - width) / 2.0, (own_height - height) / 2.0, width, height];
    scaled(picture, region, size)
}

fn own_size(picture: &Picture) -> (f32, f32) {
    match picture {
        Picture::Vector(tree) => (tree.size().width(), tree.size().height()),
        Picture::Pixels(pixmap) => (pixmap.width() as f32, pixmap.height() as f32),
    }
}

/// The part `region` (left, top, width, height) of the picture, at `size` pixels.
fn scaled(picture: &Picture, region: [f32; 4], size: (u32, u32)) -> Option<Pixmap> {
    let mut out = Pixmap::new(size.0, size.1)?;
    match picture {
        Picture::Vector(tree) => {
            let [left, top, width, height] = region;
            let transform = Transform::from_scale(size.0 as f32 / width, size.1 as f32 / height)
                .pre_translate(-left, -top);
            resvg::render(tree, transform, &mut out.as_mut());
        }
        Picture::Pixels(pixmap) => resample(pixmap, region, &mut out.as_mut()),
    }
    Some(out)
}

/// The source pixels that make one pixel of the result, along one axis.
struct Taps {
    first: usize,
    weights: Vec<f32>,
}

/// A tent over each result pixel, as wide as it is in the source: smooth when enlarging, and
/// every source pixel counts when reducing.
fn taps(start: f32, length: f32, source: usize, result: usize) -> Vec<Taps> {
    let step = length / result as f32;
    let reach = step.max(1.0);
    let last = source as f32 - 1.0;
    let of = |at: usize| {
        let centre = start + (at as f32 + 0.5) * step - 0.5;
        let first = (centre - reach).ceil().clamp(0.0, last);
        let end = (centre + reach).floor().clamp(first, last);
        let weight = |x: usize| (1.0 - (x as f32 - centre).abs() / reach).max(1e-6);
        let mut weights: Vec<f32> = (first as usize..=end as usize).map(weight).collect();
        let sum: f32 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
        Taps { first: first as usize, weights }
    };
    (0..result).map(of).collect()
}

/// Scales premultiplied pixels, rows streaming through a window as high as one result row needs.
fn resample(source: &Pixmap, region: [f32; 4], out: &mut PixmapMut<'_>) {
    let (width, height) = (out.width() as usize, out.height() as usize);
    let across = taps(region[0], region[2], source.width() as usize, width);
    let down = taps(region[1], region[3], source.height() as usize, height);
    let stride = source.width() as usize * 4;
    let narrowed = |y: usize| -> Vec<f32> {
        let row = &source.data()[y * stride..][..stride];
        let pixel = |taps: &Taps| {
            let mut sum = [0.0_f32; 4];
            for (weight, pixel) in taps.weights.iter().zip(row[taps.first * 4..].chunks_exact(4)) {
                for (sum, channel) in sum.iter_mut().zip(pixel) {
                    *sum += weight * f32::from(*channel);
                }
            }
            sum
        };
        across.iter().flat_map(pixel).collect()
    };
    let mut window: VecDeque<(usize, Vec<f32>)> = VecDeque::new();
    let mut sums = vec![0.0_f32; width * 4];
    for (taps, target) in down.iter().zip(out.data_mut().chunks_exact_mut(width * 4)) {
        while window.front().is_some_and(|(y, _)| *y < taps.first) {
            window.pop_front();
        }
        let next = window.back().map_or(taps.first, |(y, _)| y + 1);
        window.extend((next..taps.first + taps.weights.len()).map(|y| (y, narrowed(y))));
        sums.fill(0.0);
        for (weight, (_, row)) in taps.weights.iter().zip(&window) {
            sums.iter_mut().zip(row).for_each(|(sum, channel)| *sum += weight * channel);
        }
        for (target, sum) in target.chunks_exact_mut(4).zip(sums.chunks_exact(4)) {
            let alpha = (sum[3] + 0.5) as u8;
            for i in 0..3 {
                target[i] = ((sum[i] + 0.5) as u8).min(alpha);
            }
            target[3] = alpha;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reducing_keeps_the_mean_and_enlarging_keeps_the_colour() {
        // A chequered board of single pixels.
        let mut board = Pixmap::new(64, 64).expect("size");
        for (at, pixel) in board.data_mut().chunks_exact_mut(4).enumerate() {
            let on = (at % 64 + at / 64) % 2 * 255;
            pixel.copy_from_slice(&[on as u8, on as u8, on as u8, 255]);
        }
        let picture = Picture::Pixels(board);
        let small = scaled(&picture, [0.0, 0.0, 64.0, 64.0], (16, 16)).expect("size");
        assert!(small.data().chunks_exact(4).all(|p| (120..=136).contains(&p[0]) && p[3] == 255));
        let large = scaled(&Picture::Pixels(small), [0.0, 0.0, 16.0, 16.0], (50, 50));
        let large = large.expect("size");
        assert!(large.data().chunks_exact(4).all(|p| (120..=136).contains(&p[0]) && p[3] == 255));
    }

    #[test]
    fn an_image_that_claims_to_be_huge_is_refused_before_it_is_decoded() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend(100_000_u32.to_be_bytes());
        png.extend(5_u32.to_be_bytes());
        png.extend([8, 6, 0, 0, 0]);
        let error = Picture::decode(png).err().expect("refused");
        assert!(matches!(error, ImageError::TooManyPixels(100_000, 5)), "{error}");
    }

    #[test]
    fn a_folder_is_no_image_and_neither_is_text() {
        assert!(matches!(Picture::read(Path::new("/")), Err(ImageError::NotAFile)));
        assert!(matches!(Picture::decode(b"hello".to_vec()), Err(ImageError::Unknown)));
        assert!(matches!(
            Picture::decode(b"<svg><unclosed".to_vec()),
            Err(ImageError::Broken("SVG", _))
        ));
    }
}
