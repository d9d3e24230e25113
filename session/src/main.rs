//! The `purje-session` program.

use clap::Parser;
use purje_session::{LauncherChoice, Options, run};
use std::io::IsTerminal as _;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Purje's session manager: starts and watches applications, and offers org.purje.Session1 on the
/// session bus.
#[derive(Debug, Parser)]
#[command(name = "purje-session", version)]
struct Arguments {
    /// How applications are started: as units of the user's systemd, as children of this process,
    /// or as fits.
    #[arg(long, value_enum, default_value_t = LauncherChoice::Auto)]
    launcher: LauncherChoice,
    /// The icon theme that is asked first.
    #[arg(long, value_name = "NAME", default_value = "Adwaita")]
    icon_theme: String,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter =
        EnvFilter::try_from_env("PURJE_LOG").unwrap_or_else(|_| EnvFilter::new("info,zbus=warn"));
    // Colours are for who watches; files and the journal get none.
    let ansi = std::io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(ansi)
        .init();
    let options =
        Options { launcher: arguments.launcher, icon_theme: arguments.icon_theme.clone() };
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
