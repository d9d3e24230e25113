//! What KMS scans out, read without the compositor's help.
//!
//! Root may ask the kernel for the buffers that a CRTC's planes show and map them. Planes are laid
//! over each other in the order primary, overlay, cursor, without scaling. Only linear buffers with
//! 32 bits a pixel are read, which is all that a compositor puts on vkms. A frame that is being
//! drawn may tear: for an exact picture the scene must be still.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use drm::buffer::DrmFourcc;
use drm::control::{Device as ControlDevice, connector, crtc, framebuffer, plane};
use drm::{ClientCapability, Device};
use memmap2::MmapOptions;

use crate::canvas::Canvas;

/// `O_CLOEXEC`, as the PRIME export wants it.
const CLOSE_ON_EXEC: u32 = rustix::fs::OFlags::CLOEXEC.bits();

/// A DRM device that we only look at.
pub(crate) struct Card(File);

impl AsFd for Card {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
impl Device for Card {}
impl ControlDevice for Card {}

/// The picture on a connector, or on the first that shows one.
///
/// # Errors
/// No such connector shows a picture, or its buffers are of a kind not known here.
pub(crate) fn scan(connector: Option<&str>) -> Result<Canvas> {
    let mut seen = Vec::new();
    for path in cards()? {
        let Ok(card) = open(&path) else { continue };
        for (name, crtc) in shown(&card, &mut seen)? {
            if connector.is_none_or(|wanted| wanted == name) {
                return read(&card, crtc).with_context(|| format!("cannot read {name}"));
            }
        }
    }
    bail!("no such connector shows a picture; there are: {}", seen.join(", "))
}

/// Device nodes of the cards, in the order of their numbers.
fn cards() -> Result<Vec<PathBuf>> {
    let mut cards: Vec<PathBuf> = match fs::read_dir("/dev/dri") {
        Ok(entries) => entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error).context("cannot list /dev/dri"),
    };
    cards.retain(|path| {
        path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"card"))
    });
    cards.sort();
    Ok(cards)
}

fn open(path: &PathBuf) -> Result<Card> {
    let file = File::options().read(true).write(true).open(path)?;
    let card = Card(file);
    // Whoever opens a card first becomes its master; that must not be us. When we are not, the
    // kernel says so, which is as good.
    let _ = card.release_master_lock();
    card.set_client_capability(ClientCapability::UniversalPlanes, true)?;
    card.set_client_capability(ClientCapability::Atomic, true)?;
    Ok(card)
}

/// The connectors that a CRTC drives. Notes what else there is in `seen`.
fn shown(card: &Card, seen: &mut Vec<String>) -> Result<Vec<(String, crtc::Handle)>> {
    let resources = card.resource_handles().context("cannot list the card's connectors")?;
    let mut shown = Vec::new();
    for &handle in resources.connectors() {
        let connector = card.get_connector(handle, false).context("cannot read a connector")?;
        let name = format!("{}-{}", connector.interface().as_str(), connector.interface_id());
        match driven_by(card, handle)? {
            Some(crtc) => shown.push((name, crtc)),
            None => seen.push(format!("{name} (dark)")),
        }
    }
    Ok(shown)
}

fn driven_by(card: &Card, connector: connector::Handle) -> Result<Option<crtc::Handle>> {
    let Some(crtc) = property(card, connector, "CRTC_ID")? else { return Ok(None) };
    let Some(crtc) = u32::try_from(crtc).ok().and_then(drm::control::from_u32::<crtc::Handle>)
    else {
        return Ok(None);
    };
    // A CRTC can stay bound while it is off.
    let active = property(card, crtc, "ACTIVE")?.unwrap_or(1) != 0;
    Ok(active.then_some(crtc))
}

fn property<T: drm::control::ResourceHandle>(
    card: &Card,
    handle: T,
    name: &str,
) -> Result<Option<u64>> {
    let values = card.get_properties(handle).context("cannot list properties")?;
    for (&property, &value) in &values {
        let info = card.get_property(property).context("cannot read a property")?;
        if info.name().to_bytes() == name.as_bytes() {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// A plane's place in the stack, position and buffer.
struct Layer {
    order: u8,
    x: i64,
    y: i64,
    framebuffer: framebuffer::Handle,
}

fn read(card: &Card, crtc: crtc::Handle) -> Result<Canvas> {
    let mode = card.get_crtc(crtc)?.mode().context("it has no mode")?;
    let (width, height) = mode.size();
    let mut canvas = Canvas::black(width.into(), height.into());
    let mut layers = Vec::new();
    for handle in card.plane_handles().context("cannot list planes")? {
        let plane = card.get_plane(handle).context("cannot read a plane")?;
        if let (true, Some(framebuffer)) = (plane.crtc() == Some(crtc), plane.framebuffer()) {
            layers.push(layer(card, handle, framebuffer)?);
        }
    }
    ensure!(!layers.is_empty(), "no plane shows a buffer");
    layers.sort_by_key(|layer| layer.order);
    for layer in &layers {
        draw(card, layer, &mut canvas)?;
    }
    Ok(canvas)
}

fn layer(card: &Card, plane: plane::Handle, framebuffer: framebuffer::Handle) -> Result<Layer> {
    // The kernel's plane types: 0 overlay, 1 primary, 2 cursor.
    let order = match property(card, plane, "type")? {
        Some(1) => 0,
        Some(2) => 2,
        _ => 1,
    };
    // Positions are signed 64-bit numbers in an unsigned field.
    let x = property(card, plane, "CRTC_X")?.unwrap_or(0).cast_signed();
    let y = property(card, plane, "CRTC_Y")?.unwrap_or(0).cast_signed();
    Ok(Layer { order, x, y, framebuffer })
}

fn draw(card: &Card, layer: &Layer, canvas: &mut Canvas) -> Result<()> {
    let info = card.get_planar_framebuffer(layer.framebuffer).context("the buffer is gone")?;
    let buffer = info.buffers()[0].context("the kernel hides the buffer: this needs root")?;
    let drawn = draw_buffer(card, layer, &info, buffer, canvas);
    // The handle was made for us by the question.
    card.close_buffer(buffer).context("cannot give back a buffer handle")?;
    drawn
}

fn draw_buffer(
    card: &Card,
    layer: &Layer,
    info: &framebuffer::PlanarInfo,
    buffer: drm::buffer::Handle,
    canvas: &mut Canvas,
) -> Result<()> {
    // Bytes in memory are blue, green, red, alpha for these two.
    let opaque = match info.pixel_format() {
        DrmFourcc::Xrgb8888 => true,
        DrmFourcc::Argb8888 => false,
        other => bail!("pixel format {other:?} is not known here"),
    };
    let (width, height) = info.size();
    let (pitch, offset) = (info.pitches()[0] as usize, info.offsets()[0] as usize);
    let length = offset + pitch * height as usize;
    let file =
        card.buffer_to_prime_fd(buffer, CLOSE_ON_EXEC).context("cannot export the buffer")?;
    // SAFETY: the mapping is read only as bytes, every value of which is valid. Another process may
    // write them meanwhile: then the picture tears, which this module's users know.
    #[expect(unsafe_code, reason = "mapping a buffer has no safe interface")]
    let bytes =
        unsafe { MmapOptions::new().len(length).map(&file) }.context("cannot map the buffer")?;
    for row in 0..height as usize {
        let start = offset + row * pitch;
        let pixels = bytes[start..start + width as usize * 4].chunks_exact(4);
        for (column, pixel) in pixels.enumerate() {
            let alpha = if opaque { 255 } else { pixel[3] };
            let colour = [pixel[2], pixel[1], pixel[0]];
            canvas.blend(layer.x + column as i64, layer.y + row as i64, colour, alpha);
        }
    }
    Ok(())
}
