//! D-Bus.

use shell::PowerAction;

pub(crate) struct Bus {}

impl Bus {
    pub(crate) fn locked(&self, _locked: bool) {}
    pub(crate) fn power(&self, _action: PowerAction) {}
}
impl crate::State {
    pub(crate) fn launch(
        &mut self,
        _launch: shell::LaunchId,
        _app: &shell::AppId,
        _uris: Vec<String>,
    ) {
    }
    pub(crate) fn stop_launch(&mut self, _launch: shell::LaunchId) {}
    pub(crate) fn authenticate(&mut self, _secret: &shell::Secret) {}
}
impl crate::State {
    pub(crate) fn connect_bus(&mut self) {}
}
