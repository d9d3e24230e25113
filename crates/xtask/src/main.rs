//! The build's own commands, started by the script `x` in the workspace's root.

mod cache;
mod check;
mod docs;
mod run;
mod step;
mod tally;
mod test;
mod tour;
mod vm;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Build, run and test Purje.
#[derive(Debug, Parser)]
#[command(name = "./x", bin_name = "./x", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run the phone: in a window, or headless where there is no graphical session
    Run(run::RunArguments),
    /// Run the tests
    Test {
        /// `all`, `machine`, or a part of a test's name; everything that CI runs if left out
        name: Option<String>,
    },
    /// The virtual phone: real KMS and touch input without hardware
    Vm {
        #[command(subcommand)]
        command: vm::VmCommand,
    },
    /// Check formatting, lints and package metadata
    Check,
    /// Build the book in docs/
    Docs,
}

fn main() -> ExitCode {
    match carry_out(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("[x] error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(task: Task) -> Result<()> {
    match task {
        Task::Run(arguments) => run::run(arguments),
        Task::Test { name } => test::test(name.as_deref()),
        Task::Vm { command } => vm::main(command),
        Task::Check => {
            let mut tally = tally::Tally::default();
            check::check(&mut tally);
            tally.close()
        }
        Task::Docs => docs::docs(),
    }
}

/// The workspace's root folder.
fn workspace() -> PathBuf {
    // This crate lies two folders below it; cargo says where it is at run time, so that a moved
    // checkout with an old binary still finds its files.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.ancestors().nth(2).map_or_else(|| PathBuf::from("."), PathBuf::from)
}
