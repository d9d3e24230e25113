//! The way through the phone, as a client lives through it.

use std::time::Duration;

use fixture::{Client, Fixture};
use shell::{Display, Place};
use wayland_protocols::xdg::shell::client::xdg_toplevel::State as Told;

const ORANGE: [u8; 4] = [0x20, 0x80, 0xff, 0xff];
const SECOND: Duration = Duration::from_secs(1);

/// An unlocked phone with one window in front.
fn with_app() -> (Fixture, Client) {
    let mut phone = Fixture::new();
    phone.unlock();
    let mut client = phone.client();
    client.open("org.example.Orange", "Orange", ORANGE);
    phone.settle(&mut client);
    phone.advance_with(&mut client, SECOND);
    assert_eq!(phone.place(), Place::App);
    (phone, client)
}

/// Whether anything on the panel has the window's colour.
fn sees_orange(phone: &mut Fixture) -> bool {
    let picture = phone.shown();
    (0..picture.width).step_by(3).any(|x| {
        (0..picture.height).step_by(3).any(|y| picture.rgb(x, y) == Some([0xff, 0x80, 0x20]))
    })
}

#[test]
fn a_touch_reaches_the_window_where_it_is() {
    let (mut phone, mut client) = with_app();
    let bar = 720.0 - f64::from(client.toplevel(0).size.1);
    phone.tap((100.0, 300.0));
    phone.settle(&mut client);
    let expected = format!("down 0 100.0,{:.1}", 300.0 - bar);
    let touches = &client.seen().touches;
    assert_eq!(touches.first(), Some(&expected), "{touches:?}");
    assert!(touches.contains(&"up 0".to_owned()), "{touches:?}");
    assert!(client.seen().keyboard.is_some(), "the window in front has the keyboard");
}

#[test]
fn an_edge_swipe_turns_the_window_into_a_cover_and_is_not_the_clients() {
    let (mut phone, mut client) = with_app();
    phone.swipe((359.0, 400.0), (150.0, 400.0), 160);
    phone.advance_with(&mut client, SECOND);
    assert_eq!(phone.place(), Place::Home);
    assert_eq!(client.seen().touches, Vec::<String>::new(), "the client saw none of it");
    assert!(!client.toplevel(0).states.contains(&Told::Activated));
    assert!(sees_orange(&mut phone), "its cover is on home");
    assert!(client.seen().keyboard.is_none());
}

#[test]
fn a_peek_that_is_abandoned_changes_nothing() {
    let (mut phone, mut client) = with_app();
    phone.drag((359.0, 400.0), (325.0, 400.0), 400);
    phone.advance(Duration::from_millis(500));
    phone.drag_on((325.0, 400.0), (352.0, 400.0), 300);
    phone.lift();
    phone.advance_with(&mut client, SECOND);
    assert_eq!(phone.place(), Place::App);
    assert!(client.toplevel(0).states.contains(&Told::Activated));
}

#[test]
fn a_cover_that_is_touched_comes_to_the_front_again() {
    let (mut phone, mut client) = with_app();
    phone.swipe((359.0, 400.0), (150.0, 400.0), 160);
    phone.advance_with(&mut client, SECOND);
    let cover = phone.find("Orange").expect("a cover of that name");
    phone.tap(cover);
    phone.advance_with(&mut client, SECOND);
    assert_eq!(phone.place(), Place::App);
    assert!(client.toplevel(0).states.contains(&Told::Activated));
}

#[test]
fn a_swipe_from_a_top_corner_closes() {
    let (mut phone, mut client) = with_app();
    phone.swipe((8.0, 1.0), (8.0, 320.0), 160);
    phone.advance_with(&mut client, SECOND);
    assert!(client.toplevel(0).closed, "the client was asked to close");
}

#[test]
fn a_dark_phone_draws_nothing_asks_nothing_and_wakes_locked() {
    let (mut phone, mut client) = with_app();
    phone.press(116);
    phone.advance_with(&mut client, SECOND);
    assert_eq!(phone.state().shell().display(), Display::Off);
    let frames = client.seen().frames;
    client.draw(0, ORANGE);
    phone.settle(&mut client);
    phone.advance(Duration::from_secs(90));
    phone.settle(&mut client);
    assert_eq!(client.seen().frames, frames, "no frame callback in the dark");
    assert_eq!(phone.state().next_wake(), None, "nothing to wake up for");

    phone.press(116);
    phone.advance_with(&mut client, SECOND);
    assert_eq!(phone.place(), Place::Lock);
    assert!(!sees_orange(&mut phone));
    phone.tap((100.0, 300.0));
    phone.settle(&mut client);
    assert_eq!(client.seen().touches, Vec::<String>::new(), "locked: no touch is an app's");
}

#[test]
fn a_client_that_dies_leaves_home_behind() {
    let (mut phone, client) = with_app();
    drop(client);
    phone.turn();
    phone.rest();
    assert_eq!(phone.place(), Place::Home);
    assert!(!sees_orange(&mut phone));
}
