//! Starting applications as units, against a stand-in for the user's systemd that speaks its
//! D-Bus interface and is told by the test what happens to its units.

mod common;

use common::{PATIENCE, World};
use ipc::session1::LaunchPhase::{Exited, Failed, Running, Starting};
use ipc::zbus;
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use zbus::blocking::Connection;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

const NAME: &str = "org.freedesktop.systemd1";
const ROOT: &str = "/org/freedesktop/systemd1";
const UNIT: &str = "org.freedesktop.systemd1.Unit";
const SERVICE: &str = "org.freedesktop.systemd1.Service";

/// A unit as the manager lists it.
type Listed =
    (String, String, String, String, String, String, OwnedObjectPath, u32, String, OwnedObjectPath);

#[derive(Debug)]
enum Call {
    Start(String, HashMap<String, OwnedValue>),
    Stop(String),
}

/// `org.freedesktop.systemd1.Manager`, as far as it is used.
struct Manager {
    calls: Sender<Call>,
    running: Vec<String>,
    /// Answers as a systemd that does not know this property.
    unknown: Option<&'static str>,
}

fn object() -> OwnedObjectPath {
    OwnedObjectPath::try_from(format!("{ROOT}/job/1")).expect("a path")
}

#[zbus::interface(name = "org.freedesktop.systemd1.Manager")]
impl Manager {
    fn subscribe(&self) {}

    fn set_environment(&self, assignments: Vec<String>) {
        assert_eq!(assignments, ["WAYLAND_DISPLAY=wayland-test"]);
    }

    fn list_units_by_patterns(&self, _states: Vec<String>, patterns: Vec<String>) -> Vec<Listed> {
        assert!(patterns.contains(&"app-purje-*@*.service".to_owned()));
        let word = |text: &str| text.to_owned();
        let listed = |unit: &String| {
            let (loaded, active, running) = (word("loaded"), word("active"), word("running"));
            let (text, none) = (word(""), word(""));
            let (path, job) = (object(), object());
            (unit.clone(), text, loaded, active, running, none, path, 0, word(""), job)
        };
        self.running.iter().map(listed).collect()
    }

    fn start_transient_unit(
        &self,
        name: String,
        mode: String,
        properties: Vec<(String, OwnedValue)>,
        _auxiliary: Vec<(String, Vec<(String, OwnedValue)>)>,
    ) -> zbus::fdo::Result<OwnedObjectPath> {
        assert_eq!(mode, "fail");
        if let Some((name, _)) = properties.iter().find(|(name, _)| Some(&**name) == self.unknown) {
            let text = format!("Cannot set property {name}, or unknown property.");
            return Err(zbus::fdo::Error::PropertyReadOnly(text));
        }
        let _ = self.calls.send(Call::Start(name, properties.into_iter().collect()));
        Ok(object())
    }

    fn stop_unit(&self, name: String, _mode: String) -> OwnedObjectPath {
        let _ = self.calls.send(Call::Stop(name));
        object()
    }
}

/// A unit's own object, whose properties stay what they are.
struct ServiceObject;

#[zbus::interface(name = "org.freedesktop.systemd1.Service")]
impl ServiceObject {
    #[zbus(property, name = "MainPID")]
    fn main_pid(&self) -> u32 {
        4242
    }
}

struct UnitObject;

#[zbus::interface(name = "org.freedesktop.systemd1.Unit")]
impl UnitObject {
    #[zbus(property)]
    fn active_state(&self) -> String {
        "active".to_owned()
    }
}

struct Systemd {
    bus: Connection,
    calls: Receiver<Call>,
}

impl Systemd {
    fn start(world: &World, running: &[&str], unknown: Option<&'static str>) -> Self {
        let (sender, calls) = channel();
        let running = running.iter().map(|unit| (*unit).to_owned()).collect();
        let bus = world.bus.connect();
        let manager = Manager { calls: sender, running, unknown };
        bus.object_server().at(ROOT, manager).expect("served");
        bus.request_name(NAME).expect("owned");
        Self { bus, calls }
    }

    fn serve_unit(&self, path: &str) {
        let path = format!("{ROOT}/unit/{path}");
        self.bus.object_server().at(path.as_str(), ServiceObject).expect("served");
        self.bus.object_server().at(path.as_str(), UnitObject).expect("served");
    }

    fn next(&self) -> Call {
        self.calls.recv_timeout(PATIENCE).expect("a call")
    }

    fn changed(&self, path: &str, interface: &str, values: &[(&str, Value<'_>)]) {
        let values: HashMap<&str, &Value<'_>> = values.iter().map(|(k, v)| (*k, v)).collect();
        let body = (interface, values, Vec::<&str>::new());
        let path = format!("{ROOT}/unit/{path}");
        let member = "PropertiesChanged";
        self.bus
            .emit_signal(None::<&str>, path, "org.freedesktop.DBus.Properties", member, &body)
            .expect("emitted");
    }

    fn job_removed(&self, unit: &str, result: &str) {
        let body = (1u32, object(), unit, result);
        let interface = "org.freedesktop.systemd1.Manager";
        self.bus.emit_signal(None::<&str>, ROOT, interface, "JobRemoved", &body).expect("emitted");
    }
}

const APP: &str = "org.example.My-App";
const APP_UNIT: &str = r"app-purje-org.example.My\x2dApp@1.service";
const APP_PATH: &str = "app_2dpurje_2dorg_2eexample_2eMy_5cx2dApp_401_2eservice";

#[test]
fn an_app_becomes_a_transient_service_and_its_end_is_told() {
    let world = World::new();
    let file = world.app(APP, "exit 0", "%u");
    let systemd = Systemd::start(&world, &[], None);
    systemd.serve_unit(APP_PATH);
    let session = world.session(&[]);

    let launch = session.proxy.launch(APP, &["https://x/$HOME"], "tok").expect("launched");
    session.expect(&launch, Starting);
    let Call::Start(unit, mut properties) = systemd.next() else { panic!("not a start") };
    assert_eq!(unit, APP_UNIT);
    let mut text = |name: &str| {
        let value = properties.remove(name).expect(name);
        String::try_from(value).expect("a string")
    };
    assert_eq!(text("Type"), "exec");
    assert_eq!(text("Slice"), "app.slice");
    assert_eq!(text("CollectMode"), "inactive-or-failed");
    assert_eq!(text("ExitType"), "cgroup");
    assert_eq!(text("SourcePath"), file.display().to_string());
    let exec = properties.remove("ExecStart").expect("ExecStart");
    let exec = Vec::<(String, Vec<String>, bool)>::try_from(exec).expect("a(sasb)");
    assert_eq!(exec[0].0, "/bin/sh");
    assert_eq!(exec[0].1.last().map(String::as_str), Some("https://x/$$HOME"));
    let environment = properties.remove("Environment").expect("Environment");
    let environment = Vec::<String>::try_from(environment).expect("as");
    for expected in ["XDG_ACTIVATION_TOKEN=tok", "WAYLAND_DISPLAY=wayland-test"] {
        assert!(environment.contains(&expected.to_owned()), "{expected}: {environment:?}");
    }

    systemd.changed(APP_PATH, UNIT, &[("ActiveState", "active".into())]);
    systemd.job_removed(APP_UNIT, "done");
    let running = session.expect(&launch, Running);
    assert_eq!(running.unit, APP_UNIT);
    assert_eq!(session.proxy.list_running().expect("listed")[0].pids, [4242]);

    let failure = [
        ("Result", "exit-code".into()),
        ("ExecMainCode", 1i32.into()),
        ("ExecMainStatus", 7i32.into()),
    ];
    systemd.changed(APP_PATH, SERVICE, &failure);
    systemd.changed(APP_PATH, UNIT, &[("ActiveState", "failed".into())]);
    let failed = session.expect(&launch, Failed);
    assert!(failed.reason.starts_with("ended with exit status 7"), "{}", failed.reason);
}

#[test]
fn closing_stops_the_unit_and_is_no_failure() {
    let world = World::new();
    world.app(APP, "exit 0", "");
    let systemd = Systemd::start(&world, &[], Some("ExitType"));
    systemd.serve_unit(APP_PATH);
    let session = world.session(&[]);
    let launch = session.proxy.launch(APP, &[], "").expect("launched");
    session.expect(&launch, Starting);
    let Call::Start(_, properties) = systemd.next() else { panic!("not a start") };
    assert!(!properties.contains_key("ExitType"), "an old systemd does not know it");
    systemd.changed(APP_PATH, UNIT, &[("ActiveState", "active".into())]);
    session.expect(&launch, Running);
    session.proxy.close(APP).expect("closed");
    let Call::Stop(unit) = systemd.next() else { panic!("not a stop") };
    assert_eq!(unit, APP_UNIT);
    let killed = [
        ("Result", "signal".into()),
        ("ExecMainCode", 2i32.into()),
        ("ExecMainStatus", 15i32.into()),
    ];
    systemd.changed(APP_PATH, SERVICE, &killed);
    systemd.changed(APP_PATH, UNIT, &[("ActiveState", "failed".into())]);
    assert_eq!(session.expect(&launch, Exited).reason, "");
}

#[test]
fn a_new_session_manager_takes_over_what_runs_and_leaves_it_running() {
    let world = World::new();
    let systemd = Systemd::start(&world, &[APP_UNIT, "app-purje-nonsense.service"], None);
    systemd.serve_unit(APP_PATH);
    let mut session = world.session(&[]);
    let launch = format!("{APP}@1");
    let running = session.proxy.list_running().expect("listed");
    assert_eq!(running.len(), 1);
    assert_eq!((running[0].launch.as_str(), running[0].unit.as_str()), (&*launch, APP_UNIT));
    assert_eq!(session.terminate(), Some(0));
    assert!(systemd.calls.try_recv().is_err(), "nothing was stopped");
}

#[test]
fn a_refused_unit_is_a_failure_with_a_reason() {
    let world = World::new();
    world.app(APP, "exit 0", "");
    let _systemd = Systemd::start(&world, &[], Some("ExecStart"));
    let session = world.session(&[]);
    let launch = session.proxy.launch(APP, &[], "").expect("launched");
    session.expect(&launch, Starting);
    let failed = session.expect(&launch, Failed);
    assert!(failed.reason.contains("could not be started"), "{}", failed.reason);
}

#[test]
fn where_systemd_is_demanded_and_missing_it_says_so() {
    let world = World::new();
    let output = world.command(&["--launcher", "systemd"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--launcher auto"));
}
