//! The targets of the pinned toolchain. rustup fetches the toolchain by itself, a target not.

use std::path::Path;

use anyhow::Result;

use crate::process;

/// What the extension is compiled for.
pub(super) const BROWSER: &str = "wasm32-unknown-unknown";

/// What the vectors are compiled for: the same instructions, with files, under Node.
pub(super) const VECTORS: &str = "wasm32-wasip1";

/// Adds those of `targets` that are absent.
pub(super) fn add_targets(targets: &[&str]) -> Result<()> {
    let sysroot = process::output(process::command("rustc").args(["--print", "sysroot"]))?;
    let library = Path::new(&sysroot).join("lib/rustlib");
    let missing: Vec<_> = targets
        .iter()
        .filter(|target| !library.join(target).join("lib").is_dir())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("setup: rustup target add {missing:?}");
    process::run(
        process::command("rustup")
            .args(["target", "add"])
            .args(missing),
    )
}
