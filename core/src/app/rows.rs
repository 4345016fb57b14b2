//! The rows as the database has them: what was loaded, and what was written since.

use std::collections::BTreeMap;

use super::{Row, Write};

/// All rows, sealed.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows(BTreeMap<(String, Vec<u8>), Vec<u8>>);

impl Rows {
    pub(super) fn new(rows: Vec<Row>) -> Self {
        Self(
            rows.into_iter()
                .map(|row| ((row.table, row.key), row.value))
                .collect(),
        )
    }

    pub(super) fn get(&self, table: &str, key: &[u8]) -> Option<&[u8]> {
        self.0
            .get(&(table.to_owned(), key.to_vec()))
            .map(Vec::as_slice)
    }

    /// The rows of one table.
    pub(super) fn table(&self, table: &str) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0
            .range((table.to_owned(), Vec::new())..)
            .take_while(move |((name, _), _)| name == table)
            .map(|((_, key), value)| (key.as_slice(), value.as_slice()))
    }

    pub(super) fn apply(&mut self, writes: &[Write]) {
        for write in writes {
            let name = (write.table.clone(), write.key.clone());
            match &write.value {
                Some(value) => self.0.insert(name, value.clone()),
                None => self.0.remove(&name),
            };
        }
    }

    /// Writes that delete everything but the rows of `spared`.
    pub(super) fn deletions(&self, spared: &str) -> Vec<Write> {
        let names = self.0.keys().filter(|(table, _)| table != spared);
        names
            .map(|(table, key)| Write {
                table: table.clone(),
                key: key.clone(),
                value: None,
                is_volatile: false,
            })
            .collect()
    }
}
