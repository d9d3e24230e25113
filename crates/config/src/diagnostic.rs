//! One thing that is wrong in a file.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use serde::Serialize;

/// Something wrong in a file, said so that the reader can mend it without knowing this program.
///
/// Displays as `path:line:column: cause; mend`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The file.
    pub path: PathBuf,
    /// Where in it; `None` if it is about the file as a whole.
    pub at: Option<Position>,
    /// The offending text, shortened; empty if there is none.
    pub text: String,
    /// What is wrong.
    pub cause: String,
    /// What to do about it.
    pub mend: String,
}

/// A place in a text file, counted as editors do: both from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl Diagnostic {
    /// Something wrong with the file as a whole.
    pub fn of_file(path: &Path, cause: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            at: None,
            text: String::new(),
            cause: cause.into(),
            mend: mend.into(),
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(Position { line, column }) = self.at {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}; {}", self.cause, self.mend)
    }
}
