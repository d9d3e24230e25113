//! Seeing that desktop entries come and go, by inotify.
//!
//! Principles
//! - It only says *that* something changed; the catalogue is then read anew as a whole.
//! - Folders that do not exist yet are seen coming by a watch on their parent.
//!
//! Not here: batching (the caller waits for quiet).

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

/// Watches the folders of desktop entries.
#[derive(Debug)]
pub(crate) struct Watch {
    inotify: OwnedFd,
}

impl Watch {
    /// Watches `dirs`, their subfolders, and their parents where they do not exist.
    ///
    /// Errors: the kernel has no inotify, or the user used up its instances.
    pub(crate) fn new(dirs: impl Iterator<Item = PathBuf>) -> std::io::Result<Self> {
        let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        let watch = Self { inotify };
        watch.add_all(dirs);
        Ok(watch)
    }

    /// Adds what has come into being; folders that are watched already stay so.
    pub(crate) fn add_all(&self, dirs: impl Iterator<Item = PathBuf>) {
        for dir in dirs {
            if self.add(&dir, WatchFlags::empty()) {
                self.add_subdirs(&dir);
            } else if let Some(parent) = dir.ancestors().skip(1).find(|dir| dir.is_dir()) {
                self.add(parent, WatchFlags::MASK_ADD);
            }
        }
    }

    fn add_subdirs(&self, dir: &Path) {
        let Ok(listing) = std::fs::read_dir(dir) else { return };
        for item in listing.flatten() {
            if item.file_type().is_ok_and(|kind| kind.is_dir()) {
                self.add(&item.path(), WatchFlags::empty());
            }
        }
    }

    fn add(&self, dir: &Path, more: WatchFlags) -> bool {
        let flags = WatchFlags::CREATE
            | WatchFlags::CLOSE_WRITE
            | WatchFlags::DELETE
            | WatchFlags::MOVED_FROM
            | WatchFlags::MOVED_TO
            | WatchFlags::ONLYDIR
            | more;
        match inotify::add_watch(&self.inotify, dir, flags) {
            Ok(_) => true,
            Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR) => false,
            Err(error) => {
                tracing::warn!("cannot watch {}: {error}", dir.display());
                false
            }
        }
    }

    /// Takes what has happened; whether any of it can concern desktop entries.
    pub(crate) fn drain(&self) -> bool {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(&self.inotify, &mut buffer);
        let mut relevant = false;
        while let Ok(event) = reader.next() {
            let name = event.file_name().map(|name| name.to_bytes()).unwrap_or_default();
            relevant |= name.ends_with(b".desktop")
                || event.events().contains(inotify::ReadFlags::ISDIR)
                || event.events().contains(inotify::ReadFlags::QUEUE_OVERFLOW);
        }
        relevant
    }
}

impl AsFd for Watch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inotify.as_fd()
    }
}
