//! TypeScript that is derived, never written: types of the protocol crate and message keys.

mod french;
mod messages;
mod protocol;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::workspace;

/// What to do with a generated text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Write it where it differs.
    Write,
    /// Fail where it differs.
    Check,
}

/// Generates everything under `extension/generated` that does not need the compiled WASM.
pub(crate) fn run(mode: Mode) -> Result<()> {
    settle(
        mode,
        &workspace::path("extension/generated/protocol.ts"),
        &protocol::declarations()?,
    )?;
    // The keys are not checked in: the catalogues are their only source.
    messages::write_keys()
}

/// Generates the union of message keys from the catalogues.
pub(crate) fn message_keys() -> Result<()> {
    messages::write_keys()
}

/// Writes `text` to `path` where it differs, so that nothing is rebuilt without need.
pub(crate) fn write_if_changed(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", workspace::shown(path)))
}

fn settle(mode: Mode, path: &Path, text: &str) -> Result<()> {
    if mode == Mode::Write {
        return write_if_changed(path, text);
    }
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    bail!(
        "{} is not what the Rust types say: run `cargo xtask codegen`",
        workspace::shown(path)
    )
}
