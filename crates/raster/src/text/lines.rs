//! From a string to lines of placed glyphs.

use std::borrow::Cow;

use cosmic_text::{
    Attrs, Buffer, Ellipsize, EllipsizeHeightLimit, Family, FeatureTag, FontFeatures, LayoutGlyph,
    LayoutRun, Metrics, Shaping, Wrap,
};
use scene::{TextStyle, Weight};

use crate::{fonts::FontStore, problem::Problems};

/// Longest text that is looked at, in bytes for each line that may be shown: more than fits in
/// the smallest type on the widest panel.
const BYTES_A_LINE: usize = 2048;

/// How often fonts are opened for one text: one that mixes more scripts gets the rest when it is
/// shaped the next time.
const ATTEMPTS: usize = 8;

/// A text's lines. All lengths are logical pixels.
pub(super) struct Lines {
    pub(super) lines: Vec<Line>,
}

/// One line.
pub(super) struct Line {
    pub(super) glyphs: Vec<LayoutGlyph>,
    /// Where the first visible glyph begins.
    pub(super) left: f32,
    /// From there to the end of the last visible glyph.
    pub(super) width: f32,
    /// Whether its paragraph runs from right to left.
    pub(super) rtl: bool,
}

/// Turns text into lines; holds what can be used again.
pub(super) struct Shaper {
    buffer: Buffer,
}

impl Shaper {
    pub(super) fn new() -> Self {
        // The size is set anew for each text.
        Self { buffer: Buffer::new_empty(Metrics::new(16.0, 20.0)) }
    }

    /// Breaks `text` at `width` into at most `style.max_lines` lines; what does not fit ends in
    /// an ellipsis. Without any font there are no lines.
    pub(super) fn shape(
        &mut self,
        fonts: &mut FontStore,
        text: &str,
        style: &TextStyle,
        width: f32,
        problems: &mut Problems,
    ) -> Lines {
        let size = style.size.max(1);
        let Some(family) = fonts.family(size) else { return Lines { lines: Vec::new() } };
        let most = usize::from(style.max_lines.max(1));
        let text = readable(text, most);
        let attrs = attrs(&family, style);
        let size = f32::from(size);
        self.buffer.set_metrics(Metrics::new(size, size * super::LINE_HEIGHT));
        let mut lines = Vec::new();
        let mut paragraphs = text.split('\n').peekable();
        while let Some(paragraph) = paragraphs.next() {
            let left = most - lines.len();
            // The last line that may be shown speaks for the paragraphs that may not.
            let rest = left == 1 && paragraphs.clone().any(|p| !p.trim().is_empty());
            let paragraph: Cow<'_, str> =
                if rest { format!("{paragraph}…").into() } else { paragraph.into() };
            self.paragraph(fonts, &paragraph, &attrs, left, width, problems);
            lines.extend(self.buffer.layout_runs().take(left).map(|run| line(&run)));
            if lines.len() >= most {
                break;
            }
        }
        Lines { lines }
    }

    /// Shapes one paragraph, opening fonts until its characters have glyphs.
    fn paragraph(
        &mut self,
        fonts: &mut FontStore,
        text: &str,
        attrs: &Attrs<'_>,
        most: usize,
        width: f32,
        problems: &mut Problems,
    ) {
        let wrap = if most == 1 { Wrap::None } else { Wrap::WordOrGlyph };
        self.buffer.set_wrap(wrap);
        self.buffer.set_ellipsize(Ellipsize::End(EllipsizeHeightLimit::Lines(most)));
        self.buffer.set_size(Some(width.max(1.0)), None);
        for _ in 0..ATTEMPTS {
            self.buffer.set_text(text, attrs, Shaping::Advanced, None);
            self.buffer.shape_until_scroll(&mut fonts.system, false);
            // One at a time: what is opened for the first may serve the others.
            let missing: Vec<char> = self.buffer.layout_runs().flat_map(missing).collect();
            if !missing.into_iter().any(|c| fonts.provide(c, problems)) {
                return;
            }
        }
    }
}

/// Cuts what can never be seen, makes one line of what must be one, and leaves `\n` as the only
/// control character.
///
/// The shaper must never get a paragraph separator: it takes what it gets for one paragraph and
/// ends the process if the directions of its parts differ.
fn readable(text: &str, most: usize) -> Cow<'_, str> {
    let text = &text[..text.floor_char_boundary(most * BYTES_A_LINE)];
    let text = text.trim_end();
    if !text.chars().any(|c| c.is_control() || is_separator(c)) {
        return text.into();
    }
    let text = text.replace("\r\n", "\n");
    let plain = text.chars().filter_map(|c| match c {
        c if is_separator(c) => Some(if most == 1 { ' ' } else { '\n' }),
        '\t' => Some(' '),
        c => (!c.is_control()).then_some(c),
    });
    plain.collect::<String>().into()
}

/// Whether `c` ends a line or a paragraph.
fn is_separator(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn attrs<'a>(family: &'a str, style: &TextStyle) -> Attrs<'a> {
    let weight = match style.weight {
        Weight::Light => 300,
        Weight::Regular => 400,
        Weight::Medium => 500,
        Weight::SemiBold => 600,
    };
    let mut features = FontFeatures::new();
    if style.tabular {
        features.enable(FeatureTag::new(b"tnum"));
    }
    Attrs::new()
        .family(Family::Name(family))
        .weight(cosmic_text::Weight(weight))
        .font_features(features)
}

fn line(run: &LayoutRun<'_>) -> Line {
    let mut glyphs = run.glyphs.to_vec();
    close_gap_before_ellipsis(&mut glyphs, run.text, run.rtl);
    let (mut left, mut right) = (f32::INFINITY, f32::NEG_INFINITY);
    for glyph in glyphs.iter().filter(|glyph| !is_blank(glyph, run.text)) {
        left = left.min(glyph.x);
        right = right.max(glyph.x + glyph.w);
    }
    if left > right {
        (left, right) = (0.0, 0.0);
    }
    Line { glyphs, left, width: right - left, rtl: run.rtl }
}

fn is_blank(glyph: &LayoutGlyph, text: &str) -> bool {
    let cluster = text.get(glyph.start..glyph.end).unwrap_or_default();
    !cluster.is_empty() && cluster.chars().all(char::is_whitespace)
}

/// The shaper cuts between characters, so an ellipsis may follow a space; it belongs to the word.
fn close_gap_before_ellipsis(glyphs: &mut [LayoutGlyph], text: &str, rtl: bool) {
    // Of all glyphs only those of the ellipsis stand for no text.
    let is_ellipsis = |glyph: &LayoutGlyph| glyph.start == glyph.end;
    let Some(cut) = glyphs.iter().find(|glyph| is_ellipsis(glyph)).map(|glyph| glyph.start) else {
        return;
    };
    let word_end = text.get(..cut).map_or(cut, |kept| kept.trim_end().len());
    let gap: f32 = glyphs
        .iter()
        .filter(|glyph| glyph.start >= word_end && glyph.end <= cut && is_blank(glyph, text))
        .map(|glyph| glyph.w)
        .sum();
    for glyph in glyphs.iter_mut().filter(|glyph| is_ellipsis(glyph)) {
        glyph.x += if rtl { gap } else { -gap };
    }
}

/// The characters of a line that no open font has, those that leave no mark put aside.
fn missing<'a>(run: LayoutRun<'a>) -> impl Iterator<Item = char> + 'a {
    let without = run.glyphs.iter().filter(|glyph| glyph.glyph_id == 0);
    let text = run.text;
    without
        .filter_map(move |glyph| text.get(glyph.start..glyph.end)?.chars().next())
        .filter(|c| !c.is_whitespace() && !c.is_control())
}
