//! All applications of this user: desktop entries found in the data folders.
//!
//! Principles
//! - The user's own folder is searched first, and the first file with an id decides about it.
//! - A broken entry is a problem to be shown; it never stops the others.
//!
//! Not here: watching for changes (see `watch`), starting anything.

use super::entry::{Entry, Reader, Reading};
use super::exec::{self, SearchPath};
use super::icons::Icons;
use ipc::session1::{AppInfo, Problem};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// How deep folders inside `applications` are searched: enough for vendors' subfolders, and an
/// end to loops of links.
const MAX_DEPTH: usize = 4;

/// Where things are looked for, and for whom.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// XDG data folders, the user's own first.
    pub(crate) data_dirs: Vec<PathBuf>,
    pub(crate) programs: SearchPath,
    pub(crate) reader: Reader,
    pub(crate) icon_theme: String,
}

impl Places {
    /// The folders that hold desktop entries.
    pub(crate) fn application_dirs(&self) -> impl Iterator<Item = PathBuf> + '_ {
        self.data_dirs.iter().map(|dir| dir.join("applications"))
    }
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    entries: BTreeMap<String, Entry>,
    shown: Vec<AppInfo>,
    problems: Vec<Problem>,
}

impl Catalogue {
    /// Reads everything anew.
    pub(crate) fn scan(places: &Places) -> Self {
        let mut scan =
            Scan { reader: &places.reader, seen: HashSet::new(), found: Self::default() };
        for dir in places.application_dirs() {
            scan.dir(&dir, "", 0);
        }
        let mut catalogue = scan.found;
        let icons = Icons::new(&places.data_dirs, &places.icon_theme);
        catalogue.shown = catalogue
            .entries
            .values()
            .filter(|entry| is_listed(entry, &places.programs))
            .map(|entry| info(entry, &icons))
            .collect();
        catalogue.shown.sort_by_cached_key(|app| (app.name.to_lowercase(), app.id.clone()));
        catalogue
    }

    /// The applications that are shown, by name.
    pub(crate) fn apps(&self) -> &[AppInfo] {
        &self.shown
    }

    /// What is wrong with files.
    pub(crate) fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The entry with this id (a trailing `.desktop` is ignored).
    pub(crate) fn get(&self, id: &str) -> Option<&Entry> {
        self.entries.get(id.strip_suffix(".desktop").unwrap_or(id))
    }
}

fn is_listed(entry: &Entry, programs: &SearchPath) -> bool {
    !entry.unlisted
        && entry.try_exec.as_ref().is_none_or(|program| programs.find(program).is_some())
}

fn info(entry: &Entry, icons: &Icons) -> AppInfo {
    let icon = entry.icon.as_deref().and_then(|name| icons.find(name));
    AppInfo {
        id: entry.id.clone(),
        name: entry.name.clone(),
        icon: icon.map(|path| path.display().to_string()).unwrap_or_default(),
        exec: entry.exec.as_ref().and_then(|exec| exec::program(&exec.text)).unwrap_or_default(),
        terminal: entry.terminal,
        categories: entry.categories.clone(),
        window_class: entry.window_class.clone().unwrap_or_default(),
    }
}

struct Scan<'a> {
    reader: &'a Reader,
    /// Ids that are decided, also those that turned out to be nothing.
    seen: HashSet<String>,
    found: Catalogue,
}

impl Scan<'_> {
    fn dir(&mut self, dir: &Path, prefix: &str, depth: usize) {
        // A data folder without applications is nothing to talk about.
        let Ok(listing) = std::fs::read_dir(dir) else { return };
        let mut names: Vec<_> = listing.flatten().map(|item| item.file_name()).collect();
        names.sort();
        for name in names {
            let path = dir.join(&name);
            // Ids are text; a file whose name is not could not be asked for.
            let Some(name) = name.to_str() else { continue };
            if let Some(stem) = name.strip_suffix(".desktop") {
                self.file(&format!("{prefix}{stem}"), &path);
            } else if depth < MAX_DEPTH && path.is_dir() {
                self.dir(&path, &format!("{prefix}{name}-"), depth + 1);
            }
        }
    }

    fn file(&mut self, id: &str, path: &Path) {
        if !self.seen.insert(id.to_owned()) {
            return;
        }
        match self.reader.read(id, path, &mut self.found.problems) {
            Reading::App(entry) => {
                self.found.entries.insert(id.to_owned(), *entry);
            }
            Reading::Deleted | Reading::Nothing => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    struct Home(tempfile::TempDir);

    impl Home {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("a folder"))
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.0.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            std::fs::write(path, text).expect("a file");
        }

        fn app(&self, path: &str, name: &str, more: &str) {
            let text = format!("[Desktop Entry]\nType=Application\nName={name}\nExec=sh\n{more}");
            self.write(path, &text);
        }

        fn scan(&self) -> Catalogue {
            let dirs = ["user", "system"].map(|dir| self.0.path().join(dir));
            Catalogue::scan(&Places {
                data_dirs: dirs.to_vec(),
                programs: SearchPath::new(OsStr::new("/bin:/usr/bin")),
                reader: Reader { locales: Vec::new(), desktops: vec!["Purje".into()] },
                icon_theme: "Adwaita".into(),
            })
        }
    }

    fn names(catalogue: &Catalogue) -> Vec<&str> {
        catalogue.apps().iter().map(|app| app.name.as_str()).collect()
    }

    #[test]
    fn the_users_own_file_decides_about_an_id() {
        let home = Home::new();
        home.app("system/applications/a.desktop", "System's", "");
        home.app("user/applications/a.desktop", "Own", "");
        home.app("system/applications/b.desktop", "Deleted", "");
        home.write("user/applications/b.desktop", "[Desktop Entry]\nHidden=true\n");
        assert_eq!(names(&home.scan()), ["Own"]);
    }

    #[test]
    fn subfolders_become_part_of_the_id() {
        let home = Home::new();
        home.app("user/applications/kde/x.desktop", "X", "");
        assert!(home.scan().get("kde-x").is_some());
        assert!(home.scan().get("kde-x.desktop").is_some());
    }

    #[test]
    fn apps_come_by_name_and_only_those_that_are_installed() {
        let home = Home::new();
        home.app("user/applications/1.desktop", "zebra", "");
        home.app("user/applications/2.desktop", "Ant", "TryExec=sh\n");
        home.app("user/applications/3.desktop", "Gone", "TryExec=/no/such/program\n");
        let catalogue = home.scan();
        assert_eq!(names(&catalogue), ["Ant", "zebra"]);
    }

    #[test]
    fn a_broken_entry_is_a_problem_and_the_others_are_listed() {
        let home = Home::new();
        home.write("user/applications/bad.desktop", "[Desktop Entry\nName=x\n");
        home.app("user/applications/good.desktop", "Good", "");
        std::fs::create_dir(home.0.path().join("user/applications/dir.desktop")).expect("a folder");
        let catalogue = home.scan();
        assert_eq!(names(&catalogue), ["Good"]);
        assert!(
            catalogue.problems().iter().any(|p| p.file.ends_with("bad.desktop") && p.line == 1)
        );
        assert!(catalogue.problems().iter().any(|p| p.file.ends_with("dir.desktop")));
    }
}
