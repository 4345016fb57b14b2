//! What two people compare: sixty digits, eight words or a QR code (docs/protocol.md, Comparing).

use core::fmt;

use sha2::{Digest, Sha256, Sha512};
use sotto_protocol::ErrorCode;

use super::{IdentityKey, WordList};
use crate::label;

/// SHA-512 of an identity key under its own label.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 64]);

impl Fingerprint {
    /// The fingerprint of an identity key.
    #[must_use]
    pub fn of(key: &IdentityKey) -> Self {
        let hash = Sha512::new()
            .chain_update(label::SAFETY)
            .chain_update(key.as_bytes());
        Self(hash.finalize().into())
    }

    /// The first half of the bytes, as QR codes carry it.
    #[must_use]
    pub fn short(&self) -> [u8; 32] {
        let mut short = [0; 32];
        short
            .iter_mut()
            .zip(self.0)
            .for_each(|(to, from)| *to = from);
        short
    }

    /// Six groups of five digits, about 100 bits: what a person may print on a card.
    #[must_use]
    pub fn groups(&self) -> [String; 6] {
        let (fives, _) = self.0.as_chunks::<5>();
        let mut groups = fives.iter().map(|five| {
            let number = five
                .iter()
                .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
            format!("{:05}", number % 100_000)
        });
        core::array::from_fn(|_| groups.next().unwrap_or_default())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({})", self.groups().join(" "))
    }
}

/// What both sides see: the same whoever computes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafetyNumber {
    groups: [String; 12],
    words_index: [u16; 8],
}

impl SafetyNumber {
    /// The number of a pair, in either order.
    #[must_use]
    pub fn of(one: &IdentityKey, other: &IdentityKey) -> Self {
        let mut halves = [one, other].map(|key| Fingerprint::of(key).groups());
        // Groups have equal lengths: their order is that of the digits joined.
        halves.sort();
        let [smaller, greater] = halves;
        let mut groups = smaller.into_iter().chain(greater);
        Self {
            groups: core::array::from_fn(|_| groups.next().unwrap_or_default()),
            words_index: words_index(one, other),
        }
    }

    /// Twelve groups of five digits; shown in three rows of four.
    #[must_use]
    pub const fn groups(&self) -> &[String; 12] {
        &self.groups
    }

    /// Eight words of a list, 88 bits, read on a phone in twenty seconds.
    #[must_use]
    pub fn words(&self, list: WordList) -> [String; 8] {
        self.words_index
            .map(|index| list.word(index).unwrap_or_default())
    }
}

/// The first 88 bits of the pair's hash as eight numbers of 11 bits.
fn words_index(one: &IdentityKey, other: &IdentityKey) -> [u16; 8] {
    let (smaller, greater) = if one <= other {
        (one, other)
    } else {
        (other, one)
    };
    let hash = Sha512::new()
        .chain_update(label::WORDS)
        .chain_update(smaller.as_bytes());
    let hash = hash.chain_update(greater.as_bytes()).finalize();
    let bits = hash
        .iter()
        .take(11)
        .fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
    let mut shifts = (0..8_u32).rev().map(|place| place.saturating_mul(11));
    core::array::from_fn(|_| {
        let word = (bits >> shifts.next().unwrap_or(0)) & 0x7ff;
        u16::try_from(word).unwrap_or(0)
    })
}

/// A scanned code is not of this pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("scanned code is not of this pair")]
pub struct CodeMismatch;

impl CodeMismatch {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        ErrorCode::CodeMismatch
    }
}

/// The QR code of a pair, different on each side: `"SOTTO-SN1" ‖ own ‖ their`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SafetyCode([u8; 73]);

impl SafetyCode {
    /// The code that `own`'s screen shows.
    #[must_use]
    pub fn shown(own: &IdentityKey, their: &IdentityKey) -> Self {
        let keys = [own, their].map(|key| Fingerprint::of(key).short());
        Self(joined(b"SOTTO-SN1", &keys))
    }

    /// The bytes of the QR code.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 73] {
        &self.0
    }

    /// Checks, crosswise and in full, what was scanned from their screen.
    ///
    /// # Errors
    /// [`CodeMismatch`].
    pub fn check_scanned(
        own: &IdentityKey,
        their: &IdentityKey,
        scanned: &[u8],
    ) -> Result<(), CodeMismatch> {
        let expected = Self::shown(their, own);
        if scanned == expected.0 {
            Ok(())
        } else {
            Err(CodeMismatch)
        }
    }
}

/// The QR code of a card, which verifies it and does not carry it: `"SOTTO-F1" ‖ own ‖ digest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardQr([u8; 72]);

impl CardQr {
    /// The code for a card's bytes.
    #[must_use]
    pub fn of(key: &IdentityKey, card: &[u8]) -> Self {
        let halves = [Fingerprint::of(key).short(), Sha256::digest(card).into()];
        Self(joined(b"SOTTO-F1", &halves))
    }

    /// The bytes of the QR code.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 72] {
        &self.0
    }

    /// Checks what was scanned against the card that is at hand.
    ///
    /// # Errors
    /// [`CodeMismatch`].
    pub fn check_scanned(
        key: &IdentityKey,
        card: &[u8],
        scanned: &[u8],
    ) -> Result<(), CodeMismatch> {
        if scanned == Self::of(key, card).0 {
            Ok(())
        } else {
            Err(CodeMismatch)
        }
    }
}

fn joined<const N: usize>(prefix: &[u8], halves: &[[u8; 32]; 2]) -> [u8; N] {
    let mut bytes = [0; N];
    let parts = prefix.iter().chain(halves.as_flattened());
    bytes
        .iter_mut()
        .zip(parts)
        .for_each(|(to, from)| *to = *from);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::IdentitySecret;

    fn key(seed: u8) -> IdentityKey {
        IdentitySecret::from_seed(&[seed; 32]).public()
    }

    #[test]
    fn both_sides_see_the_same() {
        let (ours, theirs) = (key(1), key(2));
        let number = SafetyNumber::of(&ours, &theirs);
        assert_eq!(number, SafetyNumber::of(&theirs, &ours));
        assert!(number.groups()[..6].concat() < number.groups()[6..].concat());
        assert_ne!(number, SafetyNumber::of(&ours, &key(3)));
        assert_ne!(
            number.words(WordList::English),
            number.words(WordList::French)
        );
    }

    #[test]
    fn a_code_is_read_crosswise() {
        let (ours, theirs) = (key(1), key(2));
        let on_their_screen = SafetyCode::shown(&theirs, &ours);
        let check = |scanned: &[u8]| SafetyCode::check_scanned(&ours, &theirs, scanned);
        assert_eq!(check(on_their_screen.as_bytes()), Ok(()));
        assert_eq!(
            check(SafetyCode::shown(&ours, &theirs).as_bytes()),
            Err(CodeMismatch)
        );
        for at in 0..73 {
            let mut flipped = *on_their_screen.as_bytes();
            flipped[at] ^= 1;
            assert_eq!(check(&flipped), Err(CodeMismatch));
        }
        assert_eq!(check(&on_their_screen.as_bytes()[..72]), Err(CodeMismatch));
    }

    #[test]
    fn a_card_code_fits_one_card() {
        let code = CardQr::of(&key(1), b"card");
        assert_eq!(
            CardQr::check_scanned(&key(1), b"card", code.as_bytes()),
            Ok(())
        );
        assert!(CardQr::check_scanned(&key(1), b"other", code.as_bytes()).is_err());
        assert!(CardQr::check_scanned(&key(2), b"card", code.as_bytes()).is_err());
    }
}
