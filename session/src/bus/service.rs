//! The object that answers for `org.purje.Session1`.

use super::{Event, Reply, Request, Sink, caller};
use crate::lifecycle::Change;
use ipc::Error;
use ipc::session1::{AppInfo, LaunchPhase, PATH, Problem, RunningApp};
use std::collections::HashMap;
use zbus::Connection;
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedValue, Value};

/// Hands requests to the main loop and its answers back.
pub(super) struct Service {
    sink: Sink,
}

impl Service {
    pub(super) fn new(sink: Sink) -> Self {
        Self { sink }
    }

    async fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, Error> {
        let (reply, answer) = async_channel::bounded(1);
        self.sink.send(Event::Request(request(reply)));
        // No answer comes when the main loop ends meanwhile.
        answer.recv().await.map_err(|_| Error::Unavailable("the session is ending".to_owned()))
    }
}

#[zbus::interface(name = "org.purje.Session1")]
impl Service {
    async fn list_apps(&self) -> Result<Vec<AppInfo>, Error> {
        self.ask(Request::ListApps).await
    }

    async fn list_problems(&self) -> Result<Vec<Problem>, Error> {
        self.ask(Request::ListProblems).await
    }

    async fn launch(
        &self,
        id: String,
        uris: Vec<String>,
        activation_token: String,
        #[zbus(connection)] bus: &Connection,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<String, Error> {
        caller::check(bus, &header, "Launch").await?;
        let token = activation_token;
        let launches = self.ask(|reply| Request::Launch { id, uris, token, reply }).await??;
        let Some(first) = launches.first().map(ToString::to_string) else {
            return Err(Error::StartFailed("there is nothing to start".to_owned()));
        };
        // Another task, which has its turn after this one has answered: the caller learns the
        // launch's id before any signal names it.
        let sink = self.sink.clone();
        let begin = async move { sink.send(Event::Request(Request::Begin(launches))) };
        bus.executor().spawn(begin, "begin").detach();
        Ok(first)
    }

    async fn close(
        &self,
        id: String,
        #[zbus(connection)] bus: &Connection,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<(), Error> {
        caller::check(bus, &header, "Close").await?;
        self.ask(|reply| Request::Close { id, reply }).await?
    }

    async fn list_running(&self) -> Result<Vec<RunningApp>, Error> {
        self.ask(Request::ListRunning).await
    }

    async fn set_wayland_display(
        &self,
        name: String,
        #[zbus(connection)] bus: &Connection,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<(), Error> {
        caller::check(bus, &header, "SetWaylandDisplay").await?;
        self.ask(|reply| Request::SetDisplay { name, reply }).await?
    }

    async fn status(&self) -> Result<HashMap<String, OwnedValue>, Error> {
        let status = self.ask(Request::Status).await?;
        let owned = status.to_map().into_iter().map(|(key, value)| {
            let value = OwnedValue::try_from(value).map_err(zbus::Error::from)?;
            Ok((key.to_owned(), value))
        });
        owned.collect::<zbus::Result<_>>().map_err(Error::from)
    }

    #[zbus(signal)]
    pub(super) async fn apps_changed(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn launch_state(
        emitter: &SignalEmitter<'_>,
        launch: &str,
        app_id: &str,
        phase: LaunchPhase,
        unit: &str,
        reason: &str,
    ) -> zbus::Result<()>;

    #[zbus(signal)]
    pub(super) async fn status_changed(
        emitter: &SignalEmitter<'_>,
        status: HashMap<&str, Value<'_>>,
    ) -> zbus::Result<()>;
}

/// Tells a launch's change to everybody.
pub(super) async fn tell(bus: &Connection, change: &Change) -> zbus::Result<()> {
    let emitter = SignalEmitter::new(bus, PATH)?;
    let Change { launch, phase, unit, reason } = change;
    Service::launch_state(&emitter, &launch.to_string(), launch.app_id(), *phase, unit, reason)
        .await
}
