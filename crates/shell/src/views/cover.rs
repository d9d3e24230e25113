//! An application's picture, anywhere between its place on home and the whole screen.

use scene::{Node, NodeId, Placement, Role, TextStyle, Weight, layout};
use units::{Point, Rect, Size, Vector};

use crate::{
    Action, OpenSurface, Target, WindowId,
    model::{Cover, Stage},
    tokens::{RADIUS_M, RADIUS_S, UNIT, size},
    words,
};

use super::{
    View,
    parts::{self, Button, N, Tone, fill, text},
    ramp, splash,
};

/// Radius of an application's corners while it is not in front, at its full size.
const ROUND: f64 = 40.0;
/// Reach of its shadow, at its full size.
const SHADE: f64 = 36.0;

/// Where `cover` is on the screen now.
pub(crate) fn frame(view: &View<'_>, cover: &Cover) -> Rect {
    let open = cover.open.value(view.now).clamp(0.0, 1.0);
    let scrolled = view.model.home.scroll.offset(view.now) * (1.0 - open);
    cover.frame.value(view.now).translate(Vector::new(0.0, -scrolled))
}

/// The picture of `cover`, with its title as far as it is on home.
pub(crate) fn cover(view: &View<'_>, cover: &Cover) -> N<OpenSurface> {
    let id = NodeId::new("cover").child(cover.id);
    let now = view.now;
    let open = cover.open.value(now).clamp(0.0, 1.0);
    let presence = cover.presence.value(now).clamp(0.0, 1.0);
    let rect = frame(view, cover);
    let live = is_live(view, cover);

    let mut node = Node::group(id).opacity(presence).with(picture(view, cover, id, rect, live));
    if open < 0.5 {
        node = node
            .with(
                Node::area(id.child("press"), rect, Action::OpenCover(cover.id))
                    .accessible(Role::Cover, view.model.cover_name(cover)),
            )
            .with(dress(view, cover, id, rect).opacity(1.0 - ramp(open, 0.0, 0.35)));
    }
    if presence < 1.0 && !view.model.settings.reduced_motion {
        node = node.placed(Placement::scale_about(0.88 + 0.12 * presence, rect.center()));
    }
    node
}

/// What a cover wears on home. Made for the size that covers have there, and scaled with the
/// cover, so that nothing is drawn anew while it flies.
fn dress(view: &View<'_>, cover: &Cover, id: NodeId, rect: Rect) -> N<OpenSurface> {
    let own = Rect::from_size(home_size(view));
    let scale = rect.width() / own.width().max(1.0);
    let mut node = Node::group(id.child("dress"))
        .placed(Placement { scale, offset: rect.origin.to_vector() })
        .with(title(view, cover, id.child("title"), own));
    if view.is_pressed(id.child("press")) {
        let shade = view.palette().text.with_alpha(0.12);
        node = node.with(fill(id.child("pressed"), own, shade, home_radius(view, own)));
    }
    let badges = view.model.home.badges.value(view.now).clamp(0.0, 1.0);
    if badges > 0.0 {
        node = node.with(badge(view, cover, id.child("badge"), own).opacity(badges));
    }
    node
}

/// The size of covers on home.
fn home_size(view: &View<'_>) -> Size {
    let (places, _) = view.geometry().cover_places(view.model.covers.placed().count().max(1));
    places.first().map_or(view.geometry().area.size, |place| place.size)
}

/// The radius of a cover of `own` size.
fn home_radius(view: &View<'_>, own: Rect) -> f64 {
    ROUND * own.width() / view.geometry().area.width().max(1.0)
}

/// Touches on it are its application's.
fn is_live(view: &View<'_>, cover: &Cover) -> bool {
    !view.model.locked && view.model.front == Some(cover.id) && cover.open.target() >= 1.0
}

/// What the application shows, laid out for the full screen and scaled into `rect`.
fn picture(view: &View<'_>, cover: &Cover, id: NodeId, rect: Rect, live: bool) -> N<OpenSurface> {
    let open = cover.open.value(view.now).clamp(0.0, 1.0);
    let full = view.model.full_rect(cover).size;
    let scale = (rect.width() / full.width.max(1.0)).max(1e-3);
    let place = Placement { scale, offset: rect.origin.to_vector() };
    let area = Rect::from_size(full);
    let seen = Rect::from_size(Size::new(full.width, rect.height() / scale));
    let resting = open >= 1.0 && !cover.is_moving(view.now);

    // All is made for the full size, whatever the size that it is shown at: one set of rasters
    // serves all the way between home and front.
    let back_radius = if open > 0.92 { 0.0 } else { ROUND };
    let radius = if resting { 0.0 } else { (ROUND * ramp(open, 1.0, 0.9) / 2.0).round() * 2.0 };

    let mut node = Node::group(id.child("picture")).placed(place);
    if !resting {
        let shadow = parts::shadow(id.child("shadow"), area, ROUND, SHADE, view.palette().shadow);
        node = node.with(shadow.opacity(1.0 - ramp(open, 0.9, 1.0)));
    }
    let mut inner = Node::group(id.child("inner")).clipped(seen).with(fill(
        id.child("back"),
        area,
        view.palette().backdrop,
        back_radius,
    ));
    inner = match &cover.stage {
        Stage::Window(root) => {
            inner.with_all(windows(view, *root, Shown { id, area, place, radius, live }))
        }
        Stage::Launching { .. } | Stage::Failed { .. } => inner
            .with(behind_splash(view, id.child("glass")).opacity(ramp(open, 0.9, 1.0)))
            .with(splash::splash(view, cover, id.child("splash"), area, live)),
    };
    if open >= 0.5 {
        let name = view.model.cover_name(cover);
        inner = inner.accessible(Role::Window, name).blocking(area);
        if cover.window().is_none() && live {
            // A splash is the shell's own: fingers on it are nobody's.
            inner = inner.on_touch(Action::Drag);
        }
    }
    node.with(inner)
}

/// The wallpaper shows through a splash that has arrived, where it has it on the screen.
fn behind_splash(view: &View<'_>, id: NodeId) -> N<OpenSurface> {
    let geometry = view.geometry();
    let place = Placement::offset(-geometry.area.origin.to_vector());
    Node::group(id)
        .placed(place)
        .with(parts::wallpaper(view, id.child("wallpaper"), true))
        .with(fill(id.child("tint"), geometry.screen, view.palette().glass, 0.0))
}

/// How windows are to be shown.
struct Shown {
    id: NodeId,
    /// Theirs, in their own logical pixels.
    area: Rect,
    /// Of the area on the screen.
    place: Placement,
    radius: f64,
    live: bool,
}

/// A window and its dialogs, each above what it belongs to.
fn windows(view: &View<'_>, root: WindowId, shown: Shown) -> Vec<N<OpenSurface>> {
    let windows = &view.model.windows;
    let mut nodes = Vec::new();
    let mut silent = None;
    for (depth, window_id) in windows.family(root).into_iter().enumerate() {
        let Some(window) = windows.get(window_id) else { continue };
        let id = shown.id.child(window_id);
        let area = shown.area;
        if depth > 0 {
            let shade = view.palette().scrim.with_alpha(0.45);
            nodes.push(fill(id.child("shade"), area, shade, shown.radius));
        }
        let size = window.size.unwrap_or(area.size);
        // One that is larger than what it was given is shown whole, if smaller.
        let fit =
            (area.width() / size.width.max(1.0)).min(area.height() / size.height.max(1.0)).min(1.0);
        let frame = layout::centered(area, size * fit);
        let radius = corners(depth, frame, area, shown.radius);
        let surface = OpenSurface::Window(window_id);
        let mut node = parts::surface(id, frame, surface, radius);
        if shown.live {
            let action = Action::Client {
                target: Target::Window(window_id),
                frame: shown.place.apply(frame),
                scale: shown.place.scale * fit,
            };
            // All of the area is its: a finger beside a narrow window is not one on home.
            node = node.on_touch(action);
            nodes.push(Node::group(id.child("catch")).blocking(area));
        }
        if window.unresponsive {
            silent = Some(window_id);
        }
        nodes.push(node);
    }
    if let (Some(window_id), true) = (silent, shown.live) {
        nodes.push(not_answering(view, window_id, shown.id.child("silent"), shown.area));
    }
    nodes
}

/// Radius of a window's corners. One that fills its area has the area's; one that leaves bands
/// broader than the corners lies flat between them; a dialog has its own.
fn corners(depth: usize, frame: Rect, area: Rect, radius: f64) -> f64 {
    let (across, down) = (area.width() - frame.width(), area.height() - frame.height());
    let flat = across < 1.0 && down / 2.0 >= radius || down < 1.0 && across / 2.0 >= radius;
    match depth {
        0 if flat => 0.0,
        0 => radius,
        _ => radius.min(RADIUS_S),
    }
}

/// A strip that says that an application does not answer, and offers to close it.
fn not_answering(view: &View<'_>, window: WindowId, id: NodeId, area: Rect) -> N<OpenSurface> {
    let target = view.geometry().target;
    let (strip, _) = layout::cut_bottom(area, target + 4.0 * UNIT);
    let panel = layout::inset(strip, UNIT);
    let (button, rest) = layout::cut_right(layout::inset(panel, UNIT), 96.0);
    let cover = view.model.cover_of(window).and_then(|id| view.model.covers.get(id));
    let said = words::not_answering(cover.map_or(words::UNNAMED, |c| view.model.cover_name(c)));
    let style = TextStyle::new(size::SMALL).lines(2);
    let (_, rest) = layout::cut_left(rest, UNIT);
    let mut node = Node::group(id)
        .blocking(panel)
        .accessible(Role::Alert, said.as_str())
        .with(fill(id.child("back"), panel, view.palette().backdrop.with_alpha(0.96), RADIUS_M))
        .with(text(id.child("said"), rest, said, style, view.palette().text));
    if let Some(cover) = cover {
        let frame = layout::centered(button, Size::new(96.0, target));
        let button = Button {
            id: id.child("close"),
            frame,
            label: words::CLOSE,
            symbol: None,
            tone: Tone::Danger,
            action: Action::CloseCover(cover.id),
            floats: false,
        };
        node = node.with(button.node(view));
    }
    node
}

/// Icon and name on a scrim along the cover's foot; on the smallest, the icon alone.
fn title(view: &View<'_>, cover: &Cover, id: NodeId, rect: Rect) -> N<OpenSurface> {
    let (name, label_text) = (view.model.cover_name(cover), view.model.cover_label(cover));
    let app = cover.app.as_ref().and_then(|id| view.model.app(id));
    if rect.width() < 84.0 {
        let (strip, _) = layout::cut_bottom(layout::inset(rect, 6.0), 26.0);
        let icon = layout::centered(strip, Size::splat(26.0));
        return parts::icon(id.child("icon"), icon, app, name);
    }
    let small = rect.width() < 120.0;
    let (inset, height, icon_side, type_size) =
        if small { (4.0, 26.0, 16.0, size::CAPTION) } else { (6.0, 36.0, 24.0, size::SMALL) };
    let (strip, _) = layout::cut_bottom(layout::inset(rect, inset), height);
    let radius = (home_radius(view, rect) - inset).max(4.0);
    let (icon, rest) = layout::cut_left(layout::inset(strip, inset), icon_side);
    let (_, rest) = layout::cut_left(rest, inset);
    let style = TextStyle::new(type_size).weight(Weight::Medium);
    let label =
        Rect::new(Point::new(rest.min_x(), strip.min_y()), Size::new(rest.width(), strip.height()));
    let icon = layout::centered(icon, Size::splat(icon_side));
    Node::group(id)
        .with(fill(id.child("scrim"), strip, view.palette().scrim, radius))
        .with(parts::icon(id.child("icon"), icon, app, name))
        .with(text(id.child("name"), label, label_text, style, view.palette().text))
}

/// The badge that closes a cover, at its upper end on the thumb's side.
fn badge(view: &View<'_>, cover: &Cover, id: NodeId, rect: Rect) -> N<OpenSurface> {
    let side = 4.0 * UNIT;
    let (top, _) = layout::cut_top(layout::inset(rect, 4.0), side);
    let left_handed = view.model.settings.left_handed;
    let frame =
        if left_handed { layout::cut_left(top, side).0 } else { layout::cut_right(top, side).0 };
    let pressed = view.is_pressed(id);
    let back = if pressed { view.palette().danger } else { view.palette().scrim };
    Node::group(id)
        .blocking(frame)
        .on_touch(Action::CloseCover(cover.id))
        .reach(parts::reach(frame, view.geometry().target))
        .accessible(Role::Button, words::close_app(view.model.cover_name(cover)))
        .with(fill(id.child("back"), frame, back, side / 2.0))
        .with(parts::symbol(
            id.child("sign"),
            frame,
            18.0,
            scene::Symbol::Close,
            view.palette().text,
        ))
}
