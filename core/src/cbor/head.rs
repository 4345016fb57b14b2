//! The head of an item: major type and argument (RFC 8949 §3).

use super::CborError;

/// The major types of RFC 8949 §3.1 that this profile admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Major {
    Uint,
    Negative,
    Bytes,
    Text,
    Array,
    Map,
    Simple,
}

impl Major {
    const fn bits(self) -> u8 {
        match self {
            Self::Uint => 0,
            Self::Negative => 1 << 5,
            Self::Bytes => 2 << 5,
            Self::Text => 3 << 5,
            Self::Array => 4 << 5,
            Self::Map => 5 << 5,
            Self::Simple => 7 << 5,
        }
    }

    const fn of(initial: u8) -> Option<Self> {
        match initial >> 5 {
            0 => Some(Self::Uint),
            1 => Some(Self::Negative),
            2 => Some(Self::Bytes),
            3 => Some(Self::Text),
            4 => Some(Self::Array),
            5 => Some(Self::Map),
            7 => Some(Self::Simple),
            _ => None,
        }
    }
}

/// Appends the shortest head for `argument`.
pub(super) fn write_head(out: &mut Vec<u8>, major: Major, argument: u64) {
    let bits = major.bits();
    if let Ok(byte) = u8::try_from(argument) {
        if byte < 24 {
            out.push(bits | byte);
        } else {
            out.extend([bits | 24, byte]);
        }
    } else if let Ok(short) = u16::try_from(argument) {
        out.push(bits | 25);
        out.extend(short.to_be_bytes());
    } else if let Ok(word) = u32::try_from(argument) {
        out.push(bits | 26);
        out.extend(word.to_be_bytes());
    } else {
        out.push(bits | 27);
        out.extend(argument.to_be_bytes());
    }
}

/// A place in the input.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
    pub(super) offset: usize,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            offset: 0,
        }
    }

    pub(super) const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes `len` bytes; `start` is where the item they belong to began.
    pub(super) fn take(&mut self, len: u64, start: usize) -> Result<&'a [u8], CborError> {
        let cut = CborError::Truncated { offset: start };
        let len = usize::try_from(len).map_err(|_| cut)?;
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(cut)?;
        self.rest = rest;
        self.offset = self.offset.saturating_add(len);
        Ok(taken)
    }

    /// Reads one head, refusing every form but the shortest.
    pub(super) fn head(&mut self) -> Result<(Major, u64), CborError> {
        let offset = self.offset;
        let initial = self.big_endian(1, offset)?;
        let initial = u8::try_from(initial).map_err(|_| CborError::Truncated { offset })?;
        let additional = initial & 0x1f;
        let major = Major::of(initial).ok_or(CborError::Forbidden { offset })?;
        if additional == 31 {
            return Err(CborError::Indefinite { offset });
        }
        if major == Major::Simple && additional >= 24 {
            return Err(CborError::Forbidden { offset });
        }
        let argument = self.argument(additional, offset)?;
        Ok((major, argument))
    }

    fn argument(&mut self, additional: u8, offset: usize) -> Result<u64, CborError> {
        let (len, least) = match additional {
            0..24 => return Ok(u64::from(additional)),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            // 28 to 30 are reserved (RFC 8949 §3).
            _ => return Err(CborError::Forbidden { offset }),
        };
        let argument = self.big_endian(len, offset)?;
        if argument < least {
            return Err(CborError::NotShortest { offset });
        }
        Ok(argument)
    }

    fn big_endian(&mut self, len: u64, start: usize) -> Result<u64, CborError> {
        let bytes = self.take(len, start)?;
        Ok(bytes
            .iter()
            .fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }
}
