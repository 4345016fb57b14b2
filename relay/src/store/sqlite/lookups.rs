//! Capabilities are looked up many at a time.
//!
//! Where many streams are in use, most requests find theirs in no memory, and waking a thread for
//! each costs several times what the look itself does. So one thread looks, for all who wait.

use std::path::Path;
use std::thread;

use rusqlite::Connection;
use sotto_protocol::relay::StreamId;
use tokio::sync::{mpsc, oneshot};

use super::super::StoreError;
use super::schema::{self, fault};
use super::{ended, reader};
use crate::access::Access;

/// Looks in one transaction, at most.
const MAX_BATCH: usize = 256;

/// Looks that wait, at most; who comes later waits to ask.
const QUEUE: usize = 1024;

/// The capabilities of a stream, if there is one, and when it was last used.
type Found = Result<Option<(Access, u64)>, StoreError>;

struct Lookup {
    stream: StreamId,
    found: oneshot::Sender<Found>,
}

/// The thread that looks. It ends when the store is dropped.
pub(super) struct Lookups(mpsc::Sender<Lookup>);

impl Lookups {
    pub(super) fn start(path: &Path) -> Result<Self, StoreError> {
        let connection = schema::open_reader(path)?;
        let (sender, receiver) = mpsc::channel(QUEUE);
        thread::Builder::new()
            .name("lookups".to_owned())
            .spawn(move || run(&connection, receiver))
            .map_err(|_| StoreError::Unavailable {
                cause: "no thread for the lookups",
            })?;
        Ok(Self(sender))
    }

    /// Sees whatever was committed before it was asked.
    pub(super) async fn access(&self, stream: StreamId) -> Found {
        let (sender, result) = oneshot::channel();
        let lookup = Lookup {
            stream,
            found: sender,
        };
        // If the thread has ended, so has the other half.
        let _ended = self.0.send(lookup).await;
        ended(result.await)
    }
}

fn run(db: &Connection, mut wanted: mpsc::Receiver<Lookup>) {
    let mut batch = Vec::new();
    while wanted.blocking_recv_many(&mut batch, MAX_BATCH) > 0 {
        let results = look(db, &batch);
        for (lookup, result) in batch.drain(..).zip(results) {
            // Who asked may have gone.
            let _gone = lookup.found.send(result);
        }
    }
}

/// One view of the file for all of them, begun after each was asked.
fn look(db: &Connection, batch: &[Lookup]) -> Vec<Found> {
    let view = db.unchecked_transaction().map_err(fault);
    let look = |lookup: &Lookup| match &view {
        Ok(view) => reader::access(view, &lookup.stream),
        Err(error) => Err(*error),
    };
    // Dropped, it ends: nothing was written.
    batch.iter().map(look).collect()
}
