//! The lock: what opens it, what does not, and what nobody sees or touches meanwhile.

mod common;

use common::{Phone, output};
use power_policy::Display;
use purje_shell::{
    self as shell, AuthVerdict, ClientTouch, CodeState, Effect, Event, ExternalLock, Key,
    LockSurface, Picture, Place, Request, Settings, Target, Touch,
};
use scene::Role;
use units::Point;

fn locked_with_an_application() -> Phone {
    let mut phone = Phone::booted(CodeState::Set);
    unlock(&mut phone);
    phone.map("foot", None);
    phone.rest();
    phone.send(Event::LogindLock);
    phone
}

fn unlock(phone: &mut Phone) {
    phone.lift_curtain();
    phone.enter("1111");
    phone.verdict(AuthVerdict::Ok);
    phone.rest();
}

#[test]
fn a_phone_starts_locked_until_it_is_known_that_no_code_is_set() {
    for (code, place) in [
        (CodeState::Unknown, Place::Pin),
        (CodeState::Set, Place::Pin),
        (CodeState::None, Place::Home),
    ] {
        let mut phone = Phone::booted(code);
        assert_eq!(phone.place(), Place::Lock);
        phone.lift_curtain();
        assert_eq!(phone.place(), place, "{code:?}");
        assert_eq!(phone.shell.is_locked(), code != CodeState::None);
    }
}

#[test]
fn without_a_code_the_finger_sees_what_is_behind_the_curtain_and_can_let_it_fall() {
    let mut phone = Phone::booted(CodeState::None);
    assert!(phone.picture().is_locked());
    let from = Point::new(180.0, 500.0);
    phone.down(from);
    phone.drag(from, Point::new(180.0, 460.0), 80);
    assert!(!phone.picture().is_locked());
    assert!(phone.shell.is_locked());
    phone.drag(Point::new(180.0, 460.0), Point::new(180.0, 498.0), 200);
    phone.up();
    phone.rest();
    assert_eq!(phone.place(), Place::Lock);
    assert!(phone.picture().is_locked());
}

#[test]
fn a_wrong_code_shakes_waits_and_says_for_how_long() {
    let mut phone = Phone::booted(CodeState::Set);
    phone.lift_curtain();
    phone.enter("1234");
    assert!(phone.has(Role::Alert, "Checking…"));
    phone.verdict(AuthVerdict::Wrong { wait_s: 0 });
    assert!(phone.has(Role::Alert, "Wrong code"));
    assert!(phone.has(Role::Label, "No digit entered"));
    assert!(phone.effects.contains(&Effect::Haptic(shell::Haptic::Error)));
    let shaken = phone.find(Role::Label, "No digit entered").unwrap();
    phone.wait(40);
    assert_ne!(phone.find(Role::Label, "No digit entered").unwrap(), shaken);

    phone.enter("1234");
    phone.verdict(AuthVerdict::Wrong { wait_s: 5 });
    assert!(phone.has(Role::Alert, "Wrong code. Try again in 5 s"));
    phone.wait(2_000);
    assert!(phone.has(Role::Alert, "Wrong code. Try again in 3 s"));
    phone.press(Role::Button, "1");
    assert!(phone.has(Role::Label, "No digit entered"), "no digit counts meanwhile");
    phone.wait(3_100);
    phone.press(Role::Button, "1");
    assert!(phone.has(Role::Label, "1 digit entered"));
}

#[test]
fn a_verifier_that_does_not_work_says_so_and_opens_nothing() {
    let mut phone = Phone::booted(CodeState::Set);
    phone.lift_curtain();
    phone.enter("1");
    phone.verdict(AuthVerdict::Broken("no helper".into()));
    assert!(phone.has(Role::Alert, "The code cannot be checked: no helper"));
    assert!(phone.shell.is_locked());
}

#[test]
fn a_verdict_that_nobody_asked_for_opens_nothing() {
    let mut phone = Phone::booted(CodeState::Set);
    phone.verdict(AuthVerdict::Ok);
    assert!(phone.shell.is_locked());
    phone.lift_curtain();
    phone.verdict(AuthVerdict::NoCode);
    assert!(phone.shell.is_locked());
    // Nor one for an entry that the power key has ended.
    phone.enter("1");
    phone.power_key();
    phone.verdict(AuthVerdict::Ok);
    assert!(phone.shell.is_locked());
}

#[test]
fn locked_nothing_of_an_application_is_seen_touched_or_focused() {
    let mut phone = locked_with_an_application();
    assert!(phone.picture().is_locked(), "in the very turn that locks");
    let configured = phone.effects.iter().rev().find_map(|effect| match effect {
        Effect::Configure { state, .. } => Some(*state),
        _ => None,
    });
    assert!(configured.is_some_and(|state| state.suspended && !state.activated));
    assert!(phone.effects.contains(&Effect::Focus(None)));
    phone.take_effects();
    phone.swipe_from_right();
    phone.swipe_from_bottom();
    phone.swipe_from_corner();
    phone.tap(Point::new(180.0, 300.0));
    assert!(!phone.effects.iter().any(|e| matches!(e, Effect::ToClient(_) | Effect::Close(_))));

    phone.rest();
    let app_is_back = |phone: &Phone| phone.has(Role::Window, "Foot");
    assert!(!app_is_back(&phone));
    phone.send(Event::LogindUnlock);
    phone.rest();
    assert_eq!(phone.place(), Place::App);
    assert!(app_is_back(&phone), "and after the unlock all is where it was");
}

#[test]
fn a_finger_on_a_client_is_cancelled_when_the_lock_comes() {
    let mut phone = Phone::at_home();
    phone.map("foot", None);
    phone.rest();
    phone.down(Point::new(180.0, 300.0));
    phone.take_effects();
    phone.send(Event::LogindLock);
    assert!(phone.effects.contains(&Effect::ToClient(ClientTouch::Cancel)));
    phone.take_effects();
    phone.drag(Point::new(180.0, 300.0), Point::new(180.0, 200.0), 40);
    phone.up();
    assert!(!phone.effects.iter().any(|e| matches!(e, Effect::ToClient(_))));
    assert_eq!(phone.place(), Place::Lock, "nor does that finger lift the curtain");
}

#[test]
fn the_power_key_darkens_and_locks_and_the_next_press_shows_the_lock() {
    let mut phone = locked_with_an_application();
    unlock(&mut phone);
    phone.take_effects();
    phone.power_key();
    assert!(phone.effects.contains(&Effect::Display(Display::Off)));
    assert!(phone.effects.contains(&Effect::Locked(true)));
    assert!(!phone.effects.contains(&Effect::Redraw), "nothing is drawn in the dark");
    phone.take_effects();
    phone.tap(Point::new(180.0, 300.0));
    assert_eq!(phone.effects, []);
    phone.power_key();
    assert!(phone.effects.contains(&Effect::Display(Display::On)));
    assert_eq!(phone.place(), Place::Lock);
}

#[test]
fn a_half_entered_code_is_forgotten_with_the_display() {
    let mut phone = Phone::booted(CodeState::Set);
    phone.lift_curtain();
    phone.press(Role::Button, "7");
    phone.power_key();
    phone.power_key();
    assert_eq!(phone.place(), Place::Lock);
    phone.lift_curtain();
    assert!(phone.has(Role::Label, "No digit entered"));
}

#[test]
fn digits_can_be_typed_and_taken_back() {
    let mut phone = Phone::booted(CodeState::Set);
    let keys = [Key::Digit(1), Key::Digit(2), Key::Backspace, Key::Digit(3), Key::Enter];
    for key in keys {
        phone.send(Event::Key { key, pressed: true });
        phone.send(Event::Key { key, pressed: false });
    }
    let codes = phone.effects.iter().filter_map(|effect| match effect {
        Effect::Authenticate(secret) => Some(secret.expose()),
        _ => None,
    });
    assert_eq!(codes.collect::<Vec<_>>(), [b"13"]);
}

#[test]
fn codes_are_neither_recorded_nor_printed() {
    let mut phone = Phone::booted(CodeState::Set);
    phone.send(Event::Key { key: Key::Digit(7), pressed: true });
    phone.rest();
    phone.record.clear();
    phone.enter("4711");
    let positions = phone.record.iter().filter(|(_, event)| {
        matches!(event, Event::Touch(Touch::Down { .. } | Touch::Motion { .. } | Touch::Up { .. }))
    });
    assert_eq!(positions.count(), 0, "{:?}", phone.record);
    assert!(phone.record.iter().any(|(_, event)| *event == Event::CodeEntered));
    assert!(!format!("{:?} {:?}", phone.effects, phone.shell).contains("4711"));
    // From the unlock on, fingers are recorded again.
    phone.verdict(AuthVerdict::Ok);
    phone.rest();
    phone.tap(Point::new(20.0, 700.0));
    assert!(matches!(phone.record.last(), Some((_, Event::Touch(_)))));
}

#[test]
fn an_external_locker_shows_itself_and_alone_has_the_touches() {
    let mut phone = Phone::at_home();
    phone.map("foot", None);
    phone.rest();
    phone.send(Event::ExternalLock(ExternalLock::Requested));
    assert!(phone.effects.contains(&Effect::ConfirmExternalLock));
    assert!(phone.picture().is_locked());
    assert!(!phone.draw_list().contains("surface"));
    let surface = LockSurface(9);
    phone.send(Event::ExternalLock(ExternalLock::SurfaceMapped(surface)));
    assert!(phone.draw_list().contains("surface LockSurface(9)"));
    assert!(phone.effects.contains(&Effect::Focus(Some(Target::Lock(surface)))));
    phone.take_effects();
    phone.tap(Point::new(180.0, 300.0));
    let down = phone.effects.iter().find_map(|effect| match effect {
        Effect::ToClient(ClientTouch::Down { target, .. }) => Some(*target),
        _ => None,
    });
    assert_eq!(down, Some(Target::Lock(surface)));
    phone.send(Event::ExternalLock(ExternalLock::Requested));
    assert!(phone.effects.contains(&Effect::RefuseExternalLock), "one at a time");
    phone.send(Event::ExternalLock(ExternalLock::Unlocked));
    assert!(!phone.shell.is_locked());
}

#[test]
fn the_built_in_lock_takes_over_from_a_locker_that_dies() {
    let mut phone = Phone::booted(CodeState::Set);
    unlock(&mut phone);
    phone.send(Event::ExternalLock(ExternalLock::Requested));
    phone.send(Event::ExternalLock(ExternalLock::SurfaceMapped(LockSurface(1))));
    phone.send(Event::ExternalLock(ExternalLock::Died));
    assert_eq!(phone.place(), Place::Lock);
    assert!(phone.has(Role::Label, "Swipe up to unlock"));
    unlock(&mut phone);
    assert!(!phone.shell.is_locked());
}

#[test]
fn an_external_locker_cannot_open_what_the_phone_has_locked_itself() {
    let mut phone = Phone::booted(CodeState::Set);
    phone.send(Event::ExternalLock(ExternalLock::Requested));
    phone.send(Event::ExternalLock(ExternalLock::Unlocked));
    assert!(phone.shell.is_locked());
    assert_eq!(phone.place(), Place::Lock);
}

#[test]
fn a_code_that_is_set_while_the_curtain_is_half_up_guards_at_once() {
    let mut phone = Phone::booted(CodeState::None);
    let from = Point::new(180.0, 500.0);
    phone.down(from);
    phone.drag(from, Point::new(180.0, 400.0), 80);
    assert!(!phone.picture().is_locked());
    phone.send(Event::Settings(Settings { code: CodeState::Set, ..Settings::default() }));
    assert!(phone.picture().is_locked());
    phone.up();
    phone.rest();
    assert!(phone.shell.is_locked());
}

#[test]
fn a_long_press_offers_to_switch_off_on_the_lock_too() {
    let mut phone = Phone::booted(CodeState::Set);
    phone.send(Event::Key { key: Key::Power, pressed: true });
    phone.wait(1_600);
    phone.send(Event::Key { key: Key::Power, pressed: false });
    phone.rest();
    assert!(phone.has(Role::Region, "Power menu"));
    assert!(phone.picture().is_locked());
    phone.press(Role::Button, "Cancel");
    phone.rest();
    assert!(!phone.has(Role::Region, "Power menu"));

    phone.send(Event::Key { key: Key::Power, pressed: true });
    phone.wait(1_600);
    phone.rest();
    phone.press(Role::Button, "Power off");
    assert!(phone.effects.contains(&Effect::Power(shell::PowerAction::Off)));
}

#[test]
fn starting_and_activating_behind_the_lock_shows_after_it() {
    let mut phone = locked_with_an_application();
    phone.send(Event::Request(Request::LaunchApp {
        app: shell::AppId("app1".into()),
        uris: vec!["file:///tmp/a".into()],
    }));
    let (launch, _) = phone.launched();
    phone.map("app1", Some(launch));
    assert!(matches!(phone.picture(), Picture::Locked(_)));
    unlock(&mut phone);
    assert!(phone.has(Role::Window, "Application 1"));
}

#[test]
fn an_unknown_output_size_is_survived() {
    for (width, height) in [(0.0, 0.0), (f64::NAN, 5.0), (-3.0, f64::INFINITY)] {
        let phone = Phone::booted_on(output(width, height), CodeState::Set);
        phone.picture();
    }
}

#[test]
fn a_record_without_the_code_still_opens_when_it_is_replayed() {
    let mut phone = Phone::booted(CodeState::Set);
    unlock(&mut phone);
    phone.swipe_from_bottom();
    phone.press(Role::Button, "Foot");
    phone.rest();
    let mut again =
        Phone::new(output(360.0, 720.0), Settings { code: CodeState::Set, ..Settings::default() });
    for (time, event) in phone.record.clone() {
        again.now = time;
        again.send(event);
    }
    again.now = phone.now;
    assert_eq!(again.shell.summary(), phone.shell.summary());
    assert_eq!(again.draw_list(), phone.draw_list());
    assert!(!again.effects.iter().any(|effect| matches!(effect, Effect::Authenticate(_))));
}
