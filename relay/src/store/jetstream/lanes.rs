//! The appends of a stream, one message after the other.
//!
//! A publish that is lost on its way (a leader that changes, a connection that breaks) is sent again
//! later; one sent right behind it may have been stored by then. So nothing of a stream is sent
//! while anything of it is under way. What comes meanwhile waits, and goes together as the next
//! message: the busier a stream, the less a blob costs.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use sotto_protocol::relay::StreamId;
use tokio::sync::oneshot;

use super::super::{Append, Receipt, StoreError};
use super::blobs::{self, MAX_TOGETHER};
use super::sending::Way;

/// Bytes of blobs that go together. Far below what one blob may have: a stream is bounded by the
/// number of its messages, so they must not be larger than without this.
const BYTES_TOGETHER: usize = 32 * 1024;

/// An append, and who asked.
#[derive(Debug)]
struct Waiting {
    append: Append,
    told: oneshot::Sender<Result<u64, StoreError>>,
}

impl Waiting {
    /// Who asked may have gone.
    fn answer(self, result: Result<u64, StoreError>) {
        let _gone = self.told.send(result);
    }
}

/// The streams that somebody appends to just now.
#[derive(Debug)]
pub(super) struct Lanes {
    way: Way,
    /// What waits; a stream is in here while a task sends for it.
    waiting: Mutex<HashMap<StreamId, VecDeque<Waiting>>>,
}

impl Lanes {
    pub(super) fn new(way: Way) -> Arc<Self> {
        Arc::new(Self {
            way,
            waiting: Mutex::default(),
        })
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<StreamId, VecDeque<Waiting>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the next append of a stream. To be called within a tokio runtime.
    pub(super) fn hand_in(self: &Arc<Self>, append: Append) -> Receipt {
        let (told, result) = oneshot::channel();
        let stream = append.stream;
        let next = Waiting { append, told };
        match self.waiting().entry(stream) {
            Entry::Occupied(mut waiting) => waiting.get_mut().push_back(next),
            Entry::Vacant(place) => {
                place.insert(VecDeque::from([next]));
                tokio::spawn(Arc::clone(self).run(stream));
            }
        }
        let ended = StoreError::Unavailable {
            cause: "the relay ends",
        };
        async move { result.await.unwrap_or(Err(ended)) }.boxed()
    }

    async fn run(self: Arc<Self>, stream: StreamId) {
        while let Some(together) = self.take(&stream) {
            let appends = together.iter().map(|it| &it.append);
            let stored = self.way.store(&stream, appends).await;
            finish(together, stored);
        }
    }

    /// What goes next; `None`, and the stream is left, when nothing waits. An append that expects
    /// something goes alone: it may be refused.
    fn take(&self, stream: &StreamId) -> Option<Vec<Waiting>> {
        let mut streams = self.waiting();
        let queue = streams.get_mut(stream)?;
        let (mut together, mut bytes) = (Vec::new(), 0_usize);
        while let Some(next) = queue.pop_front() {
            if next.append.line.is_broken() {
                next.answer(Err(StoreError::Behind));
                continue;
            }
            bytes = bytes.saturating_add(next.append.blob.len());
            let is_alone = next.append.expect_seq.is_some();
            let has_room = together.len() < MAX_TOGETHER && bytes <= BYTES_TOGETHER && !is_alone;
            if !together.is_empty() && !has_room {
                queue.push_front(next);
                break;
            }
            together.push(next);
            if is_alone {
                break;
            }
        }
        if together.is_empty() {
            streams.remove(stream);
            return None;
        }
        Some(together)
    }
}

/// Tells everybody of a message what became of it. Before that, nothing behind it is sent.
fn finish(together: Vec<Waiting>, stored: Result<u64, StoreError>) {
    let count = together.len();
    for waiting in &together {
        waiting.append.line.note(&stored);
    }
    for (place, waiting) in together.into_iter().enumerate() {
        waiting.answer(stored.map(|message| blobs::number(message, place, count)));
    }
}
