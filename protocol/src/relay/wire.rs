//! Fields of fixed size, big endian.

/// Why bytes are not a message of this wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireError {
    /// The bytes end before the message does.
    Truncated,
    /// Bytes follow the message.
    Trailing,
    /// Longer than any message may be.
    TooLong,
    /// A field has a value that no message may have.
    Range,
    /// A type byte of a newer wire; the request's id where there is one.
    UnknownType {
        /// The id to answer to.
        id: u32,
    },
}

impl core::fmt::Display for WireError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Truncated => "message is cut off",
            Self::Trailing => "bytes follow the message",
            Self::TooLong => "message is too long",
            Self::Range => "a field is out of range",
            Self::UnknownType { .. } => "type byte is not known",
        })
    }
}

impl core::error::Error for WireError {}

/// Above every number that JavaScript holds exactly.
const WHOLE: u64 = 1 << 53;

/// Takes fields off the front.
#[derive(Debug)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (field, rest) = self
            .0
            .split_first_chunk::<N>()
            .ok_or(WireError::Truncated)?;
        self.0 = rest;
        Ok(*field)
    }

    pub(super) fn u8(&mut self) -> Result<u8, WireError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, WireError> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, WireError> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, WireError> {
        self.array().map(u64::from_be_bytes)
    }

    /// A number or a time below 2^53, as every language can hold it: what a relay says ends up in
    /// JavaScript.
    pub(super) fn whole(&mut self) -> Result<u64, WireError> {
        let value = self.u64()?;
        if value < WHOLE {
            Ok(value)
        } else {
            Err(WireError::Range)
        }
    }

    /// `u32` length, then as many bytes.
    pub(super) fn bytes(&mut self) -> Result<&'a [u8], WireError> {
        let len = usize::try_from(self.u32()?).map_err(|_| WireError::Range)?;
        let (field, rest) = self.0.split_at_checked(len).ok_or(WireError::Truncated)?;
        self.0 = rest;
        Ok(field)
    }

    pub(super) fn text(&mut self) -> Result<String, WireError> {
        let text = core::str::from_utf8(self.bytes()?).map_err(|_| WireError::Range)?;
        Ok(text.to_owned())
    }

    /// What is left.
    pub(super) fn rest(&mut self) -> &'a [u8] {
        core::mem::take(&mut self.0)
    }

    pub(super) fn end(&self) -> Result<(), WireError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(WireError::Trailing)
        }
    }
}

/// Appends fields. Lengths were checked when the message was made.
#[derive(Debug, Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn of(kind: u8, id: u32) -> Self {
        Self(Vec::with_capacity(64)).u8(kind).u32(id)
    }

    pub(super) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(super) fn u8(self, value: u8) -> Self {
        self.raw(&[value])
    }

    pub(super) fn u16(self, value: u16) -> Self {
        self.raw(&value.to_be_bytes())
    }

    pub(super) fn u32(self, value: u32) -> Self {
        self.raw(&value.to_be_bytes())
    }

    pub(super) fn u64(self, value: u64) -> Self {
        self.raw(&value.to_be_bytes())
    }

    /// A length above `u32` cannot occur below the limits; it would not decode.
    pub(super) fn bytes(self, bytes: &[u8]) -> Self {
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.u32(len).raw(bytes)
    }
}
