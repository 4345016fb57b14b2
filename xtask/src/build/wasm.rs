//! The Rust half: `sotto-wasm` to `sotto.wasm` and its JavaScript glue.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::{process, workspace};

const TARGET: &str = "wasm32-unknown-unknown";

/// What rustc 1.95 may emit with simd128 on; wasm-opt refuses what it is not told of.
const FEATURES: [&str; 7] = [
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Where the glue and the module are put. TypeScript imports `./generated/wasm/sotto.js`.
pub(super) fn folder() -> PathBuf {
    workspace::path("extension/generated/wasm")
}

/// The module that is packed.
pub(super) fn module() -> PathBuf {
    folder().join("sotto_bg.wasm")
}

/// Compiles, binds and, for a release, optimises.
pub(super) fn build(release: bool) -> Result<()> {
    let compiled = compile(release)?;
    let mut output = bind(&compiled)?;
    let bound = output.wasm_mut().emit_wasm();
    output
        .emit(folder())
        .context("wasm-bindgen cannot write its output")?;
    if release { optimise(&bound) } else { Ok(()) }
}

fn compile(release: bool) -> Result<PathBuf> {
    let profile = if release { "release" } else { "debug" };
    let mut cargo = process::cargo();
    cargo.args([
        "build",
        "--quiet",
        "--locked",
        "--package",
        "sotto-wasm",
        "--target",
        TARGET,
    ]);
    if release {
        cargo.arg("--release");
    }
    cargo.env(
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        rustflags()?,
    );
    process::run(&mut cargo)?;
    Ok(workspace::target()
        .join(TARGET)
        .join(profile)
        .join("sotto_wasm.wasm"))
}

/// SIMD makes scrypt 2.5 times as fast (every supported browser has it). The remapping keeps this
/// machine's folders out of panic messages: the same source gives the same bytes anywhere.
fn rustflags() -> Result<String> {
    let registry = home("CARGO_HOME", ".cargo")?;
    let toolchains = home("RUSTUP_HOME", ".rustup")?;
    let remap = [
        (workspace::root(), "/sotto"),
        (registry, "/cargo"),
        (toolchains, "/rustup"),
    ];
    let remap = remap.map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()));
    Ok(format!("-Ctarget-feature=+simd128 {}", remap.join(" ")))
}

fn home(variable: &str, folder: &str) -> Result<PathBuf> {
    if let Some(set) = std::env::var_os(variable) {
        return Ok(set.into());
    }
    Ok(std::env::home_dir().context("no home folder")?.join(folder))
}

/// `reset_state_function` lets the background throw the instance away: at lock, after a panic and
/// after Argon2id, whose memory a WASM instance never gives back.
fn bind(compiled: &Path) -> Result<wasm_bindgen_cli_support::Output> {
    Bindgen::new()
        .input_path(compiled)
        .out_name("sotto")
        .web(true)?
        .typescript(true)
        .omit_default_module_path(true)
        .reset_state_function(true)
        .remove_producers_section(true)
        .generate_output()
        .context("wasm-bindgen")
}

/// Runs wasm-opt, unless the same module was optimised last time (it takes 25 s and more).
fn optimise(bound: &[u8]) -> Result<()> {
    let cache = workspace::target().join("xtask/wasm");
    fs::create_dir_all(&cache)?;
    let (input, output) = (cache.join("bound.wasm"), cache.join("optimised.wasm"));
    if !output.exists() || fs::read(&input).is_ok_and(|old| old != bound) || !input.exists() {
        fs::write(&input, bound)?;
        let mut wasm_opt = process::command(workspace::npm_tool("wasm-opt"));
        wasm_opt
            .args(FEATURES)
            .args(["-O3", "--strip-debug", "--strip-producers"]);
        wasm_opt
            .arg("--strip-target-features")
            .arg(&input)
            .arg("-o")
            .arg(&output);
        process::run(&mut wasm_opt)?;
    }
    fs::copy(&output, module())?;
    Ok(())
}
