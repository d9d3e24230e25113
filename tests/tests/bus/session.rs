//! The session manager: what it is asked, what is heard from it, and that it may come and go.

use std::time::Duration;

use fixture::Fixture;
use ipc::{
    Error,
    session1::{LaunchPhase, RunningApp},
};

use crate::peers::{PrivateBus, Session, Tool};

const NOTES: &str = "org.example.Notes";
const UNIT: &str = "app-purje-org.example.Notes@1.service";

/// An open phone whose session manager has been heard.
fn phone_with_session(bus: &PrivateBus) -> (Fixture, Tool, Session) {
    let mut phone = Fixture::new();
    phone.state().connect_buses(bus.as_session());
    let tool = Tool::new(&mut phone, bus);
    let session = Session::start(bus);
    assert_eq!(session.next(&mut phone), "display none", "applications learn of our socket");
    until_known(&mut phone, &tool);
    phone.unlock();
    (phone, tool, session)
}

/// The session's applications and status have been heard: the latter come last.
fn until_known(phone: &mut Fixture, tool: &Tool) {
    tool.until(phone, "the session's status", |state| {
        state.more["session"] == true && state.more["nodes"].to_string().contains("41")
    });
}

fn launch(phone: &mut Fixture, tool: &Tool, id: &str) -> Result<(), Error> {
    tool.ask(phone, |compositor| compositor.launch_app(id, &[]))
}

#[test]
fn a_launch_has_its_cover_from_the_start_to_the_end() {
    let bus = PrivateBus::start();
    let (mut phone, tool, session) = phone_with_session(&bus);
    launch(&mut phone, &tool, NOTES).expect("it can be started");
    assert_eq!(session.next(&mut phone), "launch org.example.Notes ");
    let state = tool.state(&mut phone);
    assert_eq!((state.view.as_str(), state.windows[0].state.as_str()), ("app", "launching"));

    session.launch_state("org.example.Notes@1", LaunchPhase::Running, UNIT, "");
    session.launch_state("org.example.Notes@1", LaunchPhase::Failed, UNIT, "ran out of ink");
    let state = tool.until(&mut phone, "the failure", |state| state.windows[0].state == "failed");
    assert!(state.windows[0].reason.ends_with("It ran out of ink"), "{state:?}");
}

#[test]
fn a_program_that_runs_and_shows_nothing_is_not_waited_for_for_ever() {
    let bus = PrivateBus::start();
    let (mut phone, tool, session) = phone_with_session(&bus);
    launch(&mut phone, &tool, NOTES).expect("it can be started");
    session.launch_state("org.example.Notes@1", LaunchPhase::Running, UNIT, "");
    phone.advance(Duration::from_secs(14));
    assert_eq!(tool.state(&mut phone).windows[0].state, "launching");
    phone.advance(Duration::from_secs(2));
    let state = tool.state(&mut phone);
    assert_eq!(state.windows[0].state, "failed");
    assert_eq!(state.windows[0].reason, "It did not show a window");
}

#[test]
fn a_program_that_is_not_there_is_told_to_the_caller_and_on_the_cover() {
    let bus = PrivateBus::start();
    let (mut phone, tool, _session) = phone_with_session(&bus);
    let refused = launch(&mut phone, &tool, "org.example.Broken.desktop");
    let Err(Error::NoSuchProgram(why)) = refused else { panic!("{refused:?}") };
    assert_eq!(why, "broken.desktop:3: no program /nonexistent");
    let state = tool.state(&mut phone);
    assert_eq!(state.windows[0].state, "failed");
    assert!(state.windows[0].reason.ends_with(&why), "{state:?}");
}

#[test]
fn an_application_that_is_not_known_is_not_asked_for() {
    let bus = PrivateBus::start();
    let (mut phone, tool, session) = phone_with_session(&bus);
    let refused = launch(&mut phone, &tool, "org.example.Nothing");
    assert!(matches!(refused, Err(Error::NoSuchApp(_))), "{refused:?}");
    assert!(tool.state(&mut phone).windows.is_empty());
    assert!(session.heard.try_recv().is_err());
}

#[test]
fn what_runs_comes_to_the_front_and_is_not_started_twice() {
    let bus = PrivateBus::start();
    let (mut phone, tool, session) = phone_with_session(&bus);
    let mut client = phone.client();
    client.open(NOTES, "Notes", [9, 9, 9, 255]);
    phone.settle(&mut client);
    phone.state().tell(shell::Event::Request(shell::Request::GoHome));
    assert_eq!(tool.state(&mut phone).view, "home");
    launch(&mut phone, &tool, NOTES).expect("it runs");
    assert_eq!(tool.state(&mut phone).front, NOTES);
    assert!(session.heard.try_recv().is_err());
}

#[test]
fn closing_a_cover_that_launches_ends_what_was_started() {
    let bus = PrivateBus::start();
    let (mut phone, tool, session) = phone_with_session(&bus);
    launch(&mut phone, &tool, NOTES).expect("it can be started");
    assert_eq!(session.next(&mut phone), "launch org.example.Notes ");
    tool.ask(&mut phone, |compositor| compositor.close_app(NOTES)).expect("it has a cover");
    phone.rest();
    assert_eq!(session.next(&mut phone), "close org.example.Notes@1");
}

#[test]
fn without_a_session_manager_nothing_starts_and_it_is_said_why() {
    let bus = PrivateBus::start();
    let mut phone = Fixture::new();
    phone.state().connect_buses(bus.as_session());
    let tool = Tool::new(&mut phone, &bus);
    phone.unlock();
    let refused = launch(&mut phone, &tool, NOTES);
    let Err(Error::Unavailable(why)) = refused else { panic!("{refused:?}") };
    assert!(why.contains("purje-session"), "{why}");
}

#[test]
fn a_session_manager_may_end_and_come_back() {
    let bus = PrivateBus::start();
    let (mut phone, tool, session) = phone_with_session(&bus);
    launch(&mut phone, &tool, NOTES).expect("it can be started");
    session.launch_state("org.example.Notes@1", LaunchPhase::Running, UNIT, "");
    session.end();
    tool.until(&mut phone, "its end", |state| state.more["session"] == false);
    let state = tool.state(&mut phone);
    assert_ne!(state.windows[0].state, "failed", "it runs on");
    let refused = launch(&mut phone, &tool, "org.example.Broken");
    assert!(refused.is_err());

    let running = RunningApp {
        launch: "again@7".into(),
        app_id: NOTES.into(),
        phase: LaunchPhase::Running,
        unit: UNIT.into(),
        pids: vec![1],
    };
    let session = Session::start_with(&bus, vec![running]);
    assert_eq!(session.next(&mut phone), "display none");
    tool.until(&mut phone, "its return", |state| state.more["session"] == true);
    session.launch_state("again@7", LaunchPhase::Failed, UNIT, "says so anew");
    tool.until(&mut phone, "its word", |state| {
        state.windows.iter().any(|window| window.reason.ends_with("It says so anew"))
    });
}

#[test]
fn a_bus_that_ends_costs_the_session_manager_and_nothing_else() {
    let bus = PrivateBus::start();
    let (mut phone, _tool, _session) = phone_with_session(&bus);
    drop(bus);
    phone.state().tell(shell::Event::Request(shell::Request::LaunchApp {
        app: shell::AppId(NOTES.into()),
        uris: Vec::new(),
    }));
    phone.until("the cover that says why", |state| {
        state.shell().summary().covers.iter().any(|cover| cover.reason.is_some())
    });
}
