//! What waits for one connection: marks that there is more to read, and a bounded queue of events
//! that are not kept anywhere.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sotto_protocol::relay::Event;
use tokio::sync::Notify;

/// Events and their bytes that wait, at most. What does not fit is dropped, as what is published
/// to nobody is; the end of a subscription is never dropped.
const MAX_EVENTS: usize = 256;
const MAX_BYTES: usize = 256 * 1024;

/// Shared by the hub and one connection.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct State {
    marks: BTreeSet<u32>,
    events: VecDeque<(u32, Event)>,
    bytes: usize,
}

/// One thing to do for the connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Send this.
    Event(u32, Event),
    /// See what there is to read for this subscription.
    Read(u32),
}

impl Outbox {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There may be more to read for a subscription.
    pub(crate) fn mark(&self, subscription: u32) {
        self.state().marks.insert(subscription);
        self.wake.notify_one();
    }

    /// An event for a subscription.
    pub(crate) fn push(&self, subscription: u32, event: Event) {
        let mut state = self.state();
        let len = weight(&event);
        let bytes = state.bytes.saturating_add(len);
        let is_end = matches!(event, Event::Ended { .. });
        if !is_end && (state.events.len() >= MAX_EVENTS || bytes > MAX_BYTES) {
            return;
        }
        state.bytes = bytes;
        state.events.push_back((subscription, event));
        drop(state);
        self.wake.notify_one();
    }

    /// Waits until there is something to do, and takes it. Nothing is lost when the waiting is
    /// given up.
    pub(crate) async fn work(&self) -> Work {
        loop {
            if let Some(work) = self.take() {
                return work;
            }
            self.wake.notified().await;
        }
    }

    /// Takes what is to do next, if anything.
    pub(crate) fn take(&self) -> Option<Work> {
        let mut state = self.state();
        if let Some((subscription, event)) = state.events.pop_front() {
            state.bytes = state.bytes.saturating_sub(weight(&event));
            return Some(Work::Event(subscription, event));
        }
        state.marks.pop_first().map(Work::Read)
    }
}

fn weight(event: &Event) -> usize {
    match event {
        Event::Blob(entry) => entry.blob.len(),
        Event::Published { blob, .. } => blob.len(),
        Event::Present { note, .. } => note.len(),
        Event::Absent { .. } | Event::Ended { .. } => 0,
    }
}
