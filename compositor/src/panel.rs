//! The panel that the phone has: what its profile says of it, and what clients and shell are told.

use std::time::Duration;

use smithay::{
    output::{Mode, Output, PhysicalProperties, Scale, Subpixel},
    utils::{Physical, Size},
};
use units::Transform;

use crate::State;

/// The panel that the phone has, whatever stands behind it at the moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Name of the output, as clients see it.
    pub name: String,
    /// Who made the phone.
    pub make: String,
    /// Which phone it is.
    pub model: String,
    /// Physical pixels, before the transform.
    pub size_px: (i32, i32),
    /// Millimetres, before the transform.
    pub size_mm: (i32, i32),
    /// Physical pixels to a logical one.
    pub scale: f64,
    /// Refresh rate in thousandths of a hertz.
    pub refresh_mhz: i32,
    /// How the picture is turned.
    pub transform: Transform,
    /// How wide the edges are that gestures start in, millimetres.
    pub edges: shell::EdgeWidths,
    /// What the sides lose to a notch or round corners, physical pixels as seen.
    pub safe_px: [f64; 4],
    /// Radius of the panel's corners, physical pixels.
    pub corner_radius_px: f64,
    /// Where the panel has no pixels, as seen: left, top, width, height in physical pixels.
    pub cutouts_px: Vec<[f64; 4]>,
}

impl Panel {
    /// The panel as the shell sees it.
    pub(crate) fn output_info(&self) -> shell::OutputInfo {
        let seen =
            self.transform.seen_size(units::PhysicalSize::new(self.size_px.0, self.size_px.1));
        let mm = self.transform.seen_size(units::PhysicalSize::new(self.size_mm.0, self.size_mm.1));
        let logical = |px: f64| px / self.scale;
        let size = units::Size::new(logical(seen.width.into()), logical(seen.height.into()));
        let [top, right, bottom, left] = self.safe_px.map(logical);
        let rect = |[x, y, w, h]: [f64; 4]| {
            units::Rect::new(units::Point::new(x, y), units::Size::new(w, h)) / self.scale
        };
        shell::OutputInfo {
            size,
            scale: self.scale,
            // Without a size in millimetres, a logical pixel is 1/160 of an inch by definition.
            density: if mm.width > 0 { f64::from(mm.width) / size.width } else { 25.4 / 160.0 },
            edges: self.edges,
            safe: units::Insets::new(top, right, bottom, left),
            corner_radius: logical(self.corner_radius_px),
            cutouts: self.cutouts_px.iter().copied().map(rect).collect(),
        }
    }

    /// Time between two refreshes.
    pub(crate) fn interval(&self) -> Duration {
        Duration::from_secs_f64(1_000.0 / f64::from(self.refresh_mhz.max(1_000)))
    }

    /// Tells clients of the panel.
    fn describe(&self, output: &Output) {
        let size: Size<i32, Physical> = self.size_px.into();
        let mode = Mode { size, refresh: self.refresh_mhz };
        let transform = self.smithay_transform();
        let scale = Scale::Fractional(self.scale);
        output.change_current_state(Some(mode), Some(transform), Some(scale), Some((0, 0).into()));
        output.set_preferred(mode);
    }

    /// The same panel with other pixels: as large in logical pixels, at another scale.
    pub(crate) fn at_scale(&self, scale: f64) -> Self {
        let factor = scale / self.scale;
        let px = |px: f64| px * factor;
        let side = |side: i32| ((f64::from(side) * factor).round() as i32).max(1);
        Self {
            size_px: (side(self.size_px.0), side(self.size_px.1)),
            scale,
            safe_px: self.safe_px.map(px),
            corner_radius_px: px(self.corner_radius_px),
            cutouts_px: self.cutouts_px.iter().map(|cutout| cutout.map(px)).collect(),
            ..self.clone()
        }
    }

    /// The same panel, held a quarter turn further to the left, as if it were mounted so.
    pub(crate) fn turned(&self) -> Self {
        let width = f64::from(self.size_px.0);
        let [top, right, bottom, left] = self.safe_px;
        let cutouts = self.cutouts_px.iter().map(|[x, y, w, h]| [*y, width - x - w, *h, *w]);
        Self {
            size_px: (self.size_px.1, self.size_px.0),
            size_mm: (self.size_mm.1, self.size_mm.0),
            safe_px: [right, bottom, left, top],
            cutouts_px: cutouts.collect(),
            ..self.clone()
        }
    }

    /// Smithay's form of the transform.
    pub(crate) fn smithay_transform(&self) -> smithay::utils::Transform {
        use smithay::utils::Transform as T;
        match self.transform {
            Transform::Normal => T::Normal,
            Transform::R90 => T::_90,
            Transform::R180 => T::_180,
            Transform::R270 => T::_270,
            Transform::Flipped => T::Flipped,
            Transform::Flipped90 => T::Flipped90,
            Transform::Flipped180 => T::Flipped180,
            Transform::Flipped270 => T::Flipped270,
        }
    }

    /// The output that clients see for as long as the compositor runs.
    pub(crate) fn make_output(&self) -> Output {
        let properties = PhysicalProperties {
            size: self.size_mm.into(),
            subpixel: Subpixel::Unknown,
            make: self.make.clone(),
            model: self.model.clone(),
        };
        let output = Output::new(self.name.clone(), properties);
        self.describe(&output);
        output
    }
}

impl State {
    /// The panel has another size, density or turn from now on: a window was resized, a connector
    /// offers other modes. Clients keep their output.
    pub fn set_panel(&mut self, panel: Panel) {
        if panel == self.screen.panel {
            return;
        }
        panel.describe(&self.screen.output);
        self.screen.schedule.set_interval(panel.interval());
        self.screen.schedule.reset();
        let info = panel.output_info();
        self.screen.panel = panel;
        self.host.set_output_size(info.size);
        self.tell(shell::Event::Output(info));
        self.tell_scale();
    }

    /// Draws everything anew at once: there is something to draw on again.
    pub fn output_ready(&mut self) {
        self.screen.schedule.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notched() -> Panel {
        Panel {
            name: "panel".into(),
            make: "Purje".into(),
            model: "test".into(),
            size_px: (1080, 2160),
            size_mm: (68, 136),
            scale: 3.0,
            refresh_mhz: 60_000,
            transform: Transform::Normal,
            edges: shell::EdgeWidths::uniform(4.0),
            safe_px: [80.0, 0.0, 0.0, 0.0],
            corner_radius_px: 90.0,
            cutouts_px: vec![[400.0, 0.0, 280.0, 80.0]],
        }
    }

    #[test]
    fn a_turned_phone_has_its_notch_at_the_side_and_four_turns_change_nothing() {
        let turned = notched().turned();
        assert_eq!(turned.size_px, (2160, 1080));
        assert_eq!(turned.safe_px, [0.0, 0.0, 0.0, 80.0]);
        assert_eq!(turned.cutouts_px, [[0.0, 400.0, 80.0, 280.0]]);
        assert_eq!(turned.turned().turned().turned(), notched());
    }

    #[test]
    fn another_scale_keeps_the_logical_size() {
        let (phone, window) = (notched(), notched().at_scale(1.25));
        let (phone, window) = (phone.output_info(), window.output_info());
        assert!((phone.size - window.size).to_vector().length() < 1.0, "{:?}", window.size);
        let moved = phone.cutouts[0].origin - window.cutouts[0].origin;
        assert!(moved.length() < 1.0, "{:?}", window.cutouts);
    }

    #[test]
    fn a_mounted_turn_swaps_what_the_user_sees() {
        let panel = Panel { transform: Transform::R90, ..notched() };
        assert_eq!(panel.output_info().size, units::Size::new(720.0, 360.0));
    }
}
