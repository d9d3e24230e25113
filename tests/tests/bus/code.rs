//! The device code, checked by the real `purje-auth`.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use compositor::Verifier;
use fixture::{Fixture, program};
use shell::{CodeState, Settings};

use crate::peers::{PrivateBus, Tool};

const ENTER: u32 = 28;

fn set_code(home: &Path, code: &str) {
    let mut child = Command::new(program("purje-auth"))
        .arg("set")
        .env("XDG_STATE_HOME", home)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("it was built");
    let mut input = child.stdin.take().expect("piped");
    write!(input, "{code}\n{code}\n").expect("it reads");
    drop(input);
    assert!(child.wait().expect("it ends").success());
}

fn enter(phone: &mut Fixture, code: &str) {
    // The codes of the keys 1 to 9 and 0 are 2 to 11.
    let keys = code.chars().map(|digit| match digit.to_digit(10).expect("a digit") {
        0 => 11,
        digit => digit + 1,
    });
    for key in keys.chain([ENTER]) {
        for pressed in [true, false] {
            let now = phone.state().clock().now();
            phone.state().key(key, pressed, now);
        }
        phone.advance(Duration::from_millis(40));
    }
}

fn phone_of(home: &Path) -> Fixture {
    let mut phone = Fixture::with(fixture::small_panel(), Settings::default());
    phone.state().use_verifier(Verifier::at(program("purje-auth"), home.to_owned()));
    phone
}

#[test]
fn the_right_code_opens_and_a_wrong_one_does_not() {
    let home = tempfile::tempdir().expect("a folder");
    set_code(home.path(), "2580");
    let bus = PrivateBus::start();
    let mut phone = phone_of(home.path());
    phone.state().connect_buses(bus.as_session());
    let tool = Tool::new(&mut phone, &bus);

    enter(&mut phone, "1111");
    let mut log = String::new();
    while !log.contains("\"wrong\"") {
        log = tool.ask(&mut phone, |compositor| compositor.log()).expect("it may");
    }
    assert!(phone.state().shell().is_locked());
    phone.rest();
    enter(&mut phone, "2580");
    phone.until("the right code", |state| !state.shell().is_locked());

    let log = tool.ask(&mut phone, |compositor| compositor.log()).expect("it may");
    assert!(!log.contains("digit"), "no code is in a record: {log}");
}

#[test]
fn whether_there_is_a_code_is_found_out_at_the_start_and_at_each_lock() {
    let home = tempfile::tempdir().expect("a folder");
    let mut phone = phone_of(home.path());
    phone.unlock();
    set_code(home.path(), "2580");
    phone.state().tell(shell::Event::Request(shell::Request::Lock));
    let size = phone.state().output_size();
    let (x, h) = (size.width / 2.0, size.height);
    phone.swipe((x, h * 0.8), (x, h * 0.2), 120);
    phone.rest();
    assert!(phone.state().shell().is_locked(), "a swipe is not enough any more");
}

#[test]
fn configuration_does_not_take_the_code_away() {
    let home = tempfile::tempdir().expect("a folder");
    set_code(home.path(), "2580");
    let mut phone = phone_of(home.path());
    let settings = Settings { code: CodeState::None, ..Settings::default() };
    phone.state().tell(shell::Event::Settings(settings));
    let size = phone.state().output_size();
    let (x, h) = (size.width / 2.0, size.height);
    phone.swipe((x, h * 0.8), (x, h * 0.2), 120);
    phone.rest();
    assert!(phone.state().shell().is_locked());
}

#[test]
fn a_verifier_that_is_missing_is_named_and_keeps_the_phone_locked() {
    let home = tempfile::tempdir().expect("a folder");
    set_code(home.path(), "2580");
    let bus = PrivateBus::start();
    let mut phone = Fixture::with(fixture::small_panel(), Settings::default());
    let missing = Verifier::at("/nonexistent/purje-auth".into(), home.path().to_owned());
    phone.state().use_verifier(missing);
    phone.state().connect_buses(bus.as_session());
    let tool = Tool::new(&mut phone, &bus);
    enter(&mut phone, "2580");
    let log = tool.ask(&mut phone, |compositor| compositor.log()).expect("it may");
    assert!(log.contains("/nonexistent/purje-auth") && log.contains("PURJE_AUTH"), "{log}");
    assert!(phone.state().shell().is_locked());
}
