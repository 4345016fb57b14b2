//! `cargo xtask package`: the release packages, the same bytes from the same sources.

mod archive;
mod verify;

use std::path::PathBuf;

use anyhow::{Context, Result};

pub(crate) use verify::verify;

use crate::build::{self, Browser, Options};
use crate::{process, workspace};

/// The package of `browser`.
pub(crate) fn path(browser: Browser) -> PathBuf {
    let version = env!("CARGO_PKG_VERSION");
    workspace::path("dist").join(format!("sotto-{version}-{}.zip", browser.name()))
}

/// Builds the release and packs it for each browser.
pub(crate) fn run() -> Result<()> {
    build::run(Options {
        release: true,
        test: false,
    })?;
    let epoch = source_date()?;
    for browser in Browser::ALL {
        archive::pack(&build::folder(browser, false), &path(browser), epoch)?;
        println!("{}", workspace::shown(&path(browser)));
    }
    Ok(())
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
