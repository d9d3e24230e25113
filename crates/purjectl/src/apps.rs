//! Applications: what there is, what runs, starting and closing.

use crate::failure::Failure;
use crate::peers::{Compositor, Session};
use std::io::Write;

pub(crate) fn list(
    json: bool,
    running: bool,
    problems: bool,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let session = Session::connect()?.0;
    if problems {
        let list = session.list_problems().map_err(Session::failure)?;
        let row = |p: &ipc::session1::Problem| {
            vec![format!("{}:{}: {}; {}", p.file, p.line, p.problem, p.mend)]
        };
        return print(&list, json, row, out);
    }
    if running {
        let list = session.list_running().map_err(Session::failure)?;
        let row = |app: &ipc::session1::RunningApp| {
            let pids: Vec<String> = app.pids.iter().map(ToString::to_string).collect();
            vec![app.launch.clone(), app.phase.as_str().to_owned(), pids.join(" ")]
        };
        return print(&list, json, row, out);
    }
    let list = session.list_apps().map_err(Session::failure)?;
    print(&list, json, |app| vec![app.id.clone(), app.name.clone()], out)
}

fn print<T: serde::Serialize>(
    list: &[T],
    json: bool,
    row: impl Fn(&T) -> Vec<String>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let text = if json {
        let text = serde_json::to_string_pretty(list);
        text.map_err(|error| Failure::new(format!("cannot be written as JSON: {error}")))? + "\n"
    } else {
        table(&list.iter().map(row).collect::<Vec<_>>())
    };
    out.write_all(text.as_bytes()).map_err(Failure::output)
}

/// Columns as wide as their widest cell, two spaces apart.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// Through the shell, so that its launching cover shows; without a compositor, the session starts
/// it all the same.
pub(crate) fn launch(id: &str, uris: &[String]) -> Result<(), Failure> {
    let uris: Vec<&str> = uris.iter().map(String::as_str).collect();
    let shown = Compositor::connect()?.0.launch_app(id, &uris).map_err(Compositor::failure);
    match shown {
        Err(failure) if failure.is_not_running() => {
            Session::connect()?.0.launch(id, &uris, "").map(drop).map_err(Session::failure)
        }
        other => other,
    }
}

pub(crate) fn close(target: &str) -> Result<(), Failure> {
    if let Ok(window) = target.parse() {
        return Compositor::connect()?.0.close_window(window).map_err(Compositor::failure);
    }
    // Windows are asked first, so that an application can ask about unsaved work; what has none
    // is ended by the session.
    match Compositor::connect()?.0.close_app(target) {
        Ok(()) => Ok(()),
        Err(ipc::Error::NotRunning(_) | ipc::Error::NoSuchApp(_) | ipc::Error::ZBus(_)) => {
            Session::connect()?.0.close(target).map_err(Session::failure)
        }
        Err(error) => Err(Compositor::failure(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_lines_up_by_letters_not_bytes() {
        let rows = [vec!["ä".to_owned(), "b".to_owned()], vec!["long".to_owned(), "c".to_owned()]];
        assert_eq!(table(&rows), "ä     b\nlong  c\n");
        assert_eq!(table(&[]), "");
    }
}
