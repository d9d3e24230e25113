//! The code pad.

use scene::{Align, Node, NodeId, Role, Symbol, TextStyle, layout};
use units::{Point, Rect, Size, Vector};

use crate::{
    Action,
    geometry::inner,
    model::Note,
    tokens::{MARGIN, UNIT, lines, size},
    words,
};

use super::{
    View,
    parts::{self, N, fill, text},
};

/// Side of a dot.
const DOT: f64 = 12.0;
/// Dots that are shown at most; a longer entry shows this many.
const DOTS: usize = 16;
/// Between keys.
const KEY_GAP: f64 = 16.0;
/// A key is not larger than this.
const KEY: f64 = 76.0;

/// Title, dots, what went wrong, and the keys.
pub(crate) fn pad<S>(view: &View<'_>) -> N<S> {
    let id = NodeId::new("pin");
    let geometry = view.geometry();
    let content = inner(geometry.content, units::Insets::new(UNIT, MARGIN, 2.0 * UNIT, MARGIN));
    let (said, keys) = if geometry.is_landscape() {
        let (left, right) = layout::cut_left(content, content.width() / 2.0);
        (left, right)
    } else {
        let (_, content) = layout::cut_bottom(content, 2.0 * UNIT);
        layout::cut_top(content, content.height() * 0.34)
    };
    Node::group(id)
        .framed(content)
        .accessible(Role::Region, words::ENTER_CODE)
        .with(message(view, id.child("message"), said))
        .with_all(keypad(view, id, keys))
}

fn message<S>(view: &View<'_>, id: NodeId, area: Rect) -> N<S> {
    let palette = view.palette();
    let lock = &view.model.lock;
    let wait = lock.wait_s(view.now);
    let (note, color) = match &lock.note {
        Note::Checking => (words::CHECKING.to_owned(), palette.text_second),
        Note::Wrong if wait > 0 => (words::wrong_wait(wait), palette.danger),
        _ if wait > 0 => (words::wait(wait), palette.accent),
        Note::Enter => (String::new(), palette.text_second),
        Note::Wrong => (words::WRONG_CODE.to_owned(), palette.danger),
        Note::Broken(why) => (words::cannot_check(why), palette.danger),
    };
    let title_style = TextStyle::new(size::TITLE).align(Align::Center);
    let note_style = TextStyle::new(size::SMALL).align(Align::Center).lines(3);

    let height = lines(size::TITLE, 1) + 3.0 * UNIT + DOT + 2.0 * UNIT + lines(size::SMALL, 3);
    let block = layout::centered(area, Size::new(area.width(), height));
    let (title, rest) = layout::cut_top(block, lines(size::TITLE, 1));
    let (_, rest) = layout::cut_top(rest, 3.0 * UNIT);
    let (dots_area, rest) = layout::cut_top(rest, DOT);
    let (_, rest) = layout::cut_top(rest, 2.0 * UNIT);
    // The note begins right under the dots, however many lines it has.
    let needed = view.measure.measure(&note, &note_style, rest.width()).height;
    let note_area = layout::cut_top(rest, needed).0;
    let shift = if view.model.settings.reduced_motion { 0.0 } else { lock.shake_offset(view.now) };
    let mut node = Node::group(id)
        .with(text(id.child("title"), title, words::ENTER_CODE, title_style, palette.text))
        .with(dots(view, id.child("dots"), dots_area.translate(Vector::new(shift, 0.0))));
    if !note.is_empty() {
        let content = scene::Content::Text { text: note.as_str().into(), style: note_style, color };
        node = node
            .with(Node::leaf(id.child("note"), note_area, content).accessible(Role::Alert, note));
    }
    node
}

fn dots<S>(view: &View<'_>, id: NodeId, area: Rect) -> N<S> {
    let palette = view.palette();
    let count = view.model.lock.entry.len();
    // A few places are always there, to say that something is expected; how many digits the code
    // has is not told.
    let places = count.clamp(4, DOTS);
    let width = places as f64 * DOT + (places - 1) as f64 * DOT;
    let row = layout::centered(area, Size::new(width, DOT));
    let dot = |at: usize| {
        let origin = row.origin + Vector::new(at as f64 * 2.0 * DOT, 0.0);
        let color = if at < count { palette.text } else { palette.text.with_alpha(0.22) };
        fill(id.child(at), Rect::new(origin, Size::splat(DOT)), color, DOT / 2.0)
    };
    Node::group(id)
        .framed(row)
        .accessible(Role::Label, words::digits_entered(count))
        .with_all((0..places).map(dot))
}

fn keypad<S>(view: &View<'_>, id: NodeId, area: Rect) -> Vec<N<S>> {
    let gaps = Size::new(2.0 * KEY_GAP, 3.0 * KEY_GAP * 0.75);
    let fits = ((area.width() - gaps.width) / 3.0).min((area.height() - gaps.height) / 4.0);
    let side = fits.clamp(1.0, KEY.max(view.geometry().target));
    let size = Size::new(3.0 * side + gaps.width, 4.0 * side + gaps.height);
    let bottom = if view.geometry().is_landscape() {
        layout::centered(area, size)
    } else {
        layout::centered(layout::cut_bottom(area, size.height).0, size)
    };
    let key = |row: usize, column: usize| {
        let step =
            Vector::new(column as f64 * (side + KEY_GAP), row as f64 * (side + KEY_GAP * 0.75));
        Rect::new(Point::origin() + bottom.origin.to_vector() + step, Size::splat(side))
    };
    let enabled = view.model.lock.takes_digits(view.now);
    let mut keys: Vec<N<S>> = (1..=9u8)
        .map(|digit| {
            let at = usize::from(digit - 1);
            digit_key(view, id, key(at / 3, at % 3), digit, enabled)
        })
        .collect();
    keys.push(digit_key(view, id, key(3, 1), 0, enabled));
    if !view.model.lock.entry.is_empty() {
        keys.push(sign_key(
            view,
            id,
            key(3, 0),
            Symbol::Backspace,
            words::BACKSPACE,
            Action::Backspace,
        ));
        keys.push(sign_key(view, id, key(3, 2), Symbol::Check, words::CONFIRM, Action::Submit));
    }
    keys
}

fn digit_key<S>(view: &View<'_>, id: NodeId, frame: Rect, digit: u8, enabled: bool) -> N<S> {
    let palette = view.palette();
    let id = id.child(("digit", digit));
    let back = if view.is_pressed(id) { palette.button_pressed } else { palette.button };
    let style = TextStyle::new(size::LARGE).align(Align::Center).tabular();
    Node::group(id)
        .blocking(frame)
        .on_touch(Action::Digit(digit))
        .reach(parts::reach(frame, view.geometry().target))
        .accessible(Role::Button, digit.to_string())
        .opacity(if enabled { 1.0 } else { 0.4 })
        .with(fill(id.child("back"), frame, back, frame.height() / 2.0))
        .with(text(id.child("label"), frame, digit.to_string(), style, palette.text))
}

fn sign_key<S>(
    view: &View<'_>,
    id: NodeId,
    frame: Rect,
    glyph: Symbol,
    name: &str,
    action: Action,
) -> N<S> {
    let palette = view.palette();
    let accent = action == Action::Submit;
    let id = id.child(name);
    let pressed = view.is_pressed(id);
    let ink = if accent { scene::Color::hex(0x24_12_08) } else { palette.text };
    let mut node = Node::group(id)
        .blocking(frame)
        .on_touch(action)
        .reach(parts::reach(frame, view.geometry().target))
        .accessible(Role::Button, name);
    let radius = frame.height() / 2.0;
    if accent {
        let back = palette.accent.with_alpha(if pressed { 0.8 } else { 1.0 });
        node = node.with(fill(id.child("back"), frame, back, radius));
    } else if pressed {
        node = node.with(fill(id.child("back"), frame, palette.button_pressed, radius));
    }
    node.with(parts::symbol(id.child("symbol"), frame, frame.height() * 0.4, glyph, ink))
}
