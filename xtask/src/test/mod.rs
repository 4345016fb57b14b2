//! `cargo xtask test`: everything there is to check, in parts, with one sum at the end.

mod packages;
mod rust;
mod tally;

use std::time::Instant;

use anyhow::{Result, ensure};

pub(crate) use rust::BUILD_RUST;
pub(crate) use tally::{Tally, run as count};

use crate::build;
use crate::{e2e, lint, process, setup, workspace};

/// A part of the whole with the name under which it is reported.
type Part = (&'static str, fn() -> Result<Tally>);

/// In the order of what fails soonest.
const PARTS: [Part; 8] = [
    ("checks", checks),
    ("Rust", rust::run),
    ("vectors in WASM", vectors_in_wasm),
    ("TypeScript", typescript),
    ("surfaces", surfaces),
    ("packages", packages::check),
    ("hostile pages", || e2e::suite("hostile")),
    ("end to end", e2e::suites_of_test),
];

/// Runs every part. The last line printed is `N passed, N failed`.
///
/// # Errors
/// When anything failed.
pub(crate) fn run() -> Result<()> {
    run_parts(&PARTS)
}

/// Runs the part of that name, after the same set-up.
///
/// # Errors
/// When anything failed or there is no such part.
pub(crate) fn run_part(name: &str) -> Result<()> {
    let parts: Vec<Part> = PARTS.into_iter().filter(|part| part.0 == name).collect();
    ensure!(
        !parts.is_empty(),
        "the parts are {:?}",
        PARTS.map(|part| part.0)
    );
    run_parts(&parts)
}

fn run_parts(parts: &[Part]) -> Result<()> {
    timed("set-up", || {
        setup::for_test()?;
        // A part that is run alone looks at these, never at what an earlier run has left.
        build::run_both(false)?;
        Ok(Tally::default())
    })?;
    let mut sum = Tally::default();
    for (name, part) in parts {
        sum += timed(name, part).unwrap_or_else(|error| {
            eprintln!("{name}: {error:#}");
            Tally::FAILED
        });
    }
    println!("{sum}");
    ensure!(sum.failed == 0, process::Shown);
    Ok(())
}

fn timed(name: &str, part: impl FnOnce() -> Result<Tally>) -> Result<Tally> {
    println!("== {name}");
    let start = Instant::now();
    let tally = part();
    let seconds = start.elapsed().as_secs();
    match &tally {
        Ok(tally) => println!("== {name}: {tally} ({seconds} s)"),
        Err(_) => println!("== {name}: broke off ({seconds} s)"),
    }
    tally
}

fn checks() -> Result<Tally> {
    let mut sum = Tally::default();
    for (name, check) in lint::CHECKS {
        println!("{name}");
        sum += Tally::of(name, check());
    }
    Ok(sum)
}

/// The same vectors, compiled to WASM with the instructions the extension uses, under Node.
fn vectors_in_wasm() -> Result<Tally> {
    let mut cargo = process::cargo();
    cargo.args(["test", "--quiet", "--locked"]);
    cargo.args(["--package", "sotto-core", "--package", "sotto-simd"]);
    cargo.args([
        "--test",
        "*vectors",
        "--test",
        "*wycheproof",
        "--test",
        "properties",
        "--target",
        "wasm32-wasip1",
    ]);
    cargo.arg("--no-fail-fast");
    let runner = workspace::path("tests/wasm/run.mjs");
    cargo.env(
        "CARGO_TARGET_WASM32_WASIP1_RUNNER",
        format!("node {}", runner.display()),
    );
    cargo.env(
        "CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS",
        "-Ctarget-feature=+simd128",
    );
    // Node 20 dies of a segmentation fault when a WASI program ends that has grown its memory for
    // Argon2; the extension's own WASM derives keys in the bindings' tests and in the browsers.
    cargo.args(["--", "--skip", "vault_vectors"]);
    tally::run(&mut cargo)
}

/// `*.test.ts`, bundled and run by Node: units beside what they test, the compiled core among them.
fn typescript() -> Result<Tally> {
    let bundles = build::bundle_tests()?;
    ensure!(!bundles.is_empty(), "no *.test.ts found");
    let mut node = process::command("node");
    tally::run(node.args(["--test", "--test-reporter=spec"]).args(bundles))
}

/// Every surface in every state, light and dark: what is cut off, too faint or without a name.
fn surfaces() -> Result<Tally> {
    let looked = process::run(process::command("node").arg("tests/ui/run.mjs"));
    Ok(Tally::of("surfaces", looked))
}
