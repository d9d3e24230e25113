//! The virtual phone's kernel: User-Mode Linux from Debian's kernel source.
//!
//! Debian's own `user-mode-linux` has neither DRM nor evdev, so the kernel is built once, from the
//! newest source of Debian's backports, with the options of `tests/machine/kernel.config`, and
//! cached. The source is fetched through an apt configuration of its own: the host's package lists
//! and installed packages are not touched. What is built is a plain program of about 9 MB.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::cache::{Cache, Key};
use crate::step::{output, run, run_logged, step};
use crate::vm::{ARCHIVE_KEYRING, debian_mirror, machine_file};

/// Raised when the way of building changes in a manner that the fragment does not show.
const RECIPE: &[u8] = b"1";
const SUITE: &str = "trixie-backports";
/// Options that must have survived Kconfig's dependencies.
const WANTED: [&str; 7] = [
    "CONFIG_DRM_VKMS",
    "CONFIG_INPUT_UINPUT",
    "CONFIG_INPUT_EVDEV",
    "CONFIG_HOSTFS",
    "CONFIG_HAS_DMA",
    "CONFIG_OVERLAY_FS",
    "CONFIG_CONFIGFS_FS",
];
/// Big parts of the source that neither Kconfig nor a User-Mode Linux reads.
const LEFT_OUT: [&str; 6] = [
    "arch/*/boot/dts",
    "Documentation/devicetree",
    "Documentation/translations",
    "drivers/gpu/drm/amd/include",
    "tools/perf",
    "tools/testing",
];

/// The kernel program, built first if this recipe never was.
///
/// # Errors
/// The source cannot be fetched, or the build fails.
pub(crate) fn kernel(cache: &Cache) -> Result<PathBuf> {
    let fragment = machine_file("kernel.config");
    let key = key(&fragment)?;
    let entry = cache.entry("kernel", &key, |work| build(work, &fragment))?;
    Ok(entry.join("linux"))
}

/// Forgets the cached kernel, so that the next use builds it from the newest source.
///
/// # Errors
/// It cannot be removed.
pub(crate) fn forget(cache: &Cache) -> Result<()> {
    cache.forget("kernel", &key(&machine_file("kernel.config"))?)
}

fn key(fragment: &Path) -> Result<Key> {
    let options =
        fs::read(fragment).with_context(|| format!("cannot read {}", fragment.display()))?;
    Ok(Key::of(&[RECIPE, SUITE.as_bytes(), std::env::consts::ARCH.as_bytes(), &options]))
}

/// Every step leaves its result under a name that it gets only when it is whole, so an interrupted
/// build goes on where it stopped.
fn build(work: &Path, fragment: &Path) -> Result<PathBuf> {
    ensure!(
        std::env::consts::ARCH == "x86_64",
        "User-Mode Linux needs an x86_64 host; see docs/machine.md for the QEMU lane"
    );
    let log = work.join("log");
    let source = work.join("source");
    if !source.exists() {
        let package = step("kernel: fetch the source", || download(work))?;
        step("kernel: unpack the source", || unpack(work, &package, &source))?;
    }
    step("kernel: configure", || configure(&source, fragment, &log))?;
    step("kernel: compile (about 10 CPU-minutes)", || {
        let jobs = std::thread::available_parallelism().map_or(2, |count| count.get());
        run_logged(make(&source).arg(format!("-j{jobs}")).arg("linux"), &log)
    })?;
    let result = work.join("result");
    fs::create_dir_all(&result)?;
    run(Command::new("strip").arg("-o").arg(result.join("linux")).arg(source.join("linux")))?;
    fs::copy(source.join(".config"), result.join("config"))?;
    fs::copy(work.join("version"), result.join("version"))?;
    Ok(result)
}

fn download(work: &Path) -> Result<PathBuf> {
    let apt = PrivateApt::new(work)?;
    run_logged(apt.command("apt-get").args(["-q", "update"]), &work.join("log"))?;
    let depends = output(apt.command("apt-cache").args(["depends", "linux-source"]))?;
    let package = newest_source(&depends)
        .with_context(|| format!("{SUITE} has no linux-source; apt-cache said: {depends}"))?;
    let version = output(apt.command("apt-cache").args(["show", "--no-all-versions", package]))?;
    let version = version
        .lines()
        .find_map(|line| line.strip_prefix("Version: "))
        .with_context(|| format!("apt-cache names no version of {package}"))?;
    // The licence asks whoever hands the program on to name its source.
    fs::write(work.join("version"), format!("Debian {package} {version} ({SUITE})\n"))?;
    run_logged(
        apt.command("apt-get").args(["-q", "download", package]).current_dir(work),
        &work.join("log"),
    )?;
    fs::read_dir(work)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| path.extension() == Some(OsStr::new("deb")))
        .with_context(|| format!("apt-get downloaded no .deb of {package}"))
}

/// The versioned package that `linux-source` stands for now, as `apt-cache depends` tells it.
fn newest_source(depends: &str) -> Option<&str> {
    depends.lines().find_map(|line| {
        let package = line.trim().strip_prefix("Depends: ")?;
        package.starts_with("linux-source-").then_some(package)
    })
}

fn unpack(work: &Path, package: &Path, source: &Path) -> Result<()> {
    let log = work.join("log");
    let unpacked = work.join("package");
    run_logged(Command::new("dpkg-deb").arg("-x").arg(package).arg(&unpacked), &log)?;
    let folder = unpacked.join("usr/src");
    let archive = fs::read_dir(&folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| path.to_string_lossy().ends_with(".tar.xz"))
        .with_context(|| format!("no source archive in {}", folder.display()))?;
    let partial = work.join("source.partial");
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    fs::create_dir(&partial)?;
    let mut tar = Command::new("tar");
    tar.arg("-xJf").arg(archive).arg("-C").arg(&partial).arg("--strip-components=1");
    for part in LEFT_OUT {
        tar.arg(format!("--exclude=*/{part}"));
    }
    run_logged(&mut tar, &log)?;
    fs::remove_dir_all(&unpacked)?;
    fs::rename(&partial, source)?;
    fs::remove_file(package)?;
    Ok(())
}

fn configure(source: &Path, fragment: &Path, log: &Path) -> Result<()> {
    fs::copy(source.join("arch/um/configs/x86_64_defconfig"), source.join(".config"))?;
    run_logged(
        Command::new(source.join("scripts/kconfig/merge_config.sh"))
            .args(["-m", ".config"])
            .arg(fragment)
            .env("ARCH", "um")
            .current_dir(source),
        log,
    )?;
    run_logged(make(source).arg("olddefconfig"), log)?;
    let config = fs::read_to_string(source.join(".config"))?;
    let missing: Vec<&str> =
        WANTED.into_iter().filter(|option| !is_enabled(&config, option)).collect();
    ensure!(missing.is_empty(), "Kconfig dropped {}", missing.join(", "));
    Ok(())
}

fn is_enabled(config: &str, option: &str) -> bool {
    config.lines().any(|line| line.strip_prefix(option) == Some("=y"))
}

/// `make` at low priority: the build must not take the desk's machine from its user.
fn make(source: &Path) -> Command {
    let mut command = Command::new("nice");
    command.args(["-n", "10", "make", "ARCH=um"]).current_dir(source);
    command
}

/// An apt that knows one suite of Debian and shares nothing with the host's but the keyring.
struct PrivateApt {
    config: PathBuf,
}

impl PrivateApt {
    fn new(work: &Path) -> Result<Self> {
        let root = work.join("apt");
        for folder in ["etc", "lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(root.join(folder))?;
        }
        let at = |name: &str| root.join(name).display().to_string();
        fs::write(
            root.join("etc/sources.list"),
            format!("deb [signed-by={ARCHIVE_KEYRING}] {} {SUITE} main\n", debian_mirror()),
        )?;
        fs::write(root.join("status"), "")?;
        let config = root.join("apt.conf");
        let text = format!(
            "Dir::Etc \"{}\";\nDir::Etc::sourcelist \"{}\";\nDir::Etc::sourceparts \"-\";\n\
             Dir::State::lists \"{}\";\nDir::State::status \"{}\";\nDir::Cache \"{}\";\n\
             Acquire::Languages \"none\";\nAPT::Sandbox::User \"root\";\n",
            at("etc"),
            at("etc/sources.list"),
            at("lists"),
            at("status"),
            at("cache"),
        );
        fs::write(&config, text)?;
        Ok(Self { config })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("APT_CONFIG", &self.config);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_package_is_read_from_apts_answer() {
        let answer = "linux-source\n  Depends: linux-source-7.3\n  Suggests: build-essential\n";
        assert_eq!(newest_source(answer), Some("linux-source-7.3"));
        assert_eq!(newest_source("linux-source\n"), None);
    }

    #[test]
    fn only_a_built_in_option_counts_as_enabled() {
        let config = "CONFIG_DRM_VKMS=y\nCONFIG_UHID=m\n# CONFIG_VT is not set\n";
        assert!(is_enabled(config, "CONFIG_DRM_VKMS"));
        assert!(!is_enabled(config, "CONFIG_UHID"));
        assert!(!is_enabled(config, "CONFIG_VT"));
        assert!(!is_enabled(config, "CONFIG_DRM"));
    }
}
