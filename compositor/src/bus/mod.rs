//! D-Bus: what the compositor offers there, and what it wants from there.
//!
//! Principles
//! - One thread speaks D-Bus, and the main loop never waits for it. [`Bus`] hands words to the
//!   thread; what comes back is [`News`], a source of the event loop like any other.
//! - What is missing (a bus, the session manager, logind) costs what it would have given, says so
//!   in one line of the log, and is picked up when it comes.
//! - Who may call what is asked of [`ipc::trust`] on the D-Bus thread, before the main loop hears
//!   of the call. No call unlocks; logind can, on the system bus, where the system decides who may.
//!
//! Not here: what an event means (the shell decides), and what a desktop entry or a unit is (the
//! session manager's).

mod calls;
mod compositor1;
mod launches;
mod logind;
mod replay;
mod report;
mod session;
mod thread;

use std::{
    collections::HashSet,
    env,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use async_channel::{Receiver, Sender};
use shell::{AppId, Event, LaunchId, LaunchState, PowerAction};
use smithay::reexports::calloop::channel::{self, Event as ChannelEvent};

use crate::State;
use calls::{Call, Reply};
use launches::Launches;
use logind::{LogindNews, SystemWord};
use session::{SessionNews, SessionWord};

/// Where the buses are, as D-Bus addresses; `None` is a bus that is left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buses {
    /// The session bus: tools and the session manager.
    pub session: Option<String>,
    /// The system bus: logind, for whoever drives the machine's own screen.
    pub system: Option<String>,
}

impl Buses {
    /// The buses that the environment names.
    ///
    /// `own_screen` tells whether the machine's own screen is ours. A phone in a window or in
    /// memory leaves logind alone: it must not switch off, lock or dim the machine it runs on.
    pub fn of_environment(own_screen: bool) -> Self {
        let session = env::var("DBUS_SESSION_BUS_ADDRESS").ok().or_else(|| {
            let folder = env::var("XDG_RUNTIME_DIR").ok()?;
            Some(format!("unix:path={folder}/bus"))
        });
        let system = own_screen.then(|| {
            env::var("DBUS_SYSTEM_BUS_ADDRESS")
                .unwrap_or_else(|_| "unix:path=/run/dbus/system_bus_socket".into())
        });
        Self { session, system }
    }
}

/// What the D-Bus thread tells the main loop.
#[derive(Debug)]
pub(crate) enum News {
    /// Somebody has called a method, and may.
    Call(Call),
    /// The session manager.
    Session(SessionNews),
    /// logind.
    Logind(LogindNews),
}

/// Facts that the D-Bus thread answers for without asking the main loop.
#[derive(Debug, Default)]
struct Facts {
    locked: AtomicBool,
    ready: AtomicBool,
}

/// A property of `org.purje.Compositor1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Property {
    Locked,
    Ready,
}

/// The main loop's end of D-Bus. Dropping it ends the thread.
pub(crate) struct Bus {
    session: Sender<SessionWord>,
    system: Sender<SystemWord>,
    facts: Arc<Facts>,
    launches: Launches,
    /// What the session manager can start.
    apps: HashSet<String>,
    session_there: bool,
    /// The machine is about to sleep and waits for us.
    falls_asleep: bool,
    /// Who asked for the launch that the shell is about to order.
    launcher: Option<Reply<()>>,
}

/// What the D-Bus thread needs.
struct Setup {
    buses: Buses,
    socket: String,
    allow_test_input: bool,
    facts: Arc<Facts>,
    news: channel::Sender<News>,
    session: Receiver<SessionWord>,
    system: Receiver<SystemWord>,
}

impl Bus {
    /// Tells the buses whether the phone is locked.
    pub(crate) fn locked(&self, locked: bool) {
        self.facts.locked.store(locked, Ordering::Relaxed);
        self.tell_session(SessionWord::Changed(Property::Locked));
        self.tell_system(SystemWord::Locked(locked));
    }

    /// Switches off or starts again.
    pub(crate) fn power(&self, action: PowerAction) {
        self.tell_system(SystemWord::Power(action));
    }

    /// Sets the panel's light.
    pub(crate) fn light(&self, display: shell::Display) {
        self.tell_system(SystemWord::Light(display));
    }

    // The channels are unbounded, and closed only once the thread has given up on its bus, of
    // which it has told: nothing is lost silently.

    fn tell_session(&self, word: SessionWord) {
        let _ = self.session.try_send(word);
    }

    fn tell_system(&self, word: SystemWord) {
        let _ = self.system.try_send(word);
    }
}

impl State {
    /// Connects to the buses that the environment names.
    pub(crate) fn connect_bus(&mut self) {
        self.connect_buses(Buses::of_environment(self.has_own_screen()));
    }

    /// Connects to `buses`, in the background.
    pub fn connect_buses(&mut self, buses: Buses) {
        let (news, source) = channel::channel();
        let inserted = self.handle.insert_source(source, |event, (), state: &mut State| {
            if let ChannelEvent::Msg(news) = event {
                state.take_news(news);
            }
        });
        if let Err(error) = inserted {
            tracing::error!("error listening to the D-Bus thread: {error}; running without D-Bus");
            return;
        }
        let (session, session_words) = async_channel::unbounded();
        let (system, system_words) = async_channel::unbounded();
        let facts = Arc::new(Facts {
            locked: AtomicBool::new(self.host.shell().is_locked()),
            ready: AtomicBool::new(self.screen.frames > 0),
        });
        let started = thread::start(Setup {
            buses,
            socket: self.socket.clone(),
            allow_test_input: self.allow_test_input,
            facts: facts.clone(),
            news,
            session: session_words,
            system: system_words,
        });
        if let Err(error) = started {
            tracing::error!("error starting the D-Bus thread: {error}; running without D-Bus");
            return;
        }
        self.bus = Some(Bus {
            session,
            system,
            facts,
            launches: Launches::default(),
            apps: HashSet::new(),
            session_there: false,
            falls_asleep: false,
            launcher: None,
        });
    }

    /// Tells the buses what has followed from a turn.
    pub(crate) fn refresh_bus(&mut self) {
        let Some(bus) = &mut self.bus else { return };
        if self.screen.frames > 0 && !bus.facts.ready.swap(true, Ordering::Relaxed) {
            bus.tell_session(SessionWord::Changed(Property::Ready));
        }
        let shell = self.host.shell();
        let dark = shell.display() == shell::Display::Off;
        if bus.falls_asleep && shell.is_locked() && (dark || self.screen.shown_locked == Some(true))
        {
            bus.falls_asleep = false;
            bus.tell_system(SystemWord::MaySleep);
        }
    }

    /// Has the session manager start an application.
    pub(crate) fn launch(&mut self, launch: LaunchId, app: &AppId, uris: Vec<String>) {
        let token = self.mint_token(launch, app);
        let caller = self.bus.as_mut().and_then(|bus| bus.launcher.take());
        let there = self.bus.as_mut().filter(|bus| bus.session_there);
        let Some(bus) = there else {
            if let Some(caller) = caller {
                caller.send(Err(ipc::Error::Unavailable(NO_SESSION.into())));
            }
            self.launch_failed(launch, NO_SESSION.into());
            return;
        };
        bus.launches.ask(launch);
        let app = app.0.clone();
        bus.tell_session(SessionWord::Launch { launch, app, uris, token, caller });
    }

    /// Has the session manager end what a launch started.
    pub(crate) fn stop_launch(&mut self, launch: LaunchId) {
        if let Some(bus) = &mut self.bus
            && let Some(id) = bus.launches.stop(launch)
        {
            bus.tell_session(SessionWord::Close(id));
        }
        self.forget_launch(launch);
    }

    fn launch_failed(&mut self, launch: LaunchId, reason: String) {
        self.forget_launch(launch);
        self.tell(Event::Launch { launch, state: LaunchState::Failed { reason } });
    }

    fn take_news(&mut self, news: News) {
        match news {
            News::Call(call) => self.answer(call),
            News::Session(news) => self.hear_session(news),
            News::Logind(news) => self.hear_logind(news),
        }
    }
}

/// Why no application can be started, in words for the user.
const NO_SESSION: &str =
    "The session manager is not running; start purje-session (systemctl --user start purje.target)";
