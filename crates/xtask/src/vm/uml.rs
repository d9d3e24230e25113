//! One start of the virtual phone as a User-Mode Linux process.
//!
//! The kernel is an ordinary program: it reads the guest's root from a folder, gets two more
//! folders of the host, and ends when the guest powers off. It is pinned to one processor, because
//! its kernel half and its user half wake each other for every system call, which is several times
//! dearer across processors. It does not hand on an exit code: results come as files.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use rustix::fs::{StatVfsMountFlags, statvfs};
use rustix::process::{Pid, Signal, kill_process};

use crate::step::wait_at_most;
use crate::vm::as_root;

/// Guest memory, in MiB.
const MEMORY: u64 = 1024;
/// How long a machine may take to go down when it is told to.
const GRACE: Duration = Duration::from_secs(10);

/// Where the machine's console goes.
pub(crate) enum Console<'a> {
    /// To the terminal, read only.
    Shown,
    /// The terminal is the console.
    Interactive,
    /// Into a file.
    File(&'a Path),
}

/// What a start needs.
pub(crate) struct Machine<'a> {
    pub(crate) kernel: &'a Path,
    /// The guest's root; it is not written to.
    pub(crate) tree: &'a Path,
    /// Seen read-only at `/purje`.
    pub(crate) share: &'a Path,
    /// Writable at `/out`.
    pub(crate) out: &'a Path,
}

/// How a start ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    PoweredOff,
    TookTooLong,
}

impl Machine<'_> {
    /// Starts the machine and waits until it is off, or until `limit` is over.
    ///
    /// # Errors
    /// The kernel cannot be started or waited for.
    pub(crate) fn run(&self, console: &Console<'_>, limit: Duration) -> Result<End> {
        let mut child = self.command(console)?.spawn().context("cannot start the kernel")?;
        if wait_at_most_gently(&mut child, limit)? {
            Ok(End::PoweredOff)
        } else {
            Ok(End::TookTooLong)
        }
    }

    fn command(&self, console: &Console<'_>) -> Result<Command> {
        // `setpriv` and `taskset` become the kernel, so the child's id is the kernel's.
        let mut command = as_root("setpriv");
        command.args(["--pdeathsig", "TERM", "taskset", "--cpu-list", &processor()]);
        command.arg(self.kernel);
        command.arg(format!("mem={MEMORY}M"));
        command.args(["rootfstype=hostfs", "ro", "seccomp=on", "quiet", "con=null", "con1=null"]);
        command.arg(format!("rootflags={}", self.tree.display()));
        command.arg("vkms.create_default_dev=0");
        command.arg("init=/usr/lib/purje-machine/preinit");
        command.arg(format!("purje.share={}", self.share.display()));
        command.arg(format!("purje.out={}", self.out.display()));
        command.env("TMPDIR", memory_folder());
        match console {
            Console::Shown => {
                command.arg("con0=null,fd:1").stdin(Stdio::null());
                command.arg("systemd.journald.forward_to_console=1");
                command.arg("systemd.journald.max_level_console=info");
            }
            Console::Interactive => {
                command.arg("con0=fd:0,fd:1");
            }
            Console::File(path) => {
                let file = File::create(path)
                    .with_context(|| format!("cannot write {}", path.display()))?;
                let also = file.try_clone().context("cannot duplicate the console's descriptor")?;
                command.arg("con0=null,fd:1").stdin(Stdio::null()).stdout(file).stderr(also);
            }
        }
        Ok(command)
    }
}

/// Waits; says whether the child ended by itself. One that does not is first asked to end, so that
/// it takes its helper processes with it.
fn wait_at_most_gently(child: &mut Child, limit: Duration) -> Result<bool> {
    let started = Instant::now();
    loop {
        if child.try_wait().context("cannot wait for the kernel")?.is_some() {
            return Ok(true);
        }
        if started.elapsed() >= limit {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    // It may have ended in between: then there is nobody to ask.
    let _ = kill_process(Pid::from_child(child), Signal::TERM);
    wait_at_most(child, GRACE)?;
    Ok(false)
}

/// The processor that machines are pinned to: the last that we may use.
fn processor() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    last_allowed(&status).unwrap_or("0").to_owned()
}

fn last_allowed(status: &str) -> Option<&str> {
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    list.trim().rsplit([',', '-']).next().filter(|number| !number.is_empty())
}

/// Guest memory is a file that is mapped executable: best in memory, if there is room and a right
/// to execute.
fn memory_folder() -> PathBuf {
    let shared = Path::new("/dev/shm");
    let fits = statvfs(shared).is_ok_and(|at| {
        let free = at.f_bavail * at.f_frsize / 1024 / 1024;
        !at.f_flag.contains(StatVfsMountFlags::NOEXEC) && free > MEMORY
    });
    if fits { shared.to_owned() } else { std::env::temp_dir() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_allowed_processor_is_found() {
        assert_eq!(last_allowed("Name:\tx\nCpus_allowed_list:\t0-1\n"), Some("1"));
        assert_eq!(last_allowed("Cpus_allowed_list:\t3\n"), Some("3"));
        assert_eq!(last_allowed("Cpus_allowed_list:\t0-3,6\n"), Some("6"));
        assert_eq!(last_allowed(""), None);
    }

    #[test]
    fn a_machine_that_hangs_is_ended() {
        let mut child = Command::new("sleep").arg("600").spawn().expect("sleep starts");
        assert!(!wait_at_most_gently(&mut child, Duration::ZERO).expect("can be waited for"));
        assert!(child.try_wait().expect("collected").is_some());
    }
}
