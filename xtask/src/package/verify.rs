//! `cargo xtask package --verify`: two folders of different names, two fresh target directories,
//! one date: the packages must be the same.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

use super::{path, reader_path};
use crate::build::Browser;
use crate::{process, workspace};

/// Two names of different length, so that a path that leaks also moves what follows it.
const FOLDERS: [&str; 2] = ["a", "another/place"];

/// Builds the sources as they are, twice, and compares.
pub(crate) fn verify() -> Result<()> {
    let epoch = super::source_date()?;
    let base = std::env::temp_dir().join(format!("sotto-verify-{}", std::process::id()));
    fs::create_dir_all(&base)?;
    // A copy: a build meanwhile may replace the one that runs.
    let xtask = base.join("xtask");
    fs::copy(std::env::current_exe()?, &xtask)?;
    let [one, other] = FOLDERS.map(|name| base.join(name));
    // Both copies first: the sources may be edited while the first is built.
    copy_sources(&one)?;
    copy_sources(&other)?;
    build_in(&one, &xtask, epoch)?;
    build_in(&other, &xtask, epoch)?;
    let files = Browser::ALL.map(path).into_iter().chain([reader_path()]);
    let compared = files
        .into_iter()
        .try_for_each(|file| compare(&file, &one, &other));
    fs::remove_dir_all(&base)?;
    compared
}

/// Copies the tracked and new files to `folder`.
fn copy_sources(folder: &Path) -> Result<()> {
    let mut git = process::command("git");
    git.args(["ls-files", "-z", "--cached", "--others"]);
    git.arg("--exclude-standard");
    for name in process::output(&mut git)?.split_terminator('\0') {
        let (source, target) = (workspace::path(name), folder.join(name));
        if source.is_file() {
            fs::create_dir_all(target.parent().unwrap_or(folder))?;
            fs::copy(source, target)?;
        }
    }
    Ok(())
}

/// Packages the copy in `folder` with `xtask`.
fn build_in(folder: &Path, xtask: &Path, epoch: i64) -> Result<()> {
    println!("verify: building in {}", folder.display());
    let mut xtask = process::command(xtask);
    xtask
        .arg("package")
        .current_dir(folder)
        .env_remove("CARGO_TARGET_DIR");
    xtask
        .env(workspace::ROOT, folder)
        .env("SOURCE_DATE_EPOCH", epoch.to_string());
    process::run(&mut xtask)
}

fn compare(file: &Path, one: &Path, other: &Path) -> Result<()> {
    let name = file.strip_prefix(workspace::root())?;
    let (one, other) = (fs::read(one.join(name))?, fs::read(other.join(name))?);
    ensure!(
        one == other,
        "{} differs between the two builds",
        name.display()
    );
    println!(
        "verify: {} is the same twice ({} bytes)",
        name.display(),
        one.len()
    );
    Ok(())
}
