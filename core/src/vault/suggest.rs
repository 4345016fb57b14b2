//! A passphrase for people who want none of their own.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::identity::WordList;

/// How many words are offered: 6 × 11 = 66 bits, before the cost of Argon2id.
pub const SUGGESTED_WORDS: usize = 6;

/// Draws six words of a list, joined by spaces.
#[must_use]
pub fn suggest_passphrase(list: WordList, rng: &mut impl CryptoRng) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(SUGGESTED_WORDS.saturating_mul(16)));
    for place in 0..SUGGESTED_WORDS {
        let mut bytes = [0; 2];
        rng.fill_bytes(&mut bytes);
        // 2,048 divides 65,536: every word is equally likely.
        let word = list.word(u16::from_be_bytes(bytes) % 2048);
        if place > 0 {
            text.push(' ');
        }
        text.push_str(&word.unwrap_or_default());
    }
    text
}
