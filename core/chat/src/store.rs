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

/// What one step writes: of several values of a row the last alone, because they are written
/// together, and a step may change a big row with each of many messages.
#[derive(Default)]
pub(crate) struct Writes(BTreeMap<(&'static str, [u8; 32]), Option<Vec<u8>>>);

impl Writes {
    pub(crate) fn put(&mut self, write: Write) {
        self.0.insert((write.table, write.key), write.value);
    }

    pub(crate) fn into_all(self) -> Vec<Write> {
        let all = self.0.into_iter();
        let write = |((table, key), value)| Write { table, key, value };
        all.map(write).collect()
    }
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
    writes: &mut Writes,
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
        writes.put(Write {
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

#[cfg(test)]
mod tests {
    use super::{TABLE_SESSION, Write, Writes};

    #[test]
    fn of_a_row_that_changes_with_each_of_many_messages_one_copy_is_held() {
        let mut writes = Writes::default();
        let write = |key: u8, value: Option<u8>| Write {
            table: TABLE_SESSION,
            key: [key; 32],
            value: value.map(|it| vec![it; 100_000]),
        };
        for number in 0..139 {
            writes.put(write(1, Some(number)));
        }
        writes.put(write(2, Some(7)));
        writes.put(write(2, None));
        let held: usize = writes.0.values().flatten().map(Vec::len).sum();
        assert_eq!(held, 100_000);
        assert_eq!(writes.into_all(), [write(1, Some(138)), write(2, None)]);
    }
}
