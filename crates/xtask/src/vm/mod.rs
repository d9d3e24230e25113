//! The virtual phone: a kernel with real KMS and evdev, a Debian 13 tree, and Purje's own programs.
//!
//! Everything here works with plain files; `docs/machine.md` tells how the parts fit.

mod cases;
mod guest;
mod kernel;
mod tree;
mod uml;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Subcommand;

use crate::cache::Cache;
use crate::step::{note, run};
use crate::tally::Tally;
use guest::Purpose;
use uml::{Console, Machine};

pub(crate) const ARCHIVE_KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// What to do with the virtual phone.
#[derive(Debug, Subcommand)]
pub(crate) enum VmCommand {
    /// Run the machine tests
    Test {
        /// A part of a test's name
        name: Option<String>,
    },
    /// Start the phone and show its console; Ctrl-C ends it
    Run,
    /// Open a root shell in the machine; leaving it powers off
    Shell,
    /// Run a program of the guest's tree on this machine's kernel
    Enter {
        #[arg(required = true, last = true)]
        command: Vec<OsString>,
    },
    /// Build the kernel, or say where it is
    Kernel {
        /// Forget the cached one first
        #[arg(long)]
        rebuild: bool,
    },
    /// Make the guest's Debian tree, or say where it is
    Tree {
        /// Forget the cached one first
        #[arg(long)]
        rebuild: bool,
    },
}

/// Carries out one command.
///
/// # Errors
/// Whatever goes wrong on the way, told with its step.
pub(crate) fn main(command: VmCommand) -> Result<()> {
    let cache = Cache::of_user()?;
    match command {
        VmCommand::Test { name } => {
            let mut tally = Tally::default();
            test(&mut tally, name.as_deref());
            return tally.close();
        }
        VmCommand::Run => start(&cache, Purpose::Phone, &Console::Shown)?,
        VmCommand::Shell => start(&cache, Purpose::Shell, &Console::Interactive)?,
        VmCommand::Enter { command } => {
            let tree = tree::tree(&cache)?;
            let (program, arguments) = command.split_first().context("no program is named")?;
            run(tree::enter(&tree, program).args(arguments))?;
        }
        VmCommand::Kernel { rebuild } => {
            if rebuild {
                kernel::forget(&cache)?;
            }
            note(&format!("kernel: {}", kernel::kernel(&cache)?.display()));
        }
        VmCommand::Tree { rebuild } => {
            if rebuild {
                tree::forget(&cache)?;
            }
            note(&format!("tree: {}", tree::tree(&cache)?.display()));
        }
    }
    Ok(())
}

/// A file of `tests/machine`.
pub(crate) fn machine_file(name: &str) -> PathBuf {
    crate::workspace().join("tests/machine").join(name)
}

/// Where Debian packages come from.
pub(crate) fn debian_mirror() -> String {
    std::env::var("PURJE_DEBIAN_MIRROR")
        .unwrap_or_else(|_| "http://deb.debian.org/debian".to_owned())
}

/// As [`as_root`], but an ordinary user's command also gets mounts and processes of its own, which
/// it may then arrange as a root may.
pub(crate) fn as_root_with_mounts(program: &str) -> Command {
    let mut command = as_root("unshare");
    command.args(["--mount", "--pid", "--fork", "--kill-child", "--", program]);
    command
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A command that runs as root, or, for an ordinary user, as root of a user namespace in which the
/// tree's files have the owners they had when it was made.
pub(crate) fn as_root(program: &str) -> Command {
    if is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--map-auto", "--", program]);
    command
}

/// Runs the machine tests with `filter` in their name, or all. What keeps them from running is a
/// failure.
pub(crate) fn test(tally: &mut Tally, filter: Option<&str>) {
    if let Err(error) = prepare_and_test(tally, filter) {
        tally.fail("machine", &error);
    }
}

fn prepare_and_test(tally: &mut Tally, filter: Option<&str>) -> Result<()> {
    let cases = cases::find(&machine_file("cases"), filter)?;
    let cache = Cache::of_user()?;
    let kernel = kernel::kernel(&cache)?;
    let tree = tree::tree(&cache)?;
    guest::build()?;
    cases::run(&kernel, &tree, &cases, tally);
    Ok(())
}

/// Starts the machine for somebody who looks at it, without a limit of time.
fn start(cache: &Cache, purpose: Purpose<'_>, console: &Console<'_>) -> Result<()> {
    let kernel = kernel::kernel(cache)?;
    let tree = tree::tree(cache)?;
    guest::build()?;
    let folder = cases::new_folder("interactive")?;
    let (share, out) = (folder.join("share"), folder.join("out"));
    std::fs::create_dir_all(&out)?;
    guest::fill(&share, purpose)?;
    note(&format!("the guest's /out is {}", out.display()));
    let machine = Machine { kernel: &kernel, tree: &tree, share: &share, out: &out };
    machine.run(console, Duration::MAX)?;
    Ok(())
}
