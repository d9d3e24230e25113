//! `ext_idle_notifier_v1`: tells a client that the user has been away for so long, and is back.
//!
//! On the compositor's own clock, so that the one timer of the loop serves it; smithay's keeps a
//! timer of its own for each wish, and shows the global to every client.

use std::time::Duration;

use smithay::reexports::{
    wayland_protocols::ext::idle_notify::v1::server::{
        ext_idle_notification_v1::{self, ExtIdleNotificationV1},
        ext_idle_notifier_v1::{self, ExtIdleNotifierV1},
    },
    wayland_server::{
        Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, backend::ClientId,
    },
};
use units::Time;

use crate::{State, clients::may_see};

const INTERFACE: &str = "ext_idle_notifier_v1";

/// All wishes that there are.
#[derive(Debug)]
pub(crate) struct IdleNotifier {
    wishes: Vec<Wish>,
    last_activity: Time,
    inhibited: bool,
    /// Since when nothing has inhibited: idle time counts from then at the earliest.
    free_since: Time,
}

#[derive(Debug)]
struct Wish {
    object: ExtIdleNotificationV1,
    after: Duration,
    /// When it was made: idle time counts from then at the earliest.
    made: Time,
    heeds_inhibitors: bool,
    idle: bool,
}

impl IdleNotifier {
    pub(super) fn new(now: Time) -> Self {
        Self { wishes: Vec::new(), last_activity: now, inhibited: false, free_since: now }
    }

    /// The user did something.
    pub(crate) fn activity(&mut self, now: Time) {
        self.last_activity = self.last_activity.max(now);
        for wish in &mut self.wishes {
            wish.resume();
        }
    }

    /// Something that counts keeps the display lit, or no more.
    pub(crate) fn set_inhibited(&mut self, inhibited: bool, now: Time) {
        if std::mem::replace(&mut self.inhibited, inhibited) == inhibited {
            return;
        }
        self.free_since = now;
        if inhibited {
            self.wishes.iter_mut().filter(|wish| wish.heeds_inhibitors).for_each(Wish::resume);
        }
    }

    /// Tells those whose time has come.
    pub(crate) fn tick(&mut self, now: Time) {
        for at in 0..self.wishes.len() {
            if self.due(&self.wishes[at]).is_some_and(|due| due <= now) {
                let wish = &mut self.wishes[at];
                wish.idle = true;
                wish.object.idled();
            }
        }
    }

    /// When [`Self::tick`] has something to do.
    pub(crate) fn next_wake(&self) -> Option<Time> {
        self.wishes.iter().filter_map(|wish| self.due(wish)).min()
    }

    fn due(&self, wish: &Wish) -> Option<Time> {
        if wish.idle || (wish.heeds_inhibitors && self.inhibited) {
            return None;
        }
        let mut since = self.last_activity.max(wish.made);
        if wish.heeds_inhibitors {
            since = since.max(self.free_since);
        }
        Some(since + wish.after)
    }
}

impl Wish {
    fn resume(&mut self) {
        if std::mem::take(&mut self.idle) {
            self.object.resumed();
        }
    }
}

/// Offers the protocol.
pub(super) fn offer(display: &DisplayHandle) {
    display.create_global::<State, ExtIdleNotifierV1, ()>(2, ());
}

impl GlobalDispatch<ExtIdleNotifierV1, ()> for State {
    fn bind(
        _: &mut Self,
        _: &DisplayHandle,
        _: &Client,
        notifier: New<ExtIdleNotifierV1>,
        (): &(),
        init: &mut DataInit<'_, Self>,
    ) {
        init.init(notifier, ());
    }

    fn can_view(client: Client, (): &()) -> bool {
        may_see(INTERFACE)(&client)
    }
}

impl Dispatch<ExtIdleNotifierV1, ()> for State {
    fn request(
        state: &mut Self,
        _: &Client,
        _: &ExtIdleNotifierV1,
        request: ext_idle_notifier_v1::Request,
        (): &(),
        _: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        use ext_idle_notifier_v1::Request as R;
        // There is one seat, so whose activity is meant goes without asking.
        let (id, timeout, heeds_inhibitors) = match request {
            R::GetIdleNotification { id, timeout, .. } => (id, timeout, true),
            R::GetInputIdleNotification { id, timeout, .. } => (id, timeout, false),
            _ => return,
        };
        let wish = Wish {
            object: init.init(id, ()),
            after: Duration::from_millis(timeout.into()),
            made: state.clock.now(),
            heeds_inhibitors,
            idle: false,
        };
        state.globals.idle.wishes.push(wish);
    }
}

impl Dispatch<ExtIdleNotificationV1, ()> for State {
    fn request(
        _: &mut Self,
        _: &Client,
        _: &ExtIdleNotificationV1,
        _: ext_idle_notification_v1::Request,
        (): &(),
        _: &DisplayHandle,
        _: &mut DataInit<'_, Self>,
    ) {
    }

    fn destroyed(state: &mut Self, _: ClientId, object: &ExtIdleNotificationV1, (): &()) {
        state.globals.idle.wishes.retain(|wish| wish.object != *object);
    }
}
