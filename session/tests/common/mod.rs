//! A private bus, a home folder and a running session manager for tests.
//!
//! Nothing here sleeps to let something happen: tests wait for signals, and fail when one does not
//! come within [`PATIENCE`].
#![allow(dead_code, reason = "each test file uses a part of it")]

use ipc::session1::{LaunchPhase, Session1ProxyBlocking};
use ipc::zbus;
use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use zbus::blocking::{Connection, connection};

/// How long a machine under load may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A bus of its own.
pub(crate) struct TestBus {
    daemon: Child,
    pub(crate) address: String,
}

impl TestBus {
    pub(crate) fn new(dir: &Path) -> Self {
        let config = dir.join("bus.conf");
        let text = format!(
            r#"<busconfig><type>session</type><listen>unix:dir={}</listen><auth>EXTERNAL</auth>
            <policy context="default"><allow send_destination="*" eavesdrop="true"/>
            <allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"#,
            dir.display()
        );
        std::fs::write(&config, text).expect("a configuration");
        let mut daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--print-address", "--nofork"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-daemon is installed");
        let mut address = String::new();
        let stdout = daemon.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut address).expect("an address");
        Self { daemon, address: address.trim().to_owned() }
    }

    pub(crate) fn connect(&self) -> Connection {
        connection::Builder::address(self.address.as_str())
            .expect("an address")
            .method_timeout(PATIENCE)
            .build()
            .expect("a connection")
    }
}

impl Drop for TestBus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// What `LaunchState` told.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) launch: String,
    pub app_id: String,
    pub(crate) phase: LaunchPhase,
    pub(crate) unit: String,
    pub(crate) reason: String,
}

/// A home folder, a bus, and what is needed to run a session manager there.
pub(crate) struct World {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) bus: TestBus,
}

impl World {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(dir.path().join("data/applications")).expect("folders");
        let bus = TestBus::new(dir.path());
        Self { dir, bus }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A named pipe: reading waits for a writer and the other way round.
    pub(crate) fn fifo(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        let status = Command::new("mkfifo").arg(&path).status().expect("mkfifo is installed");
        assert!(status.success());
        path
    }

    /// Writes a desktop file; through a rename, as package managers do.
    pub(crate) fn entry(&self, id: &str, text: &str) -> PathBuf {
        let path = self.path(&format!("data/applications/{id}.desktop"));
        let partial = path.with_extension("partial");
        std::fs::write(&partial, text).expect("a file");
        std::fs::rename(&partial, &path).expect("a rename");
        path
    }

    /// An application that runs `script` with a shell, its arguments being `codes`.
    pub(crate) fn app(&self, id: &str, script: &str, codes: &str) -> PathBuf {
        let file = self.path(&format!("{id}.sh"));
        std::fs::write(&file, script).expect("a script");
        let exec = format!("/bin/sh {} {codes}", file.display());
        self.entry(id, &format!("[Desktop Entry]\nType=Application\nName={id}\nExec={exec}\n"))
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_purje-session"));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.dir.path())
            .env("XDG_DATA_HOME", self.path("data"))
            .env("XDG_DATA_DIRS", self.path("none"))
            .env("PURJE_LOG", "error")
            .env("WAYLAND_DISPLAY", "wayland-test")
            .env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent")
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus.address);
        command
    }

    /// Starts a session manager and waits until it says that it is ready.
    pub(crate) fn session(&self, arguments: &[&str]) -> Session {
        self.ready(&mut self.command(arguments))
    }

    /// Starts `command` and waits until it says that it is ready.
    pub(crate) fn ready(&self, command: &mut Command) -> Session {
        let socket = self.path("notify");
        let _ = std::fs::remove_file(&socket);
        let notify = UnixDatagram::bind(&socket).expect("a socket");
        notify.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let process = command.env("NOTIFY_SOCKET", &socket).spawn().expect("it starts");
        let mut buffer = [0; 64];
        let length = notify.recv(&mut buffer).expect("it gets ready");
        assert_eq!(&buffer[..length], b"READY=1");
        let bus = self.bus.connect();
        let proxy = Session1ProxyBlocking::new(&bus).expect("a proxy");
        Session { process, notify, states: states(&proxy), bus, proxy }
    }
}

fn states(proxy: &Session1ProxyBlocking<'static>) -> Receiver<State> {
    let (sender, receiver) = channel();
    let signals = proxy.receive_launch_state().expect("subscribed");
    std::thread::spawn(move || {
        for signal in signals {
            let args = signal.args().expect("well formed");
            let state = State {
                launch: args.launch().to_string(),
                app_id: args.app_id().to_string(),
                phase: *args.phase(),
                unit: args.unit().to_string(),
                reason: args.reason().to_string(),
            };
            if sender.send(state).is_err() {
                break;
            }
        }
    });
    receiver
}

/// A running session manager.
pub(crate) struct Session {
    pub(crate) process: Child,
    pub(crate) notify: UnixDatagram,
    pub(crate) bus: Connection,
    pub(crate) proxy: Session1ProxyBlocking<'static>,
    states: Receiver<State>,
}

impl Session {
    /// The next change of a launch.
    pub(crate) fn next(&self) -> State {
        self.states.recv_timeout(PATIENCE).expect("a LaunchState signal")
    }

    /// The next change, which must be this one.
    pub(crate) fn expect(&self, launch: &str, phase: LaunchPhase) -> State {
        let state = self.next();
        assert_eq!((state.launch.as_str(), state.phase), (launch, phase), "{state:?}");
        state
    }

    /// Launches and waits until it runs.
    pub(crate) fn run(&self, id: &str) -> String {
        let launch = self.proxy.launch(id, &[], "").expect("launched");
        self.expect(&launch, LaunchPhase::Starting);
        self.expect(&launch, LaunchPhase::Running);
        launch
    }

    /// Sends SIGTERM and returns the exit code.
    pub(crate) fn terminate(&mut self) -> Option<i32> {
        let pid = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("sent");
        self.process.wait().expect("waited").code()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
