//! Rows on their way to the database, sealed under the class key.

use std::collections::BTreeMap;

use rand_core::CryptoRng;
use sotto_core::record::{Record, Table};
use sotto_core::vault::{RecordName, Vault};

use crate::error::ChatError;

/// The rows of the sessions.
pub const TABLE_SESSION: &str = "session";
/// The rows of the chats.
pub const TABLE_CHAT: &str = "chat";

/// A change of one row.
#[derive(Clone, PartialEq, Eq)]
pub struct Write {
    /// [`TABLE_SESSION`] or [`TABLE_CHAT`].
    pub table: &'static str,
    /// A keyed digest.
    pub key: [u8; 32],
    /// Sealed; `None` deletes the row.
    pub value: Option<Vec<u8>>,
}

impl core::fmt::Debug for Write {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Write(..)")
    }
}

/// Of several values of a row, the last: they are written together.
pub(crate) fn latest(writes: Vec<Write>) -> Vec<Write> {
    let rows = writes.into_iter().map(|it| ((it.table, it.key), it));
    rows.collect::<BTreeMap<_, _>>().into_values().collect()
}

/// Bytes of a record's kind before its sealed value: which table it belongs to.
const KIND: usize = 1;

/// A record with the number of its kind.
pub(crate) trait Kept: Record {
    /// Stands before the sealed value.
    const KIND: u8;
}

/// Seals what was touched of a table.
pub(crate) fn seal_table<T: Kept>(
    vault: &Vault,
    table: &mut Table<T>,
    rng: &mut impl CryptoRng,
    writes: &mut Vec<Write>,
) -> Result<(), ChatError> {
    for (key, record) in table.take_touched() {
        let row_key = vault.row_key(T::TABLE, &key);
        let value = match record {
            Some(record) => {
                let encoded = zeroize::Zeroizing::new(record.encode());
                let sealed = vault.seal(&name::<T>(&row_key), &encoded, rng)?;
                Some([&[T::KIND], &sealed[..]].concat())
            }
            None => None,
        };
        writes.push(Write {
            table: TABLE_CHAT,
            key: row_key,
            value,
        });
    }
    Ok(())
}

/// The kind of a row.
pub(crate) fn kind(value: &[u8]) -> Option<u8> {
    value.first().copied()
}

/// Opens a row of a kind.
pub(crate) fn open_row<T: Kept>(
    vault: &Vault,
    row_key: &[u8],
    value: &[u8],
    table: &mut Table<T>,
) -> Result<(), ChatError> {
    let sealed = value.get(KIND..).unwrap_or_default();
    let record = T::decode(&vault.open(&name::<T>(row_key), sealed)?)?;
    if vault.row_key(T::TABLE, &record.key()) != *row_key {
        return Err(ChatError::Malformed);
    }
    table.load(record);
    Ok(())
}

const fn name<T: Kept>(row_key: &[u8]) -> RecordName<'_> {
    RecordName {
        table: T::TABLE,
        row_key,
        schema: T::SCHEMA,
    }
}
