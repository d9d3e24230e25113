//! The session bus: our name on it, and the session manager.

use std::path::PathBuf;

use futures_lite::{StreamExt as _, future::or, stream};
use ipc::{
    Error, compositor1,
    session1::{self, AppInfo, LaunchPhase, RunningApp, Session1Proxy},
};
use shell::{App, AppId, Battery, Event, LaunchId, LaunchState, Status};
use zbus::{
    Connection,
    fdo::{DBusProxy, RequestNameReply},
    zvariant::OwnedValue,
};

use super::{
    NO_SESSION, News, Property, Setup,
    calls::Reply,
    compositor1::Compositor1,
    launches::{Answered, Change},
    thread::{End, ignore, while_owned},
};
use crate::State;

type StatusMap = std::collections::HashMap<String, OwnedValue>;

/// What the main loop says.
pub(super) enum SessionWord {
    /// A property of ours has another value.
    Changed(Property),
    /// Start an application.
    Launch {
        launch: LaunchId,
        app: String,
        uris: Vec<String>,
        token: String,
        /// Who asked for it over the bus.
        caller: Option<Reply<()>>,
    },
    /// End what runs under this name of the session's.
    Close(String),
}

/// What is heard from the session manager.
#[derive(Debug)]
pub(crate) enum SessionNews {
    /// It is there, and these run.
    There(Vec<RunningApp>),
    /// It is gone.
    Gone,
    /// What can be started.
    Apps(Vec<AppInfo>),
    /// What is known of the device.
    Status(Status),
    /// A launch of anybody's has come to another phase.
    Changed(Change),
    /// It has taken a launch of ours on, under this name.
    Launched(LaunchId, String),
    /// It has not; why.
    NotLaunched(LaunchId, String),
}

/// Serves the connection until the main loop lets go.
pub(super) async fn serve(
    executor: &async_executor::LocalExecutor<'static>,
    bus: &Connection,
    setup: &Setup,
) -> End {
    let obey = async {
        while let Ok(word) = setup.session.recv().await {
            obey(executor, bus, setup, word).await;
        }
        End::Quit
    };
    let watch = async {
        if let Err(error) = watch(bus, setup).await {
            tracing::warn!("error on the session bus: {error}; no session manager is seen");
        }
        std::future::pending().await
    };
    or(obey, watch).await
}

/// Answers for a bus that is not there, until the main loop lets go.
pub(super) async fn refuse(setup: &Setup) {
    ignore(&setup.session, |word| {
        if let SessionWord::Launch { launch, caller, .. } = word {
            tell(setup, SessionNews::NotLaunched(launch, NO_SESSION.into()));
            if let Some(caller) = caller {
                caller.send(Err(Error::Unavailable(NO_SESSION.into())));
            }
        }
    })
    .await;
}

/// The bus is gone, and the session manager with it as far as we are concerned.
pub(super) fn gone(setup: &Setup) {
    tell(setup, SessionNews::Gone);
}

fn tell(setup: &Setup, news: SessionNews) {
    // Fails only when the main loop has ended.
    let _ = setup.news.send(News::Session(news));
}

async fn obey(
    executor: &async_executor::LocalExecutor<'static>,
    bus: &Connection,
    setup: &Setup,
    word: SessionWord,
) {
    match word {
        SessionWord::Changed(property) => {
            if let Err(error) = announce(bus, property).await {
                tracing::debug!(?property, "error announcing a property: {error}");
            }
        }
        SessionWord::Launch { launch, app, uris, token, caller } => {
            let bus = bus.clone();
            let news = setup.news.clone();
            // Another task: one launch that is slow to be taken on holds up no other.
            let start = async move {
                let answer = start(&bus, &app, &uris, &token).await;
                let (answer, heard) = match answer {
                    Ok(id) => (Ok(()), SessionNews::Launched(launch, id)),
                    Err(error) => {
                        let reason = reason(&error);
                        (Err(error), SessionNews::NotLaunched(launch, reason))
                    }
                };
                let _ = news.send(News::Session(heard));
                if let Some(caller) = caller {
                    caller.send(answer);
                }
            };
            executor.spawn(start).detach();
        }
        SessionWord::Close(id) => {
            let bus = bus.clone();
            let close = async move {
                let session = Session1Proxy::new(&bus).await?;
                session.close(&id).await
            };
            executor
                .spawn(async {
                    if let Err(error) = close.await {
                        // It may have ended by itself meanwhile.
                        tracing::debug!("error closing an application: {}", reason(&error));
                    }
                })
                .detach();
        }
    }
}

async fn start(bus: &Connection, app: &str, uris: &[String], token: &str) -> Result<String, Error> {
    let session = Session1Proxy::new(bus).await?;
    let uris: Vec<&str> = uris.iter().map(String::as_str).collect();
    session.launch(app, &uris, token).await.map_err(named)
}

/// The bus's own words for a service that is not there, as an error of ours.
fn named(error: Error) -> Error {
    match error {
        Error::ZBus(zbus::Error::MethodError(name, _, _))
            if matches!(
                name.as_str(),
                "org.freedesktop.DBus.Error.ServiceUnknown"
                    | "org.freedesktop.DBus.Error.NameHasNoOwner"
            ) =>
        {
            Error::Unavailable(NO_SESSION.into())
        }
        Error::ZBus(zbus::Error::MethodError(name, _, _))
            if name.as_str() == "org.freedesktop.DBus.Error.NoReply" =>
        {
            Error::Unavailable("The session manager has ended before it answered".into())
        }
        Error::ZBus(zbus::Error::InputOutput(error))
            if error.kind() == std::io::ErrorKind::TimedOut =>
        {
            Error::TimedOut("The session manager does not answer".into())
        }
        other => other,
    }
}

/// An error in one line for the user.
fn reason(error: &Error) -> String {
    match error {
        Error::ZBus(error) => format!("The session manager could not be asked: {error}"),
        other => match zbus::DBusError::description(other) {
            Some(text) if !text.is_empty() => text.into(),
            _ => zbus::DBusError::name(other).to_string(),
        },
    }
}

async fn announce(bus: &Connection, property: Property) -> zbus::Result<()> {
    let object = bus.object_server().interface::<_, Compositor1>(compositor1::PATH).await?;
    let service = object.get().await;
    match property {
        Property::Locked => service.locked_changed(object.signal_emitter()).await,
        Property::Ready => service.ready_changed(object.signal_emitter()).await,
    }
}

async fn watch(bus: &Connection, setup: &Setup) -> zbus::Result<()> {
    own_name(bus).await?;
    // Only the owner of the name is *the* compositor, which applications are sent to.
    let there = async || attend(bus, setup).await.map_err(plain);
    let absent = async || std::future::pending().await;
    while_owned(bus, session1::NAME, there, absent, || gone(setup)).await
}

fn plain(error: Error) -> zbus::Error {
    match error {
        Error::ZBus(error) => error,
        other => zbus::Error::Failure(other.to_string()),
    }
}

/// Waits until the compositor's name is ours.
async fn own_name(bus: &Connection) -> zbus::Result<()> {
    let name = compositor1::NAME;
    let dbus = DBusProxy::new(bus).await?;
    let mut acquired = dbus.receive_name_acquired_with_args(&[(0, name)]).await?;
    let flags = enumflags2::BitFlags::empty();
    match bus.request_name_with_flags(name, flags).await? {
        RequestNameReply::PrimaryOwner | RequestNameReply::AlreadyOwner => {}
        RequestNameReply::InQueue | RequestNameReply::Exists => {
            tracing::warn!(
                "another process owns {name} on the session bus: purjectl reaches that one, and \
                 applications are started there; waiting for it to end"
            );
            acquired.next().await;
        }
    }
    Ok(())
}

enum Heard {
    Launch(session1::LaunchState),
    Apps,
    Status(session1::StatusChanged),
}

/// Speaks with a session manager that has just appeared, until it is gone.
async fn attend(bus: &Connection, setup: &Setup) -> Result<(), Error> {
    let session = Session1Proxy::new(bus).await?;
    // Listening comes before asking, so that nothing falls in between.
    let launches = session.receive_launch_state().await?.map(Heard::Launch);
    let apps = session.receive_apps_changed().await?.map(|_| Heard::Apps);
    let status = session.receive_status_changed().await?.map(Heard::Status);
    let mut heard = stream::or(launches, stream::or(apps, status));

    if let Err(error) = session.set_wayland_display(&setup.socket).await {
        tracing::warn!(
            "the session manager does not take our socket: {}; applications that it starts may \
             not find the phone",
            reason(&error)
        );
    }
    tell(setup, SessionNews::There(session.list_running().await?));
    tell(setup, SessionNews::Apps(session.list_apps().await?));
    tell(setup, SessionNews::Status(status_of(&session.status().await?)));
    while let Some(heard) = heard.next().await {
        match heard {
            Heard::Launch(signal) => {
                let args = signal.args()?;
                tell(
                    setup,
                    SessionNews::Changed(Change {
                        id: args.launch.to_owned(),
                        phase: args.phase,
                        unit: args.unit.to_owned(),
                        reason: args.reason.to_owned(),
                    }),
                );
            }
            Heard::Apps => tell(setup, SessionNews::Apps(session.list_apps().await?)),
            Heard::Status(signal) => {
                tell(setup, SessionNews::Status(status_of(&signal.args()?.status)));
            }
        }
    }
    Ok(())
}

/// The session's facts as the shell knows them; what is missing or odd is not known.
fn status_of(facts: &StatusMap) -> Status {
    let percent =
        facts.get("battery-percentage").and_then(|value| value.downcast_ref::<f64>().ok());
    let state = facts.get("battery-state").and_then(|value| value.downcast_ref::<&str>().ok());
    let battery = percent.filter(|percent| percent.is_finite()).map(|percent| Battery {
        percent: percent.round().clamp(0.0, 100.0) as u8,
        charging: state == Some("charging"),
    });
    Status { battery }
}

fn app_of(info: AppInfo) -> App {
    App {
        id: AppId(info.id),
        name: info.name,
        icon: Some(info.icon).filter(|icon| !icon.is_empty()).map(PathBuf::from),
        window_class: Some(info.window_class).filter(|class| !class.is_empty()),
    }
}

impl State {
    pub(super) fn hear_session(&mut self, news: SessionNews) {
        let Some(bus) = &mut self.bus else { return };
        match news {
            SessionNews::There(running) => {
                bus.session_there = true;
                bus.launches.session_there(&running);
                tracing::debug!("the session manager is there");
            }
            SessionNews::Gone => self.session_gone(),
            SessionNews::Apps(apps) => {
                bus.apps = apps.iter().map(|app| app.id.clone()).collect();
                self.tell(Event::Apps(apps.into_iter().map(app_of).collect()));
            }
            SessionNews::Status(status) => self.tell(Event::Status(status)),
            SessionNews::Changed(change) => {
                if let Some(launch) = bus.launches.changed(&change) {
                    self.launch_changed(launch, change);
                }
            }
            SessionNews::Launched(launch, id) => match bus.launches.answered(launch, &id) {
                Answered::Unwanted => bus.tell_session(SessionWord::Close(id)),
                Answered::Wanted(meanwhile) => {
                    for change in meanwhile {
                        self.hear_session(SessionNews::Changed(change));
                    }
                }
            },
            SessionNews::NotLaunched(launch, reason) => {
                if bus.launches.refused(launch) {
                    let reason = format!("It could not be started: {reason}");
                    self.launch_failed(launch, reason);
                }
            }
        }
    }

    fn session_gone(&mut self) {
        let Some(bus) = &mut self.bus else { return };
        if !std::mem::replace(&mut bus.session_there, false) {
            return;
        }
        tracing::warn!(
            "the session manager is gone; applications cannot be started until it is back"
        );
        for launch in bus.launches.session_gone() {
            let reason = "The session manager ended while this was being started".into();
            self.launch_failed(launch, reason);
        }
    }

    fn launch_changed(&mut self, launch: LaunchId, change: Change) {
        if !change.unit.is_empty() {
            self.globals.launches.units.insert(launch, change.unit);
        }
        if change.phase.is_final() {
            self.forget_launch(launch);
        }
        let state = match change.phase {
            LaunchPhase::Starting => LaunchState::Starting,
            LaunchPhase::Running => LaunchState::Running,
            LaunchPhase::Exited => LaunchState::Exited,
            LaunchPhase::Failed if change.reason.is_empty() => {
                LaunchState::Failed { reason: String::new() }
            }
            LaunchPhase::Failed => LaunchState::Failed { reason: format!("It {}", change.reason) },
        };
        self.tell(Event::Launch { launch, state });
    }
}

#[cfg(test)]
mod tests {
    use zbus::zvariant::Value;

    use super::*;

    fn facts(pairs: &[(&str, Value<'_>)]) -> StatusMap {
        let own = |value: &Value<'_>| OwnedValue::try_from(value).expect("no descriptor in it");
        pairs.iter().map(|(key, value)| ((*key).to_owned(), own(value))).collect()
    }

    #[test]
    fn a_fact_that_is_missing_or_odd_is_not_known() {
        assert_eq!(status_of(&facts(&[])).battery, None);
        assert_eq!(status_of(&facts(&[("battery-state", "charging".into())])).battery, None);
        for odd in [Value::from("full"), Value::from(f64::NAN), Value::from(3_u32)] {
            assert_eq!(status_of(&facts(&[("battery-percentage", odd)])).battery, None);
        }
    }

    #[test]
    fn a_battery_is_between_empty_and_full() {
        for (told, percent) in [(-3.0, 0), (41.6, 42), (250.0, 100)] {
            let facts =
                facts(&[("battery-percentage", told.into()), ("battery-state", "charging".into())]);
            assert_eq!(status_of(&facts).battery, Some(Battery { percent, charging: true }));
        }
    }

    #[test]
    fn an_error_is_told_in_one_line_without_its_name() {
        assert_eq!(reason(&Error::NoSuchProgram("no /bin/x".into())), "no /bin/x");
        assert!(!reason(&Error::ZBus(zbus::Error::InvalidReply)).contains('\n'));
    }
}
