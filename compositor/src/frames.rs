//! A frame: from the shell's picture to what the panel shows, and what clients are told of it.

use std::time::Duration;

use anyhow::Result;
use smithay::output::Output;
use units::Time;

use crate::{
    Panel, State,
    backend::{Drawn, Presented},
    protocols::frame_callbacks,
    render::{Frame, Image, Leaf},
    schedule::Schedule,
    seat::WallClock,
};

/// The panel and when it is drawn.
pub(crate) struct Screen {
    pub(crate) output: Output,
    pub(crate) panel: Panel,
    pub(crate) schedule: Schedule,
    pub(crate) rasterizer: raster::Rasterizer,
    /// Whether the last frame that was presented was a locked one; `None` before the first.
    pub(crate) shown_locked: Option<bool>,
    pub(crate) wall_clock: WallClock,
    /// Frames presented since the start that differed from the one before.
    pub(crate) frames: u64,
    /// What the last frame showed as it is, and not as a small cover.
    pub(crate) in_full: Vec<Leaf>,
}

impl Screen {
    /// Whether the last frame showed the leaf as it is.
    pub(crate) fn shows(&self, leaf: Leaf) -> bool {
        self.in_full.contains(&leaf)
    }
}

impl State {
    /// A frame that the backend owed is on the panel since `at`.
    pub fn presented(&mut self, at: Time, sequence: u64, vsync: bool) {
        self.screen.schedule.presented(at);
        if self.screen.shown_locked == Some(true) {
            self.globals.confirm_lock();
        }
        self.globals.presented(at, self.screen.schedule.interval(), sequence, vsync);
    }

    /// Something has changed: draw at the next refresh.
    pub fn queue_redraw(&mut self) {
        self.screen.schedule.queue();
    }

    /// The picture as the panel shows it, where that can be read back.
    pub fn shown(&mut self) -> Option<Image> {
        self.backend.shown()
    }

    /// The picture as the user would see it now, drawn anew.
    ///
    /// # Errors
    /// When the display is off or the renderer fails.
    pub fn capture(&mut self) -> Result<Image> {
        anyhow::ensure!(
            self.host.shell().display() != shell::Display::Off,
            "the display is off; light it first"
        );
        let at = self.clock.now();
        let list = self.draw_list(at);
        let frame = Frame {
            output: &self.screen.output,
            list: &list.list,
            leaves: &self.windows,
            rasterizer: &mut self.screen.rasterizer,
            presented_at: at,
        };
        self.backend.capture(frame)
    }

    pub(crate) fn redraw(&mut self) {
        if self.host.shell().display() == shell::Display::Off {
            self.screen.schedule.rest();
            if self.host.shell().is_locked() {
                // Darkness shows nothing of any application either.
                self.globals.confirm_lock();
            }
            return;
        }
        let now = self.clock.now();
        let at = self.screen.schedule.predict(now);
        let mut picture = self.draw_list(at);
        self.input.pointer.draw(&mut picture.list, self.screen.panel.scale);
        let frame = Frame {
            output: &self.screen.output,
            list: &picture.list,
            leaves: &self.windows,
            rasterizer: &mut self.screen.rasterizer,
            presented_at: at,
        };
        let drawn = match self.backend.present(frame) {
            Ok(drawn) => drawn,
            Err(error) => {
                tracing::warn!("error drawing a frame: {error:#}");
                // Not at once: what fails now fails again within the same refresh.
                self.screen.schedule.estimated(now + self.screen.schedule.interval());
                self.screen.schedule.queue();
                return;
            }
        };
        self.after_frame(&picture, &drawn, now, at);
        for problem in self.screen.rasterizer.take_problems() {
            tracing::warn!("{problem}");
        }
    }

    fn after_frame(&mut self, picture: &Drawing, drawn: &Drawn, now: Time, at: Time) {
        let schedule = &mut self.screen.schedule;
        match drawn.presented {
            Presented::Pending => schedule.sent(now),
            Presented::Estimated => {
                schedule.estimated(at.max(now + Duration::from_millis(1)));
            }
            Presented::Unchanged => schedule.estimated(now + schedule.interval()),
            Presented::NoOutput => schedule.rest(),
        }
        if let Some(refresh_at) = drawn.refresh_at {
            schedule.queue_at(refresh_at);
        }
        if self.host.shell().is_animating(at) {
            schedule.queue();
        }
        if drawn.presented == Presented::NoOutput {
            return;
        }
        let shown = picture.leaves.iter().filter(|(_, full)| *full).map(|(leaf, _)| *leaf);
        self.screen.in_full = shown.collect();
        if drawn.presented != Presented::Unchanged {
            self.screen.frames += 1;
            self.copy_to_waiting();
        }
        self.screen.shown_locked = Some(picture.locked);
        if picture.locked && drawn.presented != Presented::Pending {
            self.globals.confirm_lock();
        }
        self.globals.collect_feedback(&self.screen.output, &picture.leaves, &self.windows, drawn);
        if drawn.presented != Presented::Pending {
            // No word will come of this frame: the estimate is what there is.
            self.globals.presented(at, self.screen.schedule.interval(), 0, false);
        }
        let shown: Vec<_> = picture.leaves.clone();
        if let Some(next) =
            frame_callbacks::send(&mut self.globals.throttle, &self.windows, &shown, now)
        {
            self.screen.schedule.queue_at(next);
        }
    }

    /// What the shell wants seen at `at`, flattened, with its surfaces named for the renderer.
    fn draw_list(&mut self, at: Time) -> Drawing {
        let scale = units::Scale::new(self.screen.panel.scale);
        let picture = self.host.shell().picture(at, &self.screen.rasterizer);
        Drawing::new(picture, scale)
    }
}

/// A picture as a draw list.
pub(crate) struct Drawing {
    pub(crate) list: scene::DrawList<Leaf>,
    pub(crate) locked: bool,
    /// Leaves that are to be seen; the second says whether as they are (and not as a small cover).
    pub(crate) leaves: Vec<(Leaf, bool)>,
}

impl Drawing {
    fn new(picture: shell::Picture, scale: units::Scale) -> Self {
        let (list, locked) = match picture {
            shell::Picture::Open(scene) => (
                rename(scene.draw_list(scale), |surface| match surface {
                    shell::OpenSurface::Window(id) => Leaf::Window(id),
                    shell::OpenSurface::Layer(id) => Leaf::Layer(id),
                }),
                false,
            ),
            shell::Picture::Locked(scene) => (rename(scene.draw_list(scale), Leaf::Lock), true),
        };
        let leaves = list
            .items
            .iter()
            .filter_map(|item| match item.paint {
                scene::Paint::Surface { surface, radius } => Some((surface, radius == 0)),
                _ => None,
            })
            .collect();
        Self { list, locked, leaves }
    }
}

fn rename<S>(list: scene::DrawList<S>, name: impl Fn(S) -> Leaf) -> scene::DrawList<Leaf> {
    use scene::{DrawItem, Paint};
    let items = list
        .items
        .into_iter()
        .map(|item| DrawItem {
            id: item.id,
            paint: match item.paint {
                Paint::Solid(color) => Paint::Solid(color),
                Paint::Raster(raster) => Paint::Raster(raster),
                Paint::Surface { surface, radius } => {
                    Paint::Surface { surface: name(surface), radius }
                }
            },
            dst: item.dst,
            clip: item.clip,
            alpha: item.alpha,
        })
        .collect();
    scene::DrawList { items }
}
