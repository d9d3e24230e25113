//! What the model looks like: pure functions from model and time to nodes.
//!
//! Touch targets never depend on measured text, so that a touch is understood without fonts.

mod cover;
mod grid;
mod home;
mod lock;
mod parts;
mod pin;
mod power_menu;
mod splash;
mod status_bar;

use gesture::Edge;
use scene::{Content, Direction, Node, NodeId, Placement, Scene, TextMeasure, TextStyle, layout};
use units::{Rect, Size, Time};

use crate::{
    Action, Layer, LockSurface, OpenSurface, Picture, Target,
    geometry::Geometry,
    model::Model,
    tokens::{Palette, UNIT},
};

pub(crate) use grid::icon_frame;
use parts::N;

/// What every view is given.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) model: &'a Model,
    pub(crate) now: Time,
    pub(crate) measure: &'a dyn TextMeasure,
}

impl<'a> View<'a> {
    fn geometry(&self) -> &'a Geometry {
        &self.model.geometry
    }

    fn palette(&self) -> &'a Palette {
        &self.model.palette
    }

    /// Whether a finger is on this node.
    fn is_pressed(&self, id: NodeId) -> bool {
        self.model.pressed.iter().any(|&(_, pressed)| pressed == id)
    }
}

/// Measures text roughly, for those who only want to know where touch targets are.
pub(crate) struct Rough;

impl TextMeasure for Rough {
    fn measure(&self, text: &str, style: &TextStyle, max_width: f64) -> Size {
        let em = f64::from(style.size);
        let width = text.chars().count() as f64 * em * 0.55;
        let lines =
            (width / max_width.max(1.0)).ceil().clamp(1.0, f64::from(style.max_lines.max(1)));
        Size::new(width.min(max_width), (lines * em * 1.25).ceil())
    }
}

/// Everything that is to be seen.
pub(crate) fn picture(view: &View<'_>) -> Picture {
    if view.model.may_show_apps(view.now) {
        Picture::Open(open(view))
    } else {
        Picture::Locked(locked(view))
    }
}

fn open(view: &View<'_>) -> Scene<OpenSurface, Action> {
    let (model, now) = (view.model, view.now);
    let screen = view.geometry().screen;
    let mut scene = Scene::new(screen.size);
    let id = NodeId::new("open");
    let front_hides_all = home::is_hidden_by_front(view);

    let unveiled = model.unveiled(now);
    if !front_hides_all || unveiled < 1.0 {
        scene.push(parts::wallpaper(view, id.child("wallpaper"), false));
    }
    let mut content = Node::group(id.child("content"));
    if !front_hides_all {
        content = content
            .with_all(layers(view, &[Layer::Background, Layer::Bottom]))
            .with(home::home(view));
    }
    content = content.with_all(home::moving(view, false));
    if !model.is_fullscreen() {
        content = content.with_all(layers(view, &[Layer::Top]));
    }
    if model.grid.panel.is_visible(now) {
        content = content.with(grid::grid(view));
    }
    content = content.with_all(home::moving(view, true)).with_all(layers(view, &[Layer::Overlay]));
    if unveiled < 1.0 || !model.lock.leave.is_settled(now) {
        let scale = if model.settings.reduced_motion { 1.0 } else { 0.94 + 0.06 * unveiled };
        content = content.placed(Placement::scale_about(scale, screen.center())).opacity(unveiled);
    }
    scene.push(content);
    if !model.is_fullscreen() || model.grid.panel.is_visible(now) {
        scene.push(status_bar::status_bar(view, unveiled));
    }
    scene.nodes.extend(edge_glow(view, id.child("glow")));
    if unveiled < 1.0 {
        scene.push(lock::lock(view));
    }
    if model.menu.is_visible(now) {
        scene.push(power_menu::power_menu(view));
    }
    scene
}

fn locked(view: &View<'_>) -> Scene<LockSurface, Action> {
    let screen = view.geometry().screen;
    let mut scene = Scene::new(screen.size);
    let id = NodeId::new("locked");
    scene.push(parts::wallpaper(view, id.child("wallpaper"), false));
    if let Some(external) = view.model.lock.external {
        if let Some(surface) = external.surface {
            let action =
                Action::Client { target: Target::Lock(surface), frame: screen, scale: 1.0 };
            scene.push(parts::surface(id.child("locker"), screen, surface, 0.0).on_touch(action));
        }
    } else {
        scene.push(lock::lock(view));
        scene.push(status_bar::status_bar(view, 0.0));
    }
    if view.model.menu.is_visible(view.now) {
        scene.push(power_menu::power_menu(view));
    }
    scene
}

/// The light along the edge that a gesture uses.
fn edge_glow(view: &View<'_>, id: NodeId) -> Option<N<OpenSurface>> {
    let (edge, light) = view.model.glow.as_ref()?;
    let light = light.value(view.now);
    if light <= 0.01 {
        return None;
    }
    let screen = view.geometry().screen;
    let reach = 3.0 * UNIT;
    let (bright, dark) =
        (view.palette().accent.with_alpha(0.55), view.palette().accent.with_alpha(0.0));
    let (frame, from, to, direction) = match edge {
        Edge::Left => (layout::cut_left(screen, reach).0, bright, dark, Direction::Right),
        Edge::Right => (layout::cut_right(screen, reach).0, dark, bright, Direction::Right),
        Edge::Bottom => (layout::cut_bottom(screen, reach).0, dark, bright, Direction::Down),
        Edge::Top | Edge::TopCorner(_) => {
            (layout::cut_top(screen, reach).0, bright, dark, Direction::Down)
        }
    };
    let fade = Content::Gradient { from, to, direction };
    Some(Node::leaf(id, frame, fade).opacity(light))
}

fn layers(view: &View<'_>, which: &[Layer]) -> Vec<N<OpenSurface>> {
    let id = NodeId::new("layer");
    let wanted = view.model.layers.iter().filter(|info| which.contains(&info.layer));
    wanted
        .map(|info| {
            let action =
                Action::Client { target: Target::Layer(info.id), frame: info.frame, scale: 1.0 };
            let surface = OpenSurface::Layer(info.id);
            parts::surface(id.child(info.id), info.frame, surface, 0.0).on_touch(action)
        })
        .collect()
}

/// How far `value` has come from `from` to `to`, in `0..=1`.
fn ramp(value: f64, from: f64, to: f64) -> f64 {
    ((value - from) / (to - from)).clamp(0.0, 1.0)
}

/// The middle of `area`, `width` wide at most.
fn column(area: Rect, width: f64) -> Rect {
    let width = width.min(area.width());
    scene::layout::centered(area, Size::new(width, area.height()))
}
