//! The one table of trust: which class of client may use which Wayland global, which method of
//! ours, and which name on the bus.
//!
//! Principles
//! - One table. Filters of Wayland globals, checks in D-Bus methods and the rules handed to a
//!   sandbox's bus proxy all ask it, and the documentation is rendered from it.
//! - What has no row is refused to everybody but the shell's own parts, so that a forgotten row
//!   shows at once and harms nobody.
//! - A row refuses what lets a client see or steer others. It is no fence round programs that run
//!   unsandboxed as the same user: those can ptrace us, and are trusted as much as the user is.
//!
//! Not here: finding out which class a client has. That takes its socket, its security context or
//! its cgroup, which only the processes that hold the connection know.

use std::fmt::Write as _;

/// Who a client is, by what is known of its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClientClass {
    /// Started by Purje as a part of it: keyboard, locker, session manager.
    ShellPart,
    /// Runs as the user, outside every application's unit and outside sandboxes: `purjectl`, a
    /// screenshot tool, a program started from a login shell.
    UserTool,
    /// Runs in the unit of a launched application, without a sandbox.
    App,
    /// Came through a security context, so from inside a sandbox.
    SandboxedApp,
}

impl ClientClass {
    /// All classes, the most trusted first: the columns of the table.
    pub const ALL: [Self; 4] = [Self::ShellPart, Self::UserTool, Self::App, Self::SandboxedApp];

    /// The heading of its column.
    pub fn title(self) -> &'static str {
        match self {
            Self::ShellPart => "shell part",
            Self::UserTool => "user tool",
            Self::App => "app",
            Self::SandboxedApp => "sandboxed app",
        }
    }
}

/// Something that a client can be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Capability<'a> {
    /// Seeing and binding the Wayland global with this interface name.
    Global(&'a str),
    /// Calling a method of one of our D-Bus interfaces.
    Method {
        /// The interface, for instance `org.purje.Compositor1`.
        interface: &'a str,
        /// The method, for instance `Screenshot`.
        member: &'a str,
    },
    /// Owning this well-known name on the session bus. In a row a name that ends in `.*` stands
    /// for every name that begins so.
    OwnName(&'a str),
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What it is about.
    pub capability: Capability<'static>,
    /// The least trusted class that may; every more trusted one may as well.
    pub down_to: ClientClass,
    /// Why the line is drawn there, for the documentation.
    pub why: &'static str,
}

const fn global(name: &'static str, down_to: ClientClass, why: &'static str) -> Row {
    Row { capability: Capability::Global(name), down_to, why }
}

const fn compositor(member: &'static str, down_to: ClientClass, why: &'static str) -> Row {
    let interface = crate::compositor1::INTERFACE;
    Row { capability: Capability::Method { interface, member }, down_to, why }
}

const fn session(member: &'static str, down_to: ClientClass, why: &'static str) -> Row {
    let interface = crate::session1::INTERFACE;
    Row { capability: Capability::Method { interface, member }, down_to, why }
}

const fn own_name(name: &'static str, down_to: ClientClass, why: &'static str) -> Row {
    Row { capability: Capability::OwnName(name), down_to, why }
}

use ClientClass::{App, SandboxedApp, ShellPart, UserTool};

const WINDOW: &str = "needed to show a window";
const OWN: &str = "concerns only the client's own surfaces";
const PLACE: &str = "places surfaces over other applications";
const SPY: &str = "shows what others draw";
const LIST: &str = "tells which applications run";
const TYPE: &str = "types into other applications";
const STEER: &str = "acts on other applications";

/// The table.
pub const TABLE: &[Row] = &[
    // What every window needs.
    global("wl_compositor", SandboxedApp, WINDOW),
    global("wl_subcompositor", SandboxedApp, WINDOW),
    global("wl_shm", SandboxedApp, WINDOW),
    global("wl_seat", SandboxedApp, WINDOW),
    global("wl_output", SandboxedApp, WINDOW),
    global("wl_data_device_manager", SandboxedApp, "reading needs focus"),
    global("zwp_primary_selection_device_manager_v1", SandboxedApp, "reading needs focus"),
    global("xdg_wm_base", SandboxedApp, WINDOW),
    global("zxdg_decoration_manager_v1", SandboxedApp, OWN),
    global("zxdg_output_manager_v1", SandboxedApp, WINDOW),
    global("xdg_activation_v1", SandboxedApp, "a token without a user's action is refused"),
    global("xdg_wm_dialog_v1", SandboxedApp, OWN),
    global("zxdg_exporter_v2", SandboxedApp, "a handle is given away by its owner"),
    global("zxdg_importer_v2", SandboxedApp, "a handle is given away by its owner"),
    global("wp_viewporter", SandboxedApp, OWN),
    global("wp_fractional_scale_manager_v1", SandboxedApp, OWN),
    global("wp_presentation", SandboxedApp, OWN),
    global("zwp_linux_dmabuf_v1", SandboxedApp, WINDOW),
    global("wl_drm", SandboxedApp, WINDOW),
    global("wp_linux_drm_syncobj_manager_v1", SandboxedApp, OWN),
    global("wp_single_pixel_buffer_manager_v1", SandboxedApp, OWN),
    global("wp_alpha_modifier_v1", SandboxedApp, OWN),
    global("wp_content_type_manager_v1", SandboxedApp, OWN),
    global("wp_fifo_manager_v1", SandboxedApp, OWN),
    global("wp_commit_timing_manager_v1", SandboxedApp, OWN),
    global("wp_cursor_shape_manager_v1", SandboxedApp, OWN),
    global("zwp_pointer_gestures_v1", SandboxedApp, OWN),
    global("zwp_relative_pointer_manager_v1", SandboxedApp, OWN),
    global("zwp_pointer_constraints_v1", SandboxedApp, OWN),
    global("zwp_tablet_manager_v2", SandboxedApp, OWN),
    global("zwp_text_input_manager_v3", SandboxedApp, OWN),
    global("zwp_idle_inhibit_manager_v1", SandboxedApp, "counts only while its window is seen"),
    // What lets a program see or steer others.
    global("ext_idle_notifier_v1", App, "tells when the user is away"),
    global("zwp_keyboard_shortcuts_inhibit_manager_v1", App, "takes the shell's keys"),
    global("wp_security_context_manager_v1", App, "makes sandboxes, so is not for their inside"),
    global("wp_drm_lease_device_v1", UserTool, "takes a whole output"),
    global("zwlr_layer_shell_v1", UserTool, PLACE),
    global("ext_foreign_toplevel_list_v1", UserTool, LIST),
    global("zwlr_foreign_toplevel_manager_v1", UserTool, STEER),
    global("ext_session_lock_manager_v1", UserTool, "replaces the lock screen"),
    global("zwlr_screencopy_manager_v1", UserTool, SPY),
    global("ext_image_copy_capture_manager_v1", UserTool, SPY),
    global("ext_output_image_capture_source_manager_v1", UserTool, SPY),
    global("ext_data_control_manager_v1", UserTool, "reads the clipboard without focus"),
    global("zwlr_data_control_manager_v1", UserTool, "reads the clipboard without focus"),
    global("zwp_input_method_manager_v2", UserTool, TYPE),
    global("zwp_virtual_keyboard_manager_v1", UserTool, TYPE),
    global("zwlr_virtual_pointer_manager_v1", UserTool, STEER),
    global("zwlr_output_power_manager_v1", UserTool, "switches the display"),
    // Methods of the compositor.
    compositor("State", UserTool, LIST),
    compositor("Log", UserTool, "holds what the user touched"),
    compositor("Perf", UserTool, "holds when the user is active"),
    compositor("Screenshot", UserTool, SPY),
    compositor("Lock", App, "locking harms nobody; unlocking is offered to nobody"),
    compositor("CloseWindow", UserTool, STEER),
    compositor("CloseApp", UserTool, STEER),
    compositor("LaunchApp", App, "could start the program itself"),
    compositor("Touch", UserTool, "steers the phone; also needs `--allow-test-input`"),
    compositor("Key", UserTool, "steers the phone; also needs `--allow-test-input`"),
    compositor("Replay", UserTool, "steers the phone; also needs `--allow-test-input`"),
    // Methods of the session.
    session("ListApps", App, "could read the files itself"),
    session("ListProblems", App, "could read the files itself"),
    session("ListRunning", App, "could read `/proc` itself"),
    session("Launch", App, "could start the program itself"),
    session("Close", UserTool, STEER),
    session("SetWaylandDisplay", ShellPart, "sends every later program elsewhere"),
    session("Status", SandboxedApp, "what any status bar shows"),
    // Names on the session bus.
    own_name("org.purje.*", ShellPart, "speaks as Purje"),
    own_name("org.nemomobile.compositor", ShellPart, "speaks as Purje"),
    own_name("org.nemomobile.lipstick", ShellPart, "speaks as Purje"),
    own_name("org.freedesktop.Notifications", ShellPart, "receives every message"),
    own_name("org.freedesktop.ScreenSaver", ShellPart, "holds the display's policy"),
    own_name("org.mpris.MediaPlayer2.*", SandboxedApp, "offers the client's own player"),
];

/// Whether a client of `class` may. An application's right to own its own id on the bus goes
/// without a row: the caller knows the id.
pub fn allowed(class: ClientClass, capability: &Capability<'_>) -> bool {
    row(capability).map_or(class == ShellPart, |row| class <= row.down_to)
}

/// The row that decides about `capability`, if there is one.
pub fn row(capability: &Capability<'_>) -> Option<&'static Row> {
    TABLE.iter().find(|row| covers(&row.capability, capability))
}

fn covers(row: &Capability<'static>, asked: &Capability<'_>) -> bool {
    match (row, asked) {
        (Capability::OwnName(pattern), Capability::OwnName(name)) => {
            match pattern.strip_suffix('*') {
                Some(prefix) => name.starts_with(prefix),
                None => pattern == name,
            }
        }
        (row, asked) => row == asked,
    }
}

/// The table as Markdown, for the documentation.
pub fn to_markdown() -> String {
    let mut page = String::new();
    for (heading, belongs) in [
        ("Wayland globals", is_global as fn(&Row) -> bool),
        ("D-Bus methods", is_method),
        ("Names on the session bus", is_name),
    ] {
        // Writing into a String cannot fail.
        let _ = write!(page, "## {heading}\n\n| |");
        for class in ClientClass::ALL {
            let _ = write!(page, " {} |", class.title());
        }
        page.push_str(" why |\n|---|");
        page.push_str(&"---|".repeat(ClientClass::ALL.len() + 1));
        page.push('\n');
        for row in TABLE.iter().filter(|row| belongs(row)) {
            let _ = write!(page, "| `{}` |", name(&row.capability));
            for class in ClientClass::ALL {
                let _ = write!(page, " {} |", if class <= row.down_to { "yes" } else { "no" });
            }
            let _ = writeln!(page, " {} |", row.why);
        }
        page.push('\n');
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

fn is_global(row: &Row) -> bool {
    matches!(row.capability, Capability::Global(_))
}

fn is_method(row: &Row) -> bool {
    matches!(row.capability, Capability::Method { .. })
}

fn is_name(row: &Row) -> bool {
    matches!(row.capability, Capability::OwnName(_))
}

fn name(capability: &Capability<'_>) -> String {
    match capability {
        Capability::Global(name) | Capability::OwnName(name) => (*name).to_owned(),
        Capability::Method { interface, member } => format!("{interface}.{member}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::path::Path;

    #[test]
    fn no_capability_has_two_rows() {
        let mut seen = HashSet::new();
        for row in TABLE {
            assert!(seen.insert(name(&row.capability)), "{:?} twice", row.capability);
        }
    }

    #[test]
    fn a_sandboxed_app_shows_a_window_but_sees_and_steers_nobody() {
        let may = |global| allowed(SandboxedApp, &Capability::Global(global));
        assert!(may("xdg_wm_base") && may("wl_seat") && may("zwp_text_input_manager_v3"));
        for refused in [
            "zwlr_screencopy_manager_v1",
            "zwlr_layer_shell_v1",
            "ext_session_lock_manager_v1",
            "wp_security_context_manager_v1",
            "zwp_virtual_keyboard_manager_v1",
            "zwp_input_method_manager_v2",
            "ext_foreign_toplevel_list_v1",
            "ext_idle_notifier_v1",
        ] {
            assert!(!may(refused), "{refused}");
        }
    }

    #[test]
    fn what_has_no_row_is_for_the_shell_alone() {
        let unknown = Capability::Global("zz_unheard_of_v1");
        assert!(row(&unknown).is_none());
        assert!(allowed(ShellPart, &unknown));
        assert!(!allowed(UserTool, &unknown));
        assert!(!allowed(App, &unknown));
        assert!(!allowed(SandboxedApp, &unknown));
    }

    #[test]
    fn a_pattern_covers_names_below_it_only() {
        let may = |name| allowed(SandboxedApp, &Capability::OwnName(name));
        assert!(may("org.mpris.MediaPlayer2.player"));
        assert!(!may("org.mpris.MediaPlayer2"));
        assert!(!may("org.purje.Compositor"));
    }

    #[test]
    fn every_method_of_ours_has_a_row() {
        // The sources are the definition: each `fn` of a proxy trait that is not a signal or a
        // property must have been thought about.
        for (interface, source) in [
            (crate::compositor1::INTERFACE, include_str!("compositor1.rs")),
            (crate::session1::INTERFACE, include_str!("session1.rs")),
        ] {
            let body = source.split("#[cfg(test)]").next().expect("code before tests");
            let body = body.split("pub trait ").nth(1).expect("a proxy trait");
            let mut skip = false;
            let mut methods = 0;
            for line in body.lines().map(str::trim) {
                if line.starts_with("#[zbus(signal)]") || line.starts_with("#[zbus(property)]") {
                    skip = true;
                } else if let Some(rest) = line.strip_prefix("fn ")
                    && !std::mem::take(&mut skip)
                {
                    let snake = rest.split('(').next().expect("a name");
                    let member: String = snake.split('_').map(capitalised).collect();
                    let capability = Capability::Method { interface, member: &member };
                    assert!(row(&capability).is_some(), "{interface}.{member} has no row");
                    methods += 1;
                }
            }
            assert!(methods > 5, "the proxy trait was not understood");
        }
    }

    fn capitalised(word: &str) -> String {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    }

    #[test]
    fn the_documentation_shows_this_table() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/trust.md");
        let Ok(text) = std::fs::read_to_string(page) else { return };
        assert!(text.contains(&to_markdown()), "docs/trust.md must hold:\n{}", to_markdown());
    }
}
