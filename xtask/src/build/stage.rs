//! Puts the parts of a package into its folder.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use walkdir::WalkDir;

use super::manifest::{self, Browser};
use super::{Options, reader, scripts, wasm};
use crate::workspace;

/// Folders below `extension/` and the kinds of their still files, which are packed under the same
/// path. The frame's scripts hold its style sheets.
const STILL: [(&str, &[&str]); 5] = [
    ("engine", &["html"]),
    ("frame", &["html"]),
    ("pages", &["html", "css", "svg", "png"]),
    ("ui", &["css", "svg", "png"]),
    ("icons", &["svg", "png"]),
];

/// The folder a package is staged in.
pub(crate) fn folder(browser: Browser, test: bool) -> PathBuf {
    let prefix = if test { "test-" } else { "" };
    workspace::path("dist").join(format!("{prefix}{}", browser.name()))
}

/// Stages the package of `browser` and returns its folder.
pub(super) fn stage(browser: Browser, options: Options) -> Result<PathBuf> {
    let target = folder(browser, options.test);
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    fs::create_dir_all(&target)?;
    copy_tree(&scripts::folder(), &target, |_| true)?;
    copy(&wasm::CORE.path(), &target.join("sotto.wasm"))?;
    copy(&wasm::LIVE.path(), &target.join("sotto-live.wasm"))?;
    // A text to save: as a page it would run scripts under our own origin.
    copy(&reader::file(), &target.join("reader.txt"))?;
    for (name, kinds) in STILL {
        let source = workspace::path("extension").join(name);
        if source.exists() {
            copy_tree(&source, &target.join(name), |path| is_of(path, kinds))?;
        }
    }
    copy_tree(
        &workspace::path("extension/locales"),
        &target.join("_locales"),
        |_| true,
    )?;
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        copy(&workspace::path(licence), &target.join(licence))?;
    }
    let text = serde_json::to_string_pretty(&manifest::for_browser(browser, options.test)?)?;
    fs::write(target.join("manifest.json"), text + "\n")?;
    Ok(target)
}

fn is_of(path: &Path, kinds: &[&str]) -> bool {
    path.extension()
        .is_some_and(|kind| kinds.iter().any(|known| kind == *known))
}

fn copy_tree(from: &Path, to: &Path, wanted: impl Fn(&Path) -> bool) -> Result<()> {
    for entry in WalkDir::new(from).sort_by_file_name() {
        let entry = entry?;
        if entry.file_type().is_file() && wanted(entry.path()) {
            copy(entry.path(), &to.join(entry.path().strip_prefix(from)?))?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).with_context(|| format!("cannot copy {}", workspace::shown(from)))?;
    Ok(())
}
