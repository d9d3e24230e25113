//! Questions about scan-outs that scripts ask: are two alike, is there a colour, is it dark.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Subcommand;

use crate::canvas::{Canvas, Rgb};

/// Channels may differ by this much and still count as the same: renderers round differently.
const TOLERANCE: u8 = 8;

#[derive(Debug, Subcommand)]
pub(crate) enum Question {
    /// Do at least this share of the pixels differ?
    Differ {
        a: PathBuf,
        b: PathBuf,
        #[arg(long, default_value_t = 0.02)]
        share: f64,
        #[command(flatten)]
        part: Part,
    },
    /// Do at most this share of the pixels differ?
    Same {
        a: PathBuf,
        b: PathBuf,
        #[arg(long, default_value_t = 0.01)]
        share: f64,
        #[command(flatten)]
        part: Part,
    },
    /// Has at least this share of the pixels the colour RRGGBB?
    Has {
        file: PathBuf,
        colour: String,
        #[arg(long, default_value_t = 0.1)]
        share: f64,
        #[command(flatten)]
        part: Part,
    },
    /// Is there anything but one single colour?
    Drawn {
        file: PathBuf,
        #[command(flatten)]
        part: Part,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Part {
    /// Only this part: X,Y,WIDTH,HEIGHT as fractions of the picture
    #[arg(long = "part", value_name = "X,Y,W,H", value_parser = parse_part, default_value = "0,0,1,1")]
    rectangle: [f64; 4],
}

/// Answers by exit code: 0 is yes, 1 is no, with the measured value on stderr.
///
/// # Errors
/// A file cannot be read, or a colour is none.
pub(crate) fn ask(question: &Question) -> Result<ExitCode> {
    let yes = match question {
        Question::Differ { a, b, share, part } => {
            differing(&Canvas::read_png(a)?, &Canvas::read_png(b)?, part) >= *share
        }
        Question::Same { a, b, share, part } => {
            differing(&Canvas::read_png(a)?, &Canvas::read_png(b)?, part) <= *share
        }
        Question::Has { file, colour, share, part } => {
            let colour = parse_colour(colour)?;
            let pixels = Canvas::read_png(file)?.part(part.rectangle);
            let found = pixels.iter().filter(|&&pixel| alike(pixel, colour)).count();
            told("has the colour", found, pixels.len()) >= *share
        }
        Question::Drawn { file, part } => {
            let pixels = Canvas::read_png(file)?.part(part.rectangle);
            let other = pixels.iter().filter(|&&pixel| Some(&pixel) != pixels.first()).count();
            told("differs from the first pixel", other, pixels.len()) > 0.0
        }
    };
    Ok(if yes { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The share of pixels that differ; pictures of different sizes differ everywhere.
fn differing(a: &Canvas, b: &Canvas, part: &Part) -> f64 {
    if (a.width, a.height) != (b.width, b.height) {
        return 1.0;
    }
    let (a, b) = (a.part(part.rectangle), b.part(part.rectangle));
    let different = a.iter().zip(&b).filter(|&(&a, &b)| !alike(a, b)).count();
    told("differs", different, a.len())
}

fn told(what: &str, count: usize, of: usize) -> f64 {
    let share = count as f64 / of.max(1) as f64;
    eprintln!("{:.3} % {what}", share * 100.0);
    share
}

/// Same colour, but for rounding?
pub(crate) fn alike(a: Rgb, b: Rgb) -> bool {
    a.iter().zip(b).all(|(&a, b)| a.abs_diff(b) <= TOLERANCE)
}

/// Six hexadecimal digits.
pub(crate) fn parse_colour(text: &str) -> Result<Rgb> {
    let number = u32::from_str_radix(text, 16);
    let (6, Ok(number)) = (text.len(), number) else {
        bail!("'{text}' is no colour; six hexadecimal digits are, such as ff00ff");
    };
    let [_, red, green, blue] = number.to_be_bytes();
    Ok([red, green, blue])
}

fn parse_part(text: &str) -> Result<[f64; 4], String> {
    let numbers: Result<Vec<f64>, _> = text.split(',').map(str::parse).collect();
    let part = numbers.ok().and_then(|numbers| <[f64; 4]>::try_from(numbers).ok());
    part.ok_or_else(|| "four numbers with commas between them are expected".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_six_hexadecimal_digits() {
        assert_eq!(parse_colour("ff0080").expect("a colour"), [255, 0, 128]);
        assert!(parse_colour("ff00").is_err());
        assert!(parse_colour("gg0000").is_err());
    }

    #[test]
    fn rounding_is_not_a_difference_and_size_is() {
        let part = Part { rectangle: [0.0, 0.0, 1.0, 1.0] };
        let mut a = Canvas::black(2, 1);
        let mut b = Canvas::black(2, 1);
        a.blend(0, 0, [100, 100, 100], 255);
        b.blend(0, 0, [104, 100, 100], 255);
        assert_eq!(differing(&a, &b, &part), 0.0);
        b.blend(1, 0, [200, 0, 0], 255);
        assert_eq!(differing(&a, &b, &part), 0.5);
        assert_eq!(differing(&a, &Canvas::black(1, 2), &part), 1.0);
    }
}
