//! What must hold before anything runs: formatting, lints, and what the workspace says of itself.
//!
//! The edges between rooms are not checked here but by a test, which can explain them.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::step::{output, run, step};
use crate::tally::Tally;

/// Packages that must be in the build only once: their types cross our interfaces, or two copies
/// would be two connections.
const ONCE: [&str; 7] = ["drm", "gbm", "input", "smithay", "wayland-server", "xkbcommon", "zbus"];

/// Runs every check, also when one has failed before.
pub(crate) fn check(tally: &mut Tally) {
    tally.count("formatting", step("check: formatting", formatting));
    tally.count("package metadata", step("check: package metadata", metadata));
    tally.count("lints", step("check: lints", lints));
}

fn formatting() -> Result<()> {
    run(cargo().args(["fmt", "--all", "--check"]))
}

fn lints() -> Result<()> {
    run(cargo()
        .args(["clippy", "--workspace", "--all-targets", "--locked", "--quiet"])
        .args(["--", "-D", "warnings"]))
}

fn metadata() -> Result<()> {
    let text = output(cargo().args(["metadata", "--format-version=1", "--locked"]))?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata is not JSON")?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    copies(packages)?;
    members(packages)
}

fn copies(packages: &[Value]) -> Result<()> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages {
        let (Some(name), Some(version)) = (package["name"].as_str(), package["version"].as_str())
        else {
            bail!("cargo metadata lists a package without name or version");
        };
        if ONCE.contains(&name) {
            versions.entry(name).or_default().push(version);
        }
    }
    for (name, versions) in versions {
        ensure!(
            versions.len() == 1,
            "{name} is in the build as {}; `cargo tree -i {name}@{}` shows by whom",
            versions.join(" and "),
            versions[0]
        );
    }
    Ok(())
}

/// Members are the packages without a source: they come from this checkout.
fn members(packages: &[Value]) -> Result<()> {
    for package in packages.iter().filter(|package| package["source"].is_null()) {
        let name = package["name"].as_str().unwrap_or("a package without a name");
        ensure!(
            package["license"] == "MIT OR Apache-2.0",
            "{name} does not inherit the workspace's licence"
        );
        ensure!(
            package["rust_version"].is_string(),
            "{name} does not inherit the workspace's rust-version"
        );
        let manifest = package["manifest_path"].as_str().context("a member without a manifest")?;
        let text =
            std::fs::read_to_string(manifest).with_context(|| format!("cannot read {manifest}"))?;
        ensure!(
            text.contains("[lints]\nworkspace = true"),
            "{manifest} does not inherit the workspace's lints"
        );
    }
    Ok(())
}

/// The cargo that runs this program, in the workspace's root.
pub(crate) fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(crate::workspace());
    // What `cargo run` told this program about itself is not for the packages built from here.
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        if name_text.starts_with("CARGO_PKG_") || name_text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_copy_of_a_shared_package_is_refused() {
        let package =
            |name: &str, version: &str| serde_json::json!({"name": name, "version": version});
        assert!(copies(&[package("zbus", "5.19.0"), package("png", "0.17.0")]).is_ok());
        let error = copies(&[package("zbus", "4.4.0"), package("zbus", "5.19.0")])
            .expect_err("two copies of zbus");
        assert!(error.to_string().contains("4.4.0 and 5.19.0"), "{error}");
    }
}
