//! What everybody has seen of a stream, in 16 bytes.
//!
//! `chain_0 = SHA-256(L("chain") ‖ stream id)`, `chain_n = SHA-256(chain_(n−1) ‖ SHA-256(blob_n))`.
//! Each application message says how far its sender had read and what the chain was there. A relay
//! that showed two members different blobs is found out by the next message between them.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const LABEL: &[u8] = b"sotto/v1/chain\0";
/// How many places back a claim can be checked.
pub const HISTORY: usize = 4096;
/// Places that are kept in one row.
const PAGE: usize = 128;
/// Bytes of a place: number, chain.
const PLACE: usize = 24;

/// How far somebody had read, and what the chain was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainClaim {
    /// The last sequence number read; 0: none.
    pub seq: u64,
    /// The first 16 bytes of the chain there.
    pub chain: [u8; 16],
}

/// What a claim is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// We saw the same.
    Same,
    /// It speaks of a place before those we remember, or before we joined.
    BeforeOurs,
    /// We saw something else: the relay shows different blobs to different readers.
    Forked,
}

/// The chain of a stream. Its places are kept beside it, in pages, so that what is written for a blob
/// does not grow with the blobs before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    #[serde(with = "serde_bytes")]
    head: [u8; 32],
    seq: u64,
    /// Places that there were, with those that are forgotten.
    count: u64,
    /// Of them, how many are kept.
    #[serde(skip)]
    kept: u64,
    #[serde(skip)]
    history: VecDeque<(u64, [u8; 16])>,
}

impl Chain {
    /// The chain of a stream in which nothing stands.
    #[must_use]
    pub fn new(stream: &[u8; 16]) -> Self {
        let head = Sha256::new()
            .chain_update(LABEL)
            .chain_update(stream)
            .finalize();
        Self::resume(head.into(), 0)
    }

    /// The chain as somebody who adds us has told us.
    #[must_use]
    pub fn resume(head: [u8; 32], seq: u64) -> Self {
        Self {
            head,
            seq,
            count: 1,
            kept: 0,
            history: VecDeque::from([(seq, short(&head))]),
        }
    }

    /// Whether no place of it was kept yet: then no page that there is belongs to it.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        self.kept == 0
    }

    /// The pages that are to be written, with their numbers, and the number of the first that is not
    /// forgotten. They count as kept.
    pub fn take_pages(&mut self) -> (Vec<(u32, Vec<u8>)>, u32) {
        let first = page_of(self.first());
        let Some(pages) = self.touched() else {
            return (Vec::new(), first);
        };
        let page = |number: u32| {
            let skipped = u64::from(number).saturating_mul(length(PAGE));
            let skipped = skipped.saturating_sub(self.first());
            let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
            let places = self.history.iter().skip(skipped).take(PAGE);
            let bytes = places.flat_map(|(seq, chain)| {
                let seq = seq.to_be_bytes();
                seq.into_iter().chain(*chain)
            });
            (number, bytes.collect())
        };
        let pages = pages.map(page).collect();
        self.kept = self.count;
        (pages, first)
    }

    /// Takes the pages that were kept, in order. `None`: they are not of this chain.
    #[must_use]
    pub fn restored<'a>(mut self, pages: impl Iterator<Item = &'a [u8]>) -> Option<Self> {
        for page in pages {
            let (places, []) = page.as_chunks::<PLACE>() else {
                return None;
            };
            for place in places {
                let (seq, chain) = place.split_first_chunk::<8>()?;
                let seq = u64::from_be_bytes(*seq);
                self.history.push_back((seq, chain.try_into().ok()?));
            }
        }
        self.kept = self.count;
        let is_whole = *self.history.back()? == (self.seq, short(&self.head));
        let is_sorted = self.history.iter().is_sorted_by_key(|(seq, _)| *seq);
        (is_whole && is_sorted && length(self.history.len()) <= self.count).then_some(self)
    }

    /// The first place that is remembered.
    fn first(&self) -> u64 {
        self.count.saturating_sub(length(self.history.len()))
    }

    /// The pages with places that are not kept.
    fn touched(&self) -> Option<RangeInclusive<u32>> {
        let last = self.count.checked_sub(1)?;
        (self.kept <= last).then(|| page_of(self.kept.max(self.first()))..=page_of(last))
    }

    /// The last sequence number read.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// The whole value there.
    #[must_use]
    pub const fn head(&self) -> &[u8; 32] {
        &self.head
    }

    /// What our next message says.
    #[must_use]
    pub fn claim(&self) -> ChainClaim {
        ChainClaim {
            seq: self.seq,
            chain: short(&self.head),
        }
    }

    /// Takes the next blob. `false`: its number is not after the last one's, and it is not taken.
    #[must_use]
    pub fn push(&mut self, seq: u64, blob: &[u8]) -> bool {
        if seq <= self.seq {
            return false;
        }
        let digest = Sha256::digest(blob);
        self.head = Sha256::new()
            .chain_update(self.head)
            .chain_update(digest)
            .finalize()
            .into();
        self.seq = seq;
        if self.history.len() >= HISTORY {
            // By the page, as they are kept.
            self.history.drain(..PAGE);
        }
        self.history.push_back((seq, short(&self.head)));
        self.count = self.count.saturating_add(1);
        true
    }

    /// Compares what somebody else had seen.
    #[must_use]
    pub fn compare(&self, claim: &ChainClaim) -> Verdict {
        let place = self
            .history
            .binary_search_by_key(&claim.seq, |(seq, _)| *seq);
        match place.ok().and_then(|index| self.history.get(index)) {
            Some((_, chain)) if *chain == claim.chain => Verdict::Same,
            Some(_) => Verdict::Forked,
            None if self
                .history
                .front()
                .is_some_and(|(first, _)| claim.seq < *first) =>
            {
                Verdict::BeforeOurs
            }
            // A place in the stream of which we were shown nothing, or one yet to come.
            None => Verdict::Forked,
        }
    }
}

fn length(places: usize) -> u64 {
    u64::try_from(places).unwrap_or(u64::MAX)
}

fn page_of(place: u64) -> u32 {
    let page = place.checked_div(length(PAGE)).unwrap_or_default();
    u32::try_from(page).unwrap_or(u32::MAX)
}

fn short(head: &[u8; 32]) -> [u8; 16] {
    let mut short = [0; 16];
    short
        .iter_mut()
        .zip(head)
        .for_each(|(to, from)| *to = *from);
    short
}

#[cfg(test)]
mod tests {
    use super::{Chain, ChainClaim, HISTORY, Verdict};

    #[test]
    fn two_readers_of_one_stream_agree_and_of_a_forked_one_do_not() {
        let (mut ours, mut theirs) = (Chain::new(&[1; 16]), Chain::new(&[1; 16]));
        assert!(ours.push(1, b"a") && theirs.push(1, b"a"));
        assert_eq!(ours.compare(&theirs.claim()), Verdict::Same);
        assert!(ours.push(3, b"b") && theirs.push(3, b"c"));
        assert_eq!(ours.compare(&theirs.claim()), Verdict::Forked);
    }

    #[test]
    fn a_blob_that_was_withheld_shows() {
        let (mut ours, mut theirs) = (Chain::new(&[1; 16]), Chain::new(&[1; 16]));
        assert!(theirs.push(1, b"withheld") && theirs.push(2, b"a") && ours.push(2, b"a"));
        assert_eq!(ours.compare(&theirs.claim()), Verdict::Forked);
        assert_eq!(
            Chain::new(&[1; 16]).compare(&theirs.claim()),
            Verdict::Forked
        );
    }

    #[test]
    fn numbers_never_go_back() {
        let mut chain = Chain::new(&[1; 16]);
        assert!(chain.push(5, b"a"));
        assert!(!chain.push(5, b"b") && !chain.push(4, b"c"));
        assert_eq!(chain.seq(), 5);
    }

    #[test]
    fn memory_is_bounded() {
        let mut chain = Chain::new(&[1; 16]);
        let start = chain.claim();
        for seq in 1..=u64::try_from(HISTORY).unwrap() + 10 {
            assert!(chain.push(seq, b"x"));
        }
        assert_eq!(chain.compare(&start), Verdict::BeforeOurs);
        let last = ChainClaim {
            seq: chain.seq(),
            ..start
        };
        assert_eq!(chain.compare(&last), Verdict::Forked);
    }

    #[test]
    fn what_was_kept_in_pages_is_the_same_chain() {
        let mut chain = Chain::new(&[1; 16]);
        let mut rows = std::collections::BTreeMap::new();
        for seq in 1..=u64::try_from(HISTORY).unwrap() * 2 + 77 {
            assert!(chain.push(seq * 3, &seq.to_be_bytes()));
            // Sometimes several at once.
            if seq % 7 == 0 || seq % 1000 < 3 {
                let (pages, first) = chain.take_pages();
                assert!(pages.len() <= 2 && pages.iter().all(|it| it.1.len() <= 128 * 24));
                rows.extend(pages);
                rows.retain(|number, _| *number >= first);
            }
        }
        rows.extend(chain.take_pages().0);
        assert!(chain.take_pages().0.is_empty());
        assert!(rows.len() <= HISTORY / 128 + 1);
        let bare = Chain {
            history: std::collections::VecDeque::new(),
            kept: 0,
            ..chain.clone()
        };
        let pages = || rows.values().map(Vec::as_slice);
        assert_eq!(bare.clone().restored(pages()), Some(chain));
        assert_eq!(bare.clone().restored(pages().rev()), None);
        assert_eq!(bare.clone().restored(pages().take(3)), None);
        assert_eq!(bare.restored(std::iter::empty()), None);
    }
}
