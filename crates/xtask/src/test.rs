//! `./x test`: what must pass before a change is taken.
//!
//! Checks, the workspace's own tests, then the virtual phone. Each part runs also when one before
//! it has failed; the last line counts them all. A part that cannot run here is a failure with its
//! reason, never silence.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::check::{cargo, check};
use crate::step::{has_program, note, step};
use crate::tally::Tally;
use crate::vm;

/// Runs the tests. A `name` runs only the tests with it in their path, without the checks.
///
/// # Errors
/// Something failed; it has been told.
pub(crate) fn test(name: Option<&str>) -> Result<()> {
    let mut tally = Tally::default();
    match name {
        None | Some("all") => {
            check(&mut tally);
            workspace_tests(&mut tally, None);
            vm::test(&mut tally, None);
        }
        Some("machine") => vm::test(&mut tally, None),
        Some(name) => workspace_tests(&mut tally, Some(name)),
    }
    tally.close()
}

fn workspace_tests(tally: &mut Tally, filter: Option<&str>) {
    let nextest = has_program("cargo-nextest");
    let runner = if nextest { "cargo nextest" } else { "cargo test" };
    let counts = step(&format!("test: the workspace, by {runner}"), || {
        if nextest { nextest_run(filter) } else { cargo_test(&["--all-targets"], filter) }
    });
    record(tally, "workspace tests", counts);
    if nextest && filter.is_none() {
        // nextest leaves out what stands in documentation.
        let counts = step("test: examples in documentation", || cargo_test(&["--doc"], None));
        record(tally, "examples in documentation", counts);
    }
}

fn record(tally: &mut Tally, name: &str, counts: Result<Counts>) {
    match counts {
        Ok(counts) => tally.add(name, counts.passed, counts.failed),
        Err(error) => tally.fail(name, &error),
    }
}

fn nextest_run(filter: Option<&str>) -> Result<Counts> {
    let mut command = cargo();
    command
        .args(["nextest", "run", "--workspace", "--locked", "--no-fail-fast"])
        .args(["--status-level=slow", "--final-status-level=slow", "--color=never"])
        .args(["--no-tests=pass"])
        .args(filter);
    counted(&mut command, nextest_counts)
}

fn cargo_test(kind: &[&str], filter: Option<&str>) -> Result<Counts> {
    let mut command = cargo();
    command.args(["test", "--workspace", "--locked", "--no-fail-fast", "--quiet"]).args(kind);
    command.args(filter);
    counted(&mut command, libtest_counts)
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
}

/// Shows a runner's output and picks its counts out of it. A runner that fails without counting a
/// failure (the build broke) is an error.
fn counted(command: &mut Command, read: impl Fn(&str) -> Option<Counts>) -> Result<Counts> {
    // One pipe for both streams keeps their order.
    let (reader, writer) = std::io::pipe().context("cannot make a pipe")?;
    let also = writer.try_clone().context("cannot duplicate a pipe")?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(writer)
        .stderr(also)
        .spawn()
        .context("cannot start cargo")?;
    // The command holds the pipe's writing end: without this the reading would not end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut sum = Counts::default();
    for line in BufReader::new(reader).lines() {
        let line = line.context("cannot read what the tests print")?;
        eprintln!("{line}");
        if let Some(counts) = read(&line) {
            sum.passed += counts.passed;
            sum.failed += counts.failed;
        }
    }
    let status = child.wait().context("cannot wait for cargo")?;
    if !status.success() && sum.failed == 0 {
        bail!("the runner failed ({status})");
    }
    note(&format!("  {} passed, {} failed", sum.passed, sum.failed));
    Ok(sum)
}

/// `Summary [ 1.2s] 10 tests run: 8 passed (1 slow), 1 failed, 1 timed out, 3 skipped`: whatever
/// ran and did not pass, failed.
fn nextest_counts(line: &str) -> Option<Counts> {
    let (_, summary) = line.trim_start().strip_prefix("Summary ")?.split_once(']')?;
    let (run, results) = summary.split_once(" run:")?;
    let run: u64 = run.trim().split([' ', '/']).next()?.parse().ok()?;
    let passed = number_before(results, "passed").unwrap_or(0);
    Some(Counts { passed, failed: run.saturating_sub(passed) })
}

/// `test result: ok. 3 passed; 0 failed; …`
fn libtest_counts(line: &str) -> Option<Counts> {
    let results = line.strip_prefix("test result:")?;
    Some(Counts {
        passed: number_before(results, "passed")?,
        failed: number_before(results, "failed")?,
    })
}

fn number_before(text: &str, word: &str) -> Option<u64> {
    let before = text.split_once(word)?.0;
    before.split_whitespace().next_back()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nextests_summary_is_counted() {
        let counts = |line| nextest_counts(line).map(|counts| (counts.passed, counts.failed));
        assert_eq!(
            counts("     Summary [   0.013s] 5 tests run: 5 passed, 0 skipped"),
            Some((5, 0))
        );
        assert_eq!(
            counts("     Summary [  61.0s] 10 tests run: 8 passed (1 slow), 1 failed, 1 timed out"),
            Some((8, 2))
        );
        assert_eq!(
            counts("     Summary [   0.1s] 3/9 tests run: 2 passed, 1 failed"),
            Some((2, 1))
        );
        assert_eq!(counts("     Summary [   0.1s] 1 test run: 1 passed, 0 skipped"), Some((1, 0)));
        assert_eq!(counts("        PASS [   0.005s] purje-units time::tests::a"), None);
    }

    #[test]
    fn cargo_tests_results_are_counted() {
        let line = "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(libtest_counts(line), Some(Counts { passed: 3, failed: 2 }));
        assert_eq!(libtest_counts("running 5 tests"), None);
    }

    #[test]
    fn a_runner_that_breaks_is_not_counted_as_passed() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'error: could not compile'; exit 101"]);
        assert!(counted(&mut command, libtest_counts).is_err());
    }
}
