//! One table of a document, read key by key.

use std::{ops::Range, path::PathBuf};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{Document, expect::Expect};

/// What became of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<T> {
    /// It is not there.
    Absent,
    /// It is there and holds this.
    Good(T),
    /// It is there and wrong; that has been reported.
    Bad,
}

impl<T> Found<T> {
    /// The value, if there is a good one.
    pub fn ok(self) -> Option<T> {
        match self {
            Self::Good(value) => Some(value),
            Self::Absent | Self::Bad => None,
        }
    }

    /// Turns a good value into another.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Found<U> {
        match self {
            Self::Absent => Found::Absent,
            Self::Good(value) => Found::Good(f(value)),
            Self::Bad => Found::Bad,
        }
    }
}

/// A table that may or may not be there. Every key has to be asked for by name; what was not is
/// reported as unknown when the section ends.
#[derive(Debug)]
pub struct Section<'d> {
    document: &'d Document,
    /// Path of keys from the top, as in `panel.cutouts`; empty for the top.
    name: String,
    /// Where it begins.
    span: Range<usize>,
    table: Option<&'d DeTable<'d>>,
    asked: Vec<&'static str>,
}

impl<'d> Section<'d> {
    pub(crate) fn root(document: &'d Document, table: &'d Spanned<DeTable<'d>>) -> Self {
        let table = Some(table.get_ref());
        Self { document, name: String::new(), span: 0..0, table, asked: Vec::new() }
    }

    /// Whether the section was written at all.
    pub fn is_present(&self) -> bool {
        self.table.is_some()
    }

    /// Reads `key`, which must fit `expect` if it is there.
    pub fn get<E: Expect>(&mut self, key: &'static str, expect: &E) -> Found<E::Value> {
        let Some(value) = self.value(key) else { return Found::Absent };
        match expect.read(value.get_ref()) {
            Ok(value) => Found::Good(value),
            Err(misfit) => {
                let span = misfit.span.unwrap_or_else(|| value.span());
                let shown = self.document.excerpt(span.clone());
                self.document.report(span, format!("`{key}` is {shown}"), misfit.mend);
                Found::Bad
            }
        }
    }

    /// Like [`Self::get`] for a key that must be there if the section is.
    pub fn require<E: Expect>(&mut self, key: &'static str, expect: &E) -> Option<E::Value> {
        match self.get(key, expect) {
            Found::Good(value) => Some(value),
            Found::Bad => None,
            Found::Absent => {
                if self.is_present() {
                    let cause = format!("{} lacks `{key}`", self.title());
                    self.complain(cause, format!("add `{key} =` {}", expect.expected()));
                }
                None
            }
        }
    }

    /// Reads the table `key`; an absent one reads as an empty one.
    pub fn section<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Section<'_>) -> T) -> T {
        let value = self.value(key);
        let table = value.and_then(|v| v.get_ref().as_table());
        if let Some(value) = value
            && table.is_none()
        {
            let cause = format!("`{key}` is {}", self.document.excerpt(value.span()));
            self.document.report(value.span(), cause, format!("make it a section, [{key}]"));
        }
        let span = value.map_or(0..0, Spanned::span);
        let mut section = self.child(key, span, table);
        let result = read(&mut section);
        section.finish();
        result
    }

    /// Reads the array of tables `key`, as written by `[[key]]` or `key = [{…}]`; an absent one
    /// reads as an empty one.
    pub fn sections<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Section<'_>) -> T,
    ) -> Vec<T> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let mend = format!("write a list of tables, as in {key} = [{{ … }}]");
        let Some(items) = value.get_ref().as_array() else {
            let cause = format!("`{key}` is {}", self.document.excerpt(value.span()));
            self.document.report(value.span(), cause, mend);
            return Vec::new();
        };
        let mut results = Vec::new();
        for item in items.iter() {
            let Some(table) = item.get_ref().as_table() else {
                let cause = format!("`{key}` holds {}", self.document.excerpt(item.span()));
                self.document.report(item.span(), cause, mend.clone());
                continue;
            };
            let mut section = self.child(key, item.span(), Some(table));
            results.push(read(&mut section));
            section.finish();
        }
        results
    }

    /// Reports something about the section as a whole.
    pub fn complain(&self, cause: impl Into<String>, mend: impl Into<String>) {
        self.document.report(self.span.clone(), cause, mend);
    }

    /// Reports something about the value of `key`, or about the section if it is not there.
    pub fn complain_of(&self, key: &str, cause: impl Into<String>, mend: impl Into<String>) {
        let span = self.table.and_then(|t| t.get(key)).map_or(self.span.clone(), Spanned::span);
        self.document.report(span, cause, mend);
    }

    /// How to name the section to the user: `[panel]`, or `the file` for the top.
    pub fn title(&self) -> String {
        if self.name.is_empty() { "the file".into() } else { format!("[{}]", self.name) }
    }

    /// The path that `written` in this file means: `~/` is the user's home, a relative path
    /// starts at the file's folder.
    pub fn resolve(&self, written: &str) -> PathBuf {
        self.document.resolve(written)
    }

    fn child<'t>(
        &self,
        key: &str,
        span: Range<usize>,
        table: Option<&'t DeTable<'t>>,
    ) -> Section<'t>
    where
        'd: 't,
    {
        let name =
            if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) };
        Section { document: self.document, name, span, table, asked: Vec::new() }
    }

    fn value(&mut self, key: &'static str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.asked.push(key);
        self.table?.get(key)
    }

    /// Reports what was written but not asked for.
    pub(crate) fn finish(self) {
        let Some(table) = self.table else { return };
        for key in table.keys() {
            let name = key.get_ref();
            if self.asked.iter().any(|asked| *asked == name) {
                continue;
            }
            let cause = format!("{} knows no `{name}`", self.title());
            let mend = match nearest(name, self.asked.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("remove it; known here: {}", self.asked.join(", ")),
            };
            self.document.report(key.span(), cause, mend);
        }
    }
}

/// The one of `known` that `word` most probably was meant to be, if any is near.
pub fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_lowercase();
    known
        .filter_map(|k| {
            let likeness = strsim::normalized_damerau_levenshtein(&word, k);
            let contained = word.len() >= 3 && (k.contains(&word) || word.contains(k));
            (likeness >= 0.6 || contained).then_some((likeness, k))
        })
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, k)| k)
}
