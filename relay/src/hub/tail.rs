//! The latest blobs of a stream, in memory while somebody subscribes.

use std::collections::VecDeque;

use super::Next;
use crate::store::Stored;

/// Blobs and bytes of one tail.
const MAX_BLOBS: usize = 64;
const MAX_BYTES: usize = 512 * 1024;

/// Holds every blob of the stream from `from` on.
#[derive(Debug)]
pub(super) struct Tail {
    entries: VecDeque<Stored>,
    /// `u64::MAX`: no blob has come yet.
    from: u64,
    newest: u64,
    bytes: usize,
}

impl Default for Tail {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
            from: u64::MAX,
            newest: 0,
            bytes: 0,
        }
    }
}

impl Tail {
    /// Adds the next blob and lets go the oldest. Returns the bytes that came and those that went.
    pub(super) fn push(&mut self, entry: Stored, has_room: bool) -> (usize, usize) {
        let before = self.bytes;
        let came = entry.blob.len();
        self.newest = entry.seq;
        if self.entries.is_empty() {
            self.from = self.from.min(entry.seq);
        }
        self.bytes = self.bytes.saturating_add(came);
        self.entries.push_back(entry);
        let (blobs, bytes) = if has_room {
            (MAX_BLOBS, MAX_BYTES)
        } else {
            (0, 0)
        };
        while self.entries.len() > blobs || self.bytes > bytes {
            self.let_go();
        }
        (came, before.saturating_add(came).saturating_sub(self.bytes))
    }

    fn let_go(&mut self) {
        if let Some(gone) = self.entries.pop_front() {
            self.from = gone.seq.saturating_add(1);
            self.bytes = self.bytes.saturating_sub(gone.blob.len());
        }
    }

    pub(super) fn next(&self, next: u64, limit: usize) -> Next {
        if next < self.from {
            return Next::Store;
        }
        let start = self.entries.partition_point(|entry| entry.seq < next);
        let entries: Vec<_> = self.entries.range(start..).take(limit).cloned().collect();
        if entries.is_empty() {
            Next::Waiting
        } else {
            Next::Entries(entries)
        }
    }

    pub(super) fn newest(&self) -> u64 {
        self.newest
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}
