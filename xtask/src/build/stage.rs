//! Puts the parts of a package into its folder.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use walkdir::WalkDir;

use super::manifest::{self, Browser};
use super::{Options, scripts, wasm};
use crate::workspace;

/// Folders below `extension/` whose still files are packed under the same path.
const STILL_FOLDERS: [&str; 5] = ["engine", "frame", "pages", "ui", "icons"];
const STILL_KINDS: [&str; 4] = ["html", "css", "svg", "png"];

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
    copy(&wasm::module(), &target.join("sotto.wasm"))?;
    for name in STILL_FOLDERS {
        let source = workspace::path("extension").join(name);
        if source.exists() {
            copy_tree(&source, &target.join(name), is_still)?;
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

fn is_still(path: &Path) -> bool {
    path.extension()
        .is_some_and(|kind| STILL_KINDS.iter().any(|known| kind == *known))
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
