//! Which class of client a caller is, and whether it may.
//!
//! Principles
//! - The owner of the compositor's name is a shell part; what runs in an application's unit is an
//!   app, sandboxed if its root says so; the rest of the user's processes are tools.
//! - A caller that cannot be looked at, because it has ended, is treated as sandboxed.
//!
//! Not here: the table itself (`ipc::trust`).

use crate::launcher::cgroup;
use ipc::trust::{self, Capability, ClientClass};
use ipc::{Error, compositor1, session1};
use std::path::Path;
use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::message::Header;
use zbus::names::BusName;

/// Refuses the caller of `member` unless its class may.
///
/// Errors: `AccessDenied`.
pub(super) async fn check(
    bus: &Connection,
    header: &Header<'_>,
    member: &str,
) -> Result<(), Error> {
    let class = class_of(bus, header).await.unwrap_or(ClientClass::SandboxedApp);
    let capability = Capability::Method { interface: session1::INTERFACE, member };
    if trust::allowed(class, &capability) {
        return Ok(());
    }
    Err(Error::AccessDenied(format!("{member} is not for a {}", class.title())))
}

async fn class_of(bus: &Connection, header: &Header<'_>) -> Option<ClientClass> {
    let sender = header.sender()?;
    let dbus = DBusProxy::new(bus).await.ok()?;
    let compositor = BusName::try_from(compositor1::NAME).ok()?;
    if dbus.get_name_owner(compositor).await.is_ok_and(|owner| owner.as_str() == sender.as_str()) {
        return Some(ClientClass::ShellPart);
    }
    let pid = dbus.get_connection_unix_process_id(BusName::from(sender.to_owned())).await.ok()?;
    if Path::new(&format!("/proc/{pid}/root/.flatpak-info")).exists() {
        return Some(ClientClass::SandboxedApp);
    }
    Some(class_of_cgroup(&cgroup::of_process(&pid.to_string())?))
}

fn class_of_cgroup(path: &str) -> ClientClass {
    let is_app = path.split('/').any(|part| {
        let kind = part.ends_with(".service") || part.ends_with(".scope");
        kind && (part.starts_with("app-") || part.starts_with("dbus-:"))
    });
    let is_sandbox = path.split('/').any(|part| part.starts_with("app-flatpak-"));
    match (is_sandbox, is_app) {
        (true, _) => ClientClass::SandboxedApp,
        (false, true) => ClientClass::App,
        (false, false) => ClientClass::UserTool,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cgroup_tells_apps_from_tools() {
        for (path, class) in [
            ("/user.slice/user-1000.slice/session-3.scope", ClientClass::UserTool),
            ("/user.slice/user@1000.service/app.slice/app-purje-foot@2.service", ClientClass::App),
            ("/user@1000.service/app.slice/dbus-:1.2-org.x@0.service", ClientClass::App),
            ("/user@1000.service/app.slice/app-flatpak-org.x-7.scope", ClientClass::SandboxedApp),
            ("/", ClientClass::UserTool),
        ] {
            assert_eq!(class_of_cgroup(path), class, "{path}");
        }
    }
}
