//! Wayland protocols, a file each.
//!
//! A handler turns a request into a [`shell::Event`] or answers it from what the shell has said
//! already; none decides what is shown. Globals that not everybody may see are filtered by the
//! trust table ([`crate::clients::may_see`]).

mod compositor;
mod dmabuf;
mod foreign_toplevel;
pub(crate) mod frame_callbacks;
mod globals;
mod guards;
mod idle_inhibit;
mod idle_notify;
mod layer_shell;
mod output;
mod pointer_extras;
mod presentation;
mod screencopy;
mod seat;
mod security_context;
mod session_lock;
mod surface_extras;
mod xdg_activation;
mod xdg_shell;

pub(crate) use globals::Globals;
pub(crate) use session_lock::LockSurface;
