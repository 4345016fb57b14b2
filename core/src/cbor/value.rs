use super::CborError;
use super::head::{Cursor, Major};

/// How deep arrays and maps may be nested. Our own objects need three.
pub const MAX_DEPTH: usize = 8;

/// One decoded item; strings borrow from the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// An unsigned integer.
    Uint(u64),
    /// A negative integer: −1 − the number held.
    Negative(u64),
    /// A byte string.
    Bytes(&'a [u8]),
    /// A text string.
    Text(&'a str),
    /// An array.
    Array(Vec<Self>),
    /// A map, keys ascending.
    Map(Vec<(u64, Self)>),
    /// `false` or `true`.
    Bool(bool),
    /// `null`.
    Null,
}

impl<'a> Value<'a> {
    /// Decodes the one item that is the whole of `bytes`.
    ///
    /// # Errors
    /// Whatever makes `bytes` another than the one valid encoding of an item.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CborError> {
        let mut cursor = Cursor::new(bytes);
        let value = Self::read(&mut cursor, 0)?;
        if cursor.is_at_end() {
            Ok(value)
        } else {
            Err(CborError::Trailing {
                offset: cursor.offset,
            })
        }
    }

    fn read(cursor: &mut Cursor<'a>, depth: usize) -> Result<Self, CborError> {
        let offset = cursor.offset;
        if depth > MAX_DEPTH {
            return Err(CborError::TooDeep { offset });
        }
        let inner = depth.saturating_add(1);
        match cursor.head()? {
            (Major::Uint, number) => Ok(Self::Uint(number)),
            (Major::Negative, number) => Ok(Self::Negative(number)),
            (Major::Bytes, len) => cursor.take(len, offset).map(Self::Bytes),
            (Major::Text, len) => {
                let text = str::from_utf8(cursor.take(len, offset)?);
                text.map(Self::Text)
                    .map_err(|_| CborError::NotUtf8 { offset })
            }
            (Major::Array, count) => Self::read_array(cursor, count, inner),
            (Major::Map, count) => Self::read_map(cursor, count, inner),
            (Major::Simple, 20) => Ok(Self::Bool(false)),
            (Major::Simple, 21) => Ok(Self::Bool(true)),
            (Major::Simple, 22) => Ok(Self::Null),
            (Major::Simple, _) => Err(CborError::Forbidden { offset }),
        }
    }

    // The vectors grow as items arrive: a count is a claim, and reserves nothing.
    fn read_array(cursor: &mut Cursor<'a>, count: u64, depth: usize) -> Result<Self, CborError> {
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(Self::read(cursor, depth)?);
        }
        Ok(Self::Array(items))
    }

    fn read_map(cursor: &mut Cursor<'a>, count: u64, depth: usize) -> Result<Self, CborError> {
        let mut entries: Vec<(u64, Self)> = Vec::new();
        for _ in 0..count {
            let offset = cursor.offset;
            let (Major::Uint, key) = cursor.head()? else {
                return Err(CborError::KeyType { offset });
            };
            if entries.last().is_some_and(|(last, _)| *last >= key) {
                return Err(CborError::KeyOrder { offset });
            }
            entries.push((key, Self::read(cursor, depth)?));
        }
        Ok(Self::Map(entries))
    }
}
