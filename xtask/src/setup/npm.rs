//! Packages of npm, exactly those of `package-lock.json`.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::{process, workspace};

const OLDEST_NODE: u32 = 20;

/// Installs what the lock file pins, unless that was done already.
pub(super) fn install() -> Result<()> {
    let lock = fs::read(workspace::path("package-lock.json"))?;
    let stamp = workspace::path("node_modules/.sotto-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    check_node()?;
    println!("setup: npm ci");
    // No package needs its install script; none gets to run one.
    let mut npm = process::command("npm");
    npm.args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]);
    process::run(&mut npm)?;
    Ok(fs::write(stamp, lock)?)
}

fn check_node() -> Result<()> {
    let version = process::output(process::command("node").arg("--version"))?;
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .unwrap_or_default();
    let major: u32 = major
        .parse()
        .with_context(|| format!("node says it is {version}"))?;
    ensure!(
        major >= OLDEST_NODE,
        "Node {OLDEST_NODE} or newer is needed; here is {version}"
    );
    Ok(())
}
