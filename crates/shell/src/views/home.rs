//! Home: the covers of what is open, and what can be done with them.

use scene::{Align, Node, NodeId, Role, Symbol, TextStyle, Weight, layout};
use units::{Point, Rect, Size};

use crate::{
    Action, OpenSurface,
    model::{Cover, Remorse},
    tokens::{MARGIN, MEASURE, RADIUS_M, UNIT, lines, size},
    words,
};

use super::{
    View, column, cover,
    parts::{self, Button, N, Tone, fill, text},
};

/// The application in front hides home altogether.
pub(crate) fn is_hidden_by_front(view: &View<'_>) -> bool {
    let front = view.model.front_cover();
    front.is_some_and(|cover| cover.open.target() >= 1.0 && !cover.is_moving(view.now))
}

/// Covers at rest, and the buttons below them.
pub(crate) fn home(view: &View<'_>) -> N<OpenSurface> {
    let id = NodeId::new("home");
    let screen = view.geometry().screen;
    let mut home = Node::group(id)
        .blocking(screen)
        .on_touch(Action::Drag)
        .accessible(Role::Region, words::HOME);
    if view.model.covers.placed().next().is_none() {
        home = home.with(empty(view, id.child("empty")));
    }
    let covers = view.model.covers.iter().filter(|c| !is_in_flight(view, c));
    let visible = covers.filter(|c| cover::frame(view, c).intersects(&screen));
    // What is scrolled away goes below the status bar, not under its text.
    let (_, below_bar) = layout::cut_top(screen, view.geometry().bar.max_y());
    let covers = Node::group(id.child("covers"))
        .clipped(below_bar)
        .with_all(visible.map(|c| cover::cover(view, c)));
    home.with(covers).with(foot(view, id.child("foot")))
}

/// Covers that are in front or on their way there or back, the front last; those that come out
/// of the app grid apart from the others.
pub(crate) fn moving(view: &View<'_>, from_grid: bool) -> Vec<N<OpenSurface>> {
    let mut flying: Vec<&Cover> = view
        .model
        .covers
        .iter()
        .filter(|c| is_in_flight(view, c) && c.from_grid == from_grid)
        .filter(|c| !is_hidden_by_front(view) || view.model.front == Some(c.id))
        .collect();
    flying.sort_by_key(|c| (view.model.front == Some(c.id), c.used));
    flying.into_iter().flat_map(|c| front(view, c)).collect()
}

fn is_in_flight(view: &View<'_>, cover: &Cover) -> bool {
    cover.open.target() > 0.0 || !cover.open.is_settled(view.now)
}

/// The cover, on black where the status bar is once it has arrived.
fn front(view: &View<'_>, cover: &Cover) -> [N<OpenSurface>; 2] {
    let id = NodeId::new("front").child(cover.id);
    let open = cover.open.value(view.now);
    let arrived = super::ramp(open, 0.85, 1.0);
    let black = scene::Color::BLACK;
    let resting = is_hidden_by_front(view);
    let behind = if resting { view.geometry().screen } else { view.geometry().bar };
    [fill(id, behind, black, 0.0).opacity(arrived), cover::cover(view, cover)]
}

fn empty(view: &View<'_>, id: NodeId) -> N<OpenSurface> {
    let palette = view.palette();
    let area = column(layout::inset(view.geometry().covers_area(), UNIT), MEASURE);
    let height = lines(size::LARGE, 1) + UNIT + lines(size::BODY, 2);
    let block = layout::centered(area, Size::new(area.width(), height));
    let (title, rest) = layout::cut_top(block, lines(size::LARGE, 1));
    let (_, hint) = layout::cut_top(rest, UNIT);
    let big = TextStyle::new(size::LARGE).weight(Weight::Light).align(Align::Center);
    let small = TextStyle::new(size::BODY).align(Align::Center).lines(2);
    Node::group(id)
        .framed(block)
        .accessible(Role::Label, words::NOTHING_OPEN)
        .with(text(id.child("title"), title, words::NOTHING_OPEN, big, palette.text))
        .with(text(id.child("hint"), hint, words::NOTHING_OPEN_HINT, small, palette.text_second))
}

/// What stands below the covers: the way to the applications, or housekeeping.
fn foot(view: &View<'_>, id: NodeId) -> N<OpenSurface> {
    let home = &view.model.home;
    let row = column(view.geometry().home_buttons(), MEASURE);
    if let Some(remorse) = &home.remorse {
        return second_thoughts(view, id.child("remorse"), row, remorse);
    }
    if home.housekeeping {
        let mut frames = parts::columns(row, 2, 2.0 * UNIT);
        if view.model.settings.left_handed {
            frames.reverse();
        }
        let close = Button {
            id: id.child("close-all"),
            frame: frames[0],
            label: words::CLOSE_ALL,
            symbol: None,
            tone: Tone::Danger,
            action: Action::CloseAll,
            floats: true,
        };
        let done = Button {
            id: id.child("done"),
            frame: frames[1],
            label: words::DONE,
            symbol: None,
            tone: Tone::Plain,
            action: Action::EndHousekeeping,
            floats: true,
        };
        let mut node = Node::group(id);
        if view.model.covers.placed().next().is_some() {
            node = node.with(close.node(view));
        }
        return node.with(done.node(view));
    }
    let side = view.geometry().target.max(7.0 * UNIT);
    let frame = layout::centered(row, Size::splat(side));
    parts::round_button(view, id, frame, Symbol::Grid, words::APPLICATIONS, Action::ShowGrid)
}

fn second_thoughts(view: &View<'_>, id: NodeId, row: Rect, remorse: &Remorse) -> N<OpenSurface> {
    let palette = view.palette();
    let said = words::closing(remorse.covers.len(), remorse.seconds(view.now));
    let undo_width = 96.0_f64.min(row.width() / 2.0);
    let (undo, label) = layout::cut_right(row, undo_width);
    let (_, label) = layout::cut_left(label, MARGIN - UNIT);
    let label = Rect::new(
        Point::new(label.min_x(), row.min_y()),
        Size::new((label.width() - UNIT).max(1.0), row.height()),
    );
    let style = TextStyle::new(size::SMALL).weight(Weight::Medium).tabular().lines(2);
    let button = Button {
        id: id.child("undo"),
        frame: undo,
        label: words::UNDO,
        symbol: None,
        tone: Tone::Primary,
        action: Action::Undo,
        floats: true,
    };
    Node::group(id)
        .framed(row)
        .accessible(Role::Alert, said.as_str())
        .with(fill(id.child("back"), row, palette.scrim, RADIUS_M + UNIT))
        .with(text(id.child("said"), label, said, style, palette.text))
        .with(button.node(view))
}
