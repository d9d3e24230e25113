//! Where this user's applications are, from the environment.

use super::catalogue::Places;
use super::entry::Reader;
use super::exec::SearchPath;
use super::key_file;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// The name of this desktop where the environment gives none.
const DESKTOP: &str = "Purje";

impl Places {
    /// By the XDG Base Directory Specification and the locale variables.
    pub(crate) fn from_environment(icon_theme: String) -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()))
            .unwrap_or_default();
        let path = env::var_os("PATH")
            .filter(|path| !path.is_empty())
            .unwrap_or_else(|| OsString::from("/usr/local/bin:/usr/bin:/bin"));
        let desktops = env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
        let mut desktops: Vec<String> =
            desktops.split(':').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        if !desktops.iter().any(|name| name == DESKTOP) {
            desktops.insert(0, DESKTOP.to_owned());
        }
        Self {
            data_dirs: data_dirs(),
            programs: SearchPath::new(&path),
            reader: Reader { locales: key_file::locale_variants(&locale), desktops },
            icon_theme,
        }
    }

    /// The value of `XDG_CURRENT_DESKTOP` for applications.
    pub(crate) fn desktop(&self) -> String {
        self.reader.desktops.join(":")
    }
}

fn data_dirs() -> Vec<PathBuf> {
    let own = env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|dir| dir.is_absolute())
        .or_else(|| home().map(|home| home.join(".local/share")));
    let system = env::var_os("XDG_DATA_DIRS")
        .filter(|dirs| !dirs.is_empty())
        .unwrap_or_else(|| OsString::from("/usr/local/share:/usr/share"));
    // By the specification, folders that are not absolute are ignored.
    let system = env::split_paths(&system).filter(|dir| dir.is_absolute());
    let mut dirs: Vec<PathBuf> = own.into_iter().collect();
    for dir in system {
        if !dirs.contains(&dir) {
            dirs.push(dir);
        }
    }
    dirs
}

/// The user's home folder, if it is there.
pub(crate) fn home() -> Option<PathBuf> {
    env::var_os("HOME").map(PathBuf::from).filter(|dir| dir.is_absolute() && dir.is_dir())
}
