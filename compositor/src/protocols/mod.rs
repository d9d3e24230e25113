//! Wayland protocols, a file each.
//!
//! A handler turns a request into a [`shell::Event`] or answers it from what the shell has said
//! already; none decides what is shown. Globals that not everybody may see are filtered by the
//! trust table ([`crate::clients::may_see`]).

mod compositor;
pub(crate) mod frame_callbacks;
mod globals;
mod layer_shell;
mod output;
mod presentation;
mod seat;
mod session_lock;
mod surface_extras;
mod xdg_activation;
mod xdg_shell;

pub(crate) use globals::Globals;
