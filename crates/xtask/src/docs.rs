//! `./x docs`: the book in `docs/`.

use std::process::Command;

use anyhow::Result;

use crate::step::{has_program, note, run, step};

/// Builds the book into `docs/book`, or says what is missing for that.
///
/// # Errors
/// mdbook fails.
pub(crate) fn docs() -> Result<()> {
    if !has_program("mdbook") {
        note("mdbook is not installed (`cargo install mdbook`): the book was not built");
        return Ok(());
    }
    step("docs: build the book", || {
        run(Command::new("mdbook").arg("build").arg(crate::workspace().join("docs")))
    })
}
