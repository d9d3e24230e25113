//! The tour: a phone in a house of its own, walked through by simulated fingers, a picture of
//! each stop.
//!
//! The programs are the product's, the applications real ones of the distribution; everything is
//! done from outside, by `purjectl`. The phone has its own home folder and session bus, so the
//! user's files and session stay out of it. Nothing is timed: each stop waits for what it is to
//! show.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::step::{note, step};

/// The code that guards the tour's phone.
const CODE: &str = "2580";
/// A real application may take its time to start on a machine that does other work.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(100);
/// Where the compositor stands among what a phone starts: after the bus.
const COMPOSITOR: usize = 1;

/// The applications that the tour starts: a name in the app grid for each kind of toolkit.
const APPS: &[(&str, &str)] =
    &[("terminal", "foot"), ("GTK 4", "org.gnome.Calculator"), ("Qt 6", "cutemaze")];

/// Takes the tour on `backend`, and leaves its pictures in `pictures`.
///
/// # Errors
/// A program is missing, or a stop does not come to show what it is to show; the message names
/// the stop and where the logs are.
pub(crate) fn tour(
    binaries: &Path,
    backend: &str,
    device: Option<&str>,
    pictures: &Path,
) -> Result<()> {
    if pictures.exists() {
        fs::remove_dir_all(pictures).context("cannot clear the tour's folder")?;
    }
    fs::create_dir_all(pictures)?;
    let mut phone = step("start the phone", || Phone::start(binaries, backend, device, pictures))?;
    let walked = phone.walk();
    let logs = phone.logs.clone();
    drop(phone);
    walked.with_context(|| format!("the logs are in {}", logs.display()))?;
    note(&format!("the pictures are in {}", pictures.display()));
    Ok(())
}

/// Runs a phone in its own house for its user to play with, until its window is closed.
///
/// # Errors
/// A program is missing or fails at its start.
pub(crate) fn live(binaries: &Path, backend: &str, device: Option<&str>) -> Result<()> {
    let logs = std::env::temp_dir().join(format!("purje-run-{}", std::process::id()));
    let mut phone = step("start the phone", || Phone::start(binaries, backend, device, &logs))?;
    note(&format!("the code is {CODE}; F1 is the power key, F2 and F3 the volume, F4 turns it"));
    phone.children[COMPOSITOR].wait()?;
    drop(phone);
    fs::remove_dir_all(&logs).context("cannot remove the logs")
}

/// A running phone; dropping it ends all of it.
struct Phone {
    purjectl: PathBuf,
    /// Bus address, home and the like, for all that runs in the phone's house.
    environment: Vec<(String, String)>,
    children: Vec<Child>,
    pictures: PathBuf,
    logs: PathBuf,
    stops: u32,
    size: (f64, f64),
    _house: House,
}

/// A temporary folder that goes when it is dropped.
struct House(PathBuf);

impl Drop for House {
    fn drop(&mut self) {
        // What cannot be removed is in the system's folder for temporary files anyway.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Phone {
    fn start(
        binaries: &Path,
        backend: &str,
        device: Option<&str>,
        pictures: &Path,
    ) -> Result<Self> {
        let house = House(std::env::temp_dir().join(format!("purje-tour-{}", std::process::id())));
        let logs = pictures.join("logs");
        fs::create_dir_all(&logs)?;
        let mut environment = Vec::new();
        for (name, folder) in [
            ("HOME", "home"),
            ("XDG_RUNTIME_DIR", "run"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
        ] {
            let path = house.0.join(folder);
            fs::create_dir_all(&path)?;
            private(&path)?;
            environment.push((name.to_owned(), path.display().to_string()));
        }
        // Debian keeps games apart, in a folder that root's own PATH does not have.
        let path = std::env::var("PATH").unwrap_or_default();
        environment.push(("PATH".into(), format!("{path}:/usr/games")));
        let mut phone = Self {
            purjectl: binaries.join("purjectl"),
            environment,
            children: Vec::new(),
            pictures: pictures.to_owned(),
            logs,
            stops: 0,
            size: (0.0, 0.0),
            _house: house,
        };
        phone.start_bus()?;
        phone.set_code(&binaries.join("purje-auth"))?;
        phone.start_compositor(&binaries.join("purje-compositor"), backend, device)?;
        phone.spawn("session", Command::new(binaries.join("purje-session")))?;
        phone.wait("the session manager", |state| state["session"] == true)?;
        let output = &phone.state()?["outputs"][0];
        let side = |name: &str| output[name].as_f64().unwrap_or_default();
        let scale = side("scale").max(0.1);
        phone.size = (side("width") / scale, side("height") / scale);
        Ok(phone)
    }

    /// A session bus of the phone's own.
    fn start_bus(&mut self) -> Result<()> {
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--print-address=1"]).stdout(Stdio::piped());
        let address = self.spawn_and_read("bus", command, "")?;
        self.environment.push(("DBUS_SESSION_BUS_ADDRESS".into(), address));
        Ok(())
    }

    fn set_code(&self, auth: &Path) -> Result<()> {
        let mut command = Command::new(auth);
        command.arg("set").stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = self.at_home(command).spawn().context("cannot start purje-auth")?;
        if let Some(mut input) = child.stdin.take() {
            write!(input, "{CODE}\n{CODE}\n")?;
        }
        if !child.wait()?.success() {
            bail!("purje-auth set failed");
        }
        Ok(())
    }

    fn start_compositor(
        &mut self,
        compositor: &Path,
        backend: &str,
        device: Option<&str>,
    ) -> Result<()> {
        let mut command = Command::new(compositor);
        command.args(["--backend", backend, "--allow-test-input"]).stdout(Stdio::piped());
        if let Some(device) = device {
            command.args(["--device", device]);
        }
        if backend == "nested" {
            // The window opens in the session that we were started from; only the phone's own
            // clients live in its house.
            let host = std::env::var("XDG_RUNTIME_DIR").unwrap_or_default();
            if let Ok(display) = std::env::var("WAYLAND_DISPLAY") {
                command.env("WAYLAND_DISPLAY", Path::new(&host).join(display));
            }
        }
        let display = self.spawn_and_read("compositor", command, "WAYLAND_DISPLAY=")?;
        self.environment.push(("WAYLAND_DISPLAY".into(), display));
        Ok(())
    }

    fn at_home(&self, mut command: Command) -> Command {
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command
    }

    fn spawn(&mut self, name: &str, command: Command) -> Result<&mut Child> {
        let log = fs::File::create(self.logs.join(format!("{name}.log")))?;
        let mut command = self.at_home(command);
        let child = command
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {:?}", command.get_program()))?;
        self.children.push(child);
        self.children.last_mut().context("just pushed")
    }

    /// Starts a program and reads its first line that begins with `prefix`, without that.
    fn spawn_and_read(&mut self, name: &str, command: Command, prefix: &str) -> Result<String> {
        let child = self.spawn(name, command)?;
        let output = child.stdout.take().context("no output")?;
        for line in BufReader::new(output).lines() {
            if let Some(value) = line?.strip_prefix(prefix) {
                return Ok(value.to_owned());
            }
        }
        bail!("the {name} ended before it was ready")
    }

    /// The stops of the tour.
    fn walk(&mut self) -> Result<()> {
        let (w, h) = self.size;
        self.wait("the lock screen", |state| state["view"] == "lock")?;
        self.picture("lock")?;

        self.swipe((w / 2.0, h * 0.8), (w / 2.0, h * 0.25))?;
        self.wait("the PIN pad", |state| state["view"] == "pin")?;
        self.tap_name(&CODE[..1])?;
        self.picture("pin")?;
        for digit in CODE[1..].chars() {
            self.tap_name(&digit.to_string())?;
        }
        if self.find("Confirm code").is_ok_and(|place| place.is_some()) {
            self.tap_name("Confirm code")?;
        }
        self.wait("home", |state| state["view"] == "home" && state["locked"] == false)?;
        self.picture("home-empty")?;

        self.open_grid()?;
        self.picture("grid")?;
        for (at, (kind, app)) in APPS.iter().enumerate() {
            if at > 0 {
                self.open_grid()?;
            }
            self.tap_app(app)?;
            self.wait(&format!("{app} ({kind}) in front"), |state| {
                let mapped =
                    |window: &Value| window["state"] == "mapped" && window["app_id"] == *app;
                state["front"] == *app
                    && state["windows"].as_array().is_some_and(|all| all.iter().any(mapped))
            })?;
            self.picture(&format!("app-{at}-{}", kind.to_lowercase().replace(' ', "")))?;
            if at + 1 < APPS.len() {
                self.go_home()?;
            }
        }

        self.drag((w - 1.0, h * 0.55), (w * 0.55, h * 0.55))?;
        self.picture("peek")?;
        self.purjectl(["touch", "up"])?;
        self.wait("home after the swipe", |state| state["view"] == "home")?;
        self.picture("home")?;

        let (_, first) = APPS[0];
        self.tap_cover(first)?;
        self.wait("the first application again", |state| state["front"] == first)?;
        self.swipe((6.0, 1.0), (6.0, h * 0.5))?;
        self.wait("one window less", |state| {
            state["windows"].as_array().is_some_and(|all| all.len() == APPS.len() - 1)
        })?;
        self.picture("closed")?;
        self.purjectl(["lock"])?;
        self.wait("the lock", |state| state["locked"] == true)?;
        Ok(())
    }

    fn open_grid(&mut self) -> Result<()> {
        let (w, h) = self.size;
        self.swipe((w / 2.0, h - 1.0), (w / 2.0, h * 0.4))?;
        self.wait("the app grid", |state| state["view"] == "grid")?;
        // What is to be tapped there must not move away before the finger comes.
        self.rest()
    }

    fn go_home(&mut self) -> Result<()> {
        let (w, h) = self.size;
        self.swipe((w - 1.0, h * 0.5), (w * 0.3, h * 0.5))?;
        self.wait("home", |state| state["view"] == "home")
    }

    /// Taps an application's icon, scrolling the grid until it is there.
    fn tap_app(&mut self, app: &str) -> Result<()> {
        let name = self.name_of(app)?;
        let (w, h) = self.size;
        for _ in 0..12 {
            if let Some((_, y)) = self.find(&name)?
                && y < h - 24.0
            {
                return self.tap_name(&name);
            }
            self.swipe((w / 2.0, h * 0.7), (w / 2.0, h * 0.4))?;
            self.rest()?;
        }
        bail!("{name} is not in the app grid")
    }

    fn tap_cover(&mut self, app: &str) -> Result<()> {
        let name = self.name_of(app)?;
        self.tap_name(&name)
    }

    /// What the session calls an application.
    fn name_of(&self, app: &str) -> Result<String> {
        let apps: Value = serde_json::from_str(&self.purjectl(["apps", "--json"])?)?;
        let all = apps.as_array().context("purjectl apps gave no list")?;
        let entry = all.iter().find(|entry| entry["id"] == app);
        let entry = entry.with_context(|| format!("{app} is not installed"))?;
        Ok(entry["name"].as_str().unwrap_or_default().to_owned())
    }

    fn tap_name(&self, name: &str) -> Result<()> {
        let place = self.find(name)?.with_context(|| format!("nothing is called {name:?}"))?;
        self.purjectl(["touch", "tap", &place.0.to_string(), &place.1.to_string()])?;
        Ok(())
    }

    /// The middle of what is called so.
    fn find(&self, name: &str) -> Result<Option<(f64, f64)>> {
        let state = self.state()?;
        let nodes = state["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
        let node = nodes.iter().rev().find(|node| node["name"] == name);
        let frame = |at: usize| node.and_then(|node| node["frame"][at].as_f64());
        Ok(match (frame(0), frame(1), frame(2), frame(3)) {
            (Some(x), Some(y), Some(w), Some(h)) => Some((x + w / 2.0, y + h / 2.0)),
            _ => None,
        })
    }

    fn swipe(&self, from: (f64, f64), to: (f64, f64)) -> Result<()> {
        self.stroke(from, to, "220", false)
    }

    /// Swipes slowly and leaves the finger there.
    fn drag(&self, from: (f64, f64), to: (f64, f64)) -> Result<()> {
        self.stroke(from, to, "700", true)
    }

    fn stroke(&self, from: (f64, f64), to: (f64, f64), ms: &str, hold: bool) -> Result<()> {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(|number| number.to_string());
        let mut arguments = vec!["touch", "swipe", &x1, &y1, &x2, &y2, "--ms", ms];
        if hold {
            arguments.push("--hold");
        }
        self.purjectl(arguments)?;
        Ok(())
    }

    /// Waits until nothing moves any more.
    fn rest(&self) -> Result<()> {
        self.wait("rest", |state| state["moving"] == false)
    }

    fn picture(&mut self, name: &str) -> Result<()> {
        // A finger that holds still is no animation; a spring under way is not what is meant.
        self.rest()?;
        self.stops += 1;
        let file = self.pictures.join(format!("{:02}-{name}.png", self.stops));
        self.purjectl(["screenshot".as_ref(), file.as_os_str()])?;
        note(&format!("{}", file.display()));
        Ok(())
    }

    fn state(&self) -> Result<Value> {
        Ok(serde_json::from_str(&self.purjectl(["state", "--json"])?)?)
    }

    fn wait(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        let mut last = Value::Null;
        while Instant::now() < until {
            // The compositor may not have its name on the bus yet.
            if let Ok(state) = self.state() {
                if holds(&state) {
                    return Ok(());
                }
                last = state;
            }
            thread::sleep(POLL);
        }
        let state = serde_json::to_string_pretty(&last)?;
        bail!("waited {} s for {what}; the phone says {state}", PATIENCE.as_secs())
    }

    fn purjectl<S: AsRef<std::ffi::OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<String> {
        let mut command = Command::new(&self.purjectl);
        command.args(arguments);
        let output = self.at_home(command).output().context("cannot start purjectl")?;
        if !output.status.success() {
            bail!("purjectl: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            end(child);
        }
    }
}

/// Asks a program to end, and makes it end if it does not.
fn end(child: &mut Child) {
    let _ = Command::new("kill").arg(child.id().to_string()).status();
    let until = Instant::now() + Duration::from_secs(5);
    while Instant::now() < until {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        thread::sleep(POLL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// For the user alone, as `XDG_RUNTIME_DIR` must be.
fn private(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    Ok(())
}
