//! What time alone brings about.

use power_policy::Display;
use units::Time;

use crate::{
    Effect, Place,
    model::{Cover, Stage},
    tokens::{CLOSE_LIMIT, FADE, LAUNCH_LIMIT, SPINNER_AFTER},
    words,
};

use super::Shell;

impl Shell {
    /// When [`Event::Tick`](crate::Event::Tick) is to come at the latest, if nothing else happens
    /// before. `None` if nothing will happen by itself.
    pub fn next_wake(&self) -> Option<Time> {
        let now = self.now;
        let own = [self.power.next_wake(), self.arena.next_wake()];
        let launches = self.model.covers.iter().flat_map(|cover| self.cover_deadlines(cover));
        let remorse =
            self.model.home.remorse.as_ref().map(|remorse| self.next_second(remorse.until));
        let wait = self.model.lock.wait_until.filter(|_| self.is_pad_seen());
        let wait = wait.map(|until| self.next_second(until));
        // Once what moved has come to rest, what it hid is suspended.
        let rests = self.rests().filter(|&at| at > now).min();
        let shake = self.model.lock.shake_ends().filter(|_| self.is_pad_seen());
        own.into_iter()
            .chain([remorse, wait, rests, shake])
            .flatten()
            .chain(launches)
            .filter(|&at| at > now)
            .min()
    }

    /// Whether something moves at `now`, so that the next frame will differ from this one.
    pub fn is_animating(&self, now: Time) -> bool {
        let now = self.now.max(now);
        if self.model.display == Display::Off {
            return false;
        }
        let shakes = self.model.lock.shake_ends().is_some_and(|end| now < end);
        shakes || self.rests().any(|at| at > now) || self.waiting_splashes(now) > 0
    }

    /// When each thing that moves comes to rest.
    fn rests(&self) -> impl Iterator<Item = Time> {
        let scrolls = [self.model.home.scroll.settles_at(), self.model.grid.scroll.settles_at()];
        let motions = self.model.motions().filter_map(|motion| motion.settles_at());
        motions.chain(scrolls.into_iter().flatten())
    }

    /// Splashes before which the user waits.
    fn waiting_splashes(&self, now: Time) -> usize {
        let waits = |cover: &&Cover| match cover.stage {
            Stage::Launching { since } => {
                now >= since + SPINNER_AFTER
                    && self.model.front == Some(cover.id)
                    && self.model.is_cover_visible(cover, now)
            }
            _ => false,
        };
        if self.model.settings.reduced_motion {
            return 0;
        }
        self.model.covers.iter().filter(waits).count()
    }

    fn cover_deadlines(&self, cover: &Cover) -> impl Iterator<Item = Time> {
        let closing = cover.closing.map(|since| since + CLOSE_LIMIT);
        let launch = match cover.stage {
            Stage::Launching { since } => [Some(since + SPINNER_AFTER), Some(since + LAUNCH_LIMIT)],
            _ => [None, None],
        };
        launch.into_iter().chain([closing]).flatten().filter(|&at| at > self.now)
    }

    fn is_pad_seen(&self) -> bool {
        self.model.place() == Place::Pin && self.model.display != Display::Off
    }

    /// The next instant after now that lies whole seconds before `until`.
    fn next_second(&self, until: Time) -> Time {
        let left = until.since(self.now).as_nanos() as u64;
        const SECOND: u64 = 1_000_000_000;
        until - std::time::Duration::from_nanos(left.saturating_sub(1) / SECOND * SECOND)
    }

    /// Does what has fallen due by now.
    pub(super) fn run_timers(&mut self, effects: &mut Vec<Effect>) {
        let now = self.now;
        if self.power.next_wake().is_some_and(|at| at <= now) {
            self.power(power_policy::Event::Tick, effects);
        }
        if self.arena.next_wake().is_some_and(|at| at <= now) {
            self.feed_arena(gesture::Event::Tick, effects);
        }
        self.expire_covers();
        if let Some(remorse) = self.model.home.remorse.take_if(|remorse| remorse.until <= now) {
            for cover in remorse.covers {
                self.close_cover(cover, effects);
            }
            self.dirty = true;
        }
        let lock = &mut self.model.lock;
        if lock.wait_until.take_if(|until| *until <= now).is_some() {
            lock.note = crate::model::Note::Enter;
            self.dirty = true;
        }
        if lock.shake_ends().is_some_and(|end| end <= now) {
            lock.shake = None;
        }
        self.note_passing();
    }

    fn expire_covers(&mut self) {
        let now = self.now;
        let mut late = Vec::new();
        for cover in self.model.covers.iter_mut() {
            match cover.stage {
                Stage::Launching { since } if since + LAUNCH_LIMIT <= now => late.push(cover.id),
                _ => {}
            }
            if cover.closing.take_if(|since| *since + CLOSE_LIMIT <= now).is_some() {
                // It was asked and did not go: it is still there, and says so.
                cover.presence.go(1.0, FADE, now);
                self.dirty = true;
            }
        }
        for id in late {
            self.fail(id, words::NO_WINDOW.to_owned());
        }
    }

    /// Draws anew when what the passing time shows has changed.
    fn note_passing(&mut self) {
        let remorse = self.model.home.remorse.as_ref().map_or(0, |r| r.seconds(self.now));
        let wait = if self.is_pad_seen() { self.model.lock.wait_s(self.now) } else { 0 };
        let passing = (remorse, wait, self.waiting_splashes(self.now));
        if self.told.passing != passing {
            self.told.passing = passing;
            self.dirty = true;
        }
    }
}
