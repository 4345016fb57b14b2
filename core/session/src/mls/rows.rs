//! Rows in memory that know what was touched.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

/// What a row holds: the first byte of its key. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// OpenMLS: how a group is configured.
    JoinConfig = 1,
    /// OpenMLS: the ratchet tree.
    Tree = 2,
    /// OpenMLS: the interim transcript hash.
    TranscriptHash = 3,
    /// OpenMLS: the group context.
    Context = 4,
    /// OpenMLS: the last confirmation tag.
    ConfirmationTag = 5,
    /// OpenMLS: whether a commit is pending.
    GroupState = 6,
    /// OpenMLS: the secret tree, of this epoch and a few before.
    MessageSecrets = 7,
    /// OpenMLS: resumption secrets.
    ResumptionPsks = 8,
    /// OpenMLS: our place in the tree.
    OwnLeafIndex = 9,
    /// OpenMLS: the epoch's secrets.
    EpochSecrets = 10,
    /// OpenMLS: a KeyPackage with its private keys.
    KeyPackage = 11,
    /// OpenMLS: the private key of a leaf that is not yet in a group.
    KeyPair = 12,
    /// OpenMLS: the private keys on our path, by epoch.
    EpochKeyPairs = 13,
    /// Ours: a leaf's signature key and what the identity signed of it.
    Leaf = 64,
    /// Ours: a conversation.
    Conversation = 65,
    /// Ours: somebody we have a session with, or offered one.
    Peer = 66,
    /// Ours: places of a conversation's chain.
    ChainPage = 67,
    /// Ours: a part of what comes in parts.
    Part = 68,
    /// A page of a value of OpenMLS: the kind of the value stands before its key.
    Page = 69,
}

impl Kind {
    pub(super) const fn byte(self) -> u8 {
        match self {
            Self::JoinConfig => 1,
            Self::Tree => 2,
            Self::TranscriptHash => 3,
            Self::Context => 4,
            Self::ConfirmationTag => 5,
            Self::GroupState => 6,
            Self::MessageSecrets => 7,
            Self::ResumptionPsks => 8,
            Self::OwnLeafIndex => 9,
            Self::EpochSecrets => 10,
            Self::KeyPackage => 11,
            Self::KeyPair => 12,
            Self::EpochKeyPairs => 13,
            Self::Leaf => 64,
            Self::Conversation => 65,
            Self::Peer => 66,
            Self::ChainPage => 67,
            Self::Part => 68,
            Self::Page => 69,
        }
    }
}

/// Why OpenMLS's state is not read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A value has no encoding, or a row is none.
    #[error("row does not encode or decode")]
    Encoding,
    /// Something that sessions never do.
    #[error("sessions keep no such thing")]
    Unsupported,
}

/// A row in the clear.
pub type Row = Zeroizing<Vec<u8>>;
/// A key and its new value; `None`: deleted.
pub type Change = (Vec<u8>, Option<Row>);

#[derive(Default)]
struct State {
    rows: BTreeMap<Vec<u8>, Row>,
    touched: BTreeSet<Vec<u8>>,
    /// What stood in the rows that this step has touched, oldest first.
    undo: Vec<Change>,
}

/// All rows of the sessions.
#[derive(Default)]
pub struct Rows(Mutex<State>);

impl Rows {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a row that is stored already, under its whole key.
    pub fn load(&self, key: Vec<u8>, row: Row) {
        self.state().rows.insert(key, row);
    }

    /// Adds or replaces a row.
    pub fn put(&self, kind: Kind, key: &[u8], row: Vec<u8>) {
        self.change(whole(kind, key), Some(Zeroizing::new(row)));
    }

    /// Adds or replaces a row that is not so already.
    pub(super) fn put_if_other(&self, kind: Kind, key: &[u8], row: &[u8]) {
        let key = whole(kind, key);
        let is_so = self.state().rows.get(&key).is_some_and(|it| **it == row);
        if !is_so {
            self.change(key, Some(Zeroizing::new(row.to_vec())));
        }
    }

    /// The row.
    #[must_use]
    pub fn get(&self, kind: Kind, key: &[u8]) -> Option<Row> {
        self.state().rows.get(&whole(kind, key)).cloned()
    }

    /// Removes a row.
    pub fn delete(&self, kind: Kind, key: &[u8]) {
        self.change(whole(kind, key), None);
    }

    /// All rows of a kind, without the kind in their keys.
    #[must_use]
    pub fn all(&self, kind: Kind) -> Vec<(Vec<u8>, Row)> {
        self.under(kind, &[])
    }

    /// The rows of a kind whose keys begin so, in order, with what follows in their keys.
    #[must_use]
    pub fn under(&self, kind: Kind, prefix: &[u8]) -> Vec<(Vec<u8>, Row)> {
        let state = self.state();
        let prefix = whole(kind, prefix);
        let from = state.rows.range(prefix.clone()..);
        from.map_while(|(key, row)| Some((key.strip_prefix(&prefix[..])?.to_vec(), row.clone())))
            .collect()
    }

    /// Bytes of all rows: what a device keeps.
    #[must_use]
    pub fn total_len(&self) -> usize {
        let state = self.state();
        state
            .rows
            .iter()
            .map(|(key, row)| key.len().saturating_add(row.len()))
            .sum()
    }

    fn change(&self, key: Vec<u8>, row: Option<Row>) {
        let mut state = self.state();
        let before = match row {
            Some(row) => state.rows.insert(key.clone(), row),
            None => state.rows.remove(&key),
        };
        state.touched.insert(key.clone());
        state.undo.push((key, before));
    }

    /// The step has succeeded.
    pub fn keep(&self) {
        self.state().undo.clear();
    }

    /// How many changes the step has made so far: where [`Self::undo_to`] can go back to.
    #[must_use]
    pub fn mark(&self) -> usize {
        self.state().undo.len()
    }

    /// The step has failed: everything is as before it.
    pub fn undo(&self) {
        self.undo_to(0);
    }

    /// A part of the step has failed: everything is as it was at `mark`.
    pub fn undo_to(&self, mark: usize) {
        let mut state = self.state();
        while state.undo.len() > mark {
            let Some((key, before)) = state.undo.pop() else {
                return;
            };
            match before {
                Some(row) => state.rows.insert(key, row),
                None => state.rows.remove(&key),
            };
        }
    }

    /// What changed since the last time.
    #[must_use]
    pub fn take_touched(&self) -> Vec<Change> {
        let mut state = self.state();
        let touched = core::mem::take(&mut state.touched);
        let value = |key: Vec<u8>| {
            let row = state.rows.get(&key).cloned();
            (key, row)
        };
        touched.into_iter().map(value).collect()
    }
}

fn whole(kind: Kind, key: &[u8]) -> Vec<u8> {
    [&[kind.byte()], key].concat()
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rows(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Rows};

    #[test]
    fn a_step_that_fails_leaves_no_trace_in_the_values() {
        let rows = Rows::default();
        rows.put(Kind::Tree, b"a", b"old".to_vec());
        rows.keep();
        rows.put(Kind::Tree, b"a", b"new".to_vec());
        rows.put(Kind::Tree, b"b", b"more".to_vec());
        rows.delete(Kind::Tree, b"a");
        rows.undo();
        assert_eq!(**rows.get(Kind::Tree, b"a").unwrap(), *b"old");
        assert!(rows.get(Kind::Tree, b"b").is_none());
        assert_eq!(rows.all(Kind::Tree).len(), 1);
    }

    #[test]
    fn what_was_touched_is_handed_over_once() {
        let rows = Rows::default();
        rows.put(Kind::Peer, b"a", b"1".to_vec());
        assert_eq!(rows.take_touched().len(), 1);
        assert!(rows.take_touched().is_empty());
    }

    #[test]
    fn debug_output_holds_no_secret() {
        let rows = Rows::default();
        rows.put(Kind::Leaf, b"key", b"secret".to_vec());
        assert_eq!(format!("{rows:?}"), "Rows(..)");
    }
}
