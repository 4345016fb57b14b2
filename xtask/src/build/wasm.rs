//! The Rust half: a crate to a WASM module and its JavaScript glue.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result, anyhow};
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

/// Compiles, binds and, for a release, optimises. Modules of one profile are one call of cargo, so
/// that what they share is compiled once; profiles, and what follows on each module, run beside
/// each other: linking and optimising take one processor each.
pub(super) fn build(modules: &[Module], release: bool) -> Result<()> {
    let mut profiles: BTreeMap<&str, Vec<Module>> = BTreeMap::new();
    for module in modules {
        let of_profile = profiles.entry(module.profile(release)).or_default();
        of_profile.push(*module);
    }
    beside(profiles, |(profile, modules)| {
        compile(profile, &modules)?;
        beside(modules, |module| module.finish(release))
    })
}

/// Does `work` for each, all at the same time.
fn beside<T: Send>(
    all: impl IntoIterator<Item = T>,
    work: impl Fn(T) -> Result<()> + Sync,
) -> Result<()> {
    let work = &work;
    thread::scope(|scope| {
        let begun: Vec<_> = all
            .into_iter()
            .map(|one| scope.spawn(move || work(one)))
            .collect();
        begun
            .into_iter()
            .try_for_each(|one| one.join().map_err(|_| anyhow!("a build broke off"))?)
    })
}

fn compile(profile: &str, modules: &[Module]) -> Result<()> {
    let mut cargo = process::cargo();
    cargo.args(["build", "--quiet", "--locked", "--lib", "--target", TARGET]);
    cargo.args(["--profile", profile]);
    for module in modules {
        cargo.args(["--package", module.package]);
    }
    cargo.env(
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        rustflags()?,
    );
    process::run(&mut cargo)
}

impl Module {
    /// The module that is packed.
    pub(super) fn path(self) -> PathBuf {
        workspace::path(self.folder).join(format!("{}_bg.wasm", self.name))
    }

    /// Binds what is compiled and, for a release, optimises it.
    fn finish(self, release: bool) -> Result<()> {
        let mut output = self.bind(&self.compiled(release))?;
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

    fn profile(self, release: bool) -> &'static str {
        let (profile, _) = self.release;
        if release { profile } else { "dev" }
    }

    /// Where cargo puts the module.
    fn compiled(self, release: bool) -> PathBuf {
        let folder = match self.profile(release) {
            "dev" => "debug",
            other => other,
        };
        let built = workspace::target().join(TARGET).join(folder);
        built.join(self.compiled)
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
