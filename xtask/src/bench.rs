//! `cargo xtask bench [NAME]`: figures against bars.
//!
//! A bench is `tests/bench/NAME.mjs`. It prints its table and writes `target/bench/NAME.json`:
//! `{"rows": [{"id", "unit", "ours", "peer", "theirs", "ratio", "bar", "holds"}]}`.

use std::env;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

use crate::{build, e2e, package, process, setup, workspace};

const COLUMNS: [&str; 8] = [
    "id", "unit", "ours", "peer", "theirs", "ratio", "bar", "holds",
];

/// Runs every bench there is.
pub(crate) fn run_all() -> Result<()> {
    let mut names = Vec::new();
    for entry in fs::read_dir(workspace::path("tests/bench")).context("tests/bench")? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "mjs") {
            names.extend(
                path.file_stem()
                    .map(|stem| stem.to_string_lossy().into_owned()),
            );
        }
    }
    names.sort();
    prepare()?;
    prepare_seal()?;
    prepare_relay()?;
    e2e::build_live()?;
    let failed: Vec<_> = names.iter().filter(|name| !holds(name)).collect();
    ensure!(failed.is_empty(), "bars not held: {failed:?}");
    Ok(())
}

/// Runs one bench; `flags` are the bench's own.
///
/// # Errors
/// When a bar does not hold.
pub(crate) fn run(name: &str, flags: &[&str]) -> Result<()> {
    if name == "relay" {
        prepare_relay()?;
        return measure(name, flags);
    }
    if name == "chat" {
        e2e::prepare()?;
        e2e::build_live()?;
        return measure(name, flags);
    }
    prepare()?;
    if name == "seal" {
        prepare_seal()?;
    }
    measure(name, flags)
}

/// The relay, the clients that load it, and the servers it is compared with. No browser.
fn prepare_relay() -> Result<()> {
    setup::for_relay_bench()?;
    process::run(process::cargo().args([
        "build",
        "--release",
        "--locked",
        "--package",
        "sotto-relay",
        "--package",
        "sotto-bench-relay",
    ]))
}

/// The bare cipher and the native program, with which `seal` compares.
fn prepare_seal() -> Result<()> {
    build::bench_parts()
}

/// Benches measure the release packages; the tested one is needed to reach loopback.
fn prepare() -> Result<()> {
    setup::for_browsers()?;
    build::run_both(true)?;
    package::pack()
}

fn holds(name: &str) -> bool {
    println!("== {name}");
    measure(name, &[])
        .inspect_err(|error| eprintln!("{name}: {error:#}"))
        .is_ok()
}

fn measure(name: &str, flags: &[&str]) -> Result<()> {
    let result = result(name);
    // A part of the rows takes the place of its own (`ONLY=`, see the bench of sealing).
    if result.exists() && env::var_os("ONLY").is_none() {
        fs::remove_file(&result)?;
    }
    fs::create_dir_all(workspace::path("target/bench"))?;
    let script = workspace::path("tests/bench").join(format!("{name}.mjs"));
    ensure!(script.exists(), "there is no {}", workspace::shown(&script));
    let ran = process::run(e2e::node().arg(&script).args(flags));
    check(&result)?;
    ran
}

fn result(name: &str) -> PathBuf {
    workspace::path("target/bench").join(format!("{name}.json"))
}

/// The rows are of the agreed shape and every bar holds.
fn check(path: &PathBuf) -> Result<()> {
    let text =
        fs::read_to_string(path).with_context(|| format!("{} was not written", path.display()))?;
    let json: Value = serde_json::from_str(&text)?;
    let rows = json
        .get("rows")
        .and_then(Value::as_array)
        .context("no `rows`")?;
    ensure!(!rows.is_empty(), "no row was measured");
    let mut missed = Vec::new();
    for row in rows {
        let row = row.as_object().context("a row is no object")?;
        if !row_holds(row)? {
            missed.push(row.get("id").cloned().unwrap_or_default());
        }
    }
    ensure!(missed.is_empty(), "bars not held: {missed:?}");
    Ok(())
}

fn row_holds(row: &Map<String, Value>) -> Result<bool> {
    for column in COLUMNS {
        ensure!(row.contains_key(column), "a row lacks `{column}`: {row:?}");
    }
    match row.get("holds") {
        Some(Value::Bool(holds)) => Ok(*holds),
        other => bail!("`holds` is {other:?}"),
    }
}
