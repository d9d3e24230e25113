//! How long to wait after how many wrong codes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The wait after `failures` wrong codes in a row.
pub const fn wait_after(failures: u32) -> Duration {
    Duration::from_secs(match failures {
        0..=4 => 0,
        5 => 30,
        6 => 60,
        7 => 120,
        8 => 240,
        9 => 480,
        _ => 900,
    })
}

/// Wrong codes in a row and when the last one was.
///
/// Times are since boot, sleep included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attempts {
    failures: u32,
    last_ms: u64,
}

impl Attempts {
    /// Length of the written form, so that it can be overwritten in place.
    const LEN: usize = 96;

    /// What is assumed of a record that cannot be understood.
    pub(crate) fn worst(now: Duration) -> Self {
        Self { failures: 10, last_ms: millis(now) }
    }

    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let text = format!("{{\"failures\":{},\"last_ms\":{}}}", self.failures, self.last_ms);
        format!("{text:<width$}\n", width = Self::LEN - 1).into_bytes()
    }

    /// The same as seen at `now`. A last failure in the future was in an earlier boot: it counts
    /// as made when this boot began, which is never too early.
    pub(crate) fn seen_at(self, now: Duration) -> Self {
        if self.last_ms > millis(now) { Self { last_ms: 0, ..self } } else { self }
    }

    pub(crate) fn fail(&mut self, now: Duration) {
        *self = Self { failures: self.failures.saturating_add(1), last_ms: millis(now) };
    }

    /// How long no code is judged yet.
    pub(crate) fn wait_left(self, now: Duration) -> Duration {
        let rested = now.saturating_sub(Duration::from_millis(self.seen_at(now).last_ms));
        wait_after(self.failures).saturating_sub(rested)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_back(failures in 0..=u32::MAX, last_ms in 0..=u64::MAX) {
            let attempts = Attempts { failures, last_ms };
            let bytes = attempts.to_bytes();
            prop_assert_eq!(bytes.len(), Attempts::LEN);
            prop_assert_eq!(Attempts::parse(&bytes), Some(attempts));
        }

        #[test]
        fn a_reboot_never_shortens_a_wait(
            failures in 0..20_u32, last in 0..2_000_000_u64, off in 0..2_000_000_u64, up in 0..2_000_000_u64
        ) {
            let attempts = Attempts { failures, last_ms: last };
            let truth = wait_after(failures).saturating_sub(Duration::from_millis(off + up));
            prop_assert!(attempts.wait_left(Duration::from_millis(up)) >= truth);
        }

        #[test]
        fn within_a_boot_the_wait_is_exact(failures in 0..20_u32, last in 0..2_000_000_u64, rest in 0..2_000_000_u64) {
            let attempts = Attempts { failures, last_ms: last };
            let now = Duration::from_millis(last + rest);
            let truth = wait_after(failures).saturating_sub(Duration::from_millis(rest));
            prop_assert_eq!(attempts.wait_left(now), truth);
        }

        #[test]
        fn more_failures_never_wait_less(failures in 0..u32::MAX) {
            prop_assert!(wait_after(failures + 1) >= wait_after(failures));
        }
    }

    #[test]
    fn garbage_is_no_record() {
        for text in ["", "{}", "{\"failures\":1}", "{\"failures\":-1,\"last_ms\":0}", "[]", "0 0"] {
            assert_eq!(Attempts::parse(text.as_bytes()), None, "{text}");
        }
    }
}
