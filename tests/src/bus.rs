//! A message bus of the test's own.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use compositor::Buses;
use zbus::blocking::{Connection, connection::Builder};

/// See the module's documentation. It ends when it is dropped.
pub struct PrivateBus {
    daemon: Child,
    /// Where it listens.
    pub address: String,
}

impl PrivateBus {
    /// A bus somewhere.
    pub fn start() -> Self {
        Self::at("unix:tmpdir=/tmp")
    }

    /// A bus whose socket is `folder`'s `bus`.
    pub fn in_folder(folder: &Path) -> Self {
        Self::at(&format!("unix:path={}/bus", folder.display()))
    }

    fn at(address: &str) -> Self {
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
            .arg(format!("--address={address}"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon is installed");
        let mut line = String::new();
        let output = daemon.stdout.take().expect("piped");
        BufReader::new(output).read_line(&mut line).expect("it says where it is");
        Self { daemon, address: line.trim().to_owned() }
    }

    /// A connection to it.
    pub fn connect(&self) -> Connection {
        self.builder().build().expect("the bus is there")
    }

    /// A connection to it that is still to be set up.
    pub fn builder(&self) -> Builder<'static> {
        Builder::address(self.address.as_str()).expect("an address")
    }

    /// This bus as the session bus.
    pub fn as_session(&self) -> Buses {
        Buses { session: Some(self.address.clone()), system: None }
    }
}

impl Drop for PrivateBus {
    fn drop(&mut self) {
        // It may have been ended by the test.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
