//! Capabilities lately used, so that a request does not cost a read of the store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sotto_protocol::relay::StreamId;
use tokio::time::Instant;

use super::Access;

/// What is kept, at most, in units of about 200 bytes: one for a stream, one for four tokens.
const CAPACITY: usize = 131_072;

/// Shared by all connections of a relay.
#[derive(Debug, Default)]
pub(crate) struct AccessCache(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    entries: HashMap<StreamId, (Instant, Arc<Access>)>,
    weight: usize,
    /// Raised whenever something is forgotten: what was read before may be old.
    epoch: u64,
}

/// Taken before the store is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket(u64);

impl AccessCache {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept, if it is no older than `good_for`; else a ticket to put it.
    pub(crate) fn get(&self, stream: &StreamId, good_for: Duration) -> Result<Arc<Access>, Ticket> {
        let state = self.state();
        state
            .entries
            .get(stream)
            .filter(|(since, _)| since.elapsed() < good_for)
            .map(|(_, access)| Arc::clone(access))
            .ok_or(Ticket(state.epoch))
    }

    /// Keeps what was read, unless something changed meanwhile.
    pub(crate) fn put(&self, stream: StreamId, access: Access, ticket: Ticket) -> Arc<Access> {
        let access = Arc::new(access);
        let mut state = self.state();
        if state.weight.saturating_add(weight(&access)) > CAPACITY {
            // Rare, and a miss costs one read: cheaper than keeping an order of use.
            state.clear();
        }
        if state.epoch == ticket.0 {
            state.remove(&stream);
            state.weight = state.weight.saturating_add(weight(&access));
            state
                .entries
                .insert(stream, (Instant::now(), Arc::clone(&access)));
        }
        access
    }

    pub(crate) fn forget(&self, stream: &StreamId) {
        let mut state = self.state();
        state.remove(stream);
        state.epoch = state.epoch.wrapping_add(1);
    }

    pub(crate) fn clear(&self) {
        let mut state = self.state();
        state.clear();
        state.epoch = state.epoch.wrapping_add(1);
    }
}

impl State {
    fn remove(&mut self, stream: &StreamId) {
        if let Some((_, access)) = self.entries.remove(stream) {
            self.weight = self.weight.saturating_sub(weight(&access));
        }
    }

    fn clear(&mut self) {
        self.entries.clear();
        self.weight = 0;
    }
}

fn weight(access: &Access) -> usize {
    access.tokens.len().div_ceil(4).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::super::{Access, MAX_TOKENS, Token};
    use super::{AccessCache, CAPACITY};
    use sotto_protocol::relay::{Digest, StreamId};
    use std::time::Duration;

    #[test]
    fn what_was_read_before_a_change_is_not_kept() {
        let cache = AccessCache::default();
        let (stream, hour) = (StreamId([1; 16]), Duration::from_secs(3600));
        let access = Access {
            own: Digest([1; 32]),
            read: Digest([2; 32]),
            tokens: Vec::new(),
        };
        let early = cache.get(&stream, hour).unwrap_err();
        cache.forget(&stream);
        cache.put(stream, access.clone(), early);
        let ticket = cache.get(&stream, hour).unwrap_err();
        cache.put(stream, access.clone(), ticket);
        assert_eq!(*cache.get(&stream, hour).unwrap(), access);
        cache.get(&stream, Duration::ZERO).unwrap_err();
    }

    #[test]
    fn what_is_kept_is_bounded_by_its_tokens() {
        let cache = AccessCache::default();
        let access = Access {
            own: Digest([1; 32]),
            read: Digest([2; 32]),
            tokens: vec![Token::first(Digest([3; 32])); MAX_TOKENS],
        };
        for n in 0..2000_u128 {
            let stream = StreamId(n.to_be_bytes());
            let ticket = cache.get(&stream, Duration::MAX).unwrap_err();
            cache.put(stream, access.clone(), ticket);
            cache.put(stream, access.clone(), ticket);
            let state = cache.state();
            let sum = state.entries.len() * (MAX_TOKENS / 4 + 1);
            assert!(state.weight == sum && sum <= CAPACITY);
        }
        cache.clear();
        assert_eq!(cache.state().weight, 0);
    }
}
