use std::collections::BTreeMap;

use super::head::{Major, write_head};

/// Writes one map. Keys may be given in any order, each once; they are written ascending.
#[derive(Debug, Default)]
#[must_use]
pub struct MapWriter {
    // RFC 8949 §4.2.1 sorts by encoded key: for unsigned integers that is numerical order.
    entries: BTreeMap<u64, Vec<u8>>,
}

impl MapWriter {
    /// A map without entries.
    pub const fn new() -> Self {
        Self {
            entries: BTreeMap::new(),
        }
    }

    fn put(mut self, key: u64, write: impl FnOnce(&mut ItemWriter)) -> Self {
        let mut item = ItemWriter::default();
        write(&mut item);
        let earlier = self.entries.insert(key, item.bytes);
        debug_assert!(earlier.is_none(), "key {key} is written twice");
        self
    }

    /// Adds an unsigned integer.
    pub fn uint(self, key: u64, number: u64) -> Self {
        self.put(key, |item| item.uint(number))
    }

    /// Adds `false` or `true`.
    pub fn bool(self, key: u64, value: bool) -> Self {
        self.put(key, |item| item.bool(value))
    }

    /// Adds a byte string.
    pub fn bytes(self, key: u64, bytes: &[u8]) -> Self {
        self.put(key, |item| item.string(Major::Bytes, bytes))
    }

    /// Adds a text string.
    pub fn text(self, key: u64, text: &str) -> Self {
        self.put(key, |item| item.string(Major::Text, text.as_bytes()))
    }

    /// Adds an array.
    pub fn array(self, key: u64, array: &ArrayWriter) -> Self {
        self.put(key, |item| array.write_to(&mut item.bytes))
    }

    /// Adds a map.
    pub fn map(self, key: u64, map: &Self) -> Self {
        self.put(key, |item| map.write_to(&mut item.bytes))
    }

    /// Adds a byte string unless it is `None`.
    pub fn bytes_if(self, key: u64, bytes: Option<&[u8]>) -> Self {
        match bytes {
            Some(bytes) => self.bytes(key, bytes),
            None => self,
        }
    }

    /// Adds a text string unless it is `None`.
    pub fn text_if(self, key: u64, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(key, text),
            None => self,
        }
    }

    /// Adds an unsigned integer unless it is `None`.
    pub fn uint_if(self, key: u64, number: Option<u64>) -> Self {
        match number {
            Some(number) => self.uint(key, number),
            None => self,
        }
    }

    fn write_to(&self, out: &mut Vec<u8>) {
        write_head(out, Major::Map, count(self.entries.len()));
        for (key, item) in &self.entries {
            write_head(out, Major::Uint, *key);
            out.extend(item);
        }
    }

    /// The encoded map.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write_to(&mut out);
        out
    }
}

/// Writes one array.
#[derive(Debug, Default)]
#[must_use]
pub struct ArrayWriter {
    len: u64,
    item: ItemWriter,
}

impl ArrayWriter {
    /// An array without items.
    pub fn new() -> Self {
        Self::default()
    }

    fn put(mut self, write: impl FnOnce(&mut ItemWriter)) -> Self {
        write(&mut self.item);
        self.len = self.len.saturating_add(1);
        self
    }

    /// Appends an unsigned integer.
    pub fn uint(self, number: u64) -> Self {
        self.put(|item| item.uint(number))
    }

    /// Appends a byte string.
    pub fn bytes(self, bytes: &[u8]) -> Self {
        self.put(|item| item.string(Major::Bytes, bytes))
    }

    /// Appends a text string.
    pub fn text(self, text: &str) -> Self {
        self.put(|item| item.string(Major::Text, text.as_bytes()))
    }

    /// Appends an array.
    pub fn array(self, array: &Self) -> Self {
        self.put(|item| array.write_to(&mut item.bytes))
    }

    /// Appends a map.
    pub fn map(self, map: &MapWriter) -> Self {
        self.put(|item| map.write_to(&mut item.bytes))
    }

    fn write_to(&self, out: &mut Vec<u8>) {
        write_head(out, Major::Array, self.len);
        out.extend(&self.item.bytes);
    }

    /// The encoded array.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write_to(&mut out);
        out
    }
}

#[derive(Debug, Default)]
struct ItemWriter {
    bytes: Vec<u8>,
}

impl ItemWriter {
    fn uint(&mut self, number: u64) {
        write_head(&mut self.bytes, Major::Uint, number);
    }

    fn bool(&mut self, value: bool) {
        write_head(&mut self.bytes, Major::Simple, if value { 21 } else { 20 });
    }

    fn string(&mut self, major: Major, bytes: &[u8]) {
        write_head(&mut self.bytes, major, count(bytes.len()));
        self.bytes.extend(bytes);
    }
}

// `usize` has at most 64 bits on every target of Rust.
fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
