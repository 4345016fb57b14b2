//! `cargo xtask e2e [SUITE]`: real browsers, real services, the tested package.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::build::{self, Options};
use crate::test::Tally;
use crate::{process, setup, test};

/// Runs one suite, or all.
///
/// # Errors
/// When a test failed.
pub(crate) fn run(name: &str) -> Result<()> {
    prepare()?;
    let tally = suite(name)?;
    println!("{tally}");
    ensure!(tally.failed == 0, process::Shown);
    Ok(())
}

/// Runs one suite against the packages as they are in `dist/`.
pub(crate) fn suite(name: &str) -> Result<Tally> {
    let mut node = node();
    match name {
        "hostile" => node.arg("tests/hostile/run.mjs"),
        _ => node.args(["tests/e2e/run.mjs", name]),
    };
    test::count(&mut node)
}

fn prepare() -> Result<()> {
    setup::for_browsers()?;
    build::run(Options {
        release: true,
        test: true,
    })
}

/// Node with the driver of Firefox in its environment.
pub(crate) fn node() -> Command {
    let mut node = process::command("node");
    if let Some(driver) = setup::geckodriver() {
        node.env("GECKODRIVER", driver);
    }
    node
}
