//! The text format of desktop entries and icon themes: groups of `Key[locale]=value` lines.
//!
//! Principles
//! - Every value remembers its line, so that whatever is wrong can be said with file and line.
//! - A line that cannot be read is reported and skipped; the rest of the file still counts.
//!
//! Not here: what the keys mean.

use ipc::session1::Problem;
use std::path::Path;

/// The largest file that is read. Real entries stay below a tenth of it.
const MAX_BYTES: u64 = 1 << 20;

/// One `key=value` line.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    key: String,
    locale: Option<String>,
    /// The value as written, without outer white space.
    pub(crate) raw: String,
    /// Counted from 1.
    pub(crate) line: u32,
}

#[derive(Debug)]
struct Group {
    name: String,
    items: Vec<Item>,
}

/// A parsed file.
#[derive(Debug, Default)]
pub(crate) struct KeyFile {
    groups: Vec<Group>,
}

impl KeyFile {
    /// Reads the file at `path`. What is wrong with single lines goes to `problems`; `None` means
    /// that it could not be read at all, which is in `problems` as well.
    pub(crate) fn read(path: &Path, problems: &mut Vec<Problem>) -> Option<Self> {
        let whole = |problem: String, mend: &str| Problem {
            file: path.display().to_string(),
            line: 0,
            problem,
            mend: mend.to_owned(),
        };
        match std::fs::metadata(path) {
            Ok(meta) if !meta.is_file() => {
                problems.push(whole("is not a file".into(), "remove it"));
                return None;
            }
            Ok(meta) if meta.len() > MAX_BYTES => {
                problems.push(whole(format!("is {} bytes long", meta.len()), "shorten it"));
                return None;
            }
            Ok(_) => {}
            Err(error) => {
                problems.push(whole(format!("cannot be read: {error}"), "check its permissions"));
                return None;
            }
        }
        match std::fs::read(path) {
            Ok(bytes) => Some(Self::parse(&bytes, path, problems)),
            Err(error) => {
                problems.push(whole(format!("cannot be read: {error}"), "check its permissions"));
                None
            }
        }
    }

    /// Parses `bytes`, naming `path` in `problems`.
    pub(crate) fn parse(bytes: &[u8], path: &Path, problems: &mut Vec<Problem>) -> Self {
        let mut file = Self::default();
        for (index, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
            // A file is at most a MiB, so its lines can be counted in 32 bits.
            let number = index as u32 + 1;
            if let Err((problem, mend)) = file.parse_line(line, number) {
                problems.push(Problem {
                    file: path.display().to_string(),
                    line: number,
                    problem,
                    mend: mend.to_owned(),
                });
            }
        }
        file
    }

    fn parse_line(&mut self, line: &[u8], number: u32) -> Result<(), (String, &'static str)> {
        let Ok(line) = std::str::from_utf8(line) else {
            return Err(("is not valid UTF-8".into(), "save the file in UTF-8"));
        };
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if let Some(rest) = line.strip_prefix('[') {
            let Some(name) = rest.strip_suffix(']') else {
                return Err(("a group's name is not closed".into(), "end the line with ]"));
            };
            if self.group(name).is_some() {
                return Err((format!("the group [{name}] comes twice"), "merge the two"));
            }
            self.groups.push(Group { name: name.to_owned(), items: Vec::new() });
            return Ok(());
        }
        let Some((key, value)) = line.split_once('=') else {
            return Err((
                format!("\"{}\" is neither a group nor a key with a value", shortened(line)),
                "write it as Key=value, or begin it with #",
            ));
        };
        let (key, locale) = split_locale(key.trim())?;
        let Some(group) = self.groups.last_mut() else {
            return Err((
                format!("{key} stands before the first group"),
                "put [Desktop Entry] above it",
            ));
        };
        if group.items.iter().any(|item| item.key == key && item.locale.as_deref() == locale) {
            return Err((format!("{key} comes twice; the first one counts"), "remove one"));
        }
        group.items.push(Item {
            key: key.to_owned(),
            locale: locale.map(str::to_owned),
            raw: value.trim().to_owned(),
            line: number,
        });
        Ok(())
    }

    fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == name)
    }

    /// Whether the file has this group.
    pub(crate) fn has_group(&self, name: &str) -> bool {
        self.group(name).is_some()
    }

    /// The unlocalised value of `key`.
    pub(crate) fn get(&self, group: &str, key: &str) -> Option<&Item> {
        let items = &self.group(group)?.items;
        items.iter().find(|item| item.key == key && item.locale.is_none())
    }

    /// The value of `key` for the first of `locales` that has one, else the unlocalised one.
    pub(crate) fn get_localised(
        &self,
        group: &str,
        key: &str,
        locales: &[String],
    ) -> Option<&Item> {
        let items = &self.group(group)?.items;
        locales
            .iter()
            .find_map(|wanted| {
                items
                    .iter()
                    .find(|item| item.key == key && item.locale.as_deref() == Some(wanted.as_str()))
            })
            .or_else(|| self.get(group, key))
    }
}

/// A key with its locale, if it has one.
type Key<'a> = (&'a str, Option<&'a str>);

fn split_locale(key: &str) -> Result<Key<'_>, (String, &'static str)> {
    let (name, locale) = match key.split_once('[') {
        None => (key, None),
        Some((name, rest)) => {
            let Some(locale) = rest.strip_suffix(']') else {
                return Err((format!("the locale of {name} is not closed"), "write Key[locale]="));
            };
            (name, Some(locale))
        }
    };
    // Stricter than white space and control characters would only reject what works elsewhere.
    let valid = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control());
    if valid {
        Ok((name, locale))
    } else {
        Err((format!("\"{}\" is not a key", shortened(key)), "use only A-Z, a-z, 0-9 and -"))
    }
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Resolves the escapes of a string value: `\s`, `\n`, `\t`, `\r`, `\\`. Others stay as written,
/// because `Exec` has escapes of its own.
pub(crate) fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            out.push(char);
            continue;
        }
        match chars.next() {
            Some('s') => out.push(' '),
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('\\') => out.push('\\'),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

/// Splits a list value at `;` (not at `\;`) and resolves its escapes. Empty parts are left out.
pub(crate) fn list(raw: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut chars = raw.chars();
    while let Some(char) = chars.next() {
        match (char, chars.as_str().chars().next()) {
            (';', _) => parts.push(std::mem::take(&mut part)),
            ('\\', Some(';')) => {
                chars.next();
                part.push(';');
            }
            ('\\', Some(next)) => {
                chars.next();
                part.extend(['\\', next]);
            }
            _ => part.push(char),
        }
    }
    parts.push(part);
    parts.iter().map(|part| unescape(part)).filter(|part| !part.is_empty()).collect()
}

/// The locales to look for, in order, for a value of `LC_MESSAGES` such as `sr_RS.UTF-8@latin`.
pub(crate) fn locale_variants(locale: &str) -> Vec<String> {
    let (rest, modifier) = match locale.split_once('@') {
        Some((rest, modifier)) => (rest, Some(modifier)),
        None => (locale, None),
    };
    let rest = rest.split('.').next().unwrap_or_default();
    if rest.is_empty() || rest == "C" || rest == "POSIX" {
        return Vec::new();
    }
    let language = rest.split('_').next().unwrap_or_default();
    let mut variants = Vec::new();
    for base in [rest, language] {
        variants.extend(modifier.map(|modifier| format!("{base}@{modifier}")));
        variants.push(base.to_owned());
    }
    if rest == language {
        variants.truncate(variants.len() / 2);
    }
    variants
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (KeyFile, Vec<Problem>) {
        let mut problems = Vec::new();
        let file = KeyFile::parse(text.as_bytes(), Path::new("a.desktop"), &mut problems);
        (file, problems)
    }

    #[test]
    fn a_bad_line_is_reported_with_its_number_and_the_others_count() {
        let (file, problems) = parse("[Desktop Entry]\nName=A\nrubbish\n\n# note\nExec=true\n");
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].line, 3);
        assert_eq!(file.get("Desktop Entry", "Exec").map(|item| item.line), Some(6));
    }

    #[test]
    fn bytes_that_are_no_text_are_reported_and_nothing_panics() {
        let mut problems = Vec::new();
        let bytes = b"[Desktop Entry]\nName=\xff\xfe\n[open\nKey[de=x\n=y\n\0";
        KeyFile::parse(bytes, Path::new("a"), &mut problems);
        let lines: Vec<u32> = problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [2, 3, 4, 5, 6]);
    }

    #[test]
    fn the_best_locale_wins() {
        let (file, _) = parse("[G]\nName=a\nName[de]=b\nName[de_AT]=c\nName[sr@latin]=d\n");
        let name = |locale: &str| {
            let locales = locale_variants(locale);
            file.get_localised("G", "Name", &locales).map(|item| item.raw.clone())
        };
        assert_eq!(name("de_AT.UTF-8").as_deref(), Some("c"));
        assert_eq!(name("de_DE.UTF-8").as_deref(), Some("b"));
        assert_eq!(name("sr_RS@latin").as_deref(), Some("d"));
        assert_eq!(name("fr_FR").as_deref(), Some("a"));
        assert_eq!(name("C").as_deref(), Some("a"));
    }

    #[test]
    fn locales_are_tried_in_the_order_of_the_specification() {
        assert_eq!(locale_variants("sr_RS@latin"), ["sr_RS@latin", "sr_RS", "sr@latin", "sr"]);
        assert_eq!(locale_variants("fi_FI.UTF-8"), ["fi_FI", "fi"]);
        assert_eq!(locale_variants("fi"), ["fi"]);
    }

    #[test]
    fn lists_split_at_plain_semicolons_only() {
        assert_eq!(list(r"a;b\;c;;d\s;"), ["a", "b;c", "d "]);
    }
}
