//! What layout needs to know of text, without drawing it.

use units::Size;

use crate::TextStyle;

/// Measures text. Implemented by whoever shapes it.
pub trait TextMeasure {
    /// Size in logical pixels that `text` takes when lines are broken at `max_width` and limited
    /// to `style.max_lines`.
    fn measure(&self, text: &str, style: &TextStyle, max_width: f64) -> Size;
}

/// Shortens `text` from its end by whole characters until `fits` agrees, with an ellipsis.
pub fn elide(text: &str, fits: impl Fn(&str) -> bool) -> String {
    if fits(text) {
        return text.to_owned();
    }
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let keep = ends.partition_point(|&end| fits(&format!("{}…", text[..end].trim_end())));
    format!("{}…", text[..ends.get(keep.saturating_sub(1)).copied().unwrap_or(0)].trim_end())
}

#[cfg(test)]
pub(crate) mod fake {
    use super::*;

    /// Every character is half an em wide; lines are 1.25 em high.
    pub(crate) struct Monospace;

    impl TextMeasure for Monospace {
        fn measure(&self, text: &str, style: &TextStyle, max_width: f64) -> Size {
            let em = f64::from(style.size);
            let width = text.chars().count() as f64 * em / 2.0;
            let lines = (width / max_width).ceil().clamp(1.0, f64::from(style.max_lines));
            Size::new(width.min(max_width), lines * em * 1.25)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays_whole_and_the_rest_ends_in_an_ellipsis() {
        let fits = |s: &str| s.chars().count() <= 6;
        assert_eq!(elide("Kello", fits), "Kello");
        assert_eq!(elide("Sääkartta", fits), "Sääka…");
        assert_eq!(elide("Два слова", fits), "Два с…");
        assert_eq!(elide("abcdefgh", |s| s.len() < 2), "…");
    }
}
