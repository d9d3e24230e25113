//! The eyes and fingers of the machine tests, inside the virtual phone.
//!
//! It looks at what KMS scans out, moves a virtual finger and plugs virtual panels, all through the
//! kernel: nothing here asks the compositor, so nothing here believes it. It judges pictures only
//! as far as scripts need it; what a test expects is said in its script.

mod canvas;
mod panel;
mod picture;
mod scanout;
mod touch;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "guest-tool", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write what a connector shows to a PNG file
    Scanout {
        file: PathBuf,
        /// Such as `Virtual-1`; the first that shows something if left out
        #[arg(long)]
        connector: Option<String>,
    },
    /// Look at scan-outs until told to end by SIGTERM, and count those that show a colour
    Watch(watch::Arguments),
    /// Judge a picture: the exit code tells
    Picture {
        #[command(subcommand)]
        question: picture::Question,
    },
    /// Be a touch screen and a set of keys until told to end; `touch` moves the fingers
    TouchDevice(touch::DeviceArguments),
    /// Do something with the touch screen and wait until it is done
    Touch {
        /// `tap X Y`, `swipe X1 Y1 X2 Y2 MS`, `down|move FINGER X Y`, `up FINGER`,
        /// `key power|volume-up|volume-down`, `remove`, `add`; X and Y are parts of the panel
        #[arg(required = true, num_args = 1.., allow_negative_numbers = true)]
        words: Vec<String>,
    },
    /// Plug virtual panels
    Panel {
        #[command(subcommand)]
        action: panel::Action,
    },
}

fn main() -> ExitCode {
    match carry_out(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("guest-tool: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// The answer of a question is its exit code (0 yes, 1 no); everything else succeeds or errs (2).
fn carry_out(command: Command) -> Result<ExitCode> {
    match command {
        Command::Scanout { file, connector } => {
            scanout::scan(connector.as_deref())?.write_png(&file)?;
        }
        Command::Watch(arguments) => return watch::watch(&arguments),
        Command::Picture { question } => return picture::ask(&question),
        Command::TouchDevice(arguments) => touch::serve(&arguments)?,
        Command::Touch { words } => touch::request(&words)?,
        Command::Panel { action } => panel::act(&action)?,
    }
    Ok(ExitCode::SUCCESS)
}
