//! The machine tests: one script each in `tests/machine/cases`, one start of the machine each.
//!
//! A script runs as root in the guest, in steps that it prints, and succeeds by its exit code. Its
//! first comment says what behaviour it proves. Pictures and logs of the last run of each stay in
//! `target/machine/NAME`. A script with a line `# waiting: WHY` is told and not counted, unless it
//! is asked for by name.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::step::{note, seconds, tail};
use crate::tally::Tally;
use crate::vm::guest::{Purpose, fill};
use crate::vm::uml::{Console, End, Machine};

/// Ample for a machine that shares its processor with a build.
const LIMIT: Duration = Duration::from_secs(300);
/// Lines of the console shown when a case fails.
const SHOWN: usize = 40;

/// A script and what its comments say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Case {
    name: String,
    waiting: Option<String>,
}

/// Every case with `filter` in its name, sorted by name.
///
/// # Errors
/// The folder or a script cannot be read, or no case matches.
pub(crate) fn find(folder: &Path, filter: Option<&str>) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        let (Some(name), Some("sh")) = (stem(&path), path.extension().and_then(|end| end.to_str()))
        else {
            continue;
        };
        if filter.is_some_and(|part| !name.contains(part)) {
            continue;
        }
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        // Who asks for a case by its name wants to see it.
        let waiting = waiting(&text).filter(|_| filter != Some(name)).map(str::to_owned);
        cases.push(Case { name: name.to_owned(), waiting });
    }
    ensure!(!cases.is_empty(), "no machine test has '{}' in its name", filter.unwrap_or_default());
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(cases)
}

fn stem(path: &Path) -> Option<&str> {
    path.file_stem()?.to_str()
}

fn waiting(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_prefix("# waiting: "))
}

/// Runs the cases one after the other.
pub(crate) fn run(kernel: &Path, tree: &Path, cases: &[Case], tally: &mut Tally) {
    for case in cases {
        if let Some(why) = &case.waiting {
            note(&format!("machine: {} … not run, waiting for {why}", case.name));
            continue;
        }
        let started = Instant::now();
        let result = run_one(kernel, tree, &case.name);
        let word = if result.is_ok() { "ok" } else { "FAIL" };
        note(&format!("machine: {} … {word} ({})", case.name, seconds(started.elapsed())));
        tally.count(&format!("machine: {}", case.name), result);
    }
}

fn run_one(kernel: &Path, tree: &Path, name: &str) -> Result<()> {
    let folder = new_folder(name)?;
    let (share, out) = (folder.join("share"), folder.join("out"));
    fs::create_dir_all(&out)?;
    fill(&share, Purpose::Case(name))?;
    let console = folder.join("console.log");
    let machine = Machine { kernel, tree, share: &share, out: &out };
    let end = machine.run(&Console::File(&console), LIMIT)?;
    fs::remove_dir_all(&share).context("cannot remove the share folder")?;
    let verdict = verdict(end, fs::read_to_string(out.join("result")).ok().as_deref());
    if verdict.is_err() {
        for line in tail(&console, SHOWN) {
            eprintln!("    {line}");
        }
    }
    verdict.with_context(|| format!("pictures and logs are in {}", folder.display()))
}

fn verdict(end: End, result: Option<&str>) -> Result<()> {
    match (end, result.map(str::trim)) {
        (_, Some("0")) => Ok(()),
        (_, Some(code)) => bail!("the script ended with {code}"),
        (End::TookTooLong, None) => bail!("no result within {}", seconds(LIMIT)),
        (End::PoweredOff, None) => bail!("the machine went down without a result"),
    }
}

/// An empty folder for one run, under cargo's target folder.
///
/// # Errors
/// The old one cannot be removed, or the new one not be made.
pub(crate) fn new_folder(name: &str) -> Result<PathBuf> {
    let target = crate::run::binaries("dev");
    let folder = target.parent().unwrap_or(&target).join("machine").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // The guest mounts it: that needs a path from the root.
    folder.canonicalize().with_context(|| format!("cannot resolve {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_result_of_zero_passes() {
        assert!(verdict(End::PoweredOff, Some("0\n")).is_ok());
        assert!(verdict(End::PoweredOff, Some("1\n")).is_err());
        assert!(verdict(End::PoweredOff, None).is_err());
        assert!(verdict(End::TookTooLong, None).is_err());
    }

    #[test]
    fn a_waiting_case_runs_when_asked_for_by_name() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("locks.sh"), "# Locks.\n# waiting: a lock\n")
            .expect("written");
        fs::write(folder.path().join("lib"), "").expect("written");
        let all = find(folder.path(), None).expect("found");
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].waiting.as_deref(), Some("a lock"));
        assert_eq!(find(folder.path(), Some("locks")).expect("found")[0].waiting, None);
        assert!(find(folder.path(), Some("unlocks")).is_err());
    }
}
