//! What the tests of this crate share.

// Not every test uses every helper.
#![allow(dead_code)]

use std::path::{Path, PathBuf};

use purje_raster::{Bitmap, Fonts, Rasterizer};
use scene::{Color, Raster, TextStyle};

pub(crate) fn asset(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// With the fonts that come with the tests.
pub(crate) fn rasterizer() -> Rasterizer {
    with_fonts(&asset("fonts"))
}

pub(crate) fn with_fonts(folder: &Path) -> Rasterizer {
    Rasterizer::new(Fonts::in_folders(vec![folder.into()], "en"))
}

/// A folder with some of the tests' fonts.
pub(crate) fn fonts(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for name in names {
        std::fs::copy(asset("fonts").join(name), folder.path().join(name)).expect("a font");
    }
    folder
}

pub(crate) fn text(size: (u32, u32), text: &str, style: TextStyle, scale_120: u32) -> Raster {
    Raster::Text { size, text: text.into(), style, color: Color::WHITE, scale_120 }
}

/// All opacity added up.
pub(crate) fn ink(bitmap: &Bitmap) -> u64 {
    bitmap.data.chunks_exact(4).map(|pixel| u64::from(pixel[3])).sum()
}

/// First and last column that show something.
pub(crate) fn columns(bitmap: &Bitmap) -> Option<(u32, u32)> {
    let inked = |x: u32| {
        (0..bitmap.height).any(|y| bitmap.data[((y * bitmap.width + x) * 4 + 3) as usize] > 0)
    };
    let first = (0..bitmap.width).find(|x| inked(*x))?;
    Some((first, (0..bitmap.width).rfind(|x| inked(*x))?))
}
