//! Starting applications as children of this process, where no service manager of the user runs.
//!
//! Principles
//! - Each application is a process group of its own and, where the kernel lets us, a cgroup; it
//!   has ended when its first process has ended and no other of the group is left.
//! - This process is the subreaper of what it starts, so that nothing of an application escapes
//!   to init unseen. No other part of it may wait for children.
//! - What a program writes to its standard error goes into our log; the last line is kept to say
//!   why it failed.
//!
//! Not here: deciding when; units (see `systemd`).

use super::cgroup::Cgroup;
use super::environment::Environment;
use crate::lifecycle::{LaunchId, Outcome};
use nix::sys::signal::SigSet;
use rustix::process::{Pid, Signal, WaitOptions};
use std::collections::HashMap;
use std::io::{ErrorKind, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{ChildStderr, Command, Stdio};

/// The longest line of a program's standard error that is kept, in bytes.
const MAX_LINE: usize = 400;

/// A running application.
#[derive(Debug)]
struct App {
    group: Pid,
    cgroup: Option<Cgroup>,
    stderr: Option<ChildStderr>,
    last_line: LastLine,
    /// How the first process ended, while others of its group are left.
    ended: Option<Outcome>,
    told_to_end: bool,
}

/// All applications that are children of this process.
#[derive(Debug, Default)]
pub(crate) struct Embedded {
    apps: HashMap<LaunchId, App>,
}

/// A started application, as far as the caller must know.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) unit: String,
    pub(crate) pid: u32,
    /// Its standard error, to be watched: call [`Embedded::read_stderr`] when it is readable.
    pub(crate) stderr: Option<OwnedFd>,
}

impl Embedded {
    /// Makes this process the one that orphans of applications fall to.
    pub(crate) fn new() -> Self {
        if let Err(error) = rustix::process::set_child_subreaper(Some(rustix::process::getpid())) {
            tracing::warn!("cannot become subreaper, so orphans of apps may outlive them: {error}");
        }
        Self::default()
    }

    /// Starts `command` (its first word is the program) for `launch`.
    ///
    /// Errors: those of fork and exec.
    pub(crate) fn start(
        &mut self,
        launch: &LaunchId,
        command: &[String],
        environment: &Environment,
        dir: &Path,
    ) -> std::io::Result<Started> {
        let [program, arguments @ ..] = command else {
            return Err(ErrorKind::InvalidInput.into());
        };
        let unit = launch.unit("service");
        let cgroup = Cgroup::create(&unit);
        let mut process = Command::new(program);
        process.args(arguments).current_dir(dir).process_group(0);
        process.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        process.envs(environment.set()).env_remove("NOTIFY_SOCKET");
        for name in environment.unset() {
            process.env_remove(name);
        }
        prepare_before_exec(&mut process, cgroup.as_ref().and_then(Cgroup::joining));
        let mut child = process.spawn()?;
        let stderr = child.stderr.take();
        // Without it an application runs as well; only its last words are lost.
        let watched = stderr.as_ref().and_then(|pipe| {
            rustix::io::ioctl_fionbio(pipe, true).ok()?;
            pipe.as_fd().try_clone_to_owned().ok()
        });
        let stderr = stderr.filter(|_| watched.is_some());
        let pid = child.id();
        let group = Pid::from_child(&child);
        let unit = if cgroup.is_some() { unit } else { String::new() };
        let app = App {
            group,
            cgroup,
            stderr,
            last_line: LastLine::default(),
            ended: None,
            told_to_end: false,
        };
        self.apps.insert(launch.clone(), app);
        Ok(Started { unit, pid, stderr: watched })
    }

    /// Reads what an application wrote to its standard error; `false` when there will be no more.
    pub(crate) fn read_stderr(&mut self, launch: &LaunchId) -> bool {
        let Some(App { stderr: Some(stderr), last_line, .. }) = self.apps.get_mut(launch) else {
            return false;
        };
        let mut buffer = [0; 4096];
        loop {
            match stderr.read(&mut buffer) {
                Ok(0) => return false,
                Ok(length) => last_line.push(&buffer[..length], launch),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
    }

    /// Takes note of children that ended. Returns the launches that are over, each with how it
    /// ended and what its program wrote last.
    pub(crate) fn reap(&mut self) -> Vec<(LaunchId, Outcome, Option<String>)> {
        while let Ok(Some((pid, status))) = rustix::process::wait(WaitOptions::NOHANG) {
            let outcome = match (status.exit_status(), status.terminating_signal()) {
                (Some(0), _) => Outcome::Success,
                (Some(status), _) => Outcome::Status(status),
                (None, Some(signal)) => Outcome::Signal(signal),
                (None, None) => continue,
            };
            // Others are orphans: to be reaped, but they say nothing about their application.
            if let Some(app) = self.apps.values_mut().find(|app| app.group == pid) {
                app.ended = Some(outcome);
            }
        }
        let over: Vec<LaunchId> =
            self.apps.iter().filter(|(_, app)| app.is_over()).map(|(id, _)| id.clone()).collect();
        over.into_iter().filter_map(|id| self.forget(id)).collect()
    }

    fn forget(&mut self, id: LaunchId) -> Option<(LaunchId, Outcome, Option<String>)> {
        // Its last words may still be in the pipe.
        self.read_stderr(&id);
        let app = self.apps.remove(&id)?;
        let last = app.last_line.line();
        app.ended.map(|outcome| (id, outcome, last))
    }

    /// Asks an application to end.
    pub(crate) fn terminate(&mut self, launch: &LaunchId) {
        if let Some(app) = self.apps.get_mut(launch) {
            app.told_to_end = true;
            app.signal(Signal::TERM);
            // A stopped process hears nothing.
            app.signal(Signal::CONT);
        }
    }

    /// Ends an application at once.
    pub(crate) fn kill(&self, launch: &LaunchId) {
        let Some(app) = self.apps.get(launch) else { return };
        if !app.cgroup.as_ref().is_some_and(Cgroup::kill) {
            app.signal(Signal::KILL);
        }
    }

    /// The processes of an application, the first one first.
    pub(crate) fn pids(&self, launch: &LaunchId) -> Vec<u32> {
        let Some(app) = self.apps.get(launch) else { return Vec::new() };
        let leader = app.group.as_raw_nonzero().get().unsigned_abs();
        let mut pids = vec![leader];
        if let Some(cgroup) = &app.cgroup {
            pids.extend(cgroup.pids().into_iter().filter(|pid| *pid != leader));
        }
        pids
    }

    /// All launches that have not ended.
    pub(crate) fn launches(&self) -> Vec<LaunchId> {
        self.apps.keys().cloned().collect()
    }
}

impl App {
    fn signal(&self, signal: Signal) {
        // The group may have ended meanwhile, which is what we want.
        if let Err(error) = rustix::process::kill_process_group(self.group, signal) {
            tracing::debug!("signal to group {:?}: {error}", self.group);
        }
    }

    fn is_over(&self) -> bool {
        match &self.ended {
            None => false,
            Some(Outcome::Success) => self.is_empty(),
            Some(_) if self.told_to_end => self.is_empty(),
            // A failure is told at once; helpers that linger are of no more use.
            Some(_) => {
                self.signal(Signal::TERM);
                true
            }
        }
    }

    fn is_empty(&self) -> bool {
        rustix::process::test_kill_process_group(self.group).is_err()
    }
}

/// What happens between fork and exec: the child joins its cgroup, so that nothing it starts can
/// escape, and takes signals again, which this process blocks to read them from a descriptor.
#[allow(unsafe_code)]
fn prepare_before_exec(process: &mut Command, cgroup: Option<std::fs::File>) {
    let prepare = move || {
        if let Some(file) = &cgroup {
            // Not being in the cgroup is no reason not to run: the process group remains.
            let _ = rustix::io::write(file, b"0");
        }
        SigSet::empty().thread_set_mask().map_err(std::io::Error::from)
    };
    // SAFETY: the closure runs in the forked child, where only async-signal-safe work is allowed.
    // It makes one write(2) on a descriptor that is already open and one sigprocmask(2), and
    // allocates nothing.
    unsafe {
        process.pre_exec(prepare);
    }
}

/// The last line of a stream, and the one that is not complete yet.
#[derive(Debug, Default)]
struct LastLine {
    complete: Vec<u8>,
    partial: Vec<u8>,
}

impl LastLine {
    fn push(&mut self, bytes: &[u8], launch: &LaunchId) {
        for &byte in bytes {
            if byte != b'\n' {
                if self.partial.len() < MAX_LINE {
                    self.partial.push(byte);
                }
                continue;
            }
            let line = std::mem::take(&mut self.partial);
            if !line.iter().all(u8::is_ascii_whitespace) {
                tracing::info!(target: "app", "{launch}: {}", String::from_utf8_lossy(&line));
                self.complete = line;
            }
        }
    }

    fn line(&self) -> Option<String> {
        let line = if self.partial.is_empty() { &self.complete } else { &self.partial };
        let text = String::from_utf8_lossy(line);
        let text: String = text.chars().filter(|char| !char.is_control()).collect();
        Some(text).filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_kept_however_it_arrives() {
        let id = LaunchId::new("a", 1);
        let mut last = LastLine::default();
        assert_eq!(last.line(), None);
        last.push(b"first\nsec", &id);
        assert_eq!(last.line().as_deref(), Some("sec"));
        last.push(b"ond\n\n  \n", &id);
        assert_eq!(last.line().as_deref(), Some("second"));
        last.push(&[b'x'; 5000], &id);
        assert_eq!(last.line().map(|line| line.len()), Some(MAX_LINE));
        last.push(b"\n\x1b[31mred\xff\n", &id);
        assert_eq!(last.line().as_deref(), Some("[31mred\u{fffd}"));
    }
}
