//! Clients that say anything at all: the worst that may happen is that they are thrown out.

use fixture::{Arg, Dice, Fixture, Manners, RawClient};
use ipc::trust::ClientClass;
use wayland_client::{
    Proxy as _,
    backend::{
        ObjectId,
        protocol::{Argument, Interface},
    },
    protocol::{
        wl_compositor::WlCompositor, wl_data_device_manager::WlDataDeviceManager,
        wl_output::WlOutput, wl_seat::WlSeat, wl_shm::WlShm, wl_subcompositor::WlSubcompositor,
    },
};
use wayland_protocols::{
    ext::{
        foreign_toplevel_list::v1::client::ext_foreign_toplevel_list_v1::ExtForeignToplevelListV1,
        idle_notify::v1::client::ext_idle_notifier_v1::ExtIdleNotifierV1,
        session_lock::v1::client::ext_session_lock_manager_v1::ExtSessionLockManagerV1,
    },
    wp::{
        cursor_shape::v1::client::wp_cursor_shape_manager_v1::WpCursorShapeManagerV1,
        fractional_scale::v1::client::wp_fractional_scale_manager_v1::WpFractionalScaleManagerV1,
        idle_inhibit::zv1::client::zwp_idle_inhibit_manager_v1::ZwpIdleInhibitManagerV1,
        pointer_gestures::zv1::client::zwp_pointer_gestures_v1::ZwpPointerGesturesV1,
        presentation_time::client::wp_presentation::WpPresentation,
        primary_selection::zv1::client::zwp_primary_selection_device_manager_v1::ZwpPrimarySelectionDeviceManagerV1,
        relative_pointer::zv1::client::zwp_relative_pointer_manager_v1::ZwpRelativePointerManagerV1,
        security_context::v1::client::wp_security_context_manager_v1::WpSecurityContextManagerV1,
        single_pixel_buffer::v1::client::wp_single_pixel_buffer_manager_v1::WpSinglePixelBufferManagerV1,
        viewporter::client::wp_viewporter::WpViewporter,
    },
    xdg::{
        activation::v1::client::xdg_activation_v1::XdgActivationV1,
        decoration::zv1::client::zxdg_decoration_manager_v1::ZxdgDecorationManagerV1,
        shell::client::xdg_wm_base::XdgWmBase,
        xdg_output::zv1::client::zxdg_output_manager_v1::ZxdgOutputManagerV1,
    },
};
use wayland_protocols_wlr::{
    layer_shell::v1::client::zwlr_layer_shell_v1::ZwlrLayerShellV1,
    screencopy::v1::client::zwlr_screencopy_manager_v1::ZwlrScreencopyManagerV1,
};

/// Every protocol that the headless compositor offers.
fn protocols() -> Vec<&'static Interface> {
    vec![
        WlCompositor::interface(),
        WlSubcompositor::interface(),
        WlShm::interface(),
        WlSeat::interface(),
        WlOutput::interface(),
        WlDataDeviceManager::interface(),
        ZwpPrimarySelectionDeviceManagerV1::interface(),
        XdgWmBase::interface(),
        ZxdgDecorationManagerV1::interface(),
        ZxdgOutputManagerV1::interface(),
        XdgActivationV1::interface(),
        WpViewporter::interface(),
        WpFractionalScaleManagerV1::interface(),
        WpPresentation::interface(),
        WpSinglePixelBufferManagerV1::interface(),
        WpCursorShapeManagerV1::interface(),
        ZwpPointerGesturesV1::interface(),
        ZwpRelativePointerManagerV1::interface(),
        ZwpIdleInhibitManagerV1::interface(),
        ExtIdleNotifierV1::interface(),
        WpSecurityContextManagerV1::interface(),
        ExtForeignToplevelListV1::interface(),
        ZwlrLayerShellV1::interface(),
        ExtSessionLockManagerV1::interface(),
        ZwlrScreencopyManagerV1::interface(),
    ]
}

#[test]
fn the_list_of_protocols_is_complete() {
    let mut phone = Fixture::new();
    let client = phone.raw_client(ClientClass::ShellPart);
    let known: Vec<&str> = protocols().iter().map(|interface| interface.name).collect();
    for (_, offered, _) in client.globals() {
        assert!(known.contains(&offered.as_str()), "{offered} is never put to the test here");
    }
    assert_eq!(client.globals().len(), known.len());
}

/// What was said, for a reader of the failure.
#[derive(Default)]
struct Said(u64, Vec<String>);

impl Drop for Said {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {}, last requests:", self.0);
            for line in self.1.iter().rev().take(12).rev() {
                eprintln!("  {line}");
            }
        }
    }
}

#[test]
fn whatever_a_client_says_the_others_are_still_served() {
    let mut phone = Fixture::new();
    phone.unlock();
    let mut thrown_out = 0;
    let runs = runs();
    for seed in 0..runs {
        let mut dice = Dice::new(seed);
        let mut client = phone.raw_client(ClientClass::ShellPart);
        for interface in protocols() {
            client.bind(interface);
        }
        prepare(&mut phone, &mut client, &mut dice);
        let mut said = Said(seed, Vec::new());
        let manners = if seed % 3 == 0 { Manners::None } else { Manners::Careful };
        let mut there = true;
        for step in 0..REQUESTS {
            said.1.extend(client.say_something(&mut dice, manners));
            if step % 8 == 7 {
                there = phone.settle_raw(&mut client);
                touch(&mut phone, &mut dice);
                phone.advance(std::time::Duration::from_millis(17));
            }
            if !there {
                thrown_out += 1;
                break;
            }
        }
        drop(client);
        phone.turn();
        phone.still_serves();
    }
    assert!(thrown_out > runs / 3, "the requests are not hostile enough: {thrown_out}");
    assert!(thrown_out < runs, "nothing that was said was right");
}

/// How many clients come, one after the other; more of them on demand.
fn runs() -> u64 {
    let asked = std::env::var("PURJE_HOSTILE_RUNS").ok();
    asked.and_then(|runs| runs.parse().ok()).unwrap_or(150)
}

const REQUESTS: usize = 64;

fn touch(phone: &mut Fixture, dice: &mut Dice) {
    let at = units::Point::new(dice.below(360) as f64 + 0.5, dice.below(720) as f64 + 0.25);
    let touch = match dice.below(4) {
        0 => shell::Touch::Down { slot: 0, at },
        1 => shell::Touch::Motion { slot: 0, at },
        2 => shell::Touch::Up { slot: 0 },
        _ => shell::Touch::Cancel,
    };
    phone.touch(touch);
    phone.touch(shell::Touch::Frame);
}

/// An honest beginning, so that what follows meets more than empty rooms.
fn prepare(phone: &mut Fixture, client: &mut RawClient, dice: &mut Dice) {
    let compositor = client.newest("wl_compositor").expect("bound");
    let base = client.newest("xdg_wm_base").expect("bound");
    let seat = client.newest("wl_seat").expect("bound");
    let data = client.newest("wl_data_device_manager").expect("bound");
    let subcompositor = client.newest("wl_subcompositor").expect("bound");
    let buffer = buffer(client);
    client.request(&seat, "get_pointer", Vec::new());
    client.request(&seat, "get_touch", Vec::new());
    client.request(&seat, "get_keyboard", Vec::new());
    client.request(&data, "get_data_device", vec![Argument::Object(seat)]);
    client.request(&compositor, "create_region", Vec::new());

    let surface = client.request(&compositor, "create_surface", Vec::new()).expect("made");
    let xdg = client.request(&base, "get_xdg_surface", vec![object(&surface)]).expect("made");
    client.request(&xdg, "get_toplevel", Vec::new());
    map(phone, client, &surface, &xdg, &buffer);

    let child = client.request(&compositor, "create_surface", Vec::new()).expect("made");
    client.request(&subcompositor, "get_subsurface", vec![object(&child), object(&surface)]);
    if dice.once_in(2) {
        popup(phone, client, &xdg, &buffer);
    }
    if dice.once_in(3) {
        let layers = client.newest("zwlr_layer_shell_v1").expect("bound");
        let surface = client.request(&compositor, "create_surface", Vec::new()).expect("made");
        let name = Argument::Str(Some(Box::new(c"panel".to_owned())));
        let args =
            vec![object(&surface), Argument::Object(ObjectId::null()), Argument::Uint(2), name];
        let layer = client.request(&layers, "get_layer_surface", args).expect("made");
        client.request(&layer, "set_size", vec![Argument::Uint(100), Argument::Uint(40)]);
        map(phone, client, &surface, &layer, &buffer);
    }
    client.request(&compositor, "create_surface", Vec::new());
    let positioner = client.request(&base, "create_positioner", Vec::new()).expect("made");
    client.request(&positioner, "set_size", vec![Argument::Int(50), Argument::Int(60)]);
    let rect = [1, 2, 30, 40].map(Argument::Int).to_vec();
    client.request(&positioner, "set_anchor_rect", rect);
    assert!(phone.settle_raw(client), "an honest beginning: {:?}", client.error());
}

fn object(id: &ObjectId) -> Arg {
    Argument::Object(id.clone())
}

fn buffer(client: &mut RawClient) -> ObjectId {
    let shm = client.newest("wl_shm").expect("bound");
    let file = client.file(64 * 64 * 4);
    let args = vec![Argument::Fd(file), Argument::Int(64 * 64 * 4)];
    let pool = client.request(&shm, "create_pool", args).expect("made");
    let mut args = [0, 64, 64, 256].map(Argument::Int).to_vec();
    args.push(Argument::Uint(0));
    client.request(&pool, "create_buffer", args).expect("made")
}

fn popup(phone: &mut Fixture, client: &mut RawClient, parent: &ObjectId, buffer: &ObjectId) {
    let compositor = client.newest("wl_compositor").expect("bound");
    let base = client.newest("xdg_wm_base").expect("bound");
    let positioner = client.request(&base, "create_positioner", Vec::new()).expect("made");
    client.request(&positioner, "set_size", vec![Argument::Int(64), Argument::Int(64)]);
    client.request(&positioner, "set_anchor_rect", [0, 0, 10, 10].map(Argument::Int).to_vec());
    let surface = client.request(&compositor, "create_surface", Vec::new()).expect("made");
    let xdg = client.request(&base, "get_xdg_surface", vec![object(&surface)]).expect("made");
    client.request(&xdg, "get_popup", vec![object(parent), object(&positioner)]);
    map(phone, client, &surface, &xdg, buffer);
}

/// The dance of first commit, configure, acknowledgement and picture.
fn map(
    phone: &mut Fixture,
    client: &mut RawClient,
    surface: &ObjectId,
    role: &ObjectId,
    buffer: &ObjectId,
) {
    client.request(surface, "commit", Vec::new());
    assert!(phone.settle_raw(client), "{:?}", client.error());
    let serial = client.serial(role).expect("a configure");
    client.request(role, "ack_configure", vec![Argument::Uint(serial)]);
    let args = vec![object(buffer), Argument::Int(0), Argument::Int(0)];
    client.request(surface, "attach", args);
    client.request(surface, "commit", Vec::new());
    assert!(phone.settle_raw(client), "{:?}", client.error());
}
