//! What is on the screen, as text and as a picture, and the ring of events.

use crate::failure::Failure;
use crate::peers::Compositor;
use ipc::zbus::zvariant::Fd;
use serde_json::Value;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::path::Path;

pub(crate) fn state(json: bool, out: &mut dyn Write) -> Result<(), Failure> {
    let text = Compositor::connect()?.0.state().map_err(Compositor::failure)?;
    show(&text, json, out)
}

pub(crate) fn perf(json: bool, out: &mut dyn Write) -> Result<(), Failure> {
    let text = Compositor::connect()?.0.perf().map_err(Compositor::failure)?;
    show(&text, json, out)
}

pub(crate) fn lock() -> Result<(), Failure> {
    Compositor::connect()?.0.lock().map_err(Compositor::failure)
}

pub(crate) fn screenshot(path: &Path, out: &mut dyn Write) -> Result<(), Failure> {
    let compositor = Compositor::connect()?;
    if path == Path::new("-") {
        let (mut reader, writer) = std::io::pipe().map_err(Failure::output)?;
        // The compositor writes while it answers and a pipe holds little, so it is read meanwhile.
        let reading = std::thread::spawn(move || {
            let mut png = Vec::new();
            reader.read_to_end(&mut png).map(|_| png)
        });
        let answer = compositor.0.screenshot(Fd::from(writer.as_fd()));
        drop(writer);
        answer.map_err(Compositor::failure)?;
        let png = reading.join().map_err(|_| Failure::new("reading the picture failed"))?;
        return png.and_then(|png| out.write_all(&png)).map_err(Failure::output);
    }
    // A picture that could not be taken must not replace an older one.
    let partial = path.with_added_extension("partial");
    let file = File::create(&partial).map_err(|error| Failure::file(&partial, &error))?;
    let answer = compositor.0.screenshot(Fd::from(file.as_fd())).map_err(Compositor::failure);
    let moved = answer
        .and_then(|()| fs::rename(&partial, path).map_err(|error| Failure::file(path, &error)));
    if moved.is_err() {
        let _ = fs::remove_file(&partial);
    }
    moved
}

pub(crate) fn log(out: &mut dyn Write) -> Result<(), Failure> {
    let text = Compositor::connect()?.0.log().map_err(Compositor::failure)?;
    out.write_all(text.as_bytes()).map_err(Failure::output)
}

pub(crate) fn save_log(path: &Path) -> Result<(), Failure> {
    let text = Compositor::connect()?.0.log().map_err(Compositor::failure)?;
    fs::write(path, text).map_err(|error| Failure::file(path, &error))
}

pub(crate) fn replay_log(path: &Path) -> Result<(), Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
    Compositor::connect_patiently()?.0.replay(&text).map_err(Compositor::failure)
}

fn show(text: &str, json: bool, out: &mut dyn Write) -> Result<(), Failure> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        Failure::new(format!(
            "the compositor's answer is not JSON: {error}; use tools of its version"
        ))
    })?;
    let text = if json { format!("{value:#}\n") } else { readable(&value) };
    out.write_all(text.as_bytes()).map_err(Failure::output)
}

/// JSON as an indented outline: an object's simple values first, a list's objects one a paragraph.
fn readable(value: &Value) -> String {
    let mut text = String::new();
    outline(value, 0, &mut text);
    text
}

fn outline(value: &Value, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    let Value::Object(map) = value else {
        text.push_str(&format!("{indent}{}\n", plain(value)));
        return;
    };
    let (nested, simple): (Vec<_>, Vec<_>) = map.iter().partition(|(_, value)| is_nested(value));
    let width = simple.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    for (key, value) in simple {
        text.push_str(&format!("{indent}{key:width$}  {}\n", plain(value)));
    }
    for (key, value) in nested {
        text.push_str(&format!("{indent}{key}\n"));
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 && is_nested(item) {
                        text.push('\n');
                    }
                    outline(item, depth + 1, text);
                }
            }
            other => outline(other, depth + 1, text),
        }
    }
}

fn is_nested(value: &Value) -> bool {
    match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(items) => items.iter().any(is_nested),
        _ => false,
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "unknown".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_becomes_an_outline() {
        let value = serde_json::json!({
            "view": "home", "locked": false, "front": "", "tilt": null,
            "windows": [{"id": 1, "title": "A"}, {"id": 2, "title": "B"}],
            "sizes": [1, 2], "outputs": [],
        });
        let expected = "front    -\nlocked   no\noutputs  none\nsizes    1, 2\ntilt     unknown\n\
                        view     home\nwindows\n  id     1\n  title  A\n\n  id     2\n  title  B\n";
        assert_eq!(readable(&value), expected);
    }
}
