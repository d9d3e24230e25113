//! The main loop's answers to the methods of `org.purje.Compositor1`.

use ipc::Error;
use shell::{AppId, Event, Request, Touch, WindowId};

use crate::{State, render::Image};

/// A call that waits for the main loop. Who may call has been checked.
#[derive(Debug)]
pub(crate) enum Call {
    /// What is shown, as JSON.
    State(Reply<String>),
    /// The picture.
    Picture(Reply<Image>),
    Lock(Reply<()>),
    CloseWindow(u64, Reply<()>),
    CloseApp(String, Reply<()>),
    LaunchApp(String, Vec<String>, Reply<()>),
    Touch(Touch, Reply<()>),
    /// An evdev code, and whether it goes down.
    Key(u32, bool, Reply<()>),
    Log(Reply<String>),
    /// An event of a record.
    Feed(Event, Reply<()>),
    Perf(Reply<String>),
}

/// Where a call's answer goes.
#[derive(Debug)]
pub(crate) struct Reply<T>(pub(super) async_channel::Sender<Result<T, Error>>);

impl<T> Reply<T> {
    /// Answers. That the caller has gone away meanwhile is no matter.
    pub(crate) fn send(self, answer: Result<T, Error>) {
        let _ = self.0.try_send(answer);
    }
}

impl State {
    pub(super) fn answer(&mut self, call: Call) {
        match call {
            Call::State(reply) => reply.send(self.report_json()),
            Call::Picture(reply) => reply.send(self.picture()),
            Call::Lock(reply) => {
                self.tell(Event::Request(Request::Lock));
                reply.send(Ok(()));
            }
            Call::CloseWindow(id, reply) => reply.send(self.close_window(WindowId(id))),
            Call::CloseApp(id, reply) => reply.send(self.close_app(&id)),
            Call::LaunchApp(id, uris, reply) => self.launch_app(&id, uris, reply),
            Call::Touch(touch, reply) => {
                self.tell(Event::Touch(touch));
                if touch != Touch::Cancel {
                    self.tell(Event::Touch(Touch::Frame));
                }
                reply.send(Ok(()));
            }
            Call::Key(code, pressed, reply) => {
                let now = self.clock.now();
                self.key(code, pressed, now);
                reply.send(Ok(()));
            }
            Call::Log(reply) => reply.send(Ok(self.host.log())),
            Call::Feed(event, reply) => {
                self.tell(event);
                reply.send(Ok(()));
            }
            Call::Perf(reply) => reply.send(Ok(self.perf_json())),
        }
    }

    fn picture(&mut self) -> Result<Image, Error> {
        self.capture().map_err(|error| Error::NoPicture(format!("{error:#}")))
    }

    fn close_window(&mut self, id: WindowId) -> Result<(), Error> {
        if !self.windows.get(id).is_some_and(|window| window.mapped) {
            return Err(Error::NoSuchWindow(format!(
                "no window has the id {}; State lists those there are",
                id.0
            )));
        }
        self.tell(Event::Request(Request::CloseWindow(id)));
        Ok(())
    }

    fn close_app(&mut self, id: &str) -> Result<(), Error> {
        let app = AppId(app_id(id).to_owned());
        if !self.shell().summary().covers.iter().any(|cover| cover.app == app) {
            return Err(Error::NotRunning(format!("no window belongs to {:?}", app.0)));
        }
        self.tell(Event::Request(Request::CloseApp(app)));
        Ok(())
    }

    fn launch_app(&mut self, id: &str, uris: Vec<String>, reply: Reply<()>) {
        let app = AppId(app_id(id).to_owned());
        let runs = self.shell().summary().covers.iter().any(|cover| cover.app == app);
        let Some(bus) = &mut self.bus else { return };
        if !runs && !bus.apps.contains(&app.0) {
            reply.send(Err(if bus.session_there {
                Error::NoSuchApp(format!("no application has the id {:?}", app.0))
            } else {
                Error::Unavailable(super::NO_SESSION.into())
            }));
            return;
        }
        // If the shell orders a launch, the session's answer to it is the caller's.
        bus.launcher = Some(reply);
        self.tell(Event::Request(Request::LaunchApp { app, uris }));
        // It has not: what was asked for is in front.
        if let Some(caller) = self.bus.as_mut().and_then(|bus| bus.launcher.take()) {
            caller.send(Ok(()));
        }
    }
}

/// Desktop file ids are accepted with and without their ending.
fn app_id(id: &str) -> &str {
    id.strip_suffix(".desktop").unwrap_or(id)
}
