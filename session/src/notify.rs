//! Telling the service manager that started us how far we are (`sd_notify`).

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// Sends `state` (such as `READY=1`) to whoever set `NOTIFY_SOCKET`, if anybody did.
pub(crate) fn notify(state: &str) {
    let Some(path) = std::env::var_os("NOTIFY_SOCKET") else { return };
    if let Err(error) = send(&path, state) {
        tracing::warn!("cannot tell the service manager {state}: {error}");
    }
}

fn send(path: &std::ffi::OsStr, state: &str) -> std::io::Result<()> {
    let bytes = path.as_encoded_bytes();
    let address = match bytes.strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(path)?,
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_address_are_reached() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("notify");
        let by_path = UnixDatagram::bind(&path).expect("a socket");
        let name = format!("purje-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).expect("an address");
        let by_name = UnixDatagram::bind_addr(&address).expect("a socket");
        let mut buffer = [0; 32];
        send(path.as_os_str(), "READY=1").expect("sent");
        assert_eq!(by_path.recv(&mut buffer).expect("received"), 7);
        send(format!("@{name}").as_ref(), "STOPPING=1").expect("sent");
        assert_eq!(by_name.recv(&mut buffer).expect("received"), 10);
        assert_eq!(&buffer[..10], b"STOPPING=1");
    }
}
