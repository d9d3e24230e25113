//! logind, as far as it concerns a phone.

use std::{
    io::{PipeReader, Read as _},
    os::fd::OwnedFd,
    sync::mpsc,
};

use compositor::Buses;
use fixture::Fixture;
use zbus::{
    blocking::Connection,
    zvariant::{Fd, ObjectPath},
};

use crate::peers::PrivateBus;

const NAME: &str = "org.freedesktop.login1";
const MANAGER: &str = "/org/freedesktop/login1";
const SESSION: &str = "/org/freedesktop/login1/session/_31";
const AUTO: &str = "/org/freedesktop/login1/session/auto";

enum Heard {
    Said(String),
    /// Readable at its end when the inhibitor is let go.
    Inhibitor(String, PipeReader),
}

struct Manager(mpsc::Sender<Heard>);
struct Session(mpsc::Sender<Heard>);

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    fn get_session(&self, _id: &str) -> ObjectPath<'static> {
        ObjectPath::from_static_str_unchecked(SESSION)
    }

    fn inhibit(&self, what: &str, _who: &str, _why: &str, mode: &str) -> Fd<'static> {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let _ = self.0.send(Heard::Inhibitor(format!("{mode} {what}"), reader));
        OwnedFd::from(writer).into()
    }

    fn power_off(&self, _interactive: bool) {
        let _ = self.0.send(Heard::Said("power off".into()));
    }

    fn reboot(&self, _interactive: bool) {
        let _ = self.0.send(Heard::Said("reboot".into()));
    }
}

#[zbus::interface(name = "org.freedesktop.login1.Session")]
impl Session {
    fn set_locked_hint(&self, locked: bool) {
        let _ = self.0.send(Heard::Said(format!("locked {locked}")));
    }

    #[zbus(property)]
    fn id(&self) -> String {
        "1".into()
    }
}

/// A logind that the test plays.
struct Logind {
    connection: Connection,
    heard: mpsc::Receiver<Heard>,
}

impl Logind {
    fn start(bus: &PrivateBus) -> Self {
        let (sender, heard) = mpsc::channel();
        let connection = bus
            .builder()
            .serve_at(MANAGER, Manager(sender.clone()))
            .and_then(|b| b.serve_at(SESSION, Session(sender.clone())))
            .and_then(|b| b.serve_at(AUTO, Session(sender)))
            .and_then(|b| b.name(NAME))
            .and_then(|b| b.build())
            .expect("the bus is there");
        Self { connection, heard }
    }

    fn next(&self, phone: &mut Fixture) -> Heard {
        let mut heard = None;
        phone.until("word to logind", |_| {
            heard = self.heard.try_recv().ok();
            heard.is_some()
        });
        heard.expect("just found")
    }

    fn says(&self, phone: &mut Fixture, what: &str) {
        match self.next(phone) {
            Heard::Said(said) => assert_eq!(said, what),
            Heard::Inhibitor(inhibitor, _) => panic!("{inhibitor} instead of {what}"),
        }
    }

    fn inhibitor(&self, phone: &mut Fixture) -> (String, PipeReader) {
        match self.next(phone) {
            Heard::Inhibitor(what, held) => (what, held),
            Heard::Said(said) => panic!("{said}"),
        }
    }

    fn session_signal(&self, name: &str) {
        let interface = "org.freedesktop.login1.Session";
        self.connection.emit_signal(None::<&str>, SESSION, interface, name, &()).expect("sent");
    }

    fn sleep_signal(&self, start: bool) {
        let interface = "org.freedesktop.login1.Manager";
        self.connection
            .emit_signal(None::<&str>, MANAGER, interface, "PrepareForSleep", &start)
            .expect("sent");
    }
}

/// A phone whose logind has heard of its keys and its lock; the second is the sleep's inhibitor.
fn phone_with_logind(bus: &PrivateBus) -> (Fixture, Logind, PipeReader, PipeReader) {
    let mut phone = Fixture::new();
    let logind = Logind::start(bus);
    phone.state().connect_buses(Buses { session: None, system: Some(bus.address.clone()) });
    let (keys, keys_held) = logind.inhibitor(&mut phone);
    assert!(keys.starts_with("block ") && keys.contains("handle-power-key"), "{keys}");
    let (sleep, sleep_held) = logind.inhibitor(&mut phone);
    assert_eq!(sleep, "delay sleep");
    logind.says(&mut phone, "locked true");
    (phone, logind, keys_held, sleep_held)
}

#[test]
fn logind_locks_and_unlocks_and_is_told() {
    let bus = PrivateBus::start();
    let (mut phone, logind, _keys, _sleep) = phone_with_logind(&bus);
    logind.session_signal("Unlock");
    phone.until("the unlock", |state| !state.shell().is_locked());
    logind.says(&mut phone, "locked false");
    logind.session_signal("Lock");
    phone.until("the lock", |state| state.shell().is_locked());
    logind.says(&mut phone, "locked true");
}

#[test]
fn the_machine_may_sleep_once_the_lock_is_seen() {
    let bus = PrivateBus::start();
    let (mut phone, logind, _keys, mut held) = phone_with_logind(&bus);
    phone.unlock();
    logind.says(&mut phone, "locked false");
    logind.sleep_signal(true);
    phone.until("the lock", |state| state.shell().is_locked());
    logind.says(&mut phone, "locked true");
    phone.rest();
    let end = phone.during(|| held.read(&mut [0]).expect("a pipe"));
    assert_eq!(end, 0, "the inhibitor is let go");

    logind.sleep_signal(false);
    let (again, _held) = logind.inhibitor(&mut phone);
    assert_eq!(again, "delay sleep", "the next sleep waits as well");
}

#[test]
fn a_logind_that_comes_back_is_met_anew() {
    let bus = PrivateBus::start();
    let (mut phone, logind, mut keys, _sleep) = phone_with_logind(&bus);
    logind.connection.close().expect("closed");
    let end = phone.during(|| keys.read(&mut [0]).expect("a pipe"));
    assert_eq!(end, 0, "what it held is void");
    let logind = Logind::start(&bus);
    let (what, _held) = logind.inhibitor(&mut phone);
    assert!(what.contains("handle-power-key"), "{what}");
}
