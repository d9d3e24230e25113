//! Snapshots: a window drawn once into a texture of its own.
//!
//! A scaled or round-cornered window is shown by its snapshot. That keeps a cover cheap (its
//! texture is as small as the cover, not as large as the app), lets it stay after its client is
//! gone, and gives round corners on any renderer. The snapshot is taken anew when the client has
//! drawn something, at most every [`REFRESH`].

use std::{collections::HashMap, time::Duration};

use smithay::{
    backend::{
        allocator::Fourcc,
        renderer::{
            Color32F, Frame as _, Offscreen, TextureMapping as _,
            element::{
                Id, Kind,
                surface::{WaylandSurfaceRenderElement, render_elements_from_surface_tree},
            },
            utils::{CommitCounter, draw_render_elements},
        },
    },
    utils::{Physical, Point, Rectangle, Scale, Size, Transform},
};
use units::Time;

use super::{Canvas, Leaf, LeafTrees};

/// Least time between two snapshots of the same window.
const REFRESH: Duration = Duration::from_millis(120);

/// A snapshot as it is drawn.
#[derive(Debug)]
pub(crate) struct Shot<T> {
    pub(crate) id: Id,
    pub(crate) commit: CommitCounter,
    pub(crate) texture: T,
}

struct Snapshot<T> {
    id: Id,
    commit: CommitCounter,
    texture: T,
    size: Size<i32, Physical>,
    radius: u32,
    generation: u64,
    taken: Time,
}

/// The snapshots of one painter.
pub(crate) struct Snapshots<T> {
    shots: HashMap<Leaf, Snapshot<T>>,
    next_refresh: Option<Time>,
}

/// What a snapshot is wanted for.
pub(crate) struct Wanted {
    /// Size at which the window is shown.
    pub(crate) shown: Size<i32, Physical>,
    /// Corner radius at that size.
    pub(crate) radius: u32,
    /// Size that the window has at scale 1.
    pub(crate) full: Size<i32, Physical>,
    /// Physical pixels to a logical one.
    pub(crate) output_scale: f64,
    /// Now.
    pub(crate) now: Time,
}

impl<T: Clone> Snapshots<T> {
    pub(crate) fn new() -> Self {
        Self { shots: HashMap::new(), next_refresh: None }
    }

    /// The snapshot of `leaf`, taken now where it is missing, too coarse or too old.
    pub(crate) fn get<R>(
        &mut self,
        renderer: &mut R,
        leaf: Leaf,
        trees: Option<&LeafTrees>,
        wanted: &Wanted,
    ) -> Result<Option<Shot<T>>, R::Error>
    where
        R: Canvas<TextureId = T>,
    {
        if let Some(trees) = trees
            && let Some(plan) = self.plan(leaf, trees, wanted)
        {
            let texture = take(renderer, trees, &plan, wanted)?;
            let commit = self.shots.get(&leaf).map_or_else(CommitCounter::default, |old| {
                let mut commit = old.commit;
                commit.increment();
                commit
            });
            let id = self.shots.get(&leaf).map_or_else(Id::new, |old| old.id.clone());
            let shot = Snapshot {
                id,
                commit,
                texture,
                size: plan.size,
                radius: plan.radius,
                generation: trees.generation,
                taken: wanted.now,
            };
            self.shots.insert(leaf, shot);
        }
        Ok(self.shots.get(&leaf).map(|shot| Shot {
            id: shot.id.clone(),
            commit: shot.commit,
            texture: shot.texture.clone(),
        }))
    }

    /// Whether, and how, a new snapshot is to be taken.
    fn plan(&mut self, leaf: Leaf, trees: &LeafTrees, wanted: &Wanted) -> Option<Plan> {
        let plan = Plan::new(wanted);
        let Some(old) = self.shots.get(&leaf) else { return Some(plan) };
        // A window that grows needs finer pixels at once; one that shrinks keeps what it has
        // until its content changes.
        if old.size.w < plan.size.w || !plan.has_radius(old) {
            return Some(plan);
        }
        if old.generation == trees.generation {
            return None;
        }
        let due = old.taken + REFRESH;
        if wanted.now >= due {
            return Some(plan);
        }
        self.next_refresh = Some(self.next_refresh.map_or(due, |at| at.min(due)));
        None
    }

    /// When a snapshot that was shown stale may be taken anew; asked once a frame.
    pub(crate) fn take_next_refresh(&mut self) -> Option<Time> {
        self.next_refresh.take()
    }

    /// Drops the snapshot of a window that is gone for good.
    pub(crate) fn forget(&mut self, leaf: Leaf) {
        self.shots.remove(&leaf);
    }
}

struct Plan {
    size: Size<i32, Physical>,
    radius: u32,
}

impl Plan {
    /// Halves the window's size while it stays at least as fine as shown: bilinear sampling
    /// then never skips pixels, and a moving window does not ask for a new texture each frame.
    fn new(wanted: &Wanted) -> Self {
        let mut size = wanted.full;
        while size.w / 2 >= wanted.shown.w && size.h / 2 >= wanted.shown.h {
            size = (size.w / 2, size.h / 2).into();
        }
        let size = Size::from((size.w.max(1), size.h.max(1)));
        let radius =
            f64::from(wanted.radius) * f64::from(size.w) / f64::from(wanted.shown.w.max(1));
        Self { size, radius: radius.round() as u32 }
    }

    /// Whether `old` has corners that look like the wanted ones, at any size.
    fn has_radius<T>(&self, old: &Snapshot<T>) -> bool {
        let as_shown = f64::from(old.radius) * f64::from(self.size.w) / f64::from(old.size.w);
        (as_shown - f64::from(self.radius)).abs() <= f64::from(self.radius).mul_add(0.25, 1.0)
    }
}

fn take<R: Canvas>(
    renderer: &mut R,
    trees: &LeafTrees,
    plan: &Plan,
    wanted: &Wanted,
) -> Result<R::TextureId, R::Error> {
    let shrink = f64::from(plan.size.w) / f64::from(wanted.full.w.max(1));
    let scale = Scale::from(wanted.output_scale * shrink);
    let mut elements: Vec<WaylandSurfaceRenderElement<R>> = Vec::new();
    for (surface, offset) in &trees.trees {
        let at: Point<i32, Physical> = offset.to_f64().to_physical(scale).to_i32_round();
        elements.extend(render_elements_from_surface_tree(
            renderer,
            surface,
            at,
            scale,
            1.0,
            Kind::Unspecified,
        ));
    }
    let area = Rectangle::from_size(plan.size);
    let buffer_size = Size::from((plan.size.w, plan.size.h));
    let mut scratch =
        Offscreen::<R::Scratch>::create_buffer(renderer, Fourcc::Argb8888, buffer_size)?;
    let mapping = {
        let mut target = renderer.bind(&mut scratch)?;
        let mut frame = renderer.render(&mut target, plan.size, Transform::Normal)?;
        frame.clear(Color32F::TRANSPARENT, &[area])?;
        draw_render_elements::<R, _, _>(&mut frame, scale, &elements, &[area])?;
        let sync = frame.finish()?;
        renderer.wait(&sync)?;
        renderer.copy_framebuffer(&target, Rectangle::from_size(buffer_size), Fourcc::Argb8888)?
    };
    let flipped = mapping.flipped();
    let mut pixels = renderer.map_texture(&mapping)?.to_vec();
    round_corners(&mut pixels, plan.size, plan.radius);
    renderer.import_memory(&pixels, Fourcc::Argb8888, buffer_size, flipped)
}

/// Cuts the four corners, with soft edges. `pixels` are premultiplied, four bytes each, tight.
fn round_corners(pixels: &mut [u8], size: Size<i32, Physical>, radius: u32) {
    let (width, height) = (size.w as usize, size.h as usize);
    let radius = (radius as usize).min(width / 2).min(height / 2);
    let stride = pixels.len() / height.max(1);
    for y in 0..radius {
        for x in 0..radius {
            let (dx, dy) = (radius as f64 - x as f64 - 0.5, radius as f64 - y as f64 - 0.5);
            let cover = (radius as f64 + 0.5 - dx.hypot(dy)).clamp(0.0, 1.0);
            if cover >= 1.0 {
                continue;
            }
            for (px, py) in
                [(x, y), (width - 1 - x, y), (x, height - 1 - y), (width - 1 - x, height - 1 - y)]
            {
                let at = py * stride + px * 4;
                for channel in &mut pixels[at..at + 4] {
                    *channel = (f64::from(*channel) * cover).round() as u8;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_cut_softly_and_alike_and_the_rest_is_left() {
        let size = Size::from((20, 12));
        let mut pixels = vec![255; 20 * 12 * 4];
        round_corners(&mut pixels, size, 6);
        let alpha = |x: usize, y: usize| pixels[(y * 20 + x) * 4 + 3];
        assert_eq!(alpha(0, 0), 0);
        assert_eq!(alpha(19, 11), 0);
        assert_eq!(alpha(10, 0), 255);
        assert_eq!(alpha(1, 2), alpha(18, 9), "all four alike");
        assert!((1..255).contains(&alpha(1, 2)), "soft: {}", alpha(1, 2));
    }
}
