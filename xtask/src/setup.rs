//! `cargo xtask setup`: everything a fresh machine lacks.

use anyhow::Result;

use crate::{process, workspace};

/// What `build` needs: the packages of npm.
pub(crate) fn for_build() -> Result<()> {
    npm()
}

/// Installs what `package-lock.json` pins, unless that was done already.
fn npm() -> Result<()> {
    let lock = std::fs::read(workspace::path("package-lock.json"))?;
    let stamp = workspace::path("node_modules/.sotto-lock");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
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
    Ok(std::fs::write(stamp, lock)?)
}
