//! The lock screen's side of the pair of sockets.

use std::{
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::Path,
    process::{Child, Command, Stdio},
};

use rustix::{
    io::{Errno, ioctl_fionbio, retry_on_intr},
    net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socketpair},
};

use crate::{
    Secret, Verdict,
    wire::{MAX_REPLY, decode_reply, encode_request},
};

/// A running `purje-auth`. Nothing here blocks; the descriptor ([`AsFd`]) is readable when
/// [`Self::poll_reply`] has something to say.
#[derive(Debug)]
pub struct Client {
    socket: OwnedFd,
    child: Child,
    unanswered: usize,
    /// The verifier is gone; told once.
    ended: bool,
}

impl Client {
    /// Starts the verifier at `program`.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn spawn(program: &Path) -> io::Result<Self> {
        Self::spawn_command(Command::new(program))
    }

    /// Like [`Self::spawn`] with an environment of the caller's choice. Standard input and output
    /// of `command` are replaced.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn spawn_command(mut command: Command) -> io::Result<Self> {
        let (ours, theirs) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
        ioctl_fionbio(&ours, true)?;
        command.stdin(Stdio::from(theirs)).stdout(Stdio::null());
        let child = command.spawn().map_err(|e| {
            let program = command.get_program().to_string_lossy();
            io::Error::new(e.kind(), format!("cannot start {program}: {e}"))
        })?;
        Ok(Self { socket: ours, child, unanswered: 0, ended: false })
    }

    /// Asks whether `secret` is the code, and wipes it.
    ///
    /// # Errors
    /// If the verifier is gone, or too many questions are open.
    pub fn request(&mut self, secret: Secret) -> io::Result<()> {
        let bytes = encode_request(&secret);
        retry_on_intr(|| send(&self.socket, &bytes, SendFlags::NOSIGNAL))?;
        self.unanswered += 1;
        Ok(())
    }

    /// How many questions are open.
    pub fn unanswered(&self) -> usize {
        self.unanswered
    }

    /// Whether the verifier is gone; a new one is to be spawned then.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// The next answer, if one has come. Answers come in the order of the questions. A verifier
    /// that ends answers once with [`Verdict::Failed`].
    pub fn poll_reply(&mut self) -> Option<Verdict> {
        if self.ended {
            return None;
        }
        let mut buffer = [0; MAX_REPLY];
        match retry_on_intr(|| recv(&self.socket, &mut buffer[..], RecvFlags::empty())) {
            Ok((len, _)) if len > 0 => {
                let Some(left) = self.unanswered.checked_sub(1) else {
                    return Some(self.end("purje-auth answered without being asked".into()));
                };
                self.unanswered = left;
                Some(decode_reply(&buffer[..len]))
            }
            Err(Errno::AGAIN) => None,
            // Reset: it ended with the question unread.
            Ok(_) | Err(Errno::CONNRESET) => Some(self.end("purje-auth ended; try again".into())),
            Err(error) => Some(self.end(format!("purje-auth cannot be heard: {error}"))),
        }
    }

    fn end(&mut self, message: String) -> Verdict {
        self.ended = true;
        self.unanswered = 0;
        Verdict::Failed { message }
    }
}

impl AsFd for Client {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Whatever it is doing, an attempt that has begun is already counted. Both fail only if
        // it has ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
