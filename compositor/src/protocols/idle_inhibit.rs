//! `zwp_idle_inhibit_manager_v1`: a window that keeps the display lit while it is seen.
//!
//! An inhibitor counts while its surface is part of what fills the screen: not on a cover, not
//! behind another window, not on a display that is off. Smithay does not tell when a client dies
//! with its inhibitors, so they are looked through once a turn.

use shell::Event;
use smithay::{
    delegate_idle_inhibit,
    reexports::wayland_server::{DisplayHandle, protocol::wl_surface::WlSurface},
    utils::IsAlive as _,
    wayland::idle_inhibit::{IdleInhibitHandler, IdleInhibitManagerState},
};

use crate::{State, windows::has_buffer};

/// All inhibitors that there are.
#[derive(Debug, Default)]
pub(crate) struct Inhibitors {
    next: u64,
    list: Vec<Inhibitor>,
}

/// Those on one surface.
#[derive(Debug)]
struct Inhibitor {
    id: u64,
    surface: WlSurface,
    count: u32,
    /// What the shell was told.
    on: bool,
}

/// Names of inhibitors begin here, so that they never meet those of other askers.
const FIRST_ID: u64 = 1 << 32;

/// Offers the protocol; its global lives as long as the display.
pub(super) fn offer(display: &DisplayHandle) {
    IdleInhibitManagerState::new::<State>(display);
}

impl Inhibitors {
    /// Whether one of them counts now.
    pub(crate) fn any_on(&self) -> bool {
        self.list.iter().any(|inhibitor| inhibitor.on)
    }
}

impl IdleInhibitHandler for State {
    fn inhibit(&mut self, surface: WlSurface) {
        let inhibitors = &mut self.globals.inhibitors;
        if let Some(known) = inhibitors.list.iter_mut().find(|known| known.surface == surface) {
            known.count += 1;
            return;
        }
        let id = FIRST_ID + inhibitors.next;
        inhibitors.next += 1;
        inhibitors.list.push(Inhibitor { id, surface, count: 1, on: false });
    }

    fn uninhibit(&mut self, surface: WlSurface) {
        let list = &mut self.globals.inhibitors.list;
        if let Some(known) = list.iter_mut().find(|known| known.surface == surface) {
            known.count = known.count.saturating_sub(1);
        }
    }
}

impl State {
    /// Tells the shell which inhibitors have begun to count, and which count no more.
    pub(crate) fn refresh_inhibitors(&mut self) {
        if self.globals.inhibitors.list.is_empty() {
            return;
        }
        let mut list = std::mem::take(&mut self.globals.inhibitors.list);
        let mut changed = Vec::new();
        for inhibitor in &mut list {
            let on = inhibitor.count > 0 && self.fills_screen(&inhibitor.surface);
            if std::mem::replace(&mut inhibitor.on, on) != on {
                changed.push(Event::Inhibit { id: inhibitor.id, on });
            }
        }
        list.retain(|inhibitor| inhibitor.count > 0 && inhibitor.surface.alive());
        self.globals.inhibitors.list = list;
        for event in changed {
            self.tell(event);
        }
    }

    /// Whether the last frame showed the surface as it is, to somebody.
    fn fills_screen(&self, surface: &WlSurface) -> bool {
        surface.alive()
            && self.host.shell().display() != shell::Display::Off
            && has_buffer(surface)
            && self.windows.leaf_of(surface).is_some_and(|leaf| self.screen.shows(leaf))
    }
}

delegate_idle_inhibit!(State);
