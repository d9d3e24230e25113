//! How many tests passed and failed, over all the kinds of tests of one run.

use std::io::Write as _;

use anyhow::{Error, Result, bail};

use crate::step::note;

/// The counts and the names of what failed.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    passed: u64,
    failed: u64,
    complaints: Vec<String>,
}

impl Tally {
    /// Counts one thing that passed or failed as a whole.
    pub(crate) fn count(&mut self, name: &str, result: Result<()>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(error) => self.fail(name, &error),
        }
    }

    /// Counts what another runner has counted.
    pub(crate) fn add(&mut self, name: &str, passed: u64, failed: u64) {
        self.passed += passed;
        self.failed += failed;
        if failed > 0 {
            self.complaints.push(format!("{name}: {failed} failed"));
        }
    }

    /// Counts a failure.
    pub(crate) fn fail(&mut self, name: &str, error: &Error) {
        self.failed += 1;
        self.complaints.push(format!("{name}: {error:#}"));
    }

    /// Says what failed, then, as the last line of stdout, the counts.
    ///
    /// # Errors
    /// Something failed, or nothing was run.
    pub(crate) fn close(self) -> Result<()> {
        for complaint in &self.complaints {
            note(&format!("FAILED {complaint}"));
        }
        let line = format!("{} passed, {} failed", self.passed, self.failed);
        // Nobody is left to tell when stdout is closed.
        let _ = writeln!(std::io::stdout(), "{line}");
        if self.failed > 0 {
            bail!("{} failed", self.failed);
        }
        if self.passed == 0 {
            bail!("nothing was run");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_with_a_failure_or_without_tests_is_an_error() {
        let mut tally = Tally::default();
        tally.count("good", Ok(()));
        assert!(tally.close().is_ok());

        let mut tally = Tally::default();
        tally.add("suite", 3, 1);
        assert!(tally.close().is_err());

        assert!(Tally::default().close().is_err());
    }
}
