//! `wl_compositor`, `wl_subcompositor`, `wl_shm`: surfaces and their content.

use smithay::{
    backend::renderer::utils::on_commit_buffer_handler,
    reexports::wayland_server::{
        Client, delegate_dispatch, delegate_global_dispatch,
        protocol::{
            wl_buffer::WlBuffer, wl_callback::WlCallback, wl_compositor::WlCompositor,
            wl_shm::WlShm, wl_subcompositor::WlSubcompositor, wl_surface::WlSurface,
        },
    },
    wayland::{
        buffer::BufferHandler,
        compositor::{
            CompositorClientState, CompositorHandler, CompositorState, is_sync_subsurface,
        },
        shm::{ShmBufferUserData, ShmHandler, ShmState},
    },
};

use crate::{ClientInfo, State, render::Leaf};

impl CompositorHandler for State {
    fn compositor_state(&mut self) -> &mut CompositorState {
        &mut self.globals.compositor
    }

    #[expect(clippy::expect_used, reason = "the trait leaves no other way")]
    fn client_compositor_state<'a>(&self, client: &'a Client) -> &'a CompositorClientState {
        // Every client is inserted by `State::add_client` or the security context's listener,
        // both of which give it a `ClientInfo`.
        &client.get_data::<ClientInfo>().expect("clients have info").compositor
    }

    fn commit(&mut self, surface: &WlSurface) {
        on_commit_buffer_handler::<Self>(surface);
        if is_sync_subsurface(surface) {
            return;
        }
        self.windows.popups.commit(surface);
        self.commit_popup(surface);
        self.commit_toplevel(surface);
        self.commit_layer(surface);
        self.commit_lock(surface);
        if let Some(leaf) = self.windows.leaf_of(surface) {
            self.windows.bump(leaf);
            if let Leaf::Window(id) = leaf {
                self.tell_size(id);
            }
            self.queue_redraw();
        }
    }

    fn destroyed(&mut self, _surface: &WlSurface) {
        self.queue_redraw();
    }
}

impl BufferHandler for State {
    fn buffer_destroyed(&mut self, _buffer: &WlBuffer) {}
}

impl ShmHandler for State {
    fn shm_state(&self) -> &ShmState {
        &self.globals.shm
    }
}

delegate_global_dispatch!(State: [WlCompositor: ()] => CompositorState);
delegate_global_dispatch!(State: [WlSubcompositor: ()] => CompositorState);
// Surfaces, regions and subsurfaces go through `guards`.
delegate_dispatch!(State: [WlCompositor: ()] => CompositorState);
delegate_dispatch!(State: [WlCallback: ()] => CompositorState);
delegate_global_dispatch!(State: [WlShm: ()] => ShmState);
// Pools go through `guards`.
delegate_dispatch!(State: [WlShm: ()] => ShmState);
delegate_dispatch!(State: [WlBuffer: ShmBufferUserData] => ShmState);
