//! System gestures: what each edge does in each place, and how it follows the finger.
//!
//! | place | left, right | bottom | top corners |
//! |---|---|---|---|
//! | locked, power menu | | | |
//! | home | | app grid | |
//! | app grid | leave it | | |
//! | application | home | app grid | close |

use gesture::{Edge, EdgeGesture, Edges, Outcome};
use units::{Motion, Point, Rect, Vector};

use crate::{
    CoverId, Effect, Haptic, Place,
    tokens::{FADE, RELEASE},
};

use super::Shell;

/// What an edge gesture moves, with what it started from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Grip {
    what: Gripped,
    /// Where the finger landed.
    start: Point,
    armed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Gripped {
    /// The application in front, toward home; it was at `base` when the finger caught it.
    App { cover: CoverId, base: Rect },
    /// The application in front, down and away.
    Closing { cover: CoverId, base: Rect },
    /// The app grid, up from `base`.
    Grid { base: f64 },
    /// The app grid, away from `base`.
    LeaveGrid { base: f64 },
    /// Nothing: what the gesture was for is gone.
    Void,
}

impl Grip {
    /// The cover that follows the finger.
    pub(super) fn cover(&self) -> Option<CoverId> {
        match self.what {
            Gripped::App { cover, .. } | Gripped::Closing { cover, .. } => Some(cover),
            _ => None,
        }
    }
}

/// An application under the finger shrinks by this much on a way of a whole screen's width.
const SHRINK: f64 = 0.45;
/// And moves by this part of the finger's way, so that the finger stays on it.
const FOLLOW: f64 = 0.6;
/// How brightly an edge in use glows while a release would abandon.
const GLOW: f64 = 0.45;
/// A caught motion is taken over smoothly along this way, in millimetres.
const TAKE_OVER_MM: f64 = 10.0;

impl Shell {
    /// The edges that do something at present.
    pub(super) fn edges(&self) -> Edges {
        if self.model.locked || self.model.menu.is_shown() {
            return Edges::NONE;
        }
        match self.model.place() {
            Place::Lock | Place::Pin => Edges::NONE,
            Place::Home => Edges::BOTTOM,
            Place::Grid => Edges::LEFT | Edges::RIGHT,
            Place::App => Edges::LEFT | Edges::RIGHT | Edges::BOTTOM | Edges::CORNERS,
        }
    }

    pub(super) fn edge(&mut self, gesture: EdgeGesture, effects: &mut Vec<Effect>) {
        self.dirty = true;
        match gesture {
            EdgeGesture::Began { edge, start } => {
                self.grip = Some(Grip { what: self.gripped(edge), start, armed: false });
                self.glow(edge, GLOW);
                self.model.home.set_housekeeping(false, self.now);
            }
            EdgeGesture::Moved { edge, travel_mm, armed, at } => {
                let Some(grip) = &mut self.grip else { return };
                if grip.armed != armed {
                    grip.armed = armed;
                    effects.push(Effect::Haptic(Haptic::Tick));
                }
                let grip = *grip;
                self.glow(edge, if armed { 1.0 } else { GLOW });
                self.follow(grip, edge, travel_mm, at);
            }
            EdgeGesture::Ended { edge, outcome, velocity_mm_s, .. } => {
                self.glow(edge, 0.0);
                let Some(grip) = self.grip.take() else { return };
                let speed = self.model.geometry.logical(velocity_mm_s);
                self.let_go(grip, edge, outcome, speed, effects);
            }
            EdgeGesture::Cancelled { edge } => {
                self.glow(edge, 0.0);
                let Some(grip) = self.grip.take() else { return };
                self.let_go(grip, edge, Outcome::Abandon, 0.0, effects);
            }
        }
    }

    /// Lets the edge in use glow: more where a release would commit.
    fn glow(&mut self, edge: Edge, light: f64) {
        let now = self.now;
        let glow = &mut self.model.glow;
        let mut motion = match glow {
            Some((lit, motion)) if *lit == edge => *motion,
            _ => Motion::still(0.0),
        };
        if motion.target() != light {
            motion.go(light, FADE, now);
        }
        *glow = Some((edge, motion));
    }

    fn gripped(&self, edge: Edge) -> Gripped {
        let now = self.now;
        let rise = self.model.grid.panel.risen(now).clamp(0.0, 1.0);
        match (self.model.place(), edge) {
            (Place::Home | Place::App, Edge::Bottom) => Gripped::Grid { base: rise },
            (Place::Grid, Edge::Left | Edge::Right) => Gripped::LeaveGrid { base: rise },
            (Place::App, Edge::Left | Edge::Right) => self
                .model
                .front_cover()
                .map_or(Gripped::Void, |c| Gripped::App { cover: c.id, base: c.frame.value(now) }),
            (Place::App, Edge::TopCorner(_)) => {
                self.model.front_cover().map_or(Gripped::Void, |c| Gripped::Closing {
                    cover: c.id,
                    base: c.frame.value(now),
                })
            }
            _ => Gripped::Void,
        }
    }

    fn follow(&mut self, grip: Grip, edge: Edge, travel_mm: f64, at: Point) {
        let geometry = &self.model.geometry;
        // Nothing is to be had beyond the edge.
        let travel = geometry.logical(travel_mm.max(0.0));
        let screen = geometry.screen.size;
        let caught = 1.0 - (travel_mm / TAKE_OVER_MM).clamp(0.0, 1.0);
        match grip.what {
            Gripped::App { cover, base } => {
                let way = (travel / screen.width).min(1.0);
                let drift = edge.inward() * (travel * FOLLOW)
                    + Vector::new(0.0, (at.y - grip.start.y) * FOLLOW * 0.5);
                self.hold_cover(cover, base, caught, 1.0 - SHRINK * way, drift, 1.0);
                if let Some(cover) = self.model.covers.get_mut(cover) {
                    cover.open.hold(1.0 - 0.5 * way);
                }
            }
            Gripped::Closing { cover, base } => {
                let way = (travel / screen.height).min(1.0);
                let drift = Vector::new((at.x - grip.start.x) * 0.2, travel);
                self.hold_cover(cover, base, caught, 1.0 - 0.15 * way, drift, 1.0 - 0.8 * way);
                if let Some(cover) = self.model.covers.get_mut(cover) {
                    cover.open.hold(1.0 - 0.3 * way);
                }
            }
            Gripped::Grid { base } => {
                self.model.grid.panel.hold(base + travel / screen.height);
            }
            Gripped::LeaveGrid { base } => {
                self.model.grid.panel.hold(base - travel / screen.width);
            }
            Gripped::Void => {}
        }
    }

    /// Puts a cover where the finger holds it. `caught` is what share of its distance from the
    /// full rectangle at the catch it still has.
    fn hold_cover(
        &mut self,
        id: CoverId,
        base: Rect,
        caught: f64,
        scale: f64,
        drift: Vector,
        presence: f64,
    ) {
        let Some(cover) = self.model.covers.get(id) else { return };
        let full = self.model.full_rect(cover);
        let held = scene::layout::centered(full.translate(drift), full.size * scale);
        let rest = scene::layout::lerp(full, base, caught);
        let shift = rest.origin - full.origin;
        let held = Rect::new(held.origin + shift, held.size + (rest.size - full.size));
        if let Some(cover) = self.model.covers.get_mut(id) {
            cover.frame.hold(held);
            cover.presence.hold(presence.clamp(0.0, 1.0));
        }
    }

    fn let_go(
        &mut self,
        grip: Grip,
        edge: Edge,
        outcome: Outcome,
        speed: f64,
        effects: &mut Vec<Effect>,
    ) {
        let now = self.now;
        let commit = outcome == Outcome::Commit;
        let screen = self.model.geometry.screen.size;
        let velocity = edge.inward() * speed;
        match grip.what {
            Gripped::App { cover, .. } => {
                if commit {
                    self.minimise(cover);
                }
                self.release_cover(cover, velocity * FOLLOW);
            }
            Gripped::Closing { cover, .. } if commit => {
                self.sink(cover, velocity);
                self.close_cover(cover, effects);
            }
            Gripped::Closing { cover, .. } => self.release_cover(cover, velocity),
            Gripped::Grid { .. } => {
                self.model.grid.panel.let_go(commit, speed / screen.height, RELEASE, now);
                if commit {
                    self.model.home.set_housekeeping(false, now);
                }
            }
            Gripped::LeaveGrid { .. } => {
                self.model.grid.panel.let_go(!commit, -speed / screen.width, RELEASE, now);
            }
            Gripped::Void => {}
        }
    }

    /// Lets springs carry a cover to where it belongs, with the finger's velocity.
    fn release_cover(&mut self, id: CoverId, velocity: Vector) {
        let now = self.now;
        let Some(target) = self.place_of(id) else { return };
        let open = if self.model.front == Some(id) { 1.0 } else { 0.0 };
        let Some(cover) = self.model.covers.get_mut(id) else { return };
        cover.frame.fling(target, velocity, RELEASE, now);
        cover.open.go(open, RELEASE, now);
        cover.presence.go(1.0, FADE, now);
    }

    /// Lets an application that is being closed fall out of the screen.
    fn sink(&mut self, id: CoverId, velocity: Vector) {
        let (now, height) = (self.now, self.model.geometry.screen.height());
        if let Some(cover) = self.model.covers.get_mut(id) {
            let below = cover.frame.value(now).translate(Vector::new(0.0, height));
            cover.frame.fling(below, velocity, RELEASE, now);
            cover.open.go(0.0, RELEASE, now);
        }
    }
}
