//! From files to settings.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use crate::{Config, Diagnostic, Document};

const SYSTEM: &str = "/etc/purje";

/// The files that exist, weakest first: `/etc/purje/*.toml` by name, then
/// `$XDG_CONFIG_HOME/purje/config.toml`.
pub fn default_paths() -> Vec<PathBuf> {
    paths_in(Path::new(SYSTEM), config_home(env::var_os("XDG_CONFIG_HOME"), env::home_dir()))
}

fn config_home(xdg: Option<OsString>, home: Option<PathBuf>) -> Option<PathBuf> {
    // The specification: a relative path is invalid and to be ignored.
    xdg.map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| home.map(|home| home.join(".config")))
}

fn paths_in(system: &Path, config_home: Option<PathBuf>) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(system)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    paths.sort();
    let user = config_home.map(|home| home.join("purje/config.toml"));
    paths.extend(user.filter(|path| path.exists()));
    paths
}

/// Reads the files at `paths`, later ones over earlier ones, with all that is wrong in them.
///
/// `last_good` is what is in force at present, if anything is: a key that is wrong keeps it, and
/// if a file cannot be read or parsed so does every key that the other files leave open. At the
/// start, with `None`, what a file gets wrong falls to the files before it and to the defaults.
pub fn load(paths: &[PathBuf], last_good: Option<&Config>) -> (Config, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut documents = Vec::new();
    for path in paths {
        match Document::read(path) {
            Ok(document) => documents.push(document),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    // A key that seems absent may stand in what could not be read.
    let complete = diagnostics.is_empty() && documents.iter().all(Document::is_well_formed);
    let base = last_good.filter(|_| !complete).cloned();
    let mut config = base.unwrap_or_default();
    for document in documents {
        diagnostics.extend(document.check(|file| config.take(file, last_good)).diagnostics);
    }
    (config, diagnostics)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_file_comes_after_the_vendors_and_only_toml_counts() {
        let dir = tempfile::tempdir().unwrap();
        let (system, home) = (dir.path().join("etc"), dir.path().join("home"));
        fs::create_dir_all(&system).unwrap();
        fs::create_dir_all(home.join("purje")).unwrap();
        for name in ["20-b.toml", "10-a.toml", "readme"] {
            fs::write(system.join(name), "").unwrap();
        }
        assert_eq!(
            paths_in(&system, Some(home.clone())),
            [system.join("10-a.toml"), system.join("20-b.toml")]
        );
        fs::write(home.join("purje/config.toml"), "").unwrap();
        let all = paths_in(&system, Some(home.clone()));
        assert_eq!(all.last(), Some(&home.join("purje/config.toml")));
        assert_eq!(all.len(), 3);
    }

    #[test]
    fn a_relative_configuration_home_is_ignored() {
        let home = || Some(PathBuf::from("/home/u"));
        assert_eq!(config_home(Some("/x".into()), home()), Some("/x".into()));
        assert_eq!(config_home(Some("x".into()), home()), Some("/home/u/.config".into()));
        assert_eq!(config_home(None, home()), Some("/home/u/.config".into()));
        assert_eq!(config_home(None, None), None);
    }
}
