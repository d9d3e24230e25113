//! The lock screen: clock, date and a hint; above them the code pad, where there is one.

use scene::{Align, Node, NodeId, Placement, Role, Symbol, TextStyle, Weight, layout};
use units::{Rect, Vector};

use crate::{
    Action,
    tokens::{MARGIN, UNIT, lines, size},
    words,
};

use super::{
    View, parts,
    parts::{N, text},
    pin, ramp,
};

/// The lock as far as it has not left: its curtain, and the code pad that rises over it.
pub(crate) fn lock<S>(view: &View<'_>) -> N<S> {
    let id = NodeId::new("lock");
    let (model, now) = (view.model, view.now);
    let screen = view.geometry().screen;
    let guarded = model.is_guarded();
    // A lock that was opened stays what it was while it leaves.
    let raised = model.lock.pad.risen(now).clamp(0.0, 1.0);
    let leaving = if model.locked { 0.0 } else { model.lock.leave.value(now) };
    let padded = guarded && raised > 0.0;

    let mut lock = Node::group(id)
        .blocking(if model.locked { screen } else { Rect::zero() })
        .on_touch(Action::Drag)
        .accessible(Role::Region, words::LOCK_SCREEN);
    let away = raised.max(leaving);
    if padded {
        let shown = ramp(raised, 0.4, 0.95) * (1.0 - ramp(leaving, 0.0, 0.6));
        lock = lock.with(glass_veil(view, id.child("glass"), shown));
        let rise = (1.0 - raised) * 10.0 * UNIT - leaving * 10.0 * UNIT;
        lock = lock.with(pin::pad(view).placed(drift(view, rise)).opacity(shown));
    }
    let up = -away * view.geometry().screen.height() * 0.22;
    lock.with(
        curtain(view, id.child("curtain"))
            .placed(drift(view, up))
            .opacity(1.0 - ramp(away, 0.0, 0.6)),
    )
}

fn drift(view: &View<'_>, y: f64) -> Placement {
    let y = if view.model.settings.reduced_motion { 0.0 } else { y };
    Placement::offset(Vector::new(0.0, y))
}

/// The wallpaper loses its sharpness as the pad comes.
fn glass_veil<S>(view: &View<'_>, id: NodeId, opacity: f64) -> N<S> {
    Node::group(id)
        .opacity(opacity)
        .with(parts::wallpaper(view, id.child("wallpaper"), true))
        .with(parts::fill(id.child("tint"), view.geometry().screen, view.palette().glass, 0.0))
}

fn curtain<S>(view: &View<'_>, id: NodeId) -> N<S> {
    let palette = view.palette();
    let model = view.model;
    let content = crate::geometry::inner(
        view.geometry().content,
        units::Insets::new(0.0, MARGIN, 0.0, MARGIN),
    );
    let landscape = view.geometry().is_landscape();

    let clock_size = if content.height() < 260.0 { size::DISPLAY } else { size::CLOCK };
    let clock = TextStyle::new(clock_size).weight(Weight::Light).tabular().align(Align::Center);
    let date = TextStyle::new(size::TITLE).align(Align::Center);
    let above = if landscape { 2.0 * UNIT } else { content.height() * 0.13 };
    let (_, rest) = layout::cut_top(content, above);
    let (clock_area, rest) = layout::cut_top(rest, lines(clock_size, 1));
    let (date_area, _) = layout::cut_top(rest, lines(size::TITLE, 1));
    let mut node = Node::group(id)
        .with(text(id.child("clock"), clock_area, model.clock.time.as_str(), clock, palette.text))
        .with(text(id.child("date"), date_area, model.clock.date.as_str(), date, palette.text));

    let hint = TextStyle::new(size::SMALL).weight(Weight::Medium).align(Align::Center);
    let (_, rest) = layout::cut_bottom(content, 3.0 * UNIT);
    let (hint_area, rest) = layout::cut_bottom(rest, lines(size::SMALL, 1));
    let (_, rest) = layout::cut_bottom(rest, UNIT / 2.0);
    let (chevron, _) = layout::cut_bottom(rest, 3.0 * UNIT);
    node = node
        .with(parts::symbol(id.child("up"), chevron, 24.0, Symbol::ChevronUp, palette.text_second))
        .with(
            text(id.child("hint"), hint_area, words::SWIPE_UP, hint, palette.text_second)
                .accessible(Role::Label, words::SWIPE_UP),
        );
    node
}
