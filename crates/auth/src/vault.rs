//! The code, the attempts, and the order in which they are touched.

use std::{env, ffi::OsString, fs::File, path::PathBuf, time::Duration};

use rustix::time::{ClockId, clock_gettime};

use crate::{
    Error, Secret, Verdict,
    attempts::Attempts,
    code::{self, CodeHash},
    files::Folder,
};

const CODE: &str = "code";
const ATTEMPTS: &str = "attempts";
const LOCK: &str = "attempts.lock";

/// The device code with its guard.
///
/// Several processes may have one of the same folder; they take turns.
#[derive(Clone, Debug)]
pub struct Vault {
    folder: Folder,
    clock: fn() -> Duration,
}

/// What may be known without a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether unlocking needs a code. A code that cannot be read counts as set.
    pub code_set: bool,
    /// How long no code is judged yet.
    pub wait: Duration,
}

/// The lock is ours until this goes.
struct Turn<'v> {
    vault: &'v Vault,
    now: Duration,
    _lock: File,
}

impl Vault {
    /// The vault of this user: `$XDG_STATE_HOME/purje`, by default `~/.local/state/purje`.
    ///
    /// # Errors
    /// If there is neither an absolute `$XDG_STATE_HOME` nor a home.
    pub fn of_user() -> Result<Self, Error> {
        let home = state_home(env::var_os("XDG_STATE_HOME"), env::home_dir());
        Ok(Self::in_folder(home.ok_or(Error::NoStateFolder)?.join("purje")))
    }

    /// The vault in `folder`, which need not exist.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { folder: Folder::new(folder), clock: since_boot }
    }

    /// What may be known without a code. Writes nothing.
    pub fn status(&self) -> Status {
        let now = (self.clock)();
        let code_set = !matches!(self.folder.read(CODE), Ok(None));
        let attempts = match self.folder.read(ATTEMPTS) {
            Ok(None) => Attempts::default(),
            Ok(Some(bytes)) => Attempts::parse(&bytes).unwrap_or(Attempts::worst(now)),
            Err(_) => Attempts::worst(now),
        };
        let wait = if code_set { attempts.wait_left(now) } else { Duration::ZERO };
        Status { code_set, wait }
    }

    /// Judges `secret`.
    ///
    /// # Errors
    /// If a file cannot be read or written or does not hold what it should.
    pub fn verify(&self, secret: &Secret) -> Result<Verdict, Error> {
        self.turn()?.verify(secret)
    }

    /// Makes `new` the code if `old` is the present one, or there is none yet. What is not
    /// [`Verdict::Right`] or [`Verdict::NoCode`] has changed nothing.
    ///
    /// # Errors
    /// As [`Self::verify`], and if `new` is no fit code.
    pub fn set(&self, old: &Secret, new: &Secret) -> Result<Verdict, Error> {
        let hash = code::hash(new)?;
        let turn = self.turn()?;
        let verdict = turn.verify(old)?;
        if matches!(verdict, Verdict::Right | Verdict::NoCode) {
            self.folder.replace(CODE, hash.as_bytes())?;
            turn.forget()?;
        }
        Ok(verdict)
    }

    /// Removes the code if `old` is it: from then on a swipe unlocks.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn remove(&self, old: &Secret) -> Result<Verdict, Error> {
        let turn = self.turn()?;
        let verdict = turn.verify(old)?;
        if verdict == Verdict::Right {
            self.folder.remove(CODE)?;
        }
        Ok(verdict)
    }

    fn turn(&self) -> Result<Turn<'_>, Error> {
        self.folder.create()?;
        let lock = self.folder.lock(LOCK)?;
        // After the lock: waiting for it must not make the time old.
        Ok(Turn { vault: self, now: (self.clock)(), _lock: lock })
    }
}

impl Turn<'_> {
    fn verify(&self, secret: &Secret) -> Result<Verdict, Error> {
        let Some(code) = self.code()? else { return Ok(Verdict::NoCode) };
        let mut attempts = self.attempts()?;
        let wait = attempts.wait_left(self.now);
        if !wait.is_zero() {
            return Ok(Verdict::Wrong { wait });
        }
        // On disk before it is judged.
        attempts.fail(self.now);
        self.write(attempts)?;
        if !code.matches(secret)? {
            return Ok(Verdict::Wrong { wait: attempts.wait_left(self.now) });
        }
        if let Err(error) = self.forget() {
            // The owner is let in; at worst the next wait comes earlier.
            tracing::warn!(%error, "the attempts cannot be forgotten");
        }
        Ok(Verdict::Right)
    }

    fn code(&self) -> Result<Option<CodeHash>, Error> {
        let Some(bytes) = self.vault.folder.read(CODE)? else { return Ok(None) };
        let text = str::from_utf8(&bytes).unwrap_or_default();
        CodeHash::parse(text).map(Some).map_err(|cause| {
            let mend = "restore it from a copy; or remove it as root, then run `purje-auth set`";
            Error::file(&self.vault.folder.join(CODE), cause, mend)
        })
    }

    /// The record as of now. One that makes no sense is replaced by the worst, so that the owner
    /// waits once and is not shut out for good.
    fn attempts(&self) -> Result<Attempts, Error> {
        let Some(bytes) = self.vault.folder.read(ATTEMPTS)? else {
            return Ok(Attempts::default());
        };
        let read = Attempts::parse(&bytes);
        let attempts = read.unwrap_or(Attempts::worst(self.now)).seen_at(self.now);
        if read.is_none() {
            let path = self.vault.folder.join(ATTEMPTS);
            tracing::warn!(path = %path.display(), "not a record of attempts: assuming the worst");
        }
        if read != Some(attempts) {
            self.write(attempts)?;
        }
        Ok(attempts)
    }

    fn write(&self, attempts: Attempts) -> Result<(), Error> {
        self.vault.folder.replace_even_if_full(ATTEMPTS, &attempts.to_bytes())
    }

    fn forget(&self) -> Result<(), Error> {
        self.write(Attempts::default())
    }
}

fn state_home(xdg: Option<OsString>, home: Option<PathBuf>) -> Option<PathBuf> {
    // The specification: a relative path is invalid and to be ignored.
    xdg.map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| home.filter(|h| h.is_absolute()).map(|home| home.join(".local/state")))
}

fn since_boot() -> Duration {
    let now = clock_gettime(ClockId::Boottime);
    Duration::new(
        u64::try_from(now.tv_sec).unwrap_or_default(),
        u32::try_from(now.tv_nsec).unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests;
