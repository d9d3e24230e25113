//! The draw list: a scene flattened to physical pixels.

use std::fmt::Write as _;

use units::{PhysicalRect, Rect, Scale, snap};

use crate::{Color, Content, NodeId, Raster, Scene};

/// Where an item may show.
pub type Clip = PhysicalRect;

/// What fills an item's rectangle.
#[derive(Clone, Debug, PartialEq)]
pub enum Paint<S> {
    /// One colour.
    Solid(Color),
    /// Pixels made once and kept by their key, stretched if their size differs.
    Raster(Raster),
    /// A client's surface tree, stretched.
    Surface {
        /// Which one.
        surface: S,
        /// Corner radius, physical pixels at this size.
        radius: u32,
    },
}

/// One rectangle to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawItem<S> {
    /// Stable from frame to frame.
    pub id: NodeId,
    /// What fills it.
    pub paint: Paint<S>,
    /// Where it lies on the output, physical pixels.
    pub dst: PhysicalRect,
    /// Where it may show.
    pub clip: Clip,
    /// Opacity in `0..=1`.
    pub alpha: f32,
}

/// What is to be drawn, the front first.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawList<S> {
    /// Items from front to back.
    pub items: Vec<DrawItem<S>>,
}

impl<S: Clone, A> Scene<S, A> {
    /// Flattens the scene for an output of `scale`; what cannot be seen is left out.
    pub fn draw_list(&self, scale: Scale) -> DrawList<S> {
        let mut items = Vec::new();
        self.walk(&mut |node, walk| {
            let Some(content) = &node.content else { return };
            let place = |rect: Rect| snap(walk.placement.apply(rect), scale);
            let clip = snap(walk.clip, scale);
            let (paint, dst) = lower(content, node.frame, scale, walk.placement.scale, place);
            if dst.is_empty() || dst.intersection(&clip).is_none() {
                return;
            }
            items.push(DrawItem { id: node.id, paint, dst, clip, alpha: walk.opacity as f32 });
        });
        items.reverse();
        DrawList { items }
    }
}

/// Rasters are made for the node's own size, whatever group scales it: an animation stretches
/// textures, it never makes new ones.
fn lower<S: Clone>(
    content: &Content<S>,
    frame: Rect,
    scale: Scale,
    group_scale: f64,
    place: impl Fn(Rect) -> PhysicalRect,
) -> (Paint<S>, PhysicalRect) {
    let px = |logical: f64| (logical * scale.get()).round().max(0.0) as u32;
    let own = snap(Rect::from_size(frame.size), scale).size;
    let size = (own.width.max(1) as u32, own.height.max(1) as u32);
    let dst = place(frame);
    match content {
        Content::Rect { color, radius } if *radius <= 0.0 => (Paint::Solid(*color), dst),
        Content::Rect { color, radius } => {
            let radius = px(*radius).min(size.0 / 2).min(size.1 / 2);
            (Paint::Raster(Raster::RoundRect { size, radius, color: *color }), dst)
        }
        Content::Shadow { radius, blur, color } => {
            let outer = frame.inflate(*blur, *blur);
            let outer_px = snap(Rect::from_size(outer.size), scale).size;
            let size = (outer_px.width.max(1) as u32, outer_px.height.max(1) as u32);
            let raster =
                Raster::Shadow { size, radius: px(*radius), blur: px(*blur), color: *color };
            (Paint::Raster(raster), place(outer))
        }
        Content::Gradient { from, to, direction } => {
            // One pixel across is enough: the fade is the same along the other axis.
            let size = match direction {
                crate::Direction::Down => (1, size.1),
                crate::Direction::Right => (size.0, 1),
            };
            let raster = Raster::Gradient { size, from: *from, to: *to, direction: *direction };
            (Paint::Raster(raster), dst)
        }
        Content::Text { text, style, color } => {
            let scale_120 = (scale.get() * 120.0).round() as u32;
            let (text, style, color) = (text.clone(), *style, *color);
            (Paint::Raster(Raster::Text { size, text, style, color, scale_120 }), dst)
        }
        Content::Symbol { symbol, color } => {
            (Paint::Raster(Raster::Symbol { size, symbol: *symbol, color: *color }), dst)
        }
        Content::Icon { path, name } => {
            let raster = Raster::Icon { size, path: path.clone(), name: name.clone() };
            (Paint::Raster(raster), dst)
        }
        Content::Wallpaper { path, glass } => {
            let raster = Raster::Wallpaper { size, path: path.clone(), glass: *glass };
            (Paint::Raster(raster), dst)
        }
        Content::Surface { surface, radius } => {
            let radius = px(*radius * group_scale);
            (Paint::Surface { surface: surface.clone(), radius }, dst)
        }
    }
}

impl<S: std::fmt::Debug> DrawList<S> {
    /// The list as text, one item a line, front first: for tests that read like a picture.
    pub fn describe(&self) -> String {
        let mut out = String::new();
        for item in &self.items {
            let what = match &item.paint {
                Paint::Solid(c) => format!("solid {}", hex(*c)),
                Paint::Surface { surface, radius } => format!("surface {surface:?} r{radius}"),
                Paint::Raster(raster) => describe_raster(raster),
            };
            let d = item.dst;
            let _ = write!(
                out,
                "{:>5},{:<5} {:>4}x{:<4} {what}",
                d.min_x(),
                d.min_y(),
                d.width(),
                d.height()
            );
            if item.alpha < 1.0 {
                let _ = write!(out, " alpha {:.2}", item.alpha);
            }
            if !item.clip.contains_rect(&d) {
                let c = item.clip;
                let _ =
                    write!(out, " clip {},{} {}x{}", c.min_x(), c.min_y(), c.width(), c.height());
            }
            out.push('\n');
        }
        out
    }
}

fn describe_raster(raster: &Raster) -> String {
    match raster {
        Raster::RoundRect { radius, color, .. } => format!("box r{radius} {}", hex(*color)),
        Raster::Shadow { blur, color, .. } => format!("shadow {blur} {}", hex(*color)),
        Raster::Gradient { from, to, direction, .. } => {
            format!("fade {direction:?} {} {}", hex(*from), hex(*to))
        }
        Raster::Text { text, style, .. } => format!("text {} {text:?}", style.size),
        Raster::Symbol { symbol, .. } => format!("symbol {symbol:?}"),
        Raster::Icon { name, .. } => format!("icon {name:?}"),
        Raster::Wallpaper { glass, .. } => {
            if *glass { "wallpaper glass" } else { "wallpaper" }.to_owned()
        }
    }
}

fn hex(color: Color) -> String {
    let [r, g, b, a] = color.to_rgba8();
    format!("#{r:02x}{g:02x}{b:02x}{a:02x}")
}

#[cfg(test)]
mod tests {
    use units::{Point, Size, Vector};

    use super::*;
    use crate::{Node, Placement, TextStyle};

    fn rect(x: f64, y: f64, w: f64, h: f64) -> Rect {
        Rect::new(Point::new(x, y), Size::new(w, h))
    }

    #[test]
    fn a_group_moves_scales_fades_and_clips_what_is_inside_without_new_rasters() {
        let mut scene = Scene::<u32, ()>::new(Size::new(100.0, 200.0));
        let id = NodeId::new("t");
        let text =
            Content::Text { text: "Hei".into(), style: TextStyle::new(16), color: Color::WHITE };
        let label = Node::leaf(id.child("label"), rect(10.0, 10.0, 40.0, 20.0), text);
        let app = Node::leaf(
            id.child("app"),
            rect(0.0, 0.0, 100.0, 200.0),
            Content::Surface { surface: 7, radius: 10.0 },
        );
        let half = Placement { scale: 0.5, offset: Vector::new(50.0, 0.0) };
        scene.push(
            Node::group(id)
                .placed(half)
                .opacity(0.5)
                .clipped(rect(0.0, 0.0, 60.0, 200.0))
                .with(app)
                .with(label),
        );
        insta::assert_snapshot!(scene.draw_list(Scale::new(2.0)).describe(), @r#"
          110,10      40x20   text 16 "Hei" alpha 0.50
          100,0      100x200  surface 7 r10 alpha 0.50 clip 100,0 60x200
        "#);
        let Paint::Raster(raster) = &scene.draw_list(Scale::new(2.0)).items[0].paint else {
            panic!("text is a raster")
        };
        assert_eq!(raster.size(), (80, 40), "drawn for its own size, shown at half of it");
    }

    #[test]
    fn what_cannot_be_seen_is_left_out() {
        let mut scene = Scene::<u32, ()>::new(Size::new(100.0, 100.0));
        let solid =
            |x| (rect(x, 0.0, 10.0, 10.0), Content::Rect { color: Color::BLACK, radius: 0.0 });
        let (frame, content) = solid(200.0);
        scene.push(Node::leaf(NodeId::new("outside"), frame, content));
        let (frame, content) = solid(0.0);
        scene.push(Node::leaf(NodeId::new("faded"), frame, content).opacity(0.0));
        assert_eq!(scene.draw_list(Scale::new(1.0)).items, vec![]);
    }
}
