//! The files of the verifier: read with suspicion, written whole or not at all.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use rustix::fs::OFlags;
use zeroize::Zeroizing;

use crate::Error;

/// No file of ours is longer, in bytes.
const MAX_LEN: u64 = 4096;
const OWNER_ONLY: u32 = 0o600;

/// The folder that holds them.
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn create(&self) -> Result<(), Error> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)
            .map_err(|e| Error::io(&self.0, "be created", &e))
    }

    /// Takes the lock `name`, waiting for whoever has it; it is held until the file is dropped.
    pub(crate) fn lock(&self, name: &str) -> Result<File, Error> {
        let path = self.join(name);
        let open = || {
            let file = options().write(true).create(true).mode(OWNER_ONLY).open(&path)?;
            file.lock()?;
            Ok(file)
        };
        open().map_err(|e| Error::io(&path, "be locked", &e))
    }

    /// The bytes of `name`; `None` if there is no such file.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let path = self.join(name);
        let file = match options().read(true).open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Error::io(&path, "be read", &e)),
        };
        let read = |e: io::Error| Error::io(&path, "be read", &e);
        self.check_owner(&path, &file)?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_LEN as usize + 1));
        file.take(MAX_LEN + 1).read_to_end(&mut bytes).map_err(read)?;
        if bytes.len() as u64 > MAX_LEN {
            return Err(Error::file(&path, "is too long to be ours", "move it away"));
        }
        Ok(Some(bytes))
    }

    /// Nobody else may have written what decides who gets in.
    fn check_owner(&self, path: &Path, file: &File) -> Result<(), Error> {
        let metadata = file.metadata().map_err(|e| Error::io(path, "be read", &e))?;
        if !metadata.is_file() {
            return Err(Error::file(path, "is no regular file", "move it away"));
        }
        if metadata.uid() != rustix::process::geteuid().as_raw() {
            return Err(Error::file(
                path,
                "belongs to somebody else",
                "make it belong to the phone's user",
            ));
        }
        if metadata.mode() & 0o022 != 0 {
            return Err(Error::file(path, "is writable by others", "set its mode to 600"));
        }
        if metadata.mode() & 0o044 != 0 {
            tracing::warn!(path = %path.display(), "readable by others: making it private");
            let private = fs::Permissions::from_mode(OWNER_ONLY);
            file.set_permissions(private).map_err(|e| Error::io(path, "be made private", &e))?;
        }
        Ok(())
    }

    /// Replaces `name` so that after a power cut either the old or the new content is there. Only
    /// for whoever holds the lock.
    pub(crate) fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.join(name);
        self.try_replace(name, bytes).map_err(|e| Error::io(&path, "be written", &e))
    }

    /// Like [`Self::replace`], but on a full disk overwrites an old file of the same length in
    /// place, which takes no space: a full disk must not lock the owner out.
    pub(crate) fn replace_even_if_full(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.join(name);
        let is_full = |e: &io::Error| {
            matches!(e.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
        };
        match self.try_replace(name, bytes) {
            Err(e) if is_full(&e) => overwrite(&path, bytes),
            other => other,
        }
        .map_err(|e| Error::io(&path, "be written", &e))
    }

    fn try_replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let new = self.join(&format!("{name}.new"));
        let result = (|| {
            let mut file =
                options().write(true).create(true).truncate(true).mode(OWNER_ONLY).open(&new)?;
            file.set_permissions(fs::Permissions::from_mode(OWNER_ONLY))?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&new, self.join(name))?;
            File::open(&self.0)?.sync_all()
        })();
        if result.is_err() {
            // Best effort: it holds nothing that anybody reads.
            let _ = fs::remove_file(&new);
        }
        result
    }

    /// Removes `name`; that it was not there is fine.
    pub(crate) fn remove(&self, name: &str) -> Result<(), Error> {
        let path = self.join(name);
        match fs::remove_file(&path).and_then(|()| File::open(&self.0)?.sync_all()) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                Err(Error::io(&path, "be removed", &e))
            }
            _ => Ok(()),
        }
    }
}

fn overwrite(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = options().write(true).open(path)?;
    if file.metadata()?.len() != bytes.len() as u64 {
        return Err(io::ErrorKind::StorageFull.into());
    }
    file.write_all_at(bytes, 0)?;
    file.sync_all()
}

/// No link may lead elsewhere, and nothing that is opened may make us wait.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options
        .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC).bits().cast_signed());
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path().join("a/b"));
        folder.create().unwrap();
        (dir, folder)
    }

    #[test]
    fn what_is_replaced_is_private_and_whole() {
        let (_dir, folder) = folder();
        assert!(folder.read("x").unwrap().is_none());
        folder.replace("x", b"one").unwrap();
        folder.replace("x", b"second").unwrap();
        assert_eq!(folder.read("x").unwrap().unwrap().as_slice(), b"second");
        let mode = |p: &Path| fs::metadata(p).unwrap().mode() & 0o777;
        assert_eq!(mode(&folder.join("x")), 0o600);
        assert_eq!(mode(&folder.0), 0o700);
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1, "nothing is left over");
        folder.remove("x").unwrap();
        folder.remove("x").unwrap();
        assert!(folder.read("x").unwrap().is_none());
    }

    #[test]
    fn what_others_can_write_or_what_is_no_file_is_refused() {
        let (_dir, folder) = folder();
        folder.replace("x", b"one").unwrap();
        fs::set_permissions(folder.join("x"), fs::Permissions::from_mode(0o620)).unwrap();
        let error = folder.read("x").unwrap_err().to_string();
        assert!(error.contains("is writable by others; set its mode to 600"), "{error}");
        fs::set_permissions(folder.join("x"), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(folder.read("x").unwrap().is_some());
        assert_eq!(fs::metadata(folder.join("x")).unwrap().mode() & 0o777, 0o600);
        std::os::unix::fs::symlink(folder.join("x"), folder.join("link")).unwrap();
        assert!(folder.read("link").is_err());
        fs::create_dir(folder.join("dir")).unwrap();
        assert!(folder.read("dir").is_err());
        fs::write(folder.join("long"), vec![b'x'; 5000]).unwrap();
        assert!(folder.read("long").is_err());
    }

    #[test]
    fn in_place_only_what_has_the_same_length_is_overwritten() {
        let (_dir, folder) = folder();
        folder.replace("x", b"12345").unwrap();
        overwrite(&folder.join("x"), b"abcde").unwrap();
        assert_eq!(folder.read("x").unwrap().unwrap().as_slice(), b"abcde");
        let error = overwrite(&folder.join("x"), b"abc").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
