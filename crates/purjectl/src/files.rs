//! Checking configuration and device profiles. No running Purje is needed.

use crate::failure::Failure;
use config::Diagnostic;
use device_profile::{Catalogue, Known, Origin, Profile, default_dirs};
use std::io::Write;
use std::path::PathBuf;

pub(crate) fn check_config(files: &[PathBuf], out: &mut dyn Write) -> Result<(), Failure> {
    let files = if files.is_empty() { config::default_paths() } else { files.to_vec() };
    let (_, faults) = config::load(&files, None);
    for file in &files {
        if !faults.iter().any(|fault| fault.path == *file) {
            line(out, &format!("{}: good", file.display()))?;
        }
    }
    if files.is_empty() {
        line(out, "no configuration file; defaults are in use")?;
    }
    report(&faults, out)
}

pub(crate) fn list_profiles(out: &mut dyn Write) -> Result<(), Failure> {
    let catalogue = Catalogue::open(&default_dirs());
    let ids = catalogue.ids();
    let width = ids.iter().map(|id| id.len()).max().unwrap_or(0);
    for id in ids {
        let (profile, faults) = catalogue.by_id(id);
        let name = profile.map_or("cannot be read".to_owned(), |profile| profile.identity.name);
        let mark = if faults.is_empty() { "" } else { "  (has faults: purjectl profile check)" };
        line(out, &format!("{id:width$}  {name}{mark}"))?;
    }
    Ok(())
}

pub(crate) fn show_profile(device: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let (profile, faults) = Catalogue::open(&default_dirs()).find(device);
    if let Some(profile) = profile {
        for (key, value) in facts(&profile) {
            line(out, &format!("{key:14}  {value}"))?;
        }
    }
    report(&faults, out)
}

pub(crate) fn check_profiles(devices: &[String], out: &mut dyn Write) -> Result<(), Failure> {
    let catalogue = Catalogue::open(&default_dirs());
    let all: Vec<String> = catalogue.ids().into_iter().map(str::to_owned).collect();
    let mut faults = Vec::new();
    for device in if devices.is_empty() { &all } else { devices } {
        let (_, wrong) = catalogue.find(device);
        if wrong.is_empty() {
            line(out, &format!("{device}: good"))?;
        }
        faults.extend(wrong);
    }
    report(&faults, out)
}

fn report(faults: &[Diagnostic], out: &mut dyn Write) -> Result<(), Failure> {
    for fault in faults {
        line(out, &fault.to_string())?;
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::faults(faults.len())) }
}

fn line(out: &mut dyn Write, text: &str) -> Result<(), Failure> {
    writeln!(out, "{text}").map_err(Failure::output)
}

fn facts(profile: &Profile) -> Vec<(&'static str, String)> {
    let (px, mm) = (profile.panel.size_px, profile.panel.size_mm.value);
    let edges = profile.touch.edges_mm.value;
    let keys = profile.keys.iter().map(|key| format!("{:?} ({})", key.role, key.code));
    let list = |items: &[String]| match items {
        [] => "unknown".to_owned(),
        items => items.join(", "),
    };
    vec![
        ("id", profile.id().to_owned()),
        ("name", profile.identity.name.clone()),
        ("models", list(&profile.identity.models)),
        ("devicetree", list(&profile.identity.dt_compatible)),
        ("panel", format!("{} x {} px", px.width, px.height)),
        (
            "panel size",
            format!("{:.1} x {:.1} mm{}", mm.width, mm.height, origin(&profile.panel.size_mm)),
        ),
        ("refresh", with_origin(&profile.panel.refresh_hz, " Hz")),
        ("scale", with_origin(&profile.panel.scale, "")),
        ("transform", format!("{:?}", profile.panel.transform)),
        ("cutouts", profile.panel.cutouts.len().to_string()),
        ("connectors", list(&profile.panel.connectors)),
        ("touchscreen", list(&profile.touch.names)),
        (
            "edges",
            format!(
                "top {}, right {}, bottom {}, left {} mm{}",
                edges.top,
                edges.right,
                edges.bottom,
                edges.left,
                origin(&profile.touch.edges_mm)
            ),
        ),
        ("keys", list(&keys.collect::<Vec<_>>())),
        (
            "not working",
            match profile.support.not_working.as_slice() {
                [] => "nothing known".to_owned(),
                items => items.join("; "),
            },
        ),
    ]
}

fn with_origin(known: &Known<f64>, unit: &str) -> String {
    format!("{}{unit}{}", known.value, origin(known))
}

fn origin<T>(known: &Known<T>) -> &'static str {
    match known.origin {
        Origin::Stated => "",
        Origin::Derived => " (derived)",
        Origin::Assumed => " (assumed)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_printed_and_counted() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("config.toml");
        std::fs::write(&file, "[no_such_section]\nx = 1\n").expect("a file");
        let mut out = Vec::new();
        let failure = check_config(std::slice::from_ref(&file), &mut out).expect_err("a fault");
        assert!(failure.to_string().contains("found"), "{failure}");
        let text = String::from_utf8(out).expect("text");
        assert!(text.contains("config.toml:1"), "{text}");

        std::fs::write(&file, "").expect("a file");
        let mut out = Vec::new();
        check_config(&[file], &mut out).expect("good");
        assert!(out.ends_with(b": good\n"));
    }

    #[test]
    fn the_built_in_profile_can_be_shown() {
        let facts = facts(&Profile::generic_phone());
        assert!(facts.iter().any(|(key, value)| *key == "id" && value == "generic-phone"));
        assert!(facts.iter().all(|(_, value)| !value.is_empty()));
    }
}
