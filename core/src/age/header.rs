use base64ct::{Base64Unpadded, Encoding};

use super::{AgeError, FileKey, HeaderParser, Limits, Stanza};

pub(super) const VERSION_LINE: &[u8] = b"age-encryption.org/v1\n";
pub(super) const MAC_MARK: &[u8] = b"---";

/// A header, with the bytes it was read from or written as.
///
/// Parsing proves nothing: only [`Header::verify`] with the unwrapped file key does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    pub(super) stanzas: Vec<Stanza>,
    /// Where each stanza begins in `bytes`.
    pub(super) starts: Vec<usize>,
    pub(super) mac: [u8; 32],
    /// Length of what the MAC covers: up to and including `---`.
    pub(super) authenticated_len: usize,
    pub(super) bytes: Vec<u8>,
}

impl Header {
    /// Reads a header from the beginning of `bytes`; `None` when more bytes are needed.
    ///
    /// [`Header::as_bytes`] tells how much was taken.
    ///
    /// # Errors
    /// [`AgeError`] when the bytes break the grammar or `limits`.
    pub fn parse(bytes: &[u8], limits: Limits) -> Result<Option<Self>, AgeError> {
        HeaderParser::new(limits)
            .push(bytes)
            .map(|found| found.map(|(header, _)| header))
    }

    /// Writes a header of `stanzas` for `file_key`.
    ///
    /// # Errors
    /// [`AgeError::NoRecipients`] without stanzas, and what exceeds [`Limits::WRITING`].
    pub fn create(stanzas: Vec<Stanza>, file_key: &FileKey) -> Result<Self, AgeError> {
        if stanzas.is_empty() {
            return Err(AgeError::NoRecipients);
        }
        if stanzas.len() > Limits::WRITING.stanzas {
            return Err(AgeError::TooManyStanzas {
                limit: Limits::WRITING.stanzas,
            });
        }
        let mut bytes = VERSION_LINE.to_vec();
        let mut starts = Vec::with_capacity(stanzas.len());
        for stanza in &stanzas {
            starts.push(bytes.len());
            stanza.encode_to(&mut bytes);
        }
        bytes.extend_from_slice(MAC_MARK);
        let authenticated_len = bytes.len();
        let mac = file_key.header_mac(&bytes);
        bytes.push(b' ');
        bytes.extend_from_slice(Base64Unpadded::encode_string(&mac).as_bytes());
        bytes.push(b'\n');
        if bytes.len() > Limits::WRITING.header_len {
            return Err(AgeError::HeaderTooLong {
                limit: Limits::WRITING.header_len,
            });
        }
        Ok(Self {
            stanzas,
            starts,
            mac,
            authenticated_len,
            bytes,
        })
    }

    /// The bytes of a header of `stanzas` before its MAC line: what a following stanza may bind.
    #[must_use]
    pub fn prefix(stanzas: &[Stanza]) -> Vec<u8> {
        let mut bytes = VERSION_LINE.to_vec();
        for stanza in stanzas {
            stanza.encode_to(&mut bytes);
        }
        bytes
    }

    /// Checks the header MAC (section "Header MAC").
    ///
    /// # Errors
    /// [`AgeError::HeaderMac`].
    pub fn verify(&self, file_key: &FileKey) -> Result<(), AgeError> {
        let authenticated = self.bytes.get(..self.authenticated_len).unwrap_or_default();
        file_key.verify_header_mac(authenticated, &self.mac)
    }

    /// Whether a passphrase opens the file: its one stanza is of type scrypt.
    #[must_use]
    pub fn is_password(&self) -> bool {
        self.stanzas
            .iter()
            .any(|stanza| stanza.tag == super::scrypt::TAG)
    }

    /// The stanzas in order.
    #[must_use]
    pub fn stanzas(&self) -> &[Stanza] {
        &self.stanzas
    }

    /// Every byte before stanza `index`, from the version line on; `None` without such a stanza.
    #[must_use]
    pub fn bytes_before(&self, index: usize) -> Option<&[u8]> {
        self.bytes.get(..*self.starts.get(index)?)
    }

    /// The header exactly as read or written, the MAC line included.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}
