//! `cargo xtask setup`: installs what a fresh machine lacks, and says so. A second run finds
//! everything in place. The other commands call the part they need.
//!
//! Sources: crates.io, npm, PyPI, Debian and rustup. Nothing else is downloaded.

mod debian;
mod disk;
mod geckodriver;
mod npm;
mod rust;
mod services;

use anyhow::Result;

pub(crate) use debian::present;
pub(crate) use geckodriver::path as geckodriver;

/// Everything, for all commands.
pub(crate) fn run() -> Result<()> {
    for_test()?;
    println!("setup: everything is in place");
    Ok(())
}

/// For `build`, `lint` and `package`: the WASM target and the packages of npm.
pub(crate) fn for_build() -> Result<()> {
    disk::require(disk::BUILD)?;
    debian::install(debian::BUILD)?;
    rust::add_targets(&[rust::BROWSER])?;
    npm::install()
}

/// For `package relay`: what packs. No more, on a machine that may be somebody's server.
pub(crate) fn for_relay() -> Result<()> {
    debian::install(debian::RELAY)
}

/// For `bench relay`: the servers it is compared with.
pub(crate) fn for_relay_bench() -> Result<()> {
    debian::install(debian::RELAY_PEERS)
}

/// For `package relay --try`.
pub(crate) fn for_bare_debian() -> Result<()> {
    debian::install(debian::BARE)
}

/// For `test`: also the WASM target that runs the vectors, browsers, drivers and services.
pub(crate) fn for_test() -> Result<()> {
    disk::require(disk::TEST)?;
    rust::add_targets(&[rust::VECTORS])?;
    for_browsers()
}

/// For `e2e`, `bench` and `demo`: browsers, drivers and services.
pub(crate) fn for_browsers() -> Result<()> {
    for_build()?;
    debian::install(debian::TESTS)?;
    services::install()?;
    geckodriver::install()
}
