//! The whole path of a phone: from the lock to an application and back.

mod common;

use common::{Phone, output};
use purje_shell as shell;
use scene::Role;
use shell::{
    AuthVerdict, ClientTouch, CodeState, Effect, Event, LaunchState, OpenSurface, Picture, Place,
    Request, Target, WindowEvent,
};
use units::Point;

#[test]
fn from_the_lock_over_an_application_to_an_empty_home() {
    let mut phone = Phone::booted(CodeState::Set);
    assert_eq!(phone.place(), Place::Lock);
    assert!(phone.has(Role::Label, "Swipe up to unlock"));

    phone.lift_curtain();
    assert_eq!(phone.place(), Place::Pin);
    phone.enter("2468");
    let asked = phone.take_effects();
    let secret = asked.iter().find_map(|effect| match effect {
        Effect::Authenticate(secret) => Some(secret.expose().to_vec()),
        _ => None,
    });
    assert_eq!(secret.as_deref(), Some(b"2468".as_slice()));
    phone.verdict(AuthVerdict::Ok);
    assert!(phone.effects.contains(&Effect::Locked(false)));
    phone.rest();
    assert_eq!(phone.place(), Place::Home);
    assert!(phone.has(Role::Label, "Nothing is open"));

    phone.swipe_from_bottom();
    assert_eq!(phone.place(), Place::Grid);
    phone.press(Role::Button, "Foot");
    let (launch, app) = phone.launched();
    assert_eq!(app.0, "foot");
    assert_eq!(phone.place(), Place::App);
    assert!(phone.has(Role::Label, "Starting Foot…"), "something is seen at once");

    phone.wait(800);
    let window = phone.map("foot", Some(launch));
    phone.rest();
    assert!(!phone.has(Role::Label, "Starting Foot…"));
    assert!(phone.has(Role::Window, "Foot"));
    assert!(phone.effects.contains(&Effect::Focus(Some(Target::Window(window)))));

    phone.swipe_from_right();
    assert_eq!(phone.place(), Place::Home);
    assert!(phone.has(Role::Cover, "Foot"));
    assert_eq!(phone.effects.iter().rev().find_map(focus), Some(None));

    phone.press(Role::Cover, "Foot");
    phone.rest();
    assert_eq!(phone.place(), Place::App);

    phone.take_effects();
    phone.swipe_from_corner();
    assert!(phone.effects.contains(&Effect::Close(window)));
    assert_eq!(phone.place(), Place::Home);
    phone.send(Event::Window(WindowEvent::Unmapped { id: window }));
    phone.rest();
    assert!(phone.has(Role::Label, "Nothing is open"));
    assert_eq!(phone.shell.summary().covers, []);
}

fn focus(effect: &Effect) -> Option<Option<Target>> {
    match effect {
        Effect::Focus(target) => Some(*target),
        _ => None,
    }
}

#[test]
fn an_application_follows_the_finger_from_the_first_sample_and_can_be_peeked_past() {
    let mut phone = Phone::at_home();
    phone.map_cover("app1");
    let window = phone.map("foot", None);
    phone.rest();
    let full = phone.find(Role::Window, "Foot").unwrap();

    let (start, quarter) = (Point::new(358.0, 400.0), Point::new(270.0, 400.0));
    phone.down(start);
    phone.drag(start, Point::new(338.0, 400.0), 16);
    let first = phone.find(Role::Window, "Foot").unwrap();
    assert!(first.width() < full.width() && first.center().x < full.center().x, "{first:?}");
    phone.drag(Point::new(338.0, 400.0), quarter, 120);
    let held = phone.find(Role::Window, "Foot").unwrap();
    assert!(held.width() < first.width() && held.contains(quarter), "{held:?}");
    assert!(phone.has(Role::Cover, "Application 1"), "home is seen beside it");
    let Picture::Open(scene) = phone.picture() else { panic!("open") };
    let surfaces = scene.draw_list(units::Scale::new(1.0));
    let live = surfaces.items.iter().any(|item| {
        matches!(&item.paint, scene::Paint::Surface { surface, .. } if *surface == OpenSurface::Window(window))
    });
    assert!(live);

    phone.drag(quarter, Point::new(357.0, 400.0), 160);
    phone.up();
    phone.rest();
    assert_eq!(phone.place(), Place::App, "it was only a peek");
    assert_eq!(phone.find(Role::Window, "Foot"), Some(full));
}

#[test]
fn a_finger_catches_an_application_on_its_way() {
    let mut phone = Phone::at_home();
    phone.map("foot", None);
    phone.rest();
    let (from, to) = (Point::new(358.0, 400.0), Point::new(250.0, 400.0));
    phone.swipe(from, to, 64);
    assert_eq!(phone.place(), Place::Home);
    phone.wait(60);
    let flying = phone.find(Role::Window, "Foot").or(phone.find(Role::Cover, "Foot")).unwrap();
    phone.tap(flying.center());
    phone.rest();
    assert_eq!(phone.place(), Place::App, "a tap on its way home turns it back");
    phone.swipe(from, to, 64);
    phone.rest();
    phone.press(Role::Cover, "Foot");
    phone.wait(40);
    // And an edge swipe catches it while it opens, without a jump.
    let before = phone.find(Role::Cover, "Foot").or(phone.find(Role::Window, "Foot")).unwrap();
    phone.down(from);
    phone.drag(from, Point::new(345.0, 400.0), 8);
    let after = phone.find(Role::Window, "Foot").or(phone.find(Role::Cover, "Foot")).unwrap();
    assert!((after.width() - before.width()).abs() < 80.0, "{before:?} {after:?}");
    phone.drag(Point::new(345.0, 400.0), to, 80);
    phone.up();
    phone.rest();
    assert_eq!(phone.place(), Place::Home);
}

#[test]
fn touches_in_the_middle_are_the_clients_and_edge_swipes_are_not() {
    let mut phone = Phone::at_home();
    let window = phone.map("foot", None);
    phone.rest();
    phone.take_effects();
    phone.tap(Point::new(100.0, 230.0));
    let touches = client_touches(&phone);
    let ClientTouch::Down { target, at, .. } = touches[0] else { panic!("{touches:?}") };
    assert_eq!(target, Target::Window(window));
    assert_eq!(at, Point::new(100.0, 200.0), "below a status bar of 30 pixels");
    assert!(matches!(touches.last(), Some(ClientTouch::Frame)));
    assert!(touches.iter().any(|t| matches!(t, ClientTouch::Up { slot: 0, .. })));

    phone.take_effects();
    phone.swipe_from_right();
    assert_eq!(client_touches(&phone), []);
}

fn client_touches(phone: &Phone) -> Vec<ClientTouch> {
    let touches = phone.effects.iter().filter_map(|effect| match effect {
        Effect::ToClient(touch) => Some(*touch),
        _ => None,
    });
    touches.collect()
}

#[test]
fn a_client_touch_draws_nothing() {
    let mut phone = Phone::at_home();
    phone.map("foot", None);
    phone.rest();
    phone.take_effects();
    let at = Point::new(100.0, 300.0);
    phone.swipe(at, Point::new(200.0, 400.0), 80);
    assert!(!phone.effects.contains(&Effect::Redraw), "{:?}", phone.effects);
}

#[test]
fn the_grid_rises_over_an_application_and_falls_again() {
    let mut phone = Phone::at_home();
    let window = phone.map("foot", None);
    phone.rest();
    phone.swipe_from_bottom();
    assert_eq!(phone.place(), Place::Grid);
    assert_eq!(phone.effects.iter().rev().find_map(focus), Some(None));
    phone.swipe_from_right();
    assert_eq!(phone.place(), Place::App);
    assert_eq!(phone.effects.iter().rev().find_map(focus), Some(Some(Target::Window(window))));
    // Pulled down at its top it leaves as well.
    phone.swipe_from_bottom();
    phone.swipe(Point::new(180.0, 300.0), Point::new(180.0, 500.0), 120);
    phone.rest();
    assert_eq!(phone.place(), Place::App);
}

#[test]
fn the_grid_scrolls_and_a_finger_that_stops_it_starts_nothing() {
    let mut phone = Phone::at_home();
    phone.swipe_from_bottom();
    let before = phone.find(Role::Button, "Foot").unwrap();
    phone.swipe(Point::new(180.0, 500.0), Point::new(180.0, 420.0), 60);
    phone.wait(50);
    let during = phone.find(Role::Button, "Foot").unwrap();
    assert!(during.min_y() < before.min_y() - 60.0);
    phone.tap(Point::new(50.0, 300.0));
    phone.rest();
    assert_eq!(phone.place(), Place::Grid);
    assert!(!phone.effects.iter().any(|e| matches!(e, Effect::Launch { .. })));
}

#[test]
fn a_launch_that_fails_says_why_and_can_be_tried_again() {
    let mut phone = Phone::at_home();
    phone.swipe_from_bottom();
    phone.press(Role::Button, "Maps");
    let (launch, _) = phone.launched();
    phone.wait(100);
    let reason = "There is no program maps".to_owned();
    phone.send(Event::Launch { launch, state: LaunchState::Failed { reason } });
    phone.rest();
    assert!(phone.has(Role::Alert, "Maps: There is no program maps"));
    phone.take_effects();
    phone.press(Role::Button, "Open again");
    let (again, app) = phone.launched();
    assert_eq!(app.0, "org.example.Maps");
    assert_ne!(again, launch);
    // What the first one did late is of no interest.
    phone.send(Event::Launch { launch, state: LaunchState::Exited });
    assert!(phone.has(Role::Label, "Starting Maps…"));
    phone.wait(15_100);
    assert!(phone.has(Role::Alert, "Maps: It did not show a window"));
    phone.press(Role::Button, "Close");
    phone.rest();
    assert_eq!(phone.place(), Place::Home);
    assert!(phone.effects.contains(&Effect::StopLaunch(again)));
}

#[test]
fn a_late_window_still_takes_the_place_of_the_failure() {
    let mut phone = Phone::at_home();
    phone.send(Event::Request(Request::LaunchApp {
        app: shell::AppId("foot".into()),
        uris: vec![],
    }));
    let (launch, _) = phone.launched();
    phone.wait(16_000);
    let window = phone.map("foot", Some(launch));
    phone.rest();
    let covers = phone.shell.summary().covers;
    assert_eq!(covers.len(), 1);
    assert_eq!(covers[0].window, Some(window));
}

#[test]
fn a_window_is_known_by_its_app_id_where_the_launch_is_not() {
    let mut phone = Phone::at_home();
    let app = shell::AppId("org.gnome.Calculator".into());
    phone.send(Event::Request(Request::LaunchApp { app: app.clone(), uris: vec![] }));
    phone.wait(300);
    phone.map("gnome-clocks", None);
    assert_eq!(phone.shell.summary().covers.len(), 2, "not the one that is waited for");
    let window = phone.map("org.gnome.Calculator", None);
    let summary = phone.shell.summary();
    let cover = summary.covers.iter().find(|cover| cover.app == app).unwrap();
    assert_eq!((cover.window, summary.front), (Some(window), Some(cover.cover)));
}

#[test]
fn starting_what_runs_brings_it_to_the_front() {
    let mut phone = Phone::at_home();
    phone.map_cover("foot");
    phone.map_cover("app1");
    phone.take_effects();
    phone.swipe_from_bottom();
    phone.press(Role::Button, "Foot");
    phone.rest();
    assert!(phone.has(Role::Window, "Foot"));
    assert!(!phone.effects.iter().any(|e| matches!(e, Effect::Launch { .. })));
}

#[test]
fn a_dialog_is_shown_with_its_window_and_has_the_keyboard() {
    let mut phone = Phone::at_home();
    let window = phone.map("foot", None);
    phone.rest();
    let dialog = phone.map_dialog("foot", None, Some(window));
    phone.rest();
    assert_eq!(phone.effects.iter().rev().find_map(focus), Some(Some(Target::Window(dialog))));
    assert_eq!(phone.shell.summary().covers.len(), 1);
    phone.send(Event::Window(WindowEvent::Resized {
        id: dialog,
        size: units::Size::new(200.0, 100.0),
    }));
    assert!(
        phone.draw_list().contains("80,325    200x100  surface Window(WindowId(2))"),
        "{}",
        phone.draw_list()
    );

    // A window that is asked to close and asks back stays.
    phone.send(Event::Window(WindowEvent::Unmapped { id: dialog }));
    phone.swipe_from_corner();
    assert_eq!(phone.place(), Place::Home);
    phone.map_dialog("foot", None, Some(window));
    phone.rest();
    assert_eq!(phone.place(), Place::App);
}

#[test]
fn a_window_that_does_not_close_comes_back() {
    let mut phone = Phone::at_home();
    phone.map("foot", None);
    phone.rest();
    phone.swipe_from_corner();
    assert!(!phone.has(Role::Cover, "Foot"));
    phone.wait(4_500);
    assert!(phone.has(Role::Cover, "Foot"));
}

#[test]
fn housekeeping_closes_one_or_all_after_second_thoughts() {
    let mut phone = Phone::at_home();
    let windows = ["foot", "app1", "app2"].map(|app| phone.map_cover(app));
    let cover = phone.find(Role::Cover, "Application 1").unwrap();
    phone.down(cover.center());
    phone.wait(600);
    phone.up();
    phone.rest();
    assert_eq!(phone.place(), Place::Home, "a hold opens nothing");
    phone.press(Role::Button, "Close Application 1");
    assert!(phone.effects.contains(&Effect::Close(windows[1])));
    phone.send(Event::Window(WindowEvent::Unmapped { id: windows[1] }));

    phone.take_effects();
    phone.press(Role::Button, "Close all");
    assert!(phone.has(Role::Alert, "Closing 2 applications in 5 s"));
    phone.wait(2_100);
    assert!(phone.has(Role::Alert, "Closing 2 applications in 3 s"));
    phone.press(Role::Button, "Undo");
    phone.wait(6_000);
    assert!(!phone.effects.iter().any(|e| matches!(e, Effect::Close(_))));

    let cover = phone.find(Role::Cover, "Foot").unwrap();
    phone.down(cover.center());
    phone.wait(600);
    phone.up();
    phone.press(Role::Button, "Close all");
    phone.wait(5_100);
    let closed: Vec<_> = phone.effects.iter().filter(|e| matches!(e, Effect::Close(_))).collect();
    assert_eq!(closed, [&Effect::Close(windows[0]), &Effect::Close(windows[2])]);
}

#[test]
fn covers_keep_their_order_and_say_who_sees_them() {
    let mut phone = Phone::at_home();
    let windows = ["foot", "app1", "app2"].map(|app| phone.map_cover(app));
    phone.press(Role::Cover, "Application 1");
    phone.rest();
    let suspended: Vec<bool> = windows.iter().map(|&w| last_state(&phone, w).suspended).collect();
    assert_eq!(suspended, [true, false, true]);
    assert!(last_state(&phone, windows[1]).activated);
    phone.swipe_from_right();
    let suspended: Vec<bool> = windows.iter().map(|&w| last_state(&phone, w).suspended).collect();
    assert_eq!(suspended, [false; 3]);
    let order: Vec<_> = phone.shell.summary().covers.iter().map(|c| c.window).collect();
    assert_eq!(order, windows.map(Some));
}

fn last_state(phone: &Phone, id: shell::WindowId) -> shell::WindowState {
    let found = phone.effects.iter().rev().find_map(|effect| match effect {
        Effect::Configure { window, state } if *window == id => Some(*state),
        _ => None,
    });
    found.expect("it was told how to be")
}

#[test]
fn a_window_gets_the_area_below_the_bar_or_the_whole_screen() {
    let mut phone = Phone::at_home();
    let window = phone.map("foot", None);
    let state = last_state(&phone, window);
    assert_eq!(state.size, Some(units::Size::new(360.0, 690.0)));
    assert!(state.maximized && state.activated && !state.fullscreen);
    phone.send(Event::Window(WindowEvent::RequestedFullscreen { id: window, on: true }));
    let state = last_state(&phone, window);
    assert_eq!(state.size, Some(units::Size::new(360.0, 720.0)));
    phone.rest();
    assert!(!phone.has(Role::Region, "Status bar"));
    phone.send(Event::Output(output(720.0, 360.0)));
    assert_eq!(last_state(&phone, window).size, Some(units::Size::new(720.0, 360.0)));
}

#[test]
fn an_application_that_frees_the_edges_has_them() {
    let mut phone = Phone::at_home();
    let window = phone.map("foot", None);
    phone.rest();
    phone.send(Event::Window(WindowEvent::OverridesGestures { id: window, on: true }));
    phone.take_effects();
    phone.swipe_from_right();
    assert_eq!(phone.place(), Place::App);
    assert!(!client_touches(&phone).is_empty());
}

#[test]
fn what_is_not_known_is_said() {
    let mut phone = Phone::new(
        output(360.0, 720.0),
        shell::Settings { code: CodeState::None, ..shell::Settings::default() },
    );
    phone.lift_curtain();
    phone.swipe_from_bottom();
    assert!(phone.has(Role::Label, "Looking for applications…"));
    phone.send(Event::Apps(vec![]));
    assert!(phone.has(Role::Label, "No applications are installed"));
}

#[test]
fn a_window_that_does_not_answer_says_so_and_can_be_closed() {
    let mut phone = Phone::at_home();
    let window = phone.map("foot", None);
    phone.rest();
    phone.send(Event::Window(WindowEvent::Unresponsive { id: window, on: true }));
    assert!(phone.has(Role::Alert, "Foot is not answering"));
    phone.press(Role::Button, "Close");
    assert!(phone.effects.contains(&Effect::Close(window)));
}

#[test]
fn at_rest_nothing_wakes_the_phone_but_the_policy() {
    let mut phone = Phone::at_home();
    phone.map("foot", None);
    phone.rest();
    phone.wait(100);
    assert!(!phone.shell.is_animating(phone.now));
    let wake = phone.shell.next_wake().unwrap();
    assert!(wake.since(phone.now).as_secs() > 20, "only the display's rest is left");
    phone.power_key();
    assert_eq!(phone.shell.next_wake(), None);
}
