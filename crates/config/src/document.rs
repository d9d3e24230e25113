//! A TOML file with its text, so that whatever is found in it can be pointed at.

use std::{
    cell::RefCell,
    fs::File,
    io::{self, Read},
    ops::Range,
    path::{Path, PathBuf},
};

use toml::de::DeTable;

use crate::{Diagnostic, Position, Section};

/// A file's text and what was found wrong in it.
#[derive(Debug)]
pub struct Document {
    path: PathBuf,
    text: String,
    found: RefCell<Vec<Diagnostic>>,
}

/// What [`Document::check`] made of a file.
#[derive(Debug)]
pub struct Checked<T> {
    /// What the reader returned.
    pub value: T,
    /// All that is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Document {
    /// No file of settings is longer, in bytes.
    const MAX_LEN: u64 = 1 << 20;
    /// Garbage must not fill the log.
    const MAX_DIAGNOSTICS: usize = 100;
    const MAX_SHOWN: usize = 40;

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// If it cannot be read, is longer than a megabyte, or is not UTF-8.
    pub fn read(path: &Path) -> Result<Self, Diagnostic> {
        let bytes = read_capped(path, Self::MAX_LEN).map_err(|e| {
            let mend = match e.kind() {
                io::ErrorKind::NotFound => "create it, or name another file",
                io::ErrorKind::PermissionDenied => "make it readable for this user",
                io::ErrorKind::FileTooLarge => "settings fit in a megabyte; name another file",
                _ => "put a readable text file there, or remove it",
            };
            Diagnostic::of_file(path, format!("cannot be read: {e}"), mend)
        })?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(path, text)),
            Err(e) => {
                let good = e.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(&e.as_bytes()[..good]).into_owned();
                let document = Self::new(path, text);
                document.report(good..good, "not UTF-8 from here on", "save the file as UTF-8");
                Err(document.found.into_inner().remove(0))
            }
        }
    }

    /// A document whose `text` is at hand; `path` is what diagnostics name.
    pub fn new(path: &Path, text: impl Into<String>) -> Self {
        Self { path: path.to_owned(), text: text.into(), found: RefCell::default() }
    }

    /// The file that diagnostics name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the text is TOML at all.
    pub fn is_well_formed(&self) -> bool {
        DeTable::parse(&self.text).is_ok()
    }

    /// Parses the text, hands its top level to `read`, and collects all that is wrong. Keys that
    /// `read` did not ask for count as wrong.
    pub fn check<T>(&self, read: impl FnOnce(&mut Section<'_>) -> T) -> Checked<T> {
        let (root, errors) = DeTable::parse_recoverable(&self.text);
        let mut section = Section::root(self, &root);
        let value = read(&mut section);
        section.finish();
        for error in &errors {
            self.report_syntax(error);
        }
        let mut diagnostics = self.found.take();
        diagnostics.sort_by_key(|d| d.at);
        diagnostics.dedup();
        Checked { value, diagnostics }
    }

    /// Where a value was found wrong already, what it should be says more than the grammar.
    fn report_syntax(&self, error: &toml::de::Error) {
        let span = error.span().unwrap_or(0..0);
        let at = Some(self.position(span.start));
        if self.found.borrow().iter().all(|d| d.at != at) {
            let message = error.message();
            let cause = message.strip_suffix(", expected nothing").unwrap_or(message);
            self.report(span, cause, syntax_mend(message));
        }
    }

    pub(crate) fn report(
        &self,
        span: Range<usize>,
        cause: impl Into<String>,
        mend: impl Into<String>,
    ) {
        let mut found = self.found.borrow_mut();
        if found.len() >= Self::MAX_DIAGNOSTICS {
            return;
        }
        let diagnostic = Diagnostic {
            path: self.path.clone(),
            at: Some(self.position(span.start)),
            text: self.excerpt(span),
            cause: cause.into(),
            mend: mend.into(),
        };
        found.push(diagnostic);
    }

    /// The path that `written` in this file means: `~/` is the user's home, a relative path
    /// starts at the file's folder.
    pub(crate) fn resolve(&self, written: &str) -> PathBuf {
        match (written.strip_prefix("~/"), std::env::home_dir()) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => self.path.parent().unwrap_or(Path::new("")).join(written),
        }
    }

    fn position(&self, byte: usize) -> Position {
        let before = &self.text[..self.text.floor_char_boundary(byte)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// The text of `span`: its first line, shortened.
    pub(crate) fn excerpt(&self, span: Range<usize>) -> String {
        let start = self.text.floor_char_boundary(span.start);
        let end = self.text.floor_char_boundary(span.end).max(start);
        let whole = &self.text[start..end];
        let line = whole.lines().next().unwrap_or_default();
        let mut shown: String = line.chars().take(Self::MAX_SHOWN).collect();
        if shown.len() < whole.len() {
            shown.push('…');
        }
        shown
    }
}

fn read_capped(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    file.take(max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

fn syntax_mend(message: &str) -> &'static str {
    if message.contains("duplicate") {
        "keep one of the two"
    } else if message.contains("quote") || message.contains("string") {
        "write text between double quotes, as in name = \"value\""
    } else if message.contains("unclosed") || message.contains("missing") {
        "complete it, as in [section] or key = value"
    } else {
        "write one `key = value` a line, below a [section]"
    }
}
