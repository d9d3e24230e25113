//! What clients are told and what is seen of them, protocol by protocol.

use std::{
    os::{fd::AsFd as _, unix::net::UnixStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use fixture::{Client, Fixture, Log, Seen, small_panel, without_code};
use wayland_client::{
    Connection, Dispatch, QueueHandle,
    backend::ObjectData,
    protocol::{
        wl_compositor::WlCompositor,
        wl_data_device::{self, WlDataDevice},
        wl_data_device_manager::WlDataDeviceManager,
        wl_data_offer::WlDataOffer,
        wl_data_source::{self, WlDataSource},
        wl_seat::WlSeat,
        wl_subcompositor::WlSubcompositor,
        wl_surface::WlSurface,
    },
};
use wayland_protocols::{
    ext::{
        foreign_toplevel_list::v1::client::{
            ext_foreign_toplevel_handle_v1::{self, ExtForeignToplevelHandleV1},
            ext_foreign_toplevel_list_v1::{self, ExtForeignToplevelListV1},
        },
        idle_notify::v1::client::{
            ext_idle_notification_v1::{self, ExtIdleNotificationV1},
            ext_idle_notifier_v1::ExtIdleNotifierV1,
        },
    },
    wp::{
        fractional_scale::v1::client::{
            wp_fractional_scale_manager_v1::WpFractionalScaleManagerV1,
            wp_fractional_scale_v1::{self, WpFractionalScaleV1},
        },
        idle_inhibit::zv1::client::zwp_idle_inhibit_manager_v1::ZwpIdleInhibitManagerV1,
        presentation_time::client::{wp_presentation::WpPresentation, wp_presentation_feedback},
        security_context::v1::client::wp_security_context_manager_v1::WpSecurityContextManagerV1,
        viewporter::client::wp_viewporter::WpViewporter,
    },
    xdg::activation::v1::client::{
        xdg_activation_token_v1::{self, XdgActivationTokenV1},
        xdg_activation_v1::XdgActivationV1,
    },
};
use wayland_protocols_wlr::{
    layer_shell::v1::client::{
        zwlr_layer_shell_v1::{Layer, ZwlrLayerShellV1},
        zwlr_layer_surface_v1::{self, Anchor, ZwlrLayerSurfaceV1},
    },
    screencopy::v1::client::{
        zwlr_screencopy_frame_v1::{self, ZwlrScreencopyFrameV1},
        zwlr_screencopy_manager_v1::ZwlrScreencopyManagerV1,
    },
};

/// Blue, green, red, opacity.
const ORANGE: [u8; 4] = [0x20, 0x80, 0xff, 0xff];
const GREEN: [u8; 4] = [0x20, 0xc0, 0x10, 0xff];
const SECOND: Duration = Duration::from_secs(1);

fn rgb([b, g, r, _]: [u8; 4]) -> Option<[u8; 3]> {
    Some([r, g, b])
}

/// An unlocked phone with a client's window in front.
fn with_window(app: &str) -> (Fixture, Client) {
    let mut phone = Fixture::new();
    phone.unlock();
    let client = open(&mut phone, app);
    (phone, client)
}

fn open(phone: &mut Fixture, app: &str) -> Client {
    let mut client = phone.client();
    client.open(app, app, ORANGE);
    phone.settle(&mut client);
    phone.advance_with(&mut client, SECOND * 2);
    client
}

fn surface(client: &Client) -> WlSurface {
    let compositor: WlCompositor = client.bind(());
    compositor.create_surface(&client.handle(), ())
}

/// The app id of what is in front.
fn front(phone: &mut Fixture) -> Option<String> {
    let summary = phone.state().shell().summary();
    summary.front.and_then(|front| {
        summary.covers.iter().find(|cover| cover.cover == front).map(|c| c.title.clone())
    })
}

// Activation

/// A token of the client's, made with the serial of a finger on its window.
fn token(phone: &mut Fixture, client: &mut Client) -> (XdgActivationV1, String) {
    let activation: XdgActivationV1 = client.bind(Log);
    let seat: WlSeat = client.bind(());
    let request: XdgActivationTokenV1 = activation.get_activation_token(&client.handle(), Log);
    let serial = client.seen().touch_serial;
    request.set_serial(serial, &seat);
    request.set_surface(&client.toplevel(0).surface);
    request.commit();
    phone.settle(client);
    let events = client.seen().events(&request);
    let Some(xdg_activation_token_v1::Event::Done { token }) = events.first() else {
        panic!("no token")
    };
    let token = token.clone();
    (activation, token)
}

#[test]
fn a_focused_client_can_hand_the_front_to_another_window() {
    let (mut phone, mut first) = with_window("org.example.First");
    let mut second = open(&mut phone, "org.example.Second");
    let (_, stolen) = token(&mut phone, &mut first);
    let activation: XdgActivationV1 = first.bind(Log);
    activation.activate(stolen, &first.toplevel(0).surface);
    phone.settle(&mut first);
    phone.rest();
    assert_eq!(front(&mut phone).as_deref(), Some("org.example.Second"), "without focus: no");

    let (_, given) = token(&mut phone, &mut second);
    activation.activate(given, &first.toplevel(0).surface);
    phone.settle(&mut first);
    phone.rest();
    assert_eq!(front(&mut phone).as_deref(), Some("org.example.First"));
}

// Layers

#[test]
fn a_panel_takes_its_zone_from_windows() {
    let (mut phone, mut window) = with_window("org.example.Window");
    let before = window.toplevel(0).size;
    let mut panel = phone.client();
    let shell: ZwlrLayerShellV1 = panel.bind(Log);
    let surface = surface(&panel);
    let qh = panel.handle();
    let role: ZwlrLayerSurfaceV1 =
        shell.get_layer_surface(&surface, None, Layer::Top, "panel".into(), &qh, Log);
    role.set_anchor(Anchor::Bottom | Anchor::Left | Anchor::Right);
    role.set_size(0, 60);
    role.set_exclusive_zone(60);
    surface.commit();
    phone.settle(&mut panel);
    let events = panel.seen().events(&role);
    let Some(zwlr_layer_surface_v1::Event::Configure { serial, width, height }) = events.last()
    else {
        panic!("no configure")
    };
    assert_eq!((*width, *height), (360, 60));
    role.ack_configure(*serial);
    let buffer = panel.buffer((360, 60), GREEN);
    surface.attach(Some(&buffer), 0, 0);
    surface.commit();
    phone.settle(&mut panel);
    phone.advance_with(&mut window, SECOND);
    assert_eq!(window.toplevel(0).size.1, before.1 - 60);
    assert_eq!(phone.shown().rgb(180, 690), rgb(GREEN), "the panel is seen");

    drop(panel);
    phone.advance_with(&mut window, SECOND);
    assert_eq!(window.toplevel(0).size, before, "and gives it back");
}

// Pictures

struct Copy {
    frame: ZwlrScreencopyFrameV1,
    memory: std::fs::File,
    size: (u32, u32),
}

/// Asks for the screen's picture; `None` when that is refused at once.
fn copy(phone: &mut Fixture, client: &mut Client, with_damage: bool) -> Option<Copy> {
    let manager: ZwlrScreencopyManagerV1 = client.bind(Log);
    copy_by(phone, client, &manager, with_damage)
}

fn copy_by(
    phone: &mut Fixture,
    client: &mut Client,
    manager: &ZwlrScreencopyManagerV1,
    with_damage: bool,
) -> Option<Copy> {
    let output = client.bind(());
    let frame = manager.capture_output(0, &output, &client.handle(), Log);
    phone.settle(client);
    let (width, height) = client.seen().events(&frame).iter().find_map(|event| match event {
        zwlr_screencopy_frame_v1::Event::Buffer { width, height, .. } => Some((*width, *height)),
        _ => None,
    })?;
    let (buffer, memory) = client.memory((width as i32, height as i32));
    if with_damage {
        frame.copy_with_damage(&buffer);
    } else {
        frame.copy(&buffer);
    }
    phone.settle(client);
    Some(Copy { frame, memory, size: (width, height) })
}

impl Copy {
    fn is_ready(&self, client: &mut Client) -> bool {
        let events = client.seen().events(&self.frame);
        events.iter().any(|event| matches!(event, zwlr_screencopy_frame_v1::Event::Ready { .. }))
    }

    fn failed(&self, client: &mut Client) -> bool {
        let events = client.seen().events(&self.frame);
        events.iter().any(|event| matches!(event, zwlr_screencopy_frame_v1::Event::Failed))
    }

    fn pixels(&self) -> Vec<u8> {
        use std::os::unix::fs::FileExt as _;
        let mut pixels = vec![0; (self.size.0 * self.size.1 * 4) as usize];
        self.memory.read_exact_at(&mut pixels, 0).expect("read");
        pixels
    }
}

/// Colours alone: what a picture's fourth byte holds says nothing.
fn colours(pixels: &[u8]) -> Vec<[u8; 3]> {
    pixels.chunks_exact(4).map(|p| [p[0], p[1], p[2]]).collect()
}

#[test]
fn a_screen_copy_is_what_the_panel_shows() {
    let (mut phone, _window) = with_window("org.example.Window");
    let mut tool = phone.client();
    let copy = copy(&mut phone, &mut tool, false).expect("offered");
    assert!(copy.is_ready(&mut tool));
    let shown = phone.shown();
    assert_eq!(copy.size, (shown.width, shown.height));
    assert!(colours(&copy.pixels()) == colours(&shown.data));
    assert!(colours(&shown.data).contains(&[ORANGE[0], ORANGE[1], ORANGE[2]]));
}

#[test]
fn a_screen_copy_of_a_locked_phone_shows_the_lock() {
    let (mut phone, _window) = with_window("org.example.Window");
    phone.state().tell(shell::Event::Request(shell::Request::Lock));
    phone.rest();
    let mut tool = phone.client();
    let copy = copy(&mut phone, &mut tool, false).expect("offered");
    assert!(copy.is_ready(&mut tool));
    assert!(!colours(&copy.pixels()).contains(&[ORANGE[0], ORANGE[1], ORANGE[2]]));
}

#[test]
fn a_screen_copy_of_a_dark_phone_fails() {
    let (mut phone, _window) = with_window("org.example.Window");
    phone.state().tell(shell::Event::Request(shell::Request::Blank));
    phone.advance(SECOND * 3);
    let mut tool = phone.client();
    let copy = copy(&mut phone, &mut tool, false).expect("offered");
    assert!(copy.failed(&mut tool) && !copy.is_ready(&mut tool));
}

#[test]
fn a_screen_copy_with_damage_waits_for_a_change() {
    let (mut phone, mut window) = with_window("org.example.Window");
    let mut tool = phone.client();
    let manager: ZwlrScreencopyManagerV1 = tool.bind(Log);
    let first = copy_by(&mut phone, &mut tool, &manager, true).expect("offered");
    assert!(first.is_ready(&mut tool), "nothing was copied yet, so all is new");
    let second = copy_by(&mut phone, &mut tool, &manager, true).expect("offered");
    phone.advance(Duration::from_millis(300));
    phone.settle(&mut tool);
    assert!(!second.is_ready(&mut tool), "nothing has changed");
    window.draw(0, GREEN);
    phone.settle(&mut window);
    phone.advance(Duration::from_millis(50));
    phone.settle(&mut tool);
    assert!(second.is_ready(&mut tool));
    assert!(colours(&second.pixels()).contains(&[GREEN[0], GREEN[1], GREEN[2]]));
}

// Time

#[test]
fn a_client_learns_when_its_picture_was_seen() {
    let (mut phone, mut window) = with_window("org.example.Window");
    let presentation: WpPresentation = window.bind(Log);
    let before = phone.state().clock().now();
    let feedback = presentation.feedback(&window.toplevel(0).surface, &window.handle(), Log);
    window.draw(0, GREEN);
    phone.settle(&mut window);
    phone.advance(Duration::from_millis(100));
    phone.settle(&mut window);
    let after = phone.state().clock().now();
    let events = window.seen().events(&feedback);
    let Some(wp_presentation_feedback::Event::Presented { tv_sec_lo, tv_nsec, refresh, .. }) =
        events.iter().find(|e| matches!(e, wp_presentation_feedback::Event::Presented { .. }))
    else {
        panic!("never presented")
    };
    let at = u64::from(*tv_sec_lo) * 1_000_000_000 + u64::from(*tv_nsec);
    assert!((before.as_nanos()..=after.as_nanos()).contains(&at), "{at} within the frame");
    assert_eq!(refresh / 1000, 16_666, "60 Hz");
}

#[test]
fn a_frame_is_not_asked_of_a_surface_that_shows_nothing() {
    let (mut phone, mut window) = with_window("org.example.Window");
    let subcompositor: WlSubcompositor = window.bind(Log);
    let hidden = surface(&window);
    let role =
        subcompositor.get_subsurface(&hidden, &window.toplevel(0).surface, &window.handle(), Log);
    role.set_desync();
    hidden.frame(&window.handle(), fixture::Frame);
    hidden.commit();
    window.toplevel(0).surface.commit();
    phone.settle(&mut window);
    let before = window.seen().frames;
    phone.advance_with(&mut window, SECOND);
    assert_eq!(window.seen().frames, before);
    let buffer = window.buffer((10, 10), GREEN);
    hidden.attach(Some(&buffer), 0, 0);
    hidden.commit();
    phone.settle(&mut window);
    phone.advance_with(&mut window, SECOND);
    assert_eq!(window.seen().frames, before + 1, "now it shows something");
}

// Surfaces

#[test]
fn a_client_learns_a_scale_in_120ths() {
    let mut panel = small_panel();
    panel.size_px = (900, 1800);
    panel.scale = 2.5;
    let mut phone = Fixture::with(panel, without_code());
    let mut client = phone.client();
    let manager: WpFractionalScaleManagerV1 = client.bind(Log);
    let scale: WpFractionalScaleV1 =
        manager.get_fractional_scale(&surface(&client), &client.handle(), Log);
    phone.settle(&mut client);
    let events = client.seen().events(&scale);
    let Some(wp_fractional_scale_v1::Event::PreferredScale { scale }) = events.last() else {
        panic!("no scale")
    };
    assert_eq!(*scale, 300);
}

#[test]
fn a_subsurface_is_seen_where_it_was_put() {
    let (mut phone, mut window) = with_window("org.example.Window");
    let subcompositor: WlSubcompositor = window.bind(Log);
    let child = surface(&window);
    let parent = window.toplevel(0).surface.clone();
    let role = subcompositor.get_subsurface(&child, &parent, &window.handle(), Log);
    role.set_position(100, 200);
    let buffer = window.buffer((50, 40), GREEN);
    child.attach(Some(&buffer), 0, 0);
    child.commit();
    parent.commit();
    phone.settle(&mut window);
    phone.advance_with(&mut window, SECOND);
    let picture = phone.shown();
    let top = (0..720).find(|y| picture.rgb(120, *y) == rgb(GREEN)).expect("seen");
    assert!((0..40).all(|y| picture.rgb(120, top + y) == rgb(GREEN)));
    assert_eq!(picture.rgb(120, top + 40), rgb(ORANGE));
    assert_eq!(picture.rgb(99, top), rgb(ORANGE));
    assert_eq!(picture.rgb(100, top), rgb(GREEN));
    assert_eq!(picture.rgb(149, top), rgb(GREEN));
    assert_eq!(picture.rgb(150, top), rgb(ORANGE));
}

#[test]
fn a_viewport_shows_a_part_at_another_size() {
    let (mut phone, mut window) = with_window("org.example.Window");
    let subcompositor: WlSubcompositor = window.bind(Log);
    let viewporter: WpViewporter = window.bind(Log);
    let child = surface(&window);
    let parent = window.toplevel(0).surface.clone();
    let _role = subcompositor.get_subsurface(&child, &parent, &window.handle(), Log);
    let viewport = viewporter.get_viewport(&child, &window.handle(), Log);
    viewport.set_source(5.0, 5.0, 10.0, 10.0);
    viewport.set_destination(80, 60);
    let buffer = window.buffer((20, 20), GREEN);
    child.attach(Some(&buffer), 0, 0);
    child.commit();
    parent.commit();
    phone.settle(&mut window);
    phone.advance_with(&mut window, SECOND);
    let picture = phone.shown();
    let green = |x, y| picture.rgb(x, y) == rgb(GREEN);
    let width = (0..360).filter(|x| (0..720).any(|y| green(*x, y))).count();
    let height = (0..720).filter(|y| green(40, *y)).count();
    assert_eq!((width, height), (80, 60));
}

// Idleness

fn idle(client: &mut Client, wish: &ExtIdleNotificationV1) -> (usize, usize) {
    let events = client.seen().events(wish);
    let count = |idled: bool| {
        let of = |e: &&&ext_idle_notification_v1::Event| {
            matches!(e, ext_idle_notification_v1::Event::Idled) == idled
        };
        events.iter().filter(of).count()
    };
    (count(true), count(false))
}

#[test]
fn a_client_learns_that_the_user_is_away_and_back() {
    let (mut phone, mut client) = with_window("org.example.Window");
    let notifier: ExtIdleNotifierV1 = client.bind(Log);
    let seat: WlSeat = client.bind(());
    let wish = notifier.get_idle_notification(4000, &seat, &client.handle(), Log);
    phone.settle(&mut client);
    phone.advance(Duration::from_millis(3990));
    phone.settle(&mut client);
    assert_eq!(idle(&mut client, &wish), (0, 0));
    phone.advance(Duration::from_millis(20));
    phone.settle(&mut client);
    assert_eq!(idle(&mut client, &wish), (1, 0));
    phone.tap((180.0, 400.0));
    phone.settle(&mut client);
    assert_eq!(idle(&mut client, &wish), (1, 1));
}

#[test]
fn an_inhibitor_counts_while_its_surface_is_seen() {
    let (mut phone, mut client) = with_window("org.example.Video");
    let notifier: ExtIdleNotifierV1 = client.bind(Log);
    let seat: WlSeat = client.bind(());
    let inhibit: ZwpIdleInhibitManagerV1 = client.bind(Log);
    let unmapped = surface(&client);
    let _useless = inhibit.create_inhibitor(&unmapped, &client.handle(), Log);
    let heeding = notifier.get_idle_notification(2000, &seat, &client.handle(), Log);
    let plain = notifier.get_input_idle_notification(2000, &seat, &client.handle(), Log);
    phone.settle(&mut client);
    phone.advance(SECOND * 3);
    phone.settle(&mut client);
    assert_eq!(idle(&mut client, &heeding).0, 1, "a surface that shows nothing does not count");

    phone.tap((180.0, 400.0));
    let inhibitor = inhibit.create_inhibitor(&client.toplevel(0).surface, &client.handle(), Log);
    phone.settle(&mut client);
    phone.advance(SECOND * 5);
    phone.settle(&mut client);
    assert_eq!(idle(&mut client, &heeding).0, 1, "a film is seen");
    assert_eq!(idle(&mut client, &plain).0, 2, "but nobody touches the phone");

    inhibitor.destroy();
    phone.settle(&mut client);
    phone.advance(SECOND * 3);
    phone.settle(&mut client);
    assert_eq!(idle(&mut client, &heeding).0, 2);
}

#[test]
fn an_inhibitor_keeps_the_display_lit_until_its_client_is_gone() {
    let (mut phone, mut client) = with_window("org.example.Video");
    let inhibit: ZwpIdleInhibitManagerV1 = client.bind(Log);
    let _inhibitor = inhibit.create_inhibitor(&client.toplevel(0).surface, &client.handle(), Log);
    phone.settle(&mut client);
    phone.advance(SECOND * 900);
    assert_eq!(phone.state().shell().display(), shell::Display::On);
    drop(client);
    phone.turn();
    phone.advance(SECOND * 900);
    assert_eq!(phone.state().shell().display(), shell::Display::Off);
}

// Sandboxes

#[test]
fn who_comes_through_a_sandbox_is_a_sandboxed_application() {
    let mut phone = Fixture::new();
    phone.unlock();
    let mut engine = phone.client();
    let manager: WpSecurityContextManagerV1 = engine.bind(Log);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("wayland");
    let listener = std::os::unix::net::UnixListener::bind(&path).expect("listening");
    let (ours, theirs) = UnixStream::pair().expect("a pair");
    let context = manager.create_listener(listener.as_fd(), theirs.as_fd(), &engine.handle(), Log);
    context.set_app_id("org.example.Boxed".into());
    context.commit();
    phone.settle(&mut engine);

    let mut boxed = Client::new(UnixStream::connect(&path).expect("connected"));
    phone.turn();
    phone.settle(&mut boxed);
    let globals = boxed.globals();
    assert!(globals.contains(&"xdg_wm_base") && !globals.contains(&"zwlr_layer_shell_v1"));
    assert!(!globals.contains(&"wp_security_context_manager_v1"));

    drop((ours, theirs));
    phone.turn();
    phone.turn();
    drop(listener);
    assert!(UnixStream::connect(&path).is_err(), "the socket ends with its maker");
}

// Dragging

/// A data source that offers nothing to anybody.
struct Nothing;

impl Dispatch<WlDataSource, Nothing> for Seen {
    fn event(
        _: &mut Self,
        _: &WlDataSource,
        _: wl_data_source::Event,
        _: &Nothing,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

/// How often something dragged came upon the client.
#[derive(Clone, Default)]
struct Drags(Arc<AtomicUsize>);

impl Dispatch<WlDataDevice, Drags> for Seen {
    fn event(
        _: &mut Self,
        _: &WlDataDevice,
        event: wl_data_device::Event,
        drags: &Drags,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let wl_data_device::Event::Enter { .. } = event {
            drags.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    wayland_client::event_created_child!(Seen, WlDataDevice, [
        wl_data_device::EVT_DATA_OFFER_OPCODE => (WlDataOffer, Log),
    ]);
}

#[test]
fn a_drag_by_finger_ends_with_the_finger_or_with_its_client() {
    for dies in [false, true] {
        let (mut phone, mut client) = with_window("org.example.Window");
        let manager: WlDataDeviceManager = client.bind(Log);
        let seat: WlSeat = client.bind(());
        let drags = Drags::default();
        let device = manager.get_data_device(&seat, &client.handle(), drags.clone());
        let source = manager.create_data_source(&client.handle(), Nothing);
        phone.touch(shell::Touch::Down { slot: 0, at: units::Point::new(180.0, 400.0) });
        phone.touch(shell::Touch::Frame);
        phone.settle(&mut client);
        let serial = client.seen().touch_serial;
        device.start_drag(Some(&source), &client.toplevel(0).surface, None, serial);
        phone.settle(&mut client);
        let to = |y: f64| shell::Touch::Motion { slot: 0, at: units::Point::new(180.0, y) };
        phone.touch(to(420.0));
        phone.settle(&mut client);
        assert_eq!(drags.0.load(Ordering::Relaxed), 1, "the drag is under way");
        if dies {
            drop(client);
            phone.turn();
        }
        phone.touch(to(440.0));
        phone.touch(shell::Touch::Up { slot: 0 });
        phone.touch(shell::Touch::Frame);
        phone.still_serves();
    }
}

// Lists

/// What a list of windows has told.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("one thread"))
    }
}

impl Dispatch<ExtForeignToplevelListV1, Told> for Seen {
    fn event(
        _: &mut Self,
        _: &ExtForeignToplevelListV1,
        _: ext_foreign_toplevel_list_v1::Event,
        _: &Told,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }

    fn event_created_child(_: u16, qh: &QueueHandle<Self>) -> Arc<dyn ObjectData> {
        qh.make_data::<ExtForeignToplevelHandleV1, Told>(TOLD.with(Clone::clone))
    }
}

thread_local! {
    /// A handle's events have nowhere else to learn where they belong.
    static TOLD: Told = Told::default();
}

impl Dispatch<ExtForeignToplevelHandleV1, Told> for Seen {
    fn event(
        _: &mut Self,
        _: &ExtForeignToplevelHandleV1,
        event: ext_foreign_toplevel_handle_v1::Event,
        told: &Told,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        use ext_foreign_toplevel_handle_v1::Event as E;
        let line = match event {
            E::Title { title } => title,
            E::AppId { app_id } => app_id,
            E::Closed => "closed".into(),
            E::Done => "done".into(),
            _ => return,
        };
        told.0.lock().expect("one thread").push(line);
    }
}

#[test]
fn a_tool_learns_which_windows_there_are() {
    let (mut phone, mut window) = with_window("org.example.Window");
    let mut tool = phone.client();
    let told = TOLD.with(Clone::clone);
    let _list: ExtForeignToplevelListV1 = tool.bind(told.clone());
    phone.settle(&mut tool);
    assert_eq!(told.take(), ["org.example.Window", "org.example.Window", "done"]);

    window.toplevel(0).toplevel.set_title("Another title".into());
    phone.settle(&mut window);
    phone.settle(&mut tool);
    assert_eq!(told.take(), ["Another title", "done"]);

    phone.settle(&mut tool);
    assert!(told.take().is_empty(), "nothing changed, nothing told");

    drop(window);
    phone.turn();
    phone.settle(&mut tool);
    assert_eq!(told.take(), ["closed"]);
}
