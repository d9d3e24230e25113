//! What holds for every stream of samples, however senseless.

use std::time::Duration;

use proptest::prelude::*;
use purje_gesture::{
    Arena, Context, EdgeWidths, Edges, Effect, Event, Geometry, Target, TouchId, Tuning,
};
use units::{Density, Point, Size, Time};

use crate::{glass, ledger::Ledger};

fn edges() -> impl Strategy<Value = Edges> {
    let all = [Edges::LEFT, Edges::RIGHT, Edges::TOP, Edges::CORNERS, Edges::BOTTOM];
    prop_oneof![
        3 => Just(Edges::ALL),
        1 => prop::sample::subsequence(all.to_vec(), 0..=all.len())
            .prop_map(|some| some.into_iter().fold(Edges::NONE, |a, b| a | b)),
    ]
}

fn context() -> impl Strategy<Value = Context> {
    (edges(), prop::bool::weighted(0.1), prop::bool::weighted(0.6)).prop_map(
        |(edges, edges_free_for_client, client)| Context {
            edges,
            edges_free_for_client,
            target: if client { Target::Client } else { Target::Shell },
        },
    )
}

/// Mostly near the edges, where things are decided.
fn coordinate(length: f64) -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => 0.0..60.0,
        6 => length - 60.0..length,
        6 => 0.0..length,
        1 => prop::num::f64::ANY,
    ]
}

fn place() -> impl Strategy<Value = Point> {
    (coordinate(650.0), coordinate(1400.0)).prop_map(|(x, y)| Point::new(x, y))
}

fn slot() -> impl Strategy<Value = TouchId> {
    prop_oneof![20 => 0u32..4, 1 => any::<u32>()].prop_map(TouchId)
}

fn geometry() -> impl Strategy<Value = Geometry> {
    prop_oneof![
        Just(glass::geometry()),
        Just(Geometry { edges: EdgeWidths::uniform(2.0), ..glass::geometry() }),
        [prop::num::f64::ANY; 5].prop_map(|[width, height, density, edge, corner_mm]| Geometry {
            size: Size::new(width, height),
            density: Density::new(density),
            edges: EdgeWidths::uniform(edge),
            corner_mm,
        }),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        20 => (slot(), place(), context())
            .prop_map(|(slot, at, context)| Event::Down { slot, at, context }),
        50 => (slot(), place()).prop_map(|(slot, at)| Event::Motion { slot, at }),
        12 => slot().prop_map(|slot| Event::Up { slot }),
        25 => Just(Event::Frame),
        4 => Just(Event::Tick),
        1 => Just(Event::Cancel),
        1 => geometry().prop_map(Event::Geometry),
    ]
}

/// Time from one event to the next in milliseconds; kernels have been seen to step back.
fn step() -> impl Strategy<Value = i64> {
    prop_oneof![20 => 0i64..20, 3 => 100i64..600, 1 => -50i64..0, 1 => any::<i32>().prop_map(i64::from)]
}

fn later(time: Time, step: i64) -> Time {
    let step_by = Duration::from_millis(step.unsigned_abs());
    if step < 0 { time - step_by } else { time + step_by }
}

/// A finger that lands, moves in steps of up to 2 mm, and perhaps lifts.
fn finger() -> impl Strategy<Value = (Point, Context, Vec<(f64, f64, u64)>)> {
    let steps = prop::collection::vec((-20.0..20.0, -20.0..20.0, 1u64..250), 0..20);
    ((0.0..650.0, 0.0..1400.0).prop_map(|(x, y)| Point::new(x, y)), context(), steps)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn the_books_balance(events in prop::collection::vec((event(), step()), 1..120)) {
        let mut arena = Arena::new(glass::geometry(), Tuning::STANDARD);
        let mut ledger = Ledger::default();
        let mut effects = Vec::new();
        let mut time = Time::from_millis(10_000);
        let last = [(Event::Frame, 0), (Event::Cancel, 0)];
        for (event, step) in events.into_iter().chain(last) {
            time = later(time, step);
            effects.clear();
            arena.handle(event, time, &mut effects);
            arena.verify_invariants();
            ledger.enter(&event, &effects);
            prop_assert!(arena.next_wake().is_none_or(|wake| wake > time), "a wake in the past");
        }
        prop_assert_eq!(arena.next_wake(), None);
    }

    #[test]
    fn a_wake_that_comes_late_changes_nothing((start, context, steps) in finger()) {
        let slot = TouchId(7);
        let play = |punctual: bool| {
            let mut arena = Arena::new(glass::geometry(), Tuning::STANDARD);
            let mut effects: Vec<Effect> = Vec::new();
            let (mut at, mut time) = (start, Time::from_millis(1_000));
            arena.handle(Event::Down { slot, at, context }, time, &mut effects);
            for &(dx, dy, ms) in &steps {
                at += units::Vector::new(dx, dy);
                time += Duration::from_millis(ms);
                while punctual && let Some(wake) = arena.next_wake().filter(|&w| w <= time) {
                    arena.handle(Event::Tick, wake, &mut effects);
                }
                arena.handle(Event::Motion { slot, at }, time, &mut effects);
                arena.handle(Event::Frame, time, &mut effects);
            }
            arena.handle(Event::Up { slot }, time, &mut effects);
            arena.handle(Event::Frame, time, &mut effects);
            effects
        };
        prop_assert_eq!(play(true), play(false));
    }
}
