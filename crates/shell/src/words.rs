//! What the shell says, in one place.

pub(crate) const UNNAMED: &str = "Application";

pub(crate) const LOCK_SCREEN: &str = "Lock screen";
pub(crate) const SWIPE_UP: &str = "Swipe up to unlock";
pub(crate) const ENTER_CODE: &str = "Enter code";
pub(crate) const CHECKING: &str = "Checking…";
pub(crate) const WRONG_CODE: &str = "Wrong code";
pub(crate) const BACKSPACE: &str = "Delete digit";
pub(crate) const CONFIRM: &str = "Confirm code";
pub(crate) const STATUS_BAR: &str = "Status bar";

pub(crate) const HOME: &str = "Home";
pub(crate) const NOTHING_OPEN: &str = "Nothing is open";
pub(crate) const NOTHING_OPEN_HINT: &str = "Swipe up from the bottom edge to start an application";
pub(crate) const CLOSE_ALL: &str = "Close all";
pub(crate) const UNDO: &str = "Undo";
pub(crate) const DONE: &str = "Done";

pub(crate) const APPLICATIONS: &str = "Applications";
pub(crate) const APPS_UNKNOWN: &str = "Looking for applications…";
pub(crate) const NO_APPS: &str = "No applications are installed";
pub(crate) const NO_APPS_HINT: &str = "What you install will appear here";

pub(crate) const OPEN_AGAIN: &str = "Open again";
pub(crate) const CLOSE: &str = "Close";

pub(crate) const POWER_MENU: &str = "Power menu";
pub(crate) const POWER_OFF: &str = "Power off";
pub(crate) const RESTART: &str = "Restart";
pub(crate) const CANCEL: &str = "Cancel";

pub(crate) fn wait(seconds: u64) -> String {
    match seconds {
        0..=99 => format!("Try again in {seconds} s"),
        _ => format!("Try again in {} min", seconds.div_ceil(60)),
    }
}

pub(crate) fn wrong_wait(seconds: u64) -> String {
    format!("{WRONG_CODE}. {}", wait(seconds))
}

pub(crate) fn cannot_check(why: &str) -> String {
    format!("The code cannot be checked: {why}")
}

pub(crate) fn digits_entered(count: usize) -> String {
    match count {
        0 => "No digit entered".to_owned(),
        1 => "1 digit entered".to_owned(),
        _ => format!("{count} digits entered"),
    }
}

pub(crate) fn close_app(name: &str) -> String {
    format!("Close {name}")
}

pub(crate) fn closing(count: usize, seconds: u64) -> String {
    match count {
        1 => format!("Closing 1 application in {seconds} s"),
        _ => format!("Closing {count} applications in {seconds} s"),
    }
}

pub(crate) fn starting(name: &str) -> String {
    format!("Starting {name}…")
}

pub(crate) const NO_WINDOW: &str = "It did not show a window";
pub(crate) const ENDED: &str = "It ended without showing a window";

/// Why an application failed, where nothing better is known.
pub(crate) fn failed(reason: &str) -> String {
    match reason.trim() {
        "" => "It ended with an error".to_owned(),
        reason => reason.to_owned(),
    }
}

pub(crate) fn not_answering(name: &str) -> String {
    format!("{name} is not answering")
}

pub(crate) fn battery(percent: u8, charging: bool) -> String {
    if charging { format!("Battery {percent}%, charging") } else { format!("Battery {percent}%") }
}
