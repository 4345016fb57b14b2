//! `tests/vectors/letter.json`, read from outside: every letter opens, or is refused, as it says.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding};
use serde::Deserialize;
use sotto_core::age::{Header, Identity, Limits, Passphrase, PayloadNonce, unwrap};
use sotto_core::identity::IdentityKey;
use sotto_core::letter::{Letter, LetterError, Opening};
use zeroize::Zeroizing;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    passphrase: String,
    people: BTreeMap<String, Person>,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    identity: String,
    #[serde(rename = "identity_seed")]
    _identity_seed: String,
    recipient: String,
    recipient_secret: String,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    reader: String,
    file: String,
    #[serde(flatten)]
    expected: Expected,
}

#[derive(Deserialize)]
#[serde(tag = "expect", rename_all = "kebab-case")]
enum Expected {
    Opens { letter: Opened },
    NoSenderProof { content: String },
    Refused { code: String, error: String },
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Opened {
    sender: String,
    letter_id: String,
    bare: bool,
    sent_at: u64,
    kind: u64,
    recipients: usize,
    card_revision: u64,
    card: Option<String>,
    name: Option<String>,
    content_type: Option<String>,
    reply_to: Option<String>,
    content: String,
}

impl From<Letter> for Opened {
    fn from(letter: Letter) -> Self {
        let claims = letter.proof.claims;
        Self {
            sender: hex(claims.sender.as_bytes()),
            letter_id: hex(&letter.proof.letter_id.0),
            bare: letter.proof.bare,
            sent_at: claims.sent_at.0,
            kind: claims.kind.code(),
            recipients: claims.recipient_count(),
            card_revision: claims.card_revision,
            card: claims
                .card
                .map(|card| Base64::encode_string(card.as_bytes())),
            name: claims.name,
            content_type: claims.content_type,
            reply_to: claims.reply_to.map(|id| hex(&id.0)),
            content: Base64::encode_string(&letter.content),
        }
    }
}

enum Outcome {
    Letter(Letter),
    NoSenderProof(Zeroizing<Vec<u8>>),
}

fn open(vector: &Vector, file: &File) -> Result<Outcome, LetterError> {
    let bytes = Base64::decode_vec(&vector.file).unwrap();
    let person = file.people.get(&vector.reader).unwrap();
    let identity: Identity = person.recipient_secret.parse().unwrap();
    assert_eq!(identity.recipient().to_string(), person.recipient);
    let own_id = IdentityKey::parse(&unhex(&person.identity)).unwrap();

    let header = Header::parse(&bytes, Limits::READING)?.unwrap();
    let rest = bytes.get(header.as_bytes().len()..).unwrap();
    let (nonce, payload) = rest.split_first_chunk().unwrap();
    let opening = Opening::new(header, PayloadNonce::from_bytes(*nonce))?;
    let key = if opening.header().is_password() {
        Passphrase::new(Zeroizing::new(file.passphrase.clone())).unwrap(opening.header())?
    } else {
        unwrap(opening.header(), [&identity])?.file_key
    };
    match opening {
        Opening::Unproved(plain) => Ok(Outcome::NoSenderProof(plain.open(&key, payload)?)),
        Opening::Sealed(letter) => {
            let proved = letter.prove(&key, identity.recipient(), &own_id)?;
            proved.open(payload).map(Outcome::Letter)
        }
    }
}

fn check(vector: &Vector, file: &File) {
    let name = &vector.name;
    match (open(vector, file), &vector.expected) {
        (Ok(Outcome::Letter(letter)), Expected::Opens { letter: expected }) => {
            assert_eq!(Opened::from(letter), *expected, "{name}");
        }
        (Ok(Outcome::NoSenderProof(content)), Expected::NoSenderProof { content: expected }) => {
            assert_eq!(Base64::encode_string(&content), *expected, "{name}");
        }
        (Err(refused), Expected::Refused { code, error }) => {
            assert_eq!(format!("{refused:?}"), *error, "{name}");
            assert_eq!(refused.code().as_str(), code, "{name}");
        }
        (outcome, _) => panic!("{name}: {:?}", outcome.err()),
    }
}

#[test]
fn letters_open_or_are_refused_as_written() {
    let file: File = serde_json::from_str(include_str!("../../tests/vectors/letter.json")).unwrap();
    assert!(file.vectors.len() >= 72);
    file.vectors.iter().for_each(|vector| check(vector, &file));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().collect();
    let byte = |pair: &[char]| u8::from_str_radix(&String::from_iter(pair), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}
