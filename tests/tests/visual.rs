//! Pictures beside the ones that somebody has looked at, in `visual/`, byte for byte.
//!
//! After a change that is meant, `BLESS=1 cargo test -p purje-tests --test visual` writes them
//! anew: look at each before it is committed.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    time::Duration,
};

use compositor::{Panel, render::Image};
use fixture::{Fixture, small_panel, without_code};
use shell::{App, AppId, Battery, CodeState, Event, Status};

const WHITE: [u8; 4] = [0xff, 0xff, 0xff, 0xff];
const SECOND: Duration = Duration::from_secs(1);

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("visual").join(format!("{name}.png"))
}

/// Compares what the panel shows with the reference; a difference leaves the picture beside it.
#[track_caller]
fn looks_like(phone: &mut Fixture, name: &str) {
    let shown = phone.shown();
    let file = reference(name);
    if env::var_os("BLESS").is_some() {
        write(&shown, &file);
        return;
    }
    let wanted = read(&file);
    let wrong = (0..shown.height)
        .flat_map(|y| (0..shown.width).map(move |x| (x, y)))
        .filter(|(x, y)| shown.rgb(*x, *y) != wanted.rgb(*x, *y))
        .count();
    if wrong > 0 || (shown.width, shown.height) != (wanted.width, wanted.height) {
        let beside = file.with_extension("actual.png");
        write(&shown, &beside);
        panic!("{wrong} pixels differ from {}; see {}", file.display(), beside.display());
    }
}

fn write(image: &Image, file: &Path) {
    fs::create_dir_all(file.parent().expect("a folder")).expect("made");
    image.write_png(File::create(file).expect("a file")).expect("written");
}

fn read(file: &Path) -> Image {
    let open = File::open(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut reader = png::Decoder::new(std::io::BufReader::new(open)).read_info().expect("a PNG");
    let mut rgb = vec![0; reader.output_buffer_size().expect("fits memory")];
    let info = reader.next_frame(&mut rgb).expect("pixels");
    let data = rgb[..info.buffer_size()]
        .chunks_exact(3)
        .flat_map(|px| [px[2], px[1], px[0], 0xff])
        .collect();
    Image { width: info.width, height: info.height, data }
}

/// A phone that knows its battery and has a few applications.
fn phone(panel: Panel, settings: shell::Settings) -> Fixture {
    let mut phone = Fixture::with(panel, settings);
    let battery = Some(Battery { percent: 72, charging: false });
    phone.state().tell(Event::Status(Status { battery }));
    let app = |name: &str| App {
        id: AppId(format!("org.example.{name}")),
        name: name.into(),
        icon: None,
        window_class: None,
    };
    let names = ["Camera", "Mail", "Music", "Notes", "Terminal"];
    phone.state().tell(Event::Apps(names.map(app).into()));
    phone.rest();
    phone
}

/// The same phone with a notch, at a scale that is no whole number.
fn notched_panel() -> Panel {
    Panel {
        size_px: (900, 1800),
        scale: 2.5,
        safe_px: [75.0, 0.0, 0.0, 0.0],
        cutouts_px: vec![[300.0, 0.0, 300.0, 75.0]],
        ..small_panel()
    }
}

#[test]
fn lock() {
    looks_like(&mut phone(small_panel(), without_code()), "lock");
    looks_like(&mut phone(notched_panel(), without_code()), "lock-notch");
}

#[test]
fn code() {
    let settings = shell::Settings { code: CodeState::Set, ..without_code() };
    let mut phone = phone(small_panel(), settings);
    phone.swipe((180.0, 600.0), (180.0, 150.0), 120);
    phone.rest();
    looks_like(&mut phone, "code");
}

#[test]
fn grid() {
    let mut phone = phone(small_panel(), without_code());
    phone.unlock();
    phone.swipe((180.0, 719.0), (180.0, 300.0), 120);
    phone.rest();
    looks_like(&mut phone, "grid");
}

#[test]
fn home_with_covers_and_a_peek_at_it() {
    let mut phone = phone(small_panel(), without_code());
    phone.unlock();
    let mut client = phone.client();
    for (name, color) in [
        ("Mail", WHITE),
        ("Music", [0x60, 0x30, 0xa0, 0xff]),
        ("Terminal", [0x20, 0x18, 0x18, 0xff]),
    ] {
        client.open(&format!("org.example.{name}"), name, color);
        phone.settle(&mut client);
        phone.advance_with(&mut client, SECOND);
    }
    phone.drag((359.0, 380.0), (220.0, 380.0), 300);
    phone.advance_with(&mut client, SECOND);
    looks_like(&mut phone, "peek");
    phone.lift();
    phone.advance_with(&mut client, SECOND * 2);
    looks_like(&mut phone, "home");
}

#[test]
fn landscape() {
    let panel = Panel { size_px: (720, 360), size_mm: (136, 68), ..small_panel() };
    let mut phone = phone(panel, without_code());
    looks_like(&mut phone, "lock-landscape");
    phone.unlock();
    phone.swipe((360.0, 359.0), (360.0, 120.0), 120);
    phone.rest();
    looks_like(&mut phone, "grid-landscape");
}
