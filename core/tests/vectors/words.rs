//! Recovery words.

use serde_json::{Value, json};
use sotto_core::custody::Custodian;
use sotto_core::identity::{Keyring, RecoveryWords, Seed, WordList};
use sotto_protocol::ErrorCode;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::{Case, Object, accepted, array, hex, refused, text};

/// Words do not give their seed away; the identity key shows which seed it is.
fn identity(seed: &Seed) -> String {
    let custodian = Custodian::new(Keyring::derive(seed).unwrap());
    hex(custodian.public_keys().unwrap().identity.0)
}

fn join(words: &RecoveryWords) -> String {
    words
        .words()
        .iter()
        .map(|word| word.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

pub(super) fn run(input: &Object) -> Result<Value, ErrorCode> {
    if input.contains_key("seed") {
        let seed = Seed::from_bytes(Zeroizing::new(array(input, "seed")));
        let words = |list| join(&RecoveryWords::of_seed(&seed, list));
        let (english, french) = (words(WordList::English), words(WordList::French));
        return Ok(json!({ "english": english, "french": french, "identity": identity(&seed) }));
    }
    let words = RecoveryWords::parse(text(input, "words")).map_err(|error| error.code())?;
    Ok(json!({ "list": format!("{:?}", words.list()), "identity": identity(&words.seed()) }))
}

pub(super) fn cases() -> Vec<Case> {
    let of_seed = |name: &str, seed: [u8; 32]| accepted(name, json!({ "seed": hex(seed) }));
    let read = |name: &str, words: String| accepted(name, json!({ "words": words }));
    let no = |name: &str, words: String, code| refused(name, json!({ "words": words }), code);
    let (abandon, art) = ("abandon ".repeat(23), "art");
    let seed = Seed::from_bytes(Zeroizing::new([201; 32]));
    let french = join(&RecoveryWords::of_seed(&seed, WordList::French));
    let bare = french.nfd().filter(char::is_ascii).collect();
    vec![
        // The first three are of the BIP39 test vectors, by Trezor.
        of_seed("zeros", [0; 32]),
        of_seed("0x7f", [0x7f; 32]),
        of_seed("0xff", [0xff; 32]),
        of_seed("counting", core::array::from_fn(|at| at as u8)),
        read("as shown", format!("{abandon}{art}")),
        read(
            "any case and spacing",
            format!("\n{}\t{}  ", abandon.to_uppercase(), "Art"),
        ),
        read(
            "numbered",
            (1..24)
                .map(|n| format!("{n}. abandon\n"))
                .collect::<String>()
                + "24. art",
        ),
        read("French", french),
        read("French without accents", bare),
        no("23 words", abandon.clone(), ErrorCode::WordsCount),
        no(
            "25 words",
            format!("{abandon}{art} {art}"),
            ErrorCode::WordsCount,
        ),
        no("nothing", String::new(), ErrorCode::WordsCount),
        no(
            "unknown word",
            format!("{abandon}arrt"),
            ErrorCode::WordsUnknown,
        ),
        no(
            "wrong checksum",
            format!("{abandon}abandon"),
            ErrorCode::WordsChecksum,
        ),
        no(
            "two lists mixed",
            "zoo ".repeat(23) + "abaisser",
            ErrorCode::WordsUnknown,
        ),
    ]
}
