//! A zip whose bytes depend on the files alone: sorted, one date, one mode.

use std::fs::File;
use std::io;
use std::path::Path;

use anyhow::{Context, Result};
use time::{OffsetDateTime, PrimitiveDateTime};
use walkdir::WalkDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Packs the files below `folder` into `target`, each dated `epoch` (seconds).
pub(super) fn pack(folder: &Path, target: &Path, epoch: i64) -> Result<()> {
    let date = OffsetDateTime::from_unix_timestamp(epoch)?;
    let date = PrimitiveDateTime::new(date.date(), date.time());
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::try_from(date).context("a zip dates from 1980 to 2107")?)
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(File::create(target)?);
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        if entry.file_type().is_file() {
            let name = entry
                .path()
                .strip_prefix(folder)?
                .to_string_lossy()
                .replace('\\', "/");
            zip.start_file(name, options)?;
            io::copy(&mut File::open(entry.path())?, &mut zip)?;
        }
    }
    zip.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::pack;
    use std::fs;

    #[test]
    fn the_same_files_give_the_same_bytes() {
        let root = std::env::temp_dir().join(format!("sotto-archive-{}", std::process::id()));
        let pack_in = |name: &str, order: [&str; 2]| {
            let folder = root.join(name);
            fs::create_dir_all(folder.join("sub")).unwrap();
            for file in order {
                fs::write(folder.join(file), file).unwrap();
            }
            let zip = root.join(format!("{name}.zip"));
            pack(&folder, &zip, 1_700_000_000).unwrap();
            fs::read(zip).unwrap()
        };
        let one = pack_in("one", ["a", "sub/b"]);
        let other = pack_in("another", ["sub/b", "a"]);
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(one, other);
    }
}
