//! Menus that hold the input, and where fingers go meanwhile.

use std::time::Duration;

use fixture::{Client, Fixture, Log};
use wayland_client::protocol::{
    wl_compositor::WlCompositor, wl_region::WlRegion, wl_seat::WlSeat, wl_surface::WlSurface,
};
use wayland_protocols::xdg::shell::client::{
    xdg_popup::XdgPopup, xdg_positioner::XdgPositioner, xdg_surface::XdgSurface,
    xdg_wm_base::XdgWmBase,
};
use wayland_protocols_wlr::layer_shell::v1::client::{
    zwlr_layer_shell_v1::{Layer, ZwlrLayerShellV1},
    zwlr_layer_surface_v1::{self, Anchor, ZwlrLayerSurfaceV1},
};

/// Blue, green, red, opacity.
const ORANGE: [u8; 4] = [0x20, 0x80, 0xff, 0xff];
const GREEN: [u8; 4] = [0x20, 0xc0, 0x10, 0xff];
const TEAL: [u8; 4] = [0xa0, 0xa0, 0x10, 0xff];

fn with_window() -> (Fixture, Client) {
    let mut phone = Fixture::new();
    phone.unlock();
    let mut client = phone.client();
    client.open("org.example.Menus", "Menus", ORANGE);
    phone.settle(&mut client);
    phone.advance_with(&mut client, Duration::from_secs(2));
    (phone, client)
}

fn surface(client: &Client) -> WlSurface {
    let compositor: WlCompositor = client.bind(());
    compositor.create_surface(&client.handle(), ())
}

/// A menu of 100 by 80 in the middle of the window, which holds the input since a finger landed.
fn open_menu(phone: &mut Fixture, client: &mut Client) -> XdgPopup {
    let base: XdgWmBase = client.bind(());
    let seat: WlSeat = client.bind(());
    phone.tap((180.0, 500.0));
    phone.settle(client);
    let qh = client.handle();
    let positioner: XdgPositioner = base.create_positioner(&qh, ());
    positioner.set_size(100, 80);
    positioner.set_anchor_rect(130, 300, 100, 80);
    let surface = surface(client);
    // The fixture acknowledges for whichever window has this number; none has.
    let xdg: XdgSurface = base.get_xdg_surface(&surface, &qh, usize::MAX);
    let popup = xdg.get_popup(Some(&client.toplevel(0).xdg), &positioner, &qh, ());
    let serial = client.seen().touch_serial;
    popup.grab(&seat, serial);
    surface.commit();
    phone.settle(client);
    let buffer = client.buffer((100, 80), GREEN);
    surface.attach(Some(&buffer), 0, 0);
    surface.commit();
    phone.settle(client);
    phone.advance_with(client, Duration::from_millis(100));
    assert!(client.error().is_none(), "{:?}", client.error());
    client.seen().touches.clear();
    popup
}

/// Where the menu is seen.
fn menu(phone: &mut Fixture) -> Option<(u32, u32)> {
    let picture = phone.shown();
    let green = Some([GREEN[2], GREEN[1], GREEN[0]]);
    (0..720).find_map(|y| (0..360).find(|x| picture.rgb(*x, y) == green).map(|x| (x, y)))
}

/// Another client's panel along the lower edge of the window.
fn panel(phone: &mut Fixture) -> (Client, ZwlrLayerSurfaceV1) {
    let mut client = phone.client();
    let _touches: WlSeat = client.bind(());
    let shell: ZwlrLayerShellV1 = client.bind(Log);
    let surface = surface(&client);
    let qh = client.handle();
    let role: ZwlrLayerSurfaceV1 =
        shell.get_layer_surface(&surface, None, Layer::Top, "panel".into(), &qh, Log);
    role.set_anchor(Anchor::Bottom);
    role.set_size(200, 60);
    role.set_margin(0, 0, 100, 0);
    surface.commit();
    phone.settle(&mut client);
    let serial = match client.seen().events(&role).last() {
        Some(zwlr_layer_surface_v1::Event::Configure { serial, .. }) => *serial,
        _ => panic!("no configure"),
    };
    role.ack_configure(serial);
    let buffer = client.buffer((200, 60), TEAL);
    surface.attach(Some(&buffer), 0, 0);
    surface.commit();
    phone.settle(&mut client);
    phone.rest();
    assert_eq!(phone.shown().rgb(180, 590), Some([TEAL[2], TEAL[1], TEAL[0]]));
    (client, role)
}

#[test]
fn a_finger_on_a_menu_reaches_it() {
    let (mut phone, mut client) = with_window();
    let _menu = open_menu(&mut phone, &mut client);
    let (x, y) = menu(&mut phone).expect("the menu is seen");
    phone.tap((f64::from(x) + 10.0, f64::from(y) + 20.0));
    phone.settle(&mut client);
    assert_eq!(client.seen().touches.first().map(String::as_str), Some("down 0 10.0,20.0"));
    assert_eq!(client.seen().popups_done, 0);
}

#[test]
fn a_finger_on_somebody_elses_surface_closes_the_menu_and_reaches_nobody() {
    let (mut phone, mut client) = with_window();
    let (mut other, _role) = panel(&mut phone);
    let _menu = open_menu(&mut phone, &mut client);
    phone.tap((180.0, 590.0));
    phone.settle(&mut client);
    phone.settle(&mut other);
    assert_eq!(client.seen().popups_done, 1);
    assert!(other.seen().touches.iter().all(|touch| !touch.starts_with("down")));

    phone.advance_with(&mut client, Duration::from_millis(100));
    phone.tap((180.0, 590.0));
    phone.settle(&mut other);
    assert!(other.seen().touches.iter().any(|touch| touch.starts_with("down")), "the next does");
}

#[test]
fn a_client_that_dies_with_its_menu_open_takes_nothing_along() {
    let (mut phone, mut client) = with_window();
    let (mut other, _role) = panel(&mut phone);
    let _menu = open_menu(&mut phone, &mut client);
    drop(client);
    phone.turn();
    phone.rest();
    phone.tap((180.0, 590.0));
    phone.settle(&mut other);
    assert!(other.seen().touches.iter().any(|touch| touch.starts_with("down")));
    assert_eq!(menu(&mut phone), None);
    phone.still_serves();
}

#[test]
fn a_finger_belongs_to_the_pixel_it_is_in() {
    let (mut phone, mut client) = with_window();
    let compositor: WlCompositor = client.bind(());
    let region: WlRegion = compositor.create_region(&client.handle(), Log);
    region.add(0, 0, 100, 720);
    client.toplevel(0).surface.set_input_region(Some(&region));
    client.toplevel(0).surface.commit();
    phone.settle(&mut client);
    for (x, reaches) in [(99.75, true), (100.25, false)] {
        client.seen().touches.clear();
        phone.tap((x, 400.0));
        phone.settle(&mut client);
        let reached = client.seen().touches.iter().any(|touch| touch.starts_with("down"));
        assert_eq!(reached, reaches, "at {x}");
    }
}

#[test]
fn a_menu_of_a_panel_is_drawn_once() {
    /// Half of some green, premultiplied.
    const GLASS: [u8; 4] = [0, 0x60, 0, 0x80];
    let (mut phone, _window) = with_window();
    let (mut client, role) = panel(&mut phone);
    let base: XdgWmBase = client.bind(());
    let qh = client.handle();
    let positioner: XdgPositioner = base.create_positioner(&qh, ());
    positioner.set_size(40, 40);
    positioner.set_anchor_rect(80, 10, 40, 40);
    let surface = surface(&client);
    let xdg: XdgSurface = base.get_xdg_surface(&surface, &qh, usize::MAX);
    let popup = xdg.get_popup(None, &positioner, &qh, ());
    role.get_popup(&popup);
    surface.commit();
    phone.settle(&mut client);
    let buffer = client.buffer((40, 40), GLASS);
    surface.attach(Some(&buffer), 0, 0);
    surface.commit();
    phone.settle(&mut client);
    phone.rest();
    assert!(client.error().is_none(), "{:?}", client.error());

    let [red, green, _] = phone.shown().rgb(180, 590).expect("on the panel");
    assert!(red.abs_diff(TEAL[2] / 2) < 3, "{red}: half of the panel shines through, not less");
    assert!(green.abs_diff(TEAL[1] / 2 + GLASS[1]) < 3, "{green}");
}
