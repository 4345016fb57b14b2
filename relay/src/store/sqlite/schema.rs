//! The file's tables and settings.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::super::StoreError;
use crate::clock;

/// Raised with every change of the tables.
const VERSION: i64 = 2;

/// A stream has a small number, so that the index of its blobs stays small; blobs lie in the order
/// in which they came, so that appending and forgetting touch neighbouring pages.
const TABLES: &str = "
CREATE TABLE streams (
    no     INTEGER PRIMARY KEY,
    id     BLOB NOT NULL UNIQUE,
    access BLOB NOT NULL,
    head   INTEGER NOT NULL DEFAULT 0,
    blobs  INTEGER NOT NULL DEFAULT 0,
    bytes  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE blobs (
    n      INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    at_ms  INTEGER NOT NULL,
    via    INTEGER NOT NULL,
    blob   BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX blobs_in_order ON blobs (stream, seq);
CREATE TABLE spent (
    stream INTEGER NOT NULL,
    token  BLOB NOT NULL,
    day    INTEGER NOT NULL,
    count  INTEGER NOT NULL,
    PRIMARY KEY (stream, token)
) STRICT, WITHOUT ROWID;
";

/// Version 2: when a stream was last used, in milliseconds since 1970, to the step of
/// [`super::super::Bounds::idle_step`].
const USED: &str = "
ALTER TABLE streams ADD COLUMN used_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX streams_by_use ON streams (used_ms);
";

/// Opens the file for writing and makes its tables where it is new.
pub(super) fn open(path: &Path, max_bytes: u64) -> Result<Connection, StoreError> {
    let connection = Connection::open(path).map_err(fault)?;
    connection
        .busy_timeout(Duration::from_secs(5))
        .map_err(fault)?;
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .map_err(fault)?;
    connection
        .execute_batch(
            "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; \
             PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;",
        )
        .map_err(fault)?;
    let page: u64 = connection
        .pragma_query_value(None, "page_size", |row| row.get(0))
        .map_err(fault)?;
    let pages = max_bytes.checked_div(page).unwrap_or(0).max(64);
    connection
        .pragma_update(
            None,
            "max_page_count",
            i64::try_from(pages).unwrap_or(i64::MAX),
        )
        .map_err(fault)?;
    migrate(&connection)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// Makes the tables where the file is new, and brings those of an older relay to this version. Any
/// other file is left as it is.
fn migrate(connection: &Connection) -> Result<(), StoreError> {
    let version: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(fault)?;
    let steps = match version {
        VERSION => return Ok(()),
        0 if is_empty(connection)? => format!("{TABLES} {USED}"),
        // Nobody knows when they were used: as if it were now.
        1 => format!("{USED} UPDATE streams SET used_ms = {};", clock::now_ms()),
        _ => {
            return Err(StoreError::Unavailable {
                cause: "file is of a newer relay, or not the relay's",
            });
        }
    };
    connection
        .execute_batch(&format!(
            "BEGIN; {steps} PRAGMA user_version = {VERSION}; COMMIT;"
        ))
        .map_err(fault)
}

fn is_empty(connection: &Connection) -> Result<bool, StoreError> {
    connection
        .query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| {
            row.get(0)
        })
        .map_err(fault)
}

/// Opens the file for reading.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(fault)?;
    connection
        .busy_timeout(Duration::from_secs(5))
        .map_err(fault)?;
    connection
        .execute_batch("PRAGMA cache_size = -8000;")
        .map_err(fault)?;
    Ok(connection)
}

/// What SQLite's errors mean here.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err wants; the error ends here"
)]
pub(super) fn fault(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => StoreError::StorageFull,
        Some(rusqlite::ErrorCode::DatabaseBusy) => StoreError::Unavailable { cause: "busy" },
        Some(rusqlite::ErrorCode::CannotOpen) => StoreError::Unavailable {
            cause: "file cannot be opened",
        },
        Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
            StoreError::Unavailable {
                cause: "file is damaged",
            }
        }
        Some(rusqlite::ErrorCode::SystemIoFailure) => StoreError::Unavailable {
            cause: "input or output failed",
        },
        _ => StoreError::Unavailable { cause: "sqlite" },
    }
}

#[cfg(test)]
mod tests {
    use super::{VERSION, open};
    use rusqlite::Connection;

    const BYTES: u64 = 1 << 30;

    #[test]
    fn a_file_of_other_tables_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        for (version, name) in [(VERSION + 1, "newer"), (0, "another"), (77, "odd")] {
            let path = folder.path().join(name);
            let other = Connection::open(&path).unwrap();
            let made = format!("CREATE TABLE kept (url TEXT); PRAGMA user_version = {version};");
            other.execute_batch(&made).unwrap();
            let error = open(&path, BYTES).unwrap_err();
            assert!(error.to_string().contains("not the relay's"), "{error}");
            let tables: i64 = other
                .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
                .unwrap();
            assert_eq!(tables, 1, "{name}");
        }
    }

    #[test]
    fn its_own_file_opens_again_and_what_is_no_file_of_sqlite_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        drop(open(&path, BYTES).unwrap());
        drop(open(&path, BYTES).unwrap());
        let path = folder.path().join("text");
        std::fs::write(&path, "nothing of the kind, at some length ".repeat(200)).unwrap();
        let error = open(&path, BYTES).unwrap_err();
        assert!(error.to_string().contains("damaged"), "{error}");
    }
}
