//! Recovery words: the seed as 24 words of a BIP39 list.
//!
//! The words encode the 32 bytes themselves as BIP39 entropy, checksum included; BIP39's PBKDF2
//! step is not used (docs/protocol.md, Keys).

use core::fmt;

use bip39::{Language, Mnemonic};
use sotto_protocol::ErrorCode;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use zeroize::Zeroizing;

use super::Seed;

/// How many words encode a seed.
pub const WORD_COUNT: usize = 24;

/// A word list of 2,048 words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordList {
    /// The English list of BIP39.
    English,
    /// The French list of BIP39.
    French,
}

impl WordList {
    /// Every list, in the order in which words are looked up.
    pub const ALL: [Self; 2] = [Self::English, Self::French];

    const fn language(self) -> Language {
        match self {
            Self::English => Language::English,
            Self::French => Language::French,
        }
    }

    /// The words, in the order of the list, in Unicode normal form KC.
    #[must_use]
    pub fn word(self, index: u16) -> Option<String> {
        let words = self.language().word_list();
        // The lists are in NFKD; on screen and paper letters are composed.
        words
            .get(usize::from(index))
            .map(|word| word.nfkc().collect())
    }

    /// Where a word of [`plain`] letters stands. No two words of a list differ by accents alone.
    fn find(self, typed: &str) -> Option<usize> {
        let words = self.language().word_list();
        // The lists are in lower case and NFKD: only the accents are left to drop.
        let bare = |word: &'static str| word.chars().filter(|letter| !is_combining_mark(*letter));
        words.iter().position(|word| bare(word).eq(typed.chars()))
    }
}

/// Lower case, compatibility-decomposed, without accents: what a person may type for a word.
fn plain(word: &str) -> String {
    let letters = word.nfkd().filter(|letter| !is_combining_mark(*letter));
    letters.flat_map(char::to_lowercase).collect()
}

/// Why words are no seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// Not 24 words.
    #[error("{count} words instead of 24")]
    Count {
        /// How many were found.
        count: usize,
    },
    /// A word is in no list that knows most of the others.
    #[error("word {index} is not in the list")]
    Unknown {
        /// Its place, from 0.
        index: usize,
    },
    /// Every word is known, but they do not fit together.
    #[error("the words do not fit together")]
    Checksum,
}

impl WordsError {
    /// The code under which the failure leaves the crate.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Count { .. } => ErrorCode::WordsCount,
            Self::Unknown { .. } => ErrorCode::WordsUnknown,
            Self::Checksum => ErrorCode::WordsChecksum,
        }
    }

    /// The log-safe number that goes with the code.
    #[must_use]
    pub fn detail(&self) -> Option<u32> {
        match self {
            Self::Count { count } => u32::try_from(*count).ok(),
            Self::Unknown { index } => u32::try_from(*index).ok(),
            Self::Checksum => None,
        }
    }
}

/// A seed as words.
pub struct RecoveryWords {
    list: WordList,
    entropy: Zeroizing<[u8; Seed::LEN]>,
}

impl RecoveryWords {
    /// The words of a seed.
    #[must_use]
    pub fn of_seed(seed: &Seed, list: WordList) -> Self {
        let entropy = seed.expose().clone();
        Self { list, entropy }
    }

    /// Reads words as people type or paste them: any case and spacing, numbered or not, with or
    /// without accents. The list is the one that knows most of the words.
    ///
    /// # Errors
    /// [`WordsError`].
    pub fn parse(text: &str) -> Result<Self, WordsError> {
        let typed: Vec<_> = text
            .split(|letter: char| !letter.is_alphabetic() && !is_combining_mark(letter))
            .filter(|word| !word.is_empty())
            .map(|word| Zeroizing::new(plain(word)))
            .collect();
        if typed.len() != WORD_COUNT {
            let count = typed.len();
            return Err(WordsError::Count { count });
        }
        let known = |list: &WordList| typed.iter().filter_map(|word| list.find(word)).count();
        let mut lists = WordList::ALL;
        // Stable: where both know as many words, English is tried first.
        lists.sort_by_key(|list| core::cmp::Reverse(known(list)));
        let [first, second] = lists.map(|list| Self::from_plain(list, &typed));
        // The lists share a hundred words: the checksum decides where both know them all.
        first.or_else(|error| second.map_err(|_| error))
    }

    fn from_plain(list: WordList, typed: &[Zeroizing<String>]) -> Result<Self, WordsError> {
        let words = list.language().word_list();
        let mut mnemonic = Zeroizing::new(String::with_capacity(WORD_COUNT.saturating_mul(18)));
        for (index, word) in typed.iter().enumerate() {
            let found = list.find(word).and_then(|at| words.get(at));
            mnemonic.push_str(found.ok_or(WordsError::Unknown { index })?);
            mnemonic.push(' ');
        }
        let mnemonic = Mnemonic::parse_in_normalized(list.language(), &mnemonic);
        let mnemonic = mnemonic.map_err(|_| WordsError::Checksum)?;
        let (bytes, _) = Zeroizing::new(mnemonic).to_entropy_array();
        let bytes = Zeroizing::new(bytes);
        let mut entropy = Zeroizing::new([0; Seed::LEN]);
        entropy
            .iter_mut()
            .zip(bytes.iter())
            .for_each(|(to, from)| *to = *from);
        Ok(Self { list, entropy })
    }

    /// The seed they encode.
    #[must_use]
    pub fn seed(&self) -> Seed {
        Seed::from_bytes(self.entropy.clone())
    }

    /// The list they are from.
    #[must_use]
    pub const fn list(&self) -> WordList {
        self.list
    }

    /// The 24 words, to be shown to the person and nowhere else.
    #[must_use]
    pub fn words(&self) -> Vec<Zeroizing<String>> {
        let mnemonic = Mnemonic::from_entropy_in(self.list.language(), self.entropy.as_ref());
        let words = mnemonic.map(Zeroizing::new);
        let shown = |word: &str| Zeroizing::new(word.nfkc().collect());
        words.map_or_else(|_| Vec::new(), |words| words.words().map(shown).collect())
    }

    /// Whether `typed` is the word at `index`, from 0: the check that the kit was written down.
    #[must_use]
    pub fn is_word(&self, index: usize, typed: &str) -> bool {
        let words = self.words();
        words
            .get(index)
            .is_some_and(|word| plain(word) == plain(typed.trim()))
    }
}

impl fmt::Debug for RecoveryWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryWords(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seed(bytes: [u8; 32]) -> Seed {
        Seed::from_bytes(Zeroizing::new(bytes))
    }

    fn text(words: &RecoveryWords) -> String {
        words
            .words()
            .iter()
            .map(|word| word.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn lists_have_no_words_that_differ_by_accents_alone() {
        for list in WordList::ALL {
            let words = list.language().word_list();
            let distinct: std::collections::HashSet<_> = words.iter().map(|w| plain(w)).collect();
            assert_eq!(distinct.len(), 2048, "{list:?}");
        }
    }

    #[test]
    fn a_word_out_of_place_is_named() {
        let words = RecoveryWords::of_seed(&seed([9; 32]), WordList::English);
        let mut typed: Vec<_> = words.words().iter().map(|word| word.to_string()).collect();
        typed[4] = "sotto".to_owned();
        let refused = RecoveryWords::parse(&typed.join(" ")).unwrap_err();
        assert_eq!(refused, WordsError::Unknown { index: 4 });
        typed.pop();
        let refused = RecoveryWords::parse(&typed.join(" ")).unwrap_err();
        assert_eq!(refused, WordsError::Count { count: 23 });
    }

    #[test]
    fn exchanged_words_do_not_fit() {
        let mut typed = RecoveryWords::of_seed(&seed([9; 32]), WordList::English).words();
        let word = WordList::English.word(3).unwrap();
        typed[0] = Zeroizing::new(word);
        let typed: Vec<_> = typed.iter().map(|word| word.as_str()).collect();
        assert_eq!(
            RecoveryWords::parse(&typed.join(" ")).unwrap_err(),
            WordsError::Checksum
        );
    }

    #[test]
    fn words_are_read_as_people_write_them() {
        let words = RecoveryWords::of_seed(&seed([201; 32]), WordList::French);
        let numbered: String = (words.words().iter().enumerate())
            .map(|(index, word)| format!("{}.\u{a0}{}\r\n", index + 1, word.to_uppercase()))
            .collect();
        assert_eq!(*RecoveryWords::parse(&numbered).unwrap().entropy, [201; 32]);
        let decomposed: String = text(&words).nfkd().collect();
        assert_eq!(
            *RecoveryWords::parse(&decomposed).unwrap().entropy,
            [201; 32]
        );
        let bare = plain(&text(&words));
        assert_eq!(*RecoveryWords::parse(&bare).unwrap().entropy, [201; 32]);
        assert!(words.is_word(7, &format!(" {} ", words.words()[7].to_uppercase())));
        assert!(!words.is_word(24, "abandon"));
    }

    proptest! {
        #[test]
        fn every_seed_survives_its_words(bytes in any::<[u8; 32]>()) {
            for list in WordList::ALL {
                let words = RecoveryWords::of_seed(&seed(bytes), list);
                let again = RecoveryWords::parse(&text(&words)).unwrap();
                prop_assert_eq!(*again.entropy, bytes);
            }
        }
    }
}
