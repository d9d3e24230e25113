//! Starting applications as transient services of the user's systemd.
//!
//! Principles
//! - A service, not a scope: the application is in its cgroup from birth, and systemd tells how it
//!   ended.
//! - Units outlive this process. A later one finds them by their names and takes them over.
//! - Each unit is watched by one task that ends with it.
//!
//! Not here: deciding what to start; where no such systemd runs (see `embedded`).

use super::environment::Environment;
use super::{Plan, cgroup};
use crate::bus::{Sink, Update};
use crate::lifecycle::{LaunchId, Outcome};
use futures_lite::StreamExt;
use std::collections::HashMap;
use std::path::Path;
use zbus::fdo::DBusProxy;
use zbus::message::Type;
use zbus::zvariant::{DynamicType, OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, MatchRule, Message, MessageStream};

const NAME: &str = "org.freedesktop.systemd1";
const PATH: &str = "/org/freedesktop/systemd1";
const MANAGER: &str = "org.freedesktop.systemd1.Manager";
const UNIT: &str = "org.freedesktop.systemd1.Unit";
const SERVICE: &str = "org.freedesktop.systemd1.Service";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// How long a unit gets to end before it is killed, in microseconds.
const STOP_TIMEOUT_US: u64 = 5_000_000;

/// What `waitid` calls an end by signal, with and without a core dump.
const CLD_KILLED: i32 = 2;
const CLD_DUMPED: i32 = 3;

/// A command as a transient service.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    unit: String,
    description: String,
    source: String,
    command: Vec<String>,
    environment: Environment,
    working_dir: String,
}

impl Service {
    /// The service that runs `command` of `plan` as `launch`.
    pub(crate) fn new(
        launch: &LaunchId,
        plan: &Plan,
        command: Vec<String>,
        environment: Environment,
        working_dir: &Path,
    ) -> Self {
        Self {
            unit: launch.unit("service"),
            description: plan.name.clone(),
            source: plan.file.display().to_string(),
            command,
            environment,
            working_dir: working_dir.display().to_string(),
        }
    }

    /// The properties of the unit. `by_cgroup` lets it live as long as any of its processes, which
    /// systemd knows from version 250 on.
    fn properties(&self, by_cgroup: bool) -> Vec<(&'static str, Value<'static>)> {
        let set = self.environment.set().map(|(key, value)| format!("{key}={value}"));
        let unset = self.environment.unset().map(str::to_owned);
        // A dollar sign would be taken for a variable; doubled it stands for itself.
        let arguments: Vec<String> =
            self.command.iter().map(|word| word.replace('$', "$$")).collect();
        let program = self.command.first().cloned().unwrap_or_default();
        let mut properties = vec![
            ("Description", Value::from(self.description.clone())),
            ("SourcePath", Value::from(self.source.clone())),
            ("Type", Value::from("exec")),
            ("ExecStart", Value::from(vec![(program, arguments, false)])),
            ("Environment", Value::from(set.collect::<Vec<_>>())),
            ("UnsetEnvironment", Value::from(unset.collect::<Vec<_>>())),
            ("WorkingDirectory", Value::from(self.working_dir.clone())),
            ("Slice", Value::from("app.slice")),
            // What is over is forgotten; why it failed was told by then.
            ("CollectMode", Value::from("inactive-or-failed")),
            ("TimeoutStopUSec", Value::from(STOP_TIMEOUT_US)),
        ];
        if by_cgroup {
            properties.push(("ExitType", Value::from("cgroup")));
        }
        properties
    }
}

async fn call<B>(
    bus: &Connection,
    path: &str,
    interface: &str,
    member: &str,
    body: &B,
) -> zbus::Result<Message>
where
    B: serde::ser::Serialize + DynamicType,
{
    bus.call_method(Some(NAME), path, Some(interface), member, body).await
}

/// Whether the user's systemd answers on this bus.
pub(crate) async fn connect(bus: &Connection) -> bool {
    let Ok(dbus) = DBusProxy::new(bus).await else { return false };
    let Ok(name) = zbus::names::BusName::try_from(NAME) else { return false };
    // Asking systemd itself would make the bus try to start one.
    if !dbus.name_has_owner(name).await.unwrap_or(false) {
        return false;
    }
    match call(bus, PATH, MANAGER, "Subscribe", &()).await {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!("systemd is on the bus but refuses us, so apps start without: {error}");
            false
        }
    }
}

/// A unit in the manager's list: name, description, load, active and sub state, following, path,
/// job id, job type, job path.
type ListedUnit =
    (String, String, String, String, String, String, OwnedObjectPath, u32, String, OwnedObjectPath);

/// The launches of earlier processes of ours whose units still run.
pub(crate) async fn running(bus: &Connection) -> Vec<(LaunchId, String)> {
    let states: &[&str] = &["active", "activating", "reloading"];
    let patterns: &[&str] = &["app-purje-*@*.service", "app-purje-*@*.scope"];
    let reply = call(bus, PATH, MANAGER, "ListUnitsByPatterns", &(states, patterns)).await;
    let units = reply.and_then(|reply| reply.body().deserialize::<Vec<ListedUnit>>());
    match units {
        Ok(units) => units
            .into_iter()
            .filter_map(|unit| Some((LaunchId::from_unit(&unit.0)?, unit.0)))
            .collect(),
        Err(error) => {
            tracing::warn!("cannot ask systemd for running apps: {error}");
            Vec::new()
        }
    }
}

/// Starts `service` for `launch` and watches it to its end.
pub(crate) async fn run(bus: Connection, launch: LaunchId, service: Service, sink: Sink) {
    let ended = match Watch::new(&bus, &service.unit).await {
        Ok(mut watch) => match start(&bus, &service).await {
            Ok(()) => watch.follow(&launch, &sink).await,
            Err(error) => Outcome::NotStarted(error.to_string()),
        },
        Err(error) => Outcome::NotStarted(error.to_string()),
    };
    finish(launch, &service.unit, ended, &sink).await;
}

/// Watches a unit that runs already to its end.
pub(crate) async fn follow(bus: Connection, launch: LaunchId, unit: String, sink: Sink) {
    let ended = match Watch::new(&bus, &unit).await {
        Ok(mut watch) => {
            // It may have ended between being listed and being watched.
            if watch.is_active().await {
                watch.began = true;
                watch.report_running(&launch, &sink).await;
                watch.follow(&launch, &sink).await
            } else {
                Outcome::Success
            }
        }
        Err(error) => Outcome::Other(format!("cannot be watched: {error}")),
    };
    finish(launch, &unit, ended, &sink).await;
}

async fn finish(launch: LaunchId, unit: &str, outcome: Outcome, sink: &Sink) {
    let last_line = match outcome {
        Outcome::Success => None,
        _ => last_journal_line(unit).await,
    };
    sink.launch(launch, Update::Ended { outcome, last_line });
}

async fn start(bus: &Connection, service: &Service) -> zbus::Result<()> {
    type Auxiliary = Vec<(&'static str, Vec<(&'static str, Value<'static>)>)>;
    let attempt = async |by_cgroup: bool| {
        let body = (&service.unit, "fail", service.properties(by_cgroup), Auxiliary::new());
        call(bus, PATH, MANAGER, "StartTransientUnit", &body).await
    };
    match attempt(true).await {
        Err(error) if error.to_string().contains("ExitType") => attempt(false).await.map(drop),
        other => other.map(drop),
    }
}

/// Asks a unit to end; systemd kills what is left five seconds later.
pub(crate) async fn stop(bus: &Connection, unit: &str) {
    if let Err(error) = call(bus, PATH, MANAGER, "StopUnit", &(unit, "replace")).await {
        // Gone already, most likely.
        tracing::debug!("cannot stop {unit}: {error}");
    }
}

/// Puts a process that somebody else started into a scope of ours; whether systemd did.
pub(crate) async fn adopt(bus: &Connection, unit: &str, pid: u32) -> bool {
    type Auxiliary = Vec<(&'static str, Vec<(&'static str, Value<'static>)>)>;
    let properties = vec![
        ("PIDs", Value::from(vec![pid])),
        ("Slice", Value::from("app.slice")),
        ("CollectMode", Value::from("inactive-or-failed")),
        ("TimeoutStopUSec", Value::from(STOP_TIMEOUT_US)),
    ];
    let body = (unit, "fail", properties, Auxiliary::new());
    match call(bus, PATH, MANAGER, "StartTransientUnit", &body).await {
        Ok(_) => true,
        Err(error) => {
            tracing::info!("process {pid} stays where it is: {error}");
            false
        }
    }
}

/// Sets variables for units that start from now on.
pub(crate) async fn set_environment(bus: &Connection, assignments: &[String]) {
    if let Err(error) = call(bus, PATH, MANAGER, "SetEnvironment", &assignments).await {
        tracing::warn!("systemd does not take our environment: {error}");
    }
}

/// A unit's changes, and what they have told so far.
struct Watch<'a> {
    bus: &'a Connection,
    unit: String,
    path: String,
    changes: futures_lite::stream::Or<MessageStream, MessageStream>,
    /// Whether the unit was seen in any state but the one it is made in.
    began: bool,
    result: Option<String>,
    exit_code: i32,
    exit_status: i32,
}

impl<'a> Watch<'a> {
    async fn new(bus: &'a Connection, unit: &str) -> zbus::Result<Self> {
        let path = format!("{PATH}/unit/{}", path_escaped(unit));
        let properties = MatchRule::builder()
            .msg_type(Type::Signal)
            .sender(NAME)?
            .interface(PROPERTIES)?
            .member("PropertiesChanged")?
            .path(path.clone())?
            .build();
        let jobs = MatchRule::builder()
            .msg_type(Type::Signal)
            .sender(NAME)?
            .interface(MANAGER)?
            .member("JobRemoved")?
            .arg(2, unit)?
            .build();
        let properties = MessageStream::for_match_rule(properties, bus, None).await?;
        let jobs = MessageStream::for_match_rule(jobs, bus, None).await?;
        Ok(Self {
            bus,
            unit: unit.to_owned(),
            path,
            changes: futures_lite::stream::or(properties, jobs),
            began: false,
            result: None,
            exit_code: 0,
            exit_status: 0,
        })
    }

    async fn get<T: TryFrom<OwnedValue>>(&self, interface: &str, property: &str) -> Option<T> {
        let reply = call(self.bus, &self.path, PROPERTIES, "Get", &(interface, property)).await;
        let value: OwnedValue = reply.ok()?.body().deserialize().ok()?;
        T::try_from(value).ok()
    }

    async fn is_active(&self) -> bool {
        let state: Option<String> = self.get(UNIT, "ActiveState").await;
        matches!(state.as_deref(), Some("active" | "activating" | "reloading"))
    }

    /// Follows the unit to its end.
    async fn follow(&mut self, launch: &LaunchId, sink: &Sink) -> Outcome {
        while let Some(Ok(message)) = self.changes.next().await {
            let is_job = message.header().member().is_some_and(|member| member == "JobRemoved");
            let end = if is_job {
                self.job_removed(&message).await
            } else {
                self.changed(&message, launch, sink).await
            };
            if let Some(outcome) = end {
                return outcome;
            }
        }
        Outcome::Other("is no longer watched, because the bus went away".to_owned())
    }

    /// A job for the unit is over. Where its program was quick to end, the unit may be gone by
    /// now, and with it what it had to tell.
    async fn job_removed(&mut self, message: &Message) -> Option<Outcome> {
        let (_, _, _, result): (u32, OwnedObjectPath, String, String) =
            message.body().deserialize().ok()?;
        if self.is_active().await {
            self.began = true;
            return None;
        }
        self.read_result().await;
        Some(match self.outcome() {
            Outcome::Success if result != "done" => {
                Outcome::NotStarted(format!("systemd's job ended as {result}"))
            }
            other => other,
        })
    }

    async fn read_result(&mut self) {
        if let Some(result) = self.get(SERVICE, "Result").await {
            self.result = Some(result);
        }
        self.exit_code = self.get(SERVICE, "ExecMainCode").await.unwrap_or(self.exit_code);
        self.exit_status = self.get(SERVICE, "ExecMainStatus").await.unwrap_or(self.exit_status);
    }

    async fn changed(
        &mut self,
        message: &Message,
        launch: &LaunchId,
        sink: &Sink,
    ) -> Option<Outcome> {
        type Changed = (String, HashMap<String, OwnedValue>, Vec<String>);
        let (interface, mut values, _): Changed = message.body().deserialize().ok()?;
        if interface == SERVICE {
            // systemd sends a service's own properties before those of the unit.
            if let Some(result) = take(&mut values, "Result") {
                self.result = Some(result);
            }
            self.exit_code = take(&mut values, "ExecMainCode").unwrap_or(self.exit_code);
            self.exit_status = take(&mut values, "ExecMainStatus").unwrap_or(self.exit_status);
            return None;
        }
        let state: String = take(&mut values, "ActiveState")?;
        match state.as_str() {
            "failed" => Some(self.outcome()),
            "inactive" if self.began => Some(self.outcome()),
            "inactive" => None,
            other => {
                self.began = true;
                if other == "active" {
                    self.report_running(launch, sink).await;
                }
                None
            }
        }
    }

    async fn report_running(&self, launch: &LaunchId, sink: &Sink) {
        let mut pids = Vec::new();
        if let Some(pid) = self.get::<u32>(SERVICE, "MainPID").await {
            pids.extend(Some(pid).filter(|pid| *pid != 0));
        }
        for interface in [SERVICE, "org.freedesktop.systemd1.Scope"] {
            let Some(path) = self.get::<String>(interface, "ControlGroup").await else { continue };
            let others = cgroup::pids_of(&path).into_iter().filter(|pid| !pids.contains(pid));
            pids.extend(others.collect::<Vec<_>>());
        }
        sink.launch(launch.clone(), Update::Running { unit: self.unit.clone(), pids });
    }

    fn outcome(&self) -> Outcome {
        match (self.result.as_deref(), self.exit_code) {
            (None | Some("success"), _) => Outcome::Success,
            (Some("exit-code"), _) if self.exit_status == 203 => {
                Outcome::NotStarted("the program cannot be executed".to_owned())
            }
            (Some("exit-code"), _) => Outcome::Status(self.exit_status),
            (Some("signal" | "core-dump"), CLD_KILLED | CLD_DUMPED) => {
                Outcome::Signal(self.exit_status)
            }
            (Some("oom-kill"), _) => Outcome::Other("ended for lack of memory".to_owned()),
            (Some(other), _) => Outcome::Other(format!("failed: {other}")),
        }
    }
}

fn take<T: TryFrom<OwnedValue>>(values: &mut HashMap<String, OwnedValue>, key: &str) -> Option<T> {
    T::try_from(values.remove(key)?).ok()
}

/// Escapes a unit's name for its object path: what is not a letter or a digit becomes `_xx`, and
/// so does a digit at the beginning.
fn path_escaped(unit: &str) -> String {
    let mut out = String::with_capacity(unit.len() * 2);
    for (index, byte) in unit.bytes().enumerate() {
        if byte.is_ascii_alphabetic() || (byte.is_ascii_digit() && index > 0) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("_{byte:02x}"));
        }
    }
    out
}

/// What the unit's program wrote last, as far as the journal has it.
async fn last_journal_line(unit: &str) -> Option<String> {
    let unit = format!("--user-unit={unit}");
    let (sender, receiver) = async_channel::bounded(1);
    // The journal is read by a process, which must not hold up the bus.
    std::thread::spawn(move || {
        let output = std::process::Command::new("journalctl")
            .args(["--quiet", "--no-pager", "--output=cat", "--lines=1", "_TRANSPORT=stdout"])
            .arg(unit)
            .output();
        let line = output.ok().map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let _ = sender.try_send(line);
    });
    let text = receiver.recv().await.ok()??;
    let line = text.lines().last()?;
    Some(line.chars().filter(|char| !char.is_control()).take(400).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(command: &[&str]) -> Service {
        let plan = Plan {
            app_id: "a".into(),
            name: "A".into(),
            file: "/a.desktop".into(),
            commands: Vec::new(),
            dbus_activatable: false,
            working_dir: None,
            uris: Vec::new(),
        };
        let command = command.iter().map(|word| (*word).to_owned()).collect();
        let environment = Environment::new(Some("wayland-3"), "Purje", "tok");
        Service::new(&LaunchId::new("a", 1), &plan, command, environment, Path::new("/"))
    }

    fn property(service: &Service, name: &str) -> Value<'static> {
        let properties = service.properties(true);
        properties.into_iter().find(|(key, _)| *key == name).expect(name).1
    }

    #[test]
    fn properties_have_the_types_that_systemd_wants() {
        let service = service(&["/bin/x", "$HOME"]);
        for (name, signature) in [
            ("ExecStart", "a(sasb)"),
            ("Environment", "as"),
            ("UnsetEnvironment", "as"),
            ("TimeoutStopUSec", "t"),
            ("ExitType", "s"),
        ] {
            let value = property(&service, name);
            assert_eq!(value.value_signature().to_string(), signature, "{name}");
        }
        assert_eq!(format!("{:?}", property(&service, "ExecStart")).matches("$$HOME").count(), 1);
    }

    #[test]
    fn object_paths_are_escaped_as_systemd_does() {
        assert_eq!(path_escaped("app-a@1.service"), "app_2da_401_2eservice");
        assert_eq!(path_escaped("1x_"), "_31x_5f");
    }
}
