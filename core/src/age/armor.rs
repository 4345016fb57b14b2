//! ASCII armor: strict PEM (RFC 7468 §3, figure 3), as section "ASCII armor" demands.
//!
//! White space before and after the block and CRLF line ends are allowed, nothing else is.

use base64ct::{Base64, Encoding};

use super::AgeError;

/// Columns of a full line.
const COLUMNS: usize = 64;
/// White space allowed before the block, in bytes.
const MAX_LEADING: usize = 1024;

/// What an armored block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// An age file.
    AgeEncryptedFile,
    /// A contact card of ours.
    SottoContactCard,
}

impl Label {
    /// Every label.
    pub const ALL: [Self; 2] = [Self::AgeEncryptedFile, Self::SottoContactCard];

    /// The words between `BEGIN` or `END` and the dashes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AgeEncryptedFile => "AGE ENCRYPTED FILE",
            Self::SottoContactCard => "SOTTO CONTACT CARD",
        }
    }

    fn begin(self) -> String {
        format!("-----BEGIN {}-----", self.as_str())
    }

    fn end(self) -> String {
        format!("-----END {}-----", self.as_str())
    }
}

/// Armors `bytes`, one LF after every line.
#[must_use]
pub fn encode(label: Label, bytes: &[u8]) -> String {
    let base64 = Base64::encode_string(bytes);
    let mut text = label.begin();
    text.push('\n');
    for (index, character) in base64.chars().enumerate() {
        if index > 0 && index.is_multiple_of(COLUMNS) {
            text.push('\n');
        }
        text.push(character);
    }
    if !base64.is_empty() {
        text.push('\n');
    }
    text.push_str(&label.end());
    text.push('\n');
    text
}

/// Decodes a whole armored block.
///
/// # Errors
/// [`AgeError::MalformedArmor`], [`AgeError::TruncatedArmor`].
pub fn decode(label: Label, text: &[u8]) -> Result<Vec<u8>, AgeError> {
    let mut decoder = Decoder::new(label);
    let mut bytes = Vec::with_capacity(text.len());
    decoder.push(text, &mut bytes)?;
    decoder.finish(&mut bytes)?;
    Ok(bytes)
}

/// Decodes armor that arrives in pieces, line by line.
#[derive(Debug)]
pub struct Decoder {
    label: Label,
    line: Vec<u8>,
    lines: usize,
    leading: usize,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Before,
    Body,
    /// A short or padded line has been read: only the end marker may follow.
    LastLine,
    After,
}

impl Decoder {
    /// A decoder at the first byte of an armored text.
    #[must_use]
    pub const fn new(label: Label) -> Self {
        Self {
            label,
            line: Vec::new(),
            lines: 0,
            leading: 0,
            place: Place::Before,
        }
    }

    /// Takes text, appends decoded bytes to `out`.
    ///
    /// # Errors
    /// [`AgeError::MalformedArmor`]; the decoder must not be used after it.
    pub fn push(&mut self, text: &[u8], out: &mut Vec<u8>) -> Result<(), AgeError> {
        for &byte in text {
            if self.place == Place::Before && self.line.is_empty() && byte.is_ascii_whitespace() {
                self.leading = self.leading.saturating_add(1);
                if self.leading > MAX_LEADING {
                    return Err(self.malformed());
                }
            } else if self.place == Place::After {
                if !byte.is_ascii_whitespace() {
                    return Err(self.malformed());
                }
            } else if byte == b'\n' {
                self.end_line(out)?;
            } else {
                self.line.push(byte);
                // A full line and its CR: what is longer is refused without waiting for its end.
                if self.line.len() > COLUMNS.saturating_add(1) {
                    return Err(self.malformed());
                }
            }
        }
        Ok(())
    }

    /// Ends the text; the last line may lack its line end.
    ///
    /// # Errors
    /// [`AgeError::MalformedArmor`], [`AgeError::TruncatedArmor`] without an end marker.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), AgeError> {
        if !self.line.is_empty() {
            self.end_line(out)?;
        }
        if self.place == Place::After {
            Ok(())
        } else {
            Err(AgeError::TruncatedArmor)
        }
    }

    fn end_line(&mut self, out: &mut Vec<u8>) -> Result<(), AgeError> {
        self.lines = self.lines.saturating_add(1);
        let line = core::mem::take(&mut self.line);
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        self.place = match self.place {
            Place::Before if line == self.label.begin().as_bytes() => Place::Body,
            Place::Body | Place::LastLine if line == self.label.end().as_bytes() => Place::After,
            Place::Body => self.body_line(line, out)?,
            Place::Before | Place::LastLine | Place::After => return Err(self.malformed()),
        };
        Ok(())
    }

    fn body_line(&self, line: &[u8], out: &mut Vec<u8>) -> Result<Place, AgeError> {
        if line.is_empty() || line.len() > COLUMNS {
            return Err(self.malformed());
        }
        let text = str::from_utf8(line).map_err(|_| self.malformed())?;
        out.extend(Base64::decode_vec(text).map_err(|_| self.malformed())?);
        let full = line.len() == COLUMNS && line.last() != Some(&b'=');
        Ok(if full { Place::Body } else { Place::LastLine })
    }

    const fn malformed(&self) -> AgeError {
        AgeError::MalformedArmor {
            line: self.lines.saturating_add(1),
        }
    }
}
