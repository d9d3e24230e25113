//! The verifier's side of the pair of sockets.

use std::{io, os::fd::AsFd};

use rustix::{
    io::retry_on_intr,
    net::{RecvFlags, SendFlags, recv, send},
};
use zeroize::Zeroizing;

use crate::{
    Vault, Verdict,
    wire::{MAX_REQUEST, decode_request, encode_reply},
};

/// Answers requests on `socket`, one by one, until the other end closes it.
///
/// # Errors
/// If the socket fails.
pub fn serve(socket: impl AsFd, vault: &Vault) -> io::Result<()> {
    // One byte more than allowed shows that a request is too long.
    let mut buffer = Zeroizing::new([0; MAX_REQUEST + 1]);
    loop {
        let received = retry_on_intr(|| recv(&socket, buffer.as_mut_slice(), RecvFlags::empty()));
        let len = match received {
            Ok((0, _)) => return Ok(()),
            Ok((len, _)) => len,
            // It closed with an answer unread.
            Err(rustix::io::Errno::CONNRESET) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let verdict = judge(&buffer[..len], vault);
        buffer.fill(0);
        let reply = encode_reply(&verdict);
        match retry_on_intr(|| send(&socket, &reply, SendFlags::NOSIGNAL)) {
            Ok(_) => {}
            Err(rustix::io::Errno::PIPE) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

fn judge(request: &[u8], vault: &Vault) -> Verdict {
    let Some(secret) = decode_request(request) else {
        let message = "purje-auth got a request of another version; install matching ones";
        return Verdict::Failed { message: message.into() };
    };
    vault.verify(&secret).unwrap_or_else(|error| {
        tracing::error!(%error, "no code can be judged");
        Verdict::Failed { message: error.to_string() }
    })
}
