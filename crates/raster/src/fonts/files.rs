//! Font files in folders, told apart by their names alone.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::problem::Problems;

/// A file that may be a font.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FontFile {
    /// Lower is better when any font will do.
    rank: u8,
    pub(super) path: PathBuf,
    /// The family as the file's name says, in lower case and without separators.
    pub(super) family_key: String,
    /// Whether it is neither italic nor of a width or weight that the shell has no use for.
    pub(super) upright: bool,
}

/// Folders within folders are followed this far: links can form a circle.
const DEPTH: usize = 6;
/// More than any system has; a folder that leads astray ends here.
const FILES: usize = 20_000;

/// The font files below `folders`, the generally useful first. Folders that do not exist are
/// none of our business.
pub(super) fn list(folders: &[PathBuf], problems: &mut Problems) -> Vec<FontFile> {
    let mut files = Vec::new();
    for folder in folders {
        visit(folder, DEPTH, &mut files, problems);
    }
    files.sort();
    files.dedup_by(|a, b| a.path == b.path);
    files
}

fn visit(folder: &Path, depth: usize, files: &mut Vec<FontFile>, problems: &mut Problems) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return,
        Err(error) => {
            let cause = format!("the font folder can't be listed: {error}");
            problems.tell(folder, cause, "let everybody read it");
            return;
        }
    };
    for entry in entries.flatten() {
        let path = entry.path();
        // The listing tells what an entry is; only links have to be followed.
        let kind = match entry.file_type() {
            Ok(kind) if kind.is_symlink() => fs::metadata(&path).map(|target| target.file_type()),
            kind => kind,
        };
        let Ok(kind) = kind else { continue };
        if kind.is_dir() && depth > 0 {
            visit(&path, depth - 1, files, problems);
        } else if kind.is_file() && files.len() < FILES {
            files.extend(FontFile::from_name(path));
        }
    }
}

impl FontFile {
    fn from_name(path: PathBuf) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        if !matches!(extension.as_str(), "ttf" | "otf" | "ttc" | "otc") {
            return None;
        }
        let stem = path.file_stem()?.to_str()?.to_ascii_lowercase();
        let (family, style) = split(&stem);
        let family_key: String = family.chars().filter(char::is_ascii_alphanumeric).collect();
        let upright = is_upright(style);
        let plain = family_key.contains("sans") || !family_key.contains("serif");
        let odd = ["mono", "emoji", "symbol", "math", "lastresort"];
        let rank = u8::from(!upright) * 4
            + u8::from(odd.iter().any(|word| family_key.contains(word))) * 2
            + u8::from(!plain);
        Some(Self { rank, path, family_key, upright })
    }
}

/// `notosans-semibold` → `notosans`, `semibold`; `inter[opsz,wght]` → `inter`, ``.
fn split(stem: &str) -> (&str, &str) {
    let name = stem.split('[').next().unwrap_or(stem);
    let (family, style) = name.split_once('-').unwrap_or((name, ""));
    match family.strip_suffix("variable") {
        Some(family) if style.is_empty() => (family, "variable"),
        _ => (family, style),
    }
}

fn is_upright(style: &str) -> bool {
    // Some carry the format in the name: `NotoSansCJK-VF.otf.ttc`.
    let style = style.split(['.', '_']).next().unwrap_or(style);
    matches!(
        style,
        "" | "regular"
            | "book"
            | "roman"
            | "light"
            | "medium"
            | "semibold"
            | "demibold"
            | "bold"
            | "vf"
            | "variable"
            | "variablefont"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_family_and_style() {
        for (name, key, upright) in [
            ("Inter-SemiBold.otf", "inter", true),
            ("InterVariable.ttf", "inter", true),
            ("Inter[opsz,wght].ttf", "inter", true),
            ("InterVariable-Italic.ttf", "intervariable", false),
            ("InterDisplay-Light.otf", "interdisplay", true),
            ("NotoSans-Italic[wdth,wght].ttf", "notosans", false),
            ("NotoSansCJK-VF.otf.ttc", "notosanscjk", true),
            ("DejaVuSans.ttf", "dejavusans", true),
            ("NotoSansArabic-VariableFont_wdth,wght.ttf", "notosansarabic", true),
            ("Inter-Black.otf", "inter", false),
        ] {
            let file = FontFile::from_name(name.into()).expect(name);
            assert_eq!((file.family_key.as_str(), file.upright), (key, upright), "{name}");
        }
        assert_eq!(FontFile::from_name("README.txt".into()), None);
    }
}
