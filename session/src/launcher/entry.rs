//! One application, as its desktop entry describes it.
//!
//! Not here: searching folders, icons, starting anything.

use super::exec;
use super::key_file::{self, Item, KeyFile};
use ipc::session1::Problem;
use std::path::{Path, PathBuf};

const GROUP: &str = "Desktop Entry";

/// The value of `Exec`, escapes resolved, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExecLine {
    pub(crate) text: String,
    pub(crate) line: u32,
}

/// An application that can be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The desktop file id without `.desktop`.
    pub(crate) id: String,
    pub(crate) file: PathBuf,
    /// Localised.
    pub(crate) name: String,
    /// A name for the icon theme or an absolute path; as written.
    pub(crate) icon: Option<String>,
    pub(crate) exec: Option<ExecLine>,
    /// The program that must exist for the entry to be shown.
    pub(crate) try_exec: Option<String>,
    pub(crate) working_dir: Option<PathBuf>,
    pub(crate) terminal: bool,
    pub(crate) dbus_activatable: bool,
    pub(crate) categories: Vec<String>,
    pub(crate) window_class: Option<String>,
    /// Whether it may be started but is not listed (`NoDisplay`, `OnlyShowIn`, `NotShowIn`).
    pub(crate) unlisted: bool,
}

/// For whom entries are read.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    /// Locale names to look for, the best first.
    pub(crate) locales: Vec<String>,
    /// The names in `XDG_CURRENT_DESKTOP`.
    pub(crate) desktops: Vec<String>,
}

/// What a file turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    App(Box<Entry>),
    /// `Hidden=true`: as if this file, and others with its id, did not exist.
    Deleted,
    /// A link, a folder, or something broken (which is among the problems).
    Nothing,
}

impl Reader {
    /// Reads the entry with `id` at `path`; what is wrong with it goes to `problems`.
    pub(crate) fn read(&self, id: &str, path: &Path, problems: &mut Vec<Problem>) -> Reading {
        let Some(file) = KeyFile::read(path, problems) else { return Reading::Nothing };
        self.interpret(id, path, &file, problems)
    }

    fn interpret(
        &self,
        id: &str,
        path: &Path,
        file: &KeyFile,
        problems: &mut Vec<Problem>,
    ) -> Reading {
        let mut view = View { file, path, locales: &self.locales, problems };
        if !file.has_group(GROUP) {
            view.report(0, "has no [Desktop Entry] group", "add it above the keys");
            return Reading::Nothing;
        }
        if view.flag("Hidden") {
            return Reading::Deleted;
        }
        match view.text("Type").as_deref() {
            Some("Application") => {}
            Some("Link" | "Directory") => return Reading::Nothing,
            Some(other) => {
                let line = view.line("Type");
                view.report(line, &format!("Type={other} is not known"), "write Type=Application");
                return Reading::Nothing;
            }
            None => {
                view.report(0, "has no Type", "add Type=Application");
                return Reading::Nothing;
            }
        }
        let Some(name) = view.localised("Name").filter(|name| !name.trim().is_empty()) else {
            view.report(0, "has no Name", "add Name=");
            return Reading::Nothing;
        };
        let dbus_activatable = view.dbus_activatable(id);
        let exec = view.exec();
        if exec.is_none() && !dbus_activatable {
            if file.get(GROUP, "Exec").is_none() {
                view.report(0, "has no Exec", "add Exec= with the program to start");
            }
            return Reading::Nothing;
        }
        let unlisted = view.flag("NoDisplay") || !self.shown_here(&mut view);
        Reading::App(Box::new(Entry {
            id: id.to_owned(),
            file: path.to_owned(),
            name,
            icon: view.localised("Icon").filter(|icon| !icon.is_empty()),
            exec,
            try_exec: view.text("TryExec").filter(|program| !program.is_empty()),
            working_dir: view.text("Path").map(PathBuf::from).filter(|dir| dir.is_absolute()),
            terminal: view.flag("Terminal"),
            dbus_activatable,
            categories: view.list("Categories"),
            window_class: view.text("StartupWMClass").filter(|class| !class.is_empty()),
            unlisted,
        }))
    }

    /// The first of our desktop's names that either list knows decides.
    fn shown_here(&self, view: &mut View<'_>) -> bool {
        let only = view.list("OnlyShowIn");
        let not = view.list("NotShowIn");
        for desktop in &self.desktops {
            if only.contains(desktop) {
                return true;
            }
            if not.contains(desktop) {
                return false;
            }
        }
        only.is_empty()
    }
}

/// A file being interpreted.
struct View<'a> {
    file: &'a KeyFile,
    path: &'a Path,
    locales: &'a [String],
    problems: &'a mut Vec<Problem>,
}

impl View<'_> {
    fn item(&self, key: &str) -> Option<&Item> {
        self.file.get(GROUP, key)
    }

    fn line(&self, key: &str) -> u32 {
        self.item(key).map_or(0, |item| item.line)
    }

    fn report(&mut self, line: u32, problem: &str, mend: &str) {
        self.problems.push(Problem {
            file: self.path.display().to_string(),
            line,
            problem: problem.to_owned(),
            mend: mend.to_owned(),
        });
    }

    fn text(&self, key: &str) -> Option<String> {
        self.item(key).map(|item| key_file::unescape(&item.raw))
    }

    fn localised(&self, key: &str) -> Option<String> {
        let item = self.file.get_localised(GROUP, key, self.locales)?;
        Some(key_file::unescape(&item.raw))
    }

    fn list(&self, key: &str) -> Vec<String> {
        self.item(key).map(|item| key_file::list(&item.raw)).unwrap_or_default()
    }

    fn flag(&mut self, key: &str) -> bool {
        let Some(item) = self.item(key) else { return false };
        let line = item.line;
        match item.raw.as_str() {
            "true" | "1" => true,
            "false" | "0" => false,
            other => {
                let problem = format!("{key}={other} is neither true nor false");
                self.report(line, &problem, &format!("write {key}=true or {key}=false"));
                false
            }
        }
    }

    fn dbus_activatable(&mut self, id: &str) -> bool {
        if !self.flag("DBusActivatable") && !self.flag("X-DBusActivatable") {
            return false;
        }
        if zbus::names::WellKnownName::try_from(id).is_ok() {
            return true;
        }
        let line = self.line("DBusActivatable").max(self.line("X-DBusActivatable"));
        let problem = format!("is D-Bus activatable, but \"{id}\" is no bus name");
        self.report(line, &problem, "name the file like org.example.App.desktop");
        false
    }

    fn exec(&mut self) -> Option<ExecLine> {
        let item = self.item("Exec")?;
        let (line, text) = (item.line, key_file::unescape(&item.raw));
        match exec::check(&text) {
            Ok(()) => Some(ExecLine { text, line }),
            Err(error) => {
                self.report(line, &format!("Exec is malformed: {error}"), "correct the Exec line");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Reading, Vec<Problem>) {
        let reader = Reader { locales: vec!["de".into()], desktops: vec!["Purje".into()] };
        let path = Path::new("/apps/org.x.App.desktop");
        let mut problems = Vec::new();
        let file = KeyFile::parse(text.as_bytes(), path, &mut problems);
        (reader.interpret("org.x.App", path, &file, &mut problems), problems)
    }

    fn app(keys: &str) -> Entry {
        let text = format!("[Desktop Entry]\nType=Application\nName=App\nExec=app\n{keys}");
        let (Reading::App(entry), problems) = read(&text) else { panic!("no app: {text}") };
        assert_eq!(problems, [], "{text}");
        *entry
    }

    #[test]
    fn an_entry_is_read_for_this_user() {
        let entry = app("Name[de]=Äpp\nIcon=i\nTerminal=true\nCategories=A;B;\nPath=/srv\n");
        assert_eq!(entry.name, "Äpp");
        assert_eq!(entry.icon.as_deref(), Some("i"));
        assert!(entry.terminal && !entry.unlisted && !entry.dbus_activatable);
        assert_eq!(entry.categories, ["A", "B"]);
        assert_eq!(entry.working_dir.as_deref(), Some(Path::new("/srv")));
        assert_eq!(entry.exec, Some(ExecLine { text: "app".into(), line: 4 }));
    }

    #[test]
    fn who_is_listed_follows_the_desktop_lists() {
        assert!(app("NoDisplay=true\n").unlisted);
        assert!(app("OnlyShowIn=GNOME;\n").unlisted);
        assert!(!app("OnlyShowIn=GNOME;Purje;\n").unlisted);
        assert!(app("NotShowIn=Purje;\n").unlisted);
        assert!(!app("NotShowIn=KDE;\n").unlisted);
    }

    #[test]
    fn a_hidden_entry_deletes_its_id_even_when_the_rest_is_missing() {
        assert_eq!(read("[Desktop Entry]\nHidden=true\n").0, Reading::Deleted);
    }

    #[test]
    fn what_is_missing_or_malformed_is_named_with_its_line() {
        for (text, line, part) in [
            ("Name=x\n", 1, "before the first group"),
            ("[Other]\n", 0, "[Desktop Entry]"),
            ("[Desktop Entry]\nName=x\nExec=x\n", 0, "no Type"),
            ("[Desktop Entry]\nType=Thing\n", 2, "Type=Thing"),
            ("[Desktop Entry]\nType=Application\nExec=x\n", 0, "no Name"),
            ("[Desktop Entry]\nType=Application\nName=x\n", 0, "no Exec"),
            ("[Desktop Entry]\nType=Application\nName=x\nExec=x \"\n", 4, "double quote"),
        ] {
            let (reading, problems) = read(text);
            assert_eq!(reading, Reading::Nothing, "{text}");
            let found = problems.iter().any(|p| p.line == line && p.problem.contains(part));
            assert!(found, "{text}: {problems:?}");
            assert!(problems.iter().all(|problem| !problem.mend.is_empty()));
        }
    }

    #[test]
    fn an_odd_flag_is_reported_and_the_entry_stays() {
        let text = "[Desktop Entry]\nType=Application\nName=x\nExec=x\nTerminal=perhaps\n";
        let (reading, problems) = read(text);
        assert!(matches!(reading, Reading::App(_)));
        assert_eq!(problems[0].line, 5);
    }

    #[test]
    fn a_bus_activated_entry_needs_no_exec() {
        let (reading, problems) =
            read("[Desktop Entry]\nType=Application\nName=x\nDBusActivatable=true\n");
        assert!(matches!(reading, Reading::App(entry) if entry.dbus_activatable));
        assert_eq!(problems, []);
    }
}
