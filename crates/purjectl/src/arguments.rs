//! The command line.

use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Looks at a running Purje, steers it, and checks its files.
///
/// Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 Purje (or the session bus) is not
/// running, 4 a checked file has faults.
#[derive(Debug, Parser)]
#[command(name = "purjectl", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Shows what is on the screen.
    State {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Shows counters of frames and wake-ups.
    Perf {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Saves what is on the screen as a PNG.
    Screenshot {
        /// Where to; - is standard output.
        file: PathBuf,
    },
    /// Locks the screen.
    Lock,
    /// Lists installed applications.
    Apps {
        /// As JSON.
        #[arg(long)]
        json: bool,
        /// Lists what runs instead.
        #[arg(long, conflicts_with = "problems")]
        running: bool,
        /// Lists what is wrong with installed desktop files instead.
        #[arg(long)]
        problems: bool,
    },
    /// Starts an application, or brings it to the front.
    Launch {
        /// Its id, as in `purjectl apps`.
        id: String,
        /// URIs or absolute paths to open.
        uris: Vec<String>,
    },
    /// Closes an application or a window.
    Close {
        /// An application's id, a launch's id, or a window's number, as in `purjectl state`.
        target: String,
    },
    /// Touches the screen (needs a compositor with --allow-test-input). Positions are logical
    /// pixels.
    Touch {
        #[command(subcommand)]
        command: TouchCommand,
    },
    /// Presses and releases a key (needs a compositor with --allow-test-input).
    Key {
        /// power, volume-up, volume-down, or an evdev code.
        #[arg(value_parser = key_code)]
        key: u32,
        /// How long it is held, in milliseconds.
        #[arg(long, default_value_t = 80)]
        ms: u64,
    },
    /// Shows, saves or replays the ring of recent events.
    Log {
        #[command(subcommand)]
        command: Option<LogCommand>,
    },
    /// About configuration.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// About device profiles.
    Profile {
        #[command(subcommand)]
        command: ProfileCommand,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum TouchCommand {
    /// A finger comes down and stays.
    Down {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        finger: Finger,
    },
    /// A finger that is down moves.
    Move {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        finger: Finger,
    },
    /// A finger that is down goes up.
    Up {
        #[command(flatten)]
        finger: Finger,
    },
    /// A finger comes down and goes up.
    Tap {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        finger: Finger,
        /// How long it rests, in milliseconds.
        #[arg(long, default_value_t = 60)]
        ms: u64,
    },
    /// A finger comes down, moves in a straight line, and goes up.
    Swipe {
        /// From, to the right.
        #[arg(allow_negative_numbers = true)]
        x1: f64,
        /// From, downwards.
        #[arg(allow_negative_numbers = true)]
        y1: f64,
        /// To, to the right.
        #[arg(allow_negative_numbers = true)]
        x2: f64,
        /// To, downwards.
        #[arg(allow_negative_numbers = true)]
        y2: f64,
        /// How long it takes, in milliseconds.
        #[arg(long, default_value_t = 250)]
        ms: u64,
        /// Leaves the finger down at the end; `touch up` takes it away.
        #[arg(long)]
        hold: bool,
        #[command(flatten)]
        finger: Finger,
    },
}

#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct At {
    /// To the right.
    #[arg(allow_negative_numbers = true)]
    pub(crate) x: f64,
    /// Downwards.
    #[arg(allow_negative_numbers = true)]
    pub(crate) y: f64,
}

#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Finger {
    /// Which finger, where there are several.
    #[arg(long, default_value_t = 0)]
    pub(crate) slot: u32,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LogCommand {
    /// Saves the ring to a file.
    Save {
        /// Where to.
        file: PathBuf,
    },
    /// Feeds a saved ring to the shell (needs a compositor with --allow-test-input).
    Replay {
        /// A file that `log save` wrote.
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Checks configuration files; without a file, all that are in use.
    Check {
        /// The files.
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Lists the devices that have a profile.
    List,
    /// Shows what a profile says, and what follows from it.
    Show {
        /// A device's id, or a file.
        device: String,
    },
    /// Checks profiles; without an argument, all that are installed.
    Check {
        /// Devices' ids, or files.
        devices: Vec<String>,
    },
}

fn key_code(text: &str) -> Result<u32, String> {
    // From linux/input-event-codes.h.
    match text {
        "power" => Ok(116),
        "volume-up" => Ok(115),
        "volume-down" => Ok(114),
        other => other.parse().map_err(|_| "write power, volume-up, volume-down or a code".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn keys_have_names_and_codes() {
        assert_eq!(key_code("power"), Ok(116));
        assert_eq!(key_code("30"), Ok(30));
        assert!(key_code("escape").is_err());
    }

    #[test]
    fn a_swipe_may_begin_outside_the_screen() {
        let parsed = Arguments::try_parse_from([
            "purjectl", "touch", "swipe", "-5", "100", "200", "100", "--ms", "300", "--hold",
        ]);
        let command = parsed.expect("valid").command;
        let Command::Touch { command: TouchCommand::Swipe { x1, ms, hold, .. } } = command else {
            panic!("{command:?}")
        };
        assert_eq!((x1, ms, hold), (-5.0, 300, true));
    }
}
