//! Touches outside the zones, odd devices, and recordings.

use purje_gesture::{
    Arena, Axis, ClientTouch, Context, Edges, Effect, Event, ShellTouch, TouchId, Tuning,
};
use units::{Point, Time};

use crate::glass::{Glass, ON_CLIENT, ON_SHELL, geometry, mm, ms};

const ONE: TouchId = TouchId(1);
const TWO: TouchId = TouchId(2);

#[test]
fn a_touch_in_the_middle_is_the_clients_at_once_and_framed() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 30.0, 70.0, 5);
    let down = ClientTouch::Down { slot: ONE, at: mm(30.0, 70.0), time: ms(5) };
    assert_eq!(glass.take(), [Effect::ToClient(down), Effect::ToClient(ClientTouch::Frame)]);
    assert_eq!(glass.arena.next_wake(), None, "nothing to wait for");
}

#[test]
fn fingers_that_move_together_share_a_frame() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 30.0, 70.0, 0).down(2, 40.0, 70.0, 1);
    glass.take();
    glass.send(Event::Motion { slot: ONE, at: mm(30.0, 71.0) }, ms(10));
    glass.send(Event::Motion { slot: TWO, at: mm(40.0, 71.0) }, ms(10));
    glass.send(Event::Frame, ms(10)).send(Event::Frame, ms(11));
    assert!(matches!(
        glass.take()[..],
        [
            Effect::ToClient(ClientTouch::Motion { slot: ONE, .. }),
            Effect::ToClient(ClientTouch::Motion { slot: TWO, .. }),
            Effect::ToClient(ClientTouch::Frame),
        ]
    ));
}

#[test]
fn a_short_press_on_the_shell_is_a_tap() {
    let mut glass = Glass::new(ON_SHELL);
    glass.down(1, 30.0, 70.0, 0).motion(1, 30.5, 70.5, 40).up(1, 90);
    let at = mm(30.5, 70.5);
    assert_eq!(
        glass.take_shell(),
        [
            ShellTouch::Press { slot: ONE, at: mm(30.0, 70.0) },
            ShellTouch::Release { slot: ONE, at },
            ShellTouch::Tap { slot: ONE, at },
        ]
    );
}

#[test]
fn a_long_press_is_a_hold_and_no_tap() {
    let mut glass = Glass::new(ON_SHELL);
    glass.down(1, 30.0, 70.0, 0).wait(499);
    assert_eq!(glass.arena.next_wake(), Some(ms(500)));
    glass.take();
    glass.wait(500);
    let at = mm(30.0, 70.0);
    assert_eq!(glass.take_shell(), [ShellTouch::Hold { slot: ONE, at }]);
    glass.up(1, 700);
    assert_eq!(glass.take_shell(), [ShellTouch::Release { slot: ONE, at }]);
}

#[test]
fn a_pan_follows_the_finger_and_keeps_its_speed() {
    let mut glass = Glass::new(ON_SHELL);
    glass.down(1, 30.0, 70.0, 0).motion(1, 31.0, 70.0, 8).motion(1, 32.0, 70.0, 16);
    let start = mm(30.0, 70.0);
    assert_eq!(
        glass.take_shell()[1..],
        [
            ShellTouch::PressCancelled { slot: ONE },
            ShellTouch::PanBegan { slot: ONE, start, at: mm(32.0, 70.0), axis: Axis::Horizontal },
        ]
    );
    glass.drag(1, (32.0, 70.0), (42.0, 70.0), (16, 96)).up(1, 100);
    let told = glass.take_shell();
    let way: f64 = told
        .iter()
        .map(|t| if let ShellTouch::PanMoved { delta, .. } = t { delta.x } else { 0.0 })
        .sum();
    assert!((way - 100.0).abs() < 1e-6, "{way} px");
    let Some(ShellTouch::PanEnded { velocity, .. }) = told.last() else { panic!("{told:?}") };
    assert!((velocity.x - 1250.0).abs() < 5.0 && velocity.y.abs() < 1e-6, "{velocity:?}");
}

#[test]
fn a_held_thing_can_be_dragged() {
    let mut glass = Glass::new(ON_SHELL);
    glass.down(1, 30.0, 70.0, 0).wait(600).motion(1, 30.0, 80.0, 700).up(1, 1000);
    assert!(matches!(
        glass.take_shell()[1..],
        [
            ShellTouch::Hold { .. },
            ShellTouch::PressCancelled { .. },
            ShellTouch::PanBegan { axis: Axis::Vertical, .. },
            ShellTouch::PanEnded { .. },
        ]
    ));
}

#[test]
fn two_thumbs_type_independently() {
    let mut glass = Glass::new(ON_SHELL);
    glass.down(1, 20.0, 110.0, 0).down(2, 45.0, 110.0, 60).up(1, 90).up(2, 150);
    let taps: Vec<_> = glass
        .take_shell()
        .into_iter()
        .filter_map(|t| if let ShellTouch::Tap { slot, .. } = t { Some(slot) } else { None })
        .collect();
    assert_eq!(taps, [ONE, TWO]);
}

#[test]
fn a_cancel_voids_what_clients_and_shell_were_told() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 30.0, 70.0, 0).down(2, 40.0, 70.0, 0);
    glass.context(ON_SHELL).down(3, 20.0, 70.0, 0).down(4, 10.0, 70.0, 0);
    glass.motion(4, 10.0, 80.0, 10);
    glass.take();
    glass.send(Event::Cancel, ms(20)).up(1, 30).up(2, 30).up(3, 30).up(4, 30);
    assert_eq!(
        glass.take(),
        [
            Effect::ToShell(ShellTouch::PressCancelled { slot: TouchId(3) }),
            Effect::ToShell(ShellTouch::PanCancelled { slot: TouchId(4) }),
            Effect::ToClient(ClientTouch::Cancel),
        ]
    );
}

#[test]
fn a_slot_pressed_twice_lifts_for_the_client_in_between() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 30.0, 70.0, 0).down(1, 40.0, 70.0, 10);
    assert!(matches!(
        glass.take_client()[..],
        [
            ClientTouch::Down { slot: ONE, .. },
            ClientTouch::Up { slot: ONE, .. },
            ClientTouch::Down { slot: ONE, .. },
        ]
    ));
}

#[test]
fn places_that_are_no_numbers_are_passed_over() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, f64::NAN, 70.0, 0).up(1, 10);
    assert!(glass.take().is_empty());
    glass.down(1, 30.0, 70.0, 20).motion(1, f64::INFINITY, 70.0, 30).motion(1, 31.0, 70.0, 40);
    glass.up(1, 50);
    assert_eq!(glass.take_client().len(), 3);
}

#[test]
fn the_end_of_time_is_survived() {
    let mut arena = Arena::new(geometry(), Tuning::STANDARD);
    let mut effects = Vec::new();
    let end = Time::from_nanos(u64::MAX);
    arena.handle(
        Event::Down { slot: ONE, at: mm(1.0, 70.0), context: ON_CLIENT },
        end,
        &mut effects,
    );
    arena.handle(Event::Motion { slot: ONE, at: mm(9.0, 70.0) }, Time::ZERO, &mut effects);
    arena.handle(Event::Up { slot: ONE }, end, &mut effects);
    arena.verify_invariants();
    assert_eq!(arena.next_wake(), None);
}

#[test]
fn a_recording_replays_to_the_same_effects() {
    let finger = |n: u32, at: Point| Event::Down {
        slot: TouchId(n),
        at,
        context: Context { edges: Edges::LEFT | Edges::CORNERS, ..ON_CLIENT },
    };
    let recorded = [
        (ms(0), Event::Geometry(geometry())),
        (ms(10), finger(1, mm(30.0, 70.0))),
        (ms(10), Event::Frame),
        (ms(20), finger(2, mm(1.0, 70.0))),
        (ms(30), Event::Motion { slot: TWO, at: mm(1.1 + 1.0 / 3.0, 70.0) }),
        (ms(45), Event::Motion { slot: TWO, at: mm(9.0, 70.0) }),
        (ms(50), Event::Up { slot: TWO }),
        (ms(50), Event::Frame),
        (ms(60), Event::Tick),
        (ms(70), Event::Cancel),
    ];
    let play = |events: &[(Time, Event)]| {
        let mut arena = Arena::new(geometry(), Tuning::STANDARD);
        let mut effects = Vec::new();
        for &(time, event) in events {
            arena.handle(event, time, &mut effects);
        }
        effects
    };
    let text = serde_json::to_string(&recorded).unwrap();
    let read: Vec<(Time, Event)> = serde_json::from_str(&text).unwrap();
    assert_eq!(read, recorded);
    let effects = play(&recorded);
    assert_eq!(play(&read), effects);
    assert!(effects.contains(&Effect::ToClient(ClientTouch::Cancel)));
    // The shell records what the arena told it.
    let told: Vec<Effect> =
        serde_json::from_str(&serde_json::to_string(&effects).unwrap()).unwrap();
    assert_eq!(told, effects);
}
