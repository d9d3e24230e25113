//! What the host hands to one start of the virtual phone: Purje's programs, its units, the scripts.
//!
//! The share folder has `bin/` (programs), `machine/` (scripts) and `overlay/` (files that are laid
//! over the tree at boot, at the places where a package would install them). The units are the
//! product's own; what is added are drop-ins and units whose names say `machine`.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::check::cargo;
use crate::run;
use crate::step::{note, run as run_command, step};
use crate::vm::machine_file;

const TOOL: &str = "guest-tool";
const TOOL_PACKAGE: &str = "purje-machine-guest";
/// Cargo's profile of the product in the machine: what `./x test` has built anyway.
const PROFILE: &str = "dev";
/// The tool looks at every pixel of every frame it can get: unoptimised it sees too few.
const TOOL_PROFILE: &str = "release";

/// Where each room's data goes in a system.
const INSTALLED: [(&str, &str); 8] = [
    ("systemd", "usr/lib/systemd"),
    ("dbus-1", "usr/share/dbus-1"),
    ("pam.d", "etc/pam.d"),
    ("polkit-1", "usr/share/polkit-1"),
    ("udev", "usr/lib/udev"),
    ("applications", "usr/share/applications"),
    ("ambiences", "usr/share/purje/ambiences"),
    ("config", "etc/purje"),
];
const ROOMS: [&str; 4] = ["compositor", "session", "crates/auth", "crates/config"];

/// Units of Debian's that a test machine only loses time with, or that would take the seat.
const MASKED: [&str; 14] = [
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "console-getty.service",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "getty@tty1.service",
    "logrotate.timer",
    "man-db.timer",
    "seatd.service",
    "systemd-networkd.service",
    "systemd-resolved.service",
    "systemd-timesyncd.service",
];

/// What the machine does once it is up.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose<'a> {
    /// Runs one script of `tests/machine/cases` and powers off.
    Case(&'a str),
    /// Starts the phone and stays.
    Phone,
    /// Opens a root shell on the console; leaving it powers off.
    Shell,
}

/// Builds the programs that run in the machine.
///
/// # Errors
/// The build fails.
pub(crate) fn build() -> Result<()> {
    step("machine: build the programs", || {
        run::build(PROFILE)?;
        run_command(
            cargo()
                .args(["build", "--locked", "--profile", TOOL_PROFILE])
                .args(["-p", TOOL_PACKAGE]),
        )
    })
}

/// Fills the (new) share folder.
///
/// # Errors
/// A file cannot be copied.
pub(crate) fn fill(share: &Path, purpose: Purpose<'_>) -> Result<()> {
    let overlay = share.join("overlay");
    programs(share, &overlay)?;
    copy_tree(&machine_file("scripts"), &share.join("machine"))?;
    copy_tree(&machine_file("cases"), &share.join("machine/cases"))?;
    copy_tree(&machine_file("overlay"), &overlay)?;
    for room in ROOMS {
        for (kind, place) in INSTALLED {
            let data = crate::workspace().join(room).join("data").join(kind);
            if data.is_dir() {
                copy_tree(&data, &overlay.join(place))?;
            }
        }
    }
    profiles(&overlay)?;
    let units = overlay.join("etc/systemd/system");
    for unit in MASKED {
        link(Path::new("/dev/null"), &units.join(unit))?;
    }
    want(&units, purpose)
}

fn programs(share: &Path, overlay: &Path) -> Result<()> {
    let product = run::PROGRAMS.map(|name| (run::binaries(PROFILE), name));
    for (built, name) in product.into_iter().chain([(run::binaries(TOOL_PROFILE), TOOL)]) {
        let (from, to) = (built.join(name), share.join("bin").join(name));
        if !from.exists() {
            // Cases that need it will fail and say so; those that test the machine need not.
            note(&format!("  there is no {}", from.display()));
            continue;
        }
        make_parent(&to)?;
        // A link costs nothing; the target folder may be on another file system.
        fs::hard_link(&from, &to)
            .or_else(|_| fs::copy(&from, &to).map(|_| ()))
            .with_context(|| format!("cannot copy {}", from.display()))?;
        link(&Path::new("/purje/bin").join(name), &overlay.join("usr/bin").join(name))?;
    }
    Ok(())
}

fn profiles(overlay: &Path) -> Result<()> {
    let place = overlay.join("usr/share/purje/devices");
    let profiles = crate::workspace().join("device-profiles");
    if profiles.is_dir() { copy_tree(&profiles, &place) } else { Ok(()) }
}

/// Makes the unit that the purpose asks for part of the boot.
fn want(units: &Path, purpose: Purpose<'_>) -> Result<()> {
    let (unit, place) = match purpose {
        Purpose::Case(name) => {
            let file = units.join("../../purje-machine-case");
            make_parent(&file)?;
            fs::write(&file, format!("{name}\n"))?;
            ("purje-machine-case.service", "/etc/systemd/system/purje-machine-case.service")
        }
        Purpose::Phone => {
            ("purje-login@phone.service", "/usr/lib/systemd/system/purje-login@.service")
        }
        Purpose::Shell => {
            ("purje-machine-shell.service", "/etc/systemd/system/purje-machine-shell.service")
        }
    };
    link(Path::new(place), &units.join("multi-user.target.wants").join(unit))
}

fn link(to: &Path, at: &Path) -> Result<()> {
    make_parent(at)?;
    symlink(to, at).with_context(|| format!("cannot make the link {}", at.display()))
}

fn make_parent(path: &Path) -> Result<()> {
    let Some(parent) = path.parent() else { return Ok(()) };
    fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))
}

/// Copies files, folders and links; what is there already is overwritten.
fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    let told = || format!("cannot copy {}", from.display());
    let entries: io::Result<Vec<_>> = fs::read_dir(from).with_context(told)?.collect();
    for entry in entries.with_context(told)? {
        let (path, target): (PathBuf, PathBuf) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().with_context(told)?;
        if kind.is_dir() {
            copy_tree(&path, &target)?;
        } else if kind.is_symlink() {
            symlink(fs::read_link(&path).with_context(told)?, &target).with_context(told)?;
        } else {
            fs::copy(&path, &target).with_context(told)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_copied_with_its_links() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("a")).expect("made");
        fs::write(from.join("a/file"), "text").expect("written");
        symlink("/dev/null", from.join("a/mask")).expect("linked");
        copy_tree(&from, &to).expect("copied");
        assert_eq!(fs::read_to_string(to.join("a/file")).expect("readable"), "text");
        assert_eq!(fs::read_link(to.join("a/mask")).expect("a link"), Path::new("/dev/null"));
    }
}
