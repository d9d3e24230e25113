//! `purje-auth`: judges the device code for the lock screen, and lets its owner set it.

use std::{
    fmt,
    io::{self, Write, stderr, stdin, stdout},
    process::ExitCode,
};

use purje_auth::{Error, Secret, Vault, Verdict, serve};
use rustix::{
    io::{read, retry_on_intr},
    net::{SocketType, sockopt::socket_type},
    process::{DumpableBehavior, set_dumpable_behavior},
    termios::{LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcsetattr},
};
use zeroize::Zeroizing;

const USAGE: &str = "\
Usage: purje-auth COMMAND

  set      set or change the device code; asks for the old one first
  remove   remove it; asks for it first
  status   say whether one is set, and how long none is judged

Codes are read from the terminal, or line by line from standard input.
Without a command it answers the lock screen, which starts it on a socket.";

/// Why the program ends without having done what it was asked for.
enum Failure {
    Usage,
    Refused(String),
}

impl<E: fmt::Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Refused(error.to_string())
    }
}

fn main() -> ExitCode {
    // Neither a core dump nor another process of the user is to see a code. Best effort: that it
    // is refused, as under some sandboxes, is no reason to lock the owner out.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    tracing_subscriber::fmt().with_writer(stderr).without_time().with_ansi(false).init();
    let mut arguments = std::env::args().skip(1);
    let (command, more) = (arguments.next(), arguments.next());
    let result = match (command.as_deref(), more) {
        (None, _) => answer(),
        (Some("set"), None) => set(),
        (Some("remove"), None) => remove(),
        (Some("status"), None) => status(),
        (Some("--help" | "-h"), None) => say(USAGE).map_err(Failure::from),
        _ => Err(Failure::Usage),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage) => {
            complain(USAGE);
            ExitCode::from(2)
        }
        Err(Failure::Refused(why)) => {
            complain(&format!("purje-auth: {why}"));
            ExitCode::FAILURE
        }
    }
}

fn answer() -> Result<(), Failure> {
    if socket_type(stdin()) != Ok(SocketType::SEQPACKET) {
        return Err(Failure::Usage);
    }
    Ok(serve(stdin(), &Vault::of_user()?)?)
}

fn status() -> Result<(), Failure> {
    let status = Vault::of_user()?.status();
    say(if status.code_set { "A device code is set." } else { "No device code is set." })?;
    if !status.wait.is_zero() {
        say(&format!("No code is judged for {} s.", status.wait.as_secs() + 1))?;
    }
    Ok(())
}

fn set() -> Result<(), Failure> {
    let vault = Vault::of_user()?;
    let mut input = Input::new();
    let old = if vault.status().code_set { input.ask("Present code: ")? } else { Secret::new() };
    let new = input.ask("New code: ")?;
    let again = input.ask("New code again: ")?;
    if new.expose() != again.expose() {
        return Err("the two new codes differ; nothing was changed".into());
    }
    judged(vault.set(&old, &new)?)?;
    Ok(say("The device code is set.")?)
}

fn remove() -> Result<(), Failure> {
    let vault = Vault::of_user()?;
    if !vault.status().code_set {
        return Ok(say("No device code is set.")?);
    }
    judged(vault.remove(&Input::new().ask("Present code: ")?)?)?;
    Ok(say("The device code is removed: a swipe unlocks.")?)
}

fn judged(verdict: Verdict) -> Result<(), Failure> {
    match verdict {
        Verdict::Right | Verdict::NoCode => Ok(()),
        Verdict::Wrong { wait } if wait.is_zero() => Err("wrong code; nothing was changed".into()),
        Verdict::Wrong { wait } => {
            let seconds = wait.as_secs() + 1;
            Err(Failure::Refused(format!("not the code, or too early; wait {seconds} s")))
        }
        Verdict::Failed { message } => Err(Failure::Refused(message)),
    }
}

/// Where codes are read from: a terminal without echo, or lines.
struct Input {
    terminal: Option<Termios>,
}

impl Input {
    fn new() -> Self {
        let terminal = isatty(stdin()).then(|| tcgetattr(stdin()).ok()).flatten();
        if let Some(settings) = &terminal {
            let mut silent = settings.clone();
            silent.local_modes.remove(LocalModes::ECHO);
            // Without it the code is seen on the owner's own screen; no more.
            let _ = tcsetattr(stdin(), OptionalActions::Flush, &silent);
        }
        Self { terminal }
    }

    fn ask(&mut self, question: &str) -> Result<Secret, Failure> {
        if self.terminal.is_some() {
            write!(stdout(), "{question}")?;
            stdout().flush()?;
        }
        let secret = read_line()?;
        if self.terminal.is_some() {
            say("")?;
        }
        secret.ok_or_else(|| Error::UnfitCode.into())
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        if let Some(settings) = &self.terminal {
            let _ = tcsetattr(stdin(), OptionalActions::Now, settings);
        }
    }
}

/// A line without its end; `None` if it is longer than any code. Reads byte by byte: a buffer
/// would keep what must be wiped, and take what the next question needs.
fn read_line() -> io::Result<Option<Secret>> {
    let mut secret = Secret::new();
    let mut fits = true;
    let mut byte = Zeroizing::new([0]);
    while retry_on_intr(|| read(stdin(), byte.as_mut_slice()))? > 0 && *byte != [b'\n'] {
        fits &= secret.push_bytes(byte.as_slice());
    }
    Ok(fits.then_some(secret))
}

fn say(text: &str) -> io::Result<()> {
    writeln!(stdout(), "{text}")
}

fn complain(text: &str) {
    // Nobody is left to be told if this fails.
    let _ = writeln!(stderr(), "{text}");
}
