//! What a client must not be able to do to the others: each of these ended, hung or confused the
//! whole compositor before it was guarded against.

use fixture::{Arg, Fixture, RawClient};
use ipc::trust::ClientClass;
use wayland_client::{
    Proxy as _,
    backend::{ObjectId, protocol::Argument},
    protocol::{
        wl_compositor::WlCompositor,
        wl_seat::WlSeat,
        wl_shm::{self, WlShm},
        wl_subcompositor::{self, WlSubcompositor},
        wl_subsurface, wl_surface,
    },
};
use wayland_protocols::{
    wp::{
        security_context::v1::client::wp_security_context_manager_v1::{
            self, WpSecurityContextManagerV1,
        },
        viewporter::client::wp_viewporter::WpViewporter,
    },
    xdg::shell::client::{
        xdg_surface, xdg_toplevel,
        xdg_wm_base::{self, XdgWmBase},
    },
};
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_shell_v1::ZwlrLayerShellV1;

/// A hostile client on an unlocked phone.
struct Attack {
    phone: Fixture,
    client: RawClient,
}

const HUGE: [i32; 4] = [i32::MAX, i32::MIN, i32::MAX, i32::MAX];

fn object(id: &ObjectId) -> Arg {
    Argument::Object(id.clone())
}

impl Attack {
    fn new() -> Self {
        let mut phone = Fixture::new();
        phone.unlock();
        let mut client = phone.raw_client(ClientClass::UserTool);
        for interface in [
            WlCompositor::interface(),
            WlSubcompositor::interface(),
            WlShm::interface(),
            WlSeat::interface(),
            XdgWmBase::interface(),
            WpViewporter::interface(),
            ZwlrLayerShellV1::interface(),
            WpSecurityContextManagerV1::interface(),
        ] {
            client.bind(interface);
        }
        Self { phone, client }
    }

    fn global(&self, interface: &str) -> ObjectId {
        self.client.newest(interface).expect("bound")
    }

    /// Sends a request to an object.
    fn say(&mut self, to: &ObjectId, request: &str, args: Vec<Arg>) -> ObjectId {
        self.client.request(to, request, args).unwrap_or_else(ObjectId::null)
    }

    fn ints(&mut self, to: &ObjectId, request: &str, ints: &[i32]) {
        self.say(to, request, ints.iter().copied().map(Argument::Int).collect());
    }

    fn surface(&mut self) -> ObjectId {
        self.say(&self.global("wl_compositor"), "create_surface", vec![])
    }

    /// A surface with its xdg surface.
    fn xdg(&mut self) -> (ObjectId, ObjectId) {
        let surface = self.surface();
        let xdg = self.say(&self.global("xdg_wm_base"), "get_xdg_surface", vec![object(&surface)]);
        (surface, xdg)
    }

    fn positioner(&mut self) -> ObjectId {
        let positioner = self.say(&self.global("xdg_wm_base"), "create_positioner", vec![]);
        self.ints(&positioner, "set_size", &[50, 50]);
        self.ints(&positioner, "set_anchor_rect", &[0, 0, 10, 10]);
        positioner
    }

    fn popup(&mut self, on: &ObjectId) -> (ObjectId, ObjectId, ObjectId) {
        let (surface, xdg) = self.xdg();
        let positioner = self.positioner();
        let popup = self.say(&xdg, "get_popup", vec![object(on), object(&positioner)]);
        (surface, xdg, popup)
    }

    fn buffer(&mut self) -> ObjectId {
        let file = self.client.file(64 * 64 * 4);
        let args = vec![Argument::Fd(file), Argument::Int(64 * 64 * 4)];
        let pool = self.say(&self.global("wl_shm"), "create_pool", args);
        let mut args = [0, 64, 64, 256].map(Argument::Int).to_vec();
        args.push(Argument::Uint(0));
        self.say(&pool, "create_buffer", args)
    }

    fn attach(&mut self, surface: &ObjectId) {
        let buffer = self.buffer();
        let args = vec![object(&buffer), Argument::Int(0), Argument::Int(0)];
        self.say(surface, "attach", args);
    }

    /// Commits, and acknowledges the configure that comes.
    fn configure(&mut self, surface: &ObjectId, role: &ObjectId) {
        self.say(surface, "commit", vec![]);
        self.is_borne();
        let serial = self.client.serial(role).expect("a configure");
        self.say(role, "ack_configure", vec![Argument::Uint(serial)]);
    }

    /// A window that is seen.
    fn window(&mut self) -> (ObjectId, ObjectId, ObjectId) {
        let (surface, xdg) = self.xdg();
        let toplevel = self.say(&xdg, "get_toplevel", vec![]);
        self.configure(&surface, &xdg);
        self.attach(&surface);
        self.say(&surface, "commit", vec![]);
        self.is_borne();
        (surface, xdg, toplevel)
    }

    /// All that was said is borne: the client is still there, the picture is drawn, fingers find
    /// their way, and others are served.
    fn is_borne(&mut self) {
        let there = self.phone.settle_raw(&mut self.client);
        assert!(there, "thrown out: {:?}", self.client.error());
        self.phone.rest();
        self.phone.tap((30.5, 300.5));
        self.phone.tap((180.0, 400.0));
        self.phone.settle_raw(&mut self.client);
        self.phone.still_serves();
    }

    /// The client is thrown out for what it said, with the protocol's error of this number, and
    /// others are served.
    fn is_thrown_out(&mut self, code: impl Into<u32>) {
        let there = self.phone.settle_raw(&mut self.client);
        assert!(!there, "nobody objects");
        assert_eq!(self.client.error().map(|(_, code)| code), Some(code.into()));
        self.phone.rest();
        self.phone.still_serves();
    }
}

#[test]
fn a_menu_may_be_asked_for_beyond_all_numbers() {
    let mut attack = Attack::new();
    let (_, parent, _) = attack.window();
    let (surface, xdg) = attack.xdg();
    let positioner = attack.positioner();
    attack.ints(&positioner, "set_size", &[i32::MAX, i32::MAX]);
    attack.ints(&positioner, "set_anchor_rect", &HUGE);
    attack.ints(&positioner, "set_offset", &[i32::MAX, i32::MIN]);
    for corner in 0..9 {
        attack.say(&positioner, "set_anchor", vec![Argument::Uint(corner)]);
        attack.say(&positioner, "set_gravity", vec![Argument::Uint(corner)]);
    }
    attack.say(&positioner, "set_constraint_adjustment", vec![Argument::Uint(63)]);
    let popup = attack.say(&xdg, "get_popup", vec![object(&parent), object(&positioner)]);
    attack.configure(&surface, &xdg);
    attack.attach(&surface);
    attack.say(&surface, "commit", vec![]);
    attack.say(&popup, "reposition", vec![object(&positioner), Argument::Uint(1)]);
    attack.is_borne();
}

#[test]
fn a_menu_cannot_lie_on_itself() {
    let mut attack = Attack::new();
    let (_, xdg) = attack.xdg();
    let positioner = attack.positioner();
    attack.say(&xdg, "get_popup", vec![object(&xdg), object(&positioner)]);
    attack.is_thrown_out(xdg_wm_base::Error::InvalidPopupParent);
}

#[test]
fn menus_cannot_lie_on_each_other_in_a_ring() {
    let mut attack = Attack::new();
    let (_, window, _) = attack.window();
    let (_, first, popup) = attack.popup(&window);
    attack.say(&popup, "destroy", vec![]);
    let (_, second, _) = attack.popup(&first);
    let positioner = attack.positioner();
    attack.say(&first, "get_popup", vec![object(&second), object(&positioner)]);
    attack.is_thrown_out(xdg_wm_base::Error::InvalidPopupParent);
}

#[test]
fn menus_cannot_lie_on_each_other_without_end() {
    let mut attack = Attack::new();
    let (_, mut on, _) = attack.window();
    for _ in 0..4000 {
        on = attack.popup(&on).1;
        if !attack.phone.settle_raw(&mut attack.client) {
            break;
        }
    }
    attack.is_thrown_out(xdg_wm_base::Error::InvalidPopupParent);
}

#[test]
fn a_menu_goes_after_the_menus_on_it() {
    let mut attack = Attack::new();
    let (_, window, _) = attack.window();
    let (_, first, popup) = attack.popup(&window);
    let (_, _, second) = attack.popup(&first);
    attack.say(&second, "destroy", vec![]);
    attack.is_borne();
    attack.popup(&first);
    attack.say(&popup, "destroy", vec![]);
    attack.is_thrown_out(xdg_wm_base::Error::NotTheTopmostPopup);
}

#[test]
fn a_window_has_a_size() {
    for size in [[0, 0, 0, 40], [0, 0, 40, 0], [0, 0, -5, -5]] {
        let mut attack = Attack::new();
        let (_, xdg, _) = attack.window();
        attack.ints(&xdg, "set_window_geometry", &size);
        attack.is_thrown_out(xdg_surface::Error::InvalidSize);
    }
    let mut attack = Attack::new();
    let (surface, xdg, toplevel) = attack.window();
    attack.ints(&xdg, "set_window_geometry", &HUGE);
    attack.ints(&toplevel, "set_min_size", &[i32::MAX, i32::MAX]);
    attack.say(&surface, "commit", vec![]);
    attack.is_borne();
    attack.ints(&toplevel, "set_max_size", &[-1, 5]);
    attack.is_thrown_out(xdg_toplevel::Error::InvalidSize);
}

#[test]
fn a_picture_comes_after_the_configure() {
    let mut attack = Attack::new();
    let (surface, xdg) = attack.xdg();
    attack.say(&xdg, "get_toplevel", vec![]);
    attack.attach(&surface);
    attack.say(&surface, "commit", vec![]);
    attack.is_thrown_out(xdg_surface::Error::NotConstructed);

    let mut attack = Attack::new();
    let (surface, xdg) = attack.xdg();
    attack.say(&xdg, "get_toplevel", vec![]);
    attack.say(&surface, "commit", vec![]);
    attack.is_borne();
    attack.attach(&surface);
    attack.say(&surface, "commit", vec![]);
    attack.is_thrown_out(xdg_surface::Error::NotConstructed);
}

#[test]
fn windows_are_not_each_others_dialogs() {
    let mut attack = Attack::new();
    let (_, _, first) = attack.window();
    let (_, _, second) = attack.window();
    let (_, _, third) = attack.window();
    attack.say(&second, "set_parent", vec![object(&first)]);
    attack.say(&third, "set_parent", vec![object(&second)]);
    attack.is_borne();
    attack.say(&first, "set_parent", vec![object(&third)]);
    attack.is_thrown_out(xdg_toplevel::Error::InvalidParent);
}

#[test]
fn panels_may_ask_for_all_there_is_and_more() {
    let mut attack = Attack::new();
    let shell = attack.global("zwlr_layer_shell_v1");
    for (layer, anchor, zone) in
        [(0, 13, i32::MAX), (1, 15, i32::MIN), (2, 7, i32::MAX), (3, 14, i32::MAX), (3, 0, -7)]
    {
        let surface = attack.surface();
        let name = Argument::Str(Some(Box::new(c"panel".to_owned())));
        let output = Argument::Object(ObjectId::null());
        let args = vec![object(&surface), output, Argument::Uint(layer), name];
        let panel = attack.say(&shell, "get_layer_surface", args);
        attack.say(&panel, "set_anchor", vec![Argument::Uint(anchor)]);
        attack.say(&panel, "set_size", vec![Argument::Uint(u32::MAX), Argument::Uint(u32::MAX)]);
        attack.ints(&panel, "set_margin", &[i32::MAX, i32::MIN, i32::MAX, i32::MAX]);
        attack.ints(&panel, "set_exclusive_zone", &[zone]);
        attack.configure(&surface, &panel);
        attack.attach(&surface);
        attack.say(&surface, "commit", vec![]);
        attack.is_borne();
    }
    let mut honest = attack.phone.client();
    honest.open("org.example.Honest", "Honest", [0, 0, 0, 0xff]);
    attack.phone.settle(&mut honest);
    let (width, height) = honest.toplevel(0).size;
    assert!((1..=360).contains(&width) && (1..=720).contains(&height), "{width}x{height}");
}

#[test]
fn subsurfaces_lie_in_one_another_only_so_deep() {
    let mut attack = Attack::new();
    let subcompositor = attack.global("wl_subcompositor");
    // From the inside out, so that no single step looks deep from above.
    let mut child = attack.surface();
    for _ in 0..20_000 {
        let parent = attack.surface();
        attack.say(&subcompositor, "get_subsurface", vec![object(&child), object(&parent)]);
        child = parent;
        if !attack.phone.settle_raw(&mut attack.client) {
            break;
        }
    }
    attack.is_thrown_out(wl_subcompositor::Error::BadSurface);
}

#[test]
fn subsurfaces_may_lie_beyond_all_numbers() {
    let mut attack = Attack::new();
    let (window, _, _) = attack.window();
    let subcompositor = attack.global("wl_subcompositor");
    let mut parent = window.clone();
    for _ in 0..5 {
        let child = attack.surface();
        let args = vec![object(&child), object(&parent)];
        let role = attack.say(&subcompositor, "get_subsurface", args);
        attack.say(&role, "set_desync", vec![]);
        attack.ints(&role, "set_position", &[i32::MAX, i32::MAX]);
        attack.attach(&child);
        attack.say(&child, "commit", vec![]);
        attack.say(&parent, "commit", vec![]);
        parent = child;
    }
    attack.say(&window, "commit", vec![]);
    attack.is_borne();
}

#[test]
fn a_subsurface_cannot_lie_above_itself() {
    for request in ["place_above", "place_below"] {
        let mut attack = Attack::new();
        let (window, _, _) = attack.window();
        let subcompositor = attack.global("wl_subcompositor");
        let child = attack.surface();
        let args = vec![object(&child), object(&window)];
        let role = attack.say(&subcompositor, "get_subsurface", args);
        attack.say(&role, request, vec![object(&child)]);
        attack.is_thrown_out(wl_subsurface::Error::BadSurface);
    }
}

#[test]
fn damage_regions_scales_and_viewports_may_be_of_any_size() {
    let mut attack = Attack::new();
    let (surface, _, _) = attack.window();
    let region = attack.say(&attack.global("wl_compositor"), "create_region", vec![]);
    for rect in [HUGE, [-10, -10, -10, -10], [i32::MIN, i32::MIN, i32::MIN, i32::MIN]] {
        attack.ints(&region, "add", &rect);
        attack.ints(&region, "subtract", &rect.map(i32::wrapping_neg));
        attack.ints(&surface, "damage", &rect);
        attack.ints(&surface, "damage_buffer", &rect);
        attack.ints(&surface, "offset", &rect[..2]);
    }
    attack.say(&surface, "set_opaque_region", vec![object(&region)]);
    attack.say(&surface, "set_input_region", vec![object(&region)]);
    let viewport =
        attack.say(&attack.global("wp_viewporter"), "get_viewport", vec![object(&surface)]);
    attack.ints(&viewport, "set_destination", &[i32::MAX, i32::MAX]);
    attack.attach(&surface);
    attack.say(&surface, "commit", vec![]);
    attack.is_borne();
    attack.ints(&surface, "set_buffer_scale", &[i32::MAX]);
    attack.attach(&surface);
    attack.say(&surface, "commit", vec![]);
    attack.is_borne();
}

#[test]
fn a_buffer_is_not_smaller_than_a_pixel_of_its_scale() {
    let mut attack = Attack::new();
    let (surface, _, _) = attack.window();
    let file = attack.client.file(4);
    let args = vec![Argument::Fd(file), Argument::Int(4)];
    let pool = attack.say(&attack.global("wl_shm"), "create_pool", args);
    let mut args = [0, 1, 1, 4].map(Argument::Int).to_vec();
    args.push(Argument::Uint(0));
    let buffer = attack.say(&pool, "create_buffer", args);
    attack.ints(&surface, "set_buffer_scale", &[2]);
    attack.say(&surface, "attach", vec![object(&buffer), Argument::Int(0), Argument::Int(0)]);
    attack.say(&surface, "commit", vec![]);
    attack.is_thrown_out(wl_surface::Error::InvalidSize);
}

#[test]
fn a_pool_of_memory_does_not_shrink_to_nothing() {
    for size in [0, -1, i32::MIN] {
        let mut attack = Attack::new();
        attack.buffer();
        let pool = attack.global("wl_shm_pool");
        attack.ints(&pool, "resize", &[size]);
        attack.is_thrown_out(wl_shm::Error::InvalidFd);
    }
}

#[test]
fn a_sandbox_listens_on_a_socket_or_not_at_all() {
    let mut attack = Attack::new();
    let manager = attack.global("wp_security_context_manager_v1");
    let (read, write) = rustix::pipe::pipe().expect("a pipe");
    // Readable, so that whoever waits for it is woken.
    rustix::io::write(&write, b"x").expect("written");
    let read = attack.client.lend(read);
    let write = attack.client.lend(write);
    attack.say(&manager, "create_listener", vec![Argument::Fd(read), Argument::Fd(write)]);
    let context = attack.global("wp_security_context_v1");
    attack.say(&context, "commit", vec![]);
    attack.is_thrown_out(wp_security_context_manager_v1::Error::InvalidListenFd);
}
