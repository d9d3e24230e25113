//! `xdg_activation_v1`: which window a start belongs to, and who may come to the front.
//!
//! A token that we mint for a launch names that launch; the window that presents it is the
//! launch's. A token that a client made counts if the client had the focus when it was made.

use std::{collections::HashMap, time::Duration};

use shell::{AppId, Event, LaunchId, WindowId};
use smithay::{
    delegate_xdg_activation,
    reexports::wayland_server::{Resource as _, protocol::wl_surface::WlSurface},
    wayland::xdg_activation::{
        XdgActivationHandler, XdgActivationState, XdgActivationToken, XdgActivationTokenData,
    },
};

use crate::{ClientInfo, State, shell_host::leaf};

/// How long a token is good for. A cold start of a large program takes its time.
const TOKEN_LIFE: Duration = Duration::from_secs(60);

/// The launches under way: what their windows can be told by.
#[derive(Debug, Default)]
pub(crate) struct Launches {
    by_token: HashMap<String, LaunchId>,
    /// Unit or session's own id, by launch.
    pub(crate) units: HashMap<LaunchId, String>,
    /// Windows that presented a launch's token before they were mapped.
    presented: HashMap<WindowId, LaunchId>,
}

impl XdgActivationHandler for State {
    fn activation_state(&mut self) -> &mut XdgActivationState {
        &mut self.globals.xdg_activation
    }

    fn token_created(&mut self, _token: XdgActivationToken, data: XdgActivationTokenData) -> bool {
        self.globals.xdg_activation.retain_tokens(|_, data| data.timestamp.elapsed() < TOKEN_LIFE);
        let focused = self
            .input
            .focus
            .and_then(|target| self.windows.root(leaf(target)))
            .and_then(|surface| surface.client())
            .map(|client| client.id());
        focused.is_some() && data.client_id == focused
    }

    fn request_activation(
        &mut self,
        token: XdgActivationToken,
        data: XdgActivationTokenData,
        surface: WlSurface,
    ) {
        if data.timestamp.elapsed() > TOKEN_LIFE {
            return;
        }
        let Some(toplevel) = self.windows.of_surface(&surface) else { return };
        let (window, mapped) = (toplevel.id, toplevel.mapped);
        let launch = self.globals.launches.by_token.get(token.as_str()).copied();
        match (launch, mapped) {
            (Some(launch), false) => {
                self.globals.launches.presented.insert(window, launch);
            }
            _ if mapped => self.tell(Event::Activate { window }),
            _ => {}
        }
        self.globals.xdg_activation.remove_token(&token);
    }
}

impl State {
    /// A fresh token for a launch, to be handed to the program.
    pub(crate) fn mint_token(&mut self, launch: LaunchId, app: &AppId) -> String {
        let data = XdgActivationTokenData { app_id: Some(app.0.clone()), ..Default::default() };
        let (token, _) = self.globals.xdg_activation.create_external_token(data);
        let token = token.as_str().to_owned();
        self.globals.launches.by_token.insert(token.clone(), launch);
        token
    }

    /// The launch that a window which maps comes from, where that is certain: by the token that
    /// it presented, or by the unit that its process runs in.
    pub(super) fn launch_of(&mut self, surface: &WlSurface, window: WindowId) -> Option<LaunchId> {
        if let Some(launch) = self.globals.launches.presented.remove(&window) {
            return Some(launch);
        }
        let client = surface.client()?;
        let unit = client.get_data::<ClientInfo>()?.unit.as_deref()?;
        let units = &self.globals.launches.units;
        units.iter().find(|(_, known)| known.as_str() == unit).map(|(launch, _)| *launch)
    }

    /// A launch has ended: nothing will be matched with it any more.
    pub(crate) fn forget_launch(&mut self, launch: LaunchId) {
        let launches = &mut self.globals.launches;
        launches.by_token.retain(|_, known| *known != launch);
        launches.presented.retain(|_, known| *known != launch);
        launches.units.remove(&launch);
    }

    /// A window is gone for good.
    pub(super) fn forget_window(&mut self, window: WindowId) {
        self.globals.launches.presented.remove(&window);
        self.backend.forget(crate::render::Leaf::Window(window));
        self.queue_redraw();
    }
}

delegate_xdg_activation!(State);
