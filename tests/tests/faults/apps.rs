//! Applications that do not start.

use fixture::House;
use serde_json::Value;

/// The word of a cover for its application's failure.
fn failure(house: &House, app: &str) -> String {
    let cover = |state: &Value| {
        let windows = state["windows"].as_array()?.iter();
        let mut failed = windows.filter(|window| window["app_id"] == app);
        failed.find(|window| window["state"] == "failed").cloned()
    };
    let state = house.until("the cover that says why", |state| cover(state).is_some());
    cover(&state).expect("just found")["reason"].as_str().expect("a text").to_owned()
}

#[test]
fn a_program_that_does_not_exist_is_named_to_the_caller_and_on_the_cover() {
    let house = House::new();
    let file = house.app("ghost", "/nonexistent/ghost --haunt", "");
    let _compositor = house.compositor(&[]);
    let _session = house.session();
    house.unlock();

    let refused = house.purjectl(&["launch", "ghost"]).expect_err("there is no program");
    assert_eq!(refused.code, 1);
    assert!(refused.text.contains("/nonexistent/ghost"), "{refused:?}");
    assert!(refused.text.contains(&format!("{file}:4")), "{refused:?}");
    let reason = failure(&house, "ghost");
    assert!(
        reason.contains("/nonexistent/ghost") && reason.contains("ghost.desktop:4"),
        "{reason}"
    );
}

#[test]
fn the_app_grid_ends_in_the_same_word() {
    let house = House::new();
    house.app("ghost", "/nonexistent/ghost", "");
    let _compositor = house.compositor(&[]);
    let _session = house.session();
    house.unlock();

    house.swipe((0.5, 0.999), (0.5, 0.4));
    house.until("the app grid", |state| state["view"] == "grid");
    house.rest();
    house.tap("ghost");
    let reason = failure(&house, "ghost");
    assert!(reason.contains("/nonexistent/ghost"), "{reason}");
    house.rest();
    house.tap("Close");
    house.until("home", |state| state["windows"].as_array().is_some_and(Vec::is_empty));
}

#[test]
fn a_program_that_ends_at_once_has_its_last_words_on_the_cover() {
    let house = House::new();
    let quitter = house.script("quitter", "#!/bin/sh\necho no ink left >&2\nexit 3\n");
    let crasher = house.script("crasher", "#!/bin/sh\nkill -SEGV $$\n");
    house.app("quitter", &quitter, "");
    house.app("crasher", &crasher, "");
    let _compositor = house.compositor(&[]);
    let _session = house.session();
    house.unlock();

    house.tool(&["launch", "quitter"]);
    let reason = failure(&house, "quitter");
    assert!(reason.contains("exit status 3") && reason.contains("no ink left"), "{reason}");
    house.tool(&["launch", "crasher"]);
    let reason = failure(&house, "crasher");
    assert!(reason.contains("SIGSEGV"), "{reason}");
}
