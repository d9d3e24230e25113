//! Watching the panel over a time: does a colour ever appear?
//!
//! Looks again and again at what is scanned out, as fast as it can, and counts. A panel that is
//! dark or gone between two looks is counted too: a compositor that restarts goes through that.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::picture::{alike, parse_colour};
use crate::scanout::scan;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The colour that must not be seen, as RRGGBB
    #[arg(long)]
    forbid: String,
    /// Pixels of that colour that are taken for chance
    #[arg(long, default_value_t = 50)]
    chance: usize,
    /// Ends when this file appears
    #[arg(long)]
    until: PathBuf,
    /// Where the first offending frame goes
    #[arg(long)]
    evidence: PathBuf,
}

/// Watches; exit code 1 says that the colour was seen. The counts are told on stderr.
///
/// # Errors
/// The colour is none, the evidence cannot be written, or not one frame was seen.
pub(crate) fn watch(arguments: &Arguments) -> Result<ExitCode> {
    let forbidden = parse_colour(&arguments.forbid)?;
    let (mut frames, mut dark, mut offending) = (0_u64, 0_u64, 0_u64);
    while !fs::exists(&arguments.until).context("cannot look for the ending file")? {
        match scan(None) {
            Ok(canvas) => {
                frames += 1;
                let found = canvas.pixels().filter(|&pixel| alike(pixel, forbidden)).count();
                if found > arguments.chance {
                    if offending == 0 {
                        canvas.write_png(&arguments.evidence)?;
                    }
                    offending += 1;
                }
            }
            // No compositor, or a buffer that went away between the question and the look.
            Err(_) => dark += 1,
        }
        thread::sleep(Duration::from_millis(2));
    }
    eprintln!("{frames} frames seen, {dark} times dark, {offending} with the forbidden colour");
    anyhow::ensure!(frames > 0, "not one frame was seen: nothing is proved");
    Ok(if offending == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
