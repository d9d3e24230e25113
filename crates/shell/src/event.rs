//! What the shell is told.
//!
//! Every event can be written down and read back, so that a phone's behaviour can be replayed.
//! What must never be written down is told apart by [`Shell::is_secret`](crate::Shell::is_secret).

use std::path::PathBuf;

use gesture::EdgeWidths;
use serde::{Deserialize, Serialize};
use units::{Insets, Point, Rect, Size};

use crate::{AppId, Effect, LaunchId, LayerId, LockSurface, WindowId};

/// Something that happened outside the shell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The panel was set up, turned or replaced.
    Output(OutputInfo),
    /// The user's settings were read, or changed.
    Settings(Settings),
    /// A finger did something.
    Touch(Touch),
    /// A key that is not the focused client's: hardware keys always, others while nobody has the
    /// keyboard focus.
    Key {
        /// Which one.
        key: Key,
        /// Whether it went down.
        pressed: bool,
    },
    /// The wall clock shows another minute, or its format changed.
    Clock(ClockText),
    /// What is known of the device's condition.
    Status(Status),
    /// The applications that can be started, in the order to show them; replaces what was known.
    Apps(Vec<App>),
    /// What became of a launch.
    Launch {
        /// Which one.
        launch: LaunchId,
        /// How it stands.
        state: LaunchState,
    },
    /// Something about a window.
    Window(WindowEvent),
    /// The layer-shell surfaces; replaces what was known.
    Layers {
        /// What their exclusive zones take from each side of the output, logical pixels.
        usable: Insets,
        /// The surfaces, each above the one before within its layer.
        surfaces: Vec<LayerInfo>,
    },
    /// Somebody entitled wants the window in front.
    Activate {
        /// Which one.
        window: WindowId,
    },
    /// The verifier's answer to [`Effect::Authenticate`].
    Auth(AuthVerdict),
    /// Stands in a record for the touches and keys by which a code was entered, at the moment it
    /// was handed to the verifier. Asks for no verification.
    CodeEntered,
    /// Something about an external screen locker.
    ExternalLock(ExternalLock),
    /// Somebody wants the display lit (`on`), or no more.
    Inhibit {
        /// Chosen by the caller, one for each who asks.
        id: u64,
        /// Whether from now on, or no more.
        on: bool,
    },
    /// The user did something that is not a touch or key told here.
    UserActivity,
    /// Something deserves the user's eyes: light the display.
    Wake,
    /// A call began (`true`) or the last one ended.
    Call(bool),
    /// The proximity sensor sees something near (`true`) or not.
    Proximity(bool),
    /// The session was told to lock by the system.
    LogindLock,
    /// The session was told to unlock by the system.
    LogindUnlock,
    /// A program or the user's tool asks for something.
    Request(Request),
    /// [`Shell::next_wake`](crate::Shell::next_wake) has come.
    Tick,
}

impl Event {
    /// What a record holds in place of a secret event: a mark that a code was handed over, if
    /// `effects`, which came of the event, say so.
    pub fn stand_in(effects: &[Effect]) -> Option<Self> {
        let handed_over = effects.iter().any(|effect| matches!(effect, Effect::Authenticate(_)));
        handed_over.then_some(Self::CodeEntered)
    }
}

/// The panel as the user sees it, so after its transform. Lengths are logical pixels unless they
/// say otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutputInfo {
    /// Width and height.
    pub size: Size,
    /// Physical pixels to a logical one.
    pub scale: f64,
    /// Millimetres to a logical pixel.
    pub density: f64,
    /// How wide the edges are that system gestures start in, in millimetres.
    pub edges: EdgeWidths,
    /// What the sides lose to a notch or to round corners; text stays out of it.
    pub safe: Insets,
    /// Radius of the panel's corners.
    pub corner_radius: f64,
    /// Where the panel has no pixels.
    pub cutouts: Vec<Rect>,
}

impl Default for OutputInfo {
    /// A plain phone, until a better word comes.
    fn default() -> Self {
        Self {
            size: Size::new(360.0, 720.0),
            scale: 1.0,
            density: 0.18,
            edges: EdgeWidths::uniform(4.0),
            safe: Insets::zero(),
            corner_radius: 0.0,
            cutouts: Vec::new(),
        }
    }
}

/// What the user chose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Things fade instead of moving.
    pub reduced_motion: bool,
    /// Solid panels, stronger text.
    pub high_contrast: bool,
    /// The wallpaper's file; `None` is the built-in one.
    pub wallpaper: Option<PathBuf>,
    /// The ambience's colour, `0xRRGGBB`; `None` is the built-in one.
    pub accent: Option<u32>,
    /// Edges for gestures are half as wide again, for a phone in a case.
    pub wide_edges: bool,
    /// What the thumb reaches for lies to the left.
    pub left_handed: bool,
    /// Whether a code guards the phone.
    pub code: CodeState,
    /// When the display goes dark and the lock follows.
    pub power: power_policy::Settings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            reduced_motion: false,
            high_contrast: false,
            wallpaper: None,
            accent: None,
            wide_edges: false,
            left_handed: false,
            code: CodeState::Unknown,
            power: power_policy::Settings::STANDARD,
        }
    }
}

/// Whether a code guards the phone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeState {
    /// None does: the lock only keeps pockets from pressing.
    None,
    /// One does.
    Set,
    /// Not known (yet): treated as if one did.
    #[default]
    Unknown,
}

/// What a finger did; positions are logical pixels of the output as seen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Touch {
    /// It came down.
    Down {
        /// Which finger.
        slot: u32,
        /// Where.
        at: Point,
    },
    /// It moved.
    Motion {
        /// Which finger.
        slot: u32,
        /// Where to.
        at: Point,
    },
    /// It went up.
    Up {
        /// Which finger.
        slot: u32,
    },
    /// What came since the last frame belongs together.
    Frame,
    /// All touches are void.
    Cancel,
}

/// A key that means something to the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Key {
    /// The power key.
    Power,
    /// Louder.
    VolumeUp,
    /// Quieter.
    VolumeDown,
    /// A digit, `0..=9`.
    Digit(u8),
    /// Confirm.
    Enter,
    /// Take the last digit back.
    Backspace,
    /// Leave what is open.
    Escape,
    /// Show home.
    Home,
}

/// The wall clock in words, in the user's language and format.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockText {
    /// For instance `21:37`.
    pub time: String,
    /// For instance `Monday 23 November`.
    pub date: String,
}

/// What is known of the device's condition; `None` is "don't know".
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// The battery.
    pub battery: Option<Battery>,
}

/// A battery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Battery {
    /// How full it is, `0..=100`.
    pub percent: u8,
    /// Whether it is being charged.
    pub charging: bool,
}

/// An application that can be started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    /// Its id.
    pub id: AppId,
    /// Its name in the user's language.
    pub name: String,
    /// Its icon's file.
    pub icon: Option<PathBuf>,
    /// The `app_id` that its windows carry when that is not the id.
    #[serde(default)]
    pub window_class: Option<String>,
}

/// How a launch stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LaunchState {
    /// It was asked for.
    Starting,
    /// Its program runs.
    Running,
    /// It ended by itself with success, or because it was told to.
    Exited,
    /// It could not be started, or ended with an error.
    Failed {
        /// What went wrong, as one sentence for the user.
        reason: String,
    },
}

/// Something about a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowEvent {
    /// It has its first picture.
    Mapped {
        /// Which one.
        id: WindowId,
        /// What it says it belongs to; may be empty.
        app_id: String,
        /// Its title; may be empty.
        title: String,
        /// The launch it came from, where known for certain.
        launch: Option<LaunchId>,
        /// The window it is a dialog of.
        parent: Option<WindowId>,
    },
    /// It is called otherwise now; `None` is unchanged.
    Changed {
        /// Which one.
        id: WindowId,
        /// Its title.
        title: Option<String>,
        /// What it says it belongs to.
        app_id: Option<String>,
    },
    /// It is a dialog of another window now, or of none.
    Reparented {
        /// Which one.
        id: WindowId,
        /// The window it is a dialog of.
        parent: Option<WindowId>,
    },
    /// It has committed a picture of another size.
    Resized {
        /// Which one.
        id: WindowId,
        /// Size of its window geometry, logical pixels.
        size: Size,
    },
    /// It has no picture any more.
    Unmapped {
        /// Which one.
        id: WindowId,
    },
    /// It asked for the whole screen, or no more.
    RequestedFullscreen {
        /// Which one.
        id: WindowId,
        /// Whether it wants it.
        on: bool,
    },
    /// It wants the edges for itself, or no more.
    OverridesGestures {
        /// Which one.
        id: WindowId,
        /// Whether it wants them.
        on: bool,
    },
    /// It does not answer (`on`), or does again.
    Unresponsive {
        /// Which one.
        id: WindowId,
        /// Whether it is silent.
        on: bool,
    },
}

/// A layer-shell surface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerInfo {
    /// Which one.
    pub id: LayerId,
    /// How far in front it is.
    pub layer: Layer,
    /// Where it lies, logical pixels of the output.
    pub frame: Rect,
    /// Whether it wants the keyboard.
    pub keyboard: LayerKeyboard,
}

/// The four layers of layer-shell, the hindmost first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// Behind all; a wallpaper.
    Background,
    /// Behind windows.
    Bottom,
    /// In front of windows that are not full screen.
    Top,
    /// In front of all but the lock.
    Overlay,
}

/// Whether a layer-shell surface wants the keyboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LayerKeyboard {
    /// Never.
    #[default]
    None,
    /// When touched.
    OnDemand,
    /// For as long as it is there.
    Exclusive,
}

/// The verifier's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthVerdict {
    /// The code is right.
    Ok,
    /// It is not.
    Wrong {
        /// Seconds during which no other will be checked.
        wait_s: u32,
    },
    /// There is no code to check against.
    NoCode,
    /// It could not be checked.
    Broken(String),
}

/// Something about an external screen locker (ext-session-lock).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExternalLock {
    /// It wants to lock.
    Requested,
    /// Its surface for this output has a picture.
    SurfaceMapped(LockSurface),
    /// It has unlocked, as only the current locker can.
    Unlocked,
    /// It is gone without having unlocked.
    Died,
}

/// What a program or the user's tool asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Start it, as a tap on its icon does; without URIs a running one comes to the front.
    LaunchApp {
        /// Which one.
        app: AppId,
        /// What it is to open.
        uris: Vec<String>,
    },
    /// Close all windows of it.
    CloseApp(AppId),
    /// Close one window.
    CloseWindow(WindowId),
    /// Lock.
    Lock,
    /// Darken the display, which locks as well.
    Blank,
    /// Show home.
    GoHome,
}
