//! logind, on the system bus: lock and unlock, sleep, switching off, and the panel's light.
//!
//! While logind is there, the power key is ours (it would switch off at a touch), and the machine
//! does not sleep before a locked picture is on the panel.

use std::path::Path;

use futures_lite::{StreamExt as _, future::or, stream};
use shell::{Display, Event, PowerAction};
use zbus::{
    Connection,
    zvariant::{OwnedFd, OwnedObjectPath},
};

use super::{
    News, Setup,
    thread::{End, ignore, while_owned},
};
use crate::{State, seat::Backlight};

const NAME: &str = "org.freedesktop.login1";
const WHO: &str = "Purje";
const KEYS: &str = "handle-power-key:handle-suspend-key:handle-hibernate-key";

/// What the main loop says.
pub(super) enum SystemWord {
    /// Whether the phone is locked.
    Locked(bool),
    /// A locked picture is on the panel, or the panel is dark.
    MaySleep,
    /// Switch off or start again.
    Power(PowerAction),
    /// How the display is lit.
    Light(Display),
}

/// What is heard from logind.
#[derive(Debug)]
pub(crate) enum LogindNews {
    Lock,
    Unlock,
    /// The machine is about to sleep, and waits for [`SystemWord::MaySleep`].
    FallsAsleep,
    /// It is awake again.
    Awake,
}

#[zbus::proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1"
)]
trait Manager {
    fn get_session(&self, id: &str) -> zbus::Result<OwnedObjectPath>;
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::Result<OwnedFd>;
    fn power_off(&self, interactive: bool) -> zbus::Result<()>;
    fn reboot(&self, interactive: bool) -> zbus::Result<()>;
    #[zbus(signal)]
    fn prepare_for_sleep(&self, start: bool) -> zbus::Result<()>;
}

#[zbus::proxy(
    interface = "org.freedesktop.login1.Session",
    default_service = "org.freedesktop.login1"
)]
trait Session {
    fn set_locked_hint(&self, locked: bool) -> zbus::Result<()>;
    fn set_brightness(&self, subsystem: &str, name: &str, level: u32) -> zbus::Result<()>;
    #[zbus(signal)]
    fn lock(&self) -> zbus::Result<()>;
    #[zbus(signal)]
    fn unlock(&self) -> zbus::Result<()>;
    #[zbus(property)]
    fn id(&self) -> zbus::Result<String>;
}

/// Serves the connection until the main loop lets go.
pub(super) async fn serve(
    executor: &async_executor::LocalExecutor<'static>,
    bus: &Connection,
    setup: &Setup,
) -> End {
    let attend = async || attend(executor, bus, setup).await;
    let absent = async || refuse(&setup.system).await;
    let watched = while_owned(bus, NAME, attend, absent, || {}).await;
    if let Err(error) = watched {
        tracing::warn!("error on the system bus: {error}; no more word from logind");
        refuse(&setup.system).await;
    }
    if setup.system.is_closed() { End::Quit } else { End::Lost }
}

/// Answers for a logind that is not there, until the main loop lets go.
pub(super) async fn refuse(words: &async_channel::Receiver<SystemWord>) {
    ignore(words, |word| {
        if let SystemWord::Power(action) = word {
            tracing::warn!("without logind nothing can switch the machine off ({action:?})");
        }
    })
    .await;
}

/// What was got from logind.
struct Logind {
    manager: ManagerProxy<'static>,
    /// `None` where we are in no session: a container, a test's machine.
    session: Option<SessionProxy<'static>>,
    /// Held while the machine must not sleep yet.
    delay: Option<OwnedFd>,
    backlight: Option<Backlight>,
}

enum Heard {
    Word(SystemWord),
    Lock,
    Unlock,
    Sleep(PrepareForSleep),
}

async fn attend(
    executor: &async_executor::LocalExecutor<'static>,
    bus: &Connection,
    setup: &Setup,
) -> zbus::Result<()> {
    let manager = ManagerProxy::new(bus).await?;
    let session = match find_session(bus, &manager).await {
        Ok(session) => Some(session),
        Err(error) => {
            tracing::warn!("logind knows no session of ours ({error}); it cannot lock the phone");
            None
        }
    };
    // Held until this call ends, which is when logind does.
    let _keys = inhibit(&manager, KEYS, "The shell decides what the keys do", "block").await;
    let mut logind = Logind {
        delay: delay(&manager).await,
        manager,
        session,
        backlight: Backlight::find(Path::new("/sys/class/backlight")),
    };
    let sleep = logind.manager.receive_prepare_for_sleep().await?.map(Heard::Sleep);
    let mut signals = stream::StreamExt::boxed_local(sleep);
    if let Some(session) = &logind.session {
        let lock = session.receive_lock().await?.map(|_| Heard::Lock);
        let unlock = session.receive_unlock().await?.map(|_| Heard::Unlock);
        signals = stream::StreamExt::boxed_local(stream::or(signals, stream::or(lock, unlock)));
    }
    logind.hint(setup.facts.locked.load(std::sync::atomic::Ordering::Relaxed)).await;
    loop {
        let word = async { setup.system.recv().await.ok().map(Heard::Word) };
        let signal = async { signals.next().await };
        let Some(heard) = or(word, signal).await else { return Ok(()) };
        let news = match heard {
            Heard::Word(word) => {
                logind.obey(executor, word).await;
                continue;
            }
            Heard::Lock => LogindNews::Lock,
            Heard::Unlock => LogindNews::Unlock,
            Heard::Sleep(signal) if signal.args()?.start => LogindNews::FallsAsleep,
            Heard::Sleep(_) => {
                logind.delay = delay(&logind.manager).await;
                LogindNews::Awake
            }
        };
        // Fails only when the main loop has ended.
        let _ = setup.news.send(News::Logind(news));
    }
}

/// The session that we run in, or, as a service of the user's, the one that the user sees.
async fn find_session(
    bus: &Connection,
    manager: &ManagerProxy<'static>,
) -> zbus::Result<SessionProxy<'static>> {
    let id = match std::env::var("XDG_SESSION_ID") {
        Ok(id) => id,
        Err(_) => {
            let path = "/org/freedesktop/login1/session/auto";
            SessionProxy::builder(bus).path(path)?.build().await?.id().await?
        }
    };
    // Signals come from the session's own path, never from an alias.
    let path = manager.get_session(&id).await?;
    SessionProxy::builder(bus).path(path)?.build().await
}

async fn delay(manager: &ManagerProxy<'static>) -> Option<OwnedFd> {
    inhibit(manager, "sleep", "The phone locks before it sleeps", "delay").await
}

async fn inhibit(
    manager: &ManagerProxy<'static>,
    what: &str,
    why: &str,
    mode: &str,
) -> Option<OwnedFd> {
    match manager.inhibit(what, WHO, why, mode).await {
        Ok(held) => Some(held),
        Err(error) => {
            tracing::warn!("logind does not let us {mode} {what}: {error}");
            None
        }
    }
}

impl Logind {
    async fn obey(&mut self, executor: &async_executor::LocalExecutor<'static>, word: SystemWord) {
        match word {
            SystemWord::Locked(locked) => self.hint(locked).await,
            SystemWord::MaySleep => self.delay = None,
            SystemWord::Power(action) => {
                let manager = self.manager.clone();
                // Another task: a person may be asked for permission meanwhile.
                let power = async move {
                    let done = match action {
                        PowerAction::Off => manager.power_off(true).await,
                        PowerAction::Restart => manager.reboot(true).await,
                    };
                    if let Err(error) = done {
                        tracing::warn!("logind refuses {action:?}: {error}");
                    }
                };
                executor.spawn(power).detach();
            }
            SystemWord::Light(display) => self.light(display).await,
        }
    }

    async fn hint(&self, locked: bool) {
        let Some(session) = &self.session else { return };
        if let Err(error) = session.set_locked_hint(locked).await {
            tracing::debug!("logind does not take the hint that we are locked: {error}");
        }
    }

    async fn light(&mut self, display: Display) {
        let (Some(session), Some(backlight)) = (&self.session, &mut self.backlight) else { return };
        let Some(level) = backlight.level_for(display) else { return };
        if let Err(error) = session.set_brightness("backlight", backlight.name(), level).await {
            tracing::warn!("error setting the backlight {}: {error}", backlight.name());
        }
    }
}

impl State {
    pub(super) fn hear_logind(&mut self, news: LogindNews) {
        match news {
            LogindNews::Lock => self.tell(Event::LogindLock),
            LogindNews::Unlock => self.tell(Event::LogindUnlock),
            LogindNews::FallsAsleep => {
                self.tell(Event::LogindLock);
                if let Some(bus) = &mut self.bus {
                    bus.falls_asleep = true;
                }
            }
            LogindNews::Awake => {
                if let Some(bus) = &mut self.bus {
                    bus.falls_asleep = false;
                }
                self.queue_redraw();
            }
        }
    }
}
