//! Icons, wallpapers and what all pictures have in common.

mod common;

use std::{fs, io::BufWriter, path::Path};

use common::{asset, ink, rasterizer, text};
use purje_raster::{Bitmap, Rasterizer};
use scene::{Color, Direction, Raster, Symbol, TextStyle};

fn icon(side: u32, path: Option<&Path>, name: &str) -> Raster {
    Raster::Icon { size: (side, side), path: path.map(Into::into), name: name.into() }
}

fn wallpaper(size: (u32, u32), path: Option<&Path>, glass: bool) -> Raster {
    Raster::Wallpaper { size, path: path.map(Into::into), glass }
}

fn write_png(path: &Path, width: u32, height: u32, rgba: [u8; 4]) {
    let file = BufWriter::new(fs::File::create(path).expect("a file"));
    let mut encoder = png::Encoder::new(file, width, height);
    encoder.set_color(png::ColorType::Rgba);
    let pixels = rgba.repeat((width * height) as usize);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&pixels).expect("pixels");
}

fn pixel(bitmap: &Bitmap, x: u32, y: u32) -> [u8; 4] {
    let at = ((y * bitmap.width + x) * 4) as usize;
    bitmap.data[at..at + 4].try_into().expect("four bytes")
}

fn one_of_each() -> Vec<Raster> {
    let translucent = Color::rgba(255, 120, 30, 0.37);
    vec![
        Raster::RoundRect { size: (60, 40), radius: 13, color: translucent },
        Raster::Shadow { size: (60, 40), radius: 6, blur: 11, color: translucent },
        Raster::Gradient {
            size: (60, 40),
            from: translucent,
            to: Color::WHITE.with_alpha(0.0),
            direction: Direction::Right,
        },
        Raster::Text {
            size: (60, 40),
            text: "Aä天م".into(),
            style: TextStyle::new(20),
            color: translucent,
            scale_120: 180,
        },
        Raster::Symbol { size: (60, 40), symbol: Symbol::Warning, color: translucent },
        icon(48, None, "Kello"),
        icon(48, None, ""),
        wallpaper((60, 80), None, false),
        wallpaper((60, 80), None, true),
    ]
}

#[test]
fn every_picture_is_of_its_size_premultiplied_and_always_the_same() {
    let (first, second) = (rasterizer(), rasterizer());
    for raster in one_of_each() {
        let bitmap = first.draw(&raster);
        assert_eq!((bitmap.width, bitmap.height), raster.size(), "{raster:?}");
        assert_eq!(bitmap.data.len(), (bitmap.width * bitmap.height * 4) as usize);
        assert!(ink(&bitmap) > 0, "{raster:?} shows nothing");
        for p in bitmap.data.chunks_exact(4) {
            assert!(p[0] <= p[3] && p[1] <= p[3] && p[2] <= p[3], "{raster:?}: {p:?}");
            assert!(!raster.is_opaque() || p[3] == 255, "{raster:?} is not opaque");
        }
        assert_eq!(first.draw(&raster), bitmap, "{raster:?} again");
        assert_eq!(second.draw(&raster), bitmap, "{raster:?} elsewhere");
    }
    assert_eq!(first.take_problems(), vec![]);
}

#[test]
fn blue_comes_first() {
    let color = Color::rgba(200, 100, 50, 1.0);
    let bitmap = rasterizer().draw(&Raster::RoundRect { size: (9, 9), radius: 2, color });
    assert_eq!(pixel(&bitmap, 4, 4), [50, 100, 200, 255]);
}

#[test]
fn impossible_sizes_are_drawn_as_near_as_can_be() {
    let rasterizer = rasterizer();
    for size in [(0, 0), (1, 0), (3, 2), (100_000, 1)] {
        for raster in [
            Raster::RoundRect { size, radius: 9, color: Color::WHITE },
            Raster::Shadow { size, radius: 9, blur: 9, color: Color::WHITE },
            Raster::Symbol { size, symbol: Symbol::Lock, color: Color::WHITE },
            Raster::Icon { size, path: None, name: "x".into() },
            wallpaper(size, None, false),
            wallpaper(size, None, true),
            text(size, "x", TextStyle::new(16), 0),
            text(size, "x", TextStyle::new(u16::MAX), u32::MAX),
        ] {
            let bitmap = rasterizer.draw(&raster);
            assert!((1..=8192).contains(&bitmap.width) && bitmap.height >= 1, "{raster:?}");
        }
    }
}

#[test]
fn an_icon_is_fitted_keeping_its_shape() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("wide.png");
    write_png(&path, 200, 100, [10, 200, 30, 255]);
    let rasterizer = rasterizer();
    let bitmap = rasterizer.draw(&icon(64, Some(&path), "Wide"));
    assert_eq!(pixel(&bitmap, 32, 8)[3], 0);
    assert_eq!(pixel(&bitmap, 32, 32), [30, 200, 10, 255]);
    assert_eq!(pixel(&bitmap, 0, 32), [30, 200, 10, 255]);
    assert_eq!(rasterizer.take_problems(), vec![]);
}

#[test]
fn a_missing_icon_is_a_letter_and_told_once() {
    let rasterizer = rasterizer();
    let path = Path::new("/nowhere/to/be/found.svg");
    let tile = rasterizer.draw(&icon(48, None, "Kello"));
    assert_eq!(rasterizer.take_problems(), vec![]);
    assert_eq!(rasterizer.draw(&icon(48, Some(path), "Kello")), tile);
    assert_eq!(rasterizer.draw(&icon(48, Some(path), "Kello")), tile);
    let problems = rasterizer.take_problems();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].path, path);
    assert!(!problems[0].cause.is_empty() && !problems[0].mend.is_empty());
    assert_ne!(tile, rasterizer.draw(&icon(48, None, "Xeno")), "names differ to the eye");
}

#[test]
fn a_broken_icon_is_a_letter_and_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let png = folder.path().join("whole.png");
    write_png(&png, 64, 64, [10, 200, 30, 255]);
    let whole = fs::read(&png).expect("a file");
    let rasterizer = rasterizer();
    let tile = rasterizer.draw(&icon(48, None, "Kello"));
    let cases: [(&str, Vec<u8>); 7] = [
        ("empty.svg", Vec::new()),
        ("open.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><rect".to_vec()),
        ("binary.svg", vec![0xff; 400]),
        ("head.png", whole[..20].to_vec()),
        ("cut.png", whole[..whole.len() - 20].to_vec()),
        ("cut.jpg", fs::read(asset("images/halves.jpg")).expect("a file")[..30].to_vec()),
        ("long.svg", vec![b' '; (8 << 20) + 1]),
    ];
    for (name, bytes) in cases {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        assert_eq!(rasterizer.draw(&icon(48, Some(&path), "Kello")), tile, "{name}");
        let problems = rasterizer.take_problems();
        assert_eq!(problems.len(), 1, "{name}: {problems:?}");
        assert_eq!(problems[0].path, path);
    }
    assert_eq!(rasterizer.draw(&icon(48, Some(folder.path()), "Kello")), tile, "a folder");
}

#[test]
fn an_svg_shows_itself_and_no_other_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = folder.path().join("secret.png");
    write_png(&secret, 8, 8, [255, 0, 0, 255]);
    let svg = folder.path().join("icon.svg");
    let document = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' \
         viewBox='0 0 64 64'><rect width='64' height='64' fill='#00ff00'/>\
         <image href='secret.png' width='64' height='64'/>\
         <image xlink:href='{0}' width='64' height='64'/>\
         <image href='file://{0}' width='64' height='64'/></svg>",
        secret.display()
    );
    fs::write(&svg, document).expect("written");
    let rasterizer = rasterizer();
    let bitmap = rasterizer.draw(&icon(64, Some(&svg), "Icon"));
    assert!(bitmap.data.chunks_exact(4).all(|p| p == [0, 255, 0, 255]));
    assert_eq!(rasterizer.take_problems(), vec![]);
}

fn mean(bitmap: &Bitmap) -> f64 {
    let sum: u64 = bitmap.data.chunks_exact(4).flat_map(|p| &p[..3]).map(|c| u64::from(*c)).sum();
    sum as f64 / (bitmap.data.len() / 4 * 3) as f64
}

#[test]
fn the_users_picture_covers_the_screen() {
    let rasterizer = rasterizer();
    let jpeg = asset("images/halves.jpg");
    let bitmap = rasterizer.draw(&wallpaper((90, 180), Some(&jpeg), false));
    assert_eq!(rasterizer.take_problems(), vec![]);
    let [left, right] = [pixel(&bitmap, 5, 90), pixel(&bitmap, 84, 90)];
    assert!(left[2] > 150 && left[0] < 80, "red at the left: {left:?}");
    assert!(right[0] > 150 && right[2] < 80, "blue at the right: {right:?}");
    let glass = rasterizer.draw(&wallpaper((90, 180), Some(&jpeg), true));
    assert!(mean(&glass) < mean(&bitmap) * 0.8);
}

#[test]
fn glass_has_no_edges() {
    let rasterizer = rasterizer();
    let step = |bitmap: &Bitmap| {
        let rows = (1..bitmap.height).map(|y| {
            pixel(bitmap, 50, y)
                .iter()
                .zip(pixel(bitmap, 50, y - 1))
                .map(|(a, b)| a.abs_diff(b))
                .max()
        });
        rows.max().flatten()
    };
    let plain = rasterizer.draw(&wallpaper((100, 200), None, false));
    let glass = rasterizer.draw(&wallpaper((100, 200), None, true));
    assert!(step(&plain) > Some(20), "edges of the veils");
    assert!(step(&glass) < Some(8));
    assert!(mean(&glass) < mean(&plain) * 0.8);
}

#[test]
fn a_broken_wallpaper_is_replaced_by_ours_and_told() {
    let rasterizer: Rasterizer = rasterizer();
    let path = Path::new("/nowhere/picture.jpg");
    let ours = rasterizer.draw(&wallpaper((60, 120), None, false));
    assert_eq!(rasterizer.draw(&wallpaper((60, 120), Some(path), false)), ours);
    assert_eq!(rasterizer.take_problems().len(), 1);
}
