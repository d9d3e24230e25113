//! Virtual panels: vkms devices made and changed through configfs.
//!
//! The phone has one panel on a device of its own; a second connector can be plugged. `remove` and
//! `add` take away the whole display device, as a driver that is unbound does.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Subcommand;

const DEVICE: &str = "/sys/kernel/config/vkms/phone";
/// Connectors made; the first is the panel, the second a socket that is empty at first.
const OUTPUTS: usize = 2;
/// vkms' numbers for a plane's type.
const PLANES: [(&str, &str); 3] = [("primary", "1"), ("overlay", "0"), ("cursor", "2")];

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(crate) enum Action {
    /// Make the phone's display device, if it is not there, and switch it on
    Add,
    /// Take the whole display device away
    Remove,
    /// Plug something into a connector (0 is the panel)
    Plug { connector: usize },
    /// Unplug a connector
    Unplug { connector: usize },
}

/// # Errors
/// The kernel refuses; the file written to is in the error.
pub(crate) fn act(action: &Action) -> Result<()> {
    let device = Path::new(DEVICE);
    match action {
        Action::Add => {
            if !device.exists() {
                make(device)?;
            }
            write(&device.join("enabled"), "1")
        }
        Action::Remove => write(&device.join("enabled"), "0"),
        Action::Plug { connector } => write(&status(device, *connector), "1"),
        Action::Unplug { connector } => write(&status(device, *connector), "2"),
    }
}

fn status(device: &Path, connector: usize) -> PathBuf {
    device.join(format!("connectors/connector{connector}/status"))
}

fn make(device: &Path) -> Result<()> {
    folder(device)?;
    for index in 0..OUTPUTS {
        let crtc = device.join(format!("crtcs/crtc{index}"));
        folder(&crtc)?;
        write(&crtc.join("writeback"), "1")?;
        for (name, kind) in PLANES {
            let plane = device.join(format!("planes/{name}{index}"));
            folder(&plane)?;
            write(&plane.join("type"), kind)?;
            link(&crtc, &plane.join("possible_crtcs/crtc"))?;
        }
        let encoder = device.join(format!("encoders/encoder{index}"));
        folder(&encoder)?;
        link(&crtc, &encoder.join("possible_crtcs/crtc"))?;
        let connector = device.join(format!("connectors/connector{index}"));
        folder(&connector)?;
        link(&encoder, &connector.join("possible_encoders/encoder"))?;
        write(&status(device, index), if index == 0 { "1" } else { "2" })?;
    }
    Ok(())
}

fn folder(path: &Path) -> Result<()> {
    told(fs::create_dir(path), "make", path)
}

fn link(to: &Path, path: &Path) -> Result<()> {
    told(symlink(to, path), "make the link", path)
}

fn write(path: &Path, text: &str) -> Result<()> {
    told(fs::write(path, text), "write", path)
}

fn told(result: io::Result<()>, what: &str, path: &Path) -> Result<()> {
    result.with_context(|| format!("cannot {what} {}", path.display()))
}
