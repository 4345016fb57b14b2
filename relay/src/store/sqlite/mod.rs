//! Streams in one SQLite file: the store that needs no set-up.
//!
//! One thread writes. It takes whatever waits, up to [`writer::MAX_BATCH`] jobs, does all of it in
//! one transaction, and answers after the commit (WAL, `synchronous = FULL`): so a blob
//! acknowledged is on disk, and a thousand appends cost as many syncs as the disk allows, not a
//! thousand. Another thread looks capabilities up, as many at once as wait; a few connections read
//! blobs beside them.

mod jobs;
mod lookups;
mod reader;
mod schema;
mod writer;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use sotto_protocol::relay::{Digest, StreamId};
use tokio::sync::oneshot;

use super::{Append, Bounds, Doing, Page, Receipt, Signal, Store, StoreError};
use crate::access::{Access, Change};
use crate::clock;
use crate::hub::Hub;
use lookups::Lookups;
use reader::Readers;
use writer::{Job, Writer, within_savepoint};

/// How often blobs that are too old are looked for.
const SWEEP: Duration = Duration::from_secs(60);

/// The store.
pub struct SqliteStore {
    writer: Writer,
    readers: Arc<Readers>,
    lookups: Lookups,
    hub: Arc<Hub>,
    bounds: Bounds,
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqliteStore(..)")
    }
}

impl SqliteStore {
    /// Opens or makes the file. To be called within a tokio runtime.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it cannot be opened or is of a newer relay.
    pub fn open(path: &Path, bounds: Bounds, hub: Arc<Hub>) -> Result<Arc<Self>, StoreError> {
        let connection = schema::open(path, bounds.store_bytes)?;
        let store = Arc::new(Self {
            writer: Writer::start(connection, Arc::clone(&hub))?,
            readers: Arc::new(Readers::new(path)),
            lookups: Lookups::start(path)?,
            hub,
            bounds,
        });
        let least = bounds.keep.min(bounds.idle);
        let every =
            (least.checked_div(4).unwrap_or(SWEEP)).clamp(Duration::from_millis(100), SWEEP);
        tokio::spawn(sweep(Arc::downgrade(&store), every));
        Ok(store)
    }

    /// Forgets some streams that nobody uses. Returns whether there may be more.
    async fn forget_idle(&self) -> bool {
        let cutoff = clock::now_ms().saturating_sub(millis(self.bounds.idle));
        let Ok(gone) = self.write(move |db| jobs::idle(db, cutoff)).await else {
            return false;
        };
        for stream in &gone {
            self.hub.signal(stream, &Signal::Deleted);
        }
        i64::try_from(gone.len()).is_ok_and(|len| len == jobs::IDLE_BATCH)
    }

    /// Hands a job to the writer; the future ends with its result after the commit.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (job, result) = Job::new(move |db| within_savepoint(db, work), |_, _| ());
        self.writer.hand_in(job).await?;
        ended(result.await)
    }
}

/// A thread of the store never drops what it was asked unanswered unless it has ended.
fn ended<T>(
    result: Result<Result<T, StoreError>, oneshot::error::RecvError>,
) -> Result<T, StoreError> {
    result.unwrap_or(Err(StoreError::Unavailable {
        cause: "thread of the store has ended",
    }))
}

/// Forgets what is too old, a batch at a time, so that appends never wait long.
async fn sweep(store: std::sync::Weak<SqliteStore>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        let Some(store) = store.upgrade() else { return };
        let cutoff = clock::now_ms().saturating_sub(millis(store.bounds.keep));
        while let Ok(true) = store.write(move |db| jobs::expire(db, cutoff)).await {}
        while store.forget_idle().await {}
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl Store for SqliteStore {
    fn create(&self, stream: StreamId, access: Access) -> Doing<'_, ()> {
        let now_ms = clock::now_ms();
        self.write(move |db| jobs::create(db, &stream, &access, now_ms))
            .boxed()
    }

    fn access(&self, stream: StreamId) -> Doing<'_, Option<Access>> {
        async move {
            let Some((access, used_ms)) = self.lookups.access(stream).await? else {
                return Ok(None);
            };
            let now_ms = clock::now_ms();
            if now_ms.saturating_sub(used_ms) >= millis(self.bounds.idle_step()) {
                self.write(move |db| jobs::touch(db, &stream, now_ms))
                    .await?;
            }
            Ok(Some(access))
        }
        .boxed()
    }

    fn change(&self, stream: StreamId, change: Change) -> Doing<'_, ()> {
        self.write(move |db| jobs::change(db, &stream, change))
            .boxed()
    }

    fn spend(&self, stream: StreamId, token: Digest, day: u32, quota: u32) -> Doing<'_, bool> {
        self.write(move |db| jobs::spend(db, &stream, &token, day, quota))
            .boxed()
    }

    fn append(&self, append: Append) -> Doing<'_, Receipt> {
        async move {
            let bounds = self.bounds;
            let told = append.clone();
            let (job, result) = Job::new(
                move |db| {
                    let stored = || within_savepoint(db, |db| jobs::append(db, &append, &bounds));
                    append.line.step(stored)
                },
                move |result, hub| {
                    told.line.note(result);
                    if let Ok(seq) = result {
                        hub.stored(&told.stream, &told.at(*seq));
                    }
                },
            );
            self.writer.hand_in(job).await?;
            Ok(async move { ended(result.await) }.boxed())
        }
        .boxed()
    }

    fn read(&self, stream: StreamId, from: u64, limit: u16, bytes: usize) -> Doing<'_, Page> {
        self.readers
            .read(move |db| reader::page(db, &stream, from, limit, bytes))
            .boxed()
    }

    fn last(&self, stream: StreamId) -> Doing<'_, u64> {
        self.readers
            .read(move |db| reader::last(db, &stream))
            .boxed()
    }

    fn trim(&self, stream: StreamId, before: u64) -> Doing<'_, ()> {
        self.write(move |db| jobs::trim(db, &stream, before))
            .boxed()
    }

    fn delete(&self, stream: StreamId) -> Doing<'_, ()> {
        self.write(move |db| jobs::delete(db, &stream)).boxed()
    }

    fn signal(&self, stream: StreamId, signal: Signal) -> Doing<'_, ()> {
        self.hub.signal(&stream, &signal);
        std::future::ready(Ok(())).boxed()
    }

    fn ping(&self) -> Doing<'_, ()> {
        self.write(jobs::ping).boxed()
    }

    fn access_good_for(&self) -> Duration {
        Duration::from_secs(3600).min(self.bounds.idle_step())
    }
}
