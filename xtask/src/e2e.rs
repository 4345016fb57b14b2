//! `cargo xtask e2e [SUITE[/FILE]]`: real browsers, real services, the tested package.

use std::process::Command;
use std::thread;

use anyhow::{Result, anyhow, ensure};

use crate::build::{self, Options};
use crate::test::Tally;
use crate::{process, setup, test, workspace};

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

/// What live suites need besides the extension, where the Rust tests have not built it.
const BUILD_LIVE: [&str; 5] = [
    "build",
    "--package",
    "sotto-relay",
    "--package",
    "sotto-crowd",
];

/// Runs one suite against the packages as they are in `dist/`.
pub(crate) fn suite(name: &str) -> Result<Tally> {
    match name {
        "hostile" => test::count(node().arg("tests/hostile/run.mjs")),
        "all" => {
            build_live()?;
            side_by_side()
        }
        _ if name.split('/').next() == Some("live") => {
            build_live()?;
            test::count(node().args(["tests/e2e/run.mjs", name]))
        }
        _ => test::count(node().args(["tests/e2e/run.mjs", name])),
    }
}

/// Runs all suites, with the programs that the Rust tests have built: of one package alone most of
/// what it needs would be built once more, with other features.
pub(crate) fn suites_of_test() -> Result<Tally> {
    build_relay(&test::BUILD_RUST)?;
    side_by_side()
}

/// Builds what people talk over.
pub(crate) fn build_live() -> Result<()> {
    build_relay(&BUILD_LIVE)
}

/// From nothing it takes longer than a test may, so the tests find it built.
fn build_relay(how: &[&str]) -> Result<()> {
    let mut cargo = process::cargo();
    process::run(cargo.args(how).args(["--quiet", "--locked"]))
}

/// Every suite in Chromium and in Firefox at the same time, since a browser waits more than it
/// computes; then what needs both.
fn side_by_side() -> Result<Tally> {
    let (chromium, firefox) = thread::scope(|scope| {
        let firefox = scope.spawn(|| all_in("firefox"));
        (all_in("chromium"), firefox.join())
    });
    let mut sum = chromium?;
    sum += firefox.map_err(|_| anyhow!("the run in Firefox broke off"))??;
    sum += all_in("mixed")?;
    Ok(sum)
}

fn all_in(browser: &str) -> Result<Tally> {
    test::count(node().args(["tests/e2e/run.mjs", "all", "--browser", browser]))
}

/// The drivers, and the tested package of the release.
pub(crate) fn prepare() -> Result<()> {
    setup::for_browsers()?;
    build::run(Options {
        release: true,
        test: true,
    })
}

/// Node with the driver of Firefox in its environment, and the programs, which are not built again.
pub(crate) fn node() -> Command {
    let mut node = process::command("node");
    let debug = workspace::target().join("debug");
    node.env("SOTTO_RELAY", debug.join("sotto-relay"));
    node.env("SOTTO_CROWD_PATH", debug.join("sotto-crowd"));
    if let Some(driver) = setup::geckodriver() {
        node.env("GECKODRIVER", driver);
    }
    node
}
