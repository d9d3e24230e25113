//! Edge zones: who gets the finger, and what a release means.

use purje_gesture::{
    ClientTouch, Context, Edge, EdgeGesture, EdgeWidths, Edges, Event, Geometry, Outcome,
    ShellTouch, Side, TouchId,
};
use units::Size;

use crate::glass::{Glass, ON_CLIENT, ON_SHELL, geometry, mm, ms};

const ONE: TouchId = TouchId(1);
const TWO: TouchId = TouchId(2);

fn ended(gestures: &[EdgeGesture]) -> (Edge, Outcome, f64) {
    match gestures.last() {
        Some(&EdgeGesture::Ended { edge, outcome, velocity_mm_s, .. }) => {
            (edge, outcome, velocity_mm_s)
        }
        other => panic!("not ended: {other:?}"),
    }
}

/// A swipe from the left edge that moves evenly to `travel` millimetres in `time` milliseconds,
/// rests for `rest` and is let go.
fn release_after(travel: f64, time: u64, rest: u64) -> Outcome {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 1.0, 70.0, 0).drag(1, (1.0, 70.0), (1.0 + travel, 70.0), (0, time));
    glass.up(1, time + rest);
    ended(&glass.only_edges()).1
}

#[test]
fn a_tap_in_a_zone_reaches_the_client_with_its_own_times() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 1.0, 70.0, 1000).motion(1, 1.3, 70.0, 1040);
    assert!(glass.take().is_empty(), "the client heard of a finger that is withheld");
    glass.up(1, 1090);
    assert_eq!(
        glass.take_client(),
        [
            ClientTouch::Down { slot: ONE, at: mm(1.0, 70.0), time: ms(1000) },
            ClientTouch::Motion { slot: ONE, at: mm(1.3, 70.0), time: ms(1040) },
            ClientTouch::Up { slot: ONE, time: ms(1090) },
        ]
    );
}

#[test]
fn a_finger_that_rests_in_a_zone_is_the_clients_after_400_ms() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 1.0, 70.0, 1000).wait(1399);
    assert!(glass.take().is_empty());
    assert_eq!(glass.arena.next_wake(), Some(ms(1400)));
    glass.wait(1401);
    assert_eq!(
        glass.take_client(),
        [ClientTouch::Down { slot: ONE, at: mm(1.0, 70.0), time: ms(1000) }]
    );
    // From then on it stays with the client, wherever it goes.
    glass.drag(1, (1.0, 70.0), (40.0, 70.0), (1500, 1700)).up(1, 1700);
    let told = glass.take_client();
    assert_eq!(told.last(), Some(&ClientTouch::Up { slot: ONE, time: ms(1700) }));
}

#[test]
fn a_swipe_inward_is_the_gestures_from_its_first_sample() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 64.0, 70.0, 0).motion(1, 62.0, 70.0, 16).motion(1, 60.0, 70.0, 32);
    let at = mm(60.0, 70.0);
    assert_eq!(
        glass.only_edges(),
        [
            EdgeGesture::Began { edge: Edge::Right, start: mm(64.0, 70.0) },
            EdgeGesture::Moved { edge: Edge::Right, travel_mm: 4.0, armed: false, at },
        ]
    );
    let at = mm(53.0, 72.0);
    glass.motion(1, 53.0, 72.0, 48);
    assert_eq!(
        glass.only_edges(),
        [EdgeGesture::Moved { edge: Edge::Right, travel_mm: 11.0, armed: true, at }]
    );
    glass.up(1, 56);
    let (edge, outcome, velocity) = ended(&glass.only_edges());
    assert_eq!((edge, outcome), (Edge::Right, Outcome::Commit));
    assert!(velocity > 150.0, "{velocity} mm/s");
}

#[test]
fn every_edge_answers_to_its_own_swipe() {
    let swipes = [
        (Edge::Left, (1.0, 70.0), (20.0, 75.0)),
        (Edge::Right, (64.0, 70.0), (45.0, 60.0)),
        (Edge::Top, (32.0, 1.0), (35.0, 20.0)),
        (Edge::TopCorner(Side::Left), (8.0, 1.0), (12.0, 20.0)),
        (Edge::TopCorner(Side::Right), (60.0, 1.0), (55.0, 20.0)),
        (Edge::Bottom, (20.0, 139.0), (20.0, 110.0)),
    ];
    for (expected, from, to) in swipes {
        let mut glass = Glass::new(ON_CLIENT);
        glass.down(1, from.0, from.1, 0).drag(1, from, to, (0, 120)).up(1, 120);
        let (edge, outcome, _) = ended(&glass.only_edges());
        assert_eq!((edge, outcome), (expected, Outcome::Commit));
    }
}

#[test]
fn a_move_along_the_edge_is_the_clients() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 1.0, 70.0, 0).drag(1, (1.0, 70.0), (3.0, 50.0), (0, 160)).up(1, 160);
    let told = glass.take_client();
    assert_eq!(told[0], ClientTouch::Down { slot: ONE, at: mm(1.0, 70.0), time: ms(0) });
    // The landing, all twenty samples, the lift.
    assert_eq!(told.len(), 22);
}

#[test]
fn a_swipe_that_begins_outside_the_zones_is_the_clients_at_once() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 5.0, 70.0, 0);
    assert_eq!(glass.take_client().len(), 1);
    glass.drag(1, (5.0, 70.0), (40.0, 70.0), (0, 80)).up(1, 80);
    assert_eq!(glass.take_client().len(), 11);
}

#[test]
fn the_release_decides() {
    // 12 mm commit whether slow, quick or after a rest.
    assert_eq!(release_after(12.0, 80, 0), Outcome::Commit);
    assert_eq!(release_after(12.0, 800, 0), Outcome::Commit);
    assert_eq!(release_after(12.0, 200, 2000), Outcome::Commit);
    // 6 mm commit when quick; a peek returns.
    assert_eq!(release_after(6.0, 60, 0), Outcome::Commit);
    assert_eq!(release_after(6.0, 400, 0), Outcome::Abandon);
    assert_eq!(release_after(6.0, 60, 500), Outcome::Abandon);
}

#[test]
fn a_swipe_can_be_turned_back_until_the_release() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 1.0, 70.0, 0).drag(1, (1.0, 70.0), (30.0, 70.0), (0, 200));
    glass.drag(1, (30.0, 70.0), (18.0, 70.0), (200, 320)).up(1, 325);
    let (_, outcome, velocity) = ended(&glass.only_edges());
    assert_eq!(outcome, Outcome::Abandon, "still 17 mm in, but moving back at {velocity} mm/s");
}

#[test]
fn a_fingertip_that_slips_as_it_lifts_does_not_take_the_swipe_back() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 1.0, 70.0, 0).drag(1, (1.0, 70.0), (15.0, 70.0), (0, 400));
    for at in (408..800).step_by(8) {
        glass.motion(1, 15.0, 70.0, at);
    }
    glass.motion(1, 14.4, 70.3, 800).up(1, 808);
    assert_eq!(ended(&glass.only_edges()).1, Outcome::Commit);
}

#[test]
fn a_slow_peek_is_a_gesture_although_it_takes_longer_than_a_rest() {
    let mut glass = Glass::new(ON_CLIENT);
    // 4 mm/s: the slop is left after 625 ms.
    glass.down(1, 1.0, 70.0, 0).drag(1, (1.0, 70.0), (9.0, 70.0), (0, 2000)).up(1, 2500);
    assert_eq!(ended(&glass.only_edges()), (Edge::Left, Outcome::Abandon, 0.0));
}

#[test]
fn no_client_waits_longer_than_a_second_for_its_finger() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 2.0, 70.0, 0);
    // To and fro by more than a rest's radius, within the slop.
    for step in 1..=6 {
        glass.motion(1, 2.0, if step % 2 == 0 { 70.0 } else { 71.5 }, step * 180);
    }
    let told = glass.take_client();
    assert!(matches!(told[0], ClientTouch::Down { slot: ONE, .. }), "{told:?}");
    // The landing and five samples at the limit of 1000 ms, the sixth live.
    assert_eq!(told.len(), 7);
}

#[test]
fn a_winning_gesture_cancels_the_clients_other_fingers_once() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 30.0, 70.0, 0).down(2, 40.0, 90.0, 5).down(3, 1.0, 60.0, 10);
    assert_eq!(glass.take_client().len(), 2);
    glass.motion(3, 8.0, 60.0, 40);
    assert_eq!(glass.take_client(), [ClientTouch::Cancel]);
    // Both are swallowed from then on, also after the gesture.
    glass.motion(1, 31.0, 70.0, 50).up(3, 60).motion(2, 40.0, 95.0, 70).up(1, 80).up(2, 90);
    assert_eq!(glass.take_client(), []);
    glass.down(1, 30.0, 70.0, 100);
    assert_eq!(glass.take_client().len(), 1);
}

#[test]
fn a_finger_that_lands_during_a_gesture_is_swallowed_until_it_lifts() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 1.0, 70.0, 0).drag(1, (1.0, 70.0), (10.0, 70.0), (0, 80));
    glass.down(2, 30.0, 30.0, 90).motion(2, 30.0, 35.0, 100).up(1, 110);
    glass.motion(2, 30.0, 60.0, 120).up(2, 130);
    assert!(matches!(ended(&glass.only_edges()), (Edge::Left, Outcome::Commit, _)));
    glass.down(2, 30.0, 30.0, 140).up(2, 150);
    assert_eq!(glass.take_client().len(), 2);
}

#[test]
fn of_two_withheld_fingers_the_loser_is_never_heard_of() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 1.0, 70.0, 0).down(2, 64.0, 70.0, 0);
    glass.motion(2, 55.0, 70.0, 20).motion(1, 10.0, 70.0, 30).up(1, 40).up(2, 40);
    let gestures = glass.only_edges();
    assert_eq!(ended(&gestures).0, Edge::Right);
}

#[test]
fn the_override_flag_frees_the_edges_for_clients_but_not_over_the_shell() {
    let free = |context| Context { edges_free_for_client: true, ..context };
    let mut glass = Glass::new(free(ON_CLIENT));
    glass.down(1, 1.0, 70.0, 0);
    assert_eq!(glass.take_client().len(), 1);
    glass.drag(1, (1.0, 70.0), (30.0, 70.0), (0, 100)).up(1, 100);
    glass.take();

    glass.context(free(ON_SHELL)).down(1, 1.0, 70.0, 200).motion(1, 9.0, 70.0, 220).up(1, 230);
    assert_eq!(glass.take_shell().last(), Some(&ShellTouch::PressCancelled { slot: ONE }));
}

#[test]
fn an_edge_that_is_off_belongs_to_the_client() {
    let mut glass = Glass::new(Context { edges: Edges::ALL.without(Edges::BOTTOM), ..ON_CLIENT });
    glass.down(1, 30.0, 139.0, 0);
    assert_eq!(glass.take_client().len(), 1);
    glass.down(2, 1.0, 70.0, 10);
    assert!(glass.take().is_empty());
}

#[test]
fn on_the_shell_a_press_in_a_zone_is_seen_at_once_and_taken_back() {
    let mut glass = Glass::new(ON_SHELL);
    glass.down(1, 30.0, 139.0, 0);
    assert_eq!(glass.take_shell(), [ShellTouch::Press { slot: ONE, at: mm(30.0, 139.0) }]);
    glass.motion(1, 30.0, 130.0, 30);
    assert_eq!(glass.take_shell(), [ShellTouch::PressCancelled { slot: ONE }]);
    glass.up(1, 40);
    assert_eq!(ended(&glass.only_edges()).0, Edge::Bottom);
}

#[test]
fn on_the_shell_a_press_that_rests_in_a_zone_is_the_shells() {
    let mut glass = Glass::new(ON_SHELL);
    glass.down(1, 30.0, 139.0, 0).wait(450).motion(1, 30.0, 130.0, 460).up(1, 470);
    assert!(matches!(
        glass.take_shell()[..],
        [
            ShellTouch::Press { .. },
            ShellTouch::PressCancelled { .. },
            ShellTouch::PanBegan { .. },
            ShellTouch::PanEnded { .. },
        ]
    ));
}

#[test]
fn a_winning_gesture_ends_the_shells_other_touches() {
    let mut glass = Glass::new(ON_SHELL);
    glass.down(1, 30.0, 70.0, 0).motion(1, 30.0, 75.0, 10).down(2, 40.0, 70.0, 20);
    glass.take();
    glass.down(3, 1.0, 70.0, 30).motion(3, 8.0, 70.0, 50);
    assert_eq!(
        glass.take_shell()[1..],
        [
            ShellTouch::PanCancelled { slot: ONE },
            ShellTouch::PressCancelled { slot: TWO },
            ShellTouch::PressCancelled { slot: TouchId(3) },
        ]
    );
}

#[test]
fn a_cancel_voids_the_gesture_and_whatever_is_withheld() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 1.0, 70.0, 0).motion(1, 9.0, 70.0, 20);
    glass.take();
    glass.send(Event::Cancel, ms(30)).motion(1, 20.0, 70.0, 40).up(1, 50);
    assert_eq!(glass.only_edges(), [EdgeGesture::Cancelled { edge: Edge::Left }]);

    glass.down(1, 1.0, 70.0, 100).send(Event::Cancel, ms(110)).wait(2000).up(1, 2001);
    assert!(glass.take().is_empty());
    assert_eq!(glass.arena.next_wake(), None);
}

#[test]
fn turning_the_picture_ends_all_touches_but_new_zones_only_count_from_the_next() {
    let mut glass = Glass::new(ON_CLIENT);
    glass.down(1, 30.0, 70.0, 0);
    glass.take();
    let narrow = Geometry { edges: EdgeWidths::uniform(2.0), ..geometry() };
    glass.send(Event::Geometry(narrow), ms(10)).motion(1, 30.0, 71.0, 20);
    assert!(matches!(glass.take_client()[..], [ClientTouch::Motion { .. }]));
    glass.down(2, 3.0, 70.0, 30);
    assert!(matches!(glass.take_client()[..], [ClientTouch::Down { slot: TWO, .. }]));

    let turned = Geometry { size: Size::new(1400.0, 650.0), ..narrow };
    glass.send(Event::Geometry(turned), ms(40)).motion(1, 30.0, 40.0, 50).up(1, 60).up(2, 60);
    assert_eq!(glass.take_client(), [ClientTouch::Cancel]);
    glass.down(1, 139.0, 30.0, 100).drag(1, (139.0, 30.0), (120.0, 30.0), (100, 200)).up(1, 200);
    assert_eq!(ended(&glass.only_edges()).0, Edge::Right);
}
