//! What stands in an application's place while it has no window: that it is on its way, or why it
//! is not coming.

use scene::{Align, Node, NodeId, Role, Symbol, TextStyle, Weight, layout};
use units::{Point, Rect, Size, Time};

use crate::{
    Action, App,
    model::{Cover, Stage},
    tokens::{self, GAP, MARGIN, MEASURE, UNIT, lines, size},
    words,
};

use super::{
    View, column,
    parts::{self, Button, N, Tone, fill, text},
};

const ICON: f64 = 96.0;

/// The splash of `cover` in `area`; can be pressed if it is `live`.
pub(crate) fn splash<S>(
    view: &View<'_>,
    cover: &Cover,
    id: NodeId,
    area: Rect,
    live: bool,
) -> N<S> {
    let name = view.model.cover_name(cover);
    let app = cover.app.as_ref().and_then(|id| view.model.app(id));
    match &cover.stage {
        Stage::Launching { since } => {
            let (block, row) = launch_rows(area);
            let splash = launching(view, id, block, app, name);
            if view.now >= *since + tokens::SPINNER_AFTER {
                splash.with(waiting(view, id.child("waiting"), row, *since, live))
            } else {
                splash
            }
        }
        Stage::Failed { reason } => failed(view, cover, id, area, name, reason, live),
        Stage::Window(_) => Node::group(id),
    }
}

/// Where icon and name stand, and under them the sign that it takes a while.
fn launch_rows(area: Rect) -> (Rect, Rect) {
    let place = column(layout::inset(area, MARGIN), MEASURE);
    let height = ICON + 3.0 * UNIT + lines(size::TITLE, 1) + 5.0 * UNIT;
    let block = layout::centered(place, Size::new(place.width(), height));
    let (block, below) = layout::cut_top(block, block.height() - 5.0 * UNIT);
    (block, layout::centered(below, Size::new(7.0 * UNIT, UNIT)))
}

fn launching<S>(view: &View<'_>, id: NodeId, block: Rect, app: Option<&App>, name: &str) -> N<S> {
    let style = TextStyle::new(size::TITLE).align(Align::Center);
    let (icon, rest) = layout::cut_top(block, ICON);
    let (_, title) = layout::cut_top(rest, 3.0 * UNIT);
    let icon = layout::centered(icon, Size::splat(ICON));
    Node::group(id)
        .framed(block)
        .accessible(Role::Label, words::starting(name))
        .with(parts::icon(id.child("icon"), icon, app, name))
        .with(text(id.child("name"), title, name, style, view.palette().text))
}

/// Three dots, which light up in turn where the user waits before them.
fn waiting<S>(view: &View<'_>, id: NodeId, row: Rect, since: Time, live: bool) -> N<S> {
    let t = view.now.since(since).as_secs_f64();
    let dot = |at: usize| {
        let wave = (t * 5.0 - at as f64 * 0.9).sin() * 0.5 + 0.5;
        let still = !live || view.model.settings.reduced_motion;
        let light = if still { 0.7 } else { 0.25 + 0.7 * wave };
        let origin = Point::new(row.min_x() + at as f64 * 3.0 * UNIT, row.min_y());
        let frame = Rect::new(origin, Size::splat(UNIT));
        fill(id.child(at), frame, view.palette().accent, UNIT / 2.0).opacity(light)
    };
    Node::group(id).with_all((0..3).map(dot))
}

fn failed<S>(
    view: &View<'_>,
    cover: &Cover,
    id: NodeId,
    area: Rect,
    name: &str,
    reason: &str,
    live: bool,
) -> N<S> {
    let palette = view.palette();
    let target = view.geometry().target;
    let place = column(layout::inset(area, MARGIN), MEASURE);
    let (buttons, rest) = layout::cut_bottom(place, target);
    let headline = TextStyle::new(size::TITLE).weight(Weight::Medium).align(Align::Center);
    // Enough for a file's name, what is wrong in it, and what mends it.
    let detail = TextStyle::new(size::SMALL).align(Align::Center).lines(8);
    let needed = view.measure.measure(reason, &detail, place.width()).height;
    let height = 7.0 * UNIT + lines(size::TITLE, 1) + needed;
    let said = layout::centered(rest, Size::new(place.width(), height.min(rest.height())));
    let (sign, rest) = layout::cut_top(said, 5.0 * UNIT);
    let (_, rest) = layout::cut_top(rest, UNIT);
    let (title, rest) = layout::cut_top(rest, lines(size::TITLE, 1));
    let (_, rest) = layout::cut_top(rest, UNIT);
    let (why, _) = layout::cut_top(rest, needed);
    let mut node = Node::group(id)
        .framed(said)
        .accessible(Role::Alert, format!("{name}: {reason}"))
        .with(parts::symbol(id.child("sign"), sign, 5.0 * UNIT, Symbol::Warning, palette.accent))
        .with(text(id.child("title"), title, name, headline, palette.text))
        .with(Node::leaf(
            id.child("why"),
            why,
            scene::Content::Text { text: reason.into(), style: detail, color: palette.text_second },
        ));
    let frames = parts::columns(buttons, 2, GAP);
    let offers = [
        (words::CLOSE, Tone::Plain, Action::CloseCover(cover.id)),
        (words::OPEN_AGAIN, Tone::Primary, Action::OpenAgain(cover.id)),
    ];
    for ((label, tone, action), frame) in offers.into_iter().zip(frames) {
        if live && (tone == Tone::Plain || cover.app.is_some()) {
            let id = id.child(label);
            node = node.with(
                Button { id, frame, label, symbol: None, tone, action, floats: false }.node(view),
            );
        }
    }
    node
}
