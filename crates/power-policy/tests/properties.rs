//! What holds for every sequence of events.

use std::time::Duration;

use proptest::{collection::vec, prelude::*};
use purje_power_policy::{Display, Effect, Event, InhibitorId, Lock, PowerPolicy, Settings};
use units::Time;

#[derive(Clone, Debug)]
enum Op {
    Pass(Duration),
    /// Time goes on to exactly the next deadline.
    PassToWake,
    Send(Event),
}

fn duration(max_ms: u64) -> impl Strategy<Value = Duration> {
    prop_oneof![Just(0), 0..=max_ms].prop_map(Duration::from_millis)
}

fn settings() -> impl Strategy<Value = Settings> {
    (prop::option::of(duration(40_000)), duration(5_000), duration(12_000), duration(9_000))
        .prop_map(|(dim_after, blank_after, locked_blank_after, lock_grace)| Settings {
            dim_after,
            blank_after,
            locked_blank_after,
            lock_grace,
        })
}

fn event() -> impl Strategy<Value = Event> {
    let id = (0..3_u64).prop_map(InhibitorId);
    prop_oneof![
        4 => Just(Event::Tick),
        4 => Just(Event::Activity),
        2 => Just(Event::Wake),
        1 => Just(Event::Blank),
        4 => Just(Event::PowerPressed),
        4 => Just(Event::PowerReleased),
        1 => Just(Event::Lock),
        3 => Just(Event::Unlock),
        2 => id.clone().prop_map(Event::Inhibit),
        2 => id.prop_map(Event::Uninhibit),
        2 => any::<bool>().prop_map(Event::Call),
        2 => any::<bool>().prop_map(Event::Proximity),
        1 => settings().prop_map(Event::Configure),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        2 => duration(40_000).prop_map(Op::Pass),
        2 => Just(Op::PassToWake),
        6 => event().prop_map(Op::Send),
    ]
}

/// What a caller remembers from effects alone; must agree with what the policy says.
struct Seen {
    display: Display,
    lock: Lock,
}

impl Seen {
    fn take(&mut self, effects: &[Effect]) {
        for effect in effects {
            match *effect {
                Effect::SetDisplay(d) => {
                    assert_ne!(d, self.display, "an effect that changes nothing");
                    self.display = d;
                }
                Effect::Lock => {
                    assert_eq!(self.lock, Lock::Unlocked);
                    self.lock = Lock::Locked;
                }
                Effect::Unlock => {
                    assert_eq!(self.lock, Lock::Locked);
                    self.lock = Lock::Unlocked;
                }
                Effect::ShowPowerMenu => assert_eq!(self.display, Display::On),
            }
        }
    }
}

fn start(settings: Settings) -> (PowerPolicy, Time) {
    let now = Time::from_millis(1_000);
    (PowerPolicy::new(settings, Lock::Unlocked, now), now)
}

proptest! {
    #[test]
    fn every_sequence_keeps_the_invariants(settings in settings(), ops in vec(op(), 1..120)) {
        let (mut policy, mut now) = start(settings);
        let mut seen = Seen { display: Display::On, lock: Lock::Unlocked };
        for op in ops {
            let event = match op {
                Op::Pass(d) => { now += d; continue }
                Op::PassToWake => {
                    let Some(at) = policy.next_wake() else { continue };
                    now = now.max(at);
                    Event::Tick
                }
                Op::Send(event) => event,
            };
            let mut effects = Vec::new();
            policy.handle(event, now, &mut effects);
            policy.verify_invariants();
            seen.take(&effects);
            prop_assert_eq!(seen.display, policy.display());
            prop_assert_eq!(seen.lock, policy.lock());
        }
    }

    #[test]
    fn a_deadline_that_is_reached_does_something(settings in settings(), ops in vec(event(), 0..40)) {
        let (mut policy, mut now) = start(settings);
        for event in ops {
            policy.handle(event, now, &mut Vec::new());
            now += Duration::from_millis(300);
            policy.handle(Event::Tick, now, &mut Vec::new());
            let Some(at) = policy.next_wake() else { continue };
            prop_assert!(at > now);
            let mut early = policy.clone();
            let mut effects = Vec::new();
            early.handle(Event::Tick, at - Duration::from_nanos(1), &mut effects);
            prop_assert_eq!(&effects, &[], "it did not wait");
            prop_assert_eq!(early.next_wake(), Some(at));
            early.handle(Event::Tick, at, &mut effects);
            prop_assert_ne!(&effects, &[], "it woke for nothing");
        }
    }

    #[test]
    fn how_often_the_caller_wakes_does_not_matter(settings in settings(), ops in vec((event(), duration(20_000)), 0..40)) {
        let (mut rarely, mut now) = start(settings);
        let mut often = rarely.clone();
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for (event, pause) in ops {
            rarely.handle(event.clone(), now, &mut a);
            often.handle(event, now, &mut b);
            let end = now + pause;
            while now < end {
                now = end.min(now + Duration::from_millis(700));
                often.handle(Event::Tick, now, &mut b);
            }
        }
        rarely.handle(Event::Tick, now, &mut a);
        often.handle(Event::Tick, now, &mut b);
        prop_assert_eq!(a, b);
        prop_assert_eq!(rarely.next_wake(), often.next_wake());
    }

    #[test]
    fn left_alone_a_dark_phone_is_locked_and_sleeps(settings in settings(), ops in vec(event(), 0..60)) {
        let (mut policy, mut now) = start(settings);
        for event in ops {
            policy.handle(event, now, &mut Vec::new());
            now += Duration::from_millis(400);
        }
        policy.handle(Event::Call(false), now, &mut Vec::new());
        let mut turns = 0;
        while let Some(at) = policy.next_wake() {
            policy.handle(Event::Tick, at, &mut Vec::new());
            policy.verify_invariants();
            turns += 1;
            prop_assert!(turns < 10, "it does not come to rest");
        }
        if policy.display() == Display::Off {
            prop_assert_eq!(policy.lock(), Lock::Locked);
        } else {
            prop_assert_eq!(policy.lock(), Lock::Unlocked, "a lock screen that stays lit");
        }
    }

    #[test]
    fn the_users_key_beats_whatever_keeps_the_display_lit(settings in settings(), ops in vec(event(), 0..40), inhibitors in 0..4_u64) {
        let (mut policy, now) = start(settings);
        for event in ops {
            policy.handle(event, now, &mut Vec::new());
        }
        for id in 0..inhibitors {
            policy.handle(Event::Inhibit(InhibitorId(id)), now, &mut Vec::new());
        }
        policy.handle(Event::PowerReleased, now, &mut Vec::new());
        policy.handle(Event::Call(false), now, &mut Vec::new());
        policy.handle(Event::Wake, now, &mut Vec::new());
        policy.handle(Event::PowerPressed, now, &mut Vec::new());
        policy.handle(Event::PowerReleased, now + Duration::from_millis(200), &mut Vec::new());
        prop_assert_eq!(policy.display(), Display::Off);
        prop_assert_eq!(policy.lock(), Lock::Locked);
        prop_assert_eq!(policy.next_wake(), None);
    }

    #[test]
    fn an_inhibitor_keeps_an_unlocked_display_lit(settings in settings(), pauses in vec(duration(100_000), 1..20)) {
        let (mut policy, mut now) = start(settings);
        let mut effects = Vec::new();
        policy.handle(Event::Inhibit(InhibitorId(1)), now, &mut effects);
        policy.handle(Event::Inhibit(InhibitorId(1)), now, &mut effects);
        policy.handle(Event::Uninhibit(InhibitorId(1)), now, &mut effects);
        for pause in pauses {
            now += pause;
            policy.handle(Event::Tick, now, &mut effects);
        }
        prop_assert_eq!(effects, vec![]);
    }

    #[test]
    fn events_survive_being_recorded(event in event()) {
        let text = serde_json::to_string(&event).unwrap();
        prop_assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    }
}

#[test]
fn with_a_grace_the_lock_comes_later_and_a_touch_of_the_key_averts_it() {
    let grace = Duration::from_secs(5);
    let (mut policy, now) = start(Settings { lock_grace: grace, ..Settings::STANDARD });
    let dark = now + Duration::from_secs(33);
    let mut effects = Vec::new();
    policy.handle(Event::Tick, dark, &mut effects);
    assert_eq!(effects, [Effect::SetDisplay(Display::Dim), Effect::SetDisplay(Display::Off)]);
    assert_eq!(policy.next_wake(), Some(dark + grace));

    let mut averted = policy.clone();
    averted.handle(Event::PowerPressed, dark + Duration::from_secs(4), &mut effects);
    averted.handle(Event::PowerReleased, dark + Duration::from_secs(4), &mut effects);
    averted.handle(Event::Tick, dark + grace, &mut effects);
    assert_eq!((averted.display(), averted.lock()), (Display::On, Lock::Unlocked));

    policy.handle(Event::Tick, dark + grace, &mut effects);
    assert_eq!((policy.display(), policy.lock()), (Display::Off, Lock::Locked));
}

#[test]
fn a_time_that_goes_back_is_taken_as_the_latest_one() {
    let (mut policy, now) = start(Settings::STANDARD);
    let later = now + Duration::from_secs(20);
    policy.handle(Event::Activity, later, &mut Vec::new());
    policy.handle(Event::Activity, now, &mut Vec::new());
    policy.verify_invariants();
    assert_eq!(policy.next_wake(), Some(later + Duration::from_secs(30)));
}
