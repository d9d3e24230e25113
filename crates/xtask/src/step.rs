//! Steps: what is being done, told while it is done.
//!
//! Everything that takes longer than a moment is a named step; it says when it began, gives a sign
//! of life while it runs and says how long it took. All of that goes to stderr, so that stdout
//! stays free for results. A child's output goes to a log file when it is long; the end of that
//! file is shown when the child fails. This module does not decide what to run.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// A running step gives a sign of life this often.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// How often a child is looked at. Children here run for seconds to minutes.
const POLL: Duration = Duration::from_millis(50);
/// Lines of a log shown when its child fails.
const TAIL_LINES: usize = 30;

/// Runs `work` as a step called `name`, and tells its time.
///
/// # Errors
/// What `work` returns, with the step's name.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let started = Instant::now();
    note(&format!("{name} …"));
    let result = work().with_context(|| name.to_owned());
    let time = seconds(started.elapsed());
    match &result {
        Ok(_) => note(&format!("{name}: done in {time}")),
        Err(_) => note(&format!("{name}: FAILED after {time}")),
    }
    result
}

/// One line about what goes on.
pub(crate) fn note(line: &str) {
    eprintln!("[x] {line}");
}

/// A duration for people: `3.2 s`, `4 min 05 s`.
pub(crate) fn seconds(duration: Duration) -> String {
    let whole = duration.as_secs();
    if whole < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

/// Runs a command whose output the user sees.
///
/// # Errors
/// The command cannot be started, or ends with another status than 0.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    check(status, command)
}

/// Runs a long command with its output in `log`.
///
/// # Errors
/// As [`run`]; the end of the log has been shown then.
pub(crate) fn run_logged(command: &mut Command, log: &Path) -> Result<()> {
    let file = File::options()
        .create(true)
        .append(true)
        .open(log)
        .with_context(|| format!("cannot write {}", log.display()))?;
    let also = file.try_clone().context("cannot duplicate the log's descriptor")?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(also)
        .spawn()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    let status = wait_with_heartbeat(&mut child, log)?;
    if !status.success() {
        note(&format!("the end of {}:", log.display()));
        for line in tail(log, TAIL_LINES) {
            eprintln!("    {line}");
        }
    }
    check(status, command)
}

/// Runs a short command and returns what it printed.
///
/// # Errors
/// As [`run`]; what it said on stderr is in the error.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}): {}", shown(command), output.status, said.trim());
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{}` printed something that is not UTF-8", shown(command)))
}

/// Waits for a child, not longer than `limit`. `None` says that it was still running then; it has
/// been killed and collected.
///
/// # Errors
/// The operating system refuses to wait for it.
pub(crate) fn wait_at_most(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().context("cannot wait for the child")? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            // It may have ended in between: then there is nothing left to kill.
            let _ = child.kill();
            child.wait().context("cannot wait for the killed child")?;
            return Ok(None);
        }
        thread::sleep(POLL);
    }
}

/// Is this program on the `PATH`?
pub(crate) fn has_program(name: impl AsRef<OsStr>) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name.as_ref()).is_file())
}

/// The last `count` lines of a text file, fewer when it has fewer, none when it cannot be read.
pub(crate) fn tail(file: &Path, count: usize) -> Vec<String> {
    let bytes = fs::read(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].iter().map(|&line| line.to_owned()).collect()
}

fn wait_with_heartbeat(child: &mut Child, log: &Path) -> Result<ExitStatus> {
    let started = Instant::now();
    let mut next = started + HEARTBEAT;
    loop {
        if let Some(status) = child.try_wait().context("cannot wait for the child")? {
            return Ok(status);
        }
        if Instant::now() >= next {
            next += HEARTBEAT;
            let last = tail(log, 1).pop().unwrap_or_default();
            let last: String = last.trim().chars().take(72).collect();
            note(&format!("  {} so far: {last}", seconds(started.elapsed())));
        }
        thread::sleep(POLL);
    }
}

fn check(status: ExitStatus, command: &Command) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    bail!("`{}` failed ({status})", shown(command))
}

/// The command as a user would type it, for messages.
fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    if text.chars().count() > 160 {
        text = text.chars().take(157).chain("...".chars()).collect();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_is_named_in_its_error() {
        let error =
            run(Command::new("sh").args(["-c", "exit 3"])).expect_err("exit 3 is a failure");
        assert!(error.to_string().contains("sh -c exit 3"), "{error}");
    }

    #[test]
    fn a_child_that_runs_too_long_is_ended() {
        let mut child = Command::new("sleep").arg("600").spawn().expect("sleep starts");
        let status = wait_at_most(&mut child, Duration::from_millis(1)).expect("can be waited for");
        assert!(status.is_none());
        assert!(child.try_wait().expect("collected").is_some(), "nothing is left behind");
    }

    #[test]
    fn the_tail_of_a_missing_file_is_empty() {
        assert!(tail(Path::new("/nonexistent/log"), 5).is_empty());
    }

    #[test]
    fn times_are_told_in_the_unit_that_fits() {
        assert_eq!(seconds(Duration::from_millis(3210)), "3.2 s");
        assert_eq!(seconds(Duration::from_secs(245)), "4 min 05 s");
    }
}
