//! A house for a whole phone: the product's own programs as processes, with a home folder and a
//! session bus that are theirs alone.
//!
//! Everything is done from outside, as a user does it: by files, by `purjectl` and by signals.
//! Nothing is timed; tests wait for what the phone says of itself, and fail when it does not come.

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::{fs::PermissionsExt as _, net::UnixStream},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{Client, PATIENCE, bus::PrivateBus};

/// How often a process is asked whether it has come so far.
const POLL: Duration = Duration::from_millis(40);
/// A busy machine may take its time; the phone must not go dark meanwhile.
const PATIENT: &str = "[display]\ndim_after_s = 0\nlocked_blank_after_s = 3600\n";
/// Physical pixels of the phone in a house, at scale 1.
const SIZE: (f64, f64) = (360.0, 720.0);

/// The path of a program of this workspace, built as the test was. The tests of one package do
/// not have those of another built by themselves.
///
/// # Panics
/// When it cannot be built.
pub fn program(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(build).join(name)
}

/// Builds all programs, and returns the folder they are in.
fn build() -> PathBuf {
    let own = env::current_exe().expect("a path");
    let folder = own.parent().and_then(Path::parent).expect("the profile's folder").to_owned();
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(profile) => profile,
    };
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--workspace", "--bins", "--profile", profile])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    assert!(built.is_ok_and(|status| status.success()), "the programs can be built");
    folder
}

/// See the module's documentation.
pub struct House {
    folder: tempfile::TempDir,
    bus: PrivateBus,
}

/// A program of the house. It is told to end when it is dropped.
pub struct Process {
    child: Child,
    /// What it writes, if anybody reads it.
    output: Option<BufReader<ChildStdout>>,
    name: String,
}

/// What `purjectl` said when it did not succeed.
#[derive(Debug)]
pub struct Refusal {
    /// Its exit code.
    pub code: i32,
    /// Its error, and what it printed before that.
    pub text: String,
}

impl House {
    /// An empty house: no code, no applications.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["home", "run", "state", "config", "data/applications", "cache"] {
            fs::create_dir_all(folder.path().join(name)).expect("a folder");
        }
        let private = fs::Permissions::from_mode(0o700);
        fs::set_permissions(folder.path().join("run"), private).expect("our own");
        let house = Self { folder, bus: PrivateBus::start() };
        house.configure("");
        house
    }

    /// Writes the user's configuration: `text`, and that the phone stays lit.
    pub fn configure(&self, text: &str) {
        self.write("config/purje/config.toml", format!("{PATIENT}{text}"));
    }

    /// A path inside the house.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file inside the house and returns its path.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("inside the house")).expect("folders");
        fs::write(&path, content).expect("our own");
        path.to_str().expect("text").to_owned()
    }

    /// Writes an executable file inside the house and returns its path.
    pub fn script(&self, name: &str, text: &str) -> String {
        let path = self.write(name, text);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("our own");
        path
    }

    /// Installs an application whose desktop file has `exec` in line 4, and `more` after it.
    pub fn app(&self, id: &str, exec: &str, more: &str) -> String {
        let text = format!("[Desktop Entry]\nType=Application\nName={id}\nExec={exec}\n{more}");
        self.write(&format!("data/applications/{id}.desktop"), text)
    }

    /// A command that lives in this house.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.path("home"))
            .env("XDG_RUNTIME_DIR", self.path("run"))
            .env("XDG_STATE_HOME", self.path("state"))
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("XDG_CACHE_HOME", self.path("cache"))
            .env("XDG_DATA_HOME", self.path("data"))
            .env("XDG_DATA_DIRS", self.path("none"))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus.address)
            .env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent")
            .stdin(Stdio::null());
        command
    }

    /// Sets the code that opens the phone.
    pub fn set_code(&self, code: &str) {
        let mut set = self.command(program("purje-auth"));
        let mut child = set
            .arg("set")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("it was built");
        let mut input = child.stdin.take().expect("piped");
        write!(input, "{code}\n{code}\n").expect("it reads");
        drop(input);
        assert!(child.wait().expect("it ends").success());
    }

    /// Starts a compositor without a screen; returns when clients and tools can reach it.
    pub fn compositor(&self, arguments: &[&str]) -> Process {
        self.compositor_with(arguments, &[])
    }

    /// As [`Self::compositor`], with more in its environment.
    pub fn compositor_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Process {
        let mut command = self.command(program("purje-compositor"));
        command
            .args(["--backend", "headless", "--allow-test-input", "--socket", "wayland-purje"])
            .args(["--size", "360x720", "--scale", "1"])
            .args(arguments)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped());
        let mut process = self.start("compositor", &mut command);
        let line = process.line();
        assert_eq!(line, "WAYLAND_DISPLAY=wayland-purje", "{}", self.log("compositor"));
        process
    }

    /// Starts a session manager; returns when the compositor knows of it.
    pub fn session(&self) -> Process {
        let mut command = self.command(program("purje-session"));
        let process = self.start("session", command.arg("--launcher=embedded"));
        self.until("the session manager", |state| state["session"] == true);
        process
    }

    /// Starts a program whose log is kept under `name`.
    pub fn start(&self, name: &str, command: &mut Command) -> Process {
        let log = self.path(&format!("{name}.log"));
        let log = fs::File::options().create(true).append(true).open(log).expect("our own");
        let mut child = command.stderr(log).spawn().expect("it can be started");
        let output = child.stdout.take().map(BufReader::new);
        Process { child, output, name: name.to_owned() }
    }

    /// What the programs called `name` have logged so far.
    pub fn log(&self, name: &str) -> String {
        let raw = fs::read(self.path(&format!("{name}.log"))).unwrap_or_default();
        String::from_utf8_lossy(&raw).into_owned()
    }

    /// Runs the user's tool.
    ///
    /// # Errors
    /// When it does not succeed.
    pub fn purjectl(&self, arguments: &[&str]) -> Result<String, Refusal> {
        let output = self.command(program("purjectl")).args(arguments).output();
        let output = output.expect("it was built");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match output.status.code() {
            Some(0) => Ok(text(&output.stdout)),
            code => Err(Refusal {
                code: code.unwrap_or(-1),
                text: text(&output.stdout) + &text(&output.stderr),
            }),
        }
    }

    /// As [`Self::purjectl`], for what must succeed.
    pub fn tool(&self, arguments: &[&str]) -> String {
        self.purjectl(arguments).unwrap_or_else(|refusal| {
            panic!("{arguments:?}: {refusal:?}\n{}", self.log("compositor"))
        })
    }

    /// What the phone says of itself.
    pub fn state(&self) -> Value {
        self.until("an answer", |_| true)
    }

    /// Waits until the phone is so; returns what it says then.
    pub fn until(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let mut last = None;
        self.wait(what, || {
            // It may not have its name on the bus yet.
            let state = self.purjectl(&["state", "--json"]).ok();
            last = state.and_then(|text| serde_json::from_str(&text).ok());
            last.as_ref().is_some_and(&holds)
        });
        last.unwrap_or_default()
    }

    /// Waits until the programs called `name` have logged all of `words` in one line.
    pub fn until_logged(&self, name: &str, words: &[&str]) {
        self.wait(&format!("{words:?} in the log"), || {
            self.log(name).lines().any(|line| words.iter().all(|word| line.contains(word)))
        });
    }

    /// Waits for something.
    pub fn wait(&self, what: &str, mut come: impl FnMut() -> bool) {
        let start = Instant::now();
        while !come() {
            if start.elapsed() > PATIENCE {
                let state = self.purjectl(&["state", "--json"]);
                let logs = [self.log("compositor"), self.log("session")].concat();
                panic!("waiting for {what}; {state:?}\n{logs}");
            }
            thread::sleep(POLL);
        }
    }

    /// A finger goes from one place to another; both are parts of the panel's sides.
    pub fn swipe(&self, from: (f64, f64), to: (f64, f64)) {
        let place = |(x, y): (f64, f64)| [(x * SIZE.0).to_string(), (y * SIZE.1).to_string()];
        let ([x1, y1], [x2, y2]) = (place(from), place(to));
        self.tool(&["touch", "swipe", &x1, &y1, &x2, &y2]);
    }

    /// Swipes the lock away; what comes then depends on the code.
    pub fn swipe_lock(&self) {
        self.until("the lock screen", |state| state["view"] == "lock");
        self.swipe((0.5, 0.8), (0.5, 0.2));
    }

    /// Types the code and confirms it.
    pub fn type_code(&self, code: &str) {
        for digit in code.chars() {
            self.tap(&digit.to_string());
        }
        self.tap("Confirm code");
    }

    /// Opens a phone that asks for no code.
    pub fn unlock(&self) {
        self.swipe_lock();
        self.until("home", |state| state["locked"] == false && state["view"] == "home");
        self.rest();
    }

    /// Taps what is called so, once it is there.
    pub fn tap(&self, name: &str) {
        let named = |state: &Value| {
            let nodes = state["nodes"].as_array()?;
            let frame = &nodes.iter().rev().find(|node| node["name"] == name)?["frame"];
            let side = |at: usize| frame[at].as_f64();
            Some((side(0)? + side(2)? / 2.0, side(1)? + side(3)? / 2.0))
        };
        let state = self.until(name, |state| named(state).is_some());
        let (x, y) = named(&state).expect("just found");
        self.tool(&["touch", "tap", &x.to_string(), &y.to_string()]);
    }

    /// Waits until nothing moves any more.
    pub fn rest(&self) {
        self.until("rest", |state| state["moving"] == false);
    }

    /// A picture of the panel: its pixels, three bytes each.
    pub fn screenshot(&self, name: &str) -> Vec<u8> {
        let file = self.path(name);
        self.tool(&["screenshot", file.to_str().expect("text")]);
        let file = fs::File::open(&file).expect("it was written");
        let mut reader = png::Decoder::new(BufReader::new(file)).read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("it fits")];
        let info = reader.next_frame(&mut pixels).expect("a whole PNG");
        assert_eq!((f64::from(info.width), f64::from(info.height)), SIZE);
        assert_eq!(info.color_type, png::ColorType::Rgb);
        pixels
    }

    /// A client of the running compositor.
    pub fn client(&self) -> Client {
        let socket = self.path("run/wayland-purje");
        Client::new(UnixStream::connect(socket).expect("the compositor listens"))
    }

    /// Lets a client hear and answer for as long as the compositor has something to tell it.
    pub fn settle(&self, client: &mut Client) {
        for _ in 0..4 {
            let done = client.sync();
            self.wait("an answer to a client", || {
                client.flush();
                client.read();
                done.is_done()
            });
        }
    }
}

impl Default for House {
    fn default() -> Self {
        Self::new()
    }
}

impl Process {
    /// The next line that it writes, without its end.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        let output = self.output.as_mut().expect("its output is read");
        output.read_line(&mut line).expect("text");
        line.trim_end().to_owned()
    }

    /// Ends it without a word, as the kernel does when memory runs out.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("ours");
    }

    /// Waits for its end; its exit code.
    pub fn wait(&mut self) -> Option<i32> {
        self.child.wait().expect("ours").code()
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        if !self.runs()
            || rustix::process::kill_process(pid, rustix::process::Signal::TERM).is_err()
        {
            return;
        }
        let start = Instant::now();
        while self.runs() {
            if start.elapsed() > PATIENCE {
                let _ = self.child.kill();
                assert!(thread::panicking(), "{} does not end when it is told to", self.name);
            }
            thread::sleep(POLL);
        }
    }
}
