//! `wp_security_context_manager_v1`: sockets for sandboxes. Whoever comes through one is a
//! sandboxed application, whatever else it looks like.
//!
//! A listener lives until its maker closes the other end of the descriptor that it gave us. The
//! descriptors are the client's, so anything may be behind them: what does not listen is refused,
//! and an error of a listener ends that listener, not the loop that it is part of.

use std::{io, os::unix::net::UnixStream};

use smithay::{
    reexports::{
        calloop::{EventSource, Poll, PostAction, Readiness, Token, TokenFactory},
        wayland_protocols::wp::security_context::v1::server::{
            wp_security_context_manager_v1::{self, WpSecurityContextManagerV1},
            wp_security_context_v1::WpSecurityContextV1,
        },
        wayland_server::{
            Client, DataInit, Dispatch, DisplayHandle, Resource as _, delegate_dispatch,
            delegate_global_dispatch,
        },
    },
    wayland::security_context::{
        SecurityContext, SecurityContextGlobalData, SecurityContextHandler,
        SecurityContextListenerSource, SecurityContextState, SecurityContextUserData,
    },
};

use crate::{ClientInfo, State, clients::may_see};

/// Offers the protocol; its global lives as long as the display.
pub(super) fn offer(display: &DisplayHandle) {
    let filter = may_see("wp_security_context_manager_v1");
    SecurityContextState::new::<State, _>(display, filter);
}

impl SecurityContextHandler for State {
    fn context_created(&mut self, source: SecurityContextListenerSource, context: SecurityContext) {
        tracing::info!(app = ?context.app_id, engine = ?context.sandbox_engine, "new sandbox");
        let inserted = self.handle.insert_source(Listener(source), move |stream, (), state| {
            let info = ClientInfo::from_sandbox(context.clone());
            if let Err(error) = state.add_client(stream, info) {
                tracing::debug!("sandboxed client left before it was taken in: {error}");
            }
        });
        if let Err(error) = inserted {
            tracing::warn!("error watching a sandbox's socket: {error}");
        }
    }
}

/// A sandbox's socket, whose errors are its own.
struct Listener(SecurityContextListenerSource);

impl EventSource for Listener {
    type Event = UnixStream;
    type Metadata = ();
    type Ret = ();
    type Error = io::Error;

    fn process_events<F: FnMut(UnixStream, &mut ())>(
        &mut self,
        readiness: Readiness,
        token: Token,
        callback: F,
    ) -> io::Result<PostAction> {
        self.0.process_events(readiness, token, callback).or_else(|error| {
            tracing::warn!("closing a sandbox's socket: {error}");
            Ok(PostAction::Remove)
        })
    }

    fn register(
        &mut self,
        poll: &mut Poll,
        tokens: &mut TokenFactory,
    ) -> smithay::reexports::calloop::Result<()> {
        self.0.register(poll, tokens)
    }

    fn reregister(
        &mut self,
        poll: &mut Poll,
        tokens: &mut TokenFactory,
    ) -> smithay::reexports::calloop::Result<()> {
        self.0.reregister(poll, tokens)
    }

    fn unregister(&mut self, poll: &mut Poll) -> smithay::reexports::calloop::Result<()> {
        self.0.unregister(poll)
    }
}

impl Dispatch<WpSecurityContextManagerV1, ()> for State {
    fn request(
        state: &mut Self,
        client: &Client,
        manager: &WpSecurityContextManagerV1,
        request: wp_security_context_manager_v1::Request,
        data: &(),
        display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        if let wp_security_context_manager_v1::Request::CreateListener { listen_fd, .. } = &request
            && !matches!(rustix::net::sockopt::socket_acceptconn(listen_fd), Ok(true))
        {
            manager.post_error(
                wp_security_context_manager_v1::Error::InvalidListenFd,
                "the descriptor is not a listening socket",
            );
            return;
        }
        <SecurityContextState as Dispatch<WpSecurityContextManagerV1, (), Self>>::request(
            state, client, manager, request, data, display, init,
        );
    }
}

delegate_global_dispatch!(State: [WpSecurityContextManagerV1: SecurityContextGlobalData] => SecurityContextState);
delegate_dispatch!(State: [WpSecurityContextV1: SecurityContextUserData] => SecurityContextState);
