//! Setting up the main loop and running it.

use super::{Session, log_problem};
use crate::bus::{Bus, Sink};
use crate::launcher::catalogue::{Catalogue, Places};
use crate::launcher::embedded::Embedded;
use crate::launcher::watch::Watch;
use crate::lifecycle::Launches;
use crate::status::Status;
use anyhow::Context;
use calloop::generic::Generic;
use calloop::signals::{Signal, Signals};
use calloop::{EventLoop, Interest, LoopHandle, Mode, PostAction};
use std::collections::HashMap;

/// How applications are started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LauncherChoice {
    /// By the user's systemd where it is on the bus, else as children.
    Auto,
    /// By the user's systemd.
    Systemd,
    /// As children of this process.
    Embedded,
}

/// What the session manager is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// How applications are started.
    pub launcher: LauncherChoice,
    /// The icon theme that is asked first.
    pub icon_theme: String,
}

/// Runs the session manager until SIGTERM or SIGINT, ending what it started as its children.
///
/// Errors: no session bus, or another session manager on it; the user's systemd is missing though
/// it was asked for; the system is out of descriptors or threads.
pub fn run(options: Options) -> anyhow::Result<()> {
    let mut event_loop: EventLoop<'static, Session> = EventLoop::try_new()?;
    let handle = event_loop.handle();
    // Before the first thread, which inherits what is blocked here.
    let signals = Signals::new(&[Signal::SIGTERM, Signal::SIGINT, Signal::SIGCHLD])?;
    insert(&handle, signals, |event, session| session.signalled(event.signal()))?;

    let (sender, events) = calloop::channel::channel();
    handle
        .insert_source(events, |event, _, session| {
            if let calloop::channel::Event::Msg(event) = event {
                session.handle(event);
            }
        })
        .map_err(|error| anyhow::anyhow!("{error}"))?;

    let places = Places::from_environment(options.icon_theme.clone());
    watch_applications(&handle, &places);
    let catalogue = Catalogue::scan(&places);
    catalogue.problems().iter().for_each(log_problem);
    let bus = Bus::spawn(Sink::new(sender))?;
    let mut session = Session {
        options,
        display: std::env::var("WAYLAND_DISPLAY").ok().filter(|name| !name.is_empty()),
        places,
        catalogue,
        launches: Launches::default(),
        planned: HashMap::new(),
        embedded: Embedded::new(),
        systemd: false,
        status: Status::default(),
        rescan_queued: false,
        ending: false,
        failure: None,
        bus,
        stop: event_loop.get_signal(),
        handle,
    };
    event_loop.run(None, &mut session, |_| {}).context("the event loop failed")?;
    session.bus.finish();
    session.failure.map_or(Ok(()), Err)
}

fn insert<S>(
    handle: &LoopHandle<'static, Session>,
    source: S,
    mut callback: impl FnMut(S::Event, &mut Session) + 'static,
) -> anyhow::Result<()>
where
    S: calloop::EventSource<Ret = ()> + 'static,
{
    handle
        .insert_source(source, move |event, _, session| callback(event, session))
        .map(drop)
        .map_err(|error| anyhow::anyhow!("{error}"))
}

/// Without it the list of applications is only as new as this process.
fn watch_applications(handle: &LoopHandle<'static, Session>, places: &Places) {
    let watch = match Watch::new(places.application_dirs()) {
        Ok(watch) => watch,
        Err(error) => {
            tracing::warn!("new applications are not seen before a restart: {error}");
            return;
        }
    };
    let source = Generic::new(watch, Interest::READ, Mode::Level);
    let inserted = handle.insert_source(source, |_, watch, session| {
        if watch.drain() {
            watch.add_all(session.places.application_dirs());
            session.queue_rescan();
        }
        Ok(PostAction::Continue)
    });
    if let Err(error) = inserted {
        tracing::warn!("new applications are not seen before a restart: {error}");
    }
}
