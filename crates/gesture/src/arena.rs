//! The arena: one phase for every finger on the glass.

use std::{collections::VecDeque, mem};

use units::{Point, Time, Vector};

use crate::{
    Axis, ClientTouch, Context, Edge, EdgeGesture, Edges, Effect, Event, Geometry, Outcome,
    ShellTouch, Target, TouchId, Tuning,
    track::{Sample, Track},
    zones::{Zone, along},
};

/// More fingers than this are ignored; no panel tracks so many.
const MAX_TOUCHES: usize = 32;
/// Withheld movements kept for a replay, the latest ones. More than a panel of 240 Hz reports
/// before a touch is decided.
const MAX_WITHHELD: usize = 256;
/// Coordinates are cut down to this, in logical pixels, so that sums of them stay numbers.
const FARTHEST: f64 = 1e6;

/// Decides who owns each touch. See the crate's documentation for the rules.
#[derive(Clone, Debug)]
pub struct Arena {
    geometry: Geometry,
    tuning: Tuning,
    /// In the order of landing.
    touches: Vec<Touch>,
    /// A client was told something that no frame has closed yet.
    frame_due: bool,
}

#[derive(Clone, Debug)]
struct Touch {
    slot: TouchId,
    track: Track,
    phase: Phase,
}

/// Who owns a touch.
#[derive(Clone, Debug)]
enum Phase {
    /// In an edge zone over a client, which has not been told.
    Withheld { contest: Contest, motions: VecDeque<Sample> },
    /// The client was told of the landing.
    Client,
    /// On the shell, hardly moved.
    Press { contest: Option<Contest>, held: bool },
    /// On the shell, moving.
    Pan,
    /// A system gesture.
    Edge(Edge),
    /// Nobody, until it lifts.
    Swallowed,
}

/// An edge's claim to a finger that has not moved enough to tell.
#[derive(Clone, Copy, Debug)]
struct Contest {
    zone: Zone,
    /// Where the finger rests.
    anchor: Point,
    /// Since when it does.
    since: Time,
    /// When the claim lapses in any case.
    limit: Time,
}

impl Contest {
    fn new(zone: Zone, start: Sample, tuning: &Tuning) -> Self {
        Self {
            zone,
            anchor: start.at,
            since: start.time,
            limit: start.time + tuning.withhold_limit,
        }
    }

    /// When the claim lapses if the finger does not move any more.
    fn lapse(&self, tuning: &Tuning) -> Time {
        (self.since + tuning.rest).min(self.limit)
    }

    /// The rest begins anew where the finger moved by more than a tremble.
    fn follow(&mut self, sample: Sample, geometry: &Geometry, tuning: &Tuning) {
        if geometry.to_mm(sample.at - self.anchor).length() > tuning.rest_radius_mm {
            self.anchor = sample.at;
            self.since = sample.time;
        }
    }
}

impl Arena {
    /// An arena without fingers. Parts of `geometry` that make no sense are replaced: no zones
    /// where there is no size, [`Geometry::FALLBACK_DENSITY`] where there is no density.
    pub fn new(geometry: Geometry, tuning: Tuning) -> Self {
        Self { geometry: geometry.sanitised(), tuning, touches: Vec::new(), frame_due: false }
    }

    /// The numbers it judges by.
    pub fn tuning(&self) -> &Tuning {
        &self.tuning
    }

    /// Takes `event`, which happened at `time`, and adds what follows from it to `effects`.
    pub fn handle(&mut self, event: Event, time: Time, effects: &mut Vec<Effect>) {
        // First, so that a wake that comes late or never does not change what happens.
        self.settle(time, effects);
        match event {
            Event::Geometry(geometry) => self.set_geometry(geometry, effects),
            Event::Down { slot, at, context } => self.down(slot, at, context, time, effects),
            Event::Motion { slot, at } => self.motion(slot, at, time, effects),
            Event::Up { slot } => self.up(slot, time, effects),
            Event::Frame => self.close_frame(effects),
            Event::Cancel => self.cancel(effects),
            Event::Tick => {}
        }
    }

    /// When to call [`Self::handle`] with [`Event::Tick`] if nothing else happens before.
    pub fn next_wake(&self) -> Option<Time> {
        self.touches.iter().filter_map(|touch| self.wake_of(touch)).min()
    }

    /// A contest over a press is not waited for: its lapse has no effect of its own.
    fn wake_of(&self, touch: &Touch) -> Option<Time> {
        match &touch.phase {
            Phase::Withheld { contest, .. } => Some(contest.lapse(&self.tuning)),
            Phase::Press { held: false, .. } => Some(touch.track.start().time + self.tuning.hold),
            _ => None,
        }
    }

    /// Decides what rests and holds have decided by `time`.
    fn settle(&mut self, time: Time, effects: &mut Vec<Effect>) {
        for index in 0..self.touches.len() {
            let Touch { slot, track, phase } = &mut self.touches[index];
            match phase {
                Phase::Withheld { contest, .. } if contest.lapse(&self.tuning) <= time => {
                    self.replay(index, effects);
                }
                Phase::Press { contest, held } => {
                    *contest = contest.filter(|c| c.lapse(&self.tuning) > time);
                    if !*held && track.start().time + self.tuning.hold <= time {
                        *held = true;
                        effects.push(shell(ShellTouch::Hold { slot: *slot, at: track.last().at }));
                    }
                }
                _ => {}
            }
        }
    }

    fn set_geometry(&mut self, geometry: Geometry, effects: &mut Vec<Effect>) {
        let geometry = geometry.sanitised();
        if geometry.size != self.geometry.size || geometry.density != self.geometry.density {
            self.cancel(effects);
        }
        self.geometry = geometry;
    }

    fn down(
        &mut self,
        slot: TouchId,
        at: Point,
        context: Context,
        time: Time,
        effects: &mut Vec<Effect>,
    ) {
        self.lose(slot, time, effects);
        let Some(at) = sane(at) else { return };
        if self.touches.len() >= MAX_TOUCHES {
            return;
        }
        let track = Track::new(at, time);
        let contest = Zone::at(&self.geometry, claimable(context), at)
            .map(|zone| Contest::new(zone, track.start(), &self.tuning));
        let phase = if self.edge_gesture().is_some() {
            Phase::Swallowed
        } else {
            match (context.target, contest) {
                (Target::Shell, contest) => {
                    effects.push(shell(ShellTouch::Press { slot, at }));
                    Phase::Press { contest, held: false }
                }
                (Target::Client, Some(contest)) => {
                    Phase::Withheld { contest, motions: VecDeque::new() }
                }
                (Target::Client, None) => {
                    self.tell_client(ClientTouch::Down { slot, at, time }, effects);
                    Phase::Client
                }
            }
        };
        self.touches.push(Touch { slot, track, phase });
    }

    fn motion(&mut self, slot: TouchId, at: Point, time: Time, effects: &mut Vec<Effect>) {
        let (Some(index), Some(at)) = (self.index_of(slot), sane(at)) else { return };
        let Self { geometry, tuning, touches, .. } = self;
        let Touch { track, phase, .. } = &mut touches[index];
        let before = track.last();
        let sample = track.push(at, time);
        let way = geometry.to_mm(track.way());

        match phase {
            Phase::Swallowed => {}
            Phase::Client => {
                let time = sample.time;
                self.tell_client(ClientTouch::Motion { slot, at, time }, effects);
            }
            Phase::Withheld { contest, motions } => {
                if motions.len() == MAX_WITHHELD {
                    motions.pop_front();
                }
                motions.push_back(sample);
                if way.length() <= tuning.edge_slop_mm {
                    contest.follow(sample, geometry, tuning);
                } else if let Some(edge) = contest.zone.meant(way, tuning.inward_angle_deg) {
                    self.begin_edge(index, edge, effects);
                } else {
                    self.replay(index, effects);
                }
            }
            Phase::Press { contest, .. } => {
                let slop = if contest.is_some() { tuning.edge_slop_mm } else { tuning.pan_slop_mm };
                let meant = |c: &Contest| c.zone.meant(way, tuning.inward_angle_deg);
                if way.length() <= slop {
                    if let Some(contest) = contest {
                        contest.follow(sample, geometry, tuning);
                    }
                } else if let Some(edge) = contest.as_ref().and_then(meant) {
                    self.begin_edge(index, edge, effects);
                } else {
                    self.begin_pan(index, effects);
                }
            }
            Phase::Pan => {
                let delta = at - before.at;
                effects.push(shell(ShellTouch::PanMoved { slot, at, delta }));
            }
            Phase::Edge(edge) => {
                let edge = *edge;
                self.move_edge(index, edge, effects);
            }
        }
    }

    fn up(&mut self, slot: TouchId, time: Time, effects: &mut Vec<Effect>) {
        let Some(index) = self.index_of(slot) else { return };
        // A tap at the edge: the client hears of all of it now.
        self.replay(index, effects);
        let Touch { track, phase, .. } = self.touches.remove(index);
        let at = track.last().at;
        match phase {
            Phase::Swallowed | Phase::Withheld { .. } => {}
            Phase::Client => {
                let time = time.max(track.last().time);
                self.tell_client(ClientTouch::Up { slot, time }, effects);
            }
            Phase::Press { held, .. } => {
                effects.push(shell(ShellTouch::Release { slot, at }));
                if !held {
                    effects.push(shell(ShellTouch::Tap { slot, at }));
                }
            }
            Phase::Pan => {
                let velocity = self.velocity(&track, time);
                effects.push(shell(ShellTouch::PanEnded { slot, at, velocity }));
            }
            Phase::Edge(edge) => {
                let travel_mm = along(edge, self.geometry.to_mm(track.way()));
                let velocity = self.geometry.to_mm(self.velocity(&track, time));
                let velocity_mm_s = along(edge, velocity);
                let outcome = self.tuning.outcome(travel_mm, velocity_mm_s);
                effects.push(Effect::Edge(EdgeGesture::Ended {
                    edge,
                    outcome,
                    travel_mm,
                    velocity_mm_s,
                    at,
                }));
            }
        }
    }

    /// The finger is gone without a word: its slot is used anew.
    fn lose(&mut self, slot: TouchId, time: Time, effects: &mut Vec<Effect>) {
        let Some(index) = self.index_of(slot) else { return };
        let Touch { track, phase, .. } = self.touches.remove(index);
        if let Phase::Client = phase {
            // A cancel would take the client's other fingers too.
            let time = time.max(track.last().time);
            self.tell_client(ClientTouch::Up { slot, time }, effects);
            self.close_frame(effects);
        } else if let Some(effect) = void(slot, &phase) {
            effects.push(effect);
        }
    }

    fn cancel(&mut self, effects: &mut Vec<Effect>) {
        self.swallow_all(effects);
        self.touches.clear();
    }

    /// Ends every touch that anybody was told of, and leaves all fingers to nobody.
    fn swallow_all(&mut self, effects: &mut Vec<Effect>) {
        let mut client_knows = false;
        for touch in &mut self.touches {
            let phase = mem::replace(&mut touch.phase, Phase::Swallowed);
            client_knows |= matches!(phase, Phase::Client);
            effects.extend(void(touch.slot, &phase));
        }
        if client_knows {
            self.close_frame(effects);
            effects.push(Effect::ToClient(ClientTouch::Cancel));
        }
    }

    /// Tells the client what was withheld; nothing where nothing is.
    fn replay(&mut self, index: usize, effects: &mut Vec<Effect>) {
        let Touch { slot, track, phase } = &mut self.touches[index];
        let slot = *slot;
        let Phase::Withheld { motions, .. } = phase else { return };
        let motions = mem::take(motions);
        *phase = Phase::Client;
        let Sample { at, time } = track.start();
        self.tell_client(ClientTouch::Down { slot, at, time }, effects);
        self.close_frame(effects);
        for Sample { at, time } in motions {
            self.tell_client(ClientTouch::Motion { slot, at, time }, effects);
            self.close_frame(effects);
        }
    }

    fn begin_edge(&mut self, index: usize, edge: Edge, effects: &mut Vec<Effect>) {
        self.swallow_all(effects);
        self.touches[index].phase = Phase::Edge(edge);
        let start = self.touches[index].track.start().at;
        effects.push(Effect::Edge(EdgeGesture::Began { edge, start }));
        self.move_edge(index, edge, effects);
    }

    fn move_edge(&self, index: usize, edge: Edge, effects: &mut Vec<Effect>) {
        let track = &self.touches[index].track;
        let travel_mm = along(edge, self.geometry.to_mm(track.way()));
        let armed = self.tuning.outcome(travel_mm, 0.0) == Outcome::Commit;
        let at = track.last().at;
        effects.push(Effect::Edge(EdgeGesture::Moved { edge, travel_mm, armed, at }));
    }

    fn begin_pan(&mut self, index: usize, effects: &mut Vec<Effect>) {
        let Touch { slot, track, phase } = &mut self.touches[index];
        let (slot, way) = (*slot, track.way());
        let axis = if way.x.abs() > way.y.abs() { Axis::Horizontal } else { Axis::Vertical };
        effects.extend(void(slot, phase));
        *phase = Phase::Pan;
        let (start, at) = (track.start().at, track.last().at);
        effects.push(shell(ShellTouch::PanBegan { slot, start, at, axis }));
    }

    fn tell_client(&mut self, touch: ClientTouch, effects: &mut Vec<Effect>) {
        effects.push(Effect::ToClient(touch));
        self.frame_due = true;
    }

    fn close_frame(&mut self, effects: &mut Vec<Effect>) {
        if mem::take(&mut self.frame_due) {
            effects.push(Effect::ToClient(ClientTouch::Frame));
        }
    }

    /// Speed of `track` at `time`, in logical pixels a second, capped to what hands can do.
    fn velocity(&self, track: &Track, time: Time) -> Vector {
        let most = self.tuning.max_velocity_mm_s / self.geometry.density.get();
        track.velocity(time).with_max_length(most)
    }

    fn index_of(&self, slot: TouchId) -> Option<usize> {
        self.touches.iter().position(|touch| touch.slot == slot)
    }

    /// The edge of the gesture that a finger performs now.
    fn edge_gesture(&self) -> Option<Edge> {
        self.touches.iter().find_map(|touch| match touch.phase {
            Phase::Edge(edge) => Some(edge),
            _ => None,
        })
    }

    /// Checks what must hold between any two events, for property tests here and in rooms above.
    ///
    /// # Panics
    /// Where it does not hold.
    pub fn verify_invariants(&self) {
        assert!(self.touches.len() <= MAX_TOUCHES, "too many touches are tracked");
        for (index, touch) in self.touches.iter().enumerate() {
            assert_eq!(self.index_of(touch.slot), Some(index), "{:?} is tracked twice", touch.slot);
            assert!(touch.track.way().is_finite(), "{:?} is nowhere", touch.slot);
            if let Phase::Withheld { motions, .. } = &touch.phase {
                assert!(motions.len() <= MAX_WITHHELD, "too much is withheld");
            }
        }
        if self.edge_gesture().is_some() {
            let others = self.touches.iter().filter(|t| !matches!(t.phase, Phase::Swallowed));
            assert_eq!(others.count(), 1, "an edge gesture shares the glass");
        }
    }
}

/// The edges that may claim a touch in `context`.
fn claimable(context: Context) -> Edges {
    match context.target {
        Target::Client if context.edges_free_for_client => Edges::NONE,
        _ => context.edges,
    }
}

/// What the shell is told when the touch in `phase` is over without a release.
fn void(slot: TouchId, phase: &Phase) -> Option<Effect> {
    match *phase {
        Phase::Press { .. } => Some(shell(ShellTouch::PressCancelled { slot })),
        Phase::Pan => Some(shell(ShellTouch::PanCancelled { slot })),
        Phase::Edge(edge) => Some(Effect::Edge(EdgeGesture::Cancelled { edge })),
        Phase::Withheld { .. } | Phase::Client | Phase::Swallowed => None,
    }
}

fn shell(touch: ShellTouch) -> Effect {
    Effect::ToShell(touch)
}

/// `at` as a place that can be reckoned with; none if it is not a number.
fn sane(at: Point) -> Option<Point> {
    at.is_finite()
        .then(|| Point::new(at.x.clamp(-FARTHEST, FARTHEST), at.y.clamp(-FARTHEST, FARTHEST)))
}
