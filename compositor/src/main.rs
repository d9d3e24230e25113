//! The compositor's binary: command line and logging; all else is in the library.

use std::{io::IsTerminal as _, process::ExitCode};

use clap::Parser as _;
use tracing_subscriber::{EnvFilter, fmt};

fn main() -> ExitCode {
    // fontdb names no file for a broken font; what we say of it ourselves does.
    let filter = EnvFilter::try_from_env("PURJE_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,smithay=warn,fontdb=error"));
    // Colours are for who watches; files and the journal get none.
    let ansi = std::io::stderr().is_terminal();
    fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(ansi)
        .with_target(false)
        .init();
    match compositor::run(&compositor::Options::parse()) {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
