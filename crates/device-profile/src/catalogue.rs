//! The profiles that this machine has.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use config::Diagnostic;

use crate::Profile;

const INSTALLED: &str = "/usr/share/purje/devices";
/// Where this program was built: lets it run from its source tree.
const SOURCE_TREE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../device-profiles");
const BUILT_IN: &str = "generic-phone";

/// Folders of profiles, strongest first: those of `$PURJE_DEVICES` (a list as in `$PATH`),
/// `/usr/share/purje/devices`, and the source tree if the program was built on this machine.
pub fn default_dirs() -> Vec<PathBuf> {
    let chosen = env::var_os("PURJE_DEVICES");
    let mut dirs: Vec<_> = chosen.iter().flat_map(env::split_paths).collect();
    dirs.extend([INSTALLED, SOURCE_TREE].map(PathBuf::from));
    dirs.retain(|dir| dir.is_dir());
    dirs
}

/// What the running machine's devicetree calls it, most specific first; empty without one.
pub fn machine_compatibles() -> Vec<String> {
    let bytes = fs::read("/proc/device-tree/compatible").unwrap_or_default();
    let names = bytes.split(|&b| b == 0).filter(|name| !name.is_empty());
    names.map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}

/// An index of profiles by id. They are read when asked for.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    files: BTreeMap<String, PathBuf>,
}

impl Catalogue {
    /// Looks through `dirs`; an earlier one's profile hides a later one's of the same id. Folders
    /// that cannot be read count as empty.
    pub fn open(dirs: &[PathBuf]) -> Self {
        let mut files = BTreeMap::new();
        for entry in dirs.iter().filter_map(|dir| fs::read_dir(dir).ok()).flatten().flatten() {
            let path = entry.path();
            if path.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            let Some(id) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
            files.entry(id.to_owned()).or_insert(path);
        }
        Self { files }
    }

    /// The ids of all profiles, sorted.
    pub fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<_> = self.files.keys().map(String::as_str).collect();
        if let Err(place) = ids.binary_search(&BUILT_IN) {
            ids.insert(place, BUILT_IN);
        }
        ids
    }

    /// The profile called `id`, with all that is wrong in it or in the wish for it.
    pub fn by_id(&self, id: &str) -> (Option<Profile>, Vec<Diagnostic>) {
        let Some(path) = self.files.get(id) else {
            if id == BUILT_IN {
                return (Some(Profile::generic_phone()), Vec::new());
            }
            let mend = match config::nearest(id, self.ids().into_iter()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known are: {}", self.ids().join(", ")),
            };
            let unknown = Diagnostic::of_file(Path::new(id), "no device has this id", mend);
            return (None, vec![unknown]);
        };
        let (profile, mut diagnostics) = Profile::load(path);
        if let Some(profile) = &profile
            && profile.id() != id
        {
            diagnostics.push(Diagnostic::of_file(
                path,
                format!("holds the profile `{}`", profile.id()),
                "name the file after the id, or the other way round",
            ));
        }
        (profile, diagnostics)
    }

    /// The profile that the user means by `device`: an id, or a file if it has a slash or ends in
    /// `.toml`.
    pub fn find(&self, device: &str) -> (Option<Profile>, Vec<Diagnostic>) {
        let is_file = device.contains('/') || device.ends_with(".toml");
        if is_file { Profile::load(Path::new(device)) } else { self.by_id(device) }
    }

    /// The profile of the machine whose devicetree has `compatibles`, most specific first. Also
    /// returns what is wrong in any profile that had to be read.
    pub fn detect(&self, compatibles: &[String]) -> (Option<Profile>, Vec<Diagnostic>) {
        if compatibles.is_empty() {
            return (None, Vec::new());
        }
        let mut wrong = Vec::new();
        let mut best: Option<(usize, Profile)> = None;
        for id in self.files.keys() {
            let (profile, diagnostics) = self.by_id(id);
            wrong.extend(diagnostics);
            let Some(profile) = profile else { continue };
            let claimed = &profile.identity.dt_compatible;
            let Some(rank) = compatibles.iter().position(|c| claimed.contains(c)) else { continue };
            if best.as_ref().is_none_or(|(other, _)| rank < *other) {
                best = Some((rank, profile));
            }
        }
        (best.map(|(_, profile)| profile), wrong)
    }
}
