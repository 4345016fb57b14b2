//! `cargo xtask package`: the release packages, the same bytes from the same sources.

mod archive;
pub(crate) mod relay;
mod verify;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

pub(crate) use verify::verify;

use crate::build::{self, Browser, Options};
use crate::{process, workspace};

/// The package of `browser`.
pub(crate) fn path(browser: Browser) -> PathBuf {
    let version = env!("CARGO_PKG_VERSION");
    workspace::path("dist").join(format!("sotto-{version}-{}.zip", browser.name()))
}

/// The self-contained reader, a release of its own.
pub(crate) fn reader_path() -> PathBuf {
    let version = env!("CARGO_PKG_VERSION");
    workspace::path("dist").join(format!("sotto-{version}-reader.html"))
}

/// Builds the release and packs it.
pub(crate) fn run() -> Result<()> {
    build::run(Options {
        release: true,
        test: false,
    })?;
    pack()
}

/// Packs the release as it was built for each browser, and writes down what each file's sums are.
pub(crate) fn pack() -> Result<()> {
    let epoch = source_date()?;
    for browser in Browser::ALL {
        archive::pack(&build::folder(browser, false), &path(browser), epoch)?;
        println!("{}", workspace::shown(&path(browser)));
    }
    fs::copy(build::reader_file(), reader_path())?;
    println!("{}", workspace::shown(&reader_path()));
    write_sums()
}

/// `SHA256SUMS` and `B3SUMS` beside the packages, for `sha256sum --check` and `b3sum --check`.
fn write_sums() -> Result<()> {
    let (mut sha256, mut blake3) = (String::new(), String::new());
    for file in [
        path(Browser::Chromium),
        path(Browser::Firefox),
        reader_path(),
    ] {
        let bytes = fs::read(&file)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let digest = Sha256::digest(&bytes);
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        sha256 += &format!("{hex}  {name}\n");
        blake3 += &format!("{}  {name}\n", blake3::hash(&bytes));
    }
    print!("{sha256}");
    let dist = workspace::path("dist");
    fs::write(dist.join("SHA256SUMS"), sha256)?;
    Ok(fs::write(dist.join("B3SUMS"), blake3)?)
}

/// Seconds since the Unix epoch that every file in a package bears: `SOURCE_DATE_EPOCH`
/// (reproducible-builds.org), else the time of the last commit.
fn source_date() -> Result<i64> {
    let text = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(set) => set,
        Err(_) => process::output(process::command("git").args(["log", "-1", "--format=%ct"]))?,
    };
    text.parse()
        .with_context(|| format!("SOURCE_DATE_EPOCH `{text}` is no number"))
}
