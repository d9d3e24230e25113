//! The environment that applications are started with, beyond our own.

/// Variables that would lead an application past the phone's own compositor.
const UNSET: &[&str] = &["DISPLAY", "WAYLAND_SOCKET", "XDG_SEAT", "XDG_VTNR"];

/// Variables that make toolkits speak Wayland.
const WAYLAND: &[(&str, &str)] = &[
    ("XDG_SESSION_TYPE", "wayland"),
    ("QT_QPA_PLATFORM", "wayland"),
    ("GDK_BACKEND", "wayland"),
    ("SDL_VIDEODRIVER", "wayland"),
    ("CLUTTER_BACKEND", "wayland"),
    ("ELECTRON_OZONE_PLATFORM_HINT", "wayland"),
    ("MOZ_ENABLE_WAYLAND", "1"),
];

/// What is set and unset for one launch.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    set: Vec<(String, String)>,
}

impl Environment {
    /// For a launch with this compositor socket, desktop name and activation token (each may be
    /// unknown).
    pub(crate) fn new(display: Option<&str>, desktop: &str, token: &str) -> Self {
        let mut set = vec![("XDG_CURRENT_DESKTOP".to_owned(), desktop.to_owned())];
        if let Some(display) = display {
            set.push(("WAYLAND_DISPLAY".to_owned(), display.to_owned()));
            set.extend(WAYLAND.iter().map(|(key, value)| ((*key).into(), (*value).into())));
        }
        if !token.is_empty() {
            set.push(("XDG_ACTIVATION_TOKEN".to_owned(), token.to_owned()));
            set.push(("DESKTOP_STARTUP_ID".to_owned(), token.to_owned()));
        }
        Self { set }
    }

    /// What is to be set.
    pub(crate) fn set(&self) -> impl Iterator<Item = (&str, &str)> {
        self.set.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// What is to be removed. A token that we were started with was meant for us.
    pub(crate) fn unset(&self) -> impl Iterator<Item = &'static str> {
        let stale = ["XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"]
            .into_iter()
            .filter(|name| !self.set.iter().any(|(key, _)| key == name));
        UNSET.iter().copied().chain(stale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reaches_the_app_and_a_stale_one_does_not() {
        let with = Environment::new(Some("wayland-1"), "Purje", "tok");
        assert!(with.set().any(|pair| pair == ("XDG_ACTIVATION_TOKEN", "tok")));
        assert!(with.set().any(|pair| pair == ("WAYLAND_DISPLAY", "wayland-1")));
        assert!(!with.unset().any(|name| name == "XDG_ACTIVATION_TOKEN"));
        let without = Environment::new(None, "Purje", "");
        assert!(without.unset().any(|name| name == "XDG_ACTIVATION_TOKEN"));
        assert!(without.unset().any(|name| name == "DISPLAY"));
        assert!(!without.set().any(|(key, _)| key == "GDK_BACKEND"));
    }
}
