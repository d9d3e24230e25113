//! A cgroup of its own for each application where no service manager makes one.
//!
//! Principles
//! - Only below the cgroup that this process is in, and only where the kernel lets us: that it
//!   cannot be had is normal, and the caller then relies on process groups alone.
//! - No controllers are switched on; the group serves to know and to end its processes.
//!
//! Not here: cgroup v1.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

const ROOT: &str = "/sys/fs/cgroup";

/// A cgroup that this process made.
#[derive(Debug)]
pub(crate) struct Cgroup {
    dir: PathBuf,
}

impl Cgroup {
    /// Makes the cgroup `name` beside this process; `None` where that is not possible.
    pub(crate) fn create(name: &str) -> Option<Self> {
        let dir = own_dir()?.join(name);
        fs::create_dir(&dir)
            .inspect_err(|error| tracing::debug!("no cgroup {}: {error}", dir.display()))
            .ok()?;
        Some(Self { dir })
    }

    /// The file that a process writes "0" to in order to join.
    pub(crate) fn joining(&self) -> Option<File> {
        OpenOptions::new().write(true).open(self.dir.join("cgroup.procs")).ok()
    }

    /// The processes in it and below.
    pub(crate) fn pids(&self) -> Vec<u32> {
        pids(&self.dir)
    }

    /// Kills all processes in it at once; whether the kernel could.
    pub(crate) fn kill(&self) -> bool {
        fs::write(self.dir.join("cgroup.kill"), "1").is_ok()
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // Fails while a process is left in it; the kernel cleans up when our own group goes.
        if let Err(error) = fs::remove_dir(&self.dir) {
            tracing::debug!("cannot remove {}: {error}", self.dir.display());
        }
    }
}

/// The processes in the cgroup with this path (as in `/proc/self/cgroup`) and below.
pub(crate) fn pids_of(path: &str) -> Vec<u32> {
    pids(&Path::new(ROOT).join(path.trim_start_matches('/')))
}

fn pids(dir: &Path) -> Vec<u32> {
    let own = fs::read_to_string(dir.join("cgroup.procs")).unwrap_or_default();
    let mut pids: Vec<u32> = own.lines().filter_map(|line| line.parse().ok()).collect();
    for item in fs::read_dir(dir).into_iter().flatten().flatten() {
        if item.file_type().is_ok_and(|kind| kind.is_dir()) {
            pids.extend(self::pids(&item.path()));
        }
    }
    pids
}

/// The folder of the cgroup v2 that this process is in.
fn own_dir() -> Option<PathBuf> {
    if !Path::new(ROOT).join("cgroup.controllers").exists() {
        return None;
    }
    let path = of_process("self")?;
    Some(Path::new(ROOT).join(path.trim_start_matches('/')))
}

/// The path of the cgroup v2 of a process (a number, or `self`).
pub(crate) fn of_process(pid: &str) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
    text.lines().find_map(|line| line.strip_prefix("0::")).map(str::to_owned)
}
