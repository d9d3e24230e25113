//! Draws a contact sheet of all that this crate can draw, to look at.
//!
//! `cargo run --release -p purje-raster --example sheet -- sheet.png`

use std::{
    env,
    error::Error,
    fs::File,
    io::{self, BufWriter, Write},
    time::Instant,
};

use purje_raster::{Bitmap, Fonts, Rasterizer};
use scene::{Align, Color, Direction, Raster, Symbol, TextMeasure, TextStyle, Weight};

const SYMBOLS: [Symbol; 13] = [
    Symbol::Backspace,
    Symbol::Check,
    Symbol::Close,
    Symbol::Warning,
    Symbol::Lock,
    Symbol::ChevronUp,
    Symbol::Grid,
    Symbol::Battery,
    Symbol::Bolt,
    Symbol::App,
    Symbol::Power,
    Symbol::Restart,
    Symbol::Spinner,
];

const SAMPLES: [&str; 8] = [
    "Hamburgefonstiv 0123456789",
    "Съешь ещё этих мягких булок",
    "Ξεσκεπάζω τὴν ψυχοφθόρα",
    "天地玄黃 宇宙洪荒 日月盈昃",
    "نص عربي مع أرقام ١٢٣",
    "דג סקרן שט בים מאוכזב",
    "สวัสดีชาวโลก नमस्ते 안녕하세요 ひらがな",
    "A very long label that can't fit into its box by any means whatever",
];

const NAMES: [&str; 10] =
    ["Phone", "Messages", "Ääni", "Карты", "日历", "Notes", "Weather", "Camera", "", "مذكرات"];

/// A picture that others are laid on.
struct Sheet(Bitmap);

impl Sheet {
    fn put(&mut self, left: u32, top: u32, bitmap: &Bitmap) {
        for (at, over) in bitmap.data.chunks_exact(4).enumerate() {
            let (x, y) = (left + at as u32 % bitmap.width, top + at as u32 / bitmap.width);
            if x < self.0.width && y < self.0.height {
                let below = &mut self.0.data[((y * self.0.width + x) * 4) as usize..][..4];
                for (below, over_channel) in below.iter_mut().zip(over) {
                    let kept = u32::from(*below) * u32::from(255 - over[3]) / 255;
                    *below = (kept + u32::from(*over_channel)).min(255) as u8;
                }
            }
        }
    }

    fn save(&self, path: &str) -> Result<(), Box<dyn Error>> {
        let file = BufWriter::new(File::create(path)?);
        let mut encoder = png::Encoder::new(file, self.0.width, self.0.height);
        encoder.set_color(png::ColorType::Rgb);
        let rgb: Vec<u8> = self.0.data.chunks_exact(4).flat_map(|p| [p[2], p[1], p[0]]).collect();
        encoder.write_header()?.write_image_data(&rgb)?;
        Ok(())
    }
}

struct Timed<'a> {
    rasterizer: &'a Rasterizer,
    log: io::Stderr,
}

impl Timed<'_> {
    fn draw(&mut self, what: &str, raster: &Raster) -> Bitmap {
        let start = Instant::now();
        let bitmap = self.rasterizer.draw(raster);
        // A log that can't be written is no reason to draw nothing.
        let _ = writeln!(self.log, "{:>9.2?}  {what}", start.elapsed());
        bitmap
    }
}

fn text(width: u32, height: u32, text: &str, style: TextStyle, scale: u32) -> Raster {
    Raster::Text {
        size: (width * scale, height * scale),
        text: text.into(),
        style,
        color: Color::WHITE,
        scale_120: 120 * scale,
    }
}

fn wallpaper(size: (u32, u32), glass: bool) -> Raster {
    Raster::Wallpaper { size, path: None, glass }
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args().nth(1).unwrap_or_else(|| "sheet.png".to_owned());
    let start = Instant::now();
    let rasterizer = Rasterizer::new(Fonts::system("en"));
    let mut timed = Timed { rasterizer: &rasterizer, log: io::stderr() };
    writeln!(timed.log, "{:>9.2?}  fonts", start.elapsed())?;

    let background = timed.draw("glass 2200x1500", &wallpaper((2200, 1500), true));
    let mut sheet = Sheet(background);
    symbols(&mut sheet, &mut timed);
    type_samples(&mut sheet, &mut timed);
    tiles(&mut sheet, &mut timed);
    boxes(&mut sheet, &mut timed);
    let portrait = timed.draw("wallpaper 1080x2160", &wallpaper((1080, 2160), false));
    let glass = timed.draw("glass 1080x2160", &wallpaper((1080, 2160), true));
    Sheet(portrait).save(&path.replace(".png", "-portrait.png"))?;
    Sheet(glass).save(&path.replace(".png", "-glass.png"))?;
    let landscape = timed.draw("wallpaper 1440x720", &wallpaper((1440, 720), false));
    Sheet(landscape).save(&path.replace(".png", "-landscape.png"))?;
    sheet.save(&path)?;
    for problem in rasterizer.take_problems() {
        writeln!(timed.log, "{problem}")?;
    }
    Ok(())
}

fn symbols(sheet: &mut Sheet, timed: &mut Timed<'_>) {
    let mut top = 30;
    for side in [24, 36, 48, 72, 96] {
        for (at, symbol) in SYMBOLS.into_iter().enumerate() {
            let raster = Raster::Symbol { size: (side, side), symbol, color: Color::WHITE };
            let bitmap = timed.rasterizer.draw(&raster);
            sheet.put(30 + at as u32 * (side + 12), top, &bitmap);
        }
        top += side + 16;
    }
}

fn type_samples(sheet: &mut Sheet, timed: &mut Timed<'_>) {
    let mut top = 400;
    for sample in SAMPLES {
        let style = TextStyle::new(16);
        let raster = text(330, 24, sample, style, 2);
        sheet.put(30, top, &timed.draw(sample, &raster));
        top += 56;
    }
    let clock = TextStyle::new(76).weight(Weight::Light).tabular();
    sheet.put(30, 880, &timed.draw("clock", &text(300, 95, "12:41", clock, 3)));
    let title = TextStyle::new(28).weight(Weight::SemiBold);
    sheet.put(800, 880, &timed.draw("title", &text(300, 40, "Good evening", title, 2)));
    let body = TextStyle::new(14).lines(3);
    let long = "The ferry to Suomenlinna leaves at 18:20 from the market square. \
                Bring warm clothes, the wind on the water is colder than it looks, and it is late.";
    let size = timed.rasterizer.measure(long, &body, 220.0);
    let raster = text(size.width as u32, size.height as u32, long, body, 2);
    sheet.put(800, 980, &timed.draw("body", &raster));
    for (row, align) in [Align::Start, Align::Center, Align::End].into_iter().enumerate() {
        let style = TextStyle::new(12).weight(Weight::Medium).align(align);
        sheet.put(
            1300,
            980 + row as u32 * 48,
            &timed.draw("align", &text(120, 20, "Label", style, 2)),
        );
    }
}

fn tiles(sheet: &mut Sheet, timed: &mut Timed<'_>) {
    for (at, name) in NAMES.into_iter().enumerate() {
        let raster = Raster::Icon { size: (128, 128), path: None, name: name.into() };
        let (column, row) = (at as u32 % 5, at as u32 / 5);
        sheet.put(1480 + column * 144, 40 + row * 180, &timed.draw("tile", &raster));
        let style = TextStyle::new(12).align(Align::Center);
        let label = timed.draw("label", &text(72, 16, name, style, 2));
        sheet.put(1472 + column * 144, 172 + row * 180, &label);
    }
}

fn boxes(sheet: &mut Sheet, timed: &mut Timed<'_>) {
    let shadow = Raster::Shadow {
        size: (400 + 96, 240 + 96),
        radius: 28,
        blur: 48,
        color: Color::BLACK.with_alpha(0.45),
    };
    sheet.put(1500 - 48, 1180 - 36, &timed.draw("shadow", &shadow));
    let card =
        Raster::RoundRect { size: (400, 240), radius: 28, color: Color::WHITE.with_alpha(0.14) };
    sheet.put(1500, 1180, &timed.draw("box", &card));
    let fade = Raster::Gradient {
        size: (300, 240),
        from: Color::TRANSPARENT,
        to: Color::BLACK.with_alpha(0.7),
        direction: Direction::Down,
    };
    sheet.put(1850, 800, &timed.draw("fade", &fade));
}
