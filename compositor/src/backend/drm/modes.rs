//! Which mode a panel is driven in.

use smithay::reexports::drm::control::{Mode, ModeTypeFlags};

/// The mode that a panel should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    /// Physical pixels, as the panel is mounted.
    pub(super) size_px: (i32, i32),
    /// Refresh rate in thousandths of a hertz.
    pub(super) refresh_mhz: i32,
    /// Whether a mode may be made up where the driver lists none that fits.
    pub(super) custom: bool,
}

/// Rates that differ by less are the same: drivers round clocks.
const SAME_RATE_MHZ: u32 = 1_500;

impl Wish {
    /// Modes to try, the best first; empty if there is none at all.
    pub(super) fn rank(&self, listed: &[Mode]) -> Vec<Mode> {
        let mut fitting: Vec<Mode> =
            listed.iter().copied().filter(|mode| size_of(*mode) == self.size_px).collect();
        fitting.sort_by_key(|mode| (self.distance(*mode), !is_preferred(*mode)));
        let exact = fitting.first().is_some_and(|mode| self.distance(*mode) < SAME_RATE_MHZ);
        let own = if self.custom && !exact { self.made_up() } else { None };
        let mut others: Vec<Mode> =
            listed.iter().copied().filter(|mode| size_of(*mode) != self.size_px).collect();
        // Drivers list the best first; where they name one, it is that.
        others.sort_by_key(|mode| !is_preferred(*mode));
        own.into_iter().chain(fitting).chain(others).collect()
    }

    fn distance(&self, mode: Mode) -> u32 {
        refresh_mhz(mode).abs_diff(self.refresh_mhz)
    }

    /// A mode of exactly this size and rate, with blanking that suits panels which take any.
    fn made_up(&self) -> Option<Mode> {
        let (width, height) = self.size_px;
        let (hdisplay, vdisplay) = (u16::try_from(width).ok()?, u16::try_from(height).ok()?);
        let (htotal, vtotal) = (hdisplay.checked_add(160)?, vdisplay.checked_add(40)?);
        let pixels = u64::from(htotal) * u64::from(vtotal);
        let refresh_mhz = u64::try_from(self.refresh_mhz).ok().filter(|rate| *rate > 0)?;
        // A clock is in kilohertz.
        let clock = u32::try_from((pixels * refresh_mhz).div_ceil(1_000_000)).ok()?;
        let mut name = [0; 32];
        // The last byte stays zero.
        for (to, byte) in name.iter_mut().take(31).zip(format!("{width}x{height}").bytes()) {
            *to = byte as std::ffi::c_char;
        }
        let mode = drm_ffi::drm_mode_modeinfo {
            clock,
            hdisplay,
            hsync_start: hdisplay + 48,
            hsync_end: hdisplay + 80,
            htotal,
            hskew: 0,
            vdisplay,
            vsync_start: vdisplay + 3,
            vsync_end: vdisplay + 8,
            vtotal,
            vscan: 0,
            vrefresh: u32::try_from((refresh_mhz + 500) / 1_000).ok()?,
            flags: 0,
            type_: ModeTypeFlags::USERDEF.bits(),
            name,
        };
        Some(Mode::from(mode))
    }
}

/// Physical pixels of a mode.
pub(super) fn size_of(mode: Mode) -> (i32, i32) {
    let (width, height) = mode.size();
    (width.into(), height.into())
}

/// Thousandths of a hertz of a mode; zero if it has no timings.
pub(super) fn refresh_mhz(mode: Mode) -> i32 {
    let pixels = u64::from(mode.hsync().2) * u64::from(mode.vsync().2);
    if pixels == 0 {
        return 0;
    }
    smithay::output::Mode::from(mode).refresh
}

fn is_preferred(mode: Mode) -> bool {
    mode.mode_type().contains(ModeTypeFlags::PREFERRED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(width: i32, height: i32, hz: i32) -> Wish {
        Wish { size_px: (width, height), refresh_mhz: hz * 1_000, custom: false }
    }

    fn listed(width: i32, height: i32, hz: i32, preferred: bool) -> Mode {
        let mode = wish(width, height, hz).made_up().expect("small numbers");
        let mut raw = drm_ffi::drm_mode_modeinfo::from(mode);
        raw.type_ = if preferred { ModeTypeFlags::PREFERRED.bits() } else { 0 };
        raw.into()
    }

    #[test]
    fn a_made_up_mode_has_the_size_and_rate_that_were_asked_for() {
        for (width, height, hz) in [(1080, 2160, 60), (720, 1440, 90), (1440, 3120, 120)] {
            let mode = wish(width, height, hz).made_up().expect("small numbers");
            assert_eq!(size_of(mode), (width, height));
            assert!(refresh_mhz(mode).abs_diff(hz * 1_000) < 20, "{}", refresh_mhz(mode));
            assert_eq!(mode.name().to_str(), Ok(format!("{width}x{height}").as_str()));
        }
    }

    #[test]
    fn sizes_that_no_panel_can_have_make_no_mode() {
        assert!(wish(-1, 10, 60).made_up().is_none());
        assert!(wish(70_000, 10, 60).made_up().is_none());
        assert!(wish(65_500, 10, 60).made_up().is_none());
        assert!(wish(100, 100, 0).made_up().is_none());
    }

    #[test]
    fn the_panels_own_size_comes_first_and_there_the_nearest_rate() {
        let modes = [
            listed(1024, 768, 60, true),
            listed(720, 1440, 60, false),
            listed(720, 1440, 90, false),
        ];
        let ranked = wish(720, 1440, 85).rank(&modes);
        assert_eq!(ranked, [modes[2], modes[1], modes[0]]);
    }

    #[test]
    fn without_the_size_the_preferred_mode_serves() {
        let modes = [listed(640, 480, 60, false), listed(1024, 768, 60, true)];
        assert_eq!(wish(720, 1440, 60).rank(&modes)[0], modes[1]);
        assert!(wish(720, 1440, 60).rank(&[]).is_empty());
    }

    #[test]
    fn a_mode_is_made_up_only_where_that_is_wanted_and_needed() {
        let modes = [listed(1024, 768, 60, true)];
        let custom = Wish { custom: true, ..wish(720, 1440, 60) };
        assert_eq!(size_of(custom.rank(&modes)[0]), (720, 1440));
        assert_eq!(custom.rank(&[]).len(), 1);
        let there = Wish { custom: true, ..wish(1024, 768, 60) };
        assert_eq!(there.rank(&modes), modes);
    }
}
