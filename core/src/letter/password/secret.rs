//! What was typed as a password, and what is tried of it.

use core::fmt;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::age::Passphrase;
use crate::letter::LetterError;

/// Shortest password that seals, in characters. Anyone who has the letter can guess at leisure.
pub const MIN_PASSWORD_CHARS: usize = 10;
/// Longest password, in characters.
pub const MAX_PASSWORD_CHARS: usize = 256;

/// A password to seal with: normal form C, no white space around it. Wiped on drop.
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes what was typed. White space around it is left out: it does not survive being read
    /// out, and nobody sees it.
    ///
    /// # Errors
    /// [`LetterError::PasswordLength`]. How strong it is, is not judged here.
    pub fn parse(typed: &str) -> Result<Self, LetterError> {
        let text = normal(typed.trim());
        let len = text.chars().count();
        if (MIN_PASSWORD_CHARS..=MAX_PASSWORD_CHARS).contains(&len) {
            Ok(Self(text))
        } else {
            Err(LetterError::PasswordLength { len })
        }
    }

    /// The password as age knows it.
    #[must_use]
    pub fn into_passphrase(self) -> Passphrase {
        Passphrase::new(self.0)
    }

    /// What to try on opening, the likeliest first: as [`Self::parse`] would have it, and, where
    /// that is another text, exactly as typed, because other programs change nothing. Each costs
    /// a derivation; mostly it is one.
    #[must_use]
    pub fn candidates(typed: &str) -> Vec<Passphrase> {
        let typed = Zeroizing::new(typed.chars().take(MAX_PASSWORD_CHARS).collect::<String>());
        let ours = normal(typed.trim());
        let mut candidates = Vec::with_capacity(2);
        let is_same = *ours == *typed;
        if !ours.is_empty() {
            candidates.push(Passphrase::new(ours));
        }
        if !is_same && !typed.is_empty() {
            candidates.push(Passphrase::new(typed));
        }
        candidates
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

fn normal(text: &str) -> Zeroizing<String> {
    // Room for what normalisation may add: growing would leave copies behind.
    let mut normal = Zeroizing::new(String::with_capacity(text.len().saturating_mul(3)));
    normal.extend(text.nfc());
    normal
}
