//! `zwlr_screencopy_manager_v1`: pictures of the screen, for tools.
//!
//! Principles
//! - A picture is what the user would see: while locked, the lock; while the display is off, none.
//! - A picture with damage waits until something has changed since the last one of the same
//!   manager; one without is drawn at once.
//! - Pixels are copied into shared memory; there is no cursor to overlay.

use smithay::{
    reexports::{
        wayland_protocols_wlr::screencopy::v1::server::{
            zwlr_screencopy_frame_v1::{self, Flags, ZwlrScreencopyFrameV1},
            zwlr_screencopy_manager_v1::{self, ZwlrScreencopyManagerV1},
        },
        wayland_server::{
            Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource as _,
            backend::ClientId,
            protocol::{wl_buffer::WlBuffer, wl_shm::Format},
        },
    },
    wayland::shm::{BufferData, with_buffer_contents_mut},
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};
use units::Time;

use crate::{State, clients::may_see, render::Image};

const INTERFACE: &str = "zwlr_screencopy_manager_v1";

/// Bytes of a pixel.
const PIXEL: usize = 4;

/// The pictures that wait for something to change.
#[derive(Debug, Default)]
pub(crate) struct Screencopy {
    waiting: Vec<(ZwlrScreencopyFrameV1, WlBuffer)>,
}

/// How many frames had been presented when the manager's last picture was taken.
type LastTaken = Arc<AtomicU64>;

/// Part of the picture, physical pixels as seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Region {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

/// What a frame object stands for.
#[derive(Debug)]
pub(crate) struct FrameData {
    /// `None` when there is nothing to copy.
    region: Option<Region>,
    used: AtomicBool,
    last: LastTaken,
}

/// Offers the protocol.
pub(super) fn offer(display: &DisplayHandle) {
    display.create_global::<State, ZwlrScreencopyManagerV1, ()>(3, ());
}

impl GlobalDispatch<ZwlrScreencopyManagerV1, ()> for State {
    fn bind(
        _: &mut Self,
        _: &DisplayHandle,
        _: &Client,
        manager: New<ZwlrScreencopyManagerV1>,
        (): &(),
        init: &mut DataInit<'_, Self>,
    ) {
        // Nothing was taken yet, so whatever is shown counts as changed.
        init.init(manager, LastTaken::new(AtomicU64::new(u64::MAX)));
    }

    fn can_view(client: Client, (): &()) -> bool {
        may_see(INTERFACE)(&client)
    }
}

impl Dispatch<ZwlrScreencopyManagerV1, LastTaken> for State {
    fn request(
        state: &mut Self,
        _: &Client,
        _: &ZwlrScreencopyManagerV1,
        request: zwlr_screencopy_manager_v1::Request,
        last: &LastTaken,
        _: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        use zwlr_screencopy_manager_v1::Request as R;
        let (frame, region) = match request {
            R::CaptureOutput { frame, .. } => (frame, Some(state.whole_picture())),
            R::CaptureOutputRegion { frame, x, y, width, height, .. } => {
                (frame, state.region([x, y, width, height]))
            }
            _ => return,
        };
        let data = FrameData { region, used: AtomicBool::new(false), last: last.clone() };
        let frame = init.init(frame, data);
        let Some(region) = region else {
            frame.failed();
            return;
        };
        let stride = region.width * PIXEL as u32;
        frame.buffer(Format::Xrgb8888, region.width, region.height, stride);
        if frame.version() >= zwlr_screencopy_frame_v1::EVT_BUFFER_DONE_SINCE {
            frame.buffer_done();
        }
    }
}

impl Dispatch<ZwlrScreencopyFrameV1, FrameData> for State {
    fn request(
        state: &mut Self,
        _: &Client,
        frame: &ZwlrScreencopyFrameV1,
        request: zwlr_screencopy_frame_v1::Request,
        data: &FrameData,
        _: &DisplayHandle,
        _: &mut DataInit<'_, Self>,
    ) {
        use zwlr_screencopy_frame_v1::{Error, Request as R};
        let (buffer, with_damage) = match request {
            R::Copy { buffer } => (buffer, false),
            R::CopyWithDamage { buffer } => (buffer, true),
            _ => return,
        };
        if data.used.swap(true, Ordering::Relaxed) {
            frame.post_error(Error::AlreadyUsed, "this frame was copied already");
            return;
        }
        let Some(region) = data.region else {
            frame.failed();
            return;
        };
        if !fits(&buffer, region) {
            frame.post_error(Error::InvalidBuffer, "not the shared memory that was asked for");
            return;
        }
        if with_damage && data.last.load(Ordering::Relaxed) == state.screen.frames {
            state.globals.screencopy.waiting.push((frame.clone(), buffer));
            return;
        }
        state.copy(frame, &buffer, with_damage);
    }

    fn destroyed(state: &mut Self, _: ClientId, frame: &ZwlrScreencopyFrameV1, _: &FrameData) {
        state.globals.screencopy.waiting.retain(|(waiting, _)| waiting != frame);
    }
}

impl State {
    /// A frame was presented that differs from the one before: gives those who waited for it
    /// their picture.
    pub(crate) fn copy_to_waiting(&mut self) {
        for (frame, buffer) in std::mem::take(&mut self.globals.screencopy.waiting) {
            self.copy(&frame, &buffer, true);
        }
    }

    fn copy(&mut self, frame: &ZwlrScreencopyFrameV1, buffer: &WlBuffer, with_damage: bool) {
        let Some(data) = frame.data::<FrameData>() else { return };
        let Some(region) = data.region else { return };
        let image = match self.capture() {
            Ok(image) => image,
            Err(error) => {
                tracing::debug!("no picture for a client: {error:#}");
                frame.failed();
                return;
            }
        };
        if !write(&image, buffer, region) {
            frame.failed();
            return;
        }
        data.last.store(self.screen.frames, Ordering::Relaxed);
        frame.flags(Flags::empty());
        if with_damage {
            frame.damage(0, 0, region.width, region.height);
        }
        let (high, low, nanos) = seconds(self.clock.now());
        frame.ready(high, low, nanos);
    }

    fn whole_picture(&self) -> Region {
        let (width, height) = self.screen.panel.size_px;
        let seen = self.screen.panel.transform.seen_size(units::PhysicalSize::new(width, height));
        Region { x: 0, y: 0, width: seen.width.max(0) as u32, height: seen.height.max(0) as u32 }
    }

    /// What a client's region, in logical pixels, covers of the picture.
    fn region(&self, [x, y, width, height]: [i32; 4]) -> Option<Region> {
        let whole = self.whole_picture();
        let scale = self.screen.panel.scale;
        let pixel = |logical: i64, end: u32| (logical as f64 * scale).clamp(0.0, end.into());
        let (left, top) = (pixel(x.into(), whole.width), pixel(y.into(), whole.height));
        let right = pixel(i64::from(x) + i64::from(width), whole.width);
        let bottom = pixel(i64::from(y) + i64::from(height), whole.height);
        let (left, top) = (left.floor() as u32, top.floor() as u32);
        let (right, bottom) = (right.ceil() as u32, bottom.ceil() as u32);
        (right > left && bottom > top).then(|| Region {
            x: left,
            y: top,
            width: right - left,
            height: bottom - top,
        })
    }
}

/// Whether the buffer is shared memory of just the announced form.
fn fits(buffer: &WlBuffer, region: Region) -> bool {
    with_buffer_contents_mut(buffer, |_, len, data| {
        form(data, region) && end(data, region).is_some_and(|end| end <= len)
    })
    .unwrap_or(false)
}

fn form(data: BufferData, region: Region) -> bool {
    matches!(data.format, Format::Xrgb8888 | Format::Argb8888)
        && data.width as u32 == region.width
        && data.height as u32 == region.height
        && data.stride as usize == region.width as usize * PIXEL
        && data.offset >= 0
}

/// Where the buffer's bytes end in its pool.
fn end(data: BufferData, region: Region) -> Option<usize> {
    let len = (data.stride as usize).checked_mul(region.height as usize)?;
    usize::try_from(data.offset).ok()?.checked_add(len)
}

/// Copies the region's pixels; false if the client has taken its memory away meanwhile, or the
/// picture has another size by now.
fn write(image: &Image, buffer: &WlBuffer, region: Region) -> bool {
    if region.x + region.width > image.width || region.y + region.height > image.height {
        return false;
    }
    let row_bytes = region.width as usize * PIXEL;
    with_buffer_contents_mut(buffer, |pool, len, data| {
        if !form(data, region) || end(data, region).is_none_or(|end| end > len) {
            return false;
        }
        for row in 0..region.height as usize {
            let from =
                ((region.y as usize + row) * image.width as usize + region.x as usize) * PIXEL;
            let pixels = &image.data[from..from + row_bytes];
            let to = data.offset as usize + row * data.stride as usize;
            // SAFETY: `to + row_bytes` is at most `end`, which lies within the pool's `len` bytes,
            // mapped for as long as this runs. The memory is the client's to change at any time,
            // so it is written by pointer, without a reference to it.
            #[expect(unsafe_code, reason = "memory shared with a client")]
            unsafe {
                std::ptr::copy_nonoverlapping(pixels.as_ptr(), pool.add(to), row_bytes);
            }
        }
        true
    })
    .unwrap_or(false)
}

/// A time in the three parts of the protocol.
fn seconds(at: Time) -> (u32, u32, u32) {
    let nanos = at.as_nanos();
    let seconds = nanos / 1_000_000_000;
    ((seconds >> 32) as u32, seconds as u32, (nanos % 1_000_000_000) as u32)
}
