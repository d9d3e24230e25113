//! What screens are put together from.

use std::{path::Path, sync::Arc};

use scene::{
    Align, Color, Content, Node, NodeId, Role, Symbol, TextStyle, Weight,
    layout::{self, centered},
};
use units::{Insets, Point, Rect, Size};

use crate::{
    Action, App,
    tokens::{self, RADIUS_M, UNIT, size},
};

use super::View;

/// A node of one of the shell's scenes.
pub(crate) type N<S> = Node<S, Action>;

/// Text in the middle of `area`'s height.
pub(crate) fn text<S>(
    id: NodeId,
    area: Rect,
    text: impl Into<Arc<str>>,
    style: TextStyle,
    color: Color,
) -> N<S> {
    let height = tokens::lines(style.size, style.max_lines);
    let frame = centered(area, Size::new(area.width(), height));
    Node::leaf(id, frame, Content::Text { text: text.into(), style, color })
}

/// A box with round corners.
pub(crate) fn fill<S>(id: NodeId, frame: Rect, color: Color, radius: f64) -> N<S> {
    Node::leaf(id, frame, Content::Rect { color, radius })
}

pub(crate) fn symbol<S>(id: NodeId, area: Rect, side: f64, symbol: Symbol, color: Color) -> N<S> {
    Node::leaf(id, centered(area, Size::splat(side)), Content::Symbol { symbol, color })
}

pub(crate) fn surface<S>(id: NodeId, frame: Rect, surface: S, radius: f64) -> N<S> {
    Node::leaf(id, frame, Content::Surface { surface, radius })
}

pub(crate) fn shadow<S>(id: NodeId, frame: Rect, radius: f64, blur: f64, color: Color) -> N<S> {
    Node::leaf(id, frame, Content::Shadow { radius, blur, color })
}

/// An application's icon.
pub(crate) fn icon<S>(id: NodeId, frame: Rect, app: Option<&App>, name: &str) -> N<S> {
    let path = app.and_then(|app| app.icon.as_deref()).map(Arc::from);
    Node::leaf(id, frame, Content::Icon { path, name: name.into() })
}

/// The wallpaper over the whole screen.
pub(crate) fn wallpaper<S>(view: &View<'_>, id: NodeId, glass: bool) -> N<S> {
    let path: Option<Arc<Path>> = view.model.settings.wallpaper.as_deref().map(Arc::from);
    Node::leaf(id, view.geometry().screen, Content::Wallpaper { path, glass })
}

/// A panel of glass over `area`: the softened wallpaper, tinted. Lets no touch through.
pub(crate) fn glass<S>(view: &View<'_>, id: NodeId, area: Rect) -> N<S> {
    Node::group(id)
        .blocking(area)
        .clipped(area)
        .with(wallpaper(view, id.child("wallpaper"), true))
        .with(fill(id.child("tint"), area, view.palette().glass, 0.0))
}

/// How much a button asks to be pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// One of several.
    Plain,
    /// What most will want.
    Primary,
    /// What cannot be undone.
    Danger,
}

/// A button with a label, a symbol, or both.
pub(crate) struct Button<'a> {
    pub(crate) id: NodeId,
    pub(crate) frame: Rect,
    pub(crate) label: &'a str,
    pub(crate) symbol: Option<Symbol>,
    pub(crate) tone: Tone,
    pub(crate) action: Action,
    /// What is behind it is a picture, not a panel.
    pub(crate) floats: bool,
}

impl Button<'_> {
    pub(crate) fn node<S>(self, view: &View<'_>) -> N<S> {
        let palette = view.palette();
        let pressed = view.is_pressed(self.id);
        let (back, ink) = match self.tone {
            Tone::Primary => {
                let accent = palette.accent;
                (if pressed { accent.with_alpha(0.8) } else { accent }, Color::hex(0x24_12_08))
            }
            Tone::Plain | Tone::Danger => {
                let back = match (pressed, self.floats) {
                    (true, _) => palette.button_pressed,
                    (false, true) => palette.floating,
                    (false, false) => palette.button,
                };
                (back, if self.tone == Tone::Danger { palette.danger } else { palette.text })
            }
        };
        let radius = (self.frame.height() / 2.0).min(RADIUS_M + UNIT);
        let style = TextStyle::new(size::BODY).weight(Weight::Medium).align(Align::Center);
        let mut node = Node::group(self.id)
            .blocking(self.frame)
            .on_touch(self.action)
            .reach(reach(self.frame, view.geometry().target))
            .accessible(Role::Button, self.label)
            .with(fill(self.id.child("back"), self.frame, back, radius));
        let inside = layout::inset(self.frame, UNIT);
        match self.symbol {
            None => node = node.with(text(self.id.child("label"), inside, self.label, style, ink)),
            Some(s) => {
                let wide = (inside.width() - 24.0 - UNIT).max(0.0);
                let label = view.measure.measure(self.label, &style, wide).width;
                let row = centered(inside, Size::new(24.0 + UNIT + label, inside.height()));
                let (left, rest) = layout::cut_left(row, 24.0);
                let (_, rest) = layout::cut_left(rest, UNIT);
                node = node.with(symbol(self.id.child("symbol"), left, 24.0, s, ink)).with(text(
                    self.id.child("label"),
                    rest,
                    self.label,
                    style,
                    ink,
                ));
            }
        }
        node
    }
}

/// A round button on a picture, with a symbol and a name that is not seen.
pub(crate) fn round_button<S>(
    view: &View<'_>,
    id: NodeId,
    frame: Rect,
    glyph: Symbol,
    name: impl Into<String>,
    action: Action,
) -> N<S> {
    let palette = view.palette();
    let back = if view.is_pressed(id) { palette.button_pressed } else { palette.floating };
    Node::group(id)
        .blocking(frame)
        .on_touch(action)
        .reach(reach(frame, view.geometry().target))
        .accessible(Role::Button, name)
        .with(fill(id.child("back"), frame, back, frame.height() / 2.0))
        .with(symbol(id.child("symbol"), frame, frame.height() * 0.45, glyph, palette.text))
}

/// What a touch may miss `frame` by, so that the target's sides are at least `least`.
pub(crate) fn reach(frame: Rect, least: f64) -> Insets {
    let (x, y) = ((least - frame.width()).max(0.0) / 2.0, (least - frame.height()).max(0.0) / 2.0);
    Insets::new(y, x, y, x)
}

/// `count` rows or columns of equal size with `gap` between, along the longer way of `area` asked
/// for.
pub(crate) fn columns(area: Rect, count: usize, gap: f64) -> Vec<Rect> {
    let count = count.max(1);
    let width = ((area.width() - gap * (count - 1) as f64) / count as f64).max(0.0);
    (0..count)
        .map(|at| {
            let x = area.min_x() + at as f64 * (width + gap);
            Rect::new(Point::new(x, area.min_y()), Size::new(width, area.height()))
        })
        .collect()
}
