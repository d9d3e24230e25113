//! The guest's root: one Debian 13 tree, made by mmdebstrap and cached.
//!
//! The machine mounts it read-only and writes to memory on top, so one tree serves every run and
//! also as a source of real apps and peers: [`enter`] runs a program of the tree on the host's
//! kernel. It holds nothing of Purje: binaries and units come in at boot from the host's build.
//! Without root rights the tree belongs to the user's subordinate ids.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::cache::{Cache, Key};
use crate::step::{run_logged, step};
use crate::vm::{ARCHIVE_KEYRING, as_root, as_root_with_mounts, debian_mirror, machine_file};

/// Raised when the way of making the tree changes in a manner that its files do not show.
const RECIPE: &[u8] = b"1";
const SUITE: &str = "trixie";
/// Files that nobody reads in a test machine.
const LEFT_OUT: [&str; 4] =
    ["/usr/share/man/*", "/usr/share/info/*", "/usr/share/doc/*", "/usr/share/lintian/*"];

/// The tree's root folder, made first if this recipe never was.
///
/// # Errors
/// mmdebstrap fails, or a file of the recipe cannot be read.
pub(crate) fn tree(cache: &Cache) -> Result<PathBuf> {
    let recipe = Recipe::read()?;
    cache.entry("tree", &recipe.key(), |work| recipe.build(work))
}

/// Forgets the cached tree, so that the next use makes it from today's packages.
///
/// # Errors
/// It cannot be removed.
pub(crate) fn forget(cache: &Cache) -> Result<()> {
    cache.forget("tree", &Recipe::read()?.key())
}

/// A command that runs `program` of the tree on the host: its root is the tree, `/tmp` and the
/// user's runtime folder (where Wayland sockets lie) are the host's. Programs of the tree are
/// clients and peers here; nothing is contained.
pub(crate) fn enter(tree: &Path, program: &OsStr) -> Command {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").unwrap_or_else(|| "/tmp".into());
    // Positional parameters, so that no path needs quoting. The tree's own folder under /run is
    // made in a tmpfs, because the tree itself stays as it is.
    let script = r#"set -e
        tree=$1 runtime=$2; shift 2
        mount --bind "$tree" "$tree"
        mount --bind /tmp "$tree/tmp"
        mount --rbind /dev "$tree/dev"
        mount --rbind /proc "$tree/proc"
        mount -t tmpfs run "$tree/run"
        case $runtime in /run/*) mkdir -p "$tree$runtime"; mount --bind "$runtime" "$tree$runtime" ;; esac
        exec chroot "$tree" "$@""#;
    let mut command = as_root("unshare");
    command.args(["--mount", "--", "sh", "-c", script, "enter"]);
    command.arg(tree).arg(runtime).arg(program);
    command
}

struct Recipe {
    packages: String,
    setup: Vec<u8>,
    preinit: Vec<u8>,
}

impl Recipe {
    fn read() -> Result<Self> {
        let read = |name: &str| {
            let path = machine_file(name);
            fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
        };
        let list = String::from_utf8(read("packages.txt")?).context("packages.txt is not UTF-8")?;
        let packages = package_names(&list).join(",");
        Ok(Self { packages, setup: read("tree-setup.sh")?, preinit: read("preinit")? })
    }

    /// Comments and order of lines in the package list do not count.
    fn key(&self) -> Key {
        Key::of(&[
            RECIPE,
            SUITE.as_bytes(),
            std::env::consts::ARCH.as_bytes(),
            self.packages.as_bytes(),
            &self.setup,
            &self.preinit,
        ])
    }

    fn build(&self, work: &Path) -> Result<PathBuf> {
        let root = work.join("root");
        if root.exists() {
            // mmdebstrap cannot go on with a half-made tree.
            crate::step::run(as_root("rm").arg("-rf").arg("--").arg(&root))?;
        }
        let mirror = format!("deb [signed-by={ARCHIVE_KEYRING}] {} {SUITE} main", debian_mirror());
        let mut command = as_root_with_mounts("nice");
        command
            .args(["-n", "10", "mmdebstrap", "--variant=minbase", "--mode=root"])
            .arg(format!("--include={}", self.packages));
        for path in LEFT_OUT {
            command.arg(format!("--dpkgopt=path-exclude={path}"));
        }
        command
            .arg(format!("--customize-hook={} \"$1\"", machine_file("tree-setup.sh").display()))
            .arg(SUITE)
            .arg(&root)
            .arg(mirror);
        step("tree: install Debian 13 (about 350 packages, 180 MB to fetch)", || {
            run_logged(&mut command, &work.join("log"))
        })?;
        Ok(root)
    }
}

/// Package names of a list with `#` comments, sorted.
fn package_names(list: &str) -> Vec<&str> {
    let mut names: Vec<&str> = list
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty())
        .collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_order_do_not_change_the_packages() {
        assert_eq!(package_names("# why\nudev\n\ndbus # the bus\n"), ["dbus", "udev"]);
        assert_eq!(package_names("dbus\nudev"), package_names("udev\ndbus\n"));
    }
}
