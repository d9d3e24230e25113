//! Whether this machine has EGL at all.

use anyhow::{Context as _, Result};

/// To be asked before EGL is used for the first time: smithay takes it for granted, and would
/// panic without it.
///
/// # Errors
/// When the library is not installed.
pub(super) fn find() -> Result<()> {
    // SAFETY: it is the library that smithay loads right after; its initialisers do nothing that
    // the process has to be prepared for.
    #[expect(unsafe_code, reason = "loading a library runs its initialisers")]
    let library = unsafe { libloading::Library::new("libEGL.so.1") };
    library.map(drop).context("EGL is not installed (Debian's package is libegl1)")
}
