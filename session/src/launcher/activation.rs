//! Starting applications over the bus: `DBusActivatable=true` and `org.freedesktop.Application`.
//!
//! Principles
//! - The application's own name on the bus stands for it: it runs while the name has an owner.
//! - Where nobody can provide the name, the caller starts the program by its `Exec` line instead.
//!
//! Not here: units of applications that we start ourselves.

use super::systemd;
use crate::bus::{Sink, Update};
use crate::lifecycle::{LaunchId, Outcome};
use futures_lite::StreamExt;
use std::collections::HashMap;
use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;
use zbus::zvariant::Value;

/// What to tell the application.
#[derive(Clone, Debug)]
pub(crate) struct Activation {
    pub(crate) launch: LaunchId,
    pub(crate) uris: Vec<String>,
    pub(crate) token: String,
    /// Whether to put the process into a scope of the user's systemd.
    pub(crate) adopt: bool,
}

impl Activation {
    /// Activates the application and watches it to its end.
    pub(crate) async fn run(self, bus: Connection, sink: Sink) {
        let launch = self.launch.clone();
        let update = match self.activate(&bus, &sink).await {
            Ok(()) => Update::Ended { outcome: Outcome::Success, last_line: None },
            Err(error) if is_not_provided(&error) => {
                tracing::debug!("{launch} is not on the bus: {error}");
                Update::NotActivatable(error.to_string())
            }
            Err(error) => {
                let outcome = Outcome::NotStarted(format!("no answer over the bus: {error}"));
                Update::Ended { outcome, last_line: None }
            }
        };
        sink.launch(launch, update);
    }

    /// Returns when the application's name has no owner any more.
    async fn activate(&self, bus: &Connection, sink: &Sink) -> zbus::Result<()> {
        let name = self.launch.app_id();
        let dbus = DBusProxy::new(bus).await?;
        let mut owners = dbus.receive_name_owner_changed_with_args(&[(0, name)]).await?;
        self.call(bus, name).await?;
        let well_known = BusName::try_from(name)?;
        let pid = match dbus.get_connection_unix_process_id(well_known).await {
            Ok(pid) => pid,
            // It answered and ended, as some do that have nothing to show.
            Err(_) => return Ok(()),
        };
        let scope = self.launch.unit("scope");
        let adopted = self.adopt && systemd::adopt(bus, &scope, pid).await;
        let unit = if adopted { scope } else { String::new() };
        sink.launch(self.launch.clone(), Update::Running { unit, pids: vec![pid] });
        while let Some(change) = owners.next().await {
            if change.args()?.new_owner().is_none() {
                break;
            }
        }
        Ok(())
    }

    async fn call(&self, bus: &Connection, name: &str) -> zbus::Result<()> {
        let path = object_path(name);
        let mut platform: HashMap<&str, Value<'_>> = HashMap::new();
        if !self.token.is_empty() {
            platform.insert("activation-token", Value::from(self.token.as_str()));
            platform.insert("desktop-startup-id", Value::from(self.token.as_str()));
        }
        let interface = Some("org.freedesktop.Application");
        let path = path.as_str();
        if self.uris.is_empty() {
            bus.call_method(Some(name), path, interface, "Activate", &(platform,)).await?;
        } else {
            let uris: Vec<String> = self.uris.iter().map(|uri| as_uri(uri)).collect();
            bus.call_method(Some(name), path, interface, "Open", &(uris, platform)).await?;
        }
        Ok(())
    }
}

/// Whether an error means that nobody provides the application's name, or that its owner does not
/// speak this interface.
fn is_not_provided(error: &zbus::Error) -> bool {
    let zbus::Error::MethodError(name, ..) = error else { return false };
    let name = name.as_str();
    name.starts_with("org.freedesktop.DBus.Error.Spawn")
        || matches!(
            name.strip_prefix("org.freedesktop.DBus.Error."),
            Some("ServiceUnknown" | "NameHasNoOwner" | "UnknownObject" | "UnknownInterface")
        )
}

/// The object that an application with this id must have.
fn object_path(id: &str) -> String {
    format!("/{}", id.replace('.', "/").replace('-', "_"))
}

/// `Open` takes URIs only, so paths become `file:` URIs.
fn as_uri(uri: &str) -> String {
    if !uri.starts_with('/') {
        return uri.to_owned();
    }
    let mut out = String::from("file://");
    for byte in uri.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=:@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stands_for_its_object() {
        assert_eq!(object_path("org.gnome.Text-Editor"), "/org/gnome/Text_Editor");
    }

    #[test]
    fn paths_become_uris() {
        assert_eq!(as_uri("/a b/ä%"), "file:///a%20b/%C3%A4%25");
        assert_eq!(as_uri("https://x/"), "https://x/");
    }
}
