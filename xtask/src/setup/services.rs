//! Services of the tests that Debian has no package of: from PyPI and npm, at pinned versions, into
//! folders of their own below `target/tools`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::{process, workspace};

/// Installs what is not there yet, or there in another version.
pub(super) fn install() -> Result<()> {
    when_changed("copyparty", "requirements.txt", from_pypi)?;
    when_changed("thelounge", "package-lock.json", from_npm)
}

/// Runs `install` from the folder of a service into its tool folder unless what `pins` says is there.
fn when_changed(
    name: &str,
    pins: &str,
    install: fn(from: &Path, to: &Path) -> Result<()>,
) -> Result<()> {
    let from = workspace::path("tests/services").join(name);
    let to = workspace::target().join("tools").join(name);
    // What is installed names its own folder: it does not stand in another.
    let pinned = fs::read(from.join(pins)).with_context(|| format!("{name}: {pins}"))?;
    let wanted = [to.to_string_lossy().as_bytes(), b"\n", &pinned].concat();
    let stamp = to.join(".sotto-pins");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("setup: {name}");
    if to.exists() {
        fs::remove_dir_all(&to)?;
    }
    fs::create_dir_all(&to)?;
    install(&from, &to)?;
    Ok(fs::write(stamp, wanted)?)
}

fn from_pypi(from: &Path, to: &Path) -> Result<()> {
    process::run(process::command("python3").args(["-m", "venv"]).arg(to))?;
    let mut pip = process::command(to.join("bin/pip"));
    // An index that has to fetch a file itself first may be silent for longer than pip's 15 s.
    pip.args([
        "install",
        "--quiet",
        "--no-deps",
        "--disable-pip-version-check",
        "--timeout=120",
        "-r",
    ]);
    process::run(pip.arg(from.join("requirements.txt")))
}

fn from_npm(from: &Path, to: &Path) -> Result<()> {
    for file in ["package.json", "package-lock.json"] {
        fs::copy(from.join(file), to.join(file))?;
    }
    let mut npm = process::command("npm");
    npm.current_dir(to).args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]);
    process::run(&mut npm)
}
