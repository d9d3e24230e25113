//! Processes that are killed, and what a lock must hold against.

use std::fs;

use fixture::{House, Process};

const CODE: &str = "2580";
/// Blue, green, red, opacity.
const ORANGE: [u8; 4] = [0x20, 0x80, 0xff, 0xff];

fn shows_orange(house: &House) -> bool {
    house.screenshot("shot.png").chunks_exact(3).any(|pixel| pixel == [0xff, 0x80, 0x20])
}

fn open_with_code(house: &House) {
    house.swipe_lock();
    house.until("the pad", |state| state["view"] == "pin");
    house.type_code(CODE);
    house.until("home", |state| state["locked"] == false && state["view"] == "home");
    house.rest();
}

#[test]
fn a_killed_session_manager_costs_no_window_and_no_lock() {
    let house = House::new();
    house.set_code(CODE);
    house.app("sleeper", "sleep 1000", "");
    let _compositor = house.compositor(&[]);
    let session = house.session();
    open_with_code(&house);
    let mut client = house.client();
    house.settle(&mut client);
    client.open("org.example.Orange", "Orange", ORANGE);
    house.settle(&mut client);
    house.until("the window", |state| state["front"] == "org.example.Orange");

    session.kill();
    house.until("its end", |state| state["session"] == false);
    let refused = house.purjectl(&["launch", "sleeper"]).expect_err("nobody starts it");
    assert!(refused.text.contains("purje-session"), "{refused:?}");
    house.tool(&["lock"]);
    house.until("the lock", |state| state["locked"] == true);
    house.swipe_lock();
    house.until("the pad", |state| state["view"] == "pin");
    house.type_code(CODE);
    let state = house.until("the unlock", |state| state["locked"] == false);
    let windows = state["windows"].as_array().expect("a list");
    let orange = windows.iter().find(|window| window["app_id"] == "org.example.Orange");
    assert!(orange.is_some_and(|window| window["state"] == "hidden"), "behind: {state}");

    let _session = house.session();
    assert!(house.tool(&["apps"]).contains("sleeper"));
    let started = house.purjectl(&["launch", "sleeper"]);
    started.expect("the new one starts what the old one could");
    house.tool(&["close", "sleeper"]);
}

/// A verifier that stands still before it looks at a code, while the house has the file `hold`.
fn held_verifier(house: &House) -> (Process, String) {
    let pid = house.path("pid").display().to_string();
    let script = format!(
        "#!/bin/sh\nif [ -e {hold} ]; then\n  grep SigBlk /proc/self/status > {mask}\n  \
         echo $$ > {pid}.new\n  mv {pid}.new {pid}\n  kill -STOP $$\nfi\nexec {real}\n",
        hold = house.write("hold", ""),
        mask = house.path("mask").display(),
        real = fixture::program("purje-auth").display(),
    );
    let verifier = house.script("held-auth", &script);
    (house.compositor_with(&[], &[("PURJE_AUTH", &verifier)]), pid)
}

#[test]
fn a_verifier_that_is_killed_at_its_work_opens_nothing_and_can_be_asked_again() {
    let house = House::new();
    house.set_code(CODE);
    let (_compositor, pid) = held_verifier(&house);
    house.swipe_lock();
    house.until("the pad", |state| state["view"] == "pin");
    house.rest();
    house.type_code(CODE);
    house.wait("the check", || fs::exists(&pid).is_ok_and(|there| there));
    let mask = fs::read_to_string(house.path("mask")).expect("it wrote it");
    assert_eq!(mask.trim(), "SigBlk:\t0000000000000000", "it hears all signals");
    fs::remove_file(house.path("hold")).expect("our own");
    let pid = fs::read_to_string(&pid).expect("a number").trim().parse().expect("a number");
    let pid = rustix::process::Pid::from_raw(pid).expect("a process");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("it runs");

    let said = "purje-auth ended; try again";
    let state = house.until("word of it", |state| state["nodes"].to_string().contains(said));
    assert_eq!((&state["locked"], &state["view"]), (&true.into(), &"pin".into()));
    house.rest();
    house.type_code(CODE);
    house.until("the unlock", |state| state["locked"] == false);
}

#[test]
fn a_code_is_asked_for_from_the_start_and_pictures_show_the_lock() {
    let house = House::new();
    house.set_code(CODE);
    let compositor = house.compositor(&[]);
    let state = house.until("the lock", |state| state["view"] == "lock");
    assert_eq!(state["locked"], true);
    let mut client = house.client();
    house.settle(&mut client);
    client.open("org.example.Orange", "Orange", ORANGE);
    house.settle(&mut client);
    assert!(!shows_orange(&house), "on the lock");
    house.swipe_lock();
    house.until("the pad", |state| state["view"] == "pin");
    assert!(!shows_orange(&house), "behind the pad");
    house.rest();
    house.type_code(CODE);
    house.until("the unlock", |state| state["locked"] == false);
    house.rest();
    house.tap("Orange");
    house.settle(&mut client);
    house.until("the window", |state| state["front"] == "org.example.Orange");
    house.rest();
    assert!(shows_orange(&house), "so it could be seen");

    // Whatever ends an open phone, it comes back closed.
    compositor.kill();
    let _compositor = house.compositor(&[]);
    let state = house.until("the lock", |state| state["view"] == "lock");
    assert_eq!(state["locked"], true);
    house.swipe_lock();
    house.until("the pad", |state| state["view"] == "pin" && state["locked"] == true);
}

#[test]
fn a_code_that_is_not_required_is_not_asked_for() {
    let house = House::new();
    house.set_code(CODE);
    house.configure("[lock]\nrequire_code = false\n");
    let _compositor = house.compositor(&[]);
    house.unlock();
    house.tool(&["lock"]);
    house.unlock();
}

#[test]
fn a_command_hears_all_signals() {
    let house = House::new();
    let mut compositor = house.compositor(&["--", "/bin/grep", "SigBlk", "/proc/self/status"]);
    assert_eq!(compositor.line(), "SigBlk:\t0000000000000000");
    assert_eq!(compositor.wait(), Some(0), "it ends with its command");
}
