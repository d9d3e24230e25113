//! Why a command failed.

use ipc::{Error, zbus};
use std::fmt;
use std::path::Path;
use std::process::ExitCode;

/// A failure as the user sees it: one line, and an exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    text: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Refused,
    NotRunning,
    Faults,
}

impl Failure {
    /// Something was refused or went wrong.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), kind: Kind::Refused }
    }

    /// Whoever was to answer is not there.
    pub(crate) fn not_running(text: impl Into<String>) -> Self {
        Self { text: text.into(), kind: Kind::NotRunning }
    }

    /// Checked files have this many faults, which are printed already.
    pub(crate) fn faults(count: usize) -> Self {
        let faults = if count == 1 { "fault" } else { "faults" };
        Self { text: format!("{count} {faults} found"), kind: Kind::Faults }
    }

    /// A file could not be used.
    pub(crate) fn file(path: &Path, error: &std::io::Error) -> Self {
        let mend = match error.kind() {
            std::io::ErrorKind::NotFound => "check the path",
            std::io::ErrorKind::PermissionDenied => "choose a place that you may write to",
            _ => "try another place",
        };
        Self::new(format!("{}: {error}; {mend}", path.display()))
    }

    /// Standard output could not be written.
    pub(crate) fn output(error: std::io::Error) -> Self {
        Self::new(format!("standard output: {error}"))
    }

    /// An answer of `peer`, which is started in this way.
    pub(crate) fn from_bus(error: Error, peer: &str, start: &str) -> Self {
        match error {
            Error::NoSuchApp(text) => {
                Self::new(format!("{text}; `purjectl apps` lists what there is"))
            }
            Error::NotRunning(text) => {
                Self::new(format!("{text}; `purjectl apps --running` lists what does"))
            }
            Error::NoSuchWindow(text) => {
                Self::new(format!("{text}; `purjectl state` lists the windows"))
            }
            Error::NoSuchProgram(text)
            | Error::Crashed(text)
            | Error::TimedOut(text)
            | Error::Malformed(text)
            | Error::StartFailed(text)
            | Error::AccessDenied(text)
            | Error::NoPicture(text) => Self::new(text),
            Error::Unavailable(text) => Self::not_running(text),
            Error::ZBus(error) => Self::from_zbus(&error, peer, start),
        }
    }

    fn from_zbus(error: &zbus::Error, peer: &str, start: &str) -> Self {
        let zbus::Error::MethodError(name, text, _) = error else {
            return match error {
                zbus::Error::InputOutput(io) if io.kind() == std::io::ErrorKind::TimedOut => {
                    Self::new(format!("the {peer} does not answer; restart it"))
                }
                other => Self::not_running(format!("the {peer}: {other}")),
            };
        };
        match name.rsplit('.').next() {
            Some("ServiceUnknown" | "NameHasNoOwner") => {
                Self::not_running(format!("the {peer} is not running; {start}"))
            }
            Some("NoReply") => Self::new(format!("the {peer} ended while answering; {start}")),
            Some("UnknownMethod" | "UnknownInterface") => {
                Self::new(format!("the {peer} does not know this; use tools of its version"))
            }
            _ => Self::new(text.clone().unwrap_or_else(|| name.to_string())),
        }
    }

    /// Whether the other side is missing, rather than unwilling.
    pub(crate) fn is_not_running(&self) -> bool {
        self.kind == Kind::NotRunning
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self.kind {
            Kind::Refused => 1,
            Kind::NotRunning => 3,
            Kind::Faults => 4,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One line, whatever the other side said.
        f.write_str(&self.text.replace('\n', " "))
    }
}
