//! The line at the top: clock and battery, beside whatever the panel's cutouts take.

use scene::{Content, Node, NodeId, Role, Symbol, TextStyle, Weight, layout};
use units::{Point, Rect, Size, Vector};

use crate::{
    Battery,
    tokens::{UNIT, size},
    words,
};

use super::{
    View,
    parts::{N, fill, text},
};

/// Side of the battery's symbol.
const BATTERY: f64 = 24.0;
/// Where the level goes inside the symbol: left, top, width and height in shares of its side.
const INSIDE: [f64; 4] = [4.75 / 24.0, 9.25 / 24.0, 12.5 / 24.0, 5.5 / 24.0];

/// The status bar; the clock has the opacity `clock`, as the lock has a big one.
pub(crate) fn status_bar<S>(view: &View<'_>, clock: f64) -> N<S> {
    let id = NodeId::new("status-bar");
    let line = view.geometry().bar_line;
    let mut bar =
        Node::group(id).framed(view.geometry().bar).accessible(Role::Region, words::STATUS_BAR);
    bar = bar.with(clock_text(view, id.child("clock"), line).opacity(clock));
    if let Some(battery) = view.model.status.battery {
        bar = bar.with(battery_sign(view, id.child("battery"), line, battery));
    }
    bar
}

fn style() -> TextStyle {
    TextStyle::new(size::SMALL).weight(Weight::SemiBold).tabular()
}

/// In the middle, or to the left where a cutout has the middle.
fn clock_text<S>(view: &View<'_>, id: NodeId, line: Rect) -> N<S> {
    let time = view.model.clock.time.as_str();
    let width = view.measure.measure(time, &style(), line.width()).width.max(1.0);
    let size = Size::new(width, line.height());
    let middle =
        Rect::new(Point::new(view.geometry().screen.center().x - width / 2.0, line.min_y()), size);
    let taken = |rect: &Rect| {
        view.geometry().cutouts.iter().any(|cut| cut.intersects(&rect.inflate(UNIT, 0.0)))
    };
    let left = Rect::new(line.origin, size);
    let right_of_cut = || {
        let end =
            view.geometry().cutouts.iter().filter(|cut| cut.intersects(&left)).map(Rect::max_x);
        let x = end.fold(left.min_x(), f64::max) + UNIT;
        Rect::new(Point::new(x, line.min_y()), size)
    };
    let area = match () {
        () if !taken(&middle) => middle,
        () if !taken(&left) => left,
        () => right_of_cut(),
    };
    text(id, area, time, style(), view.palette().text)
}

fn battery_sign<S>(view: &View<'_>, id: NodeId, line: Rect, battery: Battery) -> N<S> {
    let palette = view.palette();
    let percent = battery.percent.min(100);
    let label = format!("{percent}%");
    let width = view.measure.measure(&label, &style(), line.width()).width;
    // To the left of a cutout that has the corner.
    let cut = view
        .geometry()
        .cutouts
        .iter()
        .filter(|cut| cut.max_x() > line.max_x() - 80.0 && cut.intersects(&line));
    let end = cut.map(|cut| cut.min_x() - UNIT).fold(line.max_x(), f64::min);
    let line = Rect::new(line.origin, Size::new(end - line.min_x(), line.height()));

    let (sign, rest) = layout::cut_right(line, BATTERY);
    let (_, rest) = layout::cut_right(rest, 3.0);
    let (number, rest) = layout::cut_right(rest, width);
    let sign = layout::centered(sign, Size::splat(BATTERY));
    let low = percent <= 15 && !battery.charging;
    let ink = if low { palette.danger } else { palette.text };
    let [x, y, most, height] = INSIDE.map(|share| share * BATTERY);
    let inside = Rect::new(
        sign.origin + Vector::new(x, y),
        Size::new(most * f64::from(percent) / 100.0, height),
    );
    let mut node = Node::group(id)
        .framed(sign)
        .accessible(Role::Label, words::battery(percent, battery.charging))
        .with(text(id.child("percent"), number, label, style(), palette.text))
        .with(Node::leaf(
            id.child("outline"),
            sign,
            Content::Symbol { symbol: Symbol::Battery, color: ink },
        ))
        .with(fill(id.child("level"), inside, ink, 0.0));
    if battery.charging {
        let (_, rest) = layout::cut_right(rest, 2.0);
        let (bolt, _) = layout::cut_right(rest, 12.0);
        let bolt = layout::centered(bolt, Size::splat(12.0));
        let content = Content::Symbol { symbol: Symbol::Bolt, color: palette.accent };
        node = node.with(Node::leaf(id.child("bolt"), bolt, content));
    }
    node
}
