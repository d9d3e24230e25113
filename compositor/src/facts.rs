//! What the compositor is told at its start: the phone's profile, the user's configuration, and
//! the command line above both. What is wrong in a file is said, with its place and what mends
//! it, and the rest is used.

use config::{Config, Diagnostic};
use device_profile::{Catalogue, Profile, default_dirs, machine_compatibles};

use crate::{Options, Panel};

/// See the module's documentation.
pub(crate) struct Facts {
    pub(crate) profile: Profile,
    pub(crate) panel: Panel,
    pub(crate) settings: shell::Settings,
    pub(crate) keyboard: (String, String),
    pub(crate) clock_24h: bool,
    /// Whether unlocking asks for the device code, where one is set.
    pub(crate) require_code: bool,
}

/// Gathers them.
pub(crate) fn gather(options: &Options) -> Facts {
    let paths = match &options.config {
        Some(path) => vec![path.clone()],
        None => config::default_paths(),
    };
    let (config, diagnostics) = config::load(&paths, None);
    say(&diagnostics);
    let mut profile = profile(options.device.as_deref());
    if let Some((width, height)) = options.size {
        profile = profile.resized(units::PhysicalSize::new(width, height));
    }
    let mut panel = Panel::of(&profile);
    if let Some(scale) = options.scale.or(config.display.scale) {
        panel.scale = scale;
    }
    if let Some(refresh) = options.refresh {
        panel.refresh_mhz = (refresh * 1_000.0).round() as i32;
    }
    if let Some(edge) = config.input.edge_mm {
        panel.edges = shell::EdgeWidths::uniform(edge);
    }
    Facts {
        profile,
        panel,
        settings: settings(&config),
        keyboard: (config.input.keyboard_layout.clone(), config.input.keyboard_variant.clone()),
        clock_24h: config.look.clock_24h,
        require_code: config.lock.require_code,
    }
}

fn say(diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        tracing::warn!("{diagnostic}");
    }
}

/// The profile that was asked for, else the machine's own, else that of a phone like many.
fn profile(device: Option<&str>) -> Profile {
    let catalogue = Catalogue::open(&default_dirs());
    let (profile, diagnostics) = match device {
        Some(device) => catalogue.find(device),
        None => catalogue.detect(&machine_compatibles()),
    };
    say(&diagnostics);
    profile.unwrap_or_else(|| {
        if let Some(device) = device {
            let known = catalogue.ids().join(", ");
            tracing::warn!("no profile {device:?}; using generic-phone; there are: {known}");
        }
        Profile::generic_phone()
    })
}

fn settings(config: &Config) -> shell::Settings {
    let accent = config.look.accent.map(|c| u32::from_be_bytes([0, c.r, c.g, c.b]));
    shell::Settings {
        reduced_motion: config.look.reduced_motion,
        high_contrast: config.look.high_contrast,
        wallpaper: config.look.wallpaper.clone(),
        accent,
        wide_edges: config.input.wide_edges,
        left_handed: config.input.left_handed,
        // Whether there is a code is the verifier's to say, unless none is to be asked for.
        code: if config.lock.require_code {
            shell::CodeState::Unknown
        } else {
            shell::CodeState::None
        },
        power: power_policy::Settings {
            dim_after: config.display.dim_after(),
            blank_after: config.display.blank_after(),
            locked_blank_after: config.display.locked_blank_after(),
            lock_grace: config.lock.grace(),
        },
    }
}

impl Panel {
    /// The panel that a profile describes.
    fn of(profile: &Profile) -> Self {
        let panel = &profile.panel;
        let mm = panel.size_mm.value;
        let edges = profile.edge_widths_mm();
        let cutouts: Vec<_> = profile.cutouts().iter().map(|cutout| cutout.bounds()).collect();
        Self {
            name: "panel".into(),
            make: "Purje".into(),
            model: profile.identity.name.clone(),
            size_px: (panel.size_px.width, panel.size_px.height),
            size_mm: (mm.width.round() as i32, mm.height.round() as i32),
            scale: panel.scale.value,
            refresh_mhz: (profile.refresh_hz() * 1_000.0).round() as i32,
            transform: profile.transform(),
            edges: shell::EdgeWidths {
                left: edges.left,
                right: edges.right,
                top: edges.top,
                bottom: edges.bottom,
            },
            safe_px: safe(&cutouts, profile.size_px()),
            corner_radius_px: profile.corner_radius_px().into(),
            cutouts_px: cutouts
                .iter()
                .map(|c| [c.min_x(), c.min_y(), c.width(), c.height()].map(f64::from))
                .collect(),
        }
    }
}

/// What each side (top, right, bottom, left) loses to the cutouts that reach it.
fn safe(cutouts: &[units::PhysicalRect], seen: units::PhysicalSize) -> [f64; 4] {
    let mut safe = [0; 4];
    for cutout in cutouts {
        // The side that it costs least to keep clear of is the one that the cutout belongs to.
        let cost = [
            cutout.max_y(),
            seen.width - cutout.min_x(),
            seen.height - cutout.min_y(),
            cutout.max_x(),
        ];
        if let Some((side, cost)) = cost.into_iter().enumerate().min_by_key(|(_, cost)| *cost) {
            safe[side] = safe[side].max(cost);
        }
    }
    safe.map(f64::from)
}

#[cfg(test)]
mod tests {
    use units::{PhysicalPoint, PhysicalRect, PhysicalSize};

    use super::safe;

    #[test]
    fn a_notch_costs_the_side_it_sits_at() {
        let seen = PhysicalSize::new(1080, 2160);
        let notch = PhysicalRect::new(PhysicalPoint::new(400, 0), PhysicalSize::new(280, 80));
        assert_eq!(safe(&[notch], seen), [80.0, 0.0, 0.0, 0.0]);
        let turned = PhysicalRect::new(PhysicalPoint::new(0, 400), PhysicalSize::new(80, 280));
        assert_eq!(safe(&[turned], PhysicalSize::new(2160, 1080)), [0.0, 0.0, 0.0, 80.0]);
        assert_eq!(safe(&[], seen), [0.0; 4]);
    }
}
