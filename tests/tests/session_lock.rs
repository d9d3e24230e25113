//! External lockers: what they show, what they open, and what stays shut when they go.

use std::time::Duration;

use fixture::{Client, Fixture, Log};
use wayland_client::protocol::{
    wl_compositor::WlCompositor, wl_output::WlOutput, wl_surface::WlSurface,
};
use wayland_protocols::ext::session_lock::v1::client::{
    ext_session_lock_manager_v1::ExtSessionLockManagerV1,
    ext_session_lock_surface_v1::{self, ExtSessionLockSurfaceV1},
    ext_session_lock_v1::{self, ExtSessionLockV1},
};

/// Blue, green, red, opacity.
const ORANGE: [u8; 4] = [0x20, 0x80, 0xff, 0xff];
const GREEN: [u8; 4] = [0x20, 0xc0, 0x10, 0xff];
const FRAME: Duration = Duration::from_millis(17);

struct Locker {
    client: Client,
    lock: ExtSessionLockV1,
}

impl Locker {
    /// A locker that has asked to lock.
    fn new(phone: &mut Fixture) -> Self {
        let client = phone.client();
        let manager: ExtSessionLockManagerV1 = client.bind(Log);
        let lock = manager.lock(&client.handle(), Log);
        Self { client, lock }
    }

    fn is_locked(&mut self) -> bool {
        let events = self.client.seen().events(&self.lock);
        events.iter().any(|event| matches!(event, ext_session_lock_v1::Event::Locked))
    }

    fn is_finished(&mut self) -> bool {
        let events = self.client.seen().events(&self.lock);
        events.iter().any(|event| matches!(event, ext_session_lock_v1::Event::Finished))
    }

    fn surface(&mut self) -> (WlSurface, ExtSessionLockSurfaceV1) {
        let compositor: WlCompositor = self.client.bind(());
        let output: WlOutput = self.client.bind(());
        let qh = self.client.handle();
        let surface = compositor.create_surface(&qh, ());
        let role = self.lock.get_lock_surface(&surface, &output, &qh, Log);
        (surface, role)
    }

    /// The serial and size that a lock surface was told; `None` if it was told nothing.
    fn configure(&mut self, role: &ExtSessionLockSurfaceV1) -> Option<(u32, (i32, i32))> {
        let events = self.client.seen().events(role);
        events.iter().rev().find_map(|event| match event {
            ext_session_lock_surface_v1::Event::Configure { serial, width, height } => {
                Some((*serial, (*width as i32, *height as i32)))
            }
            _ => None,
        })
    }

    /// Shows a colour.
    fn show(&mut self, phone: &mut Fixture, color: [u8; 4]) {
        let (surface, role) = self.surface();
        phone.settle(&mut self.client);
        let (serial, size) = self.configure(&role).expect("a configure");
        role.ack_configure(serial);
        let buffer = self.client.buffer(size, color);
        surface.attach(Some(&buffer), 0, 0);
        surface.damage_buffer(0, 0, size.0, size.1);
        surface.commit();
        phone.settle(&mut self.client);
        phone.rest();
    }
}

fn phone_with_a_window() -> (Fixture, Client) {
    let mut phone = Fixture::new();
    phone.unlock();
    let mut window = phone.client();
    window.open("org.example.Orange", "Orange", ORANGE);
    phone.settle(&mut window);
    phone.advance_with(&mut window, Duration::from_secs(2));
    assert!(has(&mut phone, ORANGE), "the window is seen");
    (phone, window)
}

fn has(phone: &mut Fixture, [b, g, r, _]: [u8; 4]) -> bool {
    let picture = phone.shown();
    let mut places = (0..360).step_by(5).flat_map(|x| (0..720).step_by(5).map(move |y| (x, y)));
    places.any(|(x, y)| picture.rgb(x, y) == Some([r, g, b]))
}

#[test]
fn a_locker_is_told_when_a_locked_frame_is_seen_and_not_before() {
    let (mut phone, mut window) = phone_with_a_window();
    // A frame has just been drawn: the next one waits for the next refresh.
    window.draw(0, GREEN);
    phone.settle(&mut window);
    let mut locker = Locker::new(&mut phone);
    phone.settle(&mut locker.client);
    assert!(has(&mut phone, GREEN), "the window is still on the panel");
    assert!(!locker.is_locked(), "told before anything was hidden");

    phone.advance(FRAME * 2);
    phone.settle(&mut locker.client);
    assert!(locker.is_locked());
    assert!(!has(&mut phone, GREEN) && !has(&mut phone, ORANGE));
}

#[test]
fn a_locker_shows_its_surface_and_opens_what_it_locked() {
    let (mut phone, mut window) = phone_with_a_window();
    let mut locker = Locker::new(&mut phone);
    locker.show(&mut phone, GREEN);
    phone.settle(&mut locker.client);
    assert!(locker.is_locked() && phone.state().shell().is_locked());
    assert!(has(&mut phone, GREEN) && !has(&mut phone, ORANGE));

    locker.lock.unlock_and_destroy();
    phone.settle(&mut locker.client);
    phone.advance_with(&mut window, Duration::from_secs(2));
    assert!(locker.client.error().is_none());
    assert!(!phone.state().shell().is_locked());
    assert!(!has(&mut phone, GREEN) && has(&mut phone, ORANGE));
}

#[test]
fn a_locker_that_dies_leaves_the_built_in_lock() {
    let (mut phone, _window) = phone_with_a_window();
    let mut locker = Locker::new(&mut phone);
    locker.show(&mut phone, GREEN);
    phone.settle(&mut locker.client);
    assert!(locker.is_locked());
    drop(locker);
    phone.turn();
    phone.rest();
    assert!(phone.state().shell().is_locked());
    assert!(!has(&mut phone, GREEN) && !has(&mut phone, ORANGE));

    let mut next = Locker::new(&mut phone);
    phone.settle(&mut next.client);
    assert!(!next.is_finished(), "another locker may come");
}

#[test]
fn a_locker_that_was_refused_opens_nothing_and_shows_nothing() {
    let (mut phone, _window) = phone_with_a_window();
    let mut first = Locker::new(&mut phone);
    first.show(&mut phone, GREEN);
    phone.settle(&mut first.client);
    assert!(first.is_locked());

    let mut second = Locker::new(&mut phone);
    phone.settle(&mut second.client);
    assert!(second.is_finished() && !second.is_locked());
    let (_, role) = second.surface();
    phone.settle(&mut second.client);
    assert_eq!(second.configure(&role), None);
    second.lock.unlock_and_destroy();
    phone.settle(&mut second.client);
    assert_eq!(second.client.error().map(|error| error.code), Some(1), "invalid unlock");
    phone.rest();
    assert!(phone.state().shell().is_locked());
    assert!(has(&mut phone, GREEN) && !has(&mut phone, ORANGE));
}

#[test]
fn a_locker_keeps_to_the_size_it_was_told() {
    let (mut phone, _window) = phone_with_a_window();
    let mut locker = Locker::new(&mut phone);
    let (surface, role) = locker.surface();
    phone.settle(&mut locker.client);
    let (serial, (width, height)) = locker.configure(&role).expect("a configure");
    role.ack_configure(serial);
    let buffer = locker.client.buffer((width - 1, height), GREEN);
    surface.attach(Some(&buffer), 0, 0);
    surface.commit();
    phone.settle(&mut locker.client);
    assert_eq!(locker.client.error().map(|error| error.code), Some(2), "dimensions mismatch");
    phone.rest();
    assert!(phone.state().shell().is_locked() && !has(&mut phone, ORANGE));
}

#[test]
fn a_lock_of_a_dark_phone_holds_at_once() {
    let (mut phone, _window) = phone_with_a_window();
    for pressed in [true, false] {
        phone.state().tell(shell::Event::Key { key: shell::Key::Power, pressed });
    }
    phone.advance(Duration::from_secs(3));
    assert_eq!(phone.state().shell().display(), shell::Display::Off);
    let mut locker = Locker::new(&mut phone);
    phone.settle(&mut locker.client);
    assert!(locker.is_locked());
}
