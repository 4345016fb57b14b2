//! Formatters, linters and type checkers: one of each per language.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::{codegen, dependencies, directions, process, setup, workspace};

/// Formats everything and applies the safe fixes of the linter.
pub(crate) fn format() -> Result<()> {
    setup::for_build()?;
    process::run(process::cargo().args(["fmt", "--all"]))?;
    process::run(biome()?.args(["check", "--write"]))
}

/// Runs every check and fails if one did.
pub(crate) fn run() -> Result<()> {
    setup::for_build()?;
    let mut failed = Vec::new();
    for (name, check) in CHECKS {
        println!("lint: {name}");
        if let Err(error) = check() {
            eprintln!("{name}: {error:#}");
            failed.push(name);
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        bail!("failed: {}", failed.join(", "))
    }
}

/// A check with the name under which it is reported.
pub(crate) type Check = (&'static str, fn() -> Result<()>);

/// Every check that needs no browser and no service, the quick ones first.
pub(crate) const CHECKS: [Check; 8] = [
    ("directions of crates", directions::crates),
    ("directions of imports", directions::imports),
    ("licences and sources", dependencies::check),
    ("codegen", || codegen::run(codegen::Mode::Check)),
    ("rustfmt", || {
        process::run(process::cargo().args(["fmt", "--all", "--check"]))
    }),
    ("biome", || {
        process::run(biome()?.args(["check", "--error-on-warnings"]))
    }),
    ("tsc", || {
        process::run(&mut process::command(workspace::npm_tool("tsc")))
    }),
    ("clippy", clippy),
];

fn clippy() -> Result<()> {
    let mut cargo = process::cargo();
    cargo.args([
        "clippy",
        "--quiet",
        "--locked",
        "--workspace",
        "--all-targets",
    ]);
    process::run(cargo.args(["--", "-D", "warnings"]))
}

/// The linter's binary for this machine, taken from its own package.
fn biome() -> Result<Command> {
    let machine = match std::env::consts::ARCH {
        "x86_64" => "linux-x64",
        "aarch64" => "linux-arm64",
        other => bail!("Biome is not pinned for {other}"),
    };
    let binary: PathBuf = workspace::path("node_modules/@biomejs").join(format!("cli-{machine}"));
    Ok(process::command(binary.join("biome")))
}
