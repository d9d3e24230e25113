//! What the policy is told and what it asks for.

use serde::{Deserialize, Serialize};

use crate::Settings;

/// How the display is lit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Display {
    /// Lit.
    On,
    /// Lit, but darkened as a warning that it is about to go dark.
    Dim,
    /// Dark: the output is powered down and nothing is drawn.
    Off,
}

/// Whether the phone may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lock {
    /// Nothing but the lock screen is shown.
    Locked,
    /// Anything may be shown.
    Unlocked,
}

/// Whoever keeps the display lit: an idle inhibitor's object, a D-Bus cookie. The caller chooses
/// the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InhibitorId(pub u64);

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// [`PowerPolicy::next_wake`](crate::PowerPolicy::next_wake) has come.
    Tick,
    /// The user touched, typed or moved a pointer. Does not light a dark display.
    Activity,
    /// Something that deserves the user's eyes: a double tap, an incoming call, an alarm, a
    /// charger. Lights a dark display, unless a face covers it in a call.
    Wake,
    /// The user asked for a dark display by other means than the key.
    Blank,
    /// The power key went down. Repeats of a held key may be passed on; they are ignored.
    PowerPressed,
    /// The power key came up.
    PowerReleased,
    /// Someone entitled asked for the lock: a menu, logind.
    Lock,
    /// Someone entitled opened the lock: the verifier said yes, or logind did.
    Unlock,
    /// The display is to stay lit on behalf of this one. Counted: each needs its
    /// [`Event::Uninhibit`].
    Inhibit(InhibitorId),
    /// Takes one [`Event::Inhibit`] back; ignored if there is none.
    Uninhibit(InhibitorId),
    /// A call began (`true`) or the last one ended (`false`).
    Call(bool),
    /// The proximity sensor sees something near (`true`) or not. Matters in a call only.
    Proximity(bool),
    /// The user changed the settings.
    Configure(Settings),
}

/// What the caller has to do, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Light, dim or darken the display. Comes only when it changes.
    SetDisplay(Display),
    /// Show the lock screen, and only it, from the next frame on. Where the display is lit by the
    /// same turn this comes first.
    Lock,
    /// The lock is open: show what was there.
    Unlock,
    /// The power key was held: offer to switch off and the like. The display is lit.
    ShowPowerMenu,
}
