//! `wl_output` and `zxdg_output_manager_v1`.
//!
//! The one output is never destroyed, so no client can race its end (smithay's xdg-output handler
//! would not bear that).

use smithay::{delegate_output, wayland::output::OutputHandler};

use crate::State;

impl OutputHandler for State {}

delegate_output!(State);
