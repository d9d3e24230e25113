//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Purje's compositor: Wayland server, shell and lock of a phone.
#[derive(Clone, Debug, Parser)]
#[command(name = "purje-compositor", version)]
pub struct Options {
    /// Where to show the phone.
    #[arg(long, value_enum, default_value_t = BackendKind::Auto)]
    pub backend: BackendKind,
    /// The phone to be: a profile's id, or its file.
    #[arg(long, value_name = "ID|FILE")]
    pub device: Option<String>,
    /// Physical pixels of the panel, in place of the profile's.
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    pub size: Option<(i32, i32)>,
    /// Physical pixels to a logical one, in place of the profile's.
    #[arg(long, value_parser = parse_scale)]
    pub scale: Option<f64>,
    /// Refresh rate in hertz, in place of the profile's.
    #[arg(long, value_name = "HZ", value_parser = parse_refresh)]
    pub refresh: Option<f64>,
    /// What draws.
    #[arg(long, value_enum, default_value_t = RendererKind::Auto)]
    pub renderer: RendererKind,
    /// Name of the Wayland socket; a free one by default.
    #[arg(long, value_name = "NAME")]
    pub socket: Option<String>,
    /// Configuration, in place of the user's.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Let tools simulate touches and keys (`purjectl touch`, `purjectl key`).
    #[arg(long)]
    pub allow_test_input: bool,
    /// Do not connect to D-Bus: no session manager, no tools.
    #[arg(long)]
    pub no_session: bool,
    /// Run this once the socket is there, and end when it ends.
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<String>,
}

/// Where to show the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BackendKind {
    /// In a window where there is a graphical session, else on the screen.
    Auto,
    /// In a window of a Wayland or X11 session.
    Nested,
    /// In memory only.
    Headless,
    /// On the screen itself, by the kernel's KMS.
    Drm,
}

/// What draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RendererKind {
    /// The GPU if there is one.
    Auto,
    /// The GPU, by OpenGL ES.
    Gles,
    /// The CPU.
    Pixman,
}

/// Sides beyond this are a mistake: no panel has them, and a buffer of them does not fit memory.
const LARGEST_SIDE: i32 = 16_384;

fn parse_size(text: &str) -> Result<(i32, i32), String> {
    let sides = text.split_once(['x', 'X', '×']);
    let (w, h) = sides.ok_or_else(|| format!("{text:?} is not a size; write 1080x2160"))?;
    let side = |text: &str| match text.trim().parse::<i32>() {
        Ok(side) if (1..=LARGEST_SIDE).contains(&side) => Ok(side),
        _ => Err(format!("{text:?} is not a side; give 1 to {LARGEST_SIDE} pixels")),
    };
    Ok((side(w)?, side(h)?))
}

fn parse_scale(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(scale) if (0.5..=8.0).contains(&scale) => Ok(scale),
        _ => Err(format!("{text:?} is not a scale; give 0.5 to 8")),
    }
}

fn parse_refresh(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(hz) if (1.0..=500.0).contains(&hz) => Ok(hz),
        _ => Err(format!("{text:?} is not a refresh rate; give 1 to 500 hertz")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_bad_ones_are_explained() {
        assert_eq!(parse_size("1080x2160"), Ok((1080, 2160)));
        for bad in ["", "1080", "0x5", "1080x", "-3x4", "99999x1", "axb"] {
            assert!(parse_size(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn scale_and_refresh_refuse_what_cannot_be() {
        assert_eq!(parse_scale("2.5"), Ok(2.5));
        assert!(parse_scale("NaN").is_err());
        assert!(parse_scale("0").is_err());
        assert!(parse_refresh("inf").is_err());
        assert_eq!(parse_refresh("90"), Ok(90.0));
    }
}
