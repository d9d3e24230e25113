//! Profiles as files: the shipped ones, broken ones, and the choice between them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use purje_device_profile::{Catalogue, KeyRole, Origin, Precision, Profile, Tier};
use tempfile::TempDir;
use units::{PhysicalPoint, PhysicalSize, Transform};

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../device-profiles");

/// The least that is a device.
const LEAST: &str = r#"
format = 1
id = "least"
[identity]
name = "Least"
confidence = "chosen"
[support]
tier = "virtual"
[panel]
size_px = [1080, 2160]
confidence = "chosen"
"#;

fn shipped() -> Catalogue {
    Catalogue::open(&[PathBuf::from(SHIPPED)])
}

/// Reads `text` as a file; diagnostics without the folder's name.
fn read(text: &str) -> (Option<Profile>, Vec<String>) {
    let dir = TempDir::new().expect("a folder for the test");
    let path = dir.path().join("p.toml");
    fs::write(&path, text).expect("writing the test's file");
    let (profile, diagnostics) = Profile::load(&path);
    let prefix = format!("{}/", dir.path().display());
    (profile, diagnostics.iter().map(|d| d.to_string().replace(&prefix, "")).collect())
}

#[test]
fn every_shipped_profile_checks_clean_and_makes_a_phone() {
    let catalogue = shipped();
    assert!(catalogue.ids().len() >= 5, "{:?}", catalogue.ids());
    for id in catalogue.ids() {
        let (profile, diagnostics) = catalogue.by_id(id);
        assert!(diagnostics.is_empty(), "{diagnostics:#?}");
        let profile = profile.expect(id);
        let logical_width = f64::from(profile.size_px().width) / profile.scale().get();
        assert!((320.0..=480.0).contains(&logical_width), "{id}: {logical_width}");
        let finger = 7.0 / profile.density().get();
        assert!((30.0..=60.0).contains(&finger), "{id}: 7 mm are {finger} logical pixels");
        assert_eq!(profile.panel.size_mm.origin, Origin::Stated, "{id}");
    }
}

#[test]
fn the_built_in_profile_is_the_shipped_one() {
    let (profile, _) = shipped().by_id("generic-phone");
    assert_eq!(profile, Some(Profile::generic_phone()));
    let nothing = Catalogue::open(&[]);
    assert_eq!(nothing.ids(), ["generic-phone"]);
    assert_eq!(nothing.find("generic-phone").0, Some(Profile::generic_phone()));
}

#[test]
fn a_notched_handset_tells_its_notch_its_keys_and_its_touchscreen() {
    let (profile, _) = shipped().by_id("huawei-sydney");
    let profile = profile.expect("shipped");
    assert_eq!(profile.support.tier, Some(Tier::Halium));
    let cutouts = profile.cutouts();
    assert_eq!(cutouts.len(), 1);
    assert_eq!(cutouts[0].bounds().origin, PhysicalPoint::new(384, 0));
    assert_eq!(cutouts[0].bounds().size, PhysicalSize::new(312, 90));
    assert_eq!(cutouts[0].precision, Precision::Box);
    assert_eq!(profile.panel.scale.origin, Origin::Derived);
    assert_eq!(profile.scale().get(), 3.0);
    assert_eq!(profile.panel.corner_radius_px, None);
    assert_eq!(profile.key_role("hisi_on", 116), Some(KeyRole::Power));
    assert_eq!(profile.key_role("soc:hisi_gpio_key", 115), Some(KeyRole::VolumeUp));
    assert_eq!(profile.key_role("hisi_on", 115), None);
    assert_eq!(profile.is_touchscreen("huawei,ts_kit"), Some(true));
    assert_eq!(profile.is_touchscreen("fingerprint"), Some(false));
    assert_eq!(Profile::generic_phone().is_touchscreen("anything"), None);
    assert_eq!(profile.connector_rank("DSI-1"), Some(0));
    assert_eq!(profile.connector_rank("HDMI-A-1"), None);
}

#[test]
fn what_a_file_lacks_is_derived_or_assumed_and_says_so() {
    let (profile, wrong) = read(LEAST);
    assert_eq!(wrong, [""; 0]);
    let profile = profile.expect("it is whole");
    assert_eq!((profile.panel.scale.value, profile.panel.scale.origin), (3.0, Origin::Derived));
    assert_eq!(profile.panel.refresh_hz.origin, Origin::Assumed);
    assert_eq!(profile.panel.size_mm.origin, Origin::Assumed);
    assert!((profile.density().get() * 160.0 - 25.4).abs() < 1e-9);
    assert_eq!(profile.touch.edges_mm.origin, Origin::Assumed);

    let (profile, _) = read(&format!("{LEAST}diagonal_in = 6.0\n"));
    let mm = profile.expect("it is whole").panel.size_mm;
    assert_eq!(mm.origin, Origin::Derived);
    assert!((mm.value.width.hypot(mm.value.height) - 152.4).abs() < 1e-9);
}

#[test]
fn a_malformed_profile_is_told_all_that_is_wrong_with_it() {
    let (profile, wrong) = read(
        r#"format = 2
id = "Bad One"
[identity]
nmae = "X"
confidence = "driver"
[support]
tier = "forked"
[panel]
size_px = [1080]
size_mm = [136, "68"]
transform = "90deg"
cutouts = [{ rect = [0, 0, 5000, 10] }, {}]
confidence = "chosen"
[touch]
names = "cyttsp5"
[keys]
items = [{ device = "x", code = 116, role = "powr" }]
confidence = "chosen"
[[sensors]]
"#,
    );
    assert_eq!(profile, None);
    let expected = [
        "p.toml:1:10: format 2 is not known; this version reads format 1; use a newer Purje, or \
         an older profile",
        "p.toml:2:6: `id` is \"Bad One\"; give an id of small letters, digits and hyphens, in \
         double quotes",
        "p.toml:3:1: [identity] lacks `name`; add `name =` what the device is sold as in double \
         quotes",
        "p.toml:3:1: [identity] says how far to trust it but not where it was read; add `source =`",
        "p.toml:4:1: [identity] knows no `nmae`; did you mean `name`?",
        "p.toml:7:8: `tier` is \"forked\"; did you mean \"fork\"?",
        "p.toml:9:11: `size_px` is [1080]; give a list of 2 items in brackets, each a whole \
         number of pixels from 64 to 16384",
        "p.toml:10:17: `size_mm` is \"68\"; give a number of millimetres from 10 to 1000",
        "p.toml:11:13: `transform` is \"90deg\"; did you mean \"90\"?",
        "p.toml:12:41: a cutout needs one form; give either rect = [x, y, width, height] or \
         circle = [x, y, radius], in pixels",
        "p.toml:14:1: [touch] lacks `confidence`; add `confidence =` one of \"unknown\", \
         \"spec-sheet\", \"driver\", \"devicetree\", \"measured\", \"chosen\"",
        "p.toml:15:9: `names` is \"cyttsp5\"; give a list of 0 to 64 items in brackets, each a \
         device's name in double quotes",
        "p.toml:17:45: `role` is \"powr\"; did you mean \"power\"?",
        "p.toml:19:3: the file knows no `sensors`; remove it; known here: format, id, support, \
         identity, panel, touch, keys",
    ];
    for (wrong, expected) in wrong.iter().zip(expected) {
        assert_eq!(wrong, expected);
    }
    assert_eq!(wrong.len(), expected.len(), "{wrong:#?}");
}

#[test]
fn facts_that_contradict_each_other_are_told() {
    let (profile, wrong) = read(&format!("{LEAST}size_mm = [136, 68]\ndiagonal_in = 5\n"));
    assert!(profile.is_some());
    assert!(wrong[0].starts_with("p.toml:12:11: pixels would be 4.00 times"), "{wrong:?}");
    assert!(wrong[1].contains("makes a diagonal of 5.99 inches"), "{wrong:?}");
    let (profile, wrong) = read(&format!("{LEAST}cutouts = [{{ rect = [1000, 0, 100, 50] }}]\n"));
    assert_eq!(profile.map(|p| p.cutouts()), Some(Vec::new()));
    assert!(wrong[0].contains("does not lie on the panel"), "{wrong:?}");
}

#[test]
fn an_empty_or_foreign_file_is_no_device() {
    for text in ["", "name = 3", "\u{0}", "[panel", "id = \"x\"\nformat = 1\n"] {
        let (profile, wrong) = read(text);
        assert_eq!(profile, None, "{text:?}");
        assert!(!wrong.is_empty(), "{text:?}");
    }
    assert_eq!(Profile::load(Path::new("/nonexistent/p.toml")).1.len(), 1);
}

#[test]
fn an_unknown_id_is_answered_with_the_nearest() {
    let (profile, diagnostics) = shipped().find("huawei-g8");
    assert_eq!(profile, None);
    assert_eq!(
        diagnostics[0].to_string(),
        "huawei-g8: no device has this id; did you mean `huawei-g7`?"
    );
}

#[test]
fn a_machine_is_found_by_its_most_specific_name() {
    let names = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
    let id =
        |compatibles: &[&str]| shipped().detect(&names(compatibles)).0.map(|p| p.id().to_owned());
    assert_eq!(id(&["huawei,kiwi", "qcom,msm8939"]).as_deref(), Some("huawei-kiwi"));
    assert_eq!(id(&["huawei,g7", "qcom,msm8916"]).as_deref(), Some("huawei-g7"));
    assert_eq!(id(&["hisilicon,kirin710"]), None);
    assert_eq!(id(&[]), None);
}

#[test]
fn an_earlier_folder_hides_a_later_one_and_a_misnamed_file_is_told() {
    let dir = TempDir::new().expect("a folder for the test");
    let path = dir.path().join("huawei-g7.toml");
    fs::write(&path, LEAST).expect("writing the test's file");
    let catalogue = Catalogue::open(&[dir.path().to_owned(), PathBuf::from(SHIPPED)]);
    let (profile, diagnostics) = catalogue.by_id("huawei-g7");
    assert_eq!(profile.map(|p| p.id().to_owned()).as_deref(), Some("least"));
    assert!(diagnostics[0].cause.contains("`least`"), "{diagnostics:?}");
    assert!(catalogue.find(path.to_str().expect("UTF-8")).1.is_empty());
}

#[test]
fn a_turned_panel_is_seen_turned() {
    let (profile, _) = read(&format!(
        "{LEAST}size_mm = [68, 136]\ntransform = \"90\"\ncutouts = [{{ circle = [100, 60, 40] }}]\n"
    ));
    let profile = profile.expect("it is whole");
    assert_eq!(profile.transform(), Transform::R90);
    assert_eq!(profile.size_px(), PhysicalSize::new(2160, 1080));
    assert_eq!(profile.size_mm().width, 136.0);
    assert_eq!(profile.cutouts()[0].bounds().center(), PhysicalPoint::new(2100, 100));
}

#[test]
fn a_window_of_another_size_is_equally_dense() {
    let (profile, _) = shipped().by_id("huawei-sydney");
    let profile = profile.expect("shipped");
    let resized = profile.clone().resized(PhysicalSize::new(540, 1170));
    assert_eq!(resized.size_px(), PhysicalSize::new(540, 1170));
    assert!((resized.density().get() - profile.density().get()).abs() < 1e-9);
    assert!(resized.cutouts().is_empty());
    assert_eq!(profile.clone().resized(profile.size_px()), profile);
}
