//! Listing, starting, watching and ending applications over a private bus, with the launcher that
//! needs no systemd.

mod common;

use common::{PATIENCE, World};
use ipc::session1::LaunchPhase::{Exited, Failed, Running, Starting};
use ipc::{Error, zbus};
use std::fs;
use std::sync::mpsc::channel;

#[test]
fn lists_what_is_well_formed_and_says_what_is_wrong_with_the_rest() {
    let world = World::new();
    world.app("org.example.Good", "exit 0", "");
    world.entry("broken", "[Desktop Entry]\nType=Application\nName=Broken\nExec=\"sh\n");
    world.entry("odd", "[Desktop Entry]\nType=Application\nName=Odd\nExec=sh\nwhat is this\n");
    let session = world.session(&[]);

    let apps = session.proxy.list_apps().expect("listed");
    let ids: Vec<&str> = apps.iter().map(|app| app.id.as_str()).collect();
    assert_eq!(ids, ["odd", "org.example.Good"]);

    let problems = session.proxy.list_problems().expect("listed");
    let lines: Vec<_> = problems.iter().map(|p| (p.file.rsplit('/').next(), p.line)).collect();
    assert_eq!(lines, [(Some("broken.desktop"), 4), (Some("odd.desktop"), 5)]);

    let error = session.proxy.launch("broken", &[], "").expect_err("malformed");
    assert!(matches!(&error, Error::Malformed(text) if text.contains("broken.desktop:4")));
}

#[test]
fn a_program_gets_its_files_its_token_and_the_compositors_socket() {
    let world = World::new();
    let out = world.path("out");
    let script = format!(
        "printf '%s\\n' \"$@\" \"$XDG_ACTIVATION_TOKEN\" \"$WAYLAND_DISPLAY\" \"$QT_QPA_PLATFORM\" \
         \"${{NOTIFY_SOCKET-none}}\" > {}",
        out.display()
    );
    world.app("viewer", &script, "%U");
    let session = world.session(&[]);

    let uris = ["https://example.org/a b", "/tmp/x$y"];
    let launch = session.proxy.launch("viewer.desktop", &uris, "token-1").expect("launched");
    let starting = session.expect(&launch, Starting);
    assert_eq!(starting.app_id, "viewer");
    session.expect(&launch, Running);
    let exited = session.expect(&launch, Exited);
    assert_eq!(exited.reason, "");
    let text = fs::read_to_string(out).expect("it ran");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines, [uris[0], uris[1], "token-1", "wayland-test", "wayland", "none"]);
}

#[test]
fn a_program_for_one_file_runs_once_for_each() {
    let world = World::new();
    world.app("one", "exit 0", "%f");
    let session = world.session(&[]);
    let first = session.proxy.launch("one", &["/a", "/b"], "").expect("launched");
    let mut ended = Vec::new();
    while ended.len() < 2 {
        let state = session.next();
        if state.phase == Exited {
            ended.push(state.launch);
        }
    }
    assert!(ended.contains(&first));
    assert_ne!(ended[0], ended[1]);
}

#[test]
fn what_cannot_be_started_is_refused_by_name() {
    let world = World::new();
    world
        .entry("nowhere", "[Desktop Entry]\nType=Application\nName=N\nExec=/no/such/program --x\n");
    world.app("closed", "exit 0", "");
    let session = world.session(&[]);

    let error = session.proxy.launch("nowhere", &[], "").expect_err("no program");
    let Error::NoSuchProgram(text) = &error else { panic!("{error:?}") };
    assert!(text.contains("/no/such/program") && text.contains("nowhere.desktop:4"), "{text}");

    let error = session.proxy.launch("never-installed", &[], "").expect_err("no app");
    assert!(matches!(&error, Error::NoSuchApp(text) if text.contains("never-installed")));

    let error = session.proxy.launch("closed", &["/a"], "").expect_err("opens nothing");
    assert!(matches!(&error, Error::Malformed(text) if text.contains("no field code")));

    let error = session.proxy.close("closed").expect_err("does not run");
    assert!(matches!(error, Error::NotRunning(_)));
    assert_eq!(session.proxy.list_running().expect("listed"), []);
}

#[test]
fn a_crash_is_told_with_status_or_signal_and_last_words() {
    let world = World::new();
    world.app("status", "echo first >&2; echo 'no such display' >&2; exit 3", "");
    world.app("signal", "kill -SEGV $$", "");
    let session = world.session(&[]);

    let launch = session.run("status");
    let failed = session.expect(&launch, Failed);
    assert_eq!(failed.reason, "ended with exit status 3 (no such display)");

    let launch = session.run("signal");
    let failed = session.expect(&launch, Failed);
    assert!(failed.reason.starts_with("crashed: SIGSEGV"), "{}", failed.reason);
}

#[test]
fn closing_ends_the_program_and_what_it_started() {
    let world = World::new();
    // The shell waits for a child of its own, in the same process group.
    world.app("long", "sleep 1000 & wait", "");
    let session = world.session(&[]);
    let first = session.run("long");
    let second = session.run("long");
    assert_ne!(first, second);

    let running = session.proxy.list_running().expect("listed");
    let launches: Vec<&str> = running.iter().map(|app| app.launch.as_str()).collect();
    assert_eq!(launches, [first.as_str(), second.as_str()]);
    assert!(running.iter().all(|app| app.phase == Running && !app.pids.is_empty()));

    session.proxy.close(&first).expect("closed");
    let exited = session.expect(&first, Exited);
    assert_eq!(exited.reason, "");
    session.proxy.close("long").expect("closed");
    session.expect(&second, Exited);
    for app in running {
        let group = i32::try_from(app.pids[0]).ok().and_then(rustix::process::Pid::from_raw);
        let group = group.expect("a pid");
        assert!(rustix::process::test_kill_process_group(group).is_err(), "{group:?} is left");
    }
}

#[test]
fn a_program_starts_with_no_signal_blocked() {
    let world = World::new();
    let out = world.path("out");
    world.app("app", &format!("grep SigBlk: /proc/self/status > {}", out.display()), "");
    let session = world.session(&[]);
    let launch = session.run("app");
    session.expect(&launch, Exited);
    assert_eq!(fs::read_to_string(out).expect("it ran"), "SigBlk:\t0000000000000000\n");
}

#[test]
fn a_program_that_does_not_listen_is_killed() {
    let world = World::new();
    let ready = world.fifo("ready");
    let script = format!("trap '' TERM; echo > {}; while :; do sleep 1; done", ready.display());
    world.app("deaf", &script, "");
    let session = world.session(&[]);
    let launch = session.run("deaf");
    // The trap must be set before the signal is sent; the pipe says so.
    fs::read(ready).expect("the trap is set");
    session.proxy.close(&launch).expect("closed");
    session.expect(&launch, Exited);
}

#[test]
fn an_app_whose_first_process_hands_over_runs_on() {
    let world = World::new();
    let (go, done) = (world.fifo("go"), world.path("done"));
    let script = format!("(read line < {}; echo > {}) & exit 0", go.display(), done.display());
    world.app("forking", &script, "");
    let session = world.session(&[]);
    let launch = session.run("forking");
    assert_eq!(session.proxy.list_running().expect("listed").len(), 1);
    fs::write(&go, "go\n").expect("written");
    session.expect(&launch, Exited);
    assert!(done.exists(), "it was over before its last process was");
}

#[test]
fn a_new_application_is_seen_at_once() {
    let world = World::new();
    let session = world.session(&[]);
    assert_eq!(session.proxy.list_apps().expect("listed"), []);

    let (sender, changes) = channel();
    let signals = session.proxy.receive_apps_changed().expect("subscribed");
    std::thread::spawn(move || signals.for_each(|_| sender.send(()).unwrap_or_default()));
    let file = world.app("new", "exit 0", "");
    changes.recv_timeout(PATIENCE).expect("AppsChanged");
    assert_eq!(session.proxy.list_apps().expect("listed")[0].id, "new");
    fs::remove_file(file).expect("removed");
    changes.recv_timeout(PATIENCE).expect("AppsChanged");
    assert_eq!(session.proxy.list_apps().expect("listed"), []);
}

#[test]
fn ending_the_session_ends_its_children_cleanly() {
    let world = World::new();
    world.app("long", "sleep 1000", "");
    let mut session = world.session(&[]);
    session.run("long");
    let pid = session.proxy.list_running().expect("listed")[0].pids[0];
    assert_eq!(session.terminate(), Some(0));
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw).expect("a pid");
    assert!(rustix::process::test_kill_process(pid).is_err());
    let mut buffer = [0; 64];
    let length = session.notify.recv(&mut buffer).expect("a message");
    assert_eq!(&buffer[..length], b"STOPPING=1");
}

#[test]
fn a_second_session_manager_gives_way() {
    let world = World::new();
    let _first = world.session(&[]);
    let second = world.command(&[]).output().expect("it runs");
    assert_eq!(second.status.code(), Some(1));
    let text = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(text.contains("another session manager"), "{text}");
}

#[test]
fn without_a_bus_it_says_so() {
    let world = World::new();
    let output = world
        .command(&[])
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("session bus"));
}

#[test]
fn only_the_compositor_says_where_applications_go() {
    let world = World::new();
    let out = world.path("out");
    world.app("app", &format!("echo $WAYLAND_DISPLAY > {}", out.display()), "");
    let session = world.session(&[]);
    let error = session.proxy.set_wayland_display("evil").expect_err("a tool may not");
    assert!(matches!(error, Error::AccessDenied(_)), "{error:?}");

    session.bus.request_name(ipc::compositor1::NAME).expect("owned");
    session.proxy.set_wayland_display("wayland-9").expect("the compositor may");
    let error = session.proxy.set_wayland_display("").expect_err("empty");
    assert!(matches!(error, Error::Malformed(_)), "{error:?}");
    let launch = session.run("app");
    session.expect(&launch, Exited);
    assert_eq!(fs::read_to_string(out).expect("it ran"), "wayland-9\n");
}

#[test]
fn what_is_not_known_of_the_system_is_left_out() {
    let world = World::new();
    let session = world.session(&[]);
    assert!(session.proxy.status().expect("answered").is_empty());
}

/// An application that is started over the bus.
struct Application(std::sync::mpsc::Sender<(Vec<String>, String)>);

#[zbus::interface(name = "org.freedesktop.Application")]
impl Application {
    fn activate(&self, platform: std::collections::HashMap<String, zbus::zvariant::OwnedValue>) {
        self.open(Vec::new(), platform);
    }

    fn open(
        &self,
        uris: Vec<String>,
        mut platform: std::collections::HashMap<String, zbus::zvariant::OwnedValue>,
    ) {
        let token = platform.remove("activation-token").and_then(|t| String::try_from(t).ok());
        let _ = self.0.send((uris, token.unwrap_or_default()));
    }
}

#[test]
fn an_application_on_the_bus_is_activated_there() {
    const ID: &str = "org.example.On-Bus";
    let world = World::new();
    let text = format!("[Desktop Entry]\nType=Application\nName={ID}\nDBusActivatable=true\n");
    world.entry(ID, &text);
    let session = world.session(&[]);
    let (sender, calls) = channel();
    let app = world.bus.connect();
    app.object_server().at("/org/example/On_Bus", Application(sender)).expect("served");
    app.request_name(ID).expect("owned");

    let launch = session.proxy.launch(ID, &["/tmp/a b"], "tok").expect("launched");
    let (uris, token) = calls.recv_timeout(PATIENCE).expect("called");
    assert_eq!((uris.as_slice(), token.as_str()), (&["file:///tmp/a%20b".to_owned()][..], "tok"));
    session.expect(&launch, Starting);
    session.expect(&launch, Running);
    let running = session.proxy.list_running().expect("listed");
    assert_eq!(running[0].pids, [std::process::id()]);
    app.release_name(ID).expect("released");
    session.expect(&launch, Exited);
}

#[test]
fn where_the_bus_cannot_activate_the_exec_line_is_run() {
    let world = World::new();
    let exec = "Exec=/bin/sh -c \"exit 4\"\n";
    let head = "[Desktop Entry]\nType=Application\nName=F\nDBusActivatable=true\n";
    world.entry("org.example.Fallback", &format!("{head}{exec}"));
    world.entry("org.example.Neither", head);
    let session = world.session(&[]);
    let launch = session.run("org.example.Fallback");
    assert_eq!(session.expect(&launch, Failed).reason, "ended with exit status 4");

    let launch = session.proxy.launch("org.example.Neither", &[], "").expect("launched");
    session.expect(&launch, Starting);
    let failed = session.expect(&launch, Failed);
    assert!(failed.reason.contains("nobody provides it"), "{}", failed.reason);
}
