//! What tools can ask.

use std::{
    fs::File,
    io::{Seek as _, SeekFrom},
    os::fd::AsFd as _,
};

use fixture::Fixture;
use ipc::{Error, compositor1::TouchKind};
use zbus::blocking::fdo::PropertiesProxy;

use crate::peers::{PrivateBus, Tool};

const ORANGE: [u8; 4] = [0x20, 0x80, 0xff, 0xff];

fn phone_and_tool(bus: &PrivateBus) -> (Fixture, Tool) {
    let mut phone = Fixture::new();
    phone.state().connect_buses(bus.as_session());
    let tool = Tool::new(&mut phone, bus);
    (phone, tool)
}

#[test]
fn the_state_tells_what_is_shown() {
    let bus = PrivateBus::start();
    let (mut phone, tool) = phone_and_tool(&bus);
    let state = tool.state(&mut phone);
    assert_eq!((state.view.as_str(), state.locked, state.display.as_str()), ("lock", true, "on"));
    assert_eq!((state.backend.as_str(), state.socket.as_str()), ("headless", "none"));
    assert_eq!((state.outputs[0].width, state.outputs[0].height), (360, 720));
    let names = |state: &ipc::state::State| -> Vec<String> {
        let nodes = state.more["nodes"].as_array().expect("a list");
        nodes.iter().map(|node| node["name"].as_str().expect("a name").to_owned()).collect()
    };
    assert!(names(&state).contains(&"Lock screen".to_owned()), "{state:?}");

    phone.unlock();
    let mut client = phone.client();
    client.open("org.example.Notes", "Notes", ORANGE);
    phone.settle(&mut client);
    let state = tool.state(&mut phone);
    assert_eq!((state.view.as_str(), state.locked), ("app", false));
    assert_eq!(state.front, "org.example.Notes");
    assert_eq!(state.windows.len(), 1);
    assert_eq!(
        (state.windows[0].title.as_str(), state.windows[0].state.as_str()),
        ("Notes", "mapped")
    );
}

#[test]
fn a_screenshot_is_the_picture_and_the_lock_hides_what_is_under_it() {
    let bus = PrivateBus::start();
    let (mut phone, tool) = phone_and_tool(&bus);
    phone.unlock();
    let mut client = phone.client();
    client.open("org.example.Notes", "Notes", ORANGE);
    phone.settle(&mut client);
    phone.advance_with(&mut client, std::time::Duration::from_secs(2));

    let open = screenshot(&mut phone, &tool).expect("it may");
    assert_eq!(open.pixel(180, 400), [0xff, 0x80, 0x20]);
    tool.ask(&mut phone, |compositor| compositor.lock()).expect("everybody may");
    let locked = screenshot(&mut phone, &tool).expect("it may");
    let orange = |x, y| locked.pixel(x, y) == [0xff, 0x80, 0x20];
    assert!((0..360).step_by(7).all(|x| (0..720).step_by(7).all(|y| !orange(x, y))));
}

#[test]
fn a_dark_phone_has_no_picture() {
    let bus = PrivateBus::start();
    let (mut phone, tool) = phone_and_tool(&bus);
    phone.state().tell(shell::Event::Request(shell::Request::Blank));
    let refused = screenshot(&mut phone, &tool);
    assert!(matches!(refused, Err(Error::NoPicture(_))), "{:?}", refused.err());
}

struct Png {
    data: Vec<u8>,
    width: usize,
}

impl Png {
    fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let at = (y * self.width + x) * 3;
        [self.data[at], self.data[at + 1], self.data[at + 2]]
    }
}

fn screenshot(phone: &mut Fixture, tool: &Tool) -> Result<Png, Error> {
    let mut file: File = tempfile::tempfile().expect("a file");
    let fd = file.as_fd();
    tool.ask(phone, |compositor| compositor.screenshot(fd.into()))?;
    file.seek(SeekFrom::Start(0)).expect("a file");
    let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().expect("a PNG");
    let mut data = vec![0; reader.output_buffer_size().expect("it fits")];
    let info = reader.next_frame(&mut data).expect("a whole PNG");
    assert_eq!((info.width, info.height), (360, 720));
    assert_eq!(info.color_type, png::ColorType::Rgb);
    Ok(Png { data, width: info.width as usize })
}

#[test]
fn test_input_needs_the_flag() {
    let bus = PrivateBus::start();
    let mut phone = Fixture::without_test_input();
    phone.state().connect_buses(bus.as_session());
    let tool = Tool::new(&mut phone, &bus);
    let refused = [
        tool.ask(&mut phone, |c| c.touch(TouchKind::Down, 0, 10.0, 10.0)),
        tool.ask(&mut phone, |c| c.key(116, true)),
        tool.ask(&mut phone, |c| c.replay("")),
    ];
    for refused in refused {
        let Err(Error::AccessDenied(why)) = refused else { panic!("{refused:?}") };
        assert!(why.contains("--allow-test-input"), "{why}");
    }
    assert_eq!(tool.state(&mut phone).display, "on", "the power key was not pressed");
}

#[test]
fn a_simulated_finger_opens_the_phone_and_so_does_its_record() {
    let bus = PrivateBus::start();
    let (mut phone, tool) = phone_and_tool(&bus);
    tool.ask(&mut phone, |c| c.touch(TouchKind::Down, 0, 180.0, 600.0)).expect("it may");
    for step in 1..=10 {
        phone.advance(std::time::Duration::from_millis(12));
        let y = 600.0 - 45.0 * f64::from(step);
        tool.ask(&mut phone, |c| c.touch(TouchKind::Move, 0, 180.0, y)).expect("it may");
    }
    tool.ask(&mut phone, |c| c.touch(TouchKind::Up, 0, 0.0, 0.0)).expect("it may");
    phone.rest();
    assert!(!tool.state(&mut phone).locked);

    let log = tool.ask(&mut phone, |c| c.log()).expect("it may");
    assert!(log.contains("motion"), "{log}");
    tool.ask(&mut phone, |c| c.lock()).expect("everybody may");
    // The fixture's clock stands still but when it is moved: a replay comes as one fling.
    tool.ask(&mut phone, |c| c.replay(&log)).expect("it may");
    phone.rest();
    assert!(!tool.state(&mut phone).locked, "the same finger, the same way");

    let refused = tool.ask(&mut phone, |c| c.replay("{\"at\":1}"));
    assert!(matches!(refused, Err(Error::Malformed(_))), "{refused:?}");
}

#[test]
fn what_is_not_there_cannot_be_closed() {
    let bus = PrivateBus::start();
    let (mut phone, tool) = phone_and_tool(&bus);
    let window = tool.ask(&mut phone, |c| c.close_window(77));
    assert!(matches!(window, Err(Error::NoSuchWindow(_))), "{window:?}");
    let app = tool.ask(&mut phone, |c| c.close_app("org.example.Notes"));
    assert!(matches!(app, Err(Error::NotRunning(_))), "{app:?}");
    let key = tool.ask(&mut phone, |c| c.key(u32::MAX, true));
    assert!(matches!(key, Err(Error::Malformed(_))), "{key:?}");

    phone.unlock();
    let mut client = phone.client();
    client.open("org.example.Notes", "Notes", ORANGE);
    phone.settle(&mut client);
    let id = tool.state(&mut phone).windows[0].id;
    tool.ask(&mut phone, |c| c.close_window(id)).expect("it is there");
    phone.settle(&mut client);
    assert!(client.toplevel(0).closed);
}

#[test]
fn the_lock_is_told_to_who_watches() {
    let bus = PrivateBus::start();
    let (mut phone, tool) = phone_and_tool(&bus);
    let connection = bus.connect();
    let properties = PropertiesProxy::builder(&connection)
        .destination(ipc::compositor1::NAME)
        .and_then(|b| b.path(ipc::compositor1::PATH))
        .and_then(|b| b.build())
        .expect("a proxy");
    let mut changes = properties.receive_properties_changed().expect("a subscription");
    phone.unlock();
    let changed = phone.during(|| changes.next().expect("it is told"));
    let args = changed.args().expect("well formed");
    let locked = args.changed_properties().get("Locked").expect("it is the lock");
    assert!(!locked.downcast_ref::<bool>().expect("yes or no"));
    assert!(!tool.ask(&mut phone, |c| c.locked()).expect("everybody may"));
    assert!(tool.ask(&mut phone, |c| c.ready()).expect("everybody may"));
}

#[test]
fn a_name_that_is_taken_is_ours_when_it_is_given_back() {
    let bus = PrivateBus::start();
    let other = bus.connect();
    other.request_name(ipc::compositor1::NAME).expect("free");
    let mut phone = Fixture::new();
    phone.state().connect_buses(bus.as_session());
    // Not at once: it is to find the name taken first.
    let watcher = bus.connect();
    phone.during(|| {
        let dbus = zbus::blocking::fdo::DBusProxy::new(&watcher).expect("the bus");
        let queued = || {
            let name = ipc::compositor1::NAME.try_into().expect("a name");
            dbus.list_queued_owners(name).expect("the bus").len()
        };
        while queued() < 2 {
            std::thread::yield_now();
        }
    });
    other.close().expect("closed");
    let tool = Tool::new(&mut phone, &bus);
    tool.until(&mut phone, "an answer", |state| state.backend == "headless");
}

#[test]
fn a_bus_that_comes_late_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = format!("unix:path={}/bus", folder.path().display());
    let mut phone = Fixture::new();
    let buses = compositor::Buses { session: Some(address), system: None };
    phone.state().connect_buses(buses);
    phone.unlock();
    let bus = PrivateBus::in_folder(folder.path());
    let tool = Tool::new(&mut phone, &bus);
    assert!(!tool.state(&mut phone).locked);
}
