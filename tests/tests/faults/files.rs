//! Files that are broken: what is wrong is said with its place and what mends it, and the phone
//! runs on.

use fixture::House;

/// The phone still shows something, and answers.
fn runs(house: &House) {
    assert_eq!(house.state()["view"], "lock");
    let pixels = house.screenshot("shot.png");
    assert!(pixels.iter().any(|byte| *byte != pixels[0]), "a picture, not one colour");
}

#[test]
fn a_profile_that_is_no_toml() {
    let house = House::new();
    let file = house.write("phone.toml", "format = 1\nid = \"phone\"\n[panel\nscale = 2\n");
    let _compositor = house.compositor(&["--device", &file]);
    house.until_logged("compositor", &["WARN", &format!("{file}:3:"), ";"]);
    runs(&house);
    let checked = house.purjectl(&["profile", "check", &file]).expect_err("it is broken");
    assert_eq!(checked.code, 4);
    assert!(checked.text.contains(&format!("{file}:3:")), "{checked:?}");
}

#[test]
fn a_profile_with_a_value_that_cannot_be() {
    let house = House::new();
    let text = "format = 1\nid = \"phone\"\n[identity]\nname = \"Phone\"\n[panel]\n\
                size_px = [1080, 2160]\nscale = \"big\"\ncolour = \"red\"\n";
    let file = house.write("phone.toml", text);
    let _compositor = house.compositor(&["--device", &file]);
    house.until_logged("compositor", &[&format!("{file}:7:"), "scale"]);
    house.until_logged("compositor", &[&format!("{file}:8:"), "colour"]);
    runs(&house);
}

#[test]
fn a_profile_that_is_not_there() {
    let house = House::new();
    let _compositor = house.compositor(&["--device", "generic-fone"]);
    house.until_logged("compositor", &["generic-fone", "generic-phone"]);
    runs(&house);
}

#[test]
fn a_configuration_with_mistakes() {
    let house = House::new();
    let text = "[look]\nclock_24h = \"yes\"\n[input]\nleft_haded = true\n[lock\n";
    let file = house.write("config/purje/config.toml", text);
    let _compositor = house.compositor(&[]);
    house
        .until_logged("compositor", &["WARN", &format!("{file}:2:"), "clock_24h", "true or false"]);
    house.until_logged("compositor", &[&format!("{file}:4:"), "left_haded", "left_handed"]);
    house.until_logged("compositor", &[&format!("{file}:5:")]);
    runs(&house);
    let checked = house.purjectl(&["config", "check"]).expect_err("it is broken");
    assert_eq!(checked.code, 4);
    assert!(checked.text.contains(&format!("{file}:4:")), "{checked:?}");
}

#[test]
fn a_configuration_that_was_asked_for_and_is_missing() {
    let house = House::new();
    let missing = house.path("missing.toml");
    let missing = missing.to_str().expect("text");
    let _compositor = house.compositor(&["--config", missing]);
    house.until_logged("compositor", &["WARN", missing]);
    runs(&house);
}

#[test]
fn a_desktop_file_with_mistakes() {
    let house = House::new();
    let broken = house.write("data/applications/broken.desktop", "[Desktop Entry\nName=x\n");
    let nameless = "[Desktop Entry]\nType=Application\nExec=true\n";
    let nameless = house.write("data/applications/nameless.desktop", nameless);
    house.app("good", "true", "");
    let _compositor = house.compositor(&[]);
    let _session = house.session();
    house.until_logged("session", &["WARN", &format!("{broken}:1:"), ";"]);
    house.until_logged("session", &["WARN", &nameless, "Name"]);
    let problems = house.tool(&["apps", "--problems"]);
    assert!(problems.contains(&format!("{broken}:1:")) && problems.contains(&nameless));
    assert!(house.tool(&["apps"]).contains("good"), "the others are there");
    let refused = house.purjectl(&["launch", "broken"]).expect_err("it is broken");
    assert!(refused.code == 1 || refused.code == 4, "{refused:?}");
    runs(&house);
}

#[test]
fn icons_that_are_no_pictures() {
    let house = House::new();
    let vector = house.write("broken.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><g></svg>");
    let pixels = house.write("broken.png", b"\x89PNG\r\n\x1a\nrubbish");
    house.app("vector", "true", &format!("Icon={vector}\n"));
    house.app("pixels", "true", &format!("Icon={pixels}\n"));
    let _compositor = house.compositor(&[]);
    let _session = house.session();
    house.unlock();
    house.swipe((0.5, 0.999), (0.5, 0.4));
    house.until("the app grid", |state| state["view"] == "grid");
    house.screenshot("grid.png");
    house.until_logged("compositor", &["WARN", &vector, "SVG", "replace the image"]);
    house.until_logged("compositor", &["WARN", &pixels, "PNG", "replace the image"]);
    house.tap("vector");
    house.until("the application's cover", |state| state["view"] == "app");
}

#[test]
fn a_font_that_is_none() {
    let house = House::new();
    // Of the family that is preferred to all others, in the folder that is looked at first.
    let font = house.write("data/fonts/Inter-Regular.ttf", "not a font");
    house.write("data/fonts/empty/Inter-Bold.ttf", "");
    let _compositor = house.compositor(&[]);
    house.until_logged("compositor", &["WARN", &font, "install it again"]);
    runs(&house);
}
