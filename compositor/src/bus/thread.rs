//! The thread that speaks D-Bus: its two connections, and how they are kept.

use std::{io, time::Duration};

use async_channel::Receiver;
use async_executor::LocalExecutor;
use async_io::Timer;
use futures_lite::{
    StreamExt as _,
    future::{or, zip},
};
use zbus::{Connection, connection::Builder, fdo::DBusProxy};

use super::{Setup, compositor1::Compositor1, logind, session};

/// A peer that does not answer for this long will not.
const PATIENCE: Duration = Duration::from_secs(25);

/// When a session bus that cannot be reached is tried again. It ends: a phone without a bus must
/// not wake up for ever to look for one.
const RETRY: [Duration; 6] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(16),
    Duration::from_secs(32),
];

/// Why a connection is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The main loop has let go of us.
    Quit,
    /// The bus has.
    Lost,
}

/// Starts the thread. It ends when the main loop drops its [`super::Bus`].
pub(super) fn start(setup: Setup) -> io::Result<()> {
    std::thread::Builder::new().name("purje-dbus".into()).spawn(move || {
        // The tasks of one executor never run at the same time: handlers need no locks.
        let executor = LocalExecutor::new();
        let both = zip(session_bus(&executor, &setup), system_bus(&executor, &setup));
        async_io::block_on(executor.run(both));
    })?;
    Ok(())
}

async fn session_bus(executor: &LocalExecutor<'static>, setup: &Setup) {
    let Some(address) = &setup.buses.session else {
        tracing::warn!(
            "no session bus: purjectl cannot reach the phone, and no application can be started; \
             set DBUS_SESSION_BUS_ADDRESS or start in a user session"
        );
        session::refuse(setup).await;
        return;
    };
    let mut waits = RETRY.into_iter();
    loop {
        match connect_session(address, setup).await {
            Ok(bus) => {
                waits = RETRY.into_iter();
                let serve = session::serve(executor, &bus, setup);
                if driven(executor, &bus, serve).await == End::Quit {
                    return;
                }
                session::gone(setup);
                tracing::warn!("the session bus is gone; trying to reach it again");
            }
            Err(error) => tracing::warn!(
                "error connecting to the session bus at {address}: {error}; without it purjectl \
                 cannot reach the phone, and no application can be started"
            ),
        }
        let Some(wait) = waits.next() else {
            tracing::warn!("giving up on the session bus; restart the compositor when it runs");
            session::refuse(setup).await;
            return;
        };
        let tired = async {
            Timer::after(wait).await;
            End::Lost
        };
        let idle = async {
            session::refuse(setup).await;
            End::Quit
        };
        if or(idle, tired).await == End::Quit {
            return;
        }
    }
}

async fn connect_session(address: &str, setup: &Setup) -> zbus::Result<Connection> {
    // The object is there before the name, so that no caller can find the name without it.
    Builder::address(first(address))?
        .internal_executor(false)
        .method_timeout(PATIENCE)
        .serve_at(ipc::compositor1::PATH, Compositor1::new(setup))?
        .build()
        .await
}

async fn system_bus(executor: &LocalExecutor<'static>, setup: &Setup) {
    let Some(address) = &setup.buses.system else {
        tracing::debug!("leaving logind alone: the screen is not the machine's own");
        logind::refuse(&setup.system).await;
        return;
    };
    match connect_system(address).await {
        Ok(bus) => {
            let serve = logind::serve(executor, &bus, setup);
            if driven(executor, &bus, serve).await == End::Quit {
                return;
            }
            tracing::warn!("the system bus is gone; no more word from logind");
        }
        Err(error) => tracing::warn!(
            "error connecting to the system bus at {address}: {error}; the phone cannot switch \
             off, and does not lock before it sleeps"
        ),
    }
    logind::refuse(&setup.system).await;
}

async fn connect_system(address: &str) -> zbus::Result<Connection> {
    // No time limit: a person may be asked for permission meanwhile.
    Builder::address(first(address))?.internal_executor(false).build().await
}

/// An address may list several; they lead to the same bus.
fn first(address: &str) -> &str {
    address.split(';').next().unwrap_or(address)
}

/// Runs `serve` with the connection's own tasks, until it ends or the bus does.
async fn driven(
    executor: &LocalExecutor<'static>,
    bus: &Connection,
    serve: impl Future<Output = End>,
) -> End {
    // Dropped, and so ended, with this call: it would hold the connection open.
    let _ticks = executor.spawn({
        let own = bus.executor().clone();
        async move {
            loop {
                own.tick().await;
            }
        }
    });
    let closed = async {
        bus.closed().await;
        End::Lost
    };
    let end = or(serve, closed).await;
    // Says good-bye to callers and gives back the name; a bus that is gone does not mind.
    let _ = bus.clone().close().await;
    end
}

/// Waits until the channel of words is closed, throwing away what comes.
pub(super) async fn ignore<T>(words: &Receiver<T>, mut word: impl FnMut(T)) {
    while let Ok(ignored) = words.recv().await {
        word(ignored);
    }
}

/// Runs `attend` for as long as `name` has one and the same owner on the bus, `absent` while it
/// has none; `gone` is called in between.
pub(super) async fn while_owned(
    bus: &Connection,
    name: &'static str,
    attend: impl AsyncFn() -> zbus::Result<()>,
    absent: impl AsyncFn(),
    gone: impl Fn(),
) -> zbus::Result<()> {
    let dbus = DBusProxy::new(bus).await?;
    let mut changes = dbus.receive_name_owner_changed_with_args(&[(0, name)]).await?;
    let mut there = dbus.name_has_owner(name.try_into()?).await?;
    loop {
        let changed = async {
            let signal = changes.next().await?;
            signal.args().ok().map(|args| args.new_owner().is_some())
        };
        let present = async {
            if there {
                if let Err(error) = attend().await {
                    tracing::warn!("error speaking with {name}: {error}; waiting for a new one");
                }
                gone();
            }
            absent().await;
            None
        };
        // Its last words come before its end, so they are heard first.
        let next = or(present, changed).await;
        if there {
            gone();
        }
        let Some(now) = next else { return Ok(()) };
        there = now;
    }
}
