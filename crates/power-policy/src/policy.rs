//! The state machine.

use std::{collections::BTreeMap, time::Duration};

use units::Time;

use crate::{Display, Effect, Event, InhibitorId, Lock, Settings};

/// Display and lock of one phone.
#[derive(Clone, Debug)]
pub struct PowerPolicy {
    settings: Settings,
    /// The latest time seen; it never goes back.
    now: Time,
    light: Light,
    lock: Lock,
    key: Key,
    inhibitors: BTreeMap<InhibitorId, u32>,
    call: Option<Call>,
}

/// The display with what only makes sense in that state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Light {
    /// Lit; the user was last seen then.
    On { rest_since: Time },
    /// Dimmed, by nothing but rest.
    Dim { since: Time },
    /// Dark at the user's wish or after rest. Unless locked it locks at that time.
    Off { lock_at: Time },
    /// Dark because a face covers it in a call. Takes no lock along: the user is right there.
    Covered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Up,
    /// Down, not yet for long.
    Down {
        since: Time,
        /// The press has lit the display, so that the release must not darken it.
        woke: bool,
    },
    /// Down for long; the menu was shown.
    Held,
}

/// An ongoing call and what the proximity sensor says in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Call {
    near: bool,
    /// The user pressed the key on a covered display: the sensor is not believed until it
    /// changes its mind, so that a broken one does not make the phone useless.
    disbelieved: bool,
}

/// What a deadline does. The order decides between deadlines of one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    LongPress,
    Dim,
    Blank,
    Lock,
}

impl PowerPolicy {
    /// How long the power key is held for the menu.
    pub const LONG_PRESS: Duration = Duration::from_millis(1500);

    /// A phone whose display is lit at `now`.
    pub fn new(settings: Settings, lock: Lock, now: Time) -> Self {
        Self {
            settings: settings.sane(),
            now,
            light: Light::On { rest_since: now },
            lock,
            key: Key::Up,
            inhibitors: BTreeMap::new(),
            call: None,
        }
    }

    /// How the display is lit.
    pub fn display(&self) -> Display {
        match self.light {
            Light::On { .. } => Display::On,
            Light::Dim { .. } => Display::Dim,
            Light::Off { .. } | Light::Covered => Display::Off,
        }
    }

    /// Whether the phone is locked.
    pub fn lock(&self) -> Lock {
        self.lock
    }

    /// Whether something keeps the display lit at present. On the lock screen nothing does: who
    /// asked for it is not visible there.
    pub fn is_inhibited(&self) -> bool {
        self.lock == Lock::Unlocked && !self.inhibitors.is_empty()
    }

    /// Takes `event` in and appends what is to be done. A `now` before one seen earlier counts as
    /// that one. Whatever fell due until then happens first, each at its own time.
    pub fn handle(&mut self, event: Event, now: Time, effects: &mut Vec<Effect>) {
        self.now = self.now.max(now);
        self.settle(effects);
        self.apply(event, effects);
        // A setting of zero makes something due at once.
        self.settle(effects);
    }

    /// When [`Event::Tick`] is to come; always after the last time handed in. `None` if nothing
    /// will happen by itself.
    pub fn next_wake(&self) -> Option<Time> {
        self.next_due().map(|(at, _)| at)
    }

    fn settle(&mut self, effects: &mut Vec<Effect>) {
        while let Some((at, due)) = self.next_due()
            && at <= self.now
        {
            self.fire(due, at, effects);
        }
    }

    fn next_due(&self) -> Option<(Time, Due)> {
        let key = match self.key {
            Key::Down { since, .. } => Some((since + Self::LONG_PRESS, Due::LongPress)),
            Key::Up | Key::Held => None,
        };
        let light = match self.light {
            Light::On { rest_since } => self.dim_after().map(|rest| (rest_since + rest, Due::Dim)),
            Light::Dim { since } => Some((since + self.dim_for(), Due::Blank)),
            Light::Off { lock_at } if self.lock == Lock::Unlocked => Some((lock_at, Due::Lock)),
            Light::Off { .. } | Light::Covered => None,
        };
        key.into_iter().chain(light).min()
    }

    /// Rest that dims a lit display, if any does.
    fn dim_after(&self) -> Option<Duration> {
        match self.lock {
            Lock::Locked => Some(self.settings.locked_dim_after()),
            Lock::Unlocked if self.is_inhibited() => None,
            Lock::Unlocked => self.settings.dim_after,
        }
    }

    fn dim_for(&self) -> Duration {
        match self.lock {
            Lock::Locked => self.settings.locked_blank_after - self.settings.locked_dim_after(),
            Lock::Unlocked => self.settings.blank_after,
        }
    }

    fn fire(&mut self, due: Due, at: Time, effects: &mut Vec<Effect>) {
        match due {
            Due::LongPress => {
                self.key = Key::Held;
                self.light_by_hand(at, effects);
                effects.push(Effect::ShowPowerMenu);
            }
            Due::Dim => self.set_light(Light::Dim { since: at }, effects),
            Due::Blank => {
                self.set_light(Light::Off { lock_at: at + self.settings.lock_grace }, effects);
            }
            Due::Lock => self.take_lock(effects),
        }
    }

    fn apply(&mut self, event: Event, effects: &mut Vec<Effect>) {
        match event {
            Event::Tick => {}
            Event::Activity => self.renew(effects),
            Event::Wake => self.light_up(self.now, effects),
            Event::Blank => self.darken_by_hand(effects),
            Event::PowerPressed => self.key_down(effects),
            Event::PowerReleased => self.key_up(effects),
            Event::Lock => {
                self.take_lock(effects);
                self.renew(effects);
            }
            Event::Unlock => self.open_lock(effects),
            Event::Inhibit(id) => self.inhibit(id, effects),
            Event::Uninhibit(id) => self.uninhibit(id, effects),
            Event::Call(ongoing) => self.set_call(ongoing, effects),
            Event::Proximity(near) => self.set_near(near, effects),
            Event::Configure(settings) => {
                self.settings = settings.sane();
                self.renew(effects);
            }
        }
    }

    fn key_down(&mut self, effects: &mut Vec<Effect>) {
        if self.key != Key::Up {
            return;
        }
        let woke = self.display() == Display::Off;
        if woke {
            self.light_by_hand(self.now, effects);
        }
        self.key = Key::Down { since: self.now, woke };
    }

    fn key_up(&mut self, effects: &mut Vec<Effect>) {
        if let Key::Down { woke: false, .. } = std::mem::replace(&mut self.key, Key::Up) {
            self.darken_by_hand(effects);
        }
    }

    fn open_lock(&mut self, effects: &mut Vec<Effect>) {
        if self.lock == Lock::Locked {
            self.lock = Lock::Unlocked;
            effects.push(Effect::Unlock);
            self.light_up(self.now, effects);
        }
    }

    fn inhibit(&mut self, id: InhibitorId, effects: &mut Vec<Effect>) {
        let count = self.inhibitors.entry(id).or_default();
        *count = count.saturating_add(1);
        if self.is_inhibited() {
            self.renew(effects);
        }
    }

    fn uninhibit(&mut self, id: InhibitorId, effects: &mut Vec<Effect>) {
        let Some(count) = self.inhibitors.get_mut(&id) else { return };
        *count -= 1;
        if *count > 0 {
            return;
        }
        self.inhibitors.remove(&id);
        if self.inhibitors.is_empty() && self.lock == Lock::Unlocked {
            // A film has ended: it counts as seen until now.
            self.renew(effects);
        }
    }

    fn set_call(&mut self, ongoing: bool, effects: &mut Vec<Effect>) {
        if ongoing {
            self.call.get_or_insert_default();
        } else {
            self.call = None;
            self.uncover(effects);
        }
    }

    fn set_near(&mut self, near: bool, effects: &mut Vec<Effect>) {
        let Some(call) = &mut self.call else { return };
        if call.near == near {
            return;
        }
        *call = Call { near, disbelieved: false };
        if !near {
            self.uncover(effects);
        } else if self.display() != Display::Off {
            self.set_light(Light::Covered, effects);
        }
    }

    fn is_covered(&self) -> bool {
        self.call.is_some_and(|call| call.near && !call.disbelieved)
    }

    fn uncover(&mut self, effects: &mut Vec<Effect>) {
        if self.light == Light::Covered {
            self.light_up(self.now, effects);
        }
    }

    /// The user is there: a lit display stays lit, a dark one dark.
    fn renew(&mut self, effects: &mut Vec<Effect>) {
        if self.display() != Display::Off {
            self.set_light(Light::On { rest_since: self.now }, effects);
        }
    }

    /// Lights the display from `at` on, unless it is covered.
    fn light_up(&mut self, at: Time, effects: &mut Vec<Effect>) {
        if !self.is_covered() {
            self.set_light(Light::On { rest_since: at }, effects);
        }
    }

    fn light_by_hand(&mut self, at: Time, effects: &mut Vec<Effect>) {
        if let Some(call) = &mut self.call {
            call.disbelieved = call.near;
        }
        self.light_up(at, effects);
    }

    /// Dark and locked at once, whatever keeps the display lit.
    fn darken_by_hand(&mut self, effects: &mut Vec<Effect>) {
        self.set_light(Light::Off { lock_at: self.now }, effects);
        self.take_lock(effects);
    }

    fn take_lock(&mut self, effects: &mut Vec<Effect>) {
        if self.lock == Lock::Unlocked {
            self.lock = Lock::Locked;
            effects.push(Effect::Lock);
        }
    }

    fn set_light(&mut self, light: Light, effects: &mut Vec<Effect>) {
        let before = self.display();
        self.light = light;
        let after = self.display();
        if before != after {
            effects.push(Effect::SetDisplay(after));
        }
    }

    /// Checks what must hold between any two events.
    ///
    /// # Panics
    /// If it does not: that is a bug in this crate.
    pub fn verify_invariants(&self) {
        if let Some(at) = self.next_wake() {
            assert!(at > self.now, "a deadline lies in the past: {self:?}");
        }
        assert!(self.inhibitors.values().all(|&n| n > 0), "an inhibitor that holds nothing");
        match self.light {
            Light::On { rest_since: t } | Light::Dim { since: t } => {
                assert!(t <= self.now, "lit in the future: {self:?}");
                assert!(!self.is_covered(), "lit against a face: {self:?}");
            }
            Light::Off { .. } => {}
            Light::Covered => assert!(self.is_covered(), "covered by nothing: {self:?}"),
        }
        if self.display() == Display::Dim {
            assert!(self.dim_after().is_some(), "dimmed although kept lit: {self:?}");
        }
        if let (Light::Off { lock_at }, Lock::Unlocked) = (self.light, self.lock) {
            assert!(lock_at > self.now, "dark, and the lock did not follow: {self:?}");
        }
    }
}
