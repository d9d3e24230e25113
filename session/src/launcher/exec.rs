//! The `Exec` key: quoting and field codes, by the Desktop Entry Specification.
//!
//! Principles
//! - No shell is ever run: what is not a quote, an escape or a field code is an ordinary letter.
//! - Files reach a program only where its line has a field code for them.
//!
//! Not here: finding the program, terminals, starting anything.

use std::path::{Path, PathBuf};

/// What field codes are replaced by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a> {
    /// URIs or absolute paths to open.
    pub(crate) uris: &'a [String],
    /// The name of the icon, for `%i`.
    pub(crate) icon: Option<&'a str>,
    /// The localised name, for `%c`.
    pub(crate) name: &'a str,
    /// The desktop file, for `%k`.
    pub(crate) file: &'a Path,
}

/// One argument: its text, and whether it was quoted (where field codes do not count).
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    text: String,
    quoted: bool,
}

/// Splits an `Exec` value (string escapes already resolved) and replaces its field codes.
///
/// Returns one command, or one for each URI when the line takes only one at a time. Errors tell
/// what is wrong with the line, or with handing it these URIs.
pub(crate) fn commands(exec: &str, fields: Fields<'_>) -> Result<Vec<Vec<String>>, String> {
    let words = split(exec)?;
    let takes = |codes: &[&str]| {
        words.iter().any(|word| !word.quoted && codes.iter().any(|code| word.text.contains(code)))
    };
    let many = takes(&["%F", "%U"]);
    let one = takes(&["%f", "%u"]);
    if !fields.uris.is_empty() && !many && !one {
        return Err("its Exec line has no field code for files, so it opens none".to_owned());
    }
    let batches: Vec<&[String]> = if one && !many && fields.uris.len() > 1 {
        fields.uris.chunks(1).collect()
    } else {
        vec![fields.uris]
    };
    batches.into_iter().map(|uris| expand(&words, Fields { uris, ..fields })).collect()
}

/// Checks an `Exec` value without running it.
pub(crate) fn check(exec: &str) -> Result<(), String> {
    let fields = Fields { uris: &[], icon: None, name: "", file: Path::new("") };
    expand(&split(exec)?, fields).map(drop)
}

/// The program of an `Exec` value, as written.
pub(crate) fn program(exec: &str) -> Option<String> {
    split(exec).ok()?.into_iter().next().map(|word| word.text)
}

fn split(exec: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut chars = exec.chars();
    while let Some(char) = chars.next() {
        match char {
            ' ' | '\t' | '\n' => words.extend(word.take()),
            '"' => {
                quoted(&mut chars, word.get_or_insert(Word { text: String::new(), quoted: true }))?
            }
            // Not in the specification, but in the wild, and every launcher takes it.
            '\'' => {
                literal(&mut chars, word.get_or_insert(Word { text: String::new(), quoted: true }))?
            }
            '\\' => {
                let Some(next) = chars.next() else {
                    return Err("it ends with a lone backslash".to_owned());
                };
                word.get_or_insert(Word { text: String::new(), quoted: false }).text.push(next);
            }
            other => {
                let word = word.get_or_insert(Word { text: String::new(), quoted: false });
                word.text.push(other);
            }
        }
    }
    words.extend(word);
    if words.first().is_none_or(|first| first.text.is_empty()) {
        return Err("it names no program".to_owned());
    }
    Ok(words)
}

fn quoted(chars: &mut std::str::Chars<'_>, word: &mut Word) -> Result<(), String> {
    while let Some(char) = chars.next() {
        match char {
            '"' => return Ok(()),
            '\\' => match chars.next() {
                Some(escaped @ ('"' | '`' | '$' | '\\')) => word.text.push(escaped),
                Some(other) => word.text.extend(['\\', other]),
                None => break,
            },
            other => word.text.push(other),
        }
    }
    Err("a double quote is not closed".to_owned())
}

fn literal(chars: &mut std::str::Chars<'_>, word: &mut Word) -> Result<(), String> {
    for char in chars {
        if char == '\'' {
            return Ok(());
        }
        word.text.push(char);
    }
    Err("a single quote is not closed".to_owned())
}

fn expand(words: &[Word], fields: Fields<'_>) -> Result<Vec<String>, String> {
    let mut command = Vec::with_capacity(words.len());
    for word in words {
        match word.text.as_str() {
            text if word.quoted => command.push(text.to_owned()),
            "%F" => {
                for uri in fields.uris {
                    command.push(local_path(uri)?);
                }
            }
            "%U" => command.extend(fields.uris.iter().cloned()),
            "%i" => {
                if let Some(icon) = fields.icon.filter(|icon| !icon.is_empty()) {
                    command.extend(["--icon".to_owned(), icon.to_owned()]);
                }
            }
            // A code that stands for nothing leaves no empty argument behind.
            text => command.extend(expand_word(text, fields)?),
        }
    }
    Ok(command)
}

fn expand_word(text: &str, fields: Fields<'_>) -> Result<Option<String>, String> {
    let mut out = String::with_capacity(text.len());
    let mut only_codes = true;
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char != '%' {
            out.push(char);
            only_codes = false;
            continue;
        }
        match chars.next() {
            Some('%') => {
                out.push('%');
                only_codes = false;
            }
            Some('f') => {
                if let Some(uri) = fields.uris.first() {
                    out.push_str(&local_path(uri)?);
                }
            }
            Some('u') => out.push_str(fields.uris.first().map_or("", String::as_str)),
            Some('c') => out.push_str(fields.name),
            Some('k') => out.push_str(&fields.file.display().to_string()),
            // Deprecated: to be removed and ignored.
            Some('d' | 'D' | 'n' | 'N' | 'v' | 'm') => {}
            Some(code @ ('F' | 'U' | 'i')) => {
                return Err(format!("%{code} must be an argument of its own"));
            }
            Some(code) => {
                return Err(format!("%{code} is not a field code; a per cent sign is %%"));
            }
            None => return Err("it ends with a lone %; a per cent sign is %%".to_owned()),
        }
    }
    Ok((!(out.is_empty() && only_codes)).then_some(out))
}

/// The path of a local file given as a path or a `file:` URI.
fn local_path(uri: &str) -> Result<String, String> {
    if uri.starts_with('/') {
        return Ok(uri.to_owned());
    }
    let Some(rest) = uri.strip_prefix("file://") else {
        return Err(format!("it opens only local files, not \"{uri}\""));
    };
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    percent_decoded(path)
        .filter(|path| path.starts_with('/'))
        .ok_or_else(|| format!("\"{uri}\" is not the URI of a local file"))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (high, low) = (digit(bytes.next())?, digit(bytes.next())?);
        // Two hexadecimal digits fit a byte.
        out.push((high * 16 + low) as u8);
    }
    String::from_utf8(out).ok().filter(|path| !path.contains('\0'))
}

/// Drops the prefix `invoker [options]` where no invoker is installed: entries made for Sailfish
/// begin so, and the program behind it starts as well without.
pub(crate) fn without_invoker(mut command: Vec<String>, path: &SearchPath) -> Vec<String> {
    let is_invoker = command.first().is_some_and(|first| {
        Path::new(first).file_name().is_some_and(|name| name == "invoker")
            && path.find(first).is_none()
    });
    if is_invoker
        && let Some(program) = command.iter().skip(1).position(|word| !word.starts_with('-'))
    {
        command.drain(..=program);
    }
    command
}

/// Where programs are looked for.
#[derive(Clone, Debug)]
pub(crate) struct SearchPath(Vec<PathBuf>);

impl SearchPath {
    /// From a value of `PATH`.
    pub(crate) fn new(path: &std::ffi::OsStr) -> Self {
        Self(std::env::split_paths(path).filter(|dir| dir.is_absolute()).collect())
    }

    /// The executable file that `program` means, if there is one.
    pub(crate) fn find(&self, program: &str) -> Option<PathBuf> {
        let executable = |path: &Path| {
            path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
        };
        if program.contains('/') {
            let path = PathBuf::from(program);
            return (path.is_absolute() && executable(&path)).then_some(path);
        }
        self.0.iter().map(|dir| dir.join(program)).find(|path| executable(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(exec: &str, uris: &[&str]) -> Result<Vec<Vec<String>>, String> {
        let uris: Vec<String> = uris.iter().map(|uri| (*uri).to_owned()).collect();
        let file = Path::new("/apps/a.desktop");
        commands(exec, Fields { uris: &uris, icon: Some("pic"), name: "My App", file })
    }

    fn one(exec: &str, uris: &[&str]) -> Vec<String> {
        let mut all = run(exec, uris).expect("valid");
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    #[test]
    fn quotes_and_escapes_follow_the_specification() {
        assert_eq!(
            one(r#"prog "a b" "c\"d" "\$x" "\`" "\\" e"#, &[]),
            ["prog", "a b", "c\"d", "$x", "`", "\\", "e"]
        );
        assert_eq!(one("sh -c 'echo \"hi\"'", &[]), ["sh", "-c", "echo \"hi\""]);
        assert_eq!(one("  prog   x ", &[]), ["prog", "x"]);
        assert_eq!(one(r#"prog """#, &[]), ["prog", ""]);
    }

    #[test]
    fn no_shell_reads_the_line() {
        assert_eq!(one("prog $HOME ; rm *", &[]), ["prog", "$HOME", ";", "rm", "*"]);
    }

    #[test]
    fn field_codes_are_replaced_and_leave_no_empty_argument() {
        assert_eq!(one("p %U", &[]), ["p"]);
        assert_eq!(one("p %u", &[]), ["p"]);
        assert_eq!(one("p %U -x", &["https://a/", "/b"]), ["p", "https://a/", "/b", "-x"]);
        assert_eq!(one("p %F", &["file:///tmp/a%20b", "/c"]), ["p", "/tmp/a b", "/c"]);
        assert_eq!(one("p --open=%f", &["/x"]), ["p", "--open=/x"]);
        assert_eq!(one("p %i %c %k", &[]), ["p", "--icon", "pic", "My App", "/apps/a.desktop"]);
        assert_eq!(one("p 100%% %m", &[]), ["p", "100%"]);
        assert_eq!(one(r#"p "%U""#, &[]), ["p", "%U"]);
    }

    #[test]
    fn a_line_for_one_file_is_run_once_for_each() {
        assert_eq!(run("p %f", &["/a", "/b"]).expect("valid"), [["p", "/a"], ["p", "/b"]]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (exec, uris, part) in [
            ("", &[][..], "no program"),
            ("\"\" x", &[], "no program"),
            ("p \"a", &[], "double quote"),
            ("p 'a", &[], "single quote"),
            ("p a\\", &[], "backslash"),
            ("p %z", &[], "%z"),
            ("p 5%", &[], "lone %"),
            ("p x%U", &[], "of its own"),
            ("p", &["/a"], "no field code"),
            ("p %f", &["https://a/"], "only local files"),
            ("p %f", &["file:///%zz"], "not the URI"),
        ] {
            let error = run(exec, uris).expect_err(exec);
            assert!(error.contains(part), "{exec}: {error}");
        }
    }

    #[test]
    fn an_invoker_that_is_not_installed_is_skipped() {
        let line = ["invoker", "--type=silica-qt5", "-s", "prog", "-x"].map(str::to_owned).to_vec();
        let nowhere = SearchPath(Vec::new());
        assert_eq!(without_invoker(line, &nowhere), ["prog", "-x"]);
    }
}
