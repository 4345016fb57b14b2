//! Sealing under a password, in one pass.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::Entity;
use crate::age::{
    FileKey, Header, PayloadKey, PayloadNonce, PayloadSealer, ScryptKey, ScryptSetting,
};
use crate::letter::LetterError;
use crate::letter::padding::{PAD, padded_len};

/// A password letter or file being sealed. What goes to `out` is the age file, in order.
#[derive(Debug)]
pub struct Sealing {
    sealer: PayloadSealer,
    len: u64,
    is_padded: bool,
}

impl Sealing {
    /// Begins a file: its header, and the header of the entity.
    ///
    /// # Errors
    /// [`LetterError::Field`] for a name, subject or type that cannot stand there.
    pub fn begin(
        entity: &Entity,
        key: &ScryptKey,
        setting: &ScryptSetting,
        rng: &mut impl CryptoRng,
        out: &mut Vec<u8>,
    ) -> Result<Self, LetterError> {
        let head = entity.encode()?;
        let file_key = FileKey::generate(rng);
        let header = Header::create(vec![key.wrap(&file_key, setting)?], &file_key)?;
        let nonce = PayloadNonce::generate(rng);
        out.extend_from_slice(header.as_bytes());
        out.extend_from_slice(nonce.as_bytes());
        let mut sealing = Self {
            sealer: PayloadSealer::new(PayloadKey::derive(&file_key, &nonce)),
            len: 0,
            is_padded: matches!(entity, Entity::Text { .. }),
        };
        sealing.push(head.as_bytes(), out)?;
        Ok(sealing)
    }

    /// Takes content: bytes of the file, or text whose lines end with CR LF and whose last line
    /// has no end.
    ///
    /// # Errors
    /// [`crate::age::AgeError::Encrypt`].
    pub fn push(&mut self, content: &[u8], out: &mut Vec<u8>) -> Result<(), LetterError> {
        let len = u64::try_from(content.len()).unwrap_or(u64::MAX);
        self.len = self.len.saturating_add(len);
        Ok(self.sealer.push(content, out)?)
    }

    /// Pads text and ends the file.
    ///
    /// # Errors
    /// [`crate::age::AgeError::Encrypt`].
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), LetterError> {
        if self.is_padded {
            let missing = padded_len(self.len).saturating_sub(self.len);
            let mut missing = usize::try_from(missing).unwrap_or(usize::MAX);
            let pad = [PAD; 4096];
            while missing > 0 {
                let part = pad.get(..missing).unwrap_or(&pad);
                self.sealer.push(part, out)?;
                missing = missing.saturating_sub(part.len());
            }
        }
        Ok(self.sealer.finish(out)?)
    }
}

/// Seals a text. Line ends after its last word are left out.
///
/// # Errors
/// [`LetterError::Field`] for a subject that is too long or holds control characters.
pub fn seal_text(
    subject: Option<&str>,
    text: &str,
    key: &ScryptKey,
    setting: &ScryptSetting,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, LetterError> {
    let entity = Entity::Text {
        subject: subject.map(str::to_owned),
    };
    let mut file = Vec::new();
    let mut sealing = Sealing::begin(&entity, key, setting, rng, &mut file)?;
    sealing.push(canonical(text).as_bytes(), &mut file)?;
    sealing.finish(&mut file)?;
    Ok(file)
}

/// Every line end as CR LF (RFC 2046 §4.1.1), none at the end.
fn canonical(text: &str) -> Zeroizing<String> {
    let text = text.trim_end_matches(['\r', '\n']);
    let mut lines = Zeroizing::new(String::with_capacity(text.len().saturating_mul(2)));
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '\r' => {
                rest.next_if_eq(&'\n');
                lines.push_str("\r\n");
            }
            '\n' => lines.push_str("\r\n"),
            other => lines.push(other),
        }
    }
    lines
}
