//! The device code: whether there is one, and whether what was typed is it.
//!
//! A code is checked by `purje-auth`, a process of its own at the other end of a private pair of
//! sockets. It is started for one check and ends after it. Whatever goes wrong is a reason to
//! stay locked, told to the user with what mends it; a code appears in no log.
//!
//! Not here: how a code is stored and judged, and how long to wait after wrong ones
//! ([`auth`] knows).

use std::{
    env, fs,
    os::fd::{AsFd as _, OwnedFd},
    path::{Path, PathBuf},
    process::Command,
};

use shell::{AuthVerdict, CodeState, Event};
use smithay::reexports::calloop::{
    Interest, LoopHandle, Mode, PostAction, RegistrationToken, generic::Generic,
};

use crate::{State, children};

const PROGRAM: &str = "purje-auth";

/// Where packages put programs that only other programs start.
const LIBEXEC: [&str; 2] = ["/usr/libexec", "/usr/lib/purje"];

/// The way to the verifier.
#[derive(Debug)]
pub struct Verifier {
    program: PathBuf,
    /// In place of the user's folder for state.
    state_home: Option<PathBuf>,
    running: Option<Running>,
}

/// A check under way.
#[derive(Debug)]
struct Running {
    client: auth::Client,
    source: RegistrationToken,
}

impl Verifier {
    /// The verifier of this installation and user: `$PURJE_AUTH`, else the `purje-auth` beside
    /// our own program, else one in `$PATH` or where packages put it.
    pub fn of_user() -> Self {
        Self { program: find_program(), state_home: None, running: None }
    }

    /// The verifier at `program`, which keeps its files below `state_home`.
    pub fn at(program: PathBuf, state_home: PathBuf) -> Self {
        Self { program, state_home: Some(state_home), running: None }
    }

    /// Whether a code is set. Files that cannot be found or read count as one that is.
    fn code(&self) -> CodeState {
        let vault = match &self.state_home {
            Some(home) => Ok(auth::Vault::in_folder(home.join("purje"))),
            None => auth::Vault::of_user(),
        };
        match vault.map(|vault| vault.status().code_set) {
            Ok(true) => CodeState::Set,
            Ok(false) => CodeState::None,
            Err(error) => {
                tracing::warn!("error looking for the device code: {error}; staying locked");
                CodeState::Unknown
            }
        }
    }

    /// The process that checks, started if there is none.
    fn running(
        &mut self,
        handle: &LoopHandle<'static, State>,
    ) -> Result<&mut auth::Client, String> {
        let running = match self.running.take() {
            Some(running) => running,
            None => self.start(handle)?,
        };
        Ok(&mut self.running.insert(running).client)
    }

    fn start(&self, handle: &LoopHandle<'static, State>) -> Result<Running, String> {
        let mut command = Command::new(&self.program);
        if let Some(home) = &self.state_home {
            command.env("XDG_STATE_HOME", home);
        }
        children::hear_signals(&mut command);
        let client = auth::Client::spawn_command(command).map_err(|error| {
            format!("{error}; install {PROGRAM} beside purje-compositor, or set PURJE_AUTH")
        })?;
        // A descriptor of its own, so that the loop and the client need not share one.
        let socket = client.as_fd().try_clone_to_owned();
        let socket: OwnedFd =
            socket.map_err(|error| format!("no descriptor for {PROGRAM}: {error}"))?;
        let source = handle
            .insert_source(Generic::new(socket, Interest::READ, Mode::Level), |_, _, state| {
                Ok(state.hear_verifier())
            })
            .map_err(|error| format!("error listening to {PROGRAM}: {error}"))?;
        Ok(Running { client, source })
    }
}

fn find_program() -> PathBuf {
    if let Some(named) = env::var_os("PURJE_AUTH").filter(|named| !named.is_empty()) {
        return named.into();
    }
    let own = env::current_exe().ok();
    let beside = own.as_deref().and_then(Path::parent).map(Path::to_owned);
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = beside
        .into_iter()
        .chain(env::split_paths(&path).filter(|folder| folder.is_absolute()))
        .chain(LIBEXEC.map(PathBuf::from));
    let found = folders
        .map(|folder| folder.join(PROGRAM))
        .find(|program| fs::metadata(program).is_ok_and(|file| file.is_file()));
    // Starting it will fail then, and say what is missing.
    found.unwrap_or_else(|| PathBuf::from(LIBEXEC[0]).join(PROGRAM))
}

fn verdict_of(verdict: auth::Verdict) -> AuthVerdict {
    match verdict {
        auth::Verdict::Right => AuthVerdict::Ok,
        auth::Verdict::Wrong { wait } => {
            // Rounded up: who comes back after that time must not be too early.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            AuthVerdict::Wrong { wait_s: u32::try_from(seconds).unwrap_or(u32::MAX) }
        }
        auth::Verdict::NoCode => AuthVerdict::NoCode,
        auth::Verdict::Failed { message } => AuthVerdict::Broken(message),
    }
}

impl State {
    /// Has codes checked by `verifier` from now on. Without one, the settings alone say whether
    /// there is a code, and none opens the phone.
    pub fn use_verifier(&mut self, verifier: Verifier) {
        self.host.auth = Some(verifier);
        self.find_code();
    }

    /// Finds out whether a code is set now; its owner may set or remove one at any time.
    pub(crate) fn find_code(&mut self) {
        let Some(verifier) = &self.host.auth else { return };
        let code = verifier.code();
        if let Some(settings) = self.host.set_code(code) {
            self.tell(Event::Settings(settings));
        }
    }

    /// Has a code checked; the shell is told the verdict.
    pub(crate) fn authenticate(&mut self, secret: &shell::Secret) {
        if let Err(problem) = self.ask_verifier(secret) {
            tracing::error!("error checking the device code: {problem}");
            self.tell(Event::Auth(AuthVerdict::Broken(problem)));
        }
    }

    fn ask_verifier(&mut self, secret: &shell::Secret) -> Result<(), String> {
        let verifier =
            self.host.auth.as_mut().ok_or("this phone was started without a verifier")?;
        let too_long = || format!("a code has at most {} digits", auth::Secret::MAX_LEN);
        let secret = auth::Secret::from_bytes(secret.expose()).ok_or_else(too_long)?;
        verifier.running(&self.handle)?.request(secret).map_err(|error| {
            if let Some(running) = verifier.running.take() {
                self.handle.remove(running.source);
            }
            format!("{PROGRAM} does not listen: {error}; try again")
        })
    }

    /// The verifier has something to say.
    fn hear_verifier(&mut self) -> PostAction {
        let Some(verifier) = self.host.auth.as_mut() else { return PostAction::Remove };
        let Some(running) = verifier.running.as_mut() else { return PostAction::Remove };
        let Some(verdict) = running.client.poll_reply() else { return PostAction::Continue };
        let done = running.client.has_ended() || running.client.unanswered() == 0;
        if done {
            verifier.running = None;
        }
        if let auth::Verdict::Failed { message } = &verdict {
            tracing::error!("the device code could not be checked: {message}");
        }
        self.tell(Event::Auth(verdict_of(verdict)));
        if done { PostAction::Remove } else { PostAction::Continue }
    }
}
