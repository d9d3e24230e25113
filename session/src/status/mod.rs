//! What the status bar wants to know of the system.
//!
//! Principles
//! - Every fact has a "don't know", which is what it is until somebody says otherwise, and again
//!   when that somebody goes away.
//! - One adapter a file, each for one service of the system; without it the others go on.
//!
//! Not here: showing anything.

mod upower;

use crate::bus::Sink;
use std::collections::HashMap;
use zbus::zvariant::Value;

/// What a battery does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BatteryState {
    Charging,
    Discharging,
    Empty,
    Full,
}

impl BatteryState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Charging => "charging",
            Self::Discharging => "discharging",
            Self::Empty => "empty",
            Self::Full => "full",
        }
    }
}

/// Everything that is known now.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Status {
    /// 0 to 100.
    pub(crate) battery_percentage: Option<f64>,
    pub(crate) battery_state: Option<BatteryState>,
}

impl Status {
    /// The form in which it is told; a fact that is not known has no key.
    pub(crate) fn to_map(self) -> HashMap<&'static str, Value<'static>> {
        let mut map = HashMap::new();
        if let Some(percentage) = self.battery_percentage {
            map.insert("battery-percentage", Value::from(percentage));
        }
        if let Some(state) = self.battery_state {
            map.insert("battery-state", Value::from(state.as_str()));
        }
        map
    }
}

/// Watches the system for ever. A system bus that is missing costs all facts, and nothing else.
pub(crate) async fn watch<T>(sink: Sink) -> T {
    if let Err(error) = upower::watch(&sink).await {
        tracing::info!("the battery is not known: {error}");
    }
    sink.send(crate::bus::Event::Status(Status::default()));
    futures_lite::future::pending().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_told() {
        assert!(Status::default().to_map().is_empty());
        let status = Status { battery_percentage: Some(50.0), ..Status::default() };
        assert_eq!(status.to_map().keys().copied().collect::<Vec<_>>(), ["battery-percentage"]);
    }
}
