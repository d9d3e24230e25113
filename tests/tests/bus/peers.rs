//! Those who speak on a private bus.

use std::{collections::HashMap, sync::mpsc};

use fixture::Fixture;
pub(crate) use fixture::PrivateBus;
use ipc::{
    Error,
    compositor1::Compositor1ProxyBlocking,
    session1::{self, AppInfo, LaunchPhase, RunningApp},
    state::State,
};
use zbus::{blocking::Connection, zvariant::OwnedValue};

/// A user's tool: asks the compositor from another thread while it turns.
pub(crate) struct Tool {
    compositor: Compositor1ProxyBlocking<'static>,
}

impl Tool {
    /// A tool that speaks as soon as the compositor has its name.
    pub(crate) fn new(phone: &mut Fixture, bus: &PrivateBus) -> Self {
        let connection = bus.connect();
        let compositor = phone.during(|| {
            await_name(&connection, ipc::compositor1::NAME);
            Compositor1ProxyBlocking::new(&connection).expect("a proxy")
        });
        Self { compositor }
    }

    /// Calls a method while the phone turns.
    pub(crate) fn ask<T: Send>(
        &self,
        phone: &mut Fixture,
        call: impl FnOnce(&Compositor1ProxyBlocking<'static>) -> T + Send,
    ) -> T {
        phone.during(|| call(&self.compositor))
    }

    pub(crate) fn state(&self, phone: &mut Fixture) -> State {
        let json = self.ask(phone, |compositor| compositor.state()).expect("it may");
        serde_json::from_str(&json).expect("the contract's JSON")
    }

    /// Asks until the state is as wanted.
    pub(crate) fn until(
        &self,
        phone: &mut Fixture,
        what: &str,
        mut done: impl FnMut(&State) -> bool,
    ) -> State {
        let start = std::time::Instant::now();
        loop {
            let state = self.state(phone);
            if done(&state) {
                return state;
            }
            assert!(start.elapsed().as_secs() < 60, "waiting for: {what}; {state:?}");
        }
    }
}

/// Waits until somebody owns `name`.
pub(crate) fn await_name(connection: &Connection, name: &'static str) {
    let dbus = zbus::blocking::fdo::DBusProxy::new(connection).expect("the bus");
    let mut changes =
        dbus.receive_name_owner_changed_with_args(&[(0, name)]).expect("a subscription");
    if dbus.name_has_owner(name.try_into().expect("a name")).expect("the bus") {
        return;
    }
    changes.find(|change| change.args().is_ok_and(|args| args.new_owner().is_some()));
}

/// A session manager that the test plays.
pub(crate) struct Session {
    connection: Connection,
    pub(crate) heard: mpsc::Receiver<String>,
}

struct Served {
    heard: mpsc::Sender<String>,
    running: Vec<RunningApp>,
}

impl Session {
    pub(crate) fn start(bus: &PrivateBus) -> Self {
        Self::start_with(bus, Vec::new())
    }

    pub(crate) fn start_with(bus: &PrivateBus, running: Vec<RunningApp>) -> Self {
        let (sender, heard) = mpsc::channel();
        let served = Served { heard: sender, running };
        let connection = bus
            .builder()
            .serve_at(session1::PATH, served)
            .expect("served")
            .name(session1::NAME)
            .expect("a name")
            .build()
            .expect("the bus is there");
        Self { connection, heard }
    }

    pub(crate) fn launch_state(&self, launch: &str, phase: LaunchPhase, unit: &str, reason: &str) {
        let body = (launch, "org.example.Notes", phase, unit, reason);
        self.signal("LaunchState", &body);
    }

    fn signal<B>(&self, name: &str, body: &B)
    where
        B: zbus::export::serde::Serialize + zbus::zvariant::DynamicType,
    {
        self.connection
            .emit_signal(None::<&str>, session1::PATH, session1::INTERFACE, name, body)
            .expect("sent");
    }

    /// What it was asked, waiting until it was.
    pub(crate) fn next(&self, phone: &mut Fixture) -> String {
        let mut heard = None;
        phone.until("a call of the session manager", |_| {
            heard = self.heard.try_recv().ok();
            heard.is_some()
        });
        heard.expect("just found")
    }

    /// Ends, as a process does.
    pub(crate) fn end(self) {
        self.connection.close().expect("closed");
    }
}

fn app(id: &str) -> AppInfo {
    AppInfo {
        id: id.into(),
        name: id.into(),
        icon: String::new(),
        exec: "true".into(),
        terminal: false,
        categories: Vec::new(),
        window_class: String::new(),
    }
}

#[zbus::interface(name = "org.purje.Session1")]
impl Served {
    fn list_apps(&self) -> Vec<AppInfo> {
        vec![app("org.example.Notes"), app("org.example.Broken")]
    }

    fn list_running(&self) -> Vec<RunningApp> {
        self.running.clone()
    }

    fn status(&self) -> HashMap<String, OwnedValue> {
        HashMap::from([("battery-percentage".to_owned(), OwnedValue::from(41.0))])
    }

    fn launch(&self, id: &str, uris: Vec<String>, token: &str) -> Result<String, Error> {
        assert!(!token.is_empty(), "windows are matched by their token");
        let _ = self.heard.send(format!("launch {id} {}", uris.join(" ")));
        if id == "org.example.Broken" {
            return Err(Error::NoSuchProgram("broken.desktop:3: no program /nonexistent".into()));
        }
        Ok(format!("{id}@1"))
    }

    fn close(&self, id: &str) {
        let _ = self.heard.send(format!("close {id}"));
    }

    fn set_wayland_display(&self, name: &str) {
        let _ = self.heard.send(format!("display {name}"));
    }
}
