//! Who a client is: what is known of its connection, and the class of trust that follows.
//!
//! The class is found out once, when the connection is made, because a process can change what
//! it looks like afterwards.

use std::{fs, os::fd::AsFd, path::Path};

use ipc::trust::{Capability, ClientClass, allowed};
use smithay::{
    reexports::wayland_server::{
        Client,
        backend::{ClientData, ClientId, DisconnectReason},
    },
    wayland::{compositor::CompositorClientState, security_context::SecurityContext},
};

/// What the compositor keeps for each client.
#[derive(Debug)]
pub struct ClientInfo {
    /// Smithay's part.
    pub(crate) compositor: CompositorClientState,
    /// What the client may do.
    pub(crate) class: ClientClass,
    /// The last part of its cgroup's path, where it has one: the unit it runs in.
    pub(crate) unit: Option<String>,
    /// What the sandbox says it runs.
    pub(crate) sandbox_app: Option<String>,
}

impl ClientInfo {
    /// A client that came through our own socket.
    pub fn from_peer(peer: impl AsFd) -> Self {
        let pid = rustix::net::sockopt::socket_peercred(peer).ok().map(|cred| cred.pid);
        let pid = pid.map(|pid| pid.as_raw_nonzero().get());
        let unit = pid.and_then(unit_of);
        let class = pid.map_or(ClientClass::UserTool, class_of_pid);
        Self { compositor: CompositorClientState::default(), class, unit, sandbox_app: None }
    }

    /// A client that came through a sandbox's socket.
    pub(crate) fn from_sandbox(context: SecurityContext) -> Self {
        Self {
            compositor: CompositorClientState::default(),
            class: ClientClass::SandboxedApp,
            unit: None,
            sandbox_app: context.app_id,
        }
    }

    /// A client of a given class: our own parts, and tests.
    pub fn of_class(class: ClientClass) -> Self {
        Self { compositor: CompositorClientState::default(), class, unit: None, sandbox_app: None }
    }
}

impl ClientData for ClientInfo {
    fn initialized(&self, _client: ClientId) {}

    fn disconnected(&self, client: ClientId, reason: DisconnectReason) {
        match reason {
            DisconnectReason::ConnectionClosed => tracing::debug!(?client, "client has left"),
            DisconnectReason::ProtocolError(error) => {
                tracing::info!(?client, "client broke the protocol: {error}");
            }
        }
    }
}

/// A filter for a global: whether the trust table lets the client see `interface`.
pub(crate) fn may_see(interface: &'static str) -> impl Fn(&Client) -> bool + Send + Sync + Clone {
    move |client| {
        client
            .get_data::<ClientInfo>()
            .is_some_and(|info| allowed(info.class, &Capability::Global(interface)))
    }
}

/// The class of a process that came without a security context.
pub(crate) fn class_of_pid(pid: i32) -> ClientClass {
    // What Flatpak puts into every sandbox, that of its bus proxy included.
    if Path::new(&format!("/proc/{pid}/root/.flatpak-info")).exists() {
        return ClientClass::SandboxedApp;
    }
    let launched = unit_of(pid).as_deref().is_some_and(is_app_unit) || is_child_of_session(pid);
    if launched { ClientClass::App } else { ClientClass::UserTool }
}

/// Whether a unit's name is one that the session gives to applications.
pub(crate) fn is_app_unit(unit: &str) -> bool {
    unit.starts_with("app-purje-")
}

/// The last part of the process's cgroup path.
pub(crate) fn unit_of(pid: i32) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
    let path = text.lines().find_map(|line| line.strip_prefix("0::"))?;
    // An application may make cgroups of its own below its unit.
    let parts = || path.rsplit('/').filter(|part| !part.is_empty());
    parts().find(|part| is_app_unit(part)).or_else(|| parts().next()).map(str::to_owned)
}

/// Where there are no cgroups to tell by: whether the session manager is among the ancestors.
fn is_child_of_session(pid: i32) -> bool {
    let mut pid = pid;
    // No process tree of a phone is deeper; a pid reused meanwhile must not make this endless.
    for _ in 0..64 {
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
        let Some((head, tail)) = stat.rsplit_once(')') else { return false };
        if head.split_once('(').is_some_and(|(_, name)| name == "purje-session") {
            return true;
        }
        match tail.split_ascii_whitespace().nth(1).and_then(|ppid| ppid.parse().ok()) {
            Some(parent) if parent > 1 => pid = parent,
            _ => return false,
        }
    }
    false
}
