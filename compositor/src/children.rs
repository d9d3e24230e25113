//! Programs that the compositor starts, and what they must not inherit from it.

use std::{os::unix::process::CommandExt as _, process::Command};

use nix::sys::signal::SigSet;

/// Lets the program hear all signals. This process blocks those that it reads from a descriptor,
/// and what is blocked stays so across fork and exec: a program that begins with SIGTERM blocked
/// could not be told to end.
#[expect(unsafe_code, reason = "what happens between fork and exec")]
pub(crate) fn hear_signals(command: &mut Command) {
    let unblock = || SigSet::empty().thread_set_mask().map_err(std::io::Error::from);
    // SAFETY: the closure runs in the forked child, where only async-signal-safe work is allowed.
    // It makes one sigprocmask(2) and allocates nothing.
    unsafe {
        command.pre_exec(unblock);
    }
}
