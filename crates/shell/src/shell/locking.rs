//! The lock: the power policy's word, the code, and external lockers.

use power_policy::{Display, Lock};

use crate::{
    AuthVerdict, CodeState, Effect, ExternalLock, Haptic, Key, Place,
    model::{External, Panel},
    tokens::STANDARD,
};

use super::Shell;

impl Shell {
    /// Hands an event to the power policy and carries out what it asks for.
    pub(super) fn power(&mut self, event: power_policy::Event, effects: &mut Vec<Effect>) {
        let mut asked = Vec::new();
        self.power.handle(event, self.now, &mut asked);
        for effect in asked {
            match effect {
                power_policy::Effect::SetDisplay(display) => {
                    self.model.display = display;
                    if display == Display::Off {
                        self.darkened(effects);
                    }
                    self.dirty = true;
                    effects.push(Effect::Display(display));
                }
                power_policy::Effect::Lock => self.engage(effects),
                power_policy::Effect::Unlock => self.disengage(effects),
                power_policy::Effect::ShowPowerMenu => self.show_power_menu(effects),
            }
        }
    }

    /// The display went dark: no finger counts, nothing stays half entered or half dragged.
    fn darkened(&mut self, effects: &mut Vec<Effect>) {
        self.cancel_touches(effects);
        self.grip = None;
        self.model.menu = Panel::hidden();
        self.model.home.housekeeping = false;
        self.model.home.badges.hold(0.0);
        if self.model.locked {
            self.model.lock.close();
        }
    }

    fn engage(&mut self, effects: &mut Vec<Effect>) {
        // First, so that clients hear of the cancelled touches and nothing else.
        self.cancel_touches(effects);
        self.grip = None;
        self.touched_layer = None;
        self.model.locked = true;
        self.model.lock.close();
        self.model.grid.panel = Panel::hidden();
        self.model.home.set_housekeeping(false, self.now);
        self.dirty = true;
    }

    fn disengage(&mut self, effects: &mut Vec<Effect>) {
        self.cancel_touches(effects);
        let seen = self.model.unveiled(self.now);
        let speed = if seen > 0.0 { self.model.lock.pad.velocity(self.now) } else { 0.0 };
        let was_external = self.model.lock.external.take().is_some();
        self.model.locked = false;
        self.model.lock.clear();
        self.model.lock.wait_until = None;
        self.model.lock.leave.hold(if was_external { 1.0 } else { seen });
        if !was_external {
            self.model.lock.leave.fling(1.0, speed, STANDARD, self.now);
        }
        self.dirty = true;
    }

    pub(super) fn logind_unlock(&mut self, effects: &mut Vec<Effect>) {
        // An external locker ends by its own word only; ending its client is the way out.
        if self.model.lock.external.is_none() {
            self.power(power_policy::Event::Unlock, effects);
        }
    }

    /// Whether a code can be entered now: what fingers and digit keys do must not be recorded.
    pub fn is_secret_entry(&self) -> bool {
        self.model.place() == Place::Pin && self.model.lock.external.is_none()
    }

    pub(super) fn code_key(&mut self, key: Key, effects: &mut Vec<Effect>) {
        let model = &mut self.model;
        if !model.locked || !model.is_guarded() || model.lock.external.is_some() {
            return;
        }
        model.lock.pad.set(true, STANDARD, self.now);
        self.dirty = true;
        match key {
            Key::Digit(digit) => self.digit(digit, effects),
            Key::Backspace => self.model.lock.entry.pop(),
            Key::Enter => self.submit_code(effects),
            _ => {}
        }
    }

    pub(super) fn digit(&mut self, digit: u8, effects: &mut Vec<Effect>) {
        if !self.is_secret_entry() || !self.model.lock.takes_digits(self.now) {
            effects.push(Effect::Haptic(Haptic::Error));
            return;
        }
        self.model.lock.entry.push(digit);
        effects.push(Effect::Haptic(Haptic::Press));
    }

    pub(super) fn submit_code(&mut self, effects: &mut Vec<Effect>) {
        let lock = &mut self.model.lock;
        if lock.entry.is_empty() || !lock.takes_digits(self.now) {
            return;
        }
        effects.push(Effect::Authenticate(lock.submit()));
        self.dirty = true;
    }

    /// A replay has come to where a code was handed over.
    pub(super) fn code_entered(&mut self) {
        if self.model.locked && self.model.is_guarded() && self.model.lock.external.is_none() {
            self.model.lock.pad.set(true, STANDARD, self.now);
            drop(self.model.lock.submit());
            self.dirty = true;
        }
    }

    pub(super) fn verdict(&mut self, verdict: AuthVerdict, effects: &mut Vec<Effect>) {
        // A verdict on an entry that was given up since (display off, other locker) opens nothing.
        if !self.model.lock.is_checking() || !self.model.locked {
            return;
        }
        self.dirty = true;
        match verdict {
            AuthVerdict::Ok => self.power(power_policy::Event::Unlock, effects),
            AuthVerdict::NoCode => {
                self.model.settings.code = CodeState::None;
                self.power(power_policy::Event::Unlock, effects);
            }
            AuthVerdict::Wrong { .. } | AuthVerdict::Broken(_) => {
                self.model.lock.refuse(verdict, self.now);
                effects.push(Effect::Haptic(Haptic::Error));
            }
        }
    }

    pub(super) fn external_lock(&mut self, event: ExternalLock, effects: &mut Vec<Effect>) {
        self.dirty = true;
        match (event, self.model.lock.external) {
            (ExternalLock::Requested, Some(_)) => effects.push(Effect::RefuseExternalLock),
            (ExternalLock::Requested, None) => {
                let over_own = self.model.locked;
                self.model.lock.external = Some(External { surface: None, over_own });
                if over_own {
                    self.cancel_touches(effects);
                    self.model.lock.close();
                } else {
                    self.power(power_policy::Event::Lock, effects);
                }
                effects.push(Effect::ConfirmExternalLock);
            }
            (ExternalLock::SurfaceMapped(surface), Some(external)) => {
                self.model.lock.external = Some(External { surface: Some(surface), ..external });
            }
            (ExternalLock::Unlocked, Some(external)) if external.over_own => self.own_lock(effects),
            (ExternalLock::Unlocked, Some(_)) => self.power(power_policy::Event::Unlock, effects),
            (ExternalLock::Died, Some(_)) => self.own_lock(effects),
            (_, None) => {}
        }
    }

    /// The built-in lock takes over from an external one.
    fn own_lock(&mut self, effects: &mut Vec<Effect>) {
        self.cancel_touches(effects);
        self.model.lock.external = None;
        self.model.lock.close();
    }

    pub(super) fn verify_locking(&self) {
        assert_eq!(self.model.locked, self.power.lock() == Lock::Locked, "two minds on the lock");
        assert_eq!(self.model.display, self.power.display(), "two minds on the display");
        if self.model.locked {
            assert!(self.grip.is_none(), "an edge gesture on the lock");
            assert!(!self.model.grid.panel.is_shown(), "the app grid over the lock");
        } else {
            assert!(self.model.lock.entry.is_empty(), "digits outlive the lock");
            assert!(self.model.lock.external.is_none(), "a locker outlives the lock");
        }
        if self.model.locked && self.model.is_guarded() {
            assert!(!self.model.may_show_apps(self.now), "applications seen through the lock");
        }
    }
}
