//! The clock on the wall, in words.

use std::time::Duration;

use jiff::{Unit, Zoned};
use shell::ClockText;

/// Tells what the clock on the wall shows.
#[derive(Clone, Debug)]
pub enum WallClock {
    /// The machine's, counting to 24 or to 12.
    Machine {
        /// To 24.
        hours_24: bool,
    },
    /// One that stands still: a picture of it is the same at any time.
    Still(ClockText),
}

impl WallClock {
    /// What it shows, and for how long it will: until the next minute.
    pub(crate) fn read(&self) -> (ClockText, Duration) {
        let now = Zoned::now();
        let into_minute = now
            .round(Unit::Millisecond)
            .map_or(0, |now| now.second() as u64 * 1_000 + now.millisecond() as u64);
        // A little after the turn, so that rounding cannot show the old minute once more.
        let lasts = Duration::from_millis(60_050 - into_minute.min(60_000));
        match self {
            Self::Machine { hours_24 } => {
                let format = if *hours_24 { "%H:%M" } else { "%-I:%M" };
                let time = now.strftime(format).to_string();
                let date = now.strftime("%A %-d %B").to_string();
                (ClockText { time, date }, lasts)
            }
            Self::Still(text) => (text.clone(), lasts),
        }
    }
}
