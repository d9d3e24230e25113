//! Books of everything that the arena says, and whether they balance.

use std::collections::{BTreeMap, BTreeSet};

use purje_gesture::{ClientTouch, Edge, EdgeGesture, Effect, Event, ShellTouch, TouchId};
use units::Time;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnShell {
    Pressed { held: bool },
    Panning,
}

/// What clients, the shell and the edge gesture believe to be going on.
#[derive(Default)]
pub(crate) struct Ledger {
    /// Fingers that a client believes to be down, with the latest time it heard of each.
    client: BTreeMap<TouchId, Time>,
    unframed: bool,
    shell: BTreeMap<TouchId, OnShell>,
    edge: Option<Edge>,
    /// Fingers that lost to a gesture or were cancelled, and have not landed anew.
    dead: BTreeSet<TouchId>,
    /// Fingers that are down, as the device says.
    down: BTreeSet<TouchId>,
    just_released: Option<TouchId>,
    just_unpressed: Option<TouchId>,
}

impl Ledger {
    /// Enters what `event` brought about; panics where the books do not balance.
    pub(crate) fn enter(&mut self, event: &Event, effects: &[Effect]) {
        let cancels = effects.iter().filter(|e| **e == Effect::ToClient(ClientTouch::Cancel));
        assert!(cancels.count() <= 1, "more than one cancel at once: {effects:?}");
        if let Event::Down { slot, .. } = event {
            // What is left of the slot's former finger ends within this event.
            self.down.insert(*slot);
            self.dead.remove(slot);
        }
        let edge_before = self.edge;
        for effect in effects {
            match *effect {
                Effect::ToClient(touch) => self.client(touch),
                Effect::ToShell(touch) => self.shell(touch),
                Effect::Edge(gesture) => self.edge(gesture),
            }
            if !matches!(effect, Effect::ToShell(ShellTouch::Release { .. })) {
                self.just_released = None;
            }
            if !matches!(effect, Effect::ToShell(ShellTouch::PressCancelled { .. })) {
                self.just_unpressed = None;
            }
        }
        match event {
            Event::Down { slot, .. } if edge_before.is_some() && self.edge.is_some() => {
                self.dead.insert(*slot);
            }
            Event::Up { slot } => {
                assert!(!self.client.contains_key(slot), "{slot:?} is up but not for the client");
                assert!(!self.shell.contains_key(slot), "{slot:?} is up but not for the shell");
                self.down.remove(slot);
                self.dead.remove(slot);
            }
            Event::Frame => assert!(!self.unframed, "a frame was not passed on"),
            Event::Cancel => {
                assert!(self.client.is_empty() && self.shell.is_empty() && self.edge.is_none());
                self.dead.append(&mut self.down);
            }
            _ => {}
        }
    }

    fn client(&mut self, touch: ClientTouch) {
        match touch {
            ClientTouch::Down { slot, at, time } => {
                self.assert_alive(slot);
                assert!(at.is_finite());
                assert!(!self.shell.contains_key(&slot), "{slot:?} is the shell's");
                assert_eq!(self.client.insert(slot, time), None, "{slot:?} lands twice");
            }
            ClientTouch::Motion { slot, at, time } => {
                self.assert_alive(slot);
                assert!(at.is_finite());
                let before = self.client.insert(slot, time);
                assert!(before.is_some_and(|b| b <= time), "{slot:?} moves: {before:?} {time:?}");
            }
            ClientTouch::Up { slot, time } => {
                self.assert_alive(slot);
                let before = self.client.remove(&slot);
                assert!(before.is_some_and(|b| b <= time), "{slot:?} lifts: {before:?} {time:?}");
            }
            ClientTouch::Frame => assert!(self.unframed, "a frame around nothing"),
            ClientTouch::Cancel => {
                assert!(!self.client.is_empty(), "a cancel of nothing");
                assert!(!self.unframed, "a cancel inside a frame");
                self.dead.extend(self.client.keys());
                self.client.clear();
            }
        }
        self.unframed = !matches!(touch, ClientTouch::Frame | ClientTouch::Cancel);
    }

    fn shell(&mut self, touch: ShellTouch) {
        let pressed = |held| Some(OnShell::Pressed { held });
        match touch {
            ShellTouch::Press { slot, at } => {
                self.assert_alive(slot);
                assert!(at.is_finite());
                assert!(!self.client.contains_key(&slot), "{slot:?} is the client's");
                let before = self.shell.insert(slot, OnShell::Pressed { held: false });
                assert_eq!(before, None, "{slot:?} presses twice");
            }
            ShellTouch::Release { slot, .. } => {
                let before = self.shell.remove(&slot);
                assert!(matches!(before, Some(OnShell::Pressed { .. })), "{slot:?}: {before:?}");
                self.just_released = (before == pressed(false)).then_some(slot);
            }
            ShellTouch::PressCancelled { slot } => {
                let before = self.shell.remove(&slot);
                assert!(matches!(before, Some(OnShell::Pressed { .. })), "{slot:?}: {before:?}");
                self.just_unpressed = Some(slot);
            }
            ShellTouch::Tap { slot, .. } => {
                assert_eq!(self.just_released, Some(slot), "a tap without a short press");
            }
            ShellTouch::Hold { slot, .. } => {
                let before = self.shell.insert(slot, OnShell::Pressed { held: true });
                assert_eq!(before, pressed(false), "{slot:?} holds");
            }
            ShellTouch::PanBegan { slot, .. } => {
                self.assert_alive(slot);
                assert_eq!(self.just_unpressed, Some(slot), "a pan without a press");
                self.shell.insert(slot, OnShell::Panning);
            }
            ShellTouch::PanMoved { slot, at, delta } => {
                assert_eq!(self.shell.get(&slot), Some(&OnShell::Panning));
                assert!(at.is_finite() && delta.is_finite());
            }
            ShellTouch::PanEnded { slot, velocity, .. } => {
                assert_eq!(self.shell.remove(&slot), Some(OnShell::Panning));
                assert!(velocity.is_finite());
            }
            ShellTouch::PanCancelled { slot } => {
                assert_eq!(self.shell.remove(&slot), Some(OnShell::Panning));
            }
        }
    }

    fn edge(&mut self, gesture: EdgeGesture) {
        match gesture {
            EdgeGesture::Began { edge, start } => {
                assert!(start.is_finite());
                assert_eq!(self.edge.replace(edge), None, "two edge gestures");
                assert!(self.client.is_empty(), "clients keep {:?}", self.client);
                assert!(self.shell.is_empty(), "the shell keeps {:?}", self.shell);
                self.dead.extend(&self.down);
            }
            EdgeGesture::Moved { edge, travel_mm, at, .. } => {
                assert_eq!(self.edge, Some(edge));
                assert!(travel_mm.is_finite() && at.is_finite());
            }
            EdgeGesture::Ended { edge, travel_mm, velocity_mm_s, at, .. } => {
                assert_eq!(self.edge.take(), Some(edge));
                assert!(travel_mm.is_finite() && velocity_mm_s.is_finite() && at.is_finite());
            }
            EdgeGesture::Cancelled { edge } => assert_eq!(self.edge.take(), Some(edge)),
        }
    }

    fn assert_alive(&self, slot: TouchId) {
        assert!(!self.dead.contains(&slot), "{slot:?} lost to a gesture but is heard of");
    }
}
