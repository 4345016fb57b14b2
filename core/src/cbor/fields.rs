use std::ops::RangeInclusive;

use super::{CborError, Value};

/// Unknown keys from here on may be ignored; below, they are [`CborError::NewerVersion`].
pub const KEEP_UNKNOWN_FROM: u64 = 128;

/// The entries of one map, taken out by key.
#[derive(Debug)]
pub struct Fields<'a> {
    entries: Vec<(u64, Value<'a>)>,
}

impl<'a> Fields<'a> {
    /// Decodes the one map that is the whole of `bytes`; `known` are the keys of this version.
    ///
    /// # Errors
    /// Bytes that are no valid encoding; an item that is no map; a key of a newer version.
    pub fn parse(bytes: &'a [u8], known: RangeInclusive<u64>) -> Result<Self, CborError> {
        Field {
            key: 0,
            value: Value::parse(bytes)?,
        }
        .fields(known)
    }

    /// Takes the value of `key`, if it is there.
    pub fn take(&mut self, key: u64) -> Option<Field<'a>> {
        let at = self
            .entries
            .binary_search_by_key(&key, |(found, _)| *found)
            .ok()?;
        let (key, value) = self.entries.remove(at);
        Some(Field { key, value })
    }

    /// Takes the value of `key`.
    ///
    /// # Errors
    /// [`CborError::Missing`].
    pub fn require(&mut self, key: u64) -> Result<Field<'a>, CborError> {
        self.take(key).ok_or(CborError::Missing { key })
    }
}

/// A value and the key under which it stood, so that errors can name it.
#[derive(Debug)]
pub struct Field<'a> {
    key: u64,
    value: Value<'a>,
}

impl<'a> Field<'a> {
    /// The one item that is the whole of `bytes`.
    ///
    /// # Errors
    /// Bytes that are no valid encoding.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CborError> {
        Ok(Self {
            key: 0,
            value: Value::parse(bytes)?,
        })
    }

    const fn wrong_type(&self) -> CborError {
        CborError::Type { key: self.key }
    }

    const fn out_of_range(&self) -> CborError {
        CborError::Range { key: self.key }
    }

    /// An unsigned integer.
    ///
    /// # Errors
    /// [`CborError::Type`].
    pub fn uint(&self) -> Result<u64, CborError> {
        if let Value::Uint(number) = self.value {
            Ok(number)
        } else {
            Err(self.wrong_type())
        }
    }

    /// An unsigned integer that fits a narrower type.
    ///
    /// # Errors
    /// [`CborError::Type`], [`CborError::Range`].
    pub fn uint_as<T: TryFrom<u64>>(&self) -> Result<T, CborError> {
        T::try_from(self.uint()?).map_err(|_| self.out_of_range())
    }

    /// `false` or `true`.
    ///
    /// # Errors
    /// [`CborError::Type`].
    pub fn bool(&self) -> Result<bool, CborError> {
        if let Value::Bool(value) = self.value {
            Ok(value)
        } else {
            Err(self.wrong_type())
        }
    }

    /// A byte string.
    ///
    /// # Errors
    /// [`CborError::Type`].
    pub fn bytes(&self) -> Result<&'a [u8], CborError> {
        if let Value::Bytes(bytes) = self.value {
            Ok(bytes)
        } else {
            Err(self.wrong_type())
        }
    }

    /// A byte string of exactly `N` bytes.
    ///
    /// # Errors
    /// [`CborError::Type`], [`CborError::Range`].
    pub fn array<const N: usize>(&self) -> Result<[u8; N], CborError> {
        self.bytes()?.try_into().map_err(|_| self.out_of_range())
    }

    /// A text string.
    ///
    /// # Errors
    /// [`CborError::Type`].
    pub fn text(&self) -> Result<&'a str, CborError> {
        if let Value::Text(text) = self.value {
            Ok(text)
        } else {
            Err(self.wrong_type())
        }
    }

    /// A text string of at most `max_len` bytes.
    ///
    /// # Errors
    /// [`CborError::Type`], [`CborError::Range`].
    pub fn text_up_to(&self, max_len: usize) -> Result<&'a str, CborError> {
        let text = self.text()?;
        if text.len() <= max_len {
            Ok(text)
        } else {
            Err(self.out_of_range())
        }
    }

    /// The items of an array, at most `max_count` of them.
    ///
    /// # Errors
    /// [`CborError::Type`], [`CborError::Range`].
    pub fn items(self, max_count: usize) -> Result<Vec<Self>, CborError> {
        let key = self.key;
        let Value::Array(items) = self.value else {
            return Err(CborError::Type { key });
        };
        if items.len() > max_count {
            return Err(CborError::Range { key });
        }
        Ok(items.into_iter().map(|value| Self { key, value }).collect())
    }

    /// The items of an array of exactly `N`.
    ///
    /// # Errors
    /// [`CborError::Type`], [`CborError::Range`].
    pub fn tuple<const N: usize>(self) -> Result<[Self; N], CborError> {
        let range = self.out_of_range();
        self.items(N)?.try_into().map_err(|_| range)
    }

    /// The entries of a map; `known` are the keys of this version.
    ///
    /// # Errors
    /// [`CborError::Type`], [`CborError::NewerVersion`].
    pub fn fields(self, known: RangeInclusive<u64>) -> Result<Fields<'a>, CborError> {
        let Value::Map(entries) = self.value else {
            return Err(CborError::Type { key: self.key });
        };
        let newer = |key: &u64| *key < KEEP_UNKNOWN_FROM && !known.contains(key);
        match entries.iter().map(|(key, _)| *key).find(newer) {
            Some(key) => Err(CborError::NewerVersion { key }),
            None => Ok(Fields { entries }),
        }
    }
}
