//! Running a program inside a terminal, for entries with `Terminal=true`.

use super::exec::SearchPath;

/// A terminal and the arguments that come before the command.
struct Terminal {
    program: &'static str,
    /// `{id}` is replaced by the application's id, so that its window carries it as `app_id`.
    before: &'static [&'static str],
}

/// Terminals, the most fitting first: those that take the application's id, then phones' own.
const TERMINALS: &[Terminal] = &[
    Terminal { program: "foot", before: &["--app-id={id}"] },
    Terminal { program: "alacritty", before: &["--class", "{id}", "-e"] },
    Terminal { program: "kitty", before: &["--class", "{id}"] },
    Terminal { program: "xdg-terminal-exec", before: &[] },
    Terminal { program: "fingerterm", before: &["-e"] },
    Terminal { program: "kgx", before: &["--"] },
    Terminal { program: "ptyxis", before: &["--"] },
    Terminal { program: "gnome-terminal", before: &["--wait", "--"] },
    Terminal { program: "qmlkonsole", before: &["-e"] },
    Terminal { program: "konsole", before: &["-e"] },
];

/// Wraps `command` so that it runs in a terminal; `None` when none is installed.
pub(crate) fn wrap(id: &str, command: Vec<String>, programs: &SearchPath) -> Option<Vec<String>> {
    let terminal = TERMINALS.iter().find(|terminal| programs.find(terminal.program).is_some())?;
    let before = terminal.before.iter().map(|argument| argument.replace("{id}", id));
    Some(std::iter::once(terminal.program.to_owned()).chain(before).chain(command).collect())
}

/// The terminals that would do, for a message.
pub(crate) fn known() -> String {
    let names: Vec<&str> = TERMINALS.iter().map(|terminal| terminal.program).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_command_follows_the_terminals_own_arguments() {
        let dir = tempfile::tempdir().expect("a folder");
        let command = || vec!["htop".to_owned(), "-d".to_owned()];
        let programs = SearchPath::new(dir.path().as_os_str());
        assert_eq!(wrap("htop", command(), &programs), None);
        let foot = dir.path().join("foot");
        std::fs::write(&foot, "#!/bin/sh\n").expect("a file");
        std::fs::set_permissions(&foot, std::fs::Permissions::from_mode(0o755)).expect("a mode");
        let wrapped = wrap("htop", command(), &programs).expect("foot is there");
        assert_eq!(wrapped, ["foot", "--app-id=htop", "htop", "-d"]);
    }
}
