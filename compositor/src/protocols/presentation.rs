//! `wp_presentation`: when what a client drew was seen.

use std::time::Duration;

use smithay::{
    delegate_presentation,
    desktop::utils::{
        OutputPresentationFeedback, surface_presentation_feedback_flags_from_states,
        take_presentation_feedback_surface_tree,
    },
    output::Output,
    reexports::wayland_protocols::wp::presentation_time::server::wp_presentation_feedback::Kind,
    wayland::presentation::Refresh,
};
use units::Time;

use super::Globals;
use crate::{
    State,
    backend::Drawn,
    render::{Leaf, Leaves as _},
    windows::Windows,
};

delegate_presentation!(State);

impl Globals {
    /// Takes the wishes for feedback of all surfaces that a frame shows.
    pub(crate) fn collect_feedback(
        &mut self,
        output: &Output,
        shown: &[(Leaf, bool)],
        windows: &Windows,
        drawn: &Drawn,
    ) {
        let mut feedback = OutputPresentationFeedback::new(output);
        for (leaf, _) in shown {
            let Some(trees) = windows.trees(*leaf) else { continue };
            for (surface, _) in &trees.trees {
                take_presentation_feedback_surface_tree(
                    surface,
                    &mut feedback,
                    |_, _| Some(output.clone()),
                    |surface, _| {
                        surface_presentation_feedback_flags_from_states(surface, &drawn.states)
                    },
                );
            }
        }
        self.feedback.push(feedback);
    }

    /// The frames sent so far are seen since `at`.
    pub(crate) fn presented(&mut self, at: Time, refresh: Duration, sequence: u64, vsync: bool) {
        let flags =
            if vsync { Kind::Vsync | Kind::HwClock | Kind::HwCompletion } else { Kind::empty() };
        let clock: smithay::utils::Time<smithay::utils::Monotonic> =
            Duration::from_nanos(at.as_nanos()).into();
        for mut feedback in self.feedback.drain(..) {
            feedback.presented(clock, Refresh::fixed(refresh), sequence, flags);
        }
    }
}
