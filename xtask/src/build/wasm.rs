//! The Rust half: a crate to a WASM module and its JavaScript glue.

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

/// A crate that is compiled to WASM.
#[derive(Clone, Copy, Debug)]
pub(super) struct Module {
    package: &'static str,
    /// What cargo calls the module.
    compiled: &'static str,
    /// What the glue is called.
    name: &'static str,
    /// Where glue and module are put, below the root.
    folder: &'static str,
    /// The profile of a release, with the level of wasm-opt that goes with it.
    release: (&'static str, &'static str),
}

const FAST: (&str, &str) = ("release", "-O3");
const SMALL: (&str, &str) = ("small", "-Os");

/// The core of the extension. TypeScript imports `./generated/wasm/sotto.js`.
pub(super) const CORE: Module = Module {
    package: "sotto-wasm",
    compiled: "sotto_wasm.wasm",
    name: "sotto",
    folder: "extension/generated/wasm",
    release: FAST,
};

/// Live sessions, loaded when they are first needed. TypeScript imports `./generated/wasm/live.js`.
pub(super) const LIVE: Module = Module {
    package: "sotto-wasm-session",
    compiled: "sotto_wasm_session.wasm",
    name: "live",
    folder: "extension/generated/wasm",
    release: SMALL,
};

/// What the self-contained reader needs of it. TypeScript imports `../generated/reader.js`.
pub(super) const READER: Module = Module {
    package: "sotto-reader",
    compiled: "sotto_reader.wasm",
    name: "reader",
    folder: "reader/generated",
    release: FAST,
};

/// What the bench of sealing measures beside the product.
pub(super) const BENCH: Module = Module {
    package: "sotto-bench",
    compiled: "sotto_bench.wasm",
    name: "bench",
    folder: "target/bench/seal",
    release: FAST,
};

impl Module {
    /// The module that is packed.
    pub(super) fn path(self) -> PathBuf {
        workspace::path(self.folder).join(format!("{}_bg.wasm", self.name))
    }

    /// Compiles, binds and, for a release, optimises.
    pub(super) fn build(self, release: bool) -> Result<()> {
        let compiled = self.compile(release)?;
        let mut output = self.bind(&compiled)?;
        let bound = output.wasm_mut().emit_wasm();
        output
            .emit(workspace::path(self.folder))
            .context("wasm-bindgen cannot write its output")?;
        if release {
            self.optimise(&bound)
        } else {
            Ok(())
        }
    }

    fn compile(self, release: bool) -> Result<PathBuf> {
        let (profile, _) = self.release;
        let mut cargo = process::cargo();
        cargo.args(["build", "--quiet", "--locked", "--package", self.package]);
        cargo.args(["--lib", "--target", TARGET]);
        if release {
            cargo.args(["--profile", profile]);
        }
        cargo.env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
            rustflags()?,
        );
        process::run(&mut cargo)?;
        let folder = if release { profile } else { "debug" };
        let built = workspace::target().join(TARGET).join(folder);
        Ok(built.join(self.compiled))
    }

    /// `reset_state_function` lets the background throw the instance away: at lock, after a panic
    /// and after Argon2id, whose memory a WASM instance never gives back.
    fn bind(self, compiled: &Path) -> Result<wasm_bindgen_cli_support::Output> {
        Bindgen::new()
            .input_path(compiled)
            .out_name(self.name)
            .web(true)?
            .typescript(true)
            .omit_default_module_path(true)
            .reset_state_function(true)
            .remove_producers_section(true)
            .generate_output()
            .context("wasm-bindgen")
    }

    /// Runs wasm-opt, unless the same module was optimised last time (it takes 25 s and more).
    fn optimise(self, bound: &[u8]) -> Result<()> {
        let cache = workspace::target().join("xtask/wasm").join(self.name);
        fs::create_dir_all(&cache)?;
        let (input, output) = (cache.join("bound.wasm"), cache.join("optimised.wasm"));
        if !output.exists() || fs::read(&input).is_ok_and(|old| old != bound) || !input.exists() {
            fs::write(&input, bound)?;
            let (_, level) = self.release;
            let mut wasm_opt = process::command(workspace::npm_tool("wasm-opt"));
            wasm_opt
                .args(FEATURES)
                .args([level, "--strip-debug", "--strip-producers"]);
            wasm_opt
                .arg("--strip-target-features")
                .arg(&input)
                .arg("-o")
                .arg(&output);
            process::run(&mut wasm_opt)?;
        }
        fs::copy(&output, self.path())?;
        Ok(())
    }
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
