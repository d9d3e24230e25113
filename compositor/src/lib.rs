//! The compositor: smithay's protocols and renderers around the shell's model.
//!
//! Data flows one way: device → [`input`] → shell → scene → [`render`] → [`backend`]. Handlers of
//! Wayland requests turn a request into a [`shell::Event`]; what the shell answers is carried out
//! in [`shell_host`]. This is the only room that names smithay.

pub mod backend;
mod bus;
mod children;
mod clients;
pub mod clock;
mod facts;
mod frames;
mod input;
mod options;
mod panel;
mod protocols;
pub mod render;
mod run;
mod schedule;
mod seat;
mod shell_host;
mod state;
mod windows;

pub use bus::Buses;
pub use clients::ClientInfo;
pub use options::Options;
pub use panel::Panel;
pub use run::{Runtime, run};
pub use seat::{Verifier, WallClock};
pub use state::{Setup, State};
