//! Frame callbacks: who may draw its next frame, and when.
//!
//! A window that is shown as it is draws at the panel's rate. A cover draws a few times a second.
//! What is hidden draws nothing: its callback waits until it is seen. A walk of our own, because
//! smithay's also calls surfaces that were never mapped, which some clients take for a promise.

use std::{collections::HashMap, time::Duration};

use smithay::{
    backend::renderer::utils::RendererSurfaceStateUserData,
    reexports::wayland_server::protocol::wl_surface::WlSurface,
    wayland::compositor::{
        SurfaceAttributes, SurfaceData, TraversalAction, with_surface_tree_downward,
    },
};
use units::Time;

use crate::{
    render::{Leaf, Leaves as _},
    windows::Windows,
};

/// Least time between two frames of a cover.
const COVER: Duration = Duration::from_millis(125);

/// When each cover was last told to draw.
pub(crate) type Throttle = HashMap<Leaf, Time>;

/// Sends the callbacks that are due; returns when the next ones will be.
pub(crate) fn send(
    throttle: &mut Throttle,
    windows: &Windows,
    shown: &[(Leaf, bool)],
    now: Time,
) -> Option<Time> {
    throttle.retain(|leaf, _| shown.iter().any(|(seen, _)| seen == leaf));
    let mut next = None;
    for (leaf, full) in shown {
        let Some(trees) = windows.trees(*leaf) else { continue };
        if !full {
            let due = throttle.get(leaf).map_or(now, |last| *last + COVER);
            if due > now {
                if trees.trees.iter().any(|(surface, _)| wants_frame(surface)) {
                    next = Some(next.map_or(due, |at: Time| at.min(due)));
                }
                continue;
            }
        }
        let mut any = false;
        for (surface, _) in &trees.trees {
            any |= done(surface, now);
        }
        if any {
            throttle.insert(*leaf, now);
        }
    }
    next
}

fn wants_frame(root: &WlSurface) -> bool {
    let mut wants = false;
    walk(root, |attributes| wants |= !attributes.frame_callbacks.is_empty());
    wants
}

fn done(root: &WlSurface, now: Time) -> bool {
    let mut any = false;
    walk(root, |attributes| {
        for callback in attributes.frame_callbacks.drain(..) {
            callback.done(now.wayland_millis());
            any = true;
        }
    });
    any
}

fn walk(root: &WlSurface, mut visit: impl FnMut(&mut SurfaceAttributes)) {
    with_surface_tree_downward(
        root,
        (),
        |_, _, ()| TraversalAction::DoChildren(()),
        |_, states, ()| {
            if has_buffer(states) {
                visit(states.cached_state.get::<SurfaceAttributes>().current());
            }
        },
        |_, _, ()| true,
    );
}

/// Whether the surface has something to show. (`windows::has_buffer` would lock its state again.)
fn has_buffer(states: &SurfaceData) -> bool {
    states
        .data_map
        .get::<RendererSurfaceStateUserData>()
        .is_some_and(|state| state.lock().is_ok_and(|state| state.buffer().is_some()))
}
