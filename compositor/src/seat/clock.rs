//! The clock on the wall, in words.

use std::time::Duration;

use jiff::{Unit, Zoned};
use shell::ClockText;

/// What the clock shows, and for how long it will: until the next minute.
pub(crate) fn wall_clock(hours_24: bool) -> (ClockText, Duration) {
    let now = Zoned::now();
    let text = ClockText {
        time: now.strftime(if hours_24 { "%H:%M" } else { "%-I:%M" }).to_string(),
        date: now.strftime("%A %-d %B").to_string(),
    };
    let into_minute = now
        .round(Unit::Millisecond)
        .map_or(0, |now| now.second() as u64 * 1_000 + now.millisecond() as u64);
    // A little after the turn, so that rounding cannot show the old minute once more.
    (text, Duration::from_millis(60_050 - into_minute.min(60_000)))
}
