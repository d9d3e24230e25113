//! The verifier as a process: what the lock screen and the owner see of it.

use std::{
    fs,
    io::Write,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};

use purje_auth::{Client, Secret, Verdict};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_purje-auth");

/// A user with a folder for state.
struct User(TempDir);

impl User {
    fn new() -> Self {
        Self(TempDir::new().expect("a folder for the test"))
    }

    fn with_code(code: &str) -> Self {
        let user = Self::new();
        let output = user.run("set", &format!("{code}\n{code}\n"));
        assert!(output.status.success(), "{output:?}");
        user
    }

    fn command(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        command.env("XDG_STATE_HOME", self.0.path()).stderr(Stdio::null());
        command
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join("purje").join(name)
    }

    fn client(&self) -> Client {
        Client::spawn_command(self.command()).expect("the program was built")
    }

    fn run(&self, argument: &str, input: &str) -> Output {
        let mut child = self
            .command()
            .arg(argument)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program was built");
        let mut stdin = child.stdin.take().expect("piped");
        // It may refuse before it has read everything.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("waiting for the program")
    }
}

/// Waits for the next answer.
fn answer(client: &mut Client) -> Verdict {
    loop {
        if let Some(verdict) = client.poll_reply() {
            return verdict;
        }
        let mut fds = [PollFd::new(client, PollFlags::IN)];
        let patience = Timespec { tv_sec: 60, tv_nsec: 0 };
        let ready = poll(&mut fds, Some(&patience)).expect("poll");
        assert_eq!(ready, 1, "no answer in a minute");
    }
}

fn ask(client: &mut Client, code: &str) -> Verdict {
    let secret = Secret::from_bytes(code.as_bytes()).expect("a short code");
    client.request(secret).expect("it listens");
    answer(client)
}

#[test]
fn the_lock_screen_gets_its_verdicts() {
    let user = User::with_code("2580");
    let mut client = user.client();
    assert_eq!(client.poll_reply(), None, "nothing was asked");
    assert_eq!(ask(&mut client, "1234"), Verdict::Wrong { wait: Duration::ZERO });
    assert_eq!(ask(&mut client, "2580"), Verdict::Right);
    assert_eq!(client.unanswered(), 0);
    assert_eq!(ask(&mut User::new().client(), "2580"), Verdict::NoCode);
}

#[test]
fn answers_come_in_the_order_of_the_questions() {
    let user = User::with_code("2580");
    let mut client = user.client();
    for code in ["1111", "2580", "2222"] {
        client.request(Secret::from_bytes(code.as_bytes()).expect("short")).expect("it listens");
    }
    assert_eq!(client.unanswered(), 3);
    let wrong = Verdict::Wrong { wait: Duration::ZERO };
    assert_eq!(answer(&mut client), wrong);
    assert_eq!(answer(&mut client), Verdict::Right);
    assert_eq!(answer(&mut client), wrong);
}

#[test]
fn a_wait_outlives_the_process() {
    let user = User::with_code("2580");
    for _ in 0..5 {
        assert!(matches!(ask(&mut user.client(), "1111"), Verdict::Wrong { .. }));
    }
    let Verdict::Wrong { wait } = ask(&mut user.client(), "2580") else {
        panic!("judged during the wait");
    };
    assert!((1..=30).contains(&wait.as_secs()), "{wait:?}");
    let status = user.run("status", "");
    let said = String::from_utf8_lossy(&status.stdout);
    assert!(said.contains("A device code is set.") && said.contains("No code is judged"), "{said}");
}

#[test]
fn killing_it_at_work_gives_no_free_attempt() {
    let user = User::with_code("2580");
    for _ in 0..5 {
        let mut client = user.client();
        client.request(Secret::from_bytes(b"1111").expect("short")).expect("it listens");
        // The attempt is on disk; its verdict may or may not be.
        let before = fs::read(user.file("attempts")).expect("set has written one");
        while fs::read(user.file("attempts")).expect("replaced as a whole") == before {
            std::thread::yield_now();
        }
        drop(client);
    }
    assert!(matches!(ask(&mut user.client(), "2580"), Verdict::Wrong { wait } if !wait.is_zero()));
}

#[test]
fn a_broken_file_is_named_to_the_lock_screen() {
    let user = User::with_code("2580");
    fs::write(user.file("code"), "nonsense").expect("the test's own file");
    let Verdict::Failed { message } = ask(&mut user.client(), "2580") else {
        panic!("it judged by a broken file");
    };
    assert!(message.starts_with(&user.file("code").display().to_string()), "{message}");
}

#[test]
fn a_verifier_that_ends_is_told_once() {
    let user = User::new();
    let mut command = Command::new("/bin/true");
    command.env("XDG_STATE_HOME", user.0.path());
    let mut client = Client::spawn_command(command).expect("true exists");
    assert!(matches!(answer(&mut client), Verdict::Failed { .. }));
    assert!(client.has_ended());
    assert_eq!(client.poll_reply(), None);
    assert!(client.request(Secret::new()).is_err());
    let error = Client::spawn(Path::new("/nonexistent/purje-auth")).expect_err("there is none");
    assert!(error.to_string().starts_with("cannot start /nonexistent/purje-auth: "), "{error}");
}

#[test]
fn the_owner_sets_changes_and_removes_the_code() {
    let user = User::new();
    let refused = |output: Output, why: &str| {
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(why), "{said}");
    };
    refused(user.run("set", "12\n12\n"), "choose 4 to 32 digits");
    refused(user.run("set", "1234\n1235\n"), "differ");
    refused(user.run("set", &"1".repeat(200)), "choose 4 to 32 digits");
    assert!(user.run("set", "1234\n1234").status.success());
    assert_eq!(fs::metadata(user.file("code")).expect("set").mode() & 0o777, 0o600);
    refused(user.run("set", "9999\n2580\n2580\n"), "wrong code");
    assert!(user.run("set", "1234\n2580\n2580\n").status.success());
    assert_eq!(ask(&mut user.client(), "2580"), Verdict::Right);
    refused(user.run("remove", "1234\n"), "wrong code");
    assert!(user.run("remove", "2580\n").status.success());
    assert_eq!(ask(&mut user.client(), "2580"), Verdict::NoCode);
}

#[test]
fn it_serves_nobody_but_a_private_socket() {
    let user = User::new();
    for argument in ["verify", "--code=2580"] {
        assert_eq!(user.run(argument, "2580\n").status.code(), Some(2), "{argument}");
    }
    let child = user.command().stdin(Stdio::null()).status().expect("the program was built");
    assert_eq!(child.code(), Some(2));
}

#[test]
fn no_code_is_in_what_it_says_or_writes() {
    let user = User::with_code("73915028");
    let mut outputs = vec![user.run("status", ""), user.run("set", "73915028\n1\n1\n")];
    outputs.push(user.run("remove", "73915029\n"));
    for output in outputs {
        let said = [output.stdout, output.stderr].concat();
        assert!(!String::from_utf8_lossy(&said).contains("7391"), "{said:?}");
    }
    for entry in fs::read_dir(user.file("")).expect("set has made it") {
        let bytes = fs::read(entry.expect("readable").path()).expect("readable");
        assert!(!String::from_utf8_lossy(&bytes).contains("7391"));
    }
}
