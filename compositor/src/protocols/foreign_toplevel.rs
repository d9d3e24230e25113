//! `ext_foreign_toplevel_list_v1`: the windows that there are, for task switchers and tools.
//!
//! A mirror: once a turn the windows are compared with what was told.

use std::collections::HashMap;

use shell::WindowId;
use smithay::{
    delegate_foreign_toplevel_list,
    reexports::wayland_server::DisplayHandle,
    wayland::foreign_toplevel_list::{
        ForeignToplevelHandle, ForeignToplevelListHandler, ForeignToplevelListState,
    },
};

use super::xdg_shell::names;
use crate::{State, clients::may_see};

/// What clients were told.
#[derive(Debug)]
pub(crate) struct ForeignToplevels {
    list: ForeignToplevelListState,
    told: HashMap<WindowId, ForeignToplevelHandle>,
}

impl ForeignToplevels {
    pub(super) fn new(display: &DisplayHandle) -> Self {
        let filter = may_see("ext_foreign_toplevel_list_v1");
        let list = ForeignToplevelListState::new_with_filter::<State>(display, filter);
        Self { list, told: HashMap::new() }
    }
}

impl ForeignToplevelListHandler for State {
    fn foreign_toplevel_list_state(&mut self) -> &mut ForeignToplevelListState {
        &mut self.globals.foreign_toplevels.list
    }
}

impl State {
    /// Tells of windows that are new, gone, or called otherwise.
    pub(crate) fn refresh_foreign_toplevels(&mut self) {
        let ForeignToplevels { list, told } = &mut self.globals.foreign_toplevels;
        told.retain(|id, handle| {
            let there = self.windows.get(*id).is_some_and(|toplevel| toplevel.mapped);
            if !there {
                list.remove_toplevel(handle);
            }
            there
        });
        for toplevel in self.windows.toplevels().filter(|toplevel| toplevel.mapped) {
            let Some((app_id, title)) = toplevel.xdg().map(names) else { continue };
            let (app_id, title) = (app_id.unwrap_or_default(), title.unwrap_or_default());
            match told.get(&toplevel.id) {
                None => {
                    let handle = list.new_toplevel::<Self>(title, app_id);
                    told.insert(toplevel.id, handle);
                }
                Some(handle) if handle.title() != title || handle.app_id() != app_id => {
                    handle.send_title(&title);
                    handle.send_app_id(&app_id);
                    handle.send_done();
                }
                Some(_) => {}
            }
        }
    }
}

delegate_foreign_toplevel_list!(State);
