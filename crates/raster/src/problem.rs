//! What went wrong with a file, for logs and for the user's diagnosis.

use std::{
    collections::HashSet,
    fmt,
    path::{Path, PathBuf},
};

/// Something that could not be shown as asked; something else was shown instead.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    /// The file or folder concerned.
    pub path: PathBuf,
    /// What is wrong with it.
    pub cause: String,
    /// What would mend it.
    pub mend: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.path.display(), self.cause, self.mend)
    }
}

/// Problems that nobody has fetched yet.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    pending: Vec<Problem>,
    told: HashSet<Problem>,
}

impl Problems {
    /// More would help nobody, and a folder of ten thousand broken icons must not eat memory.
    const LIMIT: usize = 256;

    pub(crate) fn tell(&mut self, path: &Path, cause: impl fmt::Display, mend: &str) {
        let problem =
            Problem { path: path.into(), cause: cause.to_string(), mend: mend.to_owned() };
        if self.told.len() < Self::LIMIT && self.told.insert(problem.clone()) {
            self.pending.push(problem);
        }
    }

    pub(crate) fn take(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.pending)
    }
}
