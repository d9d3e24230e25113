//! What the phone shows and who has its touches and keys.
//!
//! Principles
//! - Only this room decides what is shown, focused, activated and locked. It owns the gesture
//!   arena and the power policy, so one stream of [`Event`]s with their times is all that a
//!   phone's behaviour depends on, and all that a replay needs.
//! - [`Shell::handle`] changes the model and says what follows; [`Shell::picture`] is a pure
//!   function of model and time. What windows are told (size, activation, suspension), where the
//!   keyboard goes and whether the phone counts as locked is derived from the model after every
//!   event and told when it differs from what was told before: no code path can forget it.
//! - Locked is locked: a locked [`Picture`] has no room for an application's surface, no touch and
//!   no key reaches an application, and what is not known counts as a reason to stay locked.
//! - All that moves is a spring whose position follows from the time; a finger can catch it at any
//!   moment, and everything that a gesture does can be turned back.
//!
//! Not here: pixels, Wayland, files, system services, any clock but the time that is handed in,
//! and the check of a code (the shell collects digits as a [`Secret`] and asks for a verdict).

mod effect;
mod event;
mod geometry;
mod id;
mod model;
mod picture;
mod shell;
mod summary;
mod tokens;
mod views;
mod words;

pub use effect::{ClientTouch, Effect, Haptic, PowerAction, Secret, WindowState};
pub use event::{
    App, AuthVerdict, Battery, ClockText, CodeState, Event, ExternalLock, Key, LaunchState, Layer,
    LayerInfo, LayerKeyboard, OutputInfo, Request, Settings, Status, Touch, WindowEvent,
};
pub use gesture::EdgeWidths;
pub use id::{AppId, CoverId, LaunchId, LayerId, LockSurface, Target, WindowId};
pub use picture::{Action, OpenSurface, Picture};
pub use power_policy::Display;
pub use shell::Shell;
pub use summary::{Place, Summary, WindowSummary};
