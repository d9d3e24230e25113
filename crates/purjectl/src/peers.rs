//! The two processes of Purje, reached over the session bus.

use crate::failure::Failure;
use ipc::compositor1::Compositor1ProxyBlocking;
use ipc::session1::Session1ProxyBlocking;
use ipc::{Error, zbus};
use std::time::Duration;
use zbus::blocking::{Connection, connection};

/// How long an answer may take. A replayed log takes as long as it took to record, so that call
/// goes without.
const ANSWER: Duration = Duration::from_secs(30);

/// The compositor.
pub(crate) struct Compositor(pub(crate) Compositor1ProxyBlocking<'static>);

/// The session manager.
pub(crate) struct Session(pub(crate) Session1ProxyBlocking<'static>);

impl Compositor {
    pub(crate) fn connect() -> Result<Self, Failure> {
        Self::on(&bus(Some(ANSWER))?)
    }

    /// Waits for answers however long they take.
    pub(crate) fn connect_patiently() -> Result<Self, Failure> {
        Self::on(&bus(None)?)
    }

    fn on(bus: &Connection) -> Result<Self, Failure> {
        let proxy = Compositor1ProxyBlocking::new(bus);
        proxy.map(Self).map_err(|error| Self::failure(Error::ZBus(error)))
    }

    pub(crate) fn failure(error: Error) -> Failure {
        Failure::from_bus(error, "compositor", "start it with `./x run` or `purje-compositor`")
    }
}

impl Session {
    pub(crate) fn connect() -> Result<Self, Failure> {
        let proxy = Session1ProxyBlocking::new(&bus(Some(ANSWER))?);
        proxy.map(Self).map_err(|error| Self::failure(Error::ZBus(error)))
    }

    pub(crate) fn failure(error: Error) -> Failure {
        Failure::from_bus(error, "session manager", "start it with `purje-session`")
    }
}

fn bus(timeout: Option<Duration>) -> Result<Connection, Failure> {
    let connect = || {
        let builder = connection::Builder::session()?;
        match timeout {
            Some(timeout) => builder.method_timeout(timeout).build(),
            None => builder.build(),
        }
    };
    connect().map_err(|error| {
        Failure::not_running(format!(
            "no session bus: {error}; set DBUS_SESSION_BUS_ADDRESS to that of the phone"
        ))
    })
}
