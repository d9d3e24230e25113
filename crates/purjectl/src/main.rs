//! `purjectl`: looks at a running Purje, steers it, and checks its files.
//!
//! Principles
//! - Everything goes over the public contracts in `ipc`; the tool can do nothing that another
//!   program of the user could not.
//! - Success prints what was asked for and nothing else. A failure is one line with cause and
//!   mend on standard error, and an exit code that scripts can tell apart (see [`Failure`]).
//!
//! Not here: deciding anything; the compositor and the session refuse what they refuse.

mod apps;
mod arguments;
mod failure;
mod files;
mod input;
mod peers;
mod screen;

use arguments::{Arguments, Command, ConfigCommand, LogCommand, ProfileCommand};
use clap::Parser;
use failure::Failure;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // One write at the end: what is printed is whole or, on failure, absent.
    let mut out = Vec::new();
    let result = run(arguments.command, &mut out);
    let written = std::io::stdout().lock().write_all(&out);
    match result.and_then(|()| written.map_err(Failure::output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to tell when standard error is gone as well.
            let _ = writeln!(std::io::stderr(), "purjectl: {failure}");
            failure.exit_code()
        }
    }
}

fn run(command: Command, out: &mut dyn Write) -> Result<(), Failure> {
    match command {
        Command::State { json } => screen::state(json, out),
        Command::Perf { json } => screen::perf(json, out),
        Command::Screenshot { file } => screen::screenshot(&file, out),
        Command::Lock => screen::lock(),
        Command::Apps { json, running, problems } => apps::list(json, running, problems, out),
        Command::Launch { id, uris } => apps::launch(&id, &uris),
        Command::Close { target } => apps::close(&target),
        Command::Touch { command } => input::touch(&command),
        Command::Key { key, ms } => input::key(key, ms),
        Command::Log { command } => match command {
            None => screen::log(out),
            Some(LogCommand::Save { file }) => screen::save_log(&file),
            Some(LogCommand::Replay { file }) => screen::replay_log(&file),
        },
        Command::Config { command: ConfigCommand::Check { files } } => {
            files::check_config(&files, out)
        }
        Command::Profile { command } => match command {
            ProfileCommand::List => files::list_profiles(out),
            ProfileCommand::Show { device } => files::show_profile(&device, out),
            ProfileCommand::Check { devices } => files::check_profiles(&devices, out),
        },
    }
}
