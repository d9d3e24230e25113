//! The numbers and colours of the look, in one place. Lengths are logical pixels.

use std::time::Duration;

use scene::Color;
use units::Spring;

use crate::Settings;

/// Steps of the type scale.
pub(crate) mod size {
    pub(crate) const CAPTION: u16 = 12;
    pub(crate) const SMALL: u16 = 14;
    pub(crate) const BODY: u16 = 16;
    pub(crate) const TITLE: u16 = 20;
    pub(crate) const LARGE: u16 = 28;
    pub(crate) const DISPLAY: u16 = 44;
    pub(crate) const CLOCK: u16 = 76;
}

/// The grid that all lengths are multiples of.
pub(crate) const UNIT: f64 = 8.0;
/// Between the content and the sides of the screen.
pub(crate) const MARGIN: f64 = 24.0;
/// Between covers.
pub(crate) const GAP: f64 = 16.0;
/// Least side of what can be touched.
pub(crate) const TARGET: f64 = 48.0;
/// Least side of what can be touched, in millimetres.
pub(crate) const TARGET_MM: f64 = 7.0;
/// Height of the status bar without what a cutout takes.
pub(crate) const BAR: f64 = 30.0;
/// Corner radius of small things.
pub(crate) const RADIUS_S: f64 = 8.0;
/// Corner radius of covers and buttons.
pub(crate) const RADIUS_M: f64 = 16.0;
/// Corner radius of panels.
pub(crate) const RADIUS_L: f64 = 28.0;
/// Reach of the shadow under what floats.
pub(crate) const SHADOW: f64 = 16.0;
/// Widest a text or a panel of buttons becomes on a large screen.
pub(crate) const MEASURE: f64 = 400.0;

/// What a finger has just let go of.
pub(crate) const RELEASE: Spring = Spring::RELEASE;
/// What moves by itself.
pub(crate) const STANDARD: Spring = Spring::STANDARD;
/// What fades: no swing.
pub(crate) const FADE: Spring = Spring { response: 0.28, damping: 1.0 };

/// A splash waits this long before it says that it waits.
pub(crate) const SPINNER_AFTER: Duration = Duration::from_millis(600);
/// An application has this long to show a window.
pub(crate) const LAUNCH_LIMIT: Duration = Duration::from_secs(15);
/// What is about to be lost can be taken back for this long.
pub(crate) const REMORSE: Duration = Duration::from_secs(5);
/// A window that was asked to close has this long before its cover returns.
pub(crate) const CLOSE_LIMIT: Duration = Duration::from_secs(4);
/// How long a wrong code shakes.
pub(crate) const SHAKE: Duration = Duration::from_millis(420);

/// Height of `lines` lines of text of `size`.
pub(crate) fn lines(size: u16, lines: u8) -> f64 {
    (f64::from(size) * 1.25 * f64::from(lines)).ceil()
}

/// The ambience's colours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Palette {
    /// What can be acted on, and what is on.
    pub(crate) accent: Color,
    /// Text that is to be read first.
    pub(crate) text: Color,
    /// Text beside it.
    pub(crate) text_second: Color,
    /// Hints.
    pub(crate) text_faint: Color,
    /// What has gone wrong, what destroys.
    pub(crate) danger: Color,
    /// Tint of a glass panel.
    pub(crate) glass: Color,
    /// A button on glass or another panel.
    pub(crate) button: Color,
    /// A button on the wallpaper.
    pub(crate) floating: Color,
    /// The same under a finger.
    pub(crate) button_pressed: Color,
    /// Behind an application that does not fill its place.
    pub(crate) backdrop: Color,
    /// Darkens pictures under text.
    pub(crate) scrim: Color,
    /// Shadows.
    pub(crate) shadow: Color,
}

impl Palette {
    /// Colours for what the user chose.
    pub(crate) fn of(settings: &Settings) -> Self {
        let white = Color::WHITE;
        let navy = Color::hex(0x0b_14_26);
        let strong = settings.high_contrast;
        Self {
            accent: Color::hex(settings.accent.unwrap_or(0xff_9f_6b) & 0xff_ff_ff),
            text: white.with_alpha(if strong { 1.0 } else { 0.96 }),
            text_second: white.with_alpha(if strong { 1.0 } else { 0.76 }),
            text_faint: white.with_alpha(if strong { 0.9 } else { 0.56 }),
            danger: Color::hex(0xff_7a_6b),
            glass: navy.with_alpha(if strong { 0.94 } else { 0.34 }),
            button: if strong { Color::hex(0x2a_36_50) } else { white.with_alpha(0.13) },
            floating: navy.with_alpha(if strong { 1.0 } else { 0.5 }),
            button_pressed: if strong { Color::hex(0x4a_5a_7c) } else { white.with_alpha(0.28) },
            backdrop: Color::hex(0x10_18_28),
            scrim: Color::hex(0x05_09_12).with_alpha(if strong { 0.95 } else { 0.78 }),
            shadow: Color::BLACK.with_alpha(0.42),
        }
    }
}
