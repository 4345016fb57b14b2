//! Firefox's driver. Debian has no package of it, so it is built from crates.io once.

use std::path::PathBuf;

use anyhow::Result;

use crate::{process, workspace};

const VERSION: &str = "0.37.1";

/// The driver, wherever it is: the search path, Cargo's programs, or our own tools.
pub(crate) fn path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let cargo = std::env::home_dir().map(|home| home.join(".cargo/bin"));
    let folders = std::env::split_paths(&path)
        .chain(cargo)
        .chain([tools().join("bin")]);
    folders
        .map(|folder| folder.join("geckodriver"))
        .find(|driver| driver.is_file())
}

/// Builds it unless there is one.
pub(super) fn install() -> Result<()> {
    if path().is_some() {
        return Ok(());
    }
    println!("setup: cargo install geckodriver (some minutes)");
    let mut cargo = process::cargo();
    cargo.args([
        "install",
        "--quiet",
        "--debug",
        "--locked",
        "geckodriver",
        "--version",
        VERSION,
        "--root",
    ]);
    process::run(cargo.arg(tools()))
}

fn tools() -> PathBuf {
    workspace::target().join("tools")
}
