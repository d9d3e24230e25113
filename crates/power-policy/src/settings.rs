//! What of the policy the user may choose.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Times of the policy.
///
/// Any value is safe to hand in: [`PowerPolicy`](crate::PowerPolicy) lifts what would leave the
/// phone unusable to the least that it can work with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Rest before an unlocked display is dimmed; `None` keeps it lit for ever.
    pub dim_after: Option<Duration>,
    /// How long a display stays dimmed before it goes dark.
    pub blank_after: Duration,
    /// Rest before the display goes dark over the lock screen, the dimmed part included.
    pub locked_blank_after: Duration,
    /// How long after the display went dark by itself the lock follows.
    pub lock_grace: Duration,
}

impl Settings {
    /// What a phone starts with.
    pub const STANDARD: Self = Self {
        dim_after: Some(Duration::from_secs(30)),
        blank_after: Duration::from_secs(3),
        locked_blank_after: Duration::from_secs(10),
        lock_grace: Duration::ZERO,
    };

    /// The least time for which a woken display stays lit: enough to reach for it.
    pub const LEAST_LIT: Duration = Duration::from_secs(3);

    pub(crate) fn sane(self) -> Self {
        Self {
            dim_after: self.dim_after.map(|d| d.max(Self::LEAST_LIT)),
            locked_blank_after: self.locked_blank_after.max(Self::LEAST_LIT),
            ..self
        }
    }

    /// How long the lock screen is dimmed before it goes dark: as long as any other picture, but
    /// never the whole of its time.
    pub(crate) fn locked_dim_after(self) -> Duration {
        self.locked_blank_after.saturating_sub(self.blank_after).max(self.locked_blank_after / 2)
    }
}
