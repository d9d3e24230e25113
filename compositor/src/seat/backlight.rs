//! The panel's backlight, as the kernel offers it in sysfs. It is read here and written by logind,
//! who may.

use std::{
    fs,
    path::{Path, PathBuf},
};

use shell::Display;

/// A dimmed panel has this share of its light.
const DIMMED: f64 = 0.3;

/// A backlight with the level that the user had it at.
#[derive(Debug)]
pub(crate) struct Backlight {
    folder: PathBuf,
    name: String,
    max: u32,
    /// The level before it was dimmed.
    undimmed: Option<u32>,
}

impl Backlight {
    /// The backlight in `class` (`/sys/class/backlight`) that the kernel's documentation prefers:
    /// the firmware's, then the platform's, then the bare register.
    pub(crate) fn find(class: &Path) -> Option<Self> {
        let entries = fs::read_dir(class).ok()?;
        let mut found: Vec<(usize, Self)> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let name = entry.file_name().into_string().ok()?;
                let folder = entry.path();
                let max = number(&folder.join("max_brightness")).filter(|max| *max > 0)?;
                let kind = fs::read_to_string(folder.join("type")).unwrap_or_default();
                let order = ["firmware", "platform", "raw"];
                let rank = order.iter().position(|known| *known == kind.trim()).unwrap_or(3);
                Some((rank, Self { folder, name, max, undimmed: None }))
            })
            .collect();
        found.sort_by(|(a, first), (b, second)| (a, &first.name).cmp(&(b, &second.name)));
        found.into_iter().next().map(|(_, backlight)| backlight)
    }

    /// The name that logind knows it by.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The level to set for `display`; `None` leaves it as it is. A dark panel needs none: its
    /// output is switched off.
    pub(crate) fn level_for(&mut self, display: Display) -> Option<u32> {
        match display {
            Display::On => self.undimmed.take(),
            Display::Off => None,
            Display::Dim if self.undimmed.is_some() => None,
            Display::Dim => {
                let level = number(&self.folder.join("brightness"))?.min(self.max);
                // Level 0 switches some panels off.
                let dimmed = ((f64::from(level) * DIMMED).round() as u32).max(1);
                (dimmed < level).then(|| {
                    self.undimmed = Some(level);
                    dimmed
                })
            }
        }
    }
}

fn number(file: &Path) -> Option<u32> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(class: &Path, name: &str, kind: &str, level: &str, max: &str) {
        let folder = class.join(name);
        fs::create_dir(&folder).expect("a folder");
        for (file, text) in [("type", kind), ("brightness", level), ("max_brightness", max)] {
            fs::write(folder.join(file), format!("{text}\n")).expect("written");
        }
    }

    #[test]
    fn the_firmwares_is_preferred_and_a_broken_one_passed_over() {
        let class = tempfile::tempdir().expect("a folder");
        assert!(Backlight::find(class.path()).is_none());
        assert!(Backlight::find(Path::new("/nonexistent")).is_none());
        panel(class.path(), "broken", "firmware", "5", "0");
        panel(class.path(), "intel", "raw", "5", "100");
        panel(class.path(), "acpi", "firmware", "5", "10");
        assert_eq!(Backlight::find(class.path()).expect("one").name(), "acpi");
    }

    #[test]
    fn light_comes_back_as_it_was_before_it_was_dimmed() {
        let class = tempfile::tempdir().expect("a folder");
        panel(class.path(), "panel", "raw", "200", "255");
        let mut light = Backlight::find(class.path()).expect("one");
        assert_eq!(light.level_for(Display::On), None, "it was not dimmed");
        assert_eq!(light.level_for(Display::Dim), Some(60));
        assert_eq!(light.level_for(Display::Dim), None);
        assert_eq!(light.level_for(Display::Off), None);
        assert_eq!(light.level_for(Display::On), Some(200));
    }

    #[test]
    fn what_is_hardly_lit_is_not_dimmed_to_darkness() {
        let class = tempfile::tempdir().expect("a folder");
        panel(class.path(), "panel", "raw", "1", "255");
        let mut light = Backlight::find(class.path()).expect("one");
        assert_eq!(light.level_for(Display::Dim), None);
        assert_eq!(light.level_for(Display::On), None);
    }
}
