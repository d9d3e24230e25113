//! Textures of rasters, made once and kept while they are in use.

use std::{collections::HashMap, hash::Hash};

use scene::{NodeId, Raster};
use smithay::{
    backend::{
        allocator::Fourcc,
        renderer::{ImportMem, element::Id},
    },
    utils::Size,
};

/// How many bytes of textures that no frame shows are kept for the next one that does.
const IDLE_BYTES: usize = 24 << 20;

/// Textures by what they show, with the least recently seen dropped first.
pub(crate) struct Textures<T> {
    entries: HashMap<Raster, Entry<T>>,
    frame: u64,
}

struct Entry<T> {
    texture: T,
    bytes: usize,
    used: u64,
}

impl<T: Clone> Textures<T> {
    pub(crate) fn new() -> Self {
        Self { entries: HashMap::new(), frame: 0 }
    }

    /// The texture for `raster`, made now if it is not there.
    pub(crate) fn get<R>(
        &mut self,
        renderer: &mut R,
        rasterizer: &mut raster::Rasterizer,
        raster: &Raster,
    ) -> Result<T, R::Error>
    where
        R: ImportMem<TextureId = T>,
    {
        if let Some(entry) = self.entries.get_mut(raster) {
            entry.used = self.frame;
            return Ok(entry.texture.clone());
        }
        let bitmap = rasterizer.draw(raster);
        let size = Size::from((bitmap.width as i32, bitmap.height as i32));
        let texture = renderer.import_memory(&bitmap.data, Fourcc::Argb8888, size, false)?;
        let entry = Entry { texture: texture.clone(), bytes: bitmap.data.len(), used: self.frame };
        self.entries.insert(raster.clone(), entry);
        Ok(texture)
    }

    /// Ends a frame: drops what has not been seen for longest, beyond a cap of bytes.
    pub(crate) fn end_frame(&mut self) {
        let mut idle: Vec<(u64, usize)> = self
            .entries
            .values()
            .filter(|entry| entry.used < self.frame)
            .map(|entry| (entry.used, entry.bytes))
            .collect();
        idle.sort_unstable_by(|a, b| b.cmp(a));
        let mut kept = 0;
        let oldest_kept = idle
            .into_iter()
            .take_while(|(_, bytes)| {
                kept += bytes;
                kept <= IDLE_BYTES
            })
            .last()
            .map_or(self.frame, |(used, _)| used);
        self.entries.retain(|_, entry| entry.used >= oldest_kept);
        self.frame += 1;
    }

    /// Drops everything that the last frame did not show.
    pub(crate) fn trim(&mut self) {
        let last = self.frame.saturating_sub(1);
        self.entries.retain(|_, entry| entry.used >= last);
    }
}

/// Element ids: the same node with the same paint keeps its id, so that the damage tracker sees
/// a change exactly when there is one.
pub(crate) struct ElementIds {
    ids: HashMap<(NodeId, u64), (Id, u64)>,
    frame: u64,
}

impl ElementIds {
    pub(crate) fn new() -> Self {
        Self { ids: HashMap::new(), frame: 0 }
    }

    /// The id of `node` while it shows `paint`.
    pub(crate) fn get(&mut self, node: NodeId, paint: &impl Hash) -> Id {
        let key = (node, NodeId::new(paint).get());
        let (id, used) = self.ids.entry(key).or_insert_with(|| (Id::new(), 0));
        *used = self.frame;
        id.clone()
    }

    /// Forgets the ids that this frame did not use.
    pub(crate) fn end_frame(&mut self) {
        let frame = self.frame;
        self.ids.retain(|_, (_, used)| *used == frame);
        self.frame += 1;
    }
}
