//! What the user is told about a file that is wrong.

use std::{fs, path::PathBuf, time::Duration};

use purje_config::{Color, Config, Document, load};
use tempfile::TempDir;

struct Files {
    dir: TempDir,
    paths: Vec<PathBuf>,
}

impl Files {
    fn of(texts: &[&str]) -> Self {
        let dir = TempDir::new().expect("a folder for the test");
        let mut files = Self { dir, paths: Vec::new() };
        for (i, text) in texts.iter().enumerate() {
            files.paths.push(files.dir.path().join(format!("{i}.toml")));
            files.write(i, text);
        }
        files
    }

    fn write(&self, i: usize, text: impl AsRef<[u8]>) {
        fs::write(&self.paths[i], text).expect("writing a file of the test");
    }

    /// The settings, and what is wrong with the folder's name left out.
    fn load(&self, last_good: Option<&Config>) -> (Config, Vec<String>) {
        let (config, diagnostics) = load(&self.paths, last_good);
        let prefix = format!("{}/", self.dir.path().display());
        let lines = diagnostics.iter().map(|d| d.to_string().replace(&prefix, "")).collect();
        (config, lines)
    }
}

#[test]
fn all_keys_of_a_good_file_take_effect() {
    let files = Files::of(&[r##"
[display]
dim_after_s = 0
blank_after_s = 2.5
locked_blank_after_s = 20
scale = 2.5
[input]
edge_mm = 4
wide_edges = true
left_handed = true
keyboard_layout = "us,ru"
keyboard_variant = "dvorak,"
[look]
wallpaper = "sea.png"
accent = "#3D7ea6"
reduced_motion = true
high_contrast = true
clock_24h = false
[lock]
require_code = false
grace_s = 5
"##]);
    let (config, wrong) = files.load(None);
    assert_eq!(wrong, [""; 0]);
    assert_eq!(config.display.dim_after(), None);
    assert_eq!(config.display.blank_after(), Duration::from_millis(2500));
    assert_eq!(config.display.locked_blank_after(), Duration::from_secs(20));
    assert_eq!(config.display.scale, Some(2.5));
    assert_eq!(config.input.edge_mm, Some(4.0));
    assert!(config.input.wide_edges && config.input.left_handed);
    assert_eq!(config.input.keyboard_layout, "us,ru");
    assert_eq!(config.input.keyboard_variant, "dvorak,");
    assert_eq!(config.look.wallpaper, Some(files.dir.path().join("sea.png")));
    assert_eq!(config.look.accent, Some(Color { r: 0x3d, g: 0x7e, b: 0xa6 }));
    assert!(config.look.reduced_motion && config.look.high_contrast && !config.look.clock_24h);
    assert!(!config.lock.require_code);
    assert_eq!(config.lock.grace(), Duration::from_secs(5));
}

#[test]
fn everything_wrong_is_said_at_once_with_place_cause_and_mend() {
    let files = Files::of(&[r##"[display]
dim_after_s = "soon"
scale = 40
[look]
acent = "#123456"
accent = "blue"
clock_24h = 1
[lokc]
grace_s = 2
"##]);
    let (config, wrong) = files.load(None);
    assert_eq!(config, Config::default());
    assert_eq!(
        wrong,
        [
            "0.toml:2:15: `dim_after_s` is \"soon\"; give a number of seconds from 0 to 86400",
            "0.toml:3:9: `scale` is 40; give a number of physical pixels to a logical one from \
             0.5 to 10",
            "0.toml:5:1: [look] knows no `acent`; did you mean `accent`?",
            "0.toml:6:10: `accent` is \"blue\"; give a colour such as \"#3d7ea6\"",
            "0.toml:7:13: `clock_24h` is 1; give true or false",
            "0.toml:8:2: the file knows no `lokc`; did you mean `lock`?",
        ]
    );
}

#[test]
fn a_wrong_key_leaves_the_others_in_effect_and_keeps_its_last_good_value() {
    let files = Files::of(&["[display]\ndim_after_s = 60\nblank_after_s = 5\n"]);
    let (good, wrong) = files.load(None);
    assert_eq!(wrong, [""; 0]);
    files.write(0, "[display]\ndim_after_s = -1\nblank_after_s = 9\n");
    let (config, wrong) = files.load(Some(&good));
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert_eq!(config.display.dim_after_s, 60.0);
    assert_eq!(config.display.blank_after_s, 9.0);
    files.write(0, "");
    assert_eq!(files.load(Some(&config)).0, Config::default(), "what is gone is gone");
}

#[test]
fn at_the_start_a_wrong_key_falls_to_the_file_before() {
    let files =
        Files::of(&["[look]\naccent = \"#010203\"\n", "[look]\naccent = 7\nclock_24h = false\n"]);
    let (config, wrong) = files.load(None);
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert_eq!(config.look.accent, Some(Color { r: 1, g: 2, b: 3 }));
    assert!(!config.look.clock_24h);
}

#[test]
fn a_torn_file_changes_only_what_it_still_says() {
    let files = Files::of(&["[lock]\nrequire_code = true\ngrace_s = 4\n[look]\nclock_24h = false"]);
    let (good, _) = files.load(None);
    files.write(0, "[lock]\ngrace_s = 7\n[look\nclock_24h");
    let (config, wrong) = files.load(Some(&good));
    assert!(wrong.iter().any(|w| w.starts_with("0.toml:3:")), "{wrong:?}");
    assert_eq!(config.lock.grace_s, 7.0);
    assert!(!config.look.clock_24h);
}

#[test]
fn each_slip_of_grammar_is_told_and_a_wrong_value_is_told_by_what_it_should_be() {
    let files = Files::of(&[
        "[lock]\ngrace_s = = 3\nrequire_code = yes\n[look\naccent \"x\"\n[display]\n[display]\n",
    ]);
    let (_, wrong) = files.load(None);
    assert_eq!(
        wrong,
        [
            "0.toml:2:11: extra `=`; write one `key = value` a line, below a [section]",
            "0.toml:2:13: unexpected key or value, expected newline, `#`; write one `key = \
             value` a line, below a [section]",
            "0.toml:3:16: `require_code` is yes; give true or false",
            "0.toml:4:6: unclosed table, expected `]`; complete it, as in [section] or key = value",
            "0.toml:5:8: key with no value, expected `=`; write one `key = value` a line, below \
             a [section]",
            "0.toml:7:2: duplicate key; keep one of the two",
        ]
    );
}

#[test]
fn files_that_cannot_be_read_are_named_and_the_rest_is_used() {
    let mut files = Files::of(&["[lock]\ngrace_s = 1\n", "", ""]);
    files.write(1, b"[look]\n# caf\xe9\n");
    fs::remove_file(&files.paths[2]).expect("the test's own file");
    files.paths.push(files.dir.path().to_owned());
    let (config, wrong) = files.load(None);
    assert_eq!(config.lock.grace_s, 1.0);
    assert_eq!(wrong[0], "1.toml:2:6: not UTF-8 from here on; save the file as UTF-8");
    assert!(wrong[1].starts_with("2.toml: cannot be read: "), "{wrong:?}");
    assert!(wrong[2].contains("not a regular file"), "{wrong:?}");
}

#[test]
fn columns_count_characters() {
    let files = Files::of(&["[look]\naccent = { \"дом\" = 1, x = 2 }\n\"ключ\" = 1 # й\n"]);
    let (_, wrong) = files.load(None);
    assert!(wrong[0].starts_with("0.toml:2:10: `accent` is {"), "{wrong:?}");
    assert!(wrong[1].starts_with("0.toml:3:1: [look] knows no `ключ`; remove it"), "{wrong:?}");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "([a-z_\\[\\]\"'#={}.,\\n é0-9-]|display|scale|\\[look\\]\n){0,60}") {
        let document = Document::new("x.toml".as_ref(), text);
        document.check(|file| {
            file.section("look", |s| s.is_present());
        });
    }
}
