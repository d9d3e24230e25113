//! Which connector the phone's panel is at, and what can drive it.

use std::io;

use device_profile::Profile;
use smithay::reexports::drm::control::{Device, connector, crtc};

/// Where the panel is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Name of the connector, as in `DSI-1`.
    pub(super) name: String,
    /// All that the driver says of it.
    pub(super) info: connector::Info,
}

impl Head {
    /// Millimetres as the panel is mounted, if the driver knows them.
    pub(super) fn size_mm(&self) -> Option<(i32, i32)> {
        let (width, height) = self.info.size()?;
        let (width, height) = (i32::try_from(width).ok()?, i32::try_from(height).ok()?);
        (width > 0 && height > 0).then_some((width, height))
    }
}

/// The connected connector that fits the profile best; of equals the `current` one, else the one
/// that the driver names first. One that the profile does not know is better than none.
///
/// # Errors
/// When the card has no modesetting, or is gone.
pub(super) fn find(
    card: &impl Device,
    profile: &Profile,
    current: Option<connector::Handle>,
) -> io::Result<Option<Head>> {
    let resources = card.resource_handles()?;
    let mut heads = Vec::new();
    for handle in resources.connectors() {
        // Asks the hardware: what the kernel remembers may be older than the event.
        let info = match card.get_connector(*handle, true) {
            Ok(info) => info,
            Err(error) => {
                tracing::debug!("error reading connector {handle:?}: {error}");
                continue;
            }
        };
        if info.state() == connector::State::Connected {
            heads.push(Head { name: info.to_string(), info });
        }
    }
    let best = best(heads.iter().map(|head: &Head| Fit {
        rank: profile.connector_rank(&head.name),
        current: current == Some(head.info.handle()),
    }));
    let Some(best) = best else { return Ok(None) };
    let head = heads.swap_remove(best);
    for other in &heads {
        tracing::info!("{} is connected and left alone: the panel is {}", other.name, head.name);
    }
    Ok(Some(head))
}

/// How well a connector fits.
#[derive(Clone, Copy, Debug)]
struct Fit {
    /// The profile's word, the least the best.
    rank: Option<usize>,
    /// Whether the panel is there now.
    current: bool,
}

/// Which of them is the panel.
fn best(fits: impl Iterator<Item = Fit>) -> Option<usize> {
    fits.enumerate()
        .min_by_key(|(index, fit)| (fit.rank.unwrap_or(usize::MAX), !fit.current, *index))
        .map(|(index, _)| index)
}

/// What can drive a connector, the one that does already first: it needs no flicker.
///
/// # Errors
/// When the card is gone.
pub(super) fn crtcs(card: &impl Device, info: &connector::Info) -> io::Result<Vec<crtc::Handle>> {
    let resources = card.resource_handles()?;
    let current = info
        .current_encoder()
        .and_then(|encoder| card.get_encoder(encoder).ok())
        .and_then(|encoder| encoder.crtc());
    let mut crtcs: Vec<_> = current.into_iter().collect();
    for encoder in info.encoders() {
        let Ok(encoder) = card.get_encoder(*encoder) else { continue };
        for crtc in resources.filter_crtcs(encoder.possible_crtcs()) {
            if !crtcs.contains(&crtc) {
                crtcs.push(crtc);
            }
        }
    }
    Ok(crtcs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(fits: &[(Option<usize>, bool)]) -> Option<usize> {
        best(fits.iter().map(|(rank, current)| Fit { rank: *rank, current: *current }))
    }

    #[test]
    fn the_profiles_connector_is_the_panel_whatever_else_is_plugged() {
        assert_eq!(of(&[(None, true), (Some(1), false), (Some(0), false)]), Some(2));
    }

    #[test]
    fn of_equals_the_one_that_is_lit_stays() {
        assert_eq!(of(&[(Some(0), false), (Some(0), true)]), Some(1));
        assert_eq!(of(&[(None, false), (None, false)]), Some(0));
        assert_eq!(of(&[]), None);
    }
}
