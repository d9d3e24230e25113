//! Which applications run, and how far each launch has come.
//!
//! Principles
//! - A launch only goes forward: starting, running, then exited or failed, and is forgotten then.
//! - Every change is returned as a [`Change`] to be told outside; nothing changes silently.
//!
//! Not here: starting and ending processes.

use ipc::session1::{LaunchPhase, RunningApp};
use std::fmt;

/// One launch: `<application id>@<number>`. Numbers are not used twice while a unit with them
/// lives, also across restarts of this process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct LaunchId {
    app_id: String,
    number: u32,
}

impl LaunchId {
    /// The launch of `app_id` with this number.
    pub(crate) fn new(app_id: &str, number: u32) -> Self {
        Self { app_id: app_id.to_owned(), number }
    }

    pub(crate) fn app_id(&self) -> &str {
        &self.app_id
    }

    /// The name of the unit, or cgroup, that holds the launch's processes.
    pub(crate) fn unit(&self, kind: &str) -> String {
        format!("app-purje-{}@{}.{kind}", escaped(&self.app_id), self.number)
    }

    /// The launch that a unit's name stands for, if it is one of ours.
    pub(crate) fn from_unit(unit: &str) -> Option<Self> {
        let (stem, kind) = unit.rsplit_once('.')?;
        if kind != "service" && kind != "scope" {
            return None;
        }
        let (app_id, number) = stem.strip_prefix("app-purje-")?.rsplit_once('@')?;
        Some(Self { app_id: unescaped(app_id)?, number: number.parse().ok()? })
    }
}

impl fmt::Display for LaunchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.app_id, self.number)
    }
}

/// Escapes an application's id for a unit's name as systemd does: what is not a letter, a digit,
/// `:`, `_` or `.` becomes `\xNN`, and so does a leading `.`.
fn escaped(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for (index, byte) in id.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric()
            || byte == b':'
            || byte == b'_'
            || (byte == b'.' && index > 0);
        if plain {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

fn unescaped(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(index) = rest.find("\\x") {
        out.extend_from_slice(&rest.as_bytes()[..index]);
        out.push(u8::from_str_radix(rest.get(index + 2..index + 4)?, 16).ok()?);
        rest = &rest[index + 4..];
    }
    out.extend_from_slice(rest.as_bytes());
    String::from_utf8(out).ok()
}

/// How a launch ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// With success, or because it was told to.
    Success,
    /// Its program could not be executed.
    NotStarted(String),
    /// With this exit status.
    Status(i32),
    /// By this signal.
    Signal(i32),
    /// In another way, told in words that follow "it".
    Other(String),
}

impl Outcome {
    /// What went wrong in one line, with the last line that the program wrote; `None` when
    /// nothing did.
    fn reason(&self, last_line: Option<&str>) -> Option<String> {
        let what = match self {
            Self::Success => return None,
            Self::NotStarted(error) => format!("could not be started: {error}"),
            Self::Status(status) => format!("ended with exit status {status}"),
            Self::Signal(signal) => format!("crashed: {}", signal_name(*signal)),
            Self::Other(what) => what.clone(),
        };
        Some(match last_line.map(str::trim).filter(|line| !line.is_empty()) {
            Some(line) => format!("{what} ({line})"),
            None => what,
        })
    }
}

fn signal_name(signal: i32) -> String {
    let name = match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        31 => "SIGSYS",
        other => return format!("signal {other}"),
    };
    name.to_owned()
}

/// Who holds a launch's processes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A unit of the service manager.
    Unit,
    /// This process itself.
    Embedded,
    /// The owner of the application's name on the bus, which the bus started.
    BusOwner,
}

/// A launch that has not ended.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    pub(crate) id: LaunchId,
    pub(crate) holder: Holder,
    pub(crate) unit: String,
    pub(crate) pids: Vec<u32>,
    phase: LaunchPhase,
    told_to_end: bool,
}

impl Launch {
    /// Whether somebody wanted it to end.
    pub(crate) fn is_told_to_end(&self) -> bool {
        self.told_to_end
    }
}

/// A step of a launch, to be told outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) launch: LaunchId,
    pub(crate) phase: LaunchPhase,
    pub(crate) unit: String,
    pub(crate) reason: String,
}

/// All launches that have not ended, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Launches {
    list: Vec<Launch>,
    last_number: u32,
}

impl Launches {
    /// A new launch of `app_id`, in no phase that was told yet.
    pub(crate) fn begin(&mut self, app_id: &str, holder: Holder) -> LaunchId {
        self.last_number = self.last_number.wrapping_add(1);
        let id = LaunchId::new(app_id, self.last_number);
        self.list.push(Launch {
            id: id.clone(),
            holder,
            unit: String::new(),
            pids: Vec::new(),
            phase: LaunchPhase::Starting,
            told_to_end: false,
        });
        id
    }

    /// Takes over a launch that an earlier process of ours began and that still runs.
    pub(crate) fn adopt(&mut self, id: LaunchId, unit: String, pids: Vec<u32>) -> Option<Change> {
        if self.get(&id).is_some() {
            return None;
        }
        self.last_number = self.last_number.max(id.number);
        let phase = LaunchPhase::Running;
        let holder = Holder::Unit;
        self.list.push(Launch { id, holder, unit, pids, phase, told_to_end: false });
        self.list.last().map(|launch| change(launch, phase, String::new()))
    }

    /// The change that tells that the launch begins.
    pub(crate) fn starting(&self, id: &LaunchId) -> Option<Change> {
        self.get(id).map(|launch| change(launch, LaunchPhase::Starting, String::new()))
    }

    /// Its program runs, in `unit` (empty: in none), as `pids`.
    pub(crate) fn running(
        &mut self,
        id: &LaunchId,
        unit: String,
        pids: Vec<u32>,
    ) -> Option<Change> {
        let launch = self.get_mut(id)?;
        launch.unit = unit;
        launch.pids = pids;
        if launch.phase == LaunchPhase::Running {
            return None;
        }
        launch.phase = LaunchPhase::Running;
        Some(change(launch, LaunchPhase::Running, String::new()))
    }

    /// It ended, having written `last_line` last.
    pub(crate) fn ended(
        &mut self,
        id: &LaunchId,
        outcome: &Outcome,
        last_line: Option<&str>,
    ) -> Option<Change> {
        let index = self.list.iter().position(|launch| launch.id == *id)?;
        let launch = self.list.remove(index);
        let reason = outcome.reason(last_line).filter(|_| !launch.told_to_end);
        Some(match reason {
            None => change(&launch, LaunchPhase::Exited, String::new()),
            Some(reason) => change(&launch, LaunchPhase::Failed, reason),
        })
    }

    /// Everything that `name` (a launch's id or an application's) means, marked as told to end.
    pub(crate) fn tell_to_end(&mut self, name: &str) -> Vec<Launch> {
        let app_id = name.strip_suffix(".desktop").unwrap_or(name);
        let meant = |launch: &Launch| launch.id.to_string() == name || launch.id.app_id == app_id;
        self.list
            .iter_mut()
            .filter(|launch| meant(launch))
            .map(|launch| {
                launch.told_to_end = true;
                launch.clone()
            })
            .collect()
    }

    pub(crate) fn get(&self, id: &LaunchId) -> Option<&Launch> {
        self.list.iter().find(|launch| launch.id == *id)
    }

    fn get_mut(&mut self, id: &LaunchId) -> Option<&mut Launch> {
        self.list.iter_mut().find(|launch| launch.id == *id)
    }

    /// Changes who holds a launch that has not begun to run.
    pub(crate) fn set_holder(&mut self, id: &LaunchId, holder: Holder) {
        if let Some(launch) = self.get_mut(id) {
            launch.holder = holder;
        }
    }

    /// All launches with their phases, as told outside.
    pub(crate) fn list(&self) -> Vec<RunningApp> {
        let running = |launch: &Launch| RunningApp {
            launch: launch.id.to_string(),
            app_id: launch.id.app_id.clone(),
            phase: launch.phase,
            unit: launch.unit.clone(),
            pids: launch.pids.clone(),
        };
        self.list.iter().map(running).collect()
    }
}

fn change(launch: &Launch, phase: LaunchPhase, reason: String) -> Change {
    Change { launch: launch.id.clone(), phase, unit: launch.unit.clone(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_named_as_systemd_wants_and_read_back() {
        let id = LaunchId::new("org.gnome.Text-Editor", 7);
        let unit = id.unit("service");
        assert_eq!(unit, r"app-purje-org.gnome.Text\x2dEditor@7.service");
        assert_eq!(LaunchId::from_unit(&unit), Some(id));
        let odd = LaunchId::new(".ä/@x", 1);
        assert_eq!(LaunchId::from_unit(&odd.unit("scope")), Some(odd));
        for foreign in
            ["app-gnome-x@1.service", "app-purje-x.service", "app-purje-x@y.service", "x"]
        {
            assert_eq!(LaunchId::from_unit(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_launch_goes_forward_and_is_forgotten_at_its_end() {
        let mut launches = Launches::default();
        let id = launches.begin("a", Holder::Embedded);
        assert_eq!(launches.starting(&id).map(|c| c.phase), Some(LaunchPhase::Starting));
        let running = launches.running(&id, String::new(), vec![42]).expect("a change");
        assert_eq!(running.phase, LaunchPhase::Running);
        assert_eq!(launches.running(&id, String::new(), vec![42]), None);
        assert_eq!(launches.list()[0].pids, [42]);
        let end = launches.ended(&id, &Outcome::Success, None).expect("a change");
        assert_eq!((end.phase, end.reason.as_str()), (LaunchPhase::Exited, ""));
        assert_eq!(launches.ended(&id, &Outcome::Success, None), None);
        assert!(launches.list().is_empty());
    }

    #[test]
    fn a_failure_is_told_with_the_programs_last_words() {
        let mut launches = Launches::default();
        let id = launches.begin("a", Holder::Embedded);
        let end = launches.ended(&id, &Outcome::Status(3), Some("no display\n")).expect("a change");
        assert_eq!(end.phase, LaunchPhase::Failed);
        assert_eq!(end.reason, "ended with exit status 3 (no display)");
        let id = launches.begin("a", Holder::Embedded);
        let end = launches.ended(&id, &Outcome::Signal(11), Some(" ")).expect("a change");
        assert_eq!(end.reason, "crashed: SIGSEGV");
    }

    #[test]
    fn what_was_told_to_end_has_not_failed() {
        let mut launches = Launches::default();
        let first = launches.begin("a", Holder::Embedded);
        let second = launches.begin("a", Holder::Embedded);
        launches.begin("b", Holder::Embedded);
        let told = launches.tell_to_end(&first.to_string());
        assert_eq!(told.iter().map(|launch| &launch.id).collect::<Vec<_>>(), [&first]);
        assert_eq!(launches.tell_to_end("a.desktop").len(), 2);
        assert!(launches.tell_to_end("c").is_empty());
        let end = launches.ended(&second, &Outcome::Signal(15), None).expect("a change");
        assert_eq!(end.phase, LaunchPhase::Exited);
    }

    #[test]
    fn an_adopted_launch_keeps_its_number_to_itself() {
        let mut launches = Launches::default();
        let old = LaunchId::new("a", 41);
        assert!(launches.adopt(old.clone(), old.unit("service"), vec![1]).is_some());
        assert!(launches.adopt(old.clone(), old.unit("service"), vec![1]).is_none());
        assert_eq!(launches.begin("a", Holder::Unit), LaunchId::new("a", 42));
    }
}
