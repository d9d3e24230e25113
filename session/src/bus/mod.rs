//! The one D-Bus thread: it holds the connection, serves `org.purje.Session1`, and makes the calls
//! that the main loop asks for.
//!
//! Principles
//! - The main loop alone holds state. This thread turns messages into [`Event`]s and
//!   [`Command`]s into messages, and decides nothing.
//! - Nothing here waits for the main loop except the caller whose answer it is.
//! - Signals leave in the order in which the main loop asked for them.
//!
//! Not here: meaning.

mod caller;
mod service;

use crate::launcher::activation::Activation;
use crate::launcher::systemd::{self, Service};
use crate::lifecycle::{Change, LaunchId, Outcome};
use crate::status::{self, Status};
use anyhow::Context;
use futures_lite::StreamExt;
use ipc::Error;
use ipc::session1::{AppInfo, NAME, PATH, Problem, RunningApp};
use std::collections::HashMap;
use std::thread::JoinHandle;
use std::time::Duration;
use zbus::Connection;
use zbus::fdo::{DBusProxy, RequestNameFlags};
use zbus::object_server::SignalEmitter;

/// How long others may take to answer us, the bus' own starting of services included.
const ANSWER: Duration = Duration::from_secs(25);

/// The way back to a caller.
pub(crate) type Reply<T> = async_channel::Sender<T>;

/// What a caller asks.
#[derive(Debug)]
pub(crate) enum Request {
    ListApps(Reply<Vec<AppInfo>>),
    ListProblems(Reply<Vec<Problem>>),
    /// Answered with the launches that are to begin, one a process.
    Launch {
        id: String,
        uris: Vec<String>,
        token: String,
        reply: Reply<Result<Vec<LaunchId>, Error>>,
    },
    /// The caller has been answered: begin.
    Begin(Vec<LaunchId>),
    Close {
        id: String,
        reply: Reply<Result<(), Error>>,
    },
    ListRunning(Reply<Vec<RunningApp>>),
    SetDisplay {
        name: String,
        reply: Reply<Result<(), Error>>,
    },
    Status(Reply<Status>),
}

/// News of a launch.
#[derive(Debug)]
pub(crate) enum Update {
    Running {
        unit: String,
        pids: Vec<u32>,
    },
    /// Nobody provides the application's name on the bus; why.
    NotActivatable(String),
    Ended {
        outcome: Outcome,
        last_line: Option<String>,
    },
}

/// What the main loop is told.
#[derive(Debug)]
pub(crate) enum Event {
    /// The bus is there; comes before any request.
    Connected {
        /// Whether the user's systemd is there as well.
        systemd: bool,
        /// Launches of earlier processes, with their units, that still run.
        running: Vec<(LaunchId, String)>,
    },
    /// Our name is ours: callers can reach us.
    Ready,
    Request(Request),
    Launch(LaunchId, Update),
    Status(Status),
    /// The bus is gone, or our name was taken away, or could not be had; why.
    Lost(String),
}

/// What the main loop asks for.
#[derive(Debug)]
pub(crate) enum Command {
    Tell(Change),
    TellApps,
    TellStatus(Status),
    Start(LaunchId, Service),
    Follow(LaunchId, String),
    Stop(String),
    Activate(Activation),
    /// Hands the compositor's socket on to the bus and, if there is one, to systemd.
    SetDisplay {
        name: String,
        systemd: bool,
    },
}

/// The way to the main loop.
#[derive(Clone, Debug)]
pub(crate) struct Sink(calloop::channel::Sender<Event>);

impl Sink {
    pub(crate) fn new(sender: calloop::channel::Sender<Event>) -> Self {
        Self(sender)
    }

    pub(crate) fn send(&self, event: Event) {
        // A main loop that is gone has no more questions.
        let _ = self.0.send(event);
    }

    pub(crate) fn launch(&self, launch: LaunchId, update: Update) {
        self.send(Event::Launch(launch, update));
    }
}

/// The way to the D-Bus thread. Dropping it ends the thread once all commands are carried out.
#[derive(Debug)]
pub(crate) struct Bus {
    commands: async_channel::Sender<Command>,
    thread: JoinHandle<()>,
}

impl Bus {
    /// Starts the thread.
    ///
    /// Errors: the system has no more threads.
    pub(crate) fn spawn(sink: Sink) -> std::io::Result<Self> {
        let (commands, receiver) = async_channel::unbounded();
        let thread = std::thread::Builder::new().name("dbus".into()).spawn(move || {
            if let Err(error) = async_io::block_on(run(&sink, receiver)) {
                sink.send(Event::Lost(format!("{error:#}")));
            }
        })?;
        Ok(Self { commands, thread })
    }

    /// Asks for something.
    pub(crate) fn send(&self, command: Command) {
        // Fails only when the thread has ended, which it told by `Lost`.
        let _ = self.commands.try_send(command);
    }

    /// Waits until everything that was asked for has left.
    pub(crate) fn finish(self) {
        drop(self.commands);
        if self.thread.join().is_err() {
            tracing::error!("the D-Bus thread panicked");
        }
    }
}

async fn run(sink: &Sink, commands: async_channel::Receiver<Command>) -> anyhow::Result<()> {
    let bus = zbus::connection::Builder::session()
        .context("no session bus address in the environment")?
        .internal_executor(false)
        .method_timeout(ANSWER)
        .build()
        .await
        .context("cannot connect to the session bus")?;
    let executor = bus.executor().clone();
    let ticks = async {
        loop {
            executor.tick().await;
        }
    };
    futures_lite::future::or(serve(&bus, sink, commands), ticks).await
}

async fn serve(
    bus: &Connection,
    sink: &Sink,
    commands: async_channel::Receiver<Command>,
) -> anyhow::Result<()> {
    let systemd = systemd::connect(bus).await;
    let running = if systemd { systemd::running(bus).await } else { Vec::new() };
    sink.send(Event::Connected { systemd, running });

    let dbus = DBusProxy::new(bus).await?;
    let mut lost = dbus.receive_name_lost().await?;
    bus.object_server().at(PATH, service::Service::new(sink.clone())).await?;
    bus.request_name_with_flags(NAME, RequestNameFlags::DoNotQueue.into())
        .await
        .with_context(|| format!("cannot own {NAME}; does another session manager run?"))?;
    sink.send(Event::Ready);

    let watch = async {
        while let Some(signal) = lost.next().await {
            if signal.args().is_ok_and(|args| args.name() == NAME) {
                anyhow::bail!("{NAME} was taken by another process");
            }
        }
        anyhow::bail!("the session bus went away")
    };
    let status = status::watch(sink.clone());
    let carry_out = async {
        while let Ok(command) = commands.recv().await {
            carry_out(bus, sink, command).await;
        }
        Ok(())
    };
    // Commands come first, so that a bus that goes away does not eat the last of them.
    futures_lite::future::or(carry_out, futures_lite::future::or(watch, status)).await
}

async fn carry_out(bus: &Connection, sink: &Sink, command: Command) {
    let executor = bus.executor();
    let (task_bus, sink) = (bus.clone(), sink.clone());
    match command {
        Command::Tell(change) => told(service::tell(bus, &change).await),
        Command::TellApps => match SignalEmitter::new(bus, PATH) {
            Ok(emitter) => told(service::Service::apps_changed(&emitter).await),
            Err(error) => told(Err(error)),
        },
        Command::TellStatus(status) => match SignalEmitter::new(bus, PATH) {
            Ok(emitter) => {
                told(service::Service::status_changed(&emitter, status.to_map()).await);
            }
            Err(error) => told(Err(error)),
        },
        Command::Start(launch, service) => {
            executor.spawn(systemd::run(task_bus, launch, service, sink), "unit").detach();
        }
        Command::Follow(launch, unit) => {
            executor.spawn(systemd::follow(task_bus, launch, unit, sink), "unit").detach();
        }
        Command::Stop(unit) => {
            executor.spawn(async move { systemd::stop(&task_bus, &unit).await }, "stop").detach();
        }
        Command::Activate(activation) => {
            executor.spawn(activation.run(task_bus, sink), "activation").detach();
        }
        Command::SetDisplay { name, systemd } => set_display(bus, &name, systemd).await,
    }
}

fn told(result: zbus::Result<()>) {
    if let Err(error) = result {
        tracing::warn!("cannot send a signal: {error}");
    }
}

/// Programs that the bus or systemd start are to find the compositor as well.
async fn set_display(bus: &Connection, name: &str, systemd: bool) {
    if systemd {
        systemd::set_environment(bus, &[format!("WAYLAND_DISPLAY={name}")]).await;
    }
    let Ok(dbus) = DBusProxy::new(bus).await else { return };
    let environment = HashMap::from([("WAYLAND_DISPLAY", name)]);
    if let Err(error) = dbus.update_activation_environment(environment).await {
        tracing::debug!("the bus does not take our environment: {error}");
    }
}
