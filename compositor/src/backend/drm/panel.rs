//! The panel as it is driven.

use smithay::reexports::drm::control::Mode;

use super::modes;
use crate::Panel;

impl Panel {
    /// The panel as it is driven in `mode`, where that is not the one that was wanted: equally
    /// dense unless the driver knows better, and without what is known of the wanted one's form.
    pub(super) fn driven(&self, mode: Mode, mm: Option<(i32, i32)>) -> Self {
        let size_px = modes::size_of(mode);
        let refresh_mhz = modes::refresh_mhz(mode).max(1_000);
        if size_px == self.size_px {
            return Self { refresh_mhz, ..self.clone() };
        }
        let scaled = |mm: i32, old: i32, new: i32| {
            (f64::from(mm) * f64::from(new) / f64::from(old.max(1))).round() as i32
        };
        let size_mm = mm.unwrap_or((
            scaled(self.size_mm.0, self.size_px.0, size_px.0),
            scaled(self.size_mm.1, self.size_px.1, size_px.1),
        ));
        Self {
            size_px,
            size_mm,
            refresh_mhz,
            safe_px: [0.0; 4],
            corner_radius_px: 0.0,
            cutouts_px: Vec::new(),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::drm::modes::Wish;

    fn notched() -> Panel {
        Panel {
            name: "panel".into(),
            make: "Purje".into(),
            model: "test".into(),
            size_px: (1080, 2160),
            size_mm: (68, 136),
            scale: 3.0,
            refresh_mhz: 60_000,
            transform: units::Transform::Normal,
            edges: shell::EdgeWidths::uniform(4.0),
            safe_px: [80.0, 0.0, 0.0, 0.0],
            corner_radius_px: 90.0,
            cutouts_px: vec![[400.0, 0.0, 280.0, 80.0]],
        }
    }

    fn mode(width: i32, height: i32, hz: i32) -> Mode {
        let wish = Wish { size_px: (width, height), refresh_mhz: hz * 1_000, custom: true };
        wish.rank(&[])[0]
    }

    #[test]
    fn in_its_own_mode_the_panel_keeps_its_form_and_takes_the_modes_rate() {
        let driven = notched().driven(mode(1080, 2160, 90), Some((300, 200)));
        assert!(driven.refresh_mhz.abs_diff(90_000) < 20, "{}", driven.refresh_mhz);
        assert_eq!(Panel { refresh_mhz: 60_000, ..driven }, notched());
    }

    #[test]
    fn in_another_mode_it_has_no_notch_and_is_as_dense_unless_the_driver_knows_better() {
        let driven = notched().driven(mode(540, 2160, 60), None);
        assert_eq!((driven.size_px, driven.size_mm), ((540, 2160), (34, 136)));
        assert_eq!((driven.safe_px, driven.corner_radius_px), ([0.0; 4], 0.0));
        assert!(driven.cutouts_px.is_empty());
        let monitor = notched().driven(mode(1920, 1080, 60), Some((510, 290)));
        assert_eq!((monitor.size_px, monitor.size_mm), ((1920, 1080), (510, 290)));
    }
}
