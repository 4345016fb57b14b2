//! Values that grow with the group, kept in pages: of one that changes a little, little is written.
//!
//! OpenMLS hands over the secrets of a group's messages whole with every message: those of past
//! epochs, with all who were in them, before those of the present one. For two hundred people that
//! is megabytes, of which a message changes the end.

use zeroize::Zeroizing;

use super::rows::{Kind, Row, Rows};

/// Bytes of a page. What is left over stands in the row itself, so that a small value is one row.
pub(super) const PAGE_LEN: usize = 8_192;

fn page_key(kind: Kind, key: &[u8], number: u32) -> Vec<u8> {
    [&prefix(kind, key)[..], &number.to_be_bytes()].concat()
}

/// Keys are CBOR items: none begins another.
fn prefix(kind: Kind, key: &[u8]) -> Vec<u8> {
    [&[kind.byte()], key].concat()
}

impl Rows {
    /// Adds or replaces a value: pages that are as they were are not touched.
    pub(super) fn put_value(&self, kind: Kind, key: &[u8], value: &[u8]) {
        let (pages, rest) = value.as_chunks::<PAGE_LEN>();
        let mut number = 0_u32;
        for page in pages {
            self.put_if_other(Kind::Page, &page_key(kind, key, number), page);
            number = number.saturating_add(1);
        }
        self.delete_pages(kind, key, number);
        self.put_if_other(kind, key, rest);
    }

    /// The whole value.
    pub(super) fn value(&self, kind: Kind, key: &[u8]) -> Option<Row> {
        let rest = self.get(kind, key)?;
        let pages = self.under(Kind::Page, &prefix(kind, key));
        let len = pages.len().saturating_mul(PAGE_LEN);
        // Of its whole length from the start: nothing secret stays where it grew out of.
        let mut value = Zeroizing::new(Vec::with_capacity(len.saturating_add(rest.len())));
        for (_, page) in &pages {
            value.extend_from_slice(page);
        }
        value.extend_from_slice(&rest);
        Some(value)
    }

    /// Removes a value.
    pub(super) fn delete_value(&self, kind: Kind, key: &[u8]) {
        self.delete_pages(kind, key, 0);
        self.delete(kind, key);
    }

    fn delete_pages(&self, kind: Kind, key: &[u8], from: u32) {
        let keys = (from..).map(|number| page_key(kind, key, number));
        for page in keys.take_while(|page| self.get(Kind::Page, page).is_some()) {
            self.delete(Kind::Page, &page);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, PAGE_LEN, Rows};

    const KEY: &[u8] = b"a";

    fn kept(rows: &Rows, value: &[u8]) -> usize {
        rows.put_value(Kind::MessageSecrets, KEY, value);
        assert_eq!(**rows.value(Kind::MessageSecrets, KEY).unwrap(), *value);
        let touched = rows.take_touched().into_iter();
        touched.filter_map(|(_, row)| Some(row?.len())).sum()
    }

    #[test]
    fn of_a_large_value_that_changes_at_its_end_the_end_is_written() {
        let rows = Rows::default();
        let mut value = vec![1; 10 * PAGE_LEN + 5];
        assert_eq!(kept(&rows, &value), value.len());
        assert_eq!(kept(&rows, &value), 0);
        *value.last_mut().unwrap() = 2;
        assert_eq!(kept(&rows, &value), 5);
        value[3 * PAGE_LEN] = 2;
        assert_eq!(kept(&rows, &value), PAGE_LEN);
    }

    #[test]
    fn a_value_of_any_length_is_read_as_it_was_and_leaves_nothing() {
        let rows = Rows::default();
        let lengths = [0, 1, PAGE_LEN - 1, PAGE_LEN, PAGE_LEN + 1, 3 * PAGE_LEN];
        for (fill, len) in lengths
            .into_iter()
            .chain(lengths.into_iter().rev())
            .enumerate()
        {
            let fill = u8::try_from(fill).unwrap();
            kept(&rows, &vec![fill; len]);
            assert_eq!(rows.all(Kind::Page).len(), len / PAGE_LEN);
        }
        kept(&rows, &[7; 5 * PAGE_LEN]);
        rows.delete_value(Kind::MessageSecrets, KEY);
        assert_eq!(rows.total_len(), 0);
        assert!(rows.value(Kind::MessageSecrets, KEY).is_none());
    }

    #[test]
    fn a_step_that_fails_leaves_the_pages_as_they_were() {
        let rows = Rows::default();
        let value = vec![1; 3 * PAGE_LEN];
        kept(&rows, &value);
        rows.keep();
        rows.put_value(Kind::MessageSecrets, KEY, &[2; PAGE_LEN]);
        rows.undo();
        assert_eq!(**rows.value(Kind::MessageSecrets, KEY).unwrap(), *value);
    }
}
