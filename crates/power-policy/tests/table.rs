//! Plays the table in the documentation.

use std::time::Duration;

use purje_power_policy::{Display, Effect, Event, InhibitorId, Lock, PowerPolicy, Settings};
use units::Time;

const DOCS: &str = include_str!("../src/states.rs");

struct Phone {
    policy: PowerPolicy,
    now: Time,
    effects: Vec<Effect>,
}

impl Phone {
    fn send(&mut self, event: Event) {
        self.policy.handle(event, self.now, &mut self.effects);
        self.policy.verify_invariants();
    }

    fn rest(&mut self, time: Duration) {
        self.now += time;
        self.send(Event::Tick);
    }

    /// A phone in the state that the table's first two columns name.
    fn in_state(display: &str, lock: &str) -> Self {
        let lock = if lock == "Locked" { Lock::Locked } else { Lock::Unlocked };
        let now = Time::from_millis(77_000);
        let policy = PowerPolicy::new(Settings::STANDARD, lock, now);
        let mut phone = Self { policy, now, effects: Vec::new() };
        match display {
            "On" => {}
            "Dim" => phone.rest(Duration::from_secs(if lock == Lock::Locked { 7 } else { 30 })),
            "Off" => phone.send(Event::Blank),
            "Covered" => {
                phone.send(Event::Call(true));
                phone.send(Event::Proximity(true));
            }
            other => panic!("no display state {other:?}"),
        }
        phone.effects.clear();
        phone
    }

    fn play(&mut self, what: &str) {
        if let Some(seconds) = what.strip_prefix("rest ").and_then(|s| s.strip_suffix(" s")) {
            return self.rest(Duration::from_secs(seconds.parse().expect("a number of seconds")));
        }
        match what {
            "activity" => self.send(Event::Activity),
            "wake" => self.send(Event::Wake),
            "blank" => self.send(Event::Blank),
            "short press" => {
                self.send(Event::PowerPressed);
                self.now += Duration::from_millis(120);
                self.send(Event::PowerReleased);
            }
            "long press" => {
                self.send(Event::PowerPressed);
                self.rest(PowerPolicy::LONG_PRESS);
                self.send(Event::PowerReleased);
            }
            "lock" => self.send(Event::Lock),
            "unlock" => self.send(Event::Unlock),
            "inhibit" => self.send(Event::Inhibit(InhibitorId(4))),
            "uninhibit" => self.send(Event::Uninhibit(InhibitorId(4))),
            "call" => self.send(Event::Call(true)),
            "call ends" => self.send(Event::Call(false)),
            "near" => self.send(Event::Proximity(true)),
            "far" => self.send(Event::Proximity(false)),
            other => panic!("nothing is called {other:?}"),
        }
    }
}

fn name(effect: &Effect) -> &'static str {
    match effect {
        Effect::SetDisplay(Display::On) => "on",
        Effect::SetDisplay(Display::Dim) => "dim",
        Effect::SetDisplay(Display::Off) => "off",
        Effect::Lock => "lock",
        Effect::Unlock => "unlock",
        Effect::ShowPowerMenu => "menu",
    }
}

#[test]
fn the_documented_table_is_what_happens() {
    let rows = DOCS.lines().filter_map(|l| l.strip_prefix("//! | ")).skip(1);
    let mut played = 0;
    for row in rows {
        let cells: Vec<_> = row.trim_end_matches('|').split('|').map(str::trim).collect();
        let [display, lock, events, then_display, then_lock, effects] = cells[..] else {
            panic!("a row needs six cells: {row}");
        };
        let mut phone = Phone::in_state(display, lock);
        for event in events.split(", ") {
            phone.play(event);
        }
        let dark = if then_display == "Covered" { "Off" } else { then_display };
        assert_eq!(format!("{:?}", phone.policy.display()), dark, "{row}");
        assert_eq!(format!("{:?}", phone.policy.lock()), then_lock, "{row}");
        let got: Vec<_> = phone.effects.iter().map(name).collect();
        assert_eq!(got.join(", "), effects, "{row}");
        played += 1;
    }
    assert!(played > 40, "only {played} rows were found");
}
