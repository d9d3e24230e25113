//! Word to the service manager, by `sd_notify(3)`.

use std::{
    env,
    os::{
        linux::net::SocketAddrExt as _,
        unix::net::{SocketAddr, UnixDatagram},
    },
};

/// Says that we are ready. Does nothing where nobody asked.
pub(crate) fn notify_ready() {
    let Some(path) = env::var_os("NOTIFY_SOCKET") else { return };
    if let Err(error) = send(path.as_encoded_bytes(), b"READY=1") {
        tracing::warn!("error telling the service manager that we are ready: {error}");
    }
}

fn send(path: &[u8], message: &[u8]) -> std::io::Result<()> {
    let address = match path.strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => {
            use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};
            SocketAddr::from_pathname(OsStr::from_bytes(path))?
        }
    };
    UnixDatagram::unbound()?.send_to_addr(message, &address)?;
    Ok(())
}
