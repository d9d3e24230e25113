//! The published schema and the reader say the same.

use std::{collections::BTreeSet, fs};

use purje_device_profile::Profile;
use serde_json::Value;
use tempfile::TempDir;

const SCHEMA: &str = include_str!("../../../device-profiles/schema.json");

/// A table of the format.
#[derive(Clone, Copy)]
struct Table {
    /// Where the schema has it.
    pointer: &'static str,
    /// What the reader calls it.
    title: &'static str,
    /// What to write before and after a key of it.
    around: (&'static str, &'static str),
}

const fn table(pointer: &'static str, title: &'static str, before: &'static str) -> Table {
    Table { pointer, title, around: (before, "\n") }
}

const TABLES: [Table; 8] = [
    table("", "the file", ""),
    table("/properties/identity", "[identity]", "[identity]\n"),
    table("/properties/support", "[support]", "[support]\n"),
    table("/properties/panel", "[panel]", "[panel]\n"),
    Table {
        pointer: "/properties/panel/properties/cutouts/items",
        title: "[panel.cutouts]",
        around: ("[panel]\ncutouts = [{ ", " }]\n"),
    },
    table("/properties/touch", "[touch]", "[touch]\n"),
    table("/properties/keys", "[keys]", "[keys]\n"),
    Table {
        pointer: "/properties/keys/properties/items/items",
        title: "[keys.items]",
        around: ("[keys]\nitems = [{ ", " }]\n"),
    },
];

fn schema() -> Value {
    serde_json::from_str(SCHEMA).expect("the schema is JSON")
}

/// The complaints about a file that holds `key = value` in a table.
fn complaints(table: Table, key: &str, value: &str) -> Vec<String> {
    let dir = TempDir::new().expect("a folder for the test");
    let path = dir.path().join("p.toml");
    let (before, after) = table.around;
    fs::write(&path, format!("{before}{key} = {value}{after}")).expect("writing the test's file");
    Profile::load(&path).1.iter().map(|d| format!("{}; {}", d.cause, d.mend)).collect()
}

/// Whether `value` is taken for `key`, whatever else the file lacks.
fn fits(table: Table, key: &str, value: &str) -> bool {
    let about = format!("`{key}` is ");
    !complaints(table, key, value).iter().any(|c| c.starts_with(&about))
}

fn properties(table: Table) -> serde_json::Map<String, Value> {
    let schema = schema();
    let table = schema.pointer(table.pointer).expect("the table is in the schema");
    assert_eq!(table["additionalProperties"], Value::Bool(false));
    table["properties"].as_object().expect("it has properties").clone()
}

#[test]
fn both_know_the_same_keys() {
    for table in TABLES {
        let published: BTreeSet<_> = properties(table).into_iter().map(|(key, _)| key).collect();
        let complaints = complaints(table, "qqqqqq", "1");
        let known = complaints.iter().find_map(|c| c.split_once("known here: "));
        let (_, known) = known.expect("an unknown key is answered by the known ones");
        let read: BTreeSet<_> = known.split(", ").map(str::to_owned).collect();
        assert_eq!(read, published, "{}", table.pointer);
    }
}

#[test]
fn both_need_the_same_keys() {
    let schema = schema();
    for table in TABLES {
        let required =
            schema.pointer(&format!("{}/required", table.pointer)).and_then(Value::as_array);
        let lacks = format!("{} lacks `", table.title);
        let lacking: BTreeSet<_> = complaints(table, "qqqqqq", "1")
            .iter()
            .filter_map(|c| c.strip_prefix(&lacks)?.split_once('`'))
            .map(|(key, _)| key.to_owned())
            .collect();
        let required: BTreeSet<_> = required
            .expect("every table says what it needs")
            .iter()
            .filter_map(Value::as_str)
            // Sections that are needed are named with what they need in turn.
            .filter(|key| !(schema["properties"][key]["type"] == "object"))
            .map(str::to_owned)
            .collect();
        assert_eq!(lacking, required, "{}", table.pointer);
    }
}

#[test]
fn both_take_the_same_words_and_numbers() {
    let mut checked = 0;
    for table in TABLES {
        for (key, shape) in properties(table) {
            for word in shape["enum"].as_array().into_iter().flatten() {
                assert!(fits(table, &key, &word.to_string()), "{key} {word}");
                checked += 1;
            }
            let length = shape["minItems"].as_u64();
            let number = if length.is_some() { &shape["items"] } else { &shape };
            let write = |value: f64| {
                let number = if number["type"] == "integer" {
                    format!("{value:.0}")
                } else {
                    format!("{value:?}")
                };
                match length {
                    Some(n) => format!("[{}]", vec![number; n as usize].join(", ")),
                    None => number,
                }
            };
            for (bound, outside) in [("minimum", -1.0), ("maximum", 1.0)] {
                let Some(limit) = number[bound].as_f64() else { continue };
                assert!(fits(table, &key, &write(limit)), "{key} {bound}");
                assert!(!fits(table, &key, &write(limit + outside)), "{key} {bound}");
                checked += 1;
            }
        }
    }
    assert!(checked > 50, "{checked}");
}
