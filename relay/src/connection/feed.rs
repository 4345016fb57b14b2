//! Following subscriptions.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::ws::Message;
use sotto_protocol::relay::{Entry, Event};

use super::{Connection, End};
use crate::hub::{Next, Outbox, Work};
use crate::shared::fault;
use crate::store::Stored;

/// Blobs and bytes sent for one subscription before the next has its turn.
const BLOBS: u16 = 64;
const BYTES: usize = 128 * 1024;

/// How long until the store is asked again for what it should have but does not show.
const AGAIN: Duration = Duration::from_millis(100);

/// How long until the store is asked again after it did not answer.
const LATER: Duration = Duration::from_secs(1);

impl Connection {
    pub(super) async fn follow(&mut self, work: Work) -> Result<(), End> {
        match work {
            Work::Event(id, event) => self.event(id, &event).await,
            Work::Read(id) => self.read_on(id).await,
        }
    }

    async fn event(&mut self, id: u32, event: &Event) -> Result<(), End> {
        let is_end = matches!(event, Event::Ended { .. });
        if is_end {
            self.subscriptions.remove(&id);
        } else if !self.subscriptions.contains_key(&id) {
            return Ok(());
        }
        self.send([Message::Binary(event.encode(id).into())]).await
    }

    /// Sends what a subscription has not seen yet.
    async fn read_on(&mut self, id: u32) -> Result<(), End> {
        let entries = self.unseen(id).await;
        let Some(last) = entries.last().map(|entry| entry.seq) else {
            return Ok(());
        };
        let sent = u64::try_from(entries.len()).unwrap_or(0);
        self.send(entries.into_iter().map(|entry| blob(id, entry)))
            .await?;
        let delivered = &self.shared.metrics.delivered;
        delivered.fetch_add(sent, Ordering::Relaxed);
        if let Some(cursor) = self.subscriptions.get_mut(&id) {
            cursor.next = last.saturating_add(1);
        }
        Ok(())
    }

    /// The next blobs of a subscription, from the tail or from the store; marks it again when there
    /// is, or should be, more.
    async fn unseen(&mut self, id: u32) -> Vec<Stored> {
        let Some(cursor) = self.subscriptions.get(&id) else {
            return Vec::new();
        };
        let hub = &self.shared.hub;
        match hub.next(&cursor.stream, cursor.next, BLOBS.into()) {
            Next::Waiting => Vec::new(),
            Next::Entries(entries) => {
                self.outbox.mark(id);
                entries
            }
            Next::Store => {
                let store = &self.shared.store;
                let page = store.read(cursor.stream, cursor.next, BLOBS, BYTES).await;
                let entries = match page {
                    Ok(page) => page.entries,
                    Err(error) => {
                        fault(&error);
                        mark_after(LATER, id, &self.outbox);
                        return Vec::new();
                    }
                };
                let seen = entries.last().map(|entry| entry.seq);
                if seen.is_some() {
                    self.outbox.mark(id);
                } else if hub.newest(&cursor.stream) >= cursor.next {
                    mark_after(AGAIN, id, &self.outbox);
                }
                entries
            }
        }
    }
}

fn mark_after(wait: Duration, id: u32, outbox: &Arc<Outbox>) {
    let outbox = Arc::downgrade(outbox);
    tokio::spawn(async move {
        tokio::time::sleep(wait).await;
        if let Some(outbox) = outbox.upgrade() {
            outbox.mark(id);
        }
    });
}

fn blob(id: u32, stored: Stored) -> Message {
    let event = Event::Blob(entry(stored));
    Message::Binary(event.encode(id).into())
}

/// A blob as the wire has it.
pub(super) fn entry(stored: Stored) -> Entry {
    Entry {
        seq: stored.seq,
        at_ms: stored.at_ms,
        via: stored.via,
        blob: stored.blob.into(),
    }
}
