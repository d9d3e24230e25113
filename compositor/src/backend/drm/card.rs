//! A card: a device that can show pictures, opened through the seat.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use device_profile::Profile;
use smithay::{
    backend::drm::{DrmDevice, DrmDeviceFd, DrmDeviceNotifier},
    reexports::drm::Device as _,
    utils::DeviceFd,
};

use super::{
    canvases,
    connectors::{self, Head},
    scanout::Scanout,
};
use crate::{options::RendererKind, seat::Seat};

/// A card that was opened and found to be able to set modes.
pub(super) struct Card {
    pub(super) device: DrmDevice,
    pub(super) path: PathBuf,
    /// What the kernel calls its driver.
    pub(super) driver: String,
    /// Where the panel is, as far as it was found.
    pub(super) head: Option<Head>,
    /// The descriptor, to be given back.
    fd: DeviceFd,
    /// Whether it was found to have no GPU that draws.
    no_gpu: bool,
}

impl Card {
    /// Opens the card at `path` if the panel is at one of its connectors.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(super) fn open(
        seat: &mut Seat,
        path: &Path,
        profile: &Profile,
    ) -> Result<Option<(Self, DrmDeviceNotifier)>> {
        let fd = seat.open(path)?;
        let drm = DrmDeviceFd::new(fd.clone());
        // Looks before it takes: a card that shows nothing of ours is left as it is.
        let head = match connectors::find(&drm, profile, None) {
            Ok(Some(head)) => head,
            Ok(None) => {
                tracing::info!("{}: no screen is connected", path.display());
                drop(drm);
                seat.close(fd);
                return Ok(None);
            }
            Err(error) => {
                tracing::info!("{} sets no modes: {error}", path.display());
                drop(drm);
                seat.close(fd);
                return Ok(None);
            }
        };
        let driver = drm
            .get_driver()
            .map(|driver| driver.name().to_string_lossy().into_owned())
            .unwrap_or_default();
        match DrmDevice::new(drm, true) {
            Ok((device, notifier)) => {
                let head = Some(head);
                let path = path.to_owned();
                Ok(Some((Self { device, path, driver, head, fd, no_gpu: false }, notifier)))
            }
            Err(error) => {
                seat.close(fd);
                Err(error).with_context(|| format!("error taking {}", path.display()))
            }
        }
    }

    /// The card's number in the kernel.
    pub(super) fn id(&self) -> u64 {
        self.device.device_id()
    }

    /// What draws by its GPU, if it has one and `kind` wants it.
    pub(super) fn gpu(&mut self, kind: RendererKind) -> Option<Box<dyn Scanout>> {
        if self.no_gpu {
            return None;
        }
        let gpu = canvases::by_gpu(self.device.device_fd(), &self.driver, kind);
        self.no_gpu = gpu.is_none();
        gpu
    }

    /// Gives the card back. Its event source and everything drawn on it must be gone.
    pub(super) fn close(self, seat: &mut Seat) {
        let Self { device, fd, .. } = self;
        drop(device);
        seat.close(fd);
    }
}
