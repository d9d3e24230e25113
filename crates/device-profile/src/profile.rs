//! A device as the rest of the phone asks about it.

use units::{Density, Millimetres, PhysicalSize, Scale, SizeMm, Transform, euclid::SideOffsets2D};

use crate::{Cutout, glob};

/// Widths of the strips along the edges of the glass in which edge gestures begin.
pub type EdgeWidths = SideOffsets2D<f64, Millimetres>;

/// One device.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Which device it is.
    pub identity: Identity,
    /// How far it is supported.
    pub support: Support,
    /// Its display.
    pub panel: Panel,
    /// Its touchscreen.
    pub touch: Touch,
    /// Its keys and switches.
    pub keys: Vec<Key>,
    /// Where the keys are known from.
    pub keys_provenance: Provenance,
}

/// Which device a profile is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What the profile is called; also its file's name without `.toml`.
    pub id: String,
    /// What the device is sold as.
    pub name: String,
    /// What porters call it.
    pub codename: Option<String>,
    /// System on chip.
    pub soc: Option<String>,
    /// Model numbers.
    pub models: Vec<String>,
    /// Strings of the devicetree's root `compatible` that only this device has.
    pub dt_compatible: Vec<String>,
    /// Where this is known from.
    pub provenance: Provenance,
}

/// How far a device is supported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Support {
    /// What its kernel offers, if known.
    pub tier: Option<Tier>,
    /// What is known not to work, in words for its owner.
    pub not_working: Vec<String>,
}

/// What kernel gives a device its display.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tier {
    /// No hardware: a stand-in.
    Virtual,
    /// Plain mainline.
    Mainline,
    /// A fork close to mainline.
    Fork,
    /// The vendor's kernel under an Android adaptation; no DRM.
    Halium,
}

/// Where a group of facts comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// How far to trust it.
    pub confidence: Confidence,
    /// Where it was read; `None` if nobody had to read it anywhere.
    pub source: Option<String>,
}

/// How far a group of facts can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Nobody has looked.
    Unknown,
    /// A published page or a maintainer's word.
    SpecSheet,
    /// Read in a driver's source or a shipped configuration.
    Driver,
    /// Read in a devicetree.
    Devicetree,
    /// Measured on a device.
    Measured,
    /// No fact but a choice, as for a device that does not exist.
    Chosen,
}

/// Where a single value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The profile says so.
    Stated,
    /// Computed from what the profile says.
    Derived,
    /// The profile says nothing from which it would follow; this is the usual value.
    Assumed,
}

/// A value with where it comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

/// A display as it is mounted: sizes and places are of what is scanned out.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Its mode's size, in physical pixels.
    pub size_px: PhysicalSize,
    /// Size of its lit part.
    pub size_mm: Known<SizeMm>,
    /// Frames a second.
    pub refresh_hz: Known<f64>,
    /// Physical pixels to a logical one.
    pub scale: Known<f64>,
    /// How content is turned before it reaches the panel.
    pub transform: Transform,
    /// Radius of its rounded corners in physical pixels, if known.
    pub corner_radius_px: Option<u32>,
    /// Its holes.
    pub cutouts: Vec<Cutout>,
    /// Names of the connectors it may be at, best first, with `*` and `?`.
    pub connectors: Vec<String>,
    /// Whether a mode of this size and rate is to be made where the driver lists none.
    pub custom_mode: bool,
    /// Devicetree compatibles of the panels that are built into this device.
    pub variants: Vec<String>,
    /// Where this is known from.
    pub provenance: Provenance,
}

/// A touchscreen.
#[derive(Clone, Debug, PartialEq)]
pub struct Touch {
    /// Names of its input device, with `*` and `?`; empty if not known.
    pub names: Vec<String>,
    /// How its axes lie to the panel's as mounted.
    pub axes: Transform,
    /// Widths of the strips in which edge gestures begin, as the user sees the sides.
    pub edges_mm: Known<EdgeWidths>,
    /// Whether a daemon in user space computes the touches: without it the device is silent.
    pub requires_daemon: bool,
    /// Where this is known from.
    pub provenance: Provenance,
}

/// A key or switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Name of its input device, with `*` and `?`.
    pub device: String,
    /// Its code as in `linux/input-event-codes.h`: of a switch if the role is one, else of a key.
    pub code: u16,
    /// What it is for.
    pub role: KeyRole,
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyRole {
    /// Display on and off, the power menu.
    Power,
    /// Louder.
    VolumeUp,
    /// Softer.
    VolumeDown,
    /// The camera's trigger.
    Camera,
    /// The switch under a lid or cover.
    Lid,
}

impl Profile {
    /// What the profile is called.
    pub fn id(&self) -> &str {
        &self.identity.id
    }

    /// Size of the picture as the user sees it, in physical pixels.
    pub fn size_px(&self) -> PhysicalSize {
        self.panel.transform.seen_size(self.panel.size_px)
    }

    /// Size of the picture as the user sees it, in millimetres.
    pub fn size_mm(&self) -> SizeMm {
        self.panel.transform.seen_size(self.panel.size_mm.value)
    }

    /// Physical pixels to a logical one.
    pub fn scale(&self) -> Scale {
        Scale::new(self.panel.scale.value)
    }

    /// Millimetres of a logical pixel: the mean of both directions.
    pub fn density(&self) -> Density {
        let (px, mm) = (self.panel.size_px.to_f64(), self.panel.size_mm.value);
        let mm_per_px = (mm.width / px.width + mm.height / px.height) / 2.0;
        Density::new(mm_per_px * self.panel.scale.value)
    }

    /// How content is turned before it reaches the panel.
    pub fn transform(&self) -> Transform {
        self.panel.transform
    }

    /// Frames a second.
    pub fn refresh_hz(&self) -> f64 {
        self.panel.refresh_hz.value
    }

    /// Radius of the rounded corners in physical pixels; zero if not known.
    pub fn corner_radius_px(&self) -> u32 {
        self.panel.corner_radius_px.unwrap_or(0)
    }

    /// The holes, in physical pixels of the picture as the user sees it.
    pub fn cutouts(&self) -> Vec<Cutout> {
        let Panel { size_px, transform, .. } = self.panel;
        let seen = |c: &Cutout| Cutout { shape: c.shape.seen(size_px, transform), ..c.clone() };
        self.panel.cutouts.iter().map(seen).collect()
    }

    /// Widths of the strips in which edge gestures begin, in millimetres.
    pub fn edge_widths_mm(&self) -> EdgeWidths {
        self.touch.edges_mm.value
    }

    /// Whether an input device of this name is the touchscreen. `None` if the profile does not
    /// know its name.
    pub fn is_touchscreen(&self, name: &str) -> Option<bool> {
        let names = &self.touch.names;
        (!names.is_empty()).then(|| names.iter().any(|pattern| glob::matches(pattern, name)))
    }

    /// What the key `code` of the input device `name` is for.
    pub fn key_role(&self, name: &str, code: u16) -> Option<KeyRole> {
        let is = |key: &&Key| key.code == code && glob::matches(&key.device, name);
        self.keys.iter().find(is).map(|key| key.role)
    }

    /// How well a connector of this name fits the panel; the least is the best. `None` if it does
    /// not.
    pub fn connector_rank(&self, name: &str) -> Option<usize> {
        self.panel.connectors.iter().position(|pattern| glob::matches(pattern, name))
    }

    /// The same device with a picture of another size, as in a window: equally dense, without the
    /// holes and round corners whose places are no longer known. `seen` is as the user sees it.
    pub fn resized(mut self, seen: PhysicalSize) -> Self {
        let size_px = self.panel.transform.inverse().seen_size(seen.max(PhysicalSize::new(1, 1)));
        if size_px == self.panel.size_px {
            return self;
        }
        let (old_px, old_mm) = (self.panel.size_px.to_f64(), self.panel.size_mm.value);
        let value = SizeMm::new(
            old_mm.width * f64::from(size_px.width) / old_px.width,
            old_mm.height * f64::from(size_px.height) / old_px.height,
        );
        self.panel.size_mm = Known { value, origin: Origin::Derived };
        self.panel.size_px = size_px;
        self.panel.cutouts.clear();
        self.panel.corner_radius_px = None;
        self
    }
}
