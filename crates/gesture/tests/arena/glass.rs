//! A piece of glass to put fingers on: 65 x 140 mm, ten logical pixels a millimetre.
//!
//! Places are given in millimetres, times in milliseconds. Wakes are kept punctually, and every
//! effect passes the [`Ledger`].

use purje_gesture::{
    Arena, ClientTouch, Context, EdgeGesture, EdgeWidths, Edges, Effect, Event, Geometry,
    ShellTouch, Target, TouchId, Tuning,
};
use units::{Density, Point, Size, Time};

use crate::ledger::Ledger;

pub(crate) const WIDTH: f64 = 65.0;
pub(crate) const HEIGHT: f64 = 140.0;
/// Width of the edge zones.
pub(crate) const ZONE: f64 = 4.0;
pub(crate) const CORNER: f64 = 12.0;

pub(crate) const ON_CLIENT: Context =
    Context { edges: Edges::ALL, edges_free_for_client: false, target: Target::Client };
pub(crate) const ON_SHELL: Context = Context { target: Target::Shell, ..ON_CLIENT };

pub(crate) fn geometry() -> Geometry {
    Geometry {
        size: Size::new(WIDTH * 10.0, HEIGHT * 10.0),
        density: Density::new(0.1),
        edges: EdgeWidths::uniform(ZONE),
        corner_mm: CORNER,
    }
}

/// The logical point at `x`, `y` millimetres.
pub(crate) fn mm(x: f64, y: f64) -> Point {
    Point::new(x * 10.0, y * 10.0)
}

pub(crate) fn ms(ms: u64) -> Time {
    Time::from_millis(ms)
}

pub(crate) struct Glass {
    pub(crate) arena: Arena,
    ledger: Ledger,
    context: Context,
    now: Time,
    effects: Vec<Effect>,
}

impl Glass {
    pub(crate) fn new(context: Context) -> Self {
        Self {
            arena: Arena::new(geometry(), Tuning::STANDARD),
            ledger: Ledger::default(),
            context,
            now: Time::ZERO,
            effects: Vec::new(),
        }
    }

    /// What the shell says of touches from now on.
    pub(crate) fn context(&mut self, context: Context) -> &mut Self {
        self.context = context;
        self
    }

    /// Keeps all wakes until `time`, then hands `event` in.
    pub(crate) fn send(&mut self, event: Event, time: Time) -> &mut Self {
        while let Some(wake) = self.arena.next_wake().filter(|&wake| wake < time) {
            assert!(wake > self.now, "a wake in the past");
            self.hand_in(Event::Tick, wake);
        }
        self.hand_in(event, time);
        self
    }

    fn hand_in(&mut self, event: Event, time: Time) {
        let mut effects = Vec::new();
        self.arena.handle(event, time, &mut effects);
        self.arena.verify_invariants();
        self.ledger.enter(&event, &effects);
        self.effects.extend(effects);
        self.now = time;
    }

    pub(crate) fn down(&mut self, slot: u32, x: f64, y: f64, at: u64) -> &mut Self {
        let context = self.context;
        self.send(Event::Down { slot: TouchId(slot), at: mm(x, y), context }, ms(at));
        self.send(Event::Frame, ms(at))
    }

    pub(crate) fn motion(&mut self, slot: u32, x: f64, y: f64, at: u64) -> &mut Self {
        self.send(Event::Motion { slot: TouchId(slot), at: mm(x, y) }, ms(at));
        self.send(Event::Frame, ms(at))
    }

    pub(crate) fn up(&mut self, slot: u32, at: u64) -> &mut Self {
        self.send(Event::Up { slot: TouchId(slot) }, ms(at));
        self.send(Event::Frame, ms(at))
    }

    /// Lets time pass until `at`.
    pub(crate) fn wait(&mut self, at: u64) -> &mut Self {
        self.send(Event::Tick, ms(at))
    }

    /// Moves evenly from the first to the second place, a sample every 8 ms, from `start` to
    /// `end`; the first place is not reported again.
    pub(crate) fn drag(
        &mut self,
        slot: u32,
        from: (f64, f64),
        to: (f64, f64),
        (start, end): (u64, u64),
    ) -> &mut Self {
        let steps = ((end - start) / 8).max(1);
        for step in 1..=steps {
            let part = step as f64 / steps as f64;
            let (x, y) = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
            self.motion(slot, x, y, start + (end - start) * step / steps);
        }
        self
    }

    /// The effects since the last call.
    pub(crate) fn take(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// What clients were told since the last call, without frames. Forgets all else.
    pub(crate) fn take_client(&mut self) -> Vec<ClientTouch> {
        let told = |effect| match effect {
            Effect::ToClient(touch) => (touch != ClientTouch::Frame).then_some(touch),
            _ => None,
        };
        self.take().into_iter().filter_map(told).collect()
    }

    /// What the shell was told since the last call. Forgets all else.
    pub(crate) fn take_shell(&mut self) -> Vec<ShellTouch> {
        let told = |effect| match effect {
            Effect::ToShell(touch) => Some(touch),
            _ => None,
        };
        self.take().into_iter().filter_map(told).collect()
    }

    /// What became of edge gestures since the last call, provided that nobody else was told
    /// anything.
    pub(crate) fn only_edges(&mut self) -> Vec<EdgeGesture> {
        let told = |effect| match effect {
            Effect::Edge(gesture) => gesture,
            other => panic!("not an edge gesture: {other:?}"),
        };
        self.take().into_iter().map(told).collect()
    }
}
