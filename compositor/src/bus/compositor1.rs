//! The object that answers `org.purje.Compositor1`.
//!
//! Each call is judged by the caller's class before the main loop hears of it. Bulky work (the
//! PNG of a picture) is done on a thread of its own, so that a slow reader holds up nobody else.

use std::{
    fs::File,
    io::Write as _,
    os::fd::OwnedFd,
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use async_io::Timer;
use ipc::{
    Error,
    compositor1::{INTERFACE, TouchKind},
    trust::{self, Capability, ClientClass},
};
use shell::Touch;
use smithay::reexports::calloop::channel::Sender;
use units::Point;
use zbus::{Connection, fdo::DBusProxy, message::Header};

use super::{
    Facts, News, Setup,
    calls::{Call, Reply},
    replay,
};
use crate::{clients::class_of_pid, render::Image};

/// The highest code that evdev has.
const KEY_MAX: u32 = 0x2ff;

/// Fingers that a touch screen can tell apart, at most.
const SLOTS: u32 = 32;

/// See the module's documentation.
pub(super) struct Compositor1 {
    news: Sender<News>,
    facts: Arc<Facts>,
    allow_test_input: bool,
}

impl Compositor1 {
    pub(super) fn new(setup: &Setup) -> Self {
        Self {
            news: setup.news.clone(),
            facts: setup.facts.clone(),
            allow_test_input: setup.allow_test_input,
        }
    }

    async fn permit(&self, call: &Header<'_>, bus: &Connection) -> Result<(), Error> {
        let member = call.member().map(ToString::to_string).unwrap_or_default();
        decide(class_of_caller(call, bus).await, &member, self.allow_test_input)
    }

    async fn ask<T>(&self, call: impl FnOnce(Reply<T>) -> Call) -> Result<T, Error> {
        let (reply, answer) = async_channel::bounded(1);
        let ending = || Error::Unavailable("the compositor is ending".into());
        self.news.send(News::Call(call(Reply(reply)))).map_err(|_| ending())?;
        answer.recv().await.map_err(|_| ending())?
    }
}

#[zbus::interface(name = "org.purje.Compositor1")]
impl Compositor1 {
    async fn state(
        &self,
        #[zbus(header)] call: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<String, Error> {
        self.permit(&call, bus).await?;
        self.ask(Call::State).await
    }

    async fn screenshot(
        &self,
        png: zbus::zvariant::OwnedFd,
        #[zbus(header)] call: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<(), Error> {
        self.permit(&call, bus).await?;
        let image = self.ask(Call::Picture).await?;
        write_png(image, png.into()).await
    }

    async fn lock(
        &self,
        #[zbus(header)] call: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<(), Error> {
        self.permit(&call, bus).await?;
        self.ask(Call::Lock).await
    }

    async fn close_window(
        &self,
        id: u64,
        #[zbus(header)] call: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<(), Error> {
        self.permit(&call, bus).await?;
        self.ask(|reply| Call::CloseWindow(id, reply)).await
    }

    async fn close_app(
        &self,
        app_id: String,
        #[zbus(header)] call: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<(), Error> {
        self.permit(&call, bus).await?;
        self.ask(|reply| Call::CloseApp(app_id, reply)).await
    }

    async fn launch_app(
        &self,
        id: String,
        uris: Vec<String>,
        #[zbus(header)] call: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<(), Error> {
        self.permit(&call, bus).await?;
        self.ask(|reply| Call::LaunchApp(id, uris, reply)).await
    }

    async fn touch(
        &self,
        kind: TouchKind,
        slot: u32,
        x: f64,
        y: f64,
        #[zbus(header)] call: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<(), Error> {
        self.permit(&call, bus).await?;
        let touch = touch(kind, slot, x, y)?;
        self.ask(|reply| Call::Touch(touch, reply)).await
    }

    async fn key(
        &self,
        code: u32,
        pressed: bool,
        #[zbus(header)] call: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<(), Error> {
        self.permit(&call, bus).await?;
        if code > KEY_MAX {
            return Err(Error::Malformed(format!("{code} is no key; codes end at {KEY_MAX}")));
        }
        self.ask(|reply| Call::Key(code, pressed, reply)).await
    }

    async fn log(
        &self,
        #[zbus(header)] call: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<String, Error> {
        self.permit(&call, bus).await?;
        self.ask(Call::Log).await
    }

    async fn replay(
        &self,
        log: String,
        #[zbus(header)] call: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<(), Error> {
        self.permit(&call, bus).await?;
        let start = Instant::now();
        for (distance, event) in replay::parse(&log)? {
            if let Some(at) = start.checked_add(distance) {
                Timer::at(at).await;
            }
            self.ask(|reply| Call::Feed(event, reply)).await?;
        }
        Ok(())
    }

    async fn perf(
        &self,
        #[zbus(header)] call: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<String, Error> {
        self.permit(&call, bus).await?;
        self.ask(Call::Perf).await
    }

    #[zbus(property)]
    fn locked(&self) -> bool {
        self.facts.locked.load(Ordering::Relaxed)
    }

    #[zbus(property)]
    fn ready(&self) -> bool {
        self.facts.ready.load(Ordering::Relaxed)
    }
}

/// Who calls. A caller that cannot be looked at counts as the least trusted.
async fn class_of_caller(call: &Header<'_>, bus: &Connection) -> ClientClass {
    let Some(sender) = call.sender() else { return ClientClass::SandboxedApp };
    let pid = async {
        let dbus = DBusProxy::new(bus).await?;
        dbus.get_connection_unix_process_id(sender.to_owned().into()).await
    };
    match pid.await.map(i32::try_from) {
        Ok(Ok(pid)) => class_of_pid(pid),
        _ => ClientClass::SandboxedApp,
    }
}

/// Whether a caller of `class` may call `member`.
fn decide(class: ClientClass, member: &str, allow_test_input: bool) -> Result<(), Error> {
    let capability = Capability::Method { interface: INTERFACE, member };
    if !trust::allowed(class, &capability) {
        let why = match trust::row(&capability) {
            Some(row) => format!("it is for a {} or better: {}", row.down_to.title(), row.why),
            None => "it is for the shell's own parts".into(),
        };
        return Err(Error::AccessDenied(format!("{member} is not for a {}; {why}", class.title())));
    }
    if matches!(member, "Touch" | "Key" | "Replay") && !allow_test_input {
        return Err(Error::AccessDenied(format!(
            "{member} is switched off; start purje-compositor with --allow-test-input"
        )));
    }
    Ok(())
}

fn touch(kind: TouchKind, slot: u32, x: f64, y: f64) -> Result<Touch, Error> {
    if !matches!(kind, TouchKind::Cancel) && slot >= SLOTS {
        return Err(Error::Malformed(format!("slot {slot}: there are {SLOTS} fingers, from 0")));
    }
    let at = || {
        if x.is_finite() && y.is_finite() {
            Ok(Point::new(x, y))
        } else {
            Err(Error::Malformed(format!("{x}, {y} is no position")))
        }
    };
    Ok(match kind {
        TouchKind::Down => Touch::Down { slot, at: at()? },
        TouchKind::Move => Touch::Motion { slot, at: at()? },
        TouchKind::Up => Touch::Up { slot },
        TouchKind::Cancel => Touch::Cancel,
    })
}

/// Writes a picture into a file or pipe, on a thread of its own: a pipe may have a slow reader.
async fn write_png(image: Image, to: OwnedFd) -> Result<(), Error> {
    let (done, written) = async_channel::bounded(1);
    let write = move || {
        let mut png = Vec::new();
        let result = image
            .write_png(&mut png)
            .and_then(|()| Ok(File::from(to).write_all(&png)?))
            .map_err(|error| Error::NoPicture(format!("error writing the picture: {error:#}")));
        // The caller may have gone away.
        let _ = done.try_send(result);
    };
    std::thread::Builder::new()
        .name("purje-png".into())
        .spawn(write)
        .map_err(|error| Error::NoPicture(format!("no thread to write the picture: {error}")))?;
    let died = || Error::NoPicture("the thread that writes the picture has died".into());
    written.recv().await.map_err(|_| died())?
}

#[cfg(test)]
mod tests {
    use zbus::object_server::Interface as _;

    use super::*;

    fn refused(class: ClientClass, member: &str, allow_test_input: bool) -> Option<String> {
        match decide(class, member, allow_test_input) {
            Ok(()) => None,
            Err(Error::AccessDenied(why)) => Some(why),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn the_contract_has_this_name() {
        assert_eq!(Compositor1::name().as_str(), INTERFACE);
    }

    #[test]
    fn applications_neither_see_nor_steer() {
        for class in [ClientClass::App, ClientClass::SandboxedApp] {
            for member in ["State", "Screenshot", "CloseWindow", "CloseApp", "Log", "Perf", "Touch"]
            {
                let why = refused(class, member, true).expect(member);
                assert!(why.contains(member) && why.contains(class.title()), "{why}");
            }
        }
        assert_eq!(refused(ClientClass::App, "LaunchApp", false), None);
        assert!(refused(ClientClass::SandboxedApp, "LaunchApp", false).is_some());
        assert_eq!(refused(ClientClass::UserTool, "Screenshot", false), None);
    }

    #[test]
    fn what_has_no_row_is_refused() {
        assert!(refused(ClientClass::UserTool, "Unlock", true).is_some());
    }

    #[test]
    fn test_input_needs_the_flag_whoever_asks() {
        for member in ["Touch", "Key", "Replay"] {
            let why = refused(ClientClass::ShellPart, member, false).expect(member);
            assert!(why.contains("--allow-test-input"), "{why}");
            assert_eq!(refused(ClientClass::UserTool, member, true), None);
        }
    }

    #[test]
    fn a_finger_is_somewhere() {
        assert!(matches!(touch(TouchKind::Down, 0, f64::NAN, 0.0), Err(Error::Malformed(_))));
        assert!(matches!(touch(TouchKind::Up, 99, 0.0, 0.0), Err(Error::Malformed(_))));
        assert!(touch(TouchKind::Up, 0, f64::NAN, 0.0).is_ok(), "the position is ignored");
        assert_eq!(
            touch(TouchKind::Move, 1, 2.0, 3.5).expect("a finger"),
            Touch::Motion { slot: 1, at: Point::new(2.0, 3.5) }
        );
    }
}
