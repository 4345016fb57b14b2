//! What the writer does, each within a savepoint of its own.

use rusqlite::{Connection, OptionalExtension, params};
use sotto_protocol::relay::{Digest, StreamId};

use super::super::{Append, Bounds, StoreError};
use super::reader;
use super::schema::fault;
use crate::access::{Access, Change};

/// Blobs forgotten at once.
const EXPIRE_BATCH: i64 = 500;

/// Streams forgotten at once. Their blobs are too old by then, as a rule.
pub(super) const IDLE_BATCH: i64 = 100;

pub(super) fn create(
    db: &Connection,
    stream: &StreamId,
    access: &Access,
    now_ms: u64,
) -> Result<(), StoreError> {
    let made = db
        .prepare_cached(
            "INSERT INTO streams (id, access, used_ms) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )
        .and_then(|mut it| it.execute(params![stream.0, access.encode(), now_ms]))
        .map_err(fault)?;
    if made == 0 {
        return Err(StoreError::Exists);
    }
    Ok(())
}

pub(super) fn change(db: &Connection, stream: &StreamId, change: Change) -> Result<(), StoreError> {
    let (mut access, _) = reader::access(db, stream)?.ok_or(StoreError::Unknown)?;
    if let Change::Revoke(token) = &change {
        forget_spent(db, stream, token)?;
    }
    access
        .apply(change)
        .map_err(|_| StoreError::TooManyTokens)?;
    db.prepare_cached("UPDATE streams SET access = ?2 WHERE id = ?1")
        .and_then(|mut it| it.execute(params![stream.0, access.encode()]))
        .map_err(fault)?;
    Ok(())
}

/// What a token spent goes with it, or tokens come and gone would fill the file.
fn forget_spent(db: &Connection, stream: &StreamId, token: &Digest) -> Result<(), StoreError> {
    let no = number(db, stream)?.ok_or(StoreError::Unknown)?;
    db.prepare_cached("DELETE FROM spent WHERE stream = ?1 AND token = ?2")
        .and_then(|mut it| it.execute(params![no, token.0]))
        .map(|_| ())
        .map_err(fault)
}

pub(super) fn spend(
    db: &Connection,
    stream: &StreamId,
    token: &Digest,
    day: u32,
    quota: u32,
) -> Result<bool, StoreError> {
    let no = number(db, stream)?.ok_or(StoreError::Unknown)?;
    let spent: Option<(u32, u32)> = db
        .prepare_cached("SELECT day, count FROM spent WHERE stream = ?1 AND token = ?2")
        .and_then(|mut it| {
            it.query_row(params![no, token.0], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })
        .map_err(fault)?;
    let count = spent
        .filter(|(on, _)| *on == day)
        .map_or(0, |(_, count)| count);
    if count >= quota {
        return Ok(false);
    }
    db.prepare_cached(
        "INSERT INTO spent (stream, token, day, count) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (stream, token) DO UPDATE SET day = ?3, count = ?4",
    )
    .and_then(|mut it| it.execute(params![no, token.0, day, count.saturating_add(1)]))
    .map_err(fault)?;
    Ok(true)
}

/// Where a stream stands.
struct Standing {
    no: i64,
    head: u64,
    blobs: u32,
    bytes: u64,
}

pub(super) fn append(db: &Connection, append: &Append, bounds: &Bounds) -> Result<u64, StoreError> {
    let standing = standing(db, &append.stream)?.ok_or(StoreError::Unknown)?;
    if let Some(expected) = append.expect_seq {
        let last = reader::last_of(db, standing.no)?;
        if last != expected {
            return Err(StoreError::Conflict { last });
        }
    }
    let len = u64::try_from(append.blob.len()).unwrap_or(u64::MAX);
    let bytes = standing.bytes.saturating_add(len);
    if standing.blobs >= bounds.stream_blobs || bytes > bounds.stream_bytes {
        return Err(StoreError::StreamFull);
    }
    let seq = standing.head.saturating_add(1);
    insert(db, standing.no, seq, append)?;
    db.prepare_cached("UPDATE streams SET head = ?2, blobs = blobs + 1, bytes = ?3 WHERE no = ?1")
        .and_then(|mut it| it.execute(params![standing.no, seq, bytes]))
        .map_err(fault)?;
    Ok(seq)
}

fn insert(db: &Connection, no: i64, seq: u64, append: &Append) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO blobs (stream, seq, at_ms, via, blob) VALUES (?1, ?2, ?3, ?4, ?5)",
    )
    .and_then(|mut it| {
        it.execute(params![
            no,
            seq,
            append.at_ms,
            append.via,
            append.blob.as_ref()
        ])
    })
    .map(|_| ())
    .map_err(fault)
}

fn standing(db: &Connection, stream: &StreamId) -> Result<Option<Standing>, StoreError> {
    db.prepare_cached("SELECT no, head, blobs, bytes FROM streams WHERE id = ?1")
        .and_then(|mut it| {
            it.query_row([stream.0], |row| {
                Ok(Standing {
                    no: row.get(0)?,
                    head: row.get(1)?,
                    blobs: row.get(2)?,
                    bytes: row.get(3)?,
                })
            })
            .optional()
        })
        .map_err(fault)
}

fn number(db: &Connection, stream: &StreamId) -> Result<Option<i64>, StoreError> {
    Ok(standing(db, stream)?.map(|standing| standing.no))
}

pub(super) fn trim(db: &Connection, stream: &StreamId, before: u64) -> Result<(), StoreError> {
    let no = number(db, stream)?.ok_or(StoreError::Unknown)?;
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    forget(db, no, "stream = ?1 AND seq < ?2", before)
}

pub(super) fn delete(db: &Connection, stream: &StreamId) -> Result<(), StoreError> {
    let no = number(db, stream)?.ok_or(StoreError::Unknown)?;
    erase(db, no)
}

fn erase(db: &Connection, no: i64) -> Result<(), StoreError> {
    for table in [
        "DELETE FROM blobs WHERE stream = ?1",
        "DELETE FROM spent WHERE stream = ?1",
        "DELETE FROM streams WHERE no = ?1",
    ] {
        db.prepare_cached(table)
            .and_then(|mut it| it.execute([no]))
            .map_err(fault)?;
    }
    Ok(())
}

/// Forgets blobs of one stream, and counts anew what it holds.
fn forget(db: &Connection, no: i64, which: &str, value: i64) -> Result<(), StoreError> {
    db.prepare_cached(&format!("DELETE FROM blobs WHERE {which}"))
        .and_then(|mut it| it.execute([no, value]))
        .map_err(fault)?;
    db.prepare_cached(
        "UPDATE streams SET (blobs, bytes) = \
         (SELECT count(*), coalesce(sum(length(blob)), 0) FROM blobs WHERE stream = ?1) \
         WHERE no = ?1",
    )
    .and_then(|mut it| it.execute([no]))
    .map(|_| ())
    .map_err(fault)
}

/// Forgets some blobs older than `cutoff_ms`. Returns whether there may be more.
pub(super) fn expire(db: &Connection, cutoff_ms: u64) -> Result<bool, StoreError> {
    let old: Vec<(i64, i64, i64)> = oldest(db)?
        .into_iter()
        .filter(|(_, _, at_ms, _)| u64::try_from(*at_ms).unwrap_or(0) < cutoff_ms)
        .map(|(n, stream, _, len)| (n, stream, len))
        .collect();
    for (n, stream, len) in &old {
        db.prepare_cached("DELETE FROM blobs WHERE n = ?1")
            .and_then(|mut it| it.execute([n]))
            .map_err(fault)?;
        db.prepare_cached("UPDATE streams SET blobs = blobs - 1, bytes = bytes - ?2 WHERE no = ?1")
            .and_then(|mut it| it.execute([stream, len]))
            .map_err(fault)?;
    }
    Ok(i64::try_from(old.len()).is_ok_and(|len| len == EXPIRE_BATCH))
}

/// Blobs lie in the order in which they came, so the first are the oldest.
fn oldest(db: &Connection) -> Result<Vec<(i64, i64, i64, i64)>, StoreError> {
    db.prepare_cached("SELECT n, stream, at_ms, length(blob) FROM blobs ORDER BY n LIMIT ?1")
        .and_then(|mut it| {
            it.query_map([EXPIRE_BATCH], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?
            .collect()
        })
        .map_err(fault)
}

/// Somebody uses a stream.
pub(super) fn touch(db: &Connection, stream: &StreamId, now_ms: u64) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE streams SET used_ms = ?2 WHERE id = ?1 AND used_ms < ?2")
        .and_then(|mut it| it.execute(params![stream.0, now_ms]))
        .map(|_| ())
        .map_err(fault)
}

/// Forgets some streams not used since `cutoff_ms`, and says which.
pub(super) fn idle(db: &Connection, cutoff_ms: u64) -> Result<Vec<StreamId>, StoreError> {
    let idle: Vec<(i64, [u8; 16])> = db
        .prepare_cached("SELECT no, id FROM streams WHERE used_ms < ?1 ORDER BY used_ms LIMIT ?2")
        .and_then(|mut it| {
            it.query_map(params![cutoff_ms, IDLE_BATCH], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect()
        })
        .map_err(fault)?;
    idle.into_iter()
        .map(|(no, id)| erase(db, no).map(|()| StreamId(id)))
        .collect()
}

/// Proves that the writer writes: the transaction around this is a real one.
pub(super) fn ping(db: &Connection) -> Result<(), StoreError> {
    db.query_row("SELECT 1", [], |_| Ok(())).map_err(fault)
}
