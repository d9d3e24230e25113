//! The rooms of the workspace and the doors between them.
//!
//! Layers that are not enforced rot. Each line below is an edge somebody decided on; a new one is
//! a decision too, to be made here and in the architecture chapter.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde_json::Value;

/// What each room may depend on, among the rooms; tests and examples aside.
const DOORS: &[(&str, &[&str])] = &[
    ("units", &[]),
    ("gesture", &["units"]),
    ("scene", &["units"]),
    ("power-policy", &["units"]),
    ("raster", &["scene", "units"]),
    ("shell", &["gesture", "power-policy", "scene", "units"]),
    ("auth", &[]),
    ("config", &[]),
    ("device-profile", &["config", "units"]),
    ("ipc", &[]),
    ("purjectl", &["config", "device-profile", "ipc"]),
    ("xtask", &[]),
    ("session", &["ipc"]),
    (
        "compositor",
        &[
            "auth",
            "config",
            "device-profile",
            "gesture",
            "ipc",
            "power-policy",
            "raster",
            "scene",
            "shell",
            "units",
        ],
    ),
];

/// Libraries that only some rooms may know.
const SECRETS: &[(&str, &[&str])] = &[
    ("smithay", &["compositor"]),
    ("wayland-server", &["compositor"]),
    ("calloop", &["compositor", "session"]),
    ("zbus", &["compositor", "ipc", "purjectl", "session"]),
    ("cosmic-text", &["raster"]),
    ("resvg", &["raster"]),
    ("argon2", &["auth"]),
];

/// Normal dependencies of each room, by name.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    packages.iter().map(|package| (room(&package["name"]), normal(package))).collect()
}

fn normal(package: &Value) -> BTreeSet<String> {
    let all = package["dependencies"].as_array().expect("dependencies");
    all.iter().filter(|dependency| dependency["kind"].is_null()).map(|d| room(&d["name"])).collect()
}

fn room(name: &Value) -> String {
    let name = name.as_str().expect("a name");
    name.strip_prefix("purje-").unwrap_or(name).to_owned()
}

#[test]
fn rooms_have_the_doors_that_were_decided_on_and_no_others() {
    let found = dependencies();
    let rooms: BTreeSet<&str> = DOORS.iter().map(|(room, _)| *room).collect();
    for (room, doors) in DOORS {
        let known: BTreeSet<&str> =
            found[*room].iter().map(String::as_str).filter(|name| rooms.contains(name)).collect();
        for door in &known {
            assert!(doors.contains(door), "{room} depends on {door}: decide, or take it out");
        }
        for door in *doors {
            assert!(known.contains(door), "{room} no longer depends on {door}: shut the door here");
        }
    }
    let product = found.keys().filter(|name| !["tests", "guest"].iter().any(|t| name.contains(t)));
    for name in product {
        assert!(rooms.contains(name.as_str()), "{name} is a room without a line here");
    }
}

#[test]
fn what_only_some_rooms_may_know_is_known_to_them_alone() {
    let found = dependencies();
    for (library, knowing) in SECRETS {
        for (room, dependencies) in &found {
            if dependencies.contains(*library) {
                let tests = room.contains("tests") || room.contains("guest");
                assert!(tests || knowing.contains(&room.as_str()), "{room} knows {library}");
            }
        }
    }
}
