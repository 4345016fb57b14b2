//! Group commit: many jobs, one transaction, one sync.

use std::sync::Arc;
use std::thread;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::super::StoreError;
use super::schema::fault;
use crate::hub::Hub;

/// Jobs in one transaction, at most: what is read after a commit should not be long before it.
pub(super) const MAX_BATCH: usize = 512;

/// Jobs that wait, at most; who comes later waits to hand in.
const QUEUE: usize = 1024;

/// Done in the transaction, if there is one; the answer is given after the commit.
type Work = Box<dyn FnOnce(Result<&Connection, StoreError>) -> Answer + Send>;

/// Told what became of the transaction.
type Answer = Box<dyn FnOnce(Result<(), StoreError>, &Hub)>;

/// Something to write.
pub(super) struct Job(Work);

impl Job {
    /// The work in a job, whom to tell what became of it after the commit, and where its result
    /// will come.
    pub(super) fn new<T: Send + 'static>(
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
        tell: impl FnOnce(&Result<T, StoreError>, &Hub) + Send + 'static,
    ) -> (Self, oneshot::Receiver<Result<T, StoreError>>) {
        let (sender, receiver) = oneshot::channel();
        let work: Work = Box::new(move |db| {
            let result = db.and_then(work);
            Box::new(move |committed: Result<(), StoreError>, hub: &Hub| {
                let result = committed.and(result);
                tell(&result, hub);
                // Who asked may have gone: the work is done all the same.
                drop(sender.send(result));
            })
        });
        (Self(work), receiver)
    }
}

/// A job that fails leaves nothing behind in the transaction it shares with others.
pub(super) fn within_savepoint<T>(
    db: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    say(db, "SAVEPOINT job")?;
    let result = work(db);
    if result.is_err() && !db.is_autocommit() {
        say(db, "ROLLBACK TO job")?;
    }
    if !db.is_autocommit() {
        say(db, "RELEASE job")?;
    }
    result
}

/// The thread that writes. It ends when the store is dropped, after the last job.
pub(super) struct Writer(mpsc::Sender<Job>);

impl Writer {
    pub(super) fn start(connection: Connection, hub: Arc<Hub>) -> Result<Self, StoreError> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || run(&connection, receiver, &hub))
            .map_err(|_| StoreError::Unavailable {
                cause: "no thread for the writer",
            })?;
        Ok(Self(sender))
    }

    pub(super) async fn hand_in(&self, job: Job) -> Result<(), StoreError> {
        self.0.send(job).await.map_err(|_| StoreError::Unavailable {
            cause: "writer has ended",
        })
    }
}

fn run(db: &Connection, mut jobs: mpsc::Receiver<Job>, hub: &Hub) {
    let mut batch = Vec::new();
    while jobs.blocking_recv_many(&mut batch, MAX_BATCH) > 0 {
        commit(db, batch.drain(..), hub);
    }
}

/// Does all jobs in one transaction, then answers each. What was appended is told in its order.
fn commit(db: &Connection, jobs: impl Iterator<Item = Job>, hub: &Hub) {
    let mut open = say(db, "BEGIN IMMEDIATE");
    let mut answers = Vec::new();
    for Job(work) in jobs {
        answers.push(work(open.map(|()| db)));
        // SQLite itself may have rolled all back, as it does when the disk is full. What came after
        // would be in no transaction: it would stand without what came before.
        if db.is_autocommit() {
            open = open.and(Err(StoreError::StorageFull));
        }
    }
    let ended = open.and_then(|()| end(db));
    for answer in answers {
        answer(ended, hub);
    }
}

fn end(db: &Connection) -> Result<(), StoreError> {
    let committed = say(db, "COMMIT");
    if committed.is_err() && !db.is_autocommit() {
        say(db, "ROLLBACK")?;
    }
    committed
}

/// Parsed once.
fn say(db: &Connection, statement: &'static str) -> Result<(), StoreError> {
    db.prepare_cached(statement)
        .and_then(|mut it| it.execute([]))
        .map(|_| ())
        .map_err(fault)
}
