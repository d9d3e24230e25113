//! `./x run`: the phone on this machine.
//!
//! In a graphical session the phone opens in a window, with apps of this machine; without one it
//! is headless, takes a tour of itself and leaves pictures. With `--backend drm`, or with a
//! command to run, it is the compositor and nothing else.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::check::cargo;
use crate::step::{run as run_command, step};
use crate::tour::{live, tour};

/// The same for host, guest and tests, so that each program is built once.
const PROFILE: &str = "dev";

/// The packages that make up the phone.
const PRODUCT: [&str; 4] = ["purje-compositor", "purje-session", "purje-auth", "purje-purjectl"];
/// The programs they build.
pub(crate) const PROGRAMS: [&str; 4] =
    ["purje-compositor", "purje-session", "purje-auth", "purjectl"];

/// What `./x run` takes; everything is handed on to the compositor.
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// The device profile to be, such as `generic-phone`
    #[arg(long, value_name = "ID")]
    device: Option<String>,
    /// Where the picture goes: auto, nested, headless or drm
    #[arg(long, default_value = "auto")]
    backend: String,
    /// Take the tour in a window too
    #[arg(long)]
    tour: bool,
    /// A command to run in the phone
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Builds and runs the phone.
///
/// # Errors
/// The build fails, a program cannot be started, or the tour does not come to its end.
pub(crate) fn run(arguments: RunArguments) -> Result<()> {
    step("build", || build(PROFILE))?;
    let programs = binaries(PROFILE);
    let device = arguments.device.as_deref();
    let backend = match arguments.backend.as_str() {
        "auto" if in_graphical_session() => "nested",
        "auto" => "headless",
        named => named,
    };
    if arguments.command.is_empty() && (arguments.tour || backend == "headless") {
        return tour(&programs, backend, device, &target().join("tour"));
    }
    if arguments.command.is_empty() && backend == "nested" {
        return live(&programs, backend, device);
    }
    let mut command = Command::new(programs.join("purje-compositor"));
    command.arg("--backend").arg(backend);
    if let Some(device) = device {
        command.arg("--device").arg(device);
    }
    if !arguments.command.is_empty() {
        command.arg("--").args(&arguments.command);
    }
    let error = command.exec();
    Err(error).with_context(|| format!("cannot start {:?}", command.get_program()))
}

/// Whether a window could be opened from here.
fn in_graphical_session() -> bool {
    ["WAYLAND_DISPLAY", "DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Builds the phone's programs in one of cargo's profiles.
///
/// # Errors
/// The build fails.
pub(crate) fn build(profile: &str) -> Result<()> {
    let mut command = cargo();
    command.args(["build", "--locked", "--bins", "--profile", profile]);
    for package in PRODUCT {
        command.args(["-p", package]);
    }
    run_command(&mut command)
}

/// Where cargo puts programs built in this profile.
pub(crate) fn binaries(profile: &str) -> PathBuf {
    // Cargo's own exception: the profile `dev` has the folder `debug`.
    target().join(if profile == "dev" { "debug" } else { profile })
}

/// The folder for all that is built.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| crate::workspace().join("target"), PathBuf::from)
}
