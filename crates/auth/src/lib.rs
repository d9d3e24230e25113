//! Who may unlock the phone.
//!
//! Principles
//! - The check runs in a process of its own, `purje-auth`, at the other end of a private pair of
//!   sockets ([`Client`]). What draws the lock screen holds a code only between the keypad and
//!   the socket.
//! - An attempt is on disk *before* it is judged, so that neither a kill nor a power cut gives a
//!   free one. Attempts of several processes are counted one after the other, under a lock.
//! - Waits are measured by the clock that counts from boot, sleep included, which nobody can set.
//!   The wall clock has no say: set forward or back, it neither shortens nor lengthens a wait.
//!   After a reboot a wait begins anew at boot, which can only be later than the truth.
//! - Whatever cannot be read, parsed or written refuses. It never lets anybody in.
//! - Secrets are wiped after use and appear in no log, no argument list and no error.
//!
//! Files, all in `$XDG_STATE_HOME/purje`, for their owner only:
//!
//! | file | holds |
//! |---|---|
//! | `code` | the Argon2id hash of the device code, as a PHC string; absent if no code is set |
//! | `attempts` | wrong codes in a row, and when the last one was |
//! | `attempts.lock` | nothing; locked while a code is judged |
//!
//! Waits after wrong codes in a row, see [`wait_after`]: none up to four, then 30 s, 1, 2, 4 and
//! 8 min, from the tenth on 15 min each.
//!
//! Not here: drawing a keypad, and what is shown once the answer is yes. Code of the same user
//! outside a sandbox can read the files and trace the processes: against it this is no defence.

mod attempts;
mod client;
mod code;
mod error;
mod files;
mod secret;
mod serve;
mod vault;
mod wire;

pub use attempts::wait_after;
pub use client::Client;
pub use error::Error;
pub use secret::Secret;
pub use serve::serve;
pub use vault::{Status, Vault};
pub use wire::Verdict;
