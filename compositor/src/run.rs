//! From the command line to a running compositor, and its loop.

use std::{
    io::Write as _,
    os::unix::process::CommandExt as _,
    process::{Child, Command, ExitCode, ExitStatus},
    time::Duration,
};

use anyhow::{Context as _, Result};
use device_profile::Profile;
use smithay::{
    reexports::{
        calloop::{
            EventLoop, Interest, LoopHandle, Mode, PostAction,
            generic::Generic,
            signals::{Signal, Signals},
        },
        wayland_server::Display,
    },
    wayland::socket::ListeningSocketSource,
};

use crate::{
    ClientInfo, Options, Panel, Setup, State, Verifier,
    backend::{self, Backend, Drm, Headless},
    children,
    clock::Clock,
    options::BackendKind,
    seat::WallClock,
};

/// A state with the loop that drives it.
pub struct Runtime {
    event_loop: EventLoop<'static, State>,
    state: State,
}

impl Runtime {
    /// Makes a compositor that clients can be added to.
    ///
    /// # Errors
    /// When the kernel refuses descriptors, or no keymap can be compiled.
    pub fn new(setup: Setup) -> Result<Self> {
        let event_loop: EventLoop<'static, State> =
            EventLoop::try_new().context("error making the event loop")?;
        let display = Display::<State>::new().context("error making the Wayland display")?;
        let handle = event_loop.handle();
        let state = State::new(&display, handle.clone(), event_loop.get_signal(), setup)?;
        insert_display(&handle, display)?;
        Ok(Self { event_loop, state })
    }

    /// The state.
    pub fn state(&mut self) -> &mut State {
        &mut self.state
    }

    /// Lets the sources speak, for at most `timeout` if none does, then takes a turn.
    ///
    /// # Errors
    /// When the event loop itself fails.
    pub fn dispatch(&mut self, timeout: Option<Duration>) -> Result<()> {
        self.event_loop.dispatch(timeout, &mut self.state).context("error in the event loop")?;
        self.state.turn();
        Ok(())
    }

    /// Turns until somebody ends it, or until `child` has ended.
    fn spin(&mut self, mut child: Option<&mut Child>) -> Result<Option<ExitStatus>> {
        self.state.turn();
        while self.state.is_running() {
            let now = self.state.clock().now();
            self.dispatch(self.state.next_wake().map(|at| at.since(now)))?;
            if self.state.take_child_exited()
                && let Some(child) = child.as_deref_mut()
                && let Some(status) = child.try_wait().context("error waiting for the command")?
            {
                return Ok(Some(status));
            }
        }
        Ok(None)
    }
}

/// Runs the compositor until it is told to end.
///
/// # Errors
/// When something that it cannot do without is missing; the message says what and how to mend it.
pub fn run(options: &Options) -> Result<ExitCode> {
    let socket = listen(options)?;
    let name = socket.socket_name().to_string_lossy().into_owned();
    let facts = crate::facts::gather(options);
    let Opened { backend, panel, attach } = open_backend(options, &facts.profile, facts.panel)?;
    let mut runtime = Runtime::new(Setup {
        backend,
        panel,
        settings: facts.settings,
        wall_clock: WallClock::Machine { hours_24: facts.clock_24h },
        keyboard: facts.keyboard,
        clock: Clock::monotonic(),
        rasterizer: raster::Rasterizer::new(raster::Fonts::system(&locale())),
        socket: name.clone(),
        allow_test_input: options.allow_test_input,
    })?;
    let handle = runtime.event_loop.handle();
    insert_socket(&handle, socket)?;
    insert_signals(&handle)?;
    attach(&handle)?;
    if facts.require_code {
        runtime.state.use_verifier(Verifier::of_user());
    }
    if !options.no_session {
        runtime.state.connect_bus();
    }
    announce(&name)?;

    let mut child = start_command(options, &name)?;
    let status = runtime.spin(child.as_mut());
    // While the event loop still holds what the backend's devices are given back through.
    runtime.state.stop_backend();
    let status = status?;
    if let Some(child) = &child
        && status.is_none()
    {
        // Ended by a signal: what we started ends with us. It may have ended by itself already.
        let group = rustix::process::Pid::from_child(child);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::TERM);
    }
    match runtime.state.take_failure() {
        Some(failure) => Err(failure),
        None => Ok(status.map_or(ExitCode::SUCCESS, exit_code)),
    }
}

/// The user's language, as the environment names it.
fn locale() -> String {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    names.into_iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default()
}

/// A backend with what follows from it.
struct Opened {
    backend: Box<dyn Backend>,
    /// The panel as this backend shows it.
    panel: Panel,
    /// Lets the backend's events reach the state.
    attach: Attach,
}

type Attach = Box<dyn FnOnce(&LoopHandle<'static, State>) -> Result<()>>;

fn open_backend(options: &Options, profile: &Profile, panel: Panel) -> Result<Opened> {
    match resolve(options.backend) {
        BackendKind::Nested => {
            let (backend, host) = backend::open_window(&panel, options.renderer)?;
            let panel = host.panel().clone();
            let attach: Attach = Box::new(|handle| host.attach(handle));
            Ok(Opened { backend, panel, attach })
        }
        BackendKind::Headless => {
            let backend = Box::new(Headless::new()?);
            Ok(Opened { backend, panel, attach: Box::new(|_| Ok(())) })
        }
        BackendKind::Auto | BackendKind::Drm => {
            let (backend, console) = Drm::open(profile.clone(), panel.clone(), options.renderer)?;
            let attach: Attach = Box::new(|handle| console.attach(handle));
            Ok(Opened { backend: Box::new(backend), panel, attach })
        }
    }
}

/// Inside a graphical session the phone is a window, outside it has the screen.
fn resolve(kind: BackendKind) -> BackendKind {
    let in_session = ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    match kind {
        BackendKind::Auto if in_session => BackendKind::Nested,
        BackendKind::Auto => BackendKind::Drm,
        named => named,
    }
}

fn listen(options: &Options) -> Result<ListeningSocketSource> {
    match &options.socket {
        Some(name) => ListeningSocketSource::with_name(name)
            .with_context(|| format!("error listening on the Wayland socket {name:?}")),
        None => ListeningSocketSource::new_auto().context(
            "error finding a free Wayland socket; XDG_RUNTIME_DIR must name a folder of yours",
        ),
    }
}

fn insert_display(handle: &LoopHandle<'static, State>, display: Display<State>) -> Result<()> {
    let source = Generic::new(display, Interest::READ, Mode::Level);
    handle
        .insert_source(source, |_, display, state| {
            // SAFETY: the display is dropped together with its source, never while dispatching.
            #[expect(unsafe_code, reason = "calloop's guard against closing the descriptor")]
            let display = unsafe { display.get_mut() };
            if let Err(error) = display.dispatch_clients(state) {
                tracing::error!("error dispatching clients: {error}");
            }
            Ok(PostAction::Continue)
        })
        .map_err(|error| error.error)
        .context("error watching the Wayland display")?;
    Ok(())
}

fn insert_socket(handle: &LoopHandle<'static, State>, socket: ListeningSocketSource) -> Result<()> {
    handle
        .insert_source(socket, |stream, (), state| {
            let info = ClientInfo::from_peer(&stream);
            if let Err(error) = state.add_client(stream, info) {
                tracing::debug!("client left before it was taken in: {error}");
            }
        })
        .map_err(|error| error.error)
        .context("error watching the Wayland socket")?;
    Ok(())
}

fn insert_signals(handle: &LoopHandle<'static, State>) -> Result<()> {
    let signals = Signals::new(&[Signal::SIGTERM, Signal::SIGINT, Signal::SIGCHLD])
        .context("error blocking signals")?;
    handle
        .insert_source(signals, |event, (), state| match event.signal() {
            Signal::SIGCHLD => state.note_child_exited(),
            signal => {
                tracing::info!("ending on {signal:?}");
                state.end();
            }
        })
        .map_err(|error| error.error)
        .context("error watching signals")?;
    Ok(())
}

/// Says that clients may connect: to whoever reads our output, and to the service manager.
#[expect(clippy::print_stdout, reason = "the line is the interface")]
fn announce(socket: &str) -> Result<()> {
    println!("WAYLAND_DISPLAY={socket}");
    std::io::stdout().flush().context("error writing the socket's name")?;
    crate::seat::notify_ready();
    Ok(())
}

fn start_command(options: &Options, socket: &str) -> Result<Option<Child>> {
    let Some((program, arguments)) = options.command.split_first() else { return Ok(None) };
    let mut command = Command::new(program);
    command.args(arguments).env("WAYLAND_DISPLAY", socket).env_remove("DISPLAY").process_group(0);
    children::hear_signals(&mut command);
    let child = command.spawn().with_context(|| format!("error starting {program:?}"))?;
    Ok(Some(child))
}

fn exit_code(status: ExitStatus) -> ExitCode {
    use std::os::unix::process::ExitStatusExt as _;
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}
