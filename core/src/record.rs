//! Records: what the vault seals, one row each, and the tables that hold them while unlocked.
//!
//! A [`Table`] notes what was touched, so that one place seals exactly the changed rows after a
//! request has succeeded.

use std::collections::{BTreeMap, BTreeSet};

use sotto_protocol::ErrorCode;

use crate::cbor::CborError;
use crate::identity::card::CardError;

/// Why stored bytes are no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Not the encoding of the record.
    #[error("record does not decode")]
    Cbor(#[from] CborError),
    /// A card in it is refused.
    #[error("card in the record is refused")]
    Card(#[from] CardError),
}

impl RecordError {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Cbor(CborError::NewerVersion { .. }) => ErrorCode::NewerVersion,
            Self::Cbor(_) | Self::Card(_) => ErrorCode::MalformedRecord,
        }
    }
}

/// A value with a row of its own.
pub trait Record: Sized {
    /// The table.
    const TABLE: &'static str;
    /// The version of the encoding, bound to the sealed row.
    const SCHEMA: u64 = 1;

    /// The key within the table, in the clear: the vault stores its keyed digest.
    fn key(&self) -> Vec<u8>;

    /// Whether the record is kept for the browser's session alone, in memory: what private windows
    /// leave is never written to a disk.
    fn is_volatile(&self) -> bool {
        false
    }

    /// The encoding: deterministic CBOR.
    fn encode(&self) -> Vec<u8>;

    /// Reads what [`Record::encode`] wrote.
    ///
    /// # Errors
    /// [`RecordError`].
    fn decode(bytes: &[u8]) -> Result<Self, RecordError>;
}

/// All records of one kind.
#[derive(Debug)]
pub struct Table<T> {
    rows: BTreeMap<Vec<u8>, T>,
    touched: BTreeSet<Vec<u8>>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            touched: BTreeSet::new(),
        }
    }
}

impl<T: Record> Table<T> {
    /// Adds a row that is stored already.
    pub fn load(&mut self, record: T) {
        self.rows.insert(record.key(), record);
    }

    /// The record under `key`.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<&T> {
        self.rows.get(key)
    }

    /// The record under `key`, to be changed.
    pub fn edit(&mut self, key: &[u8]) -> Option<&mut T> {
        let record = self.rows.get_mut(key)?;
        self.touched.insert(key.to_vec());
        Some(record)
    }

    /// Adds or replaces a record.
    pub fn put(&mut self, record: T) {
        let key = record.key();
        self.touched.insert(key.clone());
        self.rows.insert(key, record);
    }

    /// Removes a record.
    pub fn remove(&mut self, key: &[u8]) -> Option<T> {
        let record = self.rows.remove(key)?;
        self.touched.insert(key.to_vec());
        Some(record)
    }

    /// Removes the records that `keep` refuses.
    pub fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        let gone: Vec<_> = self
            .rows
            .iter()
            .filter(|(_, record)| !keep(record))
            .map(|(key, _)| key.clone())
            .collect();
        for key in gone {
            self.remove(&key);
        }
    }

    /// All records, by key.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.rows.values()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether anything changed since the last [`Table::take_touched`].
    #[must_use]
    pub fn is_touched(&self) -> bool {
        !self.touched.is_empty()
    }

    /// The keys and new values (`None`: removed) of what changed.
    pub fn take_touched(&mut self) -> Vec<(Vec<u8>, Option<&T>)> {
        let touched = core::mem::take(&mut self.touched);
        touched
            .into_iter()
            .map(|key| {
                let record = self.rows.get(&key);
                (key, record)
            })
            .collect()
    }
}
