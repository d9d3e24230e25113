//! A renderer with everything of ours that lives in its memory.

use scene::{Color, DrawItem, Paint};
use smithay::{
    backend::renderer::{
        Bind, Color32F, ExportMem, ImportAll, ImportMem, Offscreen, Renderer,
        damage::OutputDamageTracker,
        element::{
            Kind,
            solid::SolidColorRenderElement,
            surface::{WaylandSurfaceRenderElement, render_elements_from_surface_tree},
            utils::{CropRenderElement, Relocate, RelocateRenderElement, RescaleRenderElement},
        },
        utils::CommitCounter,
    },
    utils::{Physical, Point, Rectangle, Size},
};
use units::{PhysicalRect, Time};

use super::{
    Element, Frame, Image, Leaf, LeafTrees,
    element::TextureElement,
    snapshots::{Snapshots, Wanted},
    textures::{ElementIds, Textures},
};

/// What a renderer must be able to do to be a painter's.
pub(crate) trait Canvas:
    Renderer<TextureId: Clone + Send + 'static, Error: Send + Sync + 'static>
    + ImportAll
    + ImportMem
    + ExportMem
    + Bind<Self::Scratch>
    + Offscreen<Self::Scratch>
{
    /// Memory that can be drawn into and read back.
    type Scratch;
}

impl Canvas for smithay::backend::renderer::pixman::PixmanRenderer {
    type Scratch = smithay::reexports::pixman::Image<'static, 'static>;
}

impl Canvas for smithay::backend::renderer::gles::GlesRenderer {
    type Scratch = smithay::backend::renderer::gles::GlesTexture;
}

/// What is behind everything: never seen while a wallpaper covers the output.
pub(crate) const CLEAR: Color32F = Color32F::BLACK;

/// See the module's documentation.
pub(crate) struct Painter<R: Canvas> {
    pub(crate) renderer: R,
    textures: Textures<R::TextureId>,
    snapshots: Snapshots<R::TextureId>,
    ids: ElementIds,
}

impl<R: Canvas> Painter<R> {
    pub(crate) fn new(renderer: R) -> Self {
        Self {
            renderer,
            textures: Textures::new(),
            snapshots: Snapshots::new(),
            ids: ElementIds::new(),
        }
    }

    /// The frame as render elements, the front first.
    ///
    /// What cannot be drawn (a client's broken buffer, a lost texture) is logged and left out:
    /// one bad surface must not take the picture down.
    pub(crate) fn elements(&mut self, frame: &mut Frame<'_>) -> Vec<Element<R>> {
        let mut elements = Vec::with_capacity(frame.list.items.len());
        let list = frame.list;
        for item in &list.items {
            if let Err(error) = self.lower(frame, item, &mut elements) {
                tracing::warn!("error drawing {:?}: {error}", item.paint);
            }
        }
        self.textures.end_frame();
        self.ids.end_frame();
        elements
    }

    /// When a cover that was shown stale wants to be drawn again.
    pub(crate) fn take_next_refresh(&mut self) -> Option<Time> {
        self.snapshots.take_next_refresh()
    }

    /// Drops what is kept of a window that is gone for good.
    pub(crate) fn forget(&mut self, leaf: Leaf) {
        self.snapshots.forget(leaf);
    }

    /// Gives back memory that the last frame did not need.
    pub(crate) fn trim(&mut self) {
        self.textures.trim();
        if let Err(error) = self.renderer.cleanup_texture_cache() {
            tracing::warn!("error cleaning the texture cache: {error}");
        }
    }

    /// Draws the frame into memory and returns it as the user sees it.
    pub(crate) fn capture(&mut self, frame: &mut Frame<'_>) -> anyhow::Result<Image> {
        let mode = frame.output.current_mode().map_or_else(Size::default, |mode| mode.size);
        let transform = frame.output.current_transform();
        let size = transform.transform_size(mode);
        let elements = self.elements(frame);
        let buffer_size = Size::from((size.w, size.h));
        let scale = frame.output.current_scale().fractional_scale();
        let renderer = &mut self.renderer;
        let mut scratch = Offscreen::<R::Scratch>::create_buffer(
            renderer,
            smithay::backend::allocator::Fourcc::Argb8888,
            buffer_size,
        )?;
        let mut target = renderer.bind(&mut scratch)?;
        let mut tracker = OutputDamageTracker::new(size, scale, smithay::utils::Transform::Normal);
        let result = tracker
            .render_output(renderer, &mut target, 0, &elements, CLEAR)
            .map_err(|error| anyhow::anyhow!("error drawing for capture: {error:?}"))?;
        renderer.wait(&result.sync)?;
        read(renderer, &target, buffer_size)
    }

    fn lower(
        &mut self,
        frame: &mut Frame<'_>,
        item: &DrawItem<Leaf>,
        elements: &mut Vec<Element<R>>,
    ) -> Result<(), R::Error> {
        let (dst, clip) = (rectangle(item.dst), rectangle(item.clip));
        match &item.paint {
            Paint::Solid(color) => {
                let Some(shown) = dst.intersection(clip) else { return Ok(()) };
                let id = self.ids.get(item.id, color);
                let color = premultiply(*color, item.alpha);
                let commit = CommitCounter::default();
                elements.push(
                    SolidColorRenderElement::new(id, shown, commit, color, Kind::Unspecified)
                        .into(),
                );
            }
            Paint::Raster(raster) => {
                let texture = self.textures.get(&mut self.renderer, frame.rasterizer, raster)?;
                let id = self.ids.get(item.id, raster);
                let commit = CommitCounter::default();
                let opaque = raster.is_opaque();
                elements.extend(
                    TextureElement::new(id, commit, texture, dst, clip, item.alpha, opaque)
                        .map(Element::Texture),
                );
            }
            Paint::Surface { surface, radius } => {
                self.lower_surface(frame, *surface, *radius, item, elements)?;
            }
        }
        Ok(())
    }

    fn lower_surface(
        &mut self,
        frame: &Frame<'_>,
        leaf: Leaf,
        radius: u32,
        item: &DrawItem<Leaf>,
        elements: &mut Vec<Element<R>>,
    ) -> Result<(), R::Error> {
        let (dst, clip) = (rectangle(item.dst), rectangle(item.clip));
        let scale = frame.output.current_scale().fractional_scale();
        let trees = frame.leaves.trees(leaf);
        let full = trees.as_ref().map_or(dst.size, |trees| {
            let full: Size<i32, Physical> = trees.size.to_f64().to_physical(scale).to_i32_round();
            Size::from((full.w.max(1), full.h.max(1)))
        });
        if let Some(trees) = &trees
            && radius == 0
            && full == dst.size
        {
            elements.extend(direct(&mut self.renderer, trees, scale, dst, clip, item.alpha));
            return Ok(());
        }
        let wanted =
            Wanted { shown: dst.size, radius, full, output_scale: scale, now: frame.presented_at };
        let shot = self.snapshots.get(&mut self.renderer, leaf, trees.as_ref(), &wanted)?;
        elements.extend(
            shot.and_then(|shot| {
                TextureElement::new(
                    shot.id,
                    shot.commit,
                    shot.texture,
                    dst,
                    clip,
                    item.alpha,
                    false,
                )
            })
            .map(Element::Texture),
        );
        Ok(())
    }
}

/// A window's own buffers, as they are.
fn direct<R: Canvas>(
    renderer: &mut R,
    trees: &LeafTrees,
    scale: f64,
    dst: Rectangle<i32, Physical>,
    clip: Rectangle<i32, Physical>,
    alpha: f32,
) -> Vec<Element<R>> {
    let origin = Point::default();
    let mut out = Vec::new();
    for (surface, offset) in &trees.trees {
        let at: Point<i32, Physical> = offset.to_f64().to_physical(scale).to_i32_round();
        let surfaces: Vec<WaylandSurfaceRenderElement<R>> = render_elements_from_surface_tree(
            renderer,
            surface,
            at,
            scale,
            alpha,
            Kind::Unspecified,
        );
        out.extend(surfaces.into_iter().filter_map(|surface| {
            let rescaled = RescaleRenderElement::from_element(surface, origin, 1.0);
            let moved = RelocateRenderElement::from_element(rescaled, dst.loc, Relocate::Relative);
            CropRenderElement::from_element(moved, scale, clip).map(Element::Surface)
        }));
    }
    out
}

/// Reads back what was drawn into `target`.
pub(crate) fn read<R: Canvas>(
    renderer: &mut R,
    target: &R::Framebuffer<'_>,
    size: Size<i32, smithay::utils::Buffer>,
) -> anyhow::Result<Image> {
    use smithay::backend::{allocator::Fourcc, renderer::TextureMapping as _};
    let mapping =
        renderer.copy_framebuffer(target, Rectangle::from_size(size), Fourcc::Argb8888)?;
    let flipped = mapping.flipped();
    let pixels = renderer.map_texture(&mapping)?;
    let (width, height) = (size.w as usize, size.h as usize);
    let stride = pixels.len() / height.max(1);
    let mut data = Vec::with_capacity(width * height * 4);
    for row in 0..height {
        let row = if flipped { height - 1 - row } else { row };
        data.extend_from_slice(&pixels[row * stride..][..width * 4]);
    }
    Ok(Image { width: width as u32, height: height as u32, data })
}

fn rectangle(rect: PhysicalRect) -> Rectangle<i32, Physical> {
    Rectangle::new(
        (rect.min_x(), rect.min_y()).into(),
        (rect.width().max(0), rect.height().max(0)).into(),
    )
}

fn premultiply(color: Color, alpha: f32) -> Color32F {
    let a = color.a * alpha;
    Color32F::new(color.r * a, color.g * a, color.b * a, a)
}
