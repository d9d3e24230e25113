//! The main loop: what is asked over the bus, by children and by the file system, and what then
//! happens.

use crate::bus::{Bus, Command, Event, Request, Update};
use crate::launcher::activation::Activation;
use crate::launcher::catalogue::{Catalogue, Places};
use crate::launcher::embedded::Embedded;
use crate::launcher::environment::Environment;
use crate::launcher::systemd::Service;
use crate::launcher::{self, Plan, places};
use crate::lifecycle::{Change, Holder, Launch, LaunchId, Launches, Outcome};
use crate::notify::notify;
use crate::status::Status;
use calloop::generic::Generic;
use calloop::signals::Signal;
use calloop::timer::{TimeoutAction, Timer};
use calloop::{Interest, LoopHandle, LoopSignal, Mode, PostAction};
use ipc::Error;
use ipc::session1::Problem;
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

mod run;

pub use run::{LauncherChoice, Options, run};

/// How long an application gets to end before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// How long the file system must be quiet before applications are read anew: installing a package
/// touches many files.
const QUIET: Duration = Duration::from_millis(300);

/// A process that is about to be started.
#[derive(Debug)]
struct Planned {
    plan: Plan,
    /// Empty when it can only be activated over the bus.
    command: Vec<String>,
    token: String,
}

/// Everything that the main loop holds.
struct Session {
    options: Options,
    /// The compositor's socket, if it is known.
    display: Option<String>,
    places: Places,
    catalogue: Catalogue,
    launches: Launches,
    planned: HashMap<LaunchId, Planned>,
    embedded: Embedded,
    /// Whether programs are started by the user's systemd.
    systemd: bool,
    status: Status,
    rescan_queued: bool,
    ending: bool,
    failure: Option<anyhow::Error>,
    bus: Bus,
    stop: LoopSignal,
    handle: LoopHandle<'static, Session>,
}

impl Session {
    fn handle(&mut self, event: Event) {
        match event {
            Event::Connected { systemd, running } => self.connected(systemd, running),
            Event::Ready => {
                tracing::info!("ready, {} applications", self.catalogue.apps().len());
                notify("READY=1");
            }
            Event::Request(request) => self.answer(request),
            Event::Launch(launch, update) => self.update(&launch, update),
            Event::Status(status) => {
                if self.status != status {
                    self.status = status;
                    self.bus.send(Command::TellStatus(status));
                }
            }
            Event::Lost(why) => self.end(Some(anyhow::anyhow!(why))),
        }
    }

    fn connected(&mut self, systemd: bool, running: Vec<(LaunchId, String)>) {
        self.systemd = match self.options.launcher {
            LauncherChoice::Auto => systemd,
            LauncherChoice::Embedded => false,
            LauncherChoice::Systemd if systemd => true,
            LauncherChoice::Systemd => {
                return self.end(Some(anyhow::anyhow!(
                    "no systemd of the user is on the session bus; start it, or use \
                     --launcher auto"
                )));
            }
        };
        let how = if self.systemd { "units of the user's systemd" } else { "children" };
        tracing::info!("applications run as {how}");
        if self.systemd {
            for (launch, unit) in running {
                let change = self.launches.adopt(launch.clone(), unit.clone(), Vec::new());
                self.tell(change);
                self.bus.send(Command::Follow(launch, unit));
            }
        }
        if let Some(name) = self.display.clone() {
            self.bus.send(Command::SetDisplay { name, systemd: self.systemd });
        }
    }

    fn answer(&mut self, request: Request) {
        // A caller that did not wait for its answer loses nothing.
        match request {
            Request::ListApps(reply) => drop(reply.try_send(self.catalogue.apps().to_vec())),
            Request::ListProblems(reply) => {
                drop(reply.try_send(self.catalogue.problems().to_vec()));
            }
            Request::Launch { id, uris, token, reply } => {
                let answer = self.plan(&id, &uris, &token);
                if let Err(async_channel::TrySendError::Closed(Ok(launches))) =
                    reply.try_send(answer)
                {
                    self.begin(launches);
                }
            }
            Request::Begin(launches) => self.begin(launches),
            Request::Close { id, reply } => drop(reply.try_send(self.close(&id))),
            Request::ListRunning(reply) => {
                let mut list = self.launches.list();
                for app in &mut list {
                    self.refresh_pids(app);
                }
                drop(reply.try_send(list));
            }
            Request::SetDisplay { name, reply } => drop(reply.try_send(self.set_display(name))),
            Request::Status(reply) => drop(reply.try_send(self.status)),
        }
    }

    fn refresh_pids(&self, app: &mut ipc::session1::RunningApp) {
        let launches = self.embedded.launches();
        if let Some(id) = launches.iter().find(|id| id.to_string() == app.launch) {
            app.pids = self.embedded.pids(id);
        }
    }

    fn set_display(&mut self, name: String) -> Result<(), Error> {
        if name.is_empty() || name.contains('\0') {
            return Err(Error::Malformed(format!("{name:?} is no name of a socket")));
        }
        if self.display.as_ref() != Some(&name) {
            tracing::info!("applications are to use {name}");
            self.display = Some(name.clone());
            self.bus.send(Command::SetDisplay { name, systemd: self.systemd });
        }
        Ok(())
    }

    /// Reserves the launches for starting `id` with `uris`.
    fn plan(&mut self, id: &str, uris: &[String], token: &str) -> Result<Vec<LaunchId>, Error> {
        if self.ending {
            return Err(Error::Unavailable("the session is ending".to_owned()));
        }
        if token.contains('\0') {
            return Err(Error::Malformed("the activation token holds a NUL".to_owned()));
        }
        let plan = launcher::plan(&self.catalogue, &self.places, id, uris)?;
        // Over the bus one call opens everything, and a fall-back starts the rest later.
        let processes = if plan.dbus_activatable { 1 } else { plan.commands.len() };
        let mut launches = Vec::with_capacity(processes);
        for index in 0..processes {
            let holder = if plan.dbus_activatable { Holder::BusOwner } else { self.holder() };
            let launch = self.launches.begin(&plan.app_id, holder);
            let command = plan.commands.get(index).cloned().unwrap_or_default();
            // A token is good for one window.
            let token = if index == 0 { token.to_owned() } else { String::new() };
            self.planned.insert(launch.clone(), Planned { plan: plan.clone(), command, token });
            launches.push(launch);
        }
        Ok(launches)
    }

    fn holder(&self) -> Holder {
        if self.systemd { Holder::Unit } else { Holder::Embedded }
    }

    fn begin(&mut self, launches: Vec<LaunchId>) {
        for launch in launches {
            let change = self.launches.starting(&launch);
            self.tell(change);
            let Some(planned) = self.planned.get(&launch) else { continue };
            if planned.plan.dbus_activatable {
                self.bus.send(Command::Activate(Activation {
                    launch,
                    uris: planned.plan.uris.clone(),
                    token: planned.token.clone(),
                    adopt: self.systemd,
                }));
            } else {
                self.execute(&launch);
            }
        }
    }

    /// Starts the program of a planned launch.
    fn execute(&mut self, launch: &LaunchId) {
        let Some(Planned { plan, command, token }) = self.planned.remove(launch) else { return };
        let environment = Environment::new(self.display.as_deref(), &self.places.desktop(), &token);
        let dir = plan.working_dir.clone().or_else(places::home).unwrap_or(PathBuf::from("/"));
        self.launches.set_holder(launch, self.holder());
        tracing::info!("{launch}: {}", command.join(" "));
        if self.systemd {
            let service = Service::new(launch, &plan, command, environment, &dir);
            self.bus.send(Command::Start(launch.clone(), service));
            return;
        }
        match self.embedded.start(launch, &command, &environment, &dir) {
            Ok(started) => {
                if let Some(stderr) = started.stderr {
                    self.watch_stderr(launch.clone(), stderr);
                }
                let change = self.launches.running(launch, started.unit, vec![started.pid]);
                self.tell(change);
            }
            Err(error) => self.ended(launch, &Outcome::NotStarted(error.to_string()), None),
        }
    }

    fn watch_stderr(&self, launch: LaunchId, stderr: std::os::fd::OwnedFd) {
        let source = Generic::new(stderr, Interest::READ, Mode::Level);
        let inserted = self.handle.insert_source(source, move |_, _, session: &mut Session| {
            Ok(if session.embedded.read_stderr(&launch) {
                PostAction::Continue
            } else {
                PostAction::Remove
            })
        });
        if let Err(error) = inserted {
            tracing::warn!("an application's messages are lost: {error}");
        }
    }

    fn update(&mut self, launch: &LaunchId, update: Update) {
        match update {
            Update::Running { unit, pids } => {
                let change = self.launches.running(launch, unit, pids);
                self.tell(change);
                // What was told to end while it was starting ends now.
                if self.launches.get(launch).is_some_and(Launch::is_told_to_end) {
                    self.terminate(launch);
                }
            }
            Update::NotActivatable(why) => {
                let has_command =
                    self.planned.get(launch).is_some_and(|planned| !planned.command.is_empty());
                if has_command {
                    self.execute(launch);
                } else {
                    let why = format!(
                        "nobody provides it on the bus, and its Exec line does \
                                       not start: {why}"
                    );
                    self.ended(launch, &Outcome::NotStarted(why), None);
                }
            }
            Update::Ended { outcome, last_line } => {
                self.ended(launch, &outcome, last_line.as_deref());
            }
        }
    }

    fn ended(&mut self, launch: &LaunchId, outcome: &Outcome, last_line: Option<&str>) {
        self.planned.remove(launch);
        let change = self.launches.ended(launch, outcome, last_line);
        self.tell(change);
    }

    fn tell(&self, change: Option<Change>) {
        let Some(change) = change else { return };
        match change.reason.as_str() {
            "" => tracing::info!("{}: {}", change.launch, change.phase.as_str()),
            reason => tracing::info!("{}: {reason}", change.launch),
        }
        self.bus.send(Command::Tell(change));
    }

    fn close(&mut self, name: &str) -> Result<(), Error> {
        let launches = self.launches.tell_to_end(name);
        if launches.is_empty() {
            return Err(Error::NotRunning(format!("\"{name}\" does not run")));
        }
        for launch in launches {
            self.terminate(&launch.id);
        }
        Ok(())
    }

    /// Asks a launch to end, and makes it end after [`GRACE`].
    fn terminate(&mut self, launch: &LaunchId) {
        let Some(Launch { holder, unit, pids, .. }) = self.launches.get(launch).cloned() else {
            return;
        };
        match holder {
            Holder::Unit => self.bus.send(Command::Stop(launch.unit("service"))),
            Holder::BusOwner if !unit.is_empty() => self.bus.send(Command::Stop(unit)),
            Holder::BusOwner => signal(&pids, rustix::process::Signal::TERM),
            Holder::Embedded => {
                self.embedded.terminate(launch);
                let launch = launch.clone();
                let timer = Timer::from_duration(GRACE);
                let inserted = self.handle.insert_source(timer, move |_, _, session| {
                    session.embedded.kill(&launch);
                    TimeoutAction::Drop
                });
                if let Err(error) = inserted {
                    tracing::warn!("an application that does not end is not killed: {error}");
                }
            }
        }
    }

    fn signalled(&mut self, signal: Signal) {
        match signal {
            Signal::SIGCHLD => {
                for (launch, outcome, last_line) in self.embedded.reap() {
                    self.ended(&launch, &outcome, last_line.as_deref());
                }
                self.stop_when_done();
            }
            _ => self.end(None),
        }
    }

    /// Ends this process once its children have ended. A second request does not wait for them.
    fn end(&mut self, failure: Option<anyhow::Error>) {
        if self.failure.is_none() {
            self.failure = failure;
        }
        if self.ending {
            for launch in self.embedded.launches() {
                self.embedded.kill(&launch);
            }
            return self.stop.stop();
        }
        self.ending = true;
        notify("STOPPING=1");
        for launch in self.embedded.launches() {
            self.launches.tell_to_end(&launch.to_string());
            self.terminate(&launch);
        }
        self.stop_when_done();
    }

    fn stop_when_done(&self) {
        if self.ending && self.embedded.launches().is_empty() {
            self.stop.stop();
        }
    }

    fn queue_rescan(&mut self) {
        if std::mem::replace(&mut self.rescan_queued, true) {
            return;
        }
        let inserted = self.handle.insert_source(Timer::from_duration(QUIET), |_, _, session| {
            session.rescan();
            TimeoutAction::Drop
        });
        if inserted.is_err() {
            self.rescan();
        }
    }

    fn rescan(&mut self) {
        self.rescan_queued = false;
        let catalogue = Catalogue::scan(&self.places);
        for problem in catalogue.problems() {
            if !self.catalogue.problems().contains(problem) {
                log_problem(problem);
            }
        }
        let changed = catalogue.apps() != self.catalogue.apps();
        self.catalogue = catalogue;
        if changed {
            self.bus.send(Command::TellApps);
        }
    }
}

fn log_problem(problem: &Problem) {
    let Problem { file, line, problem, mend } = problem;
    tracing::warn!("{file}:{line}: {problem}; {mend}");
}

fn signal(pids: &[u32], signal: rustix::process::Signal) {
    for pid in pids {
        let pid = i32::try_from(*pid).ok().and_then(rustix::process::Pid::from_raw);
        let Some(pid) = pid else { continue };
        if let Err(error) = rustix::process::kill_process(pid, signal) {
            tracing::debug!("signal to {pid:?}: {error}");
        }
    }
}
