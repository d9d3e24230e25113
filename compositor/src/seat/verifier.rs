//! The device code is checked by `purje-auth`, over a private socket pair.

/// A check under way.
pub(crate) struct Verifier {}
