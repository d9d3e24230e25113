//! What the session manager calls our launches.
//!
//! The shell names a launch when it orders it, the session when it takes it on; word of what
//! became of it may overtake the session's answer.

use std::collections::{HashMap, HashSet};

use ipc::session1::{LaunchPhase, RunningApp};
use shell::LaunchId;

/// Word about a launch of this many others is kept while an answer is awaited.
const EARLY: usize = 64;

/// A launch has come to another phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// The session's name of the launch.
    pub(crate) id: String,
    pub(crate) phase: LaunchPhase,
    /// The unit; may be empty.
    pub(crate) unit: String,
    /// Why it failed; empty otherwise.
    pub(crate) reason: String,
}

/// See the module's documentation.
#[derive(Debug, Default)]
pub(crate) struct Launches {
    /// Ordered, and not answered yet.
    asked: HashSet<LaunchId>,
    /// Of those: ended before they were answered.
    stopped: HashSet<LaunchId>,
    /// By the session's name.
    known: HashMap<String, Known>,
    /// What runs in a unit that a session manager which is gone has started.
    orphans: HashMap<String, LaunchId>,
    /// Word about launches that we have no name for yet.
    early: Vec<Change>,
}

#[derive(Debug)]
struct Known {
    launch: LaunchId,
    unit: String,
}

/// What follows from the session's answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    /// Nobody wants it any more: it is to be closed.
    Unwanted,
    /// This has become of it meanwhile.
    Wanted(Vec<Change>),
}

impl Launches {
    /// A launch is ordered.
    pub(crate) fn ask(&mut self, launch: LaunchId) {
        self.asked.insert(launch);
    }

    /// The session has taken it on under the name `id`.
    pub(crate) fn answered(&mut self, launch: LaunchId, id: &str) -> Answered {
        self.asked.remove(&launch);
        let (about_it, others) = self.early.drain(..).partition(|change| change.id == id);
        self.early = if self.asked.is_empty() { Vec::new() } else { others };
        if self.stopped.remove(&launch) {
            return Answered::Unwanted;
        }
        self.known.insert(id.to_owned(), Known { launch, unit: String::new() });
        Answered::Wanted(about_it)
    }

    /// The session has not taken it on. Tells whether somebody still wants to know.
    pub(crate) fn refused(&mut self, launch: LaunchId) -> bool {
        self.asked.remove(&launch);
        if self.asked.is_empty() {
            self.early.clear();
        }
        !self.stopped.remove(&launch)
    }

    /// A launch has come to another phase; which of ours it is, if it is one.
    pub(crate) fn changed(&mut self, change: &Change) -> Option<LaunchId> {
        let Some(known) = self.known.get_mut(&change.id) else {
            if !self.asked.is_empty() && self.early.len() < EARLY {
                self.early.push(change.clone());
            }
            return None;
        };
        let launch = known.launch;
        if !change.unit.is_empty() {
            known.unit.clone_from(&change.unit);
        }
        if change.phase.is_final() {
            self.known.remove(&change.id);
        }
        Some(launch)
    }

    /// Nobody is interested in it any more; what the session calls it, if it is to be closed now.
    pub(crate) fn stop(&mut self, launch: LaunchId) -> Option<String> {
        if self.asked.contains(&launch) {
            self.stopped.insert(launch);
            return None;
        }
        self.orphans.retain(|_, orphan| *orphan != launch);
        let id = self.known.iter().find(|(_, known)| known.launch == launch)?.0.clone();
        self.known.remove(&id);
        Some(id)
    }

    /// The session manager is gone. Returns the launches whose fate nobody knows now: those that
    /// have no unit yet. The others go on running, and a new session manager may know them.
    pub(crate) fn session_gone(&mut self) -> Vec<LaunchId> {
        self.early.clear();
        let mut lost = Vec::new();
        for (_, known) in self.known.drain() {
            if known.unit.is_empty() {
                lost.push(known.launch);
            } else {
                self.orphans.insert(known.unit, known.launch);
            }
        }
        lost.sort();
        lost
    }

    /// A session manager is there and knows of these.
    pub(crate) fn session_there(&mut self, running: &[RunningApp]) {
        for app in running {
            if let Some(launch) = self.orphans.remove(&app.unit) {
                self.known.insert(app.launch.clone(), Known { launch, unit: app.unit.clone() });
            }
        }
        self.orphans.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: LaunchId = LaunchId(1);
    const TWO: LaunchId = LaunchId(2);

    fn change(id: &str, phase: LaunchPhase, unit: &str) -> Change {
        Change { id: id.into(), phase, unit: unit.into(), reason: String::new() }
    }

    #[test]
    fn word_that_overtakes_the_answer_is_not_lost() {
        let mut launches = Launches::default();
        launches.ask(ONE);
        let failed = change("a", LaunchPhase::Failed, "");
        assert_eq!(launches.changed(&failed), None);
        assert_eq!(launches.changed(&change("other", LaunchPhase::Running, "")), None);
        assert_eq!(launches.answered(ONE, "a"), Answered::Wanted(vec![failed]));
        assert!(launches.early.is_empty(), "nobody will ask for the other");
    }

    #[test]
    fn word_about_launches_of_others_is_not_kept() {
        let mut launches = Launches::default();
        assert_eq!(launches.changed(&change("x", LaunchPhase::Running, "u")), None);
        assert!(launches.early.is_empty());
        launches.ask(ONE);
        for n in 0..10 * EARLY {
            launches.changed(&change(&n.to_string(), LaunchPhase::Running, ""));
        }
        assert!(launches.early.len() <= EARLY);
        assert!(launches.refused(ONE));
        assert!(launches.early.is_empty());
    }

    #[test]
    fn what_is_stopped_before_the_answer_is_closed_with_it() {
        let mut launches = Launches::default();
        launches.ask(ONE);
        assert_eq!(launches.stop(ONE), None);
        assert_eq!(launches.answered(ONE, "a"), Answered::Unwanted);
        assert_eq!(launches.changed(&change("a", LaunchPhase::Exited, "")), None);

        launches.ask(TWO);
        launches.stop(TWO);
        assert!(!launches.refused(TWO), "nobody wants to hear of it");
    }

    #[test]
    fn a_launch_has_its_name_until_its_end() {
        let mut launches = Launches::default();
        launches.ask(ONE);
        launches.answered(ONE, "a");
        assert_eq!(launches.changed(&change("a", LaunchPhase::Running, "u")), Some(ONE));
        assert_eq!(launches.changed(&change("a", LaunchPhase::Exited, "u")), Some(ONE));
        assert_eq!(launches.changed(&change("a", LaunchPhase::Running, "u")), None);
        assert_eq!(launches.stop(ONE), None);
    }

    #[test]
    fn a_new_session_manager_knows_by_unit_what_the_old_one_started() {
        let mut launches = Launches::default();
        for (launch, id, unit) in [(ONE, "1", "app-purje-a@1.service"), (TWO, "2", "")] {
            launches.ask(launch);
            launches.answered(launch, id);
            launches.changed(&change(id, LaunchPhase::Running, unit));
        }
        assert_eq!(launches.session_gone(), vec![TWO], "nothing tells what became of it");
        let running = RunningApp {
            launch: "9".into(),
            app_id: "a".into(),
            phase: LaunchPhase::Running,
            unit: "app-purje-a@1.service".into(),
            pids: Vec::new(),
        };
        launches.session_there(&[running]);
        assert_eq!(launches.changed(&change("1", LaunchPhase::Exited, "")), None, "old names end");
        assert_eq!(launches.stop(ONE), Some("9".into()));
    }
}
