//! `./x run`: the phone on this machine.
//!
//! Builds the programs and becomes the compositor, which chooses its backend: a window in a
//! graphical session, else headless.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::check::cargo;
use crate::step::{run as run_command, step};

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
    /// A command to run in the phone
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Builds and runs the phone; returns only if that fails.
///
/// # Errors
/// The build fails, or the compositor cannot be started.
pub(crate) fn run(arguments: RunArguments) -> Result<()> {
    step("build", || build("release"))?;
    let compositor = binaries("release").join("purje-compositor");
    let mut command = Command::new(&compositor);
    command.arg("--backend").arg(arguments.backend);
    if let Some(device) = arguments.device {
        command.arg("--device").arg(device);
    }
    if !arguments.command.is_empty() {
        command.arg("--").args(arguments.command);
    }
    let error = command.exec();
    Err(error).with_context(|| format!("cannot start {}", compositor.display()))
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
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| crate::workspace().join("target"), PathBuf::from);
    // Cargo's own exception: the profile `dev` has the folder `debug`.
    target.join(if profile == "dev" { "debug" } else { profile })
}
