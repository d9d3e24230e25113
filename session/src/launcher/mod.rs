//! From an application's id to a running program.
//!
//! Principles
//! - What can be refused is refused at once, by a named error that says which file and line is to
//!   blame; what happens later is told as a change of the launch.
//! - How a program is started (see [`systemd`], [`embedded`], [`activation`]) does not change what
//!   is started: the command line is made here, once.
//!
//! Not here: which launches run (see `lifecycle`).

pub(crate) mod activation;
pub(crate) mod catalogue;
pub(crate) mod cgroup;
pub(crate) mod embedded;
mod entry;
pub(crate) mod environment;
mod exec;
mod icons;
mod key_file;
pub(crate) mod places;
pub(crate) mod systemd;
mod terminal;
pub(crate) mod watch;

use catalogue::{Catalogue, Places};
use entry::{Entry, ExecLine};
use exec::{Fields, SearchPath};
use ipc::Error;
use std::path::PathBuf;

/// How an application is to be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) app_id: String,
    /// Localised.
    pub(crate) name: String,
    /// The desktop file.
    pub(crate) file: PathBuf,
    /// Commands with absolute programs, one a process. Several when the program opens one file
    /// at a time; none when it is only started over the bus.
    pub(crate) commands: Vec<Vec<String>>,
    /// Whether to ask the application over the bus first.
    pub(crate) dbus_activatable: bool,
    /// Where to start it; its home folder when `None`.
    pub(crate) working_dir: Option<PathBuf>,
    /// What it is to open.
    pub(crate) uris: Vec<String>,
}

/// Makes the plan for starting `id` with `uris`.
///
/// Errors: `NoSuchApp`, `NoSuchProgram`, `Malformed`.
pub(crate) fn plan(
    catalogue: &Catalogue,
    places: &Places,
    id: &str,
    uris: &[String],
) -> Result<Plan, Error> {
    if let Some(uri) = uris.iter().find(|uri| uri.is_empty() || uri.contains('\0')) {
        return Err(Error::Malformed(format!("{uri:?} is neither a URI nor a path")));
    }
    let Some(entry) = catalogue.get(id) else { return Err(no_such_app(catalogue, id)) };
    let commands = match &entry.exec {
        Some(exec) => commands(entry, exec, &places.programs, uris),
        None => Ok(Vec::new()),
    };
    // Over the bus it may still start when its Exec line would not.
    let commands = if entry.dbus_activatable { commands.unwrap_or_default() } else { commands? };
    Ok(Plan {
        app_id: entry.id.clone(),
        name: entry.name.clone(),
        file: entry.file.clone(),
        commands,
        dbus_activatable: entry.dbus_activatable,
        working_dir: entry.working_dir.clone().filter(|dir| dir.is_dir()),
        uris: uris.to_vec(),
    })
}

fn no_such_app(catalogue: &Catalogue, id: &str) -> Error {
    let file = format!("/{}.desktop", id.strip_suffix(".desktop").unwrap_or(id));
    match catalogue.problems().iter().find(|problem| problem.file.ends_with(&file)) {
        Some(problem) => Error::Malformed(format!(
            "{}:{}: {}; {}",
            problem.file, problem.line, problem.problem, problem.mend
        )),
        None => Error::NoSuchApp(format!("no application \"{id}\" is installed")),
    }
}

fn commands(
    entry: &Entry,
    exec: &ExecLine,
    programs: &SearchPath,
    uris: &[String],
) -> Result<Vec<Vec<String>>, Error> {
    let at = format!("{}:{}", entry.file.display(), exec.line);
    let fields = Fields { uris, icon: entry.icon.as_deref(), name: &entry.name, file: &entry.file };
    let commands = exec::commands(&exec.text, fields)
        .map_err(|error| Error::Malformed(format!("{at}: {}: {error}", entry.name)))?;
    commands
        .into_iter()
        .map(|command| {
            let mut command = exec::without_invoker(command, programs);
            resolve(&mut command, programs, &at)?;
            if !entry.terminal {
                return Ok(command);
            }
            let mut wrapped = terminal::wrap(&entry.id, command, programs).ok_or_else(|| {
                Error::NoSuchProgram(format!(
                    "{at}: {} runs in a terminal and none is installed; install one of {}",
                    entry.name,
                    terminal::known()
                ))
            })?;
            resolve(&mut wrapped, programs, &at)?;
            Ok(wrapped)
        })
        .collect()
}

/// Replaces the program by its absolute path.
fn resolve(command: &mut [String], programs: &SearchPath, at: &str) -> Result<(), Error> {
    let Some(program) = command.first_mut() else {
        return Err(Error::Malformed(format!("{at}: Exec names no program")));
    };
    let found = programs.find(program).and_then(|path| path.into_os_string().into_string().ok());
    let Some(path) = found else {
        return Err(Error::NoSuchProgram(format!(
            "{at}: the program \"{program}\" does not exist or is not executable; install it or \
             correct the Exec line"
        )));
    };
    *program = path;
    Ok(())
}
