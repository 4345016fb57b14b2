//! Connections that only read. In WAL they wait for nobody.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, params};
use sotto_protocol::relay::StreamId;
use tokio::sync::Semaphore;

use super::super::{Page, StoreError, Stored};
use super::schema::{self, fault};
use crate::access::Access;

/// Reads at the same time.
const READERS: usize = 4;

/// Connections that are not in use.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    turns: Semaphore,
}

impl Readers {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            idle: Mutex::default(),
            turns: Semaphore::new(READERS),
        }
    }

    /// Reads on a thread that may block.
    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let _turn = self.turns.acquire().await;
        let readers = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let connection = readers.take()?;
            let result = work(&connection);
            readers.idle().push(connection);
            result
        })
        .await
        .unwrap_or(Err(StoreError::Unavailable {
            cause: "reader broke off",
        }))
    }

    fn take(&self) -> Result<Connection, StoreError> {
        let idle = self.idle().pop();
        idle.map_or_else(|| schema::open_reader(&self.path), Ok)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The capabilities of a stream, and when it was last used.
pub(super) fn access(
    db: &Connection,
    stream: &StreamId,
) -> Result<Option<(Access, u64)>, StoreError> {
    let record: Option<(Vec<u8>, u64)> = db
        .prepare_cached("SELECT access, used_ms FROM streams WHERE id = ?1")
        .and_then(|mut it| {
            it.query_row([stream.0], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })
        .map_err(fault)?;
    record
        .map(|(record, used_ms)| {
            let access = Access::decode(&record).ok_or(StoreError::Unavailable {
                cause: "record of capabilities is damaged",
            })?;
            Ok((access, used_ms))
        })
        .transpose()
}

pub(super) fn last(db: &Connection, stream: &StreamId) -> Result<u64, StoreError> {
    number(db, stream)?.map_or(Ok(0), |no| last_of(db, no))
}

/// The last sequence number that stream `no` keeps.
pub(super) fn last_of(db: &Connection, no: i64) -> Result<u64, StoreError> {
    db.prepare_cached("SELECT coalesce(max(seq), 0) FROM blobs WHERE stream = ?1")
        .and_then(|mut it| it.query_row([no], |row| row.get(0)))
        .map_err(fault)
}

fn number(db: &Connection, stream: &StreamId) -> Result<Option<i64>, StoreError> {
    db.prepare_cached("SELECT no FROM streams WHERE id = ?1")
        .and_then(|mut it| it.query_row([stream.0], |row| row.get(0)).optional())
        .map_err(fault)
}

pub(super) fn page(
    db: &Connection,
    stream: &StreamId,
    from: u64,
    limit: u16,
    bytes: usize,
) -> Result<Page, StoreError> {
    let Some(no) = number(db, stream)? else {
        return Ok(Page::default());
    };
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    let mut statement = db
        .prepare_cached(
            "SELECT seq, at_ms, via, blob FROM blobs WHERE stream = ?1 AND seq >= ?2 ORDER BY seq",
        )
        .map_err(fault)?;
    let mut rows = statement.query(params![no, from]).map_err(fault)?;
    let mut page = Page::default();
    let mut sum = 0_usize;
    while let Some(row) = rows.next().map_err(fault)? {
        let entry = stored(row).map_err(fault)?;
        sum = sum.saturating_add(entry.blob.len());
        let is_full = page.entries.len() >= usize::from(limit) || sum > bytes;
        if is_full && !page.entries.is_empty() {
            page.more = true;
            break;
        }
        page.entries.push(entry);
    }
    Ok(page)
}

fn stored(row: &rusqlite::Row<'_>) -> Result<Stored, rusqlite::Error> {
    Ok(Stored {
        seq: row.get(0)?,
        at_ms: row.get(1)?,
        via: row.get(2)?,
        blob: Bytes::from(row.get::<_, Vec<u8>>(3)?),
    })
}
