//! The kinds of render elements that a frame consists of.

use smithay::{
    backend::renderer::{
        Frame as _, ImportAll, ImportMem, Renderer, Texture,
        element::{
            Element as ElementTrait, Id, Kind, RenderElement,
            solid::SolidColorRenderElement,
            surface::WaylandSurfaceRenderElement,
            utils::{CropRenderElement, RelocateRenderElement, RescaleRenderElement},
        },
        utils::{CommitCounter, OpaqueRegions},
    },
    utils::{Buffer, Physical, Rectangle, Scale, Transform},
};

smithay::backend::renderer::element::render_elements! {
    /// Anything that a frame draws.
    pub(crate) Element<R> where R: ImportAll + ImportMem;
    Solid=SolidColorRenderElement,
    Texture=TextureElement<<R as smithay::backend::renderer::RendererSuper>::TextureId>,
    Surface=SurfaceElement<R>,
}

/// A client's surface, scaled, moved and cut to where the scene wants it.
pub(crate) type SurfaceElement<R> =
    CropRenderElement<RelocateRenderElement<RescaleRenderElement<WaylandSurfaceRenderElement<R>>>>;

/// A texture of ours, stretched over a rectangle.
///
/// Smithay's own texture element places by whole logical pixels, which cannot express every
/// physical rectangle at fractional scales.
#[derive(Debug)]
pub(crate) struct TextureElement<T> {
    pub(crate) id: Id,
    pub(crate) commit: CommitCounter,
    pub(crate) texture: T,
    pub(crate) src: Rectangle<f64, Buffer>,
    pub(crate) dst: Rectangle<i32, Physical>,
    pub(crate) alpha: f32,
    pub(crate) opaque: bool,
}

impl<T: Texture> TextureElement<T> {
    /// `texture` over `dst`, of which only what lies in `clip` is shown. `None` if that is
    /// nothing.
    pub(crate) fn new(
        id: Id,
        commit: CommitCounter,
        texture: T,
        dst: Rectangle<i32, Physical>,
        clip: Rectangle<i32, Physical>,
        alpha: f32,
        opaque: bool,
    ) -> Option<Self> {
        let shown = dst.intersection(clip).filter(|r| !r.is_empty())?;
        let size = texture.size().to_f64();
        let (fx, fy) = (size.w / f64::from(dst.size.w), size.h / f64::from(dst.size.h));
        let offset = (shown.loc - dst.loc).to_f64();
        let src = Rectangle::new(
            (offset.x * fx, offset.y * fy).into(),
            (f64::from(shown.size.w) * fx, f64::from(shown.size.h) * fy).into(),
        );
        Some(Self { id, commit, texture, src, dst: shown, alpha, opaque: opaque && alpha >= 1.0 })
    }
}

impl<T: Texture> ElementTrait for TextureElement<T> {
    fn id(&self) -> &Id {
        &self.id
    }

    fn current_commit(&self) -> CommitCounter {
        self.commit
    }

    fn src(&self) -> Rectangle<f64, Buffer> {
        self.src
    }

    fn geometry(&self, _scale: Scale<f64>) -> Rectangle<i32, Physical> {
        self.dst
    }

    fn opaque_regions(&self, _scale: Scale<f64>) -> OpaqueRegions<i32, Physical> {
        if self.opaque {
            OpaqueRegions::from_slice(&[Rectangle::from_size(self.dst.size)])
        } else {
            OpaqueRegions::default()
        }
    }

    fn alpha(&self) -> f32 {
        self.alpha
    }

    fn kind(&self) -> Kind {
        Kind::Unspecified
    }
}

impl<R> RenderElement<R> for TextureElement<R::TextureId>
where
    R: Renderer,
{
    fn draw(
        &self,
        frame: &mut R::Frame<'_, '_>,
        src: Rectangle<f64, Buffer>,
        dst: Rectangle<i32, Physical>,
        damage: &[Rectangle<i32, Physical>],
        opaque_regions: &[Rectangle<i32, Physical>],
    ) -> Result<(), R::Error> {
        frame.render_texture_from_to(
            &self.texture,
            src,
            dst,
            damage,
            opaque_regions,
            Transform::Normal,
            self.alpha,
        )
    }
}
