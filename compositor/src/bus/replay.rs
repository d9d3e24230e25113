//! Recorded events, fed to the running phone.
//!
//! Only what people do is replayed: fingers, keys, and what their tools asked for. The rest of a
//! record (output, settings, windows, verdicts, what logind said) are facts of the phone that it
//! was taken from. The running phone knows its own, and none of it may unlock.

use std::time::Duration;

use ipc::Error;
use shell::{Event, Request};
use units::Time;

use crate::shell_host::Recorded;

/// Reads what `Log` returns: what is to be replayed, each with its distance from the first.
pub(super) fn parse(log: &str) -> Result<Vec<(Duration, Event)>, Error> {
    let mut start = None;
    let mut last = Time::ZERO;
    let mut events = Vec::new();
    for (index, line) in log.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let number = index + 1;
        let Recorded { at, event } = serde_json::from_str(line).map_err(|error| {
            Error::Malformed(format!("line {number}: {error}; give what Log has returned"))
        })?;
        if at < last {
            let text = format!("line {number}: its time lies before that of the line above");
            return Err(Error::Malformed(text));
        }
        last = at;
        if is_replayed(&event) {
            let start = *start.get_or_insert(at);
            events.push((at.since(start), event));
        }
    }
    Ok(events)
}

fn is_replayed(event: &Event) -> bool {
    match event {
        Event::Touch(_)
        | Event::Key { .. }
        | Event::UserActivity
        | Event::Wake
        | Event::LogindLock => true,
        // A window's number means another window here.
        Event::Request(request) => !matches!(request, Request::CloseWindow(_)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use shell::{AuthVerdict, CodeState, Key, Settings, Touch};

    use super::*;

    fn line(ms: u64, event: Event) -> String {
        let recorded = Recorded { at: Time::from_millis(ms), event };
        serde_json::to_string(&recorded).expect("an event can be written down") + "\n"
    }

    #[test]
    fn distances_count_from_the_first_that_is_replayed() {
        let log = line(5, Event::Settings(Settings::default()))
            + &line(1_000, Event::Touch(Touch::Up { slot: 0 }))
            + "\n"
            + &line(1_250, Event::Key { key: Key::Power, pressed: true });
        let events = parse(&log).expect("well formed");
        let distances: Vec<_> = events.iter().map(|(distance, _)| distance.as_millis()).collect();
        assert_eq!(distances, [0, 250]);
    }

    #[test]
    fn nothing_in_a_record_unlocks() {
        let open = Settings { code: CodeState::None, ..Settings::default() };
        for event in [
            Event::Auth(AuthVerdict::Ok),
            Event::Auth(AuthVerdict::NoCode),
            Event::LogindUnlock,
            Event::ExternalLock(shell::ExternalLock::Unlocked),
            Event::Settings(open),
        ] {
            assert_eq!(parse(&line(1, event)).expect("well formed"), []);
        }
    }

    #[test]
    fn a_bad_line_is_named() {
        let log = line(1, Event::Wake) + "{\"at\":2}\n";
        let Err(Error::Malformed(text)) = parse(&log) else { panic!("it was taken") };
        assert!(text.starts_with("line 2: "), "{text}");
        let backwards = line(2, Event::Wake) + &line(1, Event::Wake);
        assert!(matches!(parse(&backwards), Err(Error::Malformed(_))));
    }
}
