//! Where things are. Every path is absolute, so no command depends on the current directory.

use std::path::{Path, PathBuf};

/// The variable that names another root: `package --verify` builds copies with one xtask.
pub(crate) const ROOT: &str = "SOTTO_ROOT";

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    if let Some(copy) = std::env::var_os(ROOT) {
        return copy.into();
    }
    // As `cargo run` says it: a checkout that was moved or copied keeps a program built elsewhere.
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(built_in, PathBuf::from);
    xtask.parent().unwrap_or(&xtask).to_path_buf()
}

fn built_in() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

/// A path below the root.
pub(crate) fn path(relative: &str) -> PathBuf {
    root().join(relative)
}

/// Cargo's target directory.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| path("target"), |dir| root().join(dir))
}

/// A command that npm installed.
pub(crate) fn npm_tool(name: &str) -> PathBuf {
    path("node_modules/.bin").join(name)
}

/// `path` as people read it: relative to the root where it lies below.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string()
}
