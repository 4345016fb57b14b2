//! The packages as they would be published: small, clean, and the tested one almost the same.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use walkdir::WalkDir;

use super::Tally;
use crate::build::{self, Browser};
use crate::{package, process, workspace};

/// The bar of a release package, in bytes.
const LARGEST_ZIP: u64 = 2_500_000;

pub(super) fn check() -> Result<Tally> {
    build::run_both(true)?;
    package::pack()?;
    let mut sum = Tally::default();
    for browser in Browser::ALL {
        let name = format!(
            "{}: the tested package has one permission more",
            browser.name()
        );
        sum += Tally::of(&name, differ_by_one_permission(browser));
        let name = format!("{}: at most {LARGEST_ZIP} bytes", browser.name());
        sum += Tally::of(&name, is_small(browser));
    }
    sum += Tally::of("web-ext lint", web_ext_lint());
    Ok(sum)
}

/// Compares the two packages file by file; the manifests, after the permission is taken out.
fn differ_by_one_permission(browser: Browser) -> Result<()> {
    let mut release = contents(&build::folder(browser, false))?;
    let mut tested = contents(&build::folder(browser, true))?;
    let manifest = Path::new("manifest.json");
    let release_manifest = parse(release.remove(manifest))?;
    let mut tested_manifest = parse(tested.remove(manifest))?;
    let extra = tested_manifest
        .as_object_mut()
        .and_then(|it| it.remove("host_permissions"));
    ensure!(
        extra == Some(json!(["http://127.0.0.1/*"])),
        "it has {extra:?}"
    );
    ensure!(
        tested_manifest == release_manifest,
        "the manifests differ in something else"
    );
    let differing: Vec<_> = release
        .iter()
        .filter(|(path, bytes)| tested.get(*path) != Some(*bytes))
        .map(|(path, _)| path)
        .collect();
    ensure!(differing.is_empty(), "other bytes in {differing:?}");
    ensure!(
        tested.len() == release.len(),
        "the tested package has more files"
    );
    Ok(())
}

fn contents(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in WalkDir::new(folder) {
        let entry = entry?;
        if entry.file_type().is_file() {
            files.insert(
                entry.path().strip_prefix(folder)?.to_path_buf(),
                fs::read(entry.path())?,
            );
        }
    }
    Ok(files)
}

fn parse(manifest: Option<Vec<u8>>) -> Result<Value> {
    Ok(serde_json::from_slice(
        &manifest.context("no manifest.json")?,
    )?)
}

fn is_small(browser: Browser) -> Result<()> {
    let size = fs::metadata(package::path(browser))?.len();
    println!(
        "{}: {size} bytes",
        workspace::shown(&package::path(browser))
    );
    ensure!(size <= LARGEST_ZIP, "{size} bytes");
    Ok(())
}

/// Mozilla's own linter; a warning is a failure.
fn web_ext_lint() -> Result<()> {
    let mut web_ext = process::command(workspace::npm_tool("web-ext"));
    web_ext.args([
        "lint",
        "--self-hosted",
        "--warnings-as-errors",
        "--source-dir",
    ]);
    process::run(web_ext.arg(build::folder(Browser::Firefox, false)))
}
