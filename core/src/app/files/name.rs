//! File names: what a sender wrote is an attacker's, and what leaves tells nothing by default.

use sha2::{Digest, Sha256};

use crate::age::PayloadNonce;
use crate::identity::WordList;

/// Longest name that is saved, in bytes: every file system takes it, with room for an ending.
const MAX_SAVED_LEN: usize = 200;
/// Longest ending that is kept when a name is cut.
const MAX_ENDING_LEN: usize = 16;

/// A word for a file, from its payload nonce: the same for those who seal it and those who open
/// it, whatever the file is called in between.
pub(super) fn word_of(nonce: &PayloadNonce) -> String {
    let digest = Sha256::digest(nonce.as_bytes());
    let [high, low, ..] = digest.0;
    let index = u16::from_be_bytes([high, low]) & 0x07ff;
    WordList::English.word(index).unwrap_or_default()
}

/// A name that is safe to show and to save: no path, no control or direction characters, nothing
/// that a system hides or reserves, at most 200 bytes with its ending kept.
pub(super) fn safe_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|letter| !is_hidden(*letter)).collect();
    let plain: String = plain
        .chars()
        .map(|letter| if is_reserved(letter) { '_' } else { letter })
        .collect();
    let plain = plain
        .trim()
        .trim_start_matches('.')
        .trim_end_matches(['.', ' ']);
    if plain.is_empty() {
        return None;
    }
    let short = shortened(plain, MAX_SAVED_LEN);
    Some(if is_device(&short) {
        format!("_{short}")
    } else {
        short
    })
}

/// As [`safe_name`], with something to show where nothing is left.
pub(super) fn shown_name(name: &str) -> String {
    safe_name(name).unwrap_or_else(|| "file".to_owned())
}

/// A file name for the seal: without a path, at most `max_len` bytes.
pub(super) fn signed_name(name: &str, max_len: usize) -> Option<String> {
    safe_name(name).map(|name| shortened(&name, max_len))
}

/// Control characters, and those that change the direction of text or show nothing: with them
/// `exe.fdp` reads `pdf.exe` the other way round (Unicode TR 36, §2.10).
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// What Windows does not take in a name.
fn is_reserved(letter: char) -> bool {
    matches!(letter, '<' | '>' | ':' | '"' | '|' | '?' | '*')
}

/// Names of devices on Windows, with any ending.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_uppercase();
    let numbered = |prefix: &str| {
        let rest = stem.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

/// Cuts the middle: the ending says what a file is.
fn shortened(name: &str, max_len: usize) -> String {
    if name.len() <= max_len {
        return name.to_owned();
    }
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let ending = if ending.is_empty() || ending.len() > MAX_ENDING_LEN {
        String::new()
    } else {
        format!(".{ending}")
    };
    let room = max_len
        .saturating_sub(ending.len())
        .saturating_sub('…'.len_utf8());
    let mut head = String::new();
    for letter in stem.chars() {
        if head.len().saturating_add(letter.len_utf8()) > room {
            break;
        }
        head.push(letter);
    }
    format!("{head}…{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_become_harmless() {
        let cases = [
            ("contract.pdf", "contract.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\evil.exe", "evil.exe"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("a\u{200b}b\u{0000}\u{0007}.txt", "ab.txt"),
            (".bashrc", "bashrc"),
            ("trailing. . ", "trailing"),
            ("nul.txt", "_nul.txt"),
            ("COM1", "_COM1"),
            ("what?<>.txt", "what___.txt"),
            ("été 🐟.txt", "été 🐟.txt"),
        ];
        for (hostile, safe) in cases {
            assert_eq!(safe_name(hostile).as_deref(), Some(safe), "{hostile:?}");
        }
        for nothing in ["", ".", "..", "/", "a/", "\u{202e}", " . "] {
            assert_eq!(safe_name(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn five_thousand_characters_are_cut_and_keep_their_ending() {
        let name = safe_name(&format!("{}.pdf", "é".repeat(5_000))).unwrap();
        assert!(name.len() <= MAX_SAVED_LEN, "{}", name.len());
        assert!(name.ends_with("….pdf"));
        let bare = safe_name(&"x".repeat(5_000)).unwrap();
        assert!(bare.len() <= MAX_SAVED_LEN);
    }

    #[test]
    fn the_word_is_of_the_nonce_alone() {
        let nonce = PayloadNonce::from_bytes([5; 16]);
        assert_eq!(word_of(&nonce), word_of(&nonce));
        assert!(!word_of(&nonce).is_empty());
    }
}
