//! Things that are dear to make and depend only on their recipe: the kernel, the guest's tree.
//!
//! An entry lies in `$XDG_CACHE_HOME/purje` under its kind and the hash of all that it is made
//! from. It is made in a work folder beside it and renamed into place when it is whole, so an entry
//! that exists is complete, whatever was killed and when. The work folder of a killed build stays
//! and the next one goes on in it. A lock file keeps two builds of the same entry apart. This
//! module does not know what the entries are.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::step::note;

/// The folder of all entries.
pub(crate) struct Cache {
    root: PathBuf,
}

impl Cache {
    /// The user's cache.
    ///
    /// # Errors
    /// Neither `XDG_CACHE_HOME` nor `HOME` is set, or the folder cannot be made.
    pub(crate) fn of_user() -> Result<Self> {
        let base = match std::env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()) {
            Some(base) => PathBuf::from(base),
            None => PathBuf::from(
                std::env::var_os("HOME").context("neither XDG_CACHE_HOME nor HOME is set")?,
            )
            .join(".cache"),
        };
        Self::at(base.join("purje"))
    }

    /// A cache in `root`.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub(crate) fn at(root: PathBuf) -> Result<Self> {
        fs::create_dir_all(&root).with_context(|| format!("cannot make {}", root.display()))?;
        Ok(Self { root })
    }

    /// The entry of this kind and key, made by `build` if it is not there yet. `build` gets a work
    /// folder, which may hold what an interrupted build left, and returns the path inside it that
    /// is to become the entry.
    ///
    /// # Errors
    /// What `build` returns, and failures to lock or rename.
    pub(crate) fn entry(
        &self,
        kind: &str,
        key: &Key,
        build: impl FnOnce(&Path) -> Result<PathBuf>,
    ) -> Result<PathBuf> {
        let name = format!("{kind}-{}", key.0);
        let entry = self.root.join(&name);
        if entry.exists() {
            return Ok(entry);
        }
        let _lock = self.lock(&name)?;
        if entry.exists() {
            return Ok(entry); // Somebody else made it while we waited.
        }
        let work = self.root.join(format!("{name}.work"));
        fs::create_dir_all(&work).with_context(|| format!("cannot make {}", work.display()))?;
        note(&format!("nothing cached for this {kind}; it will be kept as {}", entry.display()));
        let result = build(&work)?;
        fs::rename(&result, &entry)
            .with_context(|| format!("cannot move {} to {}", result.display(), entry.display()))?;
        remove_tree(&work)?;
        Ok(entry)
    }

    /// Forgets the entry, so that the next use makes it anew.
    ///
    /// # Errors
    /// It cannot be removed.
    pub(crate) fn forget(&self, kind: &str, key: &Key) -> Result<()> {
        let name = format!("{kind}-{}", key.0);
        let _lock = self.lock(&name)?;
        for path in [self.root.join(&name), self.root.join(format!("{name}.work"))] {
            // Renamed first: a removal that is interrupted must not leave half an entry.
            let doomed = path.with_extension("doomed");
            match fs::rename(&path, &doomed) {
                Ok(()) => remove_tree(&doomed)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(error).with_context(|| format!("cannot remove {}", path.display()));
                }
            }
        }
        Ok(())
    }

    fn lock(&self, name: &str) -> Result<File> {
        let path = self.root.join(format!("{name}.lock"));
        let file =
            File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                note(&format!("waiting for another build of {name}"));
                file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
        Ok(file)
    }
}

/// The hash of everything that an entry is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key(String);

impl Key {
    /// Hashes the parts with their lengths, so that moving a byte from one to the next shows.
    pub(crate) fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let digest = hash.finalize();
        Self(digest[..8].iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Removes a folder or file of the cache. A guest's tree made without root rights belongs to
/// subordinate users, which only their namespace's root may remove.
fn remove_tree(path: &Path) -> Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            crate::step::run(crate::vm::as_root("rm").arg("-rf").arg("--").arg(path))
        }
        other => other.with_context(|| format!("cannot remove {}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cache = Cache::at(folder.path().join("purje")).expect("a cache in it");
        (folder, cache)
    }

    #[test]
    fn an_entry_is_built_once() {
        let (_folder, cache) = cache();
        let key = Key::of(&[b"recipe"]);
        let mut built = 0;
        for _ in 0..2 {
            let entry = cache
                .entry("thing", &key, |work| {
                    built += 1;
                    fs::write(work.join("thing"), "whole")?;
                    Ok(work.join("thing"))
                })
                .expect("builds");
            assert_eq!(fs::read_to_string(entry).expect("readable"), "whole");
        }
        assert_eq!(built, 1);
    }

    #[test]
    fn a_failed_build_leaves_no_entry_and_is_resumed() {
        let (_folder, cache) = cache();
        let key = Key::of(&[b"recipe"]);
        let failed = cache.entry("thing", &key, |work| {
            fs::write(work.join("download"), "dear")?;
            anyhow::bail!("killed")
        });
        assert!(failed.is_err());
        let entry = cache
            .entry("thing", &key, |work| {
                assert_eq!(fs::read_to_string(work.join("download"))?, "dear");
                fs::create_dir_all(work.join("thing"))?;
                Ok(work.join("thing"))
            })
            .expect("builds");
        assert!(entry.is_dir());
        assert!(!entry.with_extension("work").exists(), "the work folder is gone");
    }

    #[test]
    fn a_forgotten_entry_is_built_again() {
        let (_folder, cache) = cache();
        let key = Key::of(&[b"recipe"]);
        let build = |work: &Path| {
            fs::write(work.join("thing"), "")?;
            Ok(work.join("thing"))
        };
        let entry = cache.entry("thing", &key, build).expect("builds");
        cache.forget("thing", &key).expect("removable");
        assert!(!entry.exists());
        cache.entry("thing", &key, build).expect("builds again");
    }

    #[test]
    fn keys_differ_when_a_byte_moves_between_parts() {
        assert_ne!(Key::of(&[b"ab", b"c"]), Key::of(&[b"a", b"bc"]));
        assert_eq!(Key::of(&[b"ab", b"c"]), Key::of(&[b"ab", b"c"]));
    }
}
