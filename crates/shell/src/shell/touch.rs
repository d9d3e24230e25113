//! Fingers: to whom they belong, and what they do on the shell's own user interface.

use gesture::{Axis, ShellTouch, TouchId};
use power_policy::Display;
use scene::NodeId;
use units::{Point, Vector};

use crate::{
    Action, ClientTouch, Effect, Haptic, LayerKeyboard, Picture, Place, Target, Touch,
    tokens::{FADE, RELEASE, STANDARD},
    views::Rough,
};

use super::Shell;

/// What lay under a finger when it landed. That stays, whatever moves beneath it.
#[derive(Clone, Debug)]
pub(super) struct Landing {
    node: Option<NodeId>,
    action: Option<Action>,
}

/// What a finger on the shell moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pan {
    /// The lock's curtain, up or back down.
    Curtain { start: Point },
    /// Home's covers.
    Covers,
    /// The app grid's icons.
    Icons,
    /// The app grid itself.
    Grid { start: Point },
    /// Nothing.
    Idle,
}

impl Shell {
    pub(super) fn touch(&mut self, touch: Touch, effects: &mut Vec<Effect>) {
        if self.model.display == Display::Off {
            self.touch_in_the_dark(touch);
            return;
        }
        match touch {
            Touch::Down { slot, at } => {
                self.power(power_policy::Event::Activity, effects);
                self.land(slot, at, effects);
            }
            Touch::Motion { slot, at } => {
                self.power(power_policy::Event::Activity, effects);
                self.feed_arena(gesture::Event::Motion { slot: TouchId(slot), at }, effects);
            }
            Touch::Up { slot } => {
                self.feed_arena(gesture::Event::Up { slot: TouchId(slot) }, effects);
                self.lift(slot);
            }
            Touch::Frame => self.feed_arena(gesture::Event::Frame, effects),
            Touch::Cancel => self.cancel_touches(effects),
        }
    }

    /// Nobody is told of fingers on a dark panel; all were cancelled when it went dark.
    fn touch_in_the_dark(&mut self, touch: Touch) {
        match touch {
            Touch::Up { slot } => self.lift(slot),
            Touch::Cancel => self.landings.clear(),
            _ => {}
        }
    }

    fn lift(&mut self, slot: u32) {
        self.landings.remove(&slot);
        self.secret_slots.retain(|&secret| secret != slot);
        self.unpress(slot);
    }

    pub(super) fn cancel_touches(&mut self, effects: &mut Vec<Effect>) {
        self.feed_arena(gesture::Event::Cancel, effects);
        self.landings.clear();
        self.secret_slots.clear();
        self.model.pressed.clear();
        self.pan = None;
    }

    fn land(&mut self, slot: u32, at: Point, effects: &mut Vec<Effect>) {
        if self.is_secret_entry() {
            self.secret_slots.push(slot);
        }
        let landing = self.under(at);
        let target = landing.action.as_ref().and_then(Action::target);
        self.touched_layer = match target {
            Some(Target::Layer(id)) if self.takes_keyboard(id) => Some(id),
            _ => None,
        };
        let context = gesture::Context {
            edges: self.edges(),
            edges_free_for_client: self.overrides_edges(target),
            target: if target.is_some() { gesture::Target::Client } else { gesture::Target::Shell },
        };
        self.unpress(slot);
        self.landings.insert(slot, landing);
        self.feed_arena(gesture::Event::Down { slot: TouchId(slot), at, context }, effects);
    }

    fn under(&self, at: Point) -> Landing {
        let found = match self.picture(self.now, &Rough) {
            Picture::Open(scene) => scene.hit(at).map(|hit| (hit.id, hit.action.clone())),
            Picture::Locked(scene) => scene.hit(at).map(|hit| (hit.id, hit.action.clone())),
        };
        let Some((node, action)) = found else { return Landing { node: None, action: None } };
        // The picture holds no application while locked; this does not rely on it.
        let forbidden = match action.target() {
            Some(Target::Window(_) | Target::Layer(_)) => self.model.locked,
            Some(Target::Lock(_)) => !self.model.locked,
            None => false,
        };
        Landing { node: Some(node), action: (!forbidden).then_some(action) }
    }

    fn takes_keyboard(&self, id: crate::LayerId) -> bool {
        let info = self.model.layers.iter().find(|info| info.id == id);
        info.is_some_and(|info| info.keyboard == LayerKeyboard::OnDemand)
    }

    fn overrides_edges(&self, target: Option<Target>) -> bool {
        let Some(Target::Window(id)) = target else { return false };
        !self.model.locked && self.model.windows.get(id).is_some_and(|w| w.overrides_gestures)
    }

    pub(super) fn feed_arena(&mut self, event: gesture::Event, effects: &mut Vec<Effect>) {
        let mut found = Vec::new();
        self.arena.handle(event, self.now, &mut found);
        for effect in found {
            match effect {
                gesture::Effect::ToClient(touch) => self.to_client(touch, effects),
                gesture::Effect::ToShell(touch) => self.shell_touch(touch, effects),
                gesture::Effect::Edge(gesture) => self.edge(gesture, effects),
            }
        }
    }

    fn to_client(&self, touch: gesture::ClientTouch, effects: &mut Vec<Effect>) {
        let place = |slot: TouchId, at: Point| {
            self.landings.get(&slot.0)?.action.as_ref()?.client_position(at)
        };
        let touch = match touch {
            gesture::ClientTouch::Down { slot, at, time } => {
                let Some((target, at)) = place(slot, at) else { return };
                ClientTouch::Down { slot: slot.0, target, at, time }
            }
            gesture::ClientTouch::Motion { slot, at, time } => {
                let Some((_, at)) = place(slot, at) else { return };
                ClientTouch::Motion { slot: slot.0, at, time }
            }
            gesture::ClientTouch::Up { slot, time } => ClientTouch::Up { slot: slot.0, time },
            gesture::ClientTouch::Frame => ClientTouch::Frame,
            gesture::ClientTouch::Cancel => ClientTouch::Cancel,
        };
        effects.push(Effect::ToClient(touch));
    }

    fn shell_touch(&mut self, touch: ShellTouch, effects: &mut Vec<Effect>) {
        match touch {
            ShellTouch::Press { slot, .. } => self.press(slot.0, effects),
            ShellTouch::Release { slot, .. } | ShellTouch::PressCancelled { slot } => {
                self.unpress(slot.0);
            }
            ShellTouch::Tap { slot, .. } => {
                let landing = self.landings.get_mut(&slot.0);
                if let Some(action) = landing.and_then(|landing| landing.action.take()) {
                    self.act(action, effects);
                }
            }
            ShellTouch::Hold { slot, .. } => self.hold(slot.0, effects),
            ShellTouch::PanBegan { slot, start, at, axis } => {
                if self.pan.is_none() {
                    self.pan = Some((slot.0, self.pan_for(start, at, axis)));
                    self.pan_by(slot.0, at - start);
                }
            }
            ShellTouch::PanMoved { slot, delta, .. } => self.pan_by(slot.0, delta),
            ShellTouch::PanEnded { slot, at, velocity } => {
                self.pan_end(slot.0, at, Some(velocity), effects);
            }
            ShellTouch::PanCancelled { slot } => {
                self.pan_end(slot.0, Point::zero(), None, effects);
            }
        }
    }

    fn press(&mut self, slot: u32, effects: &mut Vec<Effect>) {
        let now = self.now;
        let scroll = match self.model.place() {
            Place::Grid => Some(&mut self.model.grid.scroll),
            Place::Home => Some(&mut self.model.home.scroll),
            _ => None,
        };
        let caught = scroll.is_some_and(|scroll| {
            let moving = !scroll.is_settled(now);
            scroll.catch(now);
            moving
        });
        let Some(landing) = self.landings.get_mut(&slot) else { return };
        if caught {
            // The finger stops what moves; it presses nothing.
            landing.action = None;
            self.dirty = true;
            return;
        }
        let Some(action) = landing.action.clone() else { return };
        if action == Action::Drag {
            return;
        }
        if let Some(node) = landing.node {
            self.model.pressed.push((slot, node));
            self.dirty = true;
        }
        if matches!(action, Action::Digit(_) | Action::Backspace) {
            // Thumbs that type fast slip and overlap: keys count when they go down.
            landing.action = None;
            self.act(action, effects);
        }
    }

    fn unpress(&mut self, slot: u32) {
        let before = self.model.pressed.len();
        self.model.pressed.retain(|&(pressed, _)| pressed != slot);
        self.dirty |= before != self.model.pressed.len();
    }

    fn hold(&mut self, slot: u32, effects: &mut Vec<Effect>) {
        let on_home = self.model.place() == Place::Home && !self.model.menu.is_shown();
        if !on_home || self.model.covers.placed().next().is_none() {
            return;
        }
        if let Some(landing) = self.landings.get_mut(&slot) {
            landing.action = None;
        }
        self.unpress(slot);
        self.model.home.set_housekeeping(true, self.now);
        effects.push(Effect::Haptic(Haptic::Tick));
        self.dirty = true;
    }

    fn pan_for(&self, start: Point, at: Point, axis: Axis) -> Pan {
        if axis == Axis::Horizontal || self.model.menu.is_shown() {
            return Pan::Idle;
        }
        let down = at.y > start.y;
        match self.model.place() {
            Place::Lock | Place::Pin if self.model.lock.external.is_none() => {
                Pan::Curtain { start }
            }
            Place::Grid if down && self.model.grid.scroll.offset(self.now) <= 0.5 => {
                Pan::Grid { start }
            }
            Place::Grid => Pan::Icons,
            Place::Home if self.model.home.scroll.range() > 0.0 => Pan::Covers,
            Place::Home if !down => Pan::Grid { start },
            _ => Pan::Idle,
        }
    }

    fn pan_by(&mut self, slot: u32, delta: Vector) {
        let Some((owner, pan)) = self.pan else { return };
        if owner != slot {
            return;
        }
        let now = self.now;
        match pan {
            Pan::Curtain { .. } => {
                let span = self.curtain_span();
                let pad = &mut self.model.lock.pad;
                pad.hold(pad.risen(now) - delta.y / span);
            }
            Pan::Covers => self.model.home.scroll.drag(delta.y, now),
            Pan::Icons => self.model.grid.scroll.drag(delta.y, now),
            Pan::Grid { .. } => {
                let height = self.model.geometry.screen.height();
                let panel = &mut self.model.grid.panel;
                panel.hold(panel.risen(now) - delta.y / height);
            }
            Pan::Idle => return,
        }
        self.dirty = true;
    }

    /// The finger lifted with `velocity`, or (`None`) never did and all returns to what was.
    fn pan_end(
        &mut self,
        slot: u32,
        at: Point,
        velocity: Option<Vector>,
        effects: &mut Vec<Effect>,
    ) {
        let Some((_, pan)) = self.pan.take_if(|(owner, _)| *owner == slot) else { return };
        let now = self.now;
        let speed = velocity.unwrap_or_default().y;
        self.dirty = true;
        match pan {
            Pan::Curtain { start } => {
                let before = self.model.lock.pad.is_shown();
                let far = self.goes_far(start, at, velocity, before);
                self.settle_curtain(before != far, -speed / self.curtain_span(), effects);
            }
            Pan::Covers => self.model.home.scroll.release(speed, now),
            Pan::Icons => self.model.grid.scroll.release(speed, now),
            Pan::Grid { start } => {
                let before = self.model.grid.panel.is_shown();
                let far = self.goes_far(start, at, velocity, before);
                let height = self.model.geometry.screen.height();
                self.model.grid.panel.let_go(before != far, -speed / height, RELEASE, now);
            }
            Pan::Idle => {}
        }
    }

    /// Whether a pan from `start` to `at` went far or fast enough, up or (`down`) down. One that
    /// was cancelled did not.
    fn goes_far(&self, start: Point, at: Point, velocity: Option<Vector>, down: bool) -> bool {
        let Some(velocity) = velocity else { return false };
        let sign = if down { 1.0 } else { -1.0 };
        let geometry = &self.model.geometry;
        let travel = geometry.mm((at.y - start.y) * sign);
        let speed = geometry.mm(velocity.y * sign);
        self.arena.tuning().outcome(travel, speed) == gesture::Outcome::Commit
    }

    /// The way of a finger that raises the lock's curtain all the way.
    fn curtain_span(&self) -> f64 {
        self.model.geometry.screen.height() * 0.4
    }

    fn settle_curtain(&mut self, raised: bool, velocity: f64, effects: &mut Vec<Effect>) {
        let spring = if self.model.settings.reduced_motion { FADE } else { STANDARD };
        self.model.lock.pad.let_go(raised, velocity, spring, self.now);
        if !raised {
            self.model.lock.clear();
        } else if !self.model.is_guarded() {
            self.power(power_policy::Event::Unlock, effects);
        }
    }
}
