//! What happens just now: hands it to those of this relay who subscribe.
//!
//! A subscription is a cursor: a wake-up says only that there may be more to read. So a slow reader
//! costs a cursor and no queue. What was stored lately lies in a *tail* that all subscriptions of a
//! stream share; whoever is behind it reads the store.

mod notes;
mod outbox;
mod tail;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sotto_protocol::relay::{Event, RelayCode, StreamId};

use crate::access::AccessCache;
use crate::store::{Signal, Stored};
use notes::Notes;
pub(crate) use outbox::{Outbox, Work};
use tail::Tail;

/// Bytes of all tails together.
const TAIL_BYTES: usize = 64 * 1024 * 1024;

/// Streams that notes may stand in while nobody here subscribes to them.
const MAX_TOPICS: usize = 100_000;

/// A subscription, as the hub knows it.
#[derive(Debug)]
struct Subscriber {
    id: u32,
    outbox: Arc<Outbox>,
}

/// A stream that somebody here subscribes to or is present in.
#[derive(Debug, Default)]
struct Topic {
    subscribers: Vec<Subscriber>,
    tail: Tail,
    notes: Notes,
}

/// Where a subscription goes on.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// With these.
    Entries(Vec<Stored>),
    /// Nowhere: everything was read.
    Waiting,
    /// In the store: the tail does not reach back that far.
    Store,
}

/// What this relay has in memory of streams.
#[derive(Debug, Default)]
pub struct Hub {
    topics: Mutex<HashMap<StreamId, Topic>>,
    tail_bytes: AtomicUsize,
    cache: AccessCache,
}

impl Hub {
    fn topics(&self) -> MutexGuard<'_, HashMap<StreamId, Topic>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A blob was stored. Every blob of a stream comes here once, in order, from the time of the
    /// first subscription on.
    pub fn stored(&self, stream: &StreamId, entry: &Stored) {
        let mut topics = self.topics();
        let Some(topic) = topics.get_mut(stream) else {
            return;
        };
        if topic.subscribers.is_empty() {
            return;
        }
        let has_room = self.tail_bytes.load(Ordering::Relaxed) < TAIL_BYTES;
        self.count(topic.tail.push(entry.clone(), has_room));
        for subscriber in &topic.subscribers {
            subscriber.outbox.mark(subscriber.id);
        }
    }

    /// Keeps the sum of what the tails hold: bytes that came, bytes that went.
    fn count(&self, (came, went): (usize, usize)) {
        self.tail_bytes.fetch_add(came, Ordering::Relaxed);
        self.tail_bytes.fetch_sub(went, Ordering::Relaxed);
    }

    /// Something that is not kept has happened.
    pub fn signal(&self, stream: &StreamId, signal: &Signal) {
        match signal {
            Signal::Changed => self.cache.forget(stream),
            Signal::Deleted => {
                self.cache.forget(stream);
                self.end(stream);
            }
            Signal::Published { via, blob } => {
                let event = Event::Published {
                    via: *via,
                    blob: blob.to_vec(),
                };
                self.tell(stream, &event);
            }
            Signal::Present {
                via,
                tag,
                ttl_s,
                note,
            } => {
                let mut topics = self.topics();
                if topics.len() >= MAX_TOPICS && !topics.contains_key(stream) {
                    return;
                }
                let topic = topics.entry(*stream).or_default();
                if let Some(event) = topic.notes.put(*via, *tag, *ttl_s, note) {
                    topic.tell(&event);
                }
                if topic.is_idle() {
                    topics.remove(stream);
                }
            }
        }
    }

    fn tell(&self, stream: &StreamId, event: &Event) {
        if let Some(topic) = self.topics().get(stream) {
            topic.tell(event);
        }
    }

    fn end(&self, stream: &StreamId) {
        let gone = self.topics().remove(stream);
        if let Some(topic) = gone {
            self.count((0, topic.tail.bytes()));
            topic.tell(&Event::Ended {
                code: RelayCode::Deleted,
            });
        }
    }

    /// What was told may have a gap: every subscription reads the store again.
    pub fn reset(&self) {
        self.cache.clear();
        for topic in self.topics().values_mut() {
            self.count((0, topic.tail.bytes()));
            topic.tail = Tail::default();
            for subscriber in &topic.subscribers {
                subscriber.outbox.mark(subscriber.id);
            }
        }
    }

    /// Begins a subscription; standing notes go to it at once.
    pub(crate) fn subscribe(&self, stream: StreamId, id: u32, outbox: &Arc<Outbox>) {
        let mut topics = self.topics();
        let topic = topics.entry(stream).or_default();
        topic.subscribers.push(Subscriber {
            id,
            outbox: Arc::clone(outbox),
        });
        for event in topic.notes.standing() {
            outbox.push(id, event);
        }
        outbox.mark(id);
    }

    /// Ends a subscription.
    pub(crate) fn unsubscribe(&self, stream: &StreamId, id: u32, outbox: &Arc<Outbox>) {
        let mut topics = self.topics();
        let Some(topic) = topics.get_mut(stream) else {
            return;
        };
        topic
            .subscribers
            .retain(|kept| kept.id != id || !Arc::ptr_eq(&kept.outbox, outbox));
        if topic.subscribers.is_empty() {
            // A tail goes on only while every blob comes to it.
            self.count((0, topic.tail.bytes()));
            topic.tail = Tail::default();
        }
        if topic.is_idle() {
            topics.remove(stream);
        }
    }

    /// Where a subscription that wants `next` goes on.
    pub fn next(&self, stream: &StreamId, next: u64, limit: usize) -> Next {
        self.topics()
            .get(stream)
            .map_or(Next::Waiting, |topic| topic.tail.next(next, limit))
    }

    /// The latest blob that came while anybody here subscribed; 0: none.
    pub fn newest(&self, stream: &StreamId) -> u64 {
        self.topics()
            .get(stream)
            .map_or(0, |topic| topic.tail.newest())
    }

    /// Takes away the notes whose time is over. To be called about once in a second.
    pub fn expire_notes(&self) {
        self.topics().retain(|_, topic| {
            for event in topic.notes.expired() {
                topic.tell(&event);
            }
            !topic.is_idle()
        });
    }

    /// Streams that somebody here subscribes to.
    #[must_use]
    pub fn subscribed(&self) -> Vec<StreamId> {
        let topics = self.topics();
        let subscribed = topics.iter().filter(|(_, it)| !it.subscribers.is_empty());
        subscribed.map(|(stream, _)| *stream).collect()
    }

    /// Capabilities lately used.
    pub(crate) fn cache(&self) -> &AccessCache {
        &self.cache
    }

    /// Subscriptions, and bytes of all tails.
    pub(crate) fn sizes(&self) -> (usize, usize) {
        let subscriptions = self.topics().values().map(|it| it.subscribers.len()).sum();
        (subscriptions, self.tail_bytes.load(Ordering::Relaxed))
    }
}

impl Topic {
    fn tell(&self, event: &Event) {
        for subscriber in &self.subscribers {
            subscriber.outbox.push(subscriber.id, event.clone());
        }
    }

    fn is_idle(&self) -> bool {
        self.subscribers.is_empty() && self.notes.is_empty()
    }
}

#[cfg(test)]
mod tests;
