//! From a file to a profile.

use std::path::Path;

use config::{
    Checked, Diagnostic, Document, Section,
    expect::{Flag, List, Number, OneOf, Parsed, Text, Whole},
};
use units::{PhysicalPoint, PhysicalRect, PhysicalSize, SizeMm, Transform};

use crate::{
    Confidence, Cutout, EdgeWidths, Identity, Key, KeyRole, Known, Origin, Panel, Precision,
    Profile, Provenance, Shape, Support, Tier, Touch,
};

/// The format that this version reads.
const FORMAT: u32 = 1;
/// A thumb's half: what the edge strips are where a profile says nothing.
const USUAL_EDGE_MM: f64 = 4.0;
const USUAL_REFRESH_HZ: f64 = 60.0;
/// Where a phone's panel usually is.
const USUAL_CONNECTORS: [&str; 4] = ["DSI-*", "eDP-*", "DPI-*", "LVDS-*"];
/// Logical pixels of an inch where neither millimetres nor a diagonal are known.
const USUAL_DENSITY: f64 = 160.0;
/// Logical width that a phone's scale is chosen for.
const USUAL_WIDTH: f64 = 360.0;
const SCALES: [f64; 10] = [1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0, 3.5, 4.0];
const MM_PER_INCH: f64 = 25.4;

const TIERS: OneOf<Tier> = OneOf(&[
    ("virtual", Tier::Virtual),
    ("mainline", Tier::Mainline),
    ("fork", Tier::Fork),
    ("halium", Tier::Halium),
]);
const CONFIDENCES: OneOf<Confidence> = OneOf(&[
    ("unknown", Confidence::Unknown),
    ("spec-sheet", Confidence::SpecSheet),
    ("driver", Confidence::Driver),
    ("devicetree", Confidence::Devicetree),
    ("measured", Confidence::Measured),
    ("chosen", Confidence::Chosen),
]);
const TRANSFORMS: OneOf<Transform> = OneOf(&[
    ("normal", Transform::Normal),
    ("90", Transform::R90),
    ("180", Transform::R180),
    ("270", Transform::R270),
    ("flipped", Transform::Flipped),
    ("flipped-90", Transform::Flipped90),
    ("flipped-180", Transform::Flipped180),
    ("flipped-270", Transform::Flipped270),
]);
const ROLES: OneOf<KeyRole> = OneOf(&[
    ("power", KeyRole::Power),
    ("volume-up", KeyRole::VolumeUp),
    ("volume-down", KeyRole::VolumeDown),
    ("camera", KeyRole::Camera),
    ("lid", KeyRole::Lid),
]);
const PRECISIONS: OneOf<Precision> =
    OneOf(&[("box", Precision::Box), ("outline", Precision::Outline)]);
const ID: Parsed<String> =
    Parsed { what: "an id of small letters, digits and hyphens, in double quotes", parse: id };
const SVG_PATH: Parsed<String> =
    Parsed { what: "SVG path data such as \"M 0,0 L 9,0 L 9,9 Z\"", parse: svg_path };
const PIXELS: Whole = Whole { range: 0..=16_384, unit: "pixels" };
const SIDES_PX: List<Whole> =
    List { each: Whole { range: 64..=16_384, unit: "pixels" }, len: 2..=2 };
const SIDES_MM: List<Number> =
    List { each: Number { range: 10.0..=1_000.0, unit: "millimetres" }, len: 2..=2 };
const EDGES_MM: List<Number> =
    List { each: Number { range: 0.0..=20.0, unit: "millimetres" }, len: 4..=4 };

fn id(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (!text.is_empty() && text.chars().all(fits)).then(|| text.to_owned())
}

fn svg_path(text: &str) -> Option<String> {
    let starts = text.trim_start().starts_with(['M', 'm']);
    let fits = |c: char| "MmLlHhVvCcSsQqTtAaZz0123456789eE+-., ".contains(c);
    (starts && text.chars().all(fits)).then(|| text.to_owned())
}

const fn text(what: &'static str) -> Text {
    Text { what, may_be_empty: false }
}

const fn texts(what: &'static str) -> List<Text> {
    List { each: text(what), len: 0..=64 }
}

impl Profile {
    /// Reads the profile at `path`, with all that is wrong in it. `None` if that leaves too little
    /// of a device: an id, a name and a panel's size are the least.
    pub fn load(path: &Path) -> (Option<Self>, Vec<Diagnostic>) {
        match Document::read(path) {
            Ok(document) => Self::read(&document),
            Err(diagnostic) => (None, vec![diagnostic]),
        }
    }

    /// A phone like many, for when nothing better is known. It is built in.
    pub fn generic_phone() -> Self {
        let document = Document::new(
            Path::new("generic-phone.toml"),
            include_str!("../../../device-profiles/generic-phone.toml"),
        );
        // It is part of the program, and a test reads it.
        Self::read(&document).0.expect("the built-in profile is whole")
    }

    pub(crate) fn read(document: &Document) -> (Option<Self>, Vec<Diagnostic>) {
        let Checked { value, diagnostics } = document.check(|file| {
            format(file);
            let id = file.require("id", &ID);
            let support = file.section("support", support);
            let identity = file.section("identity", |s| identity(s, id));
            let panel = file.section("panel", panel);
            let touch = file.section("touch", touch);
            let (keys, keys_provenance) = file.section("keys", keys);
            Some(Self { identity: identity?, support, panel: panel?, touch, keys, keys_provenance })
        });
        (value, diagnostics)
    }
}

fn format(file: &mut Section<'_>) {
    let number = Whole { range: 1..=u32::MAX, unit: "the format" };
    if let Some(newer) = file.require("format", &number).filter(|&n| n != FORMAT) {
        file.complain_of(
            "format",
            format!("format {newer} is not known; this version reads format {FORMAT}"),
            "use a newer Purje, or an older profile",
        );
    }
}

fn provenance(s: &mut Section<'_>) -> Provenance {
    let confidence = s.require("confidence", &CONFIDENCES).unwrap_or(Confidence::Unknown);
    let source = s.get("source", &text("where it was read")).ok();
    let needs_source = !matches!(confidence, Confidence::Unknown | Confidence::Chosen);
    if needs_source && source.is_none() {
        s.complain(
            format!("{} says how far to trust it but not where it was read", s.title()),
            "add `source =`",
        );
    }
    Provenance { confidence, source }
}

fn support(s: &mut Section<'_>) -> Support {
    Support {
        tier: s.require("tier", &TIERS),
        not_working: s.get("not_working", &texts("a sentence")).ok().unwrap_or_default(),
    }
}

/// Reports that a section without which there is no device was not written.
fn must_be_present(s: &Section<'_>, least: &str) {
    if !s.is_present() {
        s.complain(
            format!("there is no {}", s.title()),
            format!("add it with at least `{least} =`"),
        );
    }
}

fn identity(s: &mut Section<'_>, id: Option<String>) -> Option<Identity> {
    must_be_present(s, "name");
    let name = s.require("name", &text("what the device is sold as"));
    let codename = s.get("codename", &text("a codename")).ok();
    let soc = s.get("soc", &text("a chip's name")).ok();
    let models = s.get("models", &texts("a model number")).ok().unwrap_or_default();
    let dt_compatible = s.get("dt_compatible", &texts("a compatible string")).ok();
    let dt_compatible = dt_compatible.unwrap_or_default();
    let provenance = provenance(s);
    Some(Identity { id: id?, name: name?, codename, soc, models, dt_compatible, provenance })
}

fn panel(s: &mut Section<'_>) -> Option<Panel> {
    must_be_present(s, "size_px");
    let px = s.require("size_px", &SIDES_PX).map(|v| size(v[0], v[1]));
    let stated_mm = s.get("size_mm", &SIDES_MM).ok().map(|v| SizeMm::new(v[0], v[1]));
    let inches = Number { range: 1.0..=30.0, unit: "inches" };
    let diagonal = s.get("diagonal_in", &inches).ok();
    let refresh = s.get("refresh_hz", &Number { range: 1.0..=1_000.0, unit: "hertz" }).ok();
    let scale = Number { range: 0.5..=10.0, unit: "physical pixels to a logical one" };
    let scale = s.get("scale", &scale).ok();
    let transform = s.get("transform", &TRANSFORMS).ok().unwrap_or_default();
    let corner_radius_px = s.get("corner_radius_px", &PIXELS).ok();
    let cutouts = s.sections("cutouts", |c| cutout(c, px)).into_iter().flatten().collect();
    let connectors = s.get("connectors", &texts("a connector's name")).ok();
    let custom_mode = s.get("custom_mode", &Flag).ok().unwrap_or(false);
    let variants = s.get("variants", &texts("a compatible string")).ok().unwrap_or_default();
    let provenance = provenance(s);
    let size_px = px?;
    check_aspect(s, size_px, stated_mm);
    check_diagonal(s, stated_mm, diagonal);
    let scale = scale.map_or_else(|| usual_scale(size_px), stated);
    Some(Panel {
        size_px,
        size_mm: size_mm(size_px, stated_mm, diagonal, scale.value),
        refresh_hz: refresh
            .map_or(Known { value: USUAL_REFRESH_HZ, origin: Origin::Assumed }, stated),
        scale,
        transform,
        corner_radius_px,
        cutouts,
        connectors: connectors.unwrap_or_else(|| USUAL_CONNECTORS.map(str::to_owned).to_vec()),
        custom_mode,
        variants,
        provenance,
    })
}

const fn stated<T>(value: T) -> Known<T> {
    Known { value, origin: Origin::Stated }
}

/// Both were checked to be small.
fn size(width: u32, height: u32) -> PhysicalSize {
    PhysicalSize::new(width.cast_signed(), height.cast_signed())
}

/// The usual step nearest to what makes the picture as wide as a phone's.
fn usual_scale(px: PhysicalSize) -> Known<f64> {
    let ideal = f64::from(px.width.min(px.height)) / USUAL_WIDTH;
    let distance = |scale: f64| (scale - ideal).abs();
    let value = SCALES.into_iter().min_by(|a, b| distance(*a).total_cmp(&distance(*b)));
    Known { value: value.unwrap_or(1.0), origin: Origin::Derived }
}

fn size_mm(
    px: PhysicalSize,
    stated_mm: Option<SizeMm>,
    diagonal: Option<f64>,
    scale: f64,
) -> Known<SizeMm> {
    if let Some(mm) = stated_mm {
        return stated(mm);
    }
    let px = px.to_f64();
    let (mm_per_px, origin) = match diagonal {
        Some(inches) => (inches * MM_PER_INCH / px.width.hypot(px.height), Origin::Derived),
        None => (MM_PER_INCH / (USUAL_DENSITY * scale), Origin::Assumed),
    };
    Known { value: SizeMm::new(px.width * mm_per_px, px.height * mm_per_px), origin }
}

fn check_aspect(s: &Section<'_>, px: PhysicalSize, mm: Option<SizeMm>) {
    let Some(mm) = mm else { return };
    let px = px.to_f64();
    let pixel = (mm.width / px.width) / (mm.height / px.height);
    if !(0.95..=1.05).contains(&pixel) {
        s.complain_of(
            "size_mm",
            format!("pixels would be {pixel:.2} times as wide as high"),
            "give both sizes in the order width, height, of the lit part as mounted",
        );
    }
}

fn check_diagonal(s: &Section<'_>, mm: Option<SizeMm>, diagonal: Option<f64>) {
    let (Some(mm), Some(inches)) = (mm, diagonal) else { return };
    let computed = mm.width.hypot(mm.height) / MM_PER_INCH;
    if (computed / inches - 1.0).abs() > 0.03 {
        s.complain_of(
            "diagonal_in",
            format!("`size_mm` makes a diagonal of {computed:.2} inches"),
            "keep the one that was measured",
        );
    }
}

fn cutout(s: &mut Section<'_>, panel: Option<PhysicalSize>) -> Option<Cutout> {
    let rect = s.get("rect", &List { each: PIXELS, len: 4..=4 }).ok();
    let circle = s.get("circle", &List { each: PIXELS, len: 3..=3 }).ok();
    let precision = s.get("precision", &PRECISIONS).ok().unwrap_or(Precision::Box);
    let path = s.get("path", &SVG_PATH).ok();
    let shape = match (rect.as_deref(), circle.as_deref()) {
        (Some(&[x, y, width, height]), None) => {
            Shape::Rect(PhysicalRect::new(size(x, y).to_vector().to_point(), size(width, height)))
        }
        (None, Some(&[x, y, radius])) => Shape::Circle {
            center: PhysicalPoint::new(x.cast_signed(), y.cast_signed()),
            radius: radius.cast_signed(),
        },
        _ => {
            s.complain(
                "a cutout needs one form",
                "give either rect = [x, y, width, height] or circle = [x, y, radius], in pixels",
            );
            return None;
        }
    };
    let panel = PhysicalRect::from_size(panel?);
    if shape.bounds().is_empty() || !panel.contains_rect(&shape.bounds()) {
        s.complain(
            "the cutout does not lie on the panel",
            format!("count its pixels from the top left of {} x {}", panel.width(), panel.height()),
        );
        return None;
    }
    Some(Cutout { shape, precision, path })
}

fn touch(s: &mut Section<'_>) -> Touch {
    let edges = s.get("edges_mm", &EDGES_MM).ok();
    let edges = edges.map(|v| stated(EdgeWidths::new(v[0], v[1], v[2], v[3])));
    let usual = EdgeWidths::new_all_same(USUAL_EDGE_MM);
    Touch {
        names: s.get("names", &texts("a device's name")).ok().unwrap_or_default(),
        axes: s.get("axes", &TRANSFORMS).ok().unwrap_or_default(),
        edges_mm: edges.unwrap_or(Known { value: usual, origin: Origin::Assumed }),
        requires_daemon: s.get("requires_daemon", &Flag).ok().unwrap_or(false),
        provenance: provenance(s),
    }
}

fn keys(s: &mut Section<'_>) -> (Vec<Key>, Provenance) {
    let code = Whole { range: 0..=0x2ff, unit: "a key, as in linux/input-event-codes.h," };
    let keys = s.sections("items", |k| {
        let device = k.require("device", &text("a device's name"));
        let code = k.require("code", &code).and_then(|code| u16::try_from(code).ok());
        let role = k.require("role", &ROLES);
        Some(Key { device: device?, code: code?, role: role? })
    });
    (keys.into_iter().flatten().collect(), provenance(s))
}
