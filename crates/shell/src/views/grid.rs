//! The app grid.

use scene::{
    Align, Color, Content, Direction, Node, NodeId, Placement, Role, TextStyle, Weight, layout,
};
use units::{Point, Rect, Size, Vector};

use crate::{
    Action, App, OpenSurface,
    tokens::{MEASURE, RADIUS_M, UNIT, lines, size},
    words,
};

use super::{
    View, column,
    parts::{self, N, fill, text},
};

const ICON: f64 = 56.0;

/// Where the icon of the cell `cell` is.
pub(crate) fn icon_frame(cell: Rect) -> Rect {
    let (_, rest) = layout::cut_top(cell, UNIT);
    layout::centered(layout::cut_top(rest, ICON).0, Size::splat(ICON))
}

/// The panel with all applications, as far as it has risen.
pub(crate) fn grid(view: &View<'_>) -> N<OpenSurface> {
    let id = NodeId::new("grid");
    let geometry = view.geometry();
    let screen = geometry.screen;
    let risen = view.model.grid.panel.risen(view.now);
    let reduced = view.model.settings.reduced_motion;
    let below = if reduced { 0.0 } else { (1.0 - risen).max(0.0) * screen.height() };
    // The glass lies still while the panel's edge uncovers it.
    let (_, seen) = layout::cut_top(screen, below);

    let mut panel = Node::group(id)
        .on_touch(Action::Drag)
        .blocking(seen)
        .accessible(Role::Region, words::APPLICATIONS)
        .with(parts::glass(view, id.child("glass"), seen))
        .with(edge(id.child("edge"), seen, 1.0 - super::ramp(risen, 0.9, 1.0)));
    let (_, window) = layout::cut_top(screen, geometry.bar.height());
    let content = match view.model.apps.as_deref() {
        None => said(view, id.child("unknown"), words::APPS_UNKNOWN, ""),
        Some([]) => said(view, id.child("none"), words::NO_APPS, words::NO_APPS_HINT),
        Some(apps) => icons(view, id, apps).clipped(window),
    };
    panel = panel.with(
        Node::group(id.child("moved"))
            .placed(Placement::offset(Vector::new(0.0, below)))
            .with(content),
    );
    if reduced { panel.opacity(risen) } else { panel }
}

/// A shade above the panel's edge while it moves.
fn edge(id: NodeId, seen: Rect, opacity: f64) -> N<OpenSurface> {
    let frame = Rect::new(
        Point::new(seen.min_x(), seen.min_y() - 3.0 * UNIT),
        Size::new(seen.width(), 3.0 * UNIT),
    );
    let dark = Color::BLACK.with_alpha(0.35);
    let fade =
        Content::Gradient { from: dark.with_alpha(0.0), to: dark, direction: Direction::Down };
    Node::leaf(id, frame, fade).opacity(opacity)
}

fn icons(view: &View<'_>, id: NodeId, apps: &[App]) -> N<OpenSurface> {
    let geometry = view.geometry();
    let scroll = Vector::new(0.0, -view.model.grid.scroll.offset(view.now));
    let heading = TextStyle::new(size::LARGE).weight(Weight::Light);
    let title = geometry.grid_heading().translate(scroll);
    let (cells, _) = geometry.app_cells(apps.len());
    let seen = apps
        .iter()
        .zip(cells)
        .map(|(app, cell)| (app, cell.translate(scroll)))
        .filter(|(_, cell)| cell.intersects(&geometry.screen));
    Node::group(id.child("icons"))
        .with(text(id.child("heading"), title, words::APPLICATIONS, heading, view.palette().text))
        .with_all(seen.map(|(app, cell)| tile(view, id.child("app").child(&app.id), app, cell)))
}

fn tile(view: &View<'_>, id: NodeId, app: &App, cell: Rect) -> N<OpenSurface> {
    let icon = icon_frame(cell);
    let style = TextStyle::new(size::CAPTION).weight(Weight::Medium).align(Align::Center).lines(2);
    let (_, under) = layout::cut_top(cell, UNIT + ICON + 6.0);
    let label = layout::cut_top(layout::inset(under, 0.0), lines(size::CAPTION, 2)).0;
    let label = Rect::new(
        Point::new(label.min_x() + 3.0, label.min_y()),
        Size::new((label.width() - 6.0).max(1.0), label.height()),
    );
    // A single line stands right under the icon too.
    let needed = view.measure.measure(&app.name, &style, label.width()).height;
    let label = layout::cut_top(label, needed.min(label.height())).0;
    let content =
        Content::Text { text: app.name.as_str().into(), style, color: view.palette().text };
    let mut node = Node::group(id)
        .blocking(cell)
        .on_touch(Action::LaunchApp(app.id.clone()))
        .accessible(Role::Button, app.name.as_str());
    if view.is_pressed(id) {
        node = node.with(fill(id.child("pressed"), cell, view.palette().button, RADIUS_M));
    }
    node.with(parts::icon(id.child("icon"), icon, Some(app), &app.name)).with(Node::leaf(
        id.child("label"),
        label,
        content,
    ))
}

fn said(view: &View<'_>, id: NodeId, title: &str, hint: &str) -> N<OpenSurface> {
    let palette = view.palette();
    let area = column(layout::inset(view.geometry().content, 3.0 * UNIT), MEASURE);
    let height = lines(size::TITLE, 2) + UNIT + lines(size::BODY, 2);
    let block = layout::centered(area, Size::new(area.width(), height));
    let (top, rest) = layout::cut_top(block, lines(size::TITLE, 2));
    let (_, under) = layout::cut_top(rest, UNIT);
    let big = TextStyle::new(size::TITLE).align(Align::Center).lines(2);
    let small = TextStyle::new(size::BODY).align(Align::Center).lines(2);
    let mut node = Node::group(id).framed(block).accessible(Role::Label, title).with(text(
        id.child("title"),
        top,
        title,
        big,
        palette.text,
    ));
    if !hint.is_empty() {
        node = node.with(text(id.child("hint"), under, hint, small, palette.text_second));
    }
    node
}
