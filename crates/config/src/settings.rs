//! The settings, shaped as the file is.

use std::{path::PathBuf, time::Duration};

use crate::{
    Color, Found, Section,
    expect::{Flag, Number, Parsed, Text},
};

/// All settings.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[cfg_attr(test, schemars(default, deny_unknown_fields))]
pub struct Config {
    /// The display.
    pub display: Display,
    /// Touch and keys.
    pub input: Input,
    /// What things look like.
    pub look: Look,
    /// The lock.
    pub lock: Lock,
}

/// `[display]`
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[cfg_attr(test, schemars(default, deny_unknown_fields))]
pub struct Display {
    /// Seconds of rest before the display is dimmed; 0 keeps it lit.
    #[cfg_attr(test, schemars(range(min = 0, max = 86400)))]
    pub dim_after_s: f64,
    /// Seconds for which it stays dimmed before it goes dark.
    #[cfg_attr(test, schemars(range(min = 0, max = 3600)))]
    pub blank_after_s: f64,
    /// Seconds of rest before the lock screen goes dark.
    #[cfg_attr(test, schemars(range(min = 3, max = 3600)))]
    pub locked_blank_after_s: f64,
    /// Physical pixels to a logical one, instead of what the device's profile says.
    #[cfg_attr(test, schemars(range(min = 0.5, max = 10)))]
    pub scale: Option<f64>,
}

/// `[input]`
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[cfg_attr(test, schemars(default, deny_unknown_fields))]
pub struct Input {
    /// Width in millimetres of the strips in which edge gestures begin, instead of what the
    /// device's profile says.
    #[cfg_attr(test, schemars(range(min = 1, max = 20)))]
    pub edge_mm: Option<f64>,
    /// Whether these strips are half as wide again, for a case that covers the edge.
    pub wide_edges: bool,
    /// Whether what is mirrored for the other hand is.
    pub left_handed: bool,
    /// XKB layout of attached keyboards, as in `us` or `us,ru`.
    pub keyboard_layout: String,
    /// XKB variant of that layout; may be empty.
    pub keyboard_variant: String,
}

/// `[look]`
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[cfg_attr(test, schemars(default, deny_unknown_fields))]
pub struct Look {
    /// A picture behind everything; a relative path starts at the file that names it.
    pub wallpaper: Option<PathBuf>,
    /// Colour of what is active, instead of the wallpaper's own.
    pub accent: Option<Color>,
    /// Whether things appear in place instead of moving there.
    pub reduced_motion: bool,
    /// Whether text and symbols stand on solid ground.
    pub high_contrast: bool,
    /// Whether the clock counts to 24.
    pub clock_24h: bool,
}

/// `[lock]`
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[cfg_attr(test, schemars(default, deny_unknown_fields))]
pub struct Lock {
    /// Whether unlocking asks for the device code, where one is set.
    pub require_code: bool,
    /// Seconds between a display that goes dark by itself and the lock.
    #[cfg_attr(test, schemars(range(min = 0, max = 3600)))]
    pub grace_s: f64,
}

impl Default for Display {
    fn default() -> Self {
        Self { dim_after_s: 30.0, blank_after_s: 3.0, locked_blank_after_s: 10.0, scale: None }
    }
}

impl Default for Input {
    fn default() -> Self {
        Self {
            edge_mm: None,
            wide_edges: false,
            left_handed: false,
            keyboard_layout: "us".into(),
            keyboard_variant: String::new(),
        }
    }
}

impl Default for Look {
    fn default() -> Self {
        Self {
            wallpaper: None,
            accent: None,
            reduced_motion: false,
            high_contrast: false,
            clock_24h: true,
        }
    }
}

impl Default for Lock {
    fn default() -> Self {
        Self { require_code: true, grace_s: 0.0 }
    }
}

impl Display {
    /// Rest before the display is dimmed; `None` for never.
    pub fn dim_after(&self) -> Option<Duration> {
        (self.dim_after_s > 0.0).then(|| seconds(self.dim_after_s))
    }

    /// How long it stays dimmed before it goes dark.
    pub fn blank_after(&self) -> Duration {
        seconds(self.blank_after_s)
    }

    /// Rest before the lock screen goes dark.
    pub fn locked_blank_after(&self) -> Duration {
        seconds(self.locked_blank_after_s)
    }
}

impl Lock {
    /// Time between a display that goes dark by itself and the lock.
    pub fn grace(&self) -> Duration {
        seconds(self.grace_s)
    }
}

/// Fields are public, so a value may come from elsewhere than a checked file.
fn seconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value).unwrap_or_default()
}

const SECONDS_TO_A_DAY: Number = Number { range: 0.0..=86_400.0, unit: "seconds" };
const SECONDS_TO_AN_HOUR: Number = Number { range: 0.0..=3_600.0, unit: "seconds" };
const SECONDS_TO_READ: Number = Number { range: 3.0..=3_600.0, unit: "seconds" };
const SCALE: Number = Number { range: 0.5..=10.0, unit: "physical pixels to a logical one" };
const EDGE: Number = Number { range: 1.0..=20.0, unit: "millimetres" };
const COLOR: Parsed<Color> = Parsed { what: "a colour such as \"#3d7ea6\"", parse: Color::parse };
const PATH: Text = Text { what: "the path of a picture", may_be_empty: false };
const LAYOUT: Parsed<String> =
    Parsed { what: "an XKB layout such as \"us\" or \"us,ru\"", parse: layout };
const VARIANT: Parsed<String> =
    Parsed { what: "an XKB variant such as \"dvorak\", or \"\"", parse: xkb_name };

fn layout(text: &str) -> Option<String> {
    xkb_name(text).filter(|name| !name.is_empty())
}

/// Names of XKB are file names and become part of a path: keep them to what such a name can hold.
fn xkb_name(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_-,()".contains(c);
    (text.len() <= 128 && text.chars().all(fits)).then(|| text.to_owned())
}

/// Takes what one file says into `self`.
impl Config {
    /// `last_good` is what a wrong key falls back to; without it the key keeps what `self` holds.
    pub(crate) fn take(&mut self, file: &mut Section<'_>, last_good: Option<&Self>) {
        file.section("display", |s| {
            let (to, last) = (&mut self.display, last_good.map(|c| &c.display));
            set(
                &mut to.dim_after_s,
                s.get("dim_after_s", &SECONDS_TO_A_DAY),
                last.map(|l| &l.dim_after_s),
            );
            set(
                &mut to.blank_after_s,
                s.get("blank_after_s", &SECONDS_TO_AN_HOUR),
                last.map(|l| &l.blank_after_s),
            );
            set(
                &mut to.locked_blank_after_s,
                s.get("locked_blank_after_s", &SECONDS_TO_READ),
                last.map(|l| &l.locked_blank_after_s),
            );
            set(&mut to.scale, s.get("scale", &SCALE).map(Some), last.map(|l| &l.scale));
        });
        file.section("input", |s| {
            let (to, last) = (&mut self.input, last_good.map(|c| &c.input));
            set(&mut to.edge_mm, s.get("edge_mm", &EDGE).map(Some), last.map(|l| &l.edge_mm));
            set(&mut to.wide_edges, s.get("wide_edges", &Flag), last.map(|l| &l.wide_edges));
            set(&mut to.left_handed, s.get("left_handed", &Flag), last.map(|l| &l.left_handed));
            set(
                &mut to.keyboard_layout,
                s.get("keyboard_layout", &LAYOUT),
                last.map(|l| &l.keyboard_layout),
            );
            set(
                &mut to.keyboard_variant,
                s.get("keyboard_variant", &VARIANT),
                last.map(|l| &l.keyboard_variant),
            );
        });
        file.section("look", |s| {
            let (to, last) = (&mut self.look, last_good.map(|c| &c.look));
            let wallpaper = s.get("wallpaper", &PATH).map(|path| Some(s.resolve(&path)));
            set(&mut to.wallpaper, wallpaper, last.map(|l| &l.wallpaper));
            set(&mut to.accent, s.get("accent", &COLOR).map(Some), last.map(|l| &l.accent));
            set(
                &mut to.reduced_motion,
                s.get("reduced_motion", &Flag),
                last.map(|l| &l.reduced_motion),
            );
            set(
                &mut to.high_contrast,
                s.get("high_contrast", &Flag),
                last.map(|l| &l.high_contrast),
            );
            set(&mut to.clock_24h, s.get("clock_24h", &Flag), last.map(|l| &l.clock_24h));
        });
        file.section("lock", |s| {
            let (to, last) = (&mut self.lock, last_good.map(|c| &c.lock));
            set(&mut to.require_code, s.get("require_code", &Flag), last.map(|l| &l.require_code));
            set(&mut to.grace_s, s.get("grace_s", &SECONDS_TO_AN_HOUR), last.map(|l| &l.grace_s));
        });
    }
}

fn set<T: Clone>(slot: &mut T, found: Found<T>, last_good: Option<&T>) {
    match found {
        Found::Absent => {}
        Found::Good(value) => *slot = value,
        Found::Bad => {
            if let Some(last) = last_good {
                slot.clone_from(last);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;
    use crate::Document;

    const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");

    fn schema() -> serde_json::Value {
        serde_json::to_value(schemars::schema_for!(Config)).unwrap()
    }

    #[test]
    fn the_published_schema_is_current() {
        let mut current = serde_json::to_string_pretty(&schema()).unwrap();
        current.push('\n');
        if std::env::var_os("BLESS").is_some() {
            fs::write(SCHEMA, &current).unwrap();
        }
        let published = fs::read_to_string(SCHEMA).unwrap();
        assert!(published == current, "run this test with BLESS=1 and commit {SCHEMA}");
    }

    #[test]
    fn schema_and_reader_know_the_same_keys() {
        let schema = schema();
        for section in ["display", "input", "look", "lock"] {
            let reference = schema["properties"][section]["$ref"].as_str().unwrap();
            let definition = schema.pointer(reference.trim_start_matches('#')).unwrap();
            let published: BTreeSet<_> =
                definition["properties"].as_object().unwrap().keys().cloned().collect();

            let file = Document::new(Path::new("x"), format!("[{section}]\nqqqqq = 1\n"));
            let wrong = file.check(|s| Config::default().take(s, None)).diagnostics;
            let (_, known) = wrong[0].mend.split_once("known here: ").unwrap();
            let read: BTreeSet<_> = known.split(", ").map(str::to_owned).collect();
            assert_eq!(read, published, "[{section}]");
        }
        assert_eq!(schema["properties"].as_object().unwrap().len(), 4);
    }

    #[test]
    fn the_schema_states_the_ranges_that_the_reader_accepts() {
        let schema = schema();
        let definitions = schema["$defs"].as_object().unwrap();
        let mut checked = 0;
        for (section, definition) in definitions {
            let Some(keys) = definition["properties"].as_object() else { continue };
            for (key, shape) in keys {
                for (bound, outside) in [("minimum", -0.25), ("maximum", 0.25)] {
                    let Some(limit) = shape[bound].as_f64() else { continue };
                    let complaints = |value: f64| {
                        let section = section.to_lowercase();
                        let text = format!("[{section}]\n{key} = {value:?}\n");
                        let file = Document::new(Path::new("x"), text);
                        file.check(|s| Config::default().take(s, None)).diagnostics.len()
                    };
                    assert_eq!(complaints(limit), 0, "{section}.{key} {bound}");
                    assert_eq!(complaints(limit + outside), 1, "{section}.{key} {bound}");
                    checked += 1;
                }
            }
        }
        assert!(checked >= 12, "{checked}");
    }
}
