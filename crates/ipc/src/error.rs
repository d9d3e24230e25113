//! The errors that travel over the bus under `org.purje.Error.*`.

/// A failure with a name that the other side can match on. The text says what is wrong, where,
/// and what mends it, in one line and fit to be shown.
#[derive(Debug, zbus::DBusError)]
#[zbus(prefix = "org.purje.Error")]
pub enum Error {
    /// The bus itself failed: no such service, no answer, or an error without a name of ours.
    #[zbus(error)]
    ZBus(zbus::Error),
    /// No application has this id.
    NoSuchApp(String),
    /// Nothing that runs has this id.
    NotRunning(String),
    /// The program that a desktop entry names does not exist or cannot be executed. The text
    /// names the program and the desktop file with its line.
    NoSuchProgram(String),
    /// The program was started and ended at once.
    Crashed(String),
    /// Whoever had to answer did not do so in time.
    TimedOut(String),
    /// An argument, or the file that it stands for, is not well formed.
    Malformed(String),
    /// The system refused to start it: out of processes, of memory, or of permission.
    StartFailed(String),
    /// The caller's class may not do this (see [`crate::trust`]), or the feature is switched off.
    AccessDenied(String),
    /// No window has this id.
    NoSuchWindow(String),
    /// A picture cannot be taken now.
    NoPicture(String),
    /// The other half of Purje that this needs is not running.
    Unavailable(String),
}
