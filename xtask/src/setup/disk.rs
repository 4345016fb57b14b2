//! Room on the disk. A full disk shows as a hundred failures of compiler and browser, none of
//! which says so; here it is one line, before anything is begun.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{process, workspace};

/// GiB that `target/` and `node_modules/` grow to in `build`, and in all of `test`.
pub(super) const BUILD: u64 = 3;
pub(super) const TEST: u64 = 8;

/// KiB in a GiB: `df` and `du` count in KiB.
const GIB: u64 = 1 << 20;

/// Sees that the workspace can grow to `gib`, less what it takes already.
///
/// # Errors
/// When there is less room, with what there is and what to do.
pub(super) fn require(gib: u64) -> Result<()> {
    require_below(&workspace::target(), gib)
}

fn require_below(target: &Path, gib: u64) -> Result<()> {
    let free = free(target)?;
    if free >= gib.saturating_mul(GIB) {
        return Ok(());
    }
    let wanted = gib.saturating_mul(GIB).saturating_sub(taken(target)?);
    if free < wanted {
        bail!(
            "{} of disk space is needed below {}, {} is free: delete something (`cargo clean` \
             empties target/), or set CARGO_TARGET_DIR to a roomier disk",
            gigabytes(wanted),
            target.display(),
            gigabytes(free),
        );
    }
    Ok(())
}

/// KiB free where `target/` lies or will lie.
fn free(target: &Path) -> Result<u64> {
    let there = target.ancestors().find(|folder| folder.is_dir());
    let table = process::output(
        process::command("df")
            .arg("-Pk")
            .arg(there.unwrap_or(target)),
    )?;
    // POSIX: a heading, then file system, size, used, available, capacity, mount point.
    let available = table
        .lines()
        .nth(1)
        .and_then(|line| line.split_whitespace().nth(3));
    available
        .and_then(|number| number.parse().ok())
        .with_context(|| format!("df said: {table}"))
}

/// KiB that `target/` takes now.
fn taken(target: &Path) -> Result<u64> {
    if !target.is_dir() {
        return Ok(0);
    }
    let sum = process::output(process::command("du").arg("-sk").arg(target))?;
    sum.split_whitespace()
        .next()
        .and_then(|number| number.parse().ok())
        .with_context(|| format!("du said: {sum}"))
}

/// `kib` as people read it, rounded up to a tenth.
fn gigabytes(kib: u64) -> String {
    let tenths = kib.saturating_mul(10).div_ceil(GIB);
    format!("{}.{} GiB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_room_that_there_is() -> Result<()> {
        assert!(free(&workspace::target())? > 0);
        require(0)
    }

    #[test]
    fn more_than_any_disk_has_is_refused_in_words() {
        // Other tests have cargo build below target/ meanwhile: du fails when a file goes away.
        let quiet = workspace::path("xtask/src");
        let refusal = require_below(&quiet, u64::MAX / GIB).map_err(|error| error.to_string());
        assert!(refusal.is_err_and(|words| words.contains("is free: delete something")));
    }

    #[test]
    fn rounds_up() {
        assert_eq!(gigabytes(1), "0.1 GiB");
        assert_eq!(gigabytes(GIB), "1.0 GiB");
        assert_eq!(gigabytes(2 * GIB + GIB / 2), "2.5 GiB");
    }
}
