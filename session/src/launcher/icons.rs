//! Finding the file of an icon by the Icon Theme Specification.
//!
//! Principles
//! - A phone shows icons large: a scalable one is best, else the smallest that is large enough,
//!   else the largest there is.
//! - Themes are asked in order: the chosen one, those it inherits from, `hicolor` (where
//!   applications put their own), then every other that is installed, because a foreign picture
//!   helps more than none.
//!
//! Not here: reading pictures.

use super::key_file::{self, KeyFile};
use std::path::{Path, PathBuf};

/// The side in pixels that a raster icon should at least have.
const WANTED: u32 = 192;

/// How many themes are followed along `Inherits`; also the end of circles.
const MAX_THEMES: usize = 32;

/// The themes that are installed, in the order to ask them.
pub(crate) struct Icons {
    themes: Vec<Vec<Subdir>>,
    pixmaps: Vec<PathBuf>,
}

/// A folder of a theme that exists.
struct Subdir {
    path: PathBuf,
    /// The side of its raster icons in pixels.
    pixels: u32,
}

impl Icons {
    /// Reads the indexes of the themes below `data_dirs`, beginning with `theme`.
    pub(crate) fn new(data_dirs: &[PathBuf], theme: &str) -> Self {
        let bases: Vec<PathBuf> =
            data_dirs.iter().map(|dir| dir.join("icons")).filter(|dir| dir.is_dir()).collect();
        let themes = chain(&bases, theme).iter().map(|name| subdirs(&bases, name)).collect();
        let pixmaps = data_dirs.iter().map(|dir| dir.join("pixmaps")).collect();
        Self { themes, pixmaps }
    }

    /// The file for an `Icon` value: a name of the theme, or an absolute path.
    pub(crate) fn find(&self, icon: &str) -> Option<PathBuf> {
        if icon.starts_with('/') {
            return Some(PathBuf::from(icon)).filter(|path| path.is_file());
        }
        if icon.contains('/') {
            return None;
        }
        let name = [".svg", ".png", ".xpm"]
            .iter()
            .find_map(|extension| icon.strip_suffix(extension))
            .unwrap_or(icon);
        self.themes
            .iter()
            .find_map(|theme| in_theme(theme, name))
            .or_else(|| self.pixmaps.iter().find_map(|dir| in_dir(dir, name)))
    }
}

fn in_theme(theme: &[Subdir], name: &str) -> Option<PathBuf> {
    let svg = |dir: &Subdir| Some(dir.path.join(format!("{name}.svg"))).filter(|p| p.is_file());
    if let Some(scalable) = theme.iter().find_map(svg) {
        return Some(scalable);
    }
    theme
        .iter()
        .filter_map(|dir| {
            let path = dir.path.join(format!("{name}.png"));
            path.is_file().then_some((dir.pixels, path))
        })
        .min_by_key(|(pixels, _)| (*pixels < WANTED, pixels.abs_diff(WANTED)))
        .map(|(_, path)| path)
}

fn in_dir(dir: &Path, name: &str) -> Option<PathBuf> {
    ["svg", "png"]
        .iter()
        .map(|extension| dir.join(format!("{name}.{extension}")))
        .find(|path| path.is_file())
}

/// The names of themes in the order to ask them.
fn chain(bases: &[PathBuf], theme: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut queue = std::collections::VecDeque::from([theme.to_owned()]);
    while let Some(name) = queue.pop_front() {
        if names.len() >= MAX_THEMES || name == "hicolor" || names.contains(&name) {
            continue;
        }
        if let Some(index) = index(bases, &name)
            && let Some(parents) = index.get("Icon Theme", "Inherits")
        {
            queue.extend(parents.raw.split([',', ';']).map(|parent| parent.trim().to_owned()));
        }
        names.push(name);
    }
    names.push("hicolor".to_owned());
    let mut others: Vec<String> = bases
        .iter()
        .filter_map(|base| std::fs::read_dir(base).ok())
        .flatten()
        .flatten()
        .filter_map(|item| item.file_name().into_string().ok())
        .filter(|name| !names.contains(name))
        .collect();
    others.sort();
    others.dedup();
    others.truncate(MAX_THEMES);
    names.extend(others);
    names
}

fn index(bases: &[PathBuf], theme: &str) -> Option<KeyFile> {
    // Themes are somebody else's work and rarely spotless; a line that cannot be read only costs
    // the folder it describes.
    let mut problems = Vec::new();
    bases
        .iter()
        .map(|base| base.join(theme).join("index.theme"))
        .find(|path| path.is_file())
        .and_then(|path| KeyFile::read(&path, &mut problems))
}

/// The folders of a theme that exist, in the order of its index.
fn subdirs(bases: &[PathBuf], theme: &str) -> Vec<Subdir> {
    let Some(index) = index(bases, theme) else { return Vec::new() };
    let names = ["Directories", "ScaledDirectories"]
        .iter()
        .filter_map(|key| index.get("Icon Theme", key))
        .flat_map(|item| key_file::list(&item.raw.replace(',', ";")));
    let mut subdirs = Vec::new();
    for name in names {
        // A theme's folder lies inside the theme.
        if name.starts_with('/') || name.split('/').any(|part| part == "..") {
            continue;
        }
        let number = |key: &str| index.get(&name, key).and_then(|item| item.raw.parse().ok());
        let size: u32 = number("Size").unwrap_or(0);
        let pixels = size.saturating_mul(number("Scale").unwrap_or(1));
        for base in bases {
            let path = base.join(theme).join(&name);
            if path.is_dir() {
                subdirs.push(Subdir { path, pixels });
            }
        }
    }
    subdirs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("a file");
    }

    fn found(root: &Path, icon: &str) -> Option<String> {
        let icons = Icons::new(&[root.to_owned()], "Mine");
        let path = icons.find(icon)?;
        Some(path.strip_prefix(root).expect("below root").display().to_string())
    }

    #[test]
    fn scalable_first_then_large_enough_then_largest() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path();
        let index = "[Icon Theme]\nDirectories=48/apps,128/apps,256/apps,512/apps,scalable/apps\n\
                     [48/apps]\nSize=48\n[128/apps]\nSize=128\n[256/apps]\nSize=256\n\
                     [512/apps]\nSize=512\n[scalable/apps]\nSize=48\nType=Scalable\n";
        write(root, "icons/hicolor/index.theme", index);
        for size in [48, 128, 256, 512] {
            write(root, &format!("icons/hicolor/{size}/apps/a.png"), "");
        }
        write(root, "icons/hicolor/48/apps/small.png", "");
        write(root, "icons/hicolor/128/apps/small.png", "");
        write(root, "icons/hicolor/scalable/apps/s.svg", "");
        write(root, "icons/hicolor/512/apps/s.png", "");
        assert_eq!(found(root, "a").as_deref(), Some("icons/hicolor/256/apps/a.png"));
        assert_eq!(found(root, "small").as_deref(), Some("icons/hicolor/128/apps/small.png"));
        assert_eq!(found(root, "s.png").as_deref(), Some("icons/hicolor/scalable/apps/s.svg"));
    }

    #[test]
    fn the_chosen_theme_and_its_parents_come_before_hicolor_and_pixmaps_last() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path();
        for (theme, inherits) in [("Mine", "Parent"), ("Parent", "Mine"), ("hicolor", "")] {
            let index = format!("[Icon Theme]\nInherits={inherits}\nDirectories=d\n[d]\nSize=64\n");
            write(root, &format!("icons/{theme}/index.theme"), &index);
        }
        write(root, "icons/Parent/d/a.png", "");
        write(root, "icons/hicolor/d/a.png", "");
        write(root, "icons/hicolor/d/b.png", "");
        write(root, "pixmaps/b.png", "");
        write(root, "pixmaps/c.png", "");
        assert_eq!(found(root, "a").as_deref(), Some("icons/Parent/d/a.png"));
        assert_eq!(found(root, "b").as_deref(), Some("icons/hicolor/d/b.png"));
        assert_eq!(found(root, "c").as_deref(), Some("pixmaps/c.png"));
        assert_eq!(found(root, "d"), None);
        assert_eq!(found(root, "../c"), None);
    }

    #[test]
    fn a_broken_theme_is_no_obstacle() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path();
        write(root, "icons/Mine/index.theme", "[Icon Theme\nDirectories=../../..,\n\u{0}");
        write(root, "pixmaps/c.png", "");
        assert_eq!(found(root, "c").as_deref(), Some("pixmaps/c.png"));
    }
}
