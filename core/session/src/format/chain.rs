//! What everybody has seen of a stream, in 16 bytes.
//!
//! `chain_0 = SHA-256(L("chain") ‖ stream id)`, `chain_n = SHA-256(chain_(n−1) ‖ SHA-256(blob_n))`.
//! Each application message says how far its sender had read and what the chain was there. A relay
//! that showed two members different blobs is found out by the next message between them.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const LABEL: &[u8] = b"sotto/v1/chain\0";
/// How many places back a claim can be checked.
pub const HISTORY: usize = 4096;

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

/// The chain of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    #[serde(with = "serde_bytes")]
    head: [u8; 32],
    seq: u64,
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
            history: VecDeque::from([(seq, short(&head))]),
        }
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
            self.history.pop_front();
        }
        self.history.push_back((seq, short(&self.head)));
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
}
