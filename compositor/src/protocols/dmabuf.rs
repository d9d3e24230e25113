//! `zwp_linux_dmabuf_v1`: buffers in the GPU's memory, where the backend can draw them.

use smithay::{
    backend::allocator::dmabuf::Dmabuf,
    delegate_dmabuf,
    wayland::dmabuf::{
        DmabufFeedbackBuilder, DmabufGlobal, DmabufHandler, DmabufState, ImportNotifier,
    },
};

use crate::State;

/// What is offered.
#[derive(Debug)]
pub(crate) struct Dmabufs {
    state: DmabufState,
    global: Option<DmabufGlobal>,
}

impl Dmabufs {
    pub(super) fn new() -> Self {
        Self { state: DmabufState::new(), global: None }
    }
}

impl DmabufHandler for State {
    fn dmabuf_state(&mut self) -> &mut DmabufState {
        &mut self.globals.dmabufs.state
    }

    fn dmabuf_imported(&mut self, _: &DmabufGlobal, dmabuf: Dmabuf, notifier: ImportNotifier) {
        let drawable = self.backend.dmabuf().is_some_and(|backend| backend.import(&dmabuf));
        if !drawable {
            notifier.failed();
        } else if let Err(error) = notifier.successful::<Self>() {
            tracing::debug!("client left while its buffer was imported: {error}");
        }
    }
}

impl State {
    /// Offers the protocol when the backend can draw such buffers. Called at the start, and again
    /// by a backend whose GPU has come.
    pub fn offer_dmabuf(&mut self) {
        let Some(backend) = self.backend.dmabuf() else { return };
        let (device, formats) = (backend.main_device(), backend.formats());
        let dmabufs = &mut self.globals.dmabufs;
        let feedback = device
            .and_then(|device| DmabufFeedbackBuilder::new(device, formats.clone()).build().ok());
        dmabufs.global = Some(match (dmabufs.global.take(), feedback) {
            (Some(global), Some(feedback)) => {
                dmabufs.state.set_default_feedback(&global, &feedback);
                global
            }
            (Some(global), None) => global,
            // Version 4, and so on: clients learn the device to allocate on.
            (None, Some(feedback)) => {
                dmabufs.state.create_global_with_default_feedback::<Self>(&self.display, &feedback)
            }
            (None, None) => dmabufs.state.create_global::<Self>(&self.display, formats),
        });
    }
}

delegate_dmabuf!(State);
