//! What is to be seen of clients' surfaces.

use std::time::Duration;

use fixture::Fixture;

/// Blue, green, red, opacity.
const ORANGE: [u8; 4] = [0x20, 0x80, 0xff, 0xff];
const TEAL: [u8; 4] = [0xa0, 0xa0, 0x10, 0xff];

#[test]
fn a_window_that_maps_is_seen_in_front() {
    let mut phone = Fixture::new();
    phone.unlock();
    let mut client = phone.client();
    client.open("org.example.Orange", "Orange", ORANGE);
    phone.settle(&mut client);
    phone.advance_with(&mut client, Duration::from_secs(2));

    let picture = phone.shown();
    assert_eq!(picture.rgb(180, 400), Some([0xff, 0x80, 0x20]));
    let window = client.toplevel(0);
    assert!(window.size.0 == 360 && window.size.1 > 600, "fills the phone: {:?}", window.size);
}

#[test]
fn a_window_that_draws_again_is_seen_anew_and_only_then() {
    let mut phone = Fixture::new();
    phone.unlock();
    let mut client = phone.client();
    client.open("org.example.Orange", "Orange", ORANGE);
    phone.settle(&mut client);
    phone.advance_with(&mut client, Duration::from_secs(2));

    client.draw(0, TEAL);
    phone.settle(&mut client);
    phone.advance_with(&mut client, Duration::from_millis(50));
    assert_eq!(phone.shown().rgb(180, 400), Some([0x10, 0xa0, 0xa0]));
    assert!(client.seen().frames > 0, "frame callbacks came back");
}

#[test]
fn the_lock_screen_shows_nothing_of_a_window() {
    let mut phone = Fixture::new();
    let mut client = phone.client();
    client.open("org.example.Orange", "Orange", ORANGE);
    phone.settle(&mut client);
    phone.advance_with(&mut client, Duration::from_secs(1));
    let picture = phone.shown();
    let orange = |x, y| picture.rgb(x, y) == Some([0xff, 0x80, 0x20]);
    assert!((0..360).step_by(7).all(|x| (0..720).step_by(7).all(|y| !orange(x, y))));
}
