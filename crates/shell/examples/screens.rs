//! Draws the shell's screens into PNG files, to be looked at.
//!
//! `cargo run -p purje-shell --example screens -- FOLDER [WIDTHxHEIGHT[@SCALE][n]]`, where `n` adds a
//! notch. Applications' surfaces are drawn as plain pages.

#![allow(clippy::print_stdout, reason = "a tool for the terminal")]

use std::{
    collections::HashMap,
    error::Error,
    path::{Path, PathBuf},
    time::Duration,
};

use purje_shell::{
    App, AppId, AuthVerdict, Battery, ClockText, CodeState, Event, Key, LaunchId, LaunchState,
    OpenSurface, OutputInfo, Picture, Request, Settings, Shell, Status, Touch, WindowEvent,
    WindowId,
};
use raster::{Bitmap, Fonts, Rasterizer};
use scene::{Color, DrawList, Paint, Raster};
use units::{Insets, PhysicalRect, Point, Rect, Scale, Size, Time, Vector};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("say which folder to write to")?);
    let output = panel(&arguments.next().unwrap_or_else(|| "360x720@2".to_owned()))?;
    std::fs::create_dir_all(&folder)?;
    Gallery::new(folder, output).tour()
}

/// A panel as `WIDTHxHEIGHT[@SCALE][n]` describes it.
fn panel(text: &str) -> Result<OutputInfo, Box<dyn Error>> {
    let (text, notch) = text.strip_suffix('n').map_or((text, false), |text| (text, true));
    let (size, scale) = text.split_once('@').unwrap_or((text, "2"));
    let (width, height) = size.split_once('x').ok_or("a size is WIDTHxHEIGHT")?;
    let (width, height): (f64, f64) = (width.parse()?, height.parse()?);
    let mut output = OutputInfo {
        size: Size::new(width, height),
        scale: scale.parse()?,
        ..OutputInfo::default()
    };
    if notch {
        output.corner_radius = 36.0;
        output.safe = Insets::new(34.0, 0.0, 16.0, 0.0);
        let notch = Size::new(110.0, 30.0);
        output.cutouts.push(Rect::new(Point::new((width - notch.width) / 2.0, 0.0), notch));
    }
    Ok(output)
}

struct Gallery {
    folder: PathBuf,
    shell: Shell,
    rasterizer: Rasterizer,
    rasters: HashMap<Raster, Bitmap>,
    output: OutputInfo,
    now: Time,
    windows: u64,
    shots: usize,
}

impl Gallery {
    fn new(folder: PathBuf, output: OutputInfo) -> Self {
        let now = Time::from_millis(1_000);
        let settings = Settings { code: CodeState::Set, ..Settings::default() };
        Self {
            folder,
            shell: Shell::new(output.clone(), settings, now),
            rasterizer: Rasterizer::new(Fonts::system("en")),
            rasters: HashMap::new(),
            output,
            now,
            windows: 0,
            shots: 0,
        }
    }

    fn tour(mut self) -> Result<(), Box<dyn Error>> {
        self.send(Event::Clock(ClockText {
            time: "21:37".into(),
            date: "Monday 23 November".into(),
        }));
        self.send(Event::Status(Status { battery: Some(Battery { percent: 82, charging: true }) }));
        self.send(Event::Apps(apps()));
        self.shot("lock")?;
        let (width, height) = (self.output.size.width, self.output.size.height);
        let middle = Point::new(width / 2.0, height / 2.0);
        self.touch(middle, middle - Vector::new(0.0, height * 0.12));
        self.shot("lock-lifted")?;
        self.up();
        self.swipe(middle, middle - Vector::new(0.0, height * 0.3));
        self.shot("code")?;
        self.type_code(&[1, 2, 3, 4]);
        self.shot("code-entered")?;
        self.send(Event::Key { key: Key::Enter, pressed: true });
        self.send(Event::Auth(AuthVerdict::Wrong { wait_s: 30 }));
        self.rest();
        self.shot("code-wrong")?;
        self.send(Event::LogindUnlock);
        self.wait(90);
        self.shot("unlocking")?;
        self.rest();
        self.shot("home-empty")?;

        for (count, name) in [(1, "home-1"), (4, "home-4"), (7, "home-7"), (12, "home-12")] {
            while self.windows < count {
                let ids = ["foot", "org.gnome.TextEditor", "firefox", "org.example.Maps", "mpv"];
                self.map(ids[self.windows as usize % ids.len()], None);
                self.rest();
                self.send(Event::Request(Request::GoHome));
                self.rest();
            }
            self.shot(name)?;
        }
        self.touch(middle, middle);
        self.wait(600);
        self.up();
        self.rest();
        self.shot("housekeeping")?;
        self.send(Event::Key { key: Key::Escape, pressed: true });

        let bottom = Point::new(width / 2.0, height - 2.0);
        self.touch(bottom, bottom - Vector::new(0.0, height * 0.45));
        self.shot("grid-rising")?;
        self.drag(
            bottom - Vector::new(0.0, height * 0.45),
            bottom - Vector::new(0.0, height * 0.6),
        );
        self.up();
        self.rest();
        self.shot("grid")?;
        let calculator = AppId("org.gnome.Calculator".into());
        self.send(Event::Request(Request::LaunchApp { app: calculator, uris: vec![] }));
        self.wait(70);
        self.shot("launching")?;
        self.wait(900);
        self.shot("splash")?;
        let reason = "the program gnome-calculator was not found".to_owned();
        let state = LaunchState::Failed { reason };
        self.send(Event::Launch { launch: LaunchId(1), state });
        self.shot("failed")?;
        self.send(Event::Request(Request::GoHome));
        self.rest();

        let window = self.map("foot", None);
        self.rest();
        self.shot("application")?;
        let right = Point::new(width - 2.0, height * 0.6);
        self.touch(right, right - Vector::new(width * 0.42, 0.0));
        self.shot("peek")?;
        self.drag(right - Vector::new(width * 0.42, 0.0), right);
        self.up();
        self.rest();
        let dialog = self.map("foot", Some(window));
        let size = Size::new(width * 0.8, 240.0);
        self.send(Event::Window(WindowEvent::Resized { id: dialog, size }));
        self.rest();
        self.shot("dialog")?;
        self.send(Event::Window(WindowEvent::Unmapped { id: dialog }));
        self.send(Event::Window(WindowEvent::Unresponsive { id: window, on: true }));
        self.shot("silent")?;
        let corner = Point::new(8.0, 2.0);
        self.touch(corner, Point::new(20.0, height * 0.35));
        self.shot("closing")?;
        self.up();
        self.rest();
        self.send(Event::Key { key: Key::Power, pressed: true });
        self.wait(1_600);
        self.send(Event::Key { key: Key::Power, pressed: false });
        self.rest();
        self.shot("power-menu")
    }

    fn send(&mut self, event: Event) {
        self.shell.handle(event, self.now, &mut Vec::new());
    }

    fn wait(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        while let Some(at) = self.shell.next_wake().filter(|&at| at <= end) {
            self.now = self.now.max(at);
            self.send(Event::Tick);
        }
        self.now = end;
    }

    fn rest(&mut self) {
        self.wait(1_200);
    }

    fn map(&mut self, app_id: &str, parent: Option<WindowId>) -> WindowId {
        self.windows += 1;
        let id = WindowId(self.windows);
        let (app_id, title) = (app_id.to_owned(), app_id.to_owned());
        self.send(Event::Window(WindowEvent::Mapped { id, app_id, title, launch: None, parent }));
        id
    }

    fn touch(&mut self, from: Point, to: Point) {
        self.send(Event::Touch(Touch::Down { slot: 0, at: from }));
        if from != to {
            self.drag(from, to);
        }
    }

    fn drag(&mut self, from: Point, to: Point) {
        for step in 1..=12 {
            self.wait(10);
            let at = from + (to - from) * (f64::from(step) / 12.0);
            self.send(Event::Touch(Touch::Motion { slot: 0, at }));
        }
    }

    fn up(&mut self) {
        self.send(Event::Touch(Touch::Up { slot: 0 }));
    }

    fn swipe(&mut self, from: Point, to: Point) {
        self.touch(from, to);
        self.up();
        self.rest();
    }

    fn type_code(&mut self, digits: &[u8]) {
        for &digit in digits {
            self.send(Event::Key { key: Key::Digit(digit), pressed: true });
        }
    }

    fn shot(&mut self, name: &str) -> Result<(), Box<dyn Error>> {
        let scale = Scale::new(self.output.scale);
        let size = self.output.size * scale;
        let mut canvas = Canvas::new(size.width.round() as usize, size.height.round() as usize);
        let started = std::time::Instant::now();
        let picture = self.shell.picture(self.now, &self.rasterizer);
        let took = started.elapsed();
        match picture {
            Picture::Open(scene) => {
                let list = scene.draw_list(scale);
                self.paint(&mut canvas, &list, |canvas, item, surface| match surface {
                    OpenSurface::Window(id) => canvas.page(item, id.0),
                    OpenSurface::Layer(_) => {}
                });
            }
            Picture::Locked(scene) => {
                let list = scene.draw_list(scale);
                self.paint(&mut canvas, &list, |_, _, _| {});
            }
        }
        self.shots += 1;
        let path = self.folder.join(format!("{:02}-{name}.png", self.shots));
        canvas.write(&path)?;
        println!("{} (picture in {} µs)", path.display(), took.as_micros());
        Ok(())
    }

    fn paint<S>(
        &mut self,
        canvas: &mut Canvas,
        list: &DrawList<S>,
        page: impl Fn(&mut Canvas, &Place, &S),
    ) {
        for item in list.items.iter().rev() {
            let radius = match &item.paint {
                Paint::Surface { radius, .. } => f64::from(*radius),
                _ => 0.0,
            };
            let place = Place { dst: item.dst, clip: item.clip, alpha: item.alpha, radius };
            match &item.paint {
                Paint::Solid(color) => canvas.solid(&place, *color),
                Paint::Surface { surface, .. } => page(canvas, &place, surface),
                Paint::Raster(raster) => {
                    let rasterizer = &self.rasterizer;
                    let made = || rasterizer.draw(raster);
                    let bitmap = self.rasters.entry(raster.clone()).or_insert_with(made);
                    canvas.bitmap(&place, bitmap);
                }
            }
        }
    }
}

fn apps() -> Vec<App> {
    let named = [
        ("org.gnome.Calculator", "Calculator", "org.gnome.Calculator"),
        ("firefox", "Firefox", "firefox"),
        ("foot", "Foot", "foot"),
        ("org.example.Maps", "Maps", "maps"),
        ("mpv", "Media Player", "mpv"),
        ("org.gnome.TextEditor", "Text Editor", "org.gnome.TextEditor"),
        ("org.kde.kdeconnect.settings", "KDE Connect Settings and Devices", "kdeconnect"),
        ("org.gnome.Weather", "Weather", "weather"),
        ("calls", "Calls", "calls"),
        ("chatty", "Messages", "chatty"),
        ("camera", "Camera", "camera"),
        ("settings", "Settings", "settings"),
        ("clock", "Clock", "clock"),
        ("ru", "Заметки", "notes"),
        ("zh", "日历", "calendar"),
        ("ar", "الصور", "photos"),
        ("org.gnome.Contacts", "Contacts", "contacts"),
        ("files", "Files", "files"),
        ("music", "Music", "music"),
        ("mail", "Mail", "mail"),
        ("podcasts", "Podcasts", "podcasts"),
        ("reader", "Document Viewer", "reader"),
    ];
    let icon = |name: &str| {
        let folders = ["hicolor/scalable/apps", "hicolor/128x128/apps", "hicolor/48x48/apps"];
        let path = |folder: &&str| {
            let file = PathBuf::from(format!("/usr/share/icons/{folder}/{name}"));
            [file.with_extension("svg"), file.with_extension("png")]
                .into_iter()
                .find(|f| f.exists())
        };
        folders.iter().find_map(path)
    };
    let app = |(id, name, file): (&str, &str, &str)| App {
        id: AppId(id.to_owned()),
        name: name.to_owned(),
        icon: icon(file),
        window_class: None,
    };
    named.into_iter().map(app).collect()
}

/// Where something is drawn.
struct Place {
    dst: PhysicalRect,
    clip: PhysicalRect,
    alpha: f32,
    /// Of the corners.
    radius: f64,
}

impl Place {
    /// How much of the pixel at `x`, `y` from the top left lies within the round corners.
    fn cover(&self, x: f64, y: f64) -> f32 {
        if self.radius <= 0.0 {
            return 1.0;
        }
        let size = self.dst.size.to_f64();
        let beyond = |at: f64, length: f64| (self.radius - at.min(length - at)).max(0.0);
        let (dx, dy) = (beyond(x, size.width), beyond(y, size.height));
        (self.radius + 0.5 - dx.hypot(dy)).clamp(0.0, 1.0) as f32
    }
}

struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<[f32; 3]>,
}

impl Canvas {
    fn new(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![[0.0; 3]; width * height] }
    }

    fn solid(&mut self, place: &Place, color: Color) {
        let a = color.a;
        self.blend(place, |_, _| [color.r * a, color.g * a, color.b * a, a]);
    }

    /// Premultiplied BGRA, stretched.
    fn bitmap(&mut self, place: &Place, bitmap: &Bitmap) {
        let (width, height) = (bitmap.width as usize, bitmap.height as usize);
        let data = &bitmap.data;
        self.blend(place, |u, v| {
            let x = ((u * width as f64) as usize).min(width - 1);
            let y = ((v * height as f64) as usize).min(height - 1);
            let at = (y * width + x) * 4;
            let channel = |n: usize| f32::from(data[at + n]) / 255.0;
            [channel(2), channel(1), channel(0), channel(3)]
        });
    }

    /// A page of an application: a header, and lines of what might be text.
    fn page(&mut self, place: &Place, id: u64) {
        let tints = [0x1e1e2e, 0xf6f5f4, 0xe9eef8, 0xf2efe6, 0x101010];
        let back = Color::hex(tints[id as usize % tints.len()]);
        let dark = back.r < 0.5;
        let ink = if dark { Color::hex(0xa6adc8) } else { Color::hex(0x5a5a66) };
        self.blend(place, |u, v| {
            let line = v > 0.12
                && (v * 26.0).fract() < 0.35
                && u > 0.06
                && u < 0.5 + 0.4 * (v * 91.0).sin().abs();
            let header = v < 0.075;
            let c = if header {
                Color { r: back.r * 0.9, g: back.g * 0.9, b: back.b * 0.92, a: 1.0 }
            } else if line {
                ink
            } else {
                back
            };
            [c.r, c.g, c.b, 1.0]
        });
    }

    fn blend(&mut self, place: &Place, pixel: impl Fn(f64, f64) -> [f32; 4]) {
        let whole = PhysicalRect::from_size(units::PhysicalSize::new(
            self.width as i32,
            self.height as i32,
        ));
        let seen = place.dst.intersection(&place.clip).and_then(|rect| rect.intersection(&whole));
        let Some(seen) = seen else { return };
        let size = place.dst.size.to_f64();
        for y in seen.min_y()..seen.max_y() {
            for x in seen.min_x()..seen.max_x() {
                let u = (f64::from(x - place.dst.min_x()) + 0.5) / size.width;
                let v = (f64::from(y - place.dst.min_y()) + 0.5) / size.height;
                let cover = place.cover(u * size.width, v * size.height) * place.alpha;
                let [r, g, b, a] = pixel(u, v).map(|c| c * cover);
                let under = &mut self.pixels[y as usize * self.width + x as usize];
                *under =
                    [r + under[0] * (1.0 - a), g + under[1] * (1.0 - a), b + under[2] * (1.0 - a)];
            }
        }
    }

    fn write(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        let file = std::io::BufWriter::new(std::fs::File::create(path)?);
        let mut encoder = png::Encoder::new(file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        let bytes: Vec<u8> = self
            .pixels
            .iter()
            .flatten()
            .map(|c| (c.clamp(0.0, 1.0) * 255.0).round() as u8)
            .collect();
        encoder.write_header()?.write_image_data(&bytes)?;
        Ok(())
    }
}
