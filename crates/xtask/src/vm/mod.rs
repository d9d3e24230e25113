//! The virtual phone: a kernel with real KMS and evdev, a Debian 13 tree, and Purje's own programs.
//!
//! Everything here works with plain files; `docs/machine.md` tells how the parts fit.

mod kernel;
mod tree;

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use clap::Subcommand;

use crate::cache::Cache;
use crate::step::note;

pub(crate) const ARCHIVE_KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// What to do with the virtual phone.
#[derive(Debug, Subcommand)]
pub(crate) enum VmCommand {
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

pub(crate) fn is_root() -> bool {
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

/// Runs the machine tests.
pub(crate) fn test(_tally: &mut crate::tally::Tally, _filter: Option<&str>) {
    note("the machine has no tests yet");
}
