//! Why no verdict can be given.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why the verifier cannot do its work. Nobody is let in then.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder cannot be used.
    #[error("{}: {cause}; {mend}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
        /// What to do about it.
        mend: &'static str,
    },
    /// It is not known where the files are.
    #[error("no folder for state; set XDG_STATE_HOME or HOME to an absolute path")]
    NoStateFolder,
    /// The new code cannot be taken.
    #[error("the code does not fit; choose {} to {} digits", Self::MIN_DIGITS, Self::MAX_DIGITS)]
    UnfitCode,
    /// The hash function refuses to work.
    #[error("cannot compute the hash: {0}; free some memory")]
    Hash(String),
}

impl Error {
    /// The shortest code.
    pub const MIN_DIGITS: usize = 4;
    /// The longest code.
    pub const MAX_DIGITS: usize = 32;

    pub(crate) fn file(path: &Path, cause: impl Into<String>, mend: &'static str) -> Self {
        Self::File { path: path.to_owned(), cause: cause.into(), mend }
    }

    pub(crate) fn io(path: &Path, doing: &str, error: &io::Error) -> Self {
        let mend = match error.kind() {
            io::ErrorKind::PermissionDenied => "make it belong to the phone's user",
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free some space",
            io::ErrorKind::ReadOnlyFilesystem => "mount its file system writable",
            _ => "check its file system",
        };
        Self::file(path, format!("cannot {doing}: {error}"), mend)
    }
}
