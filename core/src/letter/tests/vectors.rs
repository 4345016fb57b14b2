//! `tests/vectors/letter.json` is what this writes, and opens as it says.
//!
//! `SOTTO_BLESS=1 cargo test -p sotto-core letter` writes the file anew.

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::cases::Cast;
use super::{Letter, LetterError, Opening, Person, open, split};
use crate::age::Passphrase;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/letter.json");

fn person(person: &Person) -> Value {
    json!({
        "identity": hex(person.secret.public().as_bytes()),
        "identity_seed": hex(&*person.secret.to_seed()),
        "recipient": person.key.recipient().to_string(),
        "recipient_secret": *person.key.to_secret_string(),
    })
}

fn proof(letter: &Letter) -> Value {
    let claims = &letter.proof.claims;
    json!({
        "sender": hex(claims.sender.as_bytes()),
        "letter_id": hex(&letter.proof.letter_id.0),
        "bare": letter.proof.bare,
        "sent_at": claims.sent_at.0,
        "kind": claims.kind.code(),
        "recipients": claims.recipient_count(),
        "card_revision": claims.card_revision,
        "card": claims.card.as_ref().map(|card| Base64::encode_string(card.as_bytes())),
        "name": claims.name,
        "content_type": claims.content_type,
        "reply_to": claims.reply_to.map(|id| hex(&id.0)),
        "content": Base64::encode_string(&letter.content),
    })
}

fn written() -> Value {
    let cast = Cast::new();
    let mut vectors = Vec::new();
    for (name, file) in cast.honest() {
        let (reader, title) = if name == "hybrid" {
            (&cast.dora, "dora")
        } else {
            (&cast.bob, "bob")
        };
        let letter = open(&file, reader).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        vectors.push(json!({
            "name": name, "reader": title, "expect": "opens",
            "letter": proof(&letter), "file": Base64::encode_string(&file),
        }));
    }
    for (name, file) in cast.unproved() {
        vectors.push(json!({
            "name": name, "reader": "bob", "expect": "no-sender-proof",
            "content": Base64::encode_string(&unproved(&file, &cast.bob)),
            "file": Base64::encode_string(&file),
        }));
    }
    for (name, error, file) in cast.wrong() {
        let refused = open(&file, &cast.bob).expect_err(name);
        assert!(
            format!("{refused:?}").starts_with(error),
            "{name}: {refused:?}"
        );
        vectors.push(json!({
            "name": name, "reader": "bob", "expect": "refused",
            "code": refused.code(), "error": format!("{refused:?}"),
            "file": Base64::encode_string(&file),
        }));
    }
    let people = json!({ "alice": person(&cast.alice), "bob": person(&cast.bob), "dora": person(&cast.dora) });
    json!({ "passphrase": "correct horse", "people": people, "vectors": vectors })
}

fn unproved(file: &[u8], reader: &Person) -> Zeroizing<Vec<u8>> {
    let (opening, payload) = split(file).unwrap();
    let Opening::Unproved(file) = &opening else {
        panic!("sealed")
    };
    let file_key = if file.is_password() {
        let passphrase = Passphrase::new(Zeroizing::new("correct horse".to_owned()));
        passphrase.unwrap(opening.header()).unwrap()
    } else {
        crate::age::unwrap(opening.header(), [&reader.key])
            .unwrap()
            .file_key
    };
    file.open(&file_key, payload).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One vector a line, so that a change shows as a line.
fn layout(value: &Value) -> String {
    let lines = |list: &Value| {
        let vectors: Vec<_> = list
            .as_array()
            .unwrap()
            .iter()
            .map(Value::to_string)
            .collect();
        vectors.join(",\n")
    };
    format!(
        "{{\n\"passphrase\": {},\n\"people\": {},\n\"vectors\": [\n{}\n]\n}}\n",
        value["passphrase"],
        value["people"],
        lines(&value["vectors"])
    )
}

#[test]
fn the_vectors_are_reproduced() {
    let ours = written();
    if std::env::var_os("SOTTO_BLESS").is_some() {
        std::fs::write(PATH, layout(&ours)).unwrap();
    }
    // Compared as values: the order of keys depends on a feature of serde_json that another crate
    // of the workspace may turn on.
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(PATH).unwrap()).unwrap();
    assert!(kept == ours, "set SOTTO_BLESS=1 and look");
}

#[test]
fn every_kind_of_refusal_has_a_vector() {
    let errors: Vec<_> = Cast::new()
        .wrong()
        .into_iter()
        .map(|(_, error, _)| error)
        .collect();
    for needed in [
        "Age",
        "SealShape",
        "NewerVersion",
        "SealTransplanted",
        "SealFraming",
        "Cbor",
        "Field",
        "SenderKey",
        "Signature",
        "EntryCount",
        "NotAddressed",
        "Card",
        "CardMismatch",
        "Length",
        "Padding",
        "Digest",
    ] {
        assert!(
            errors.iter().any(|error| error.starts_with(needed)),
            "{needed}"
        );
    }
}

#[test]
fn no_changed_byte_leaves_a_letter_that_opens() {
    let cast = Cast::new();
    let (_, file) = &cast.honest()[0];
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 1 << (at % 7);
        assert!(open(&changed, &cast.bob).is_err(), "byte {at}");
    }
}

#[test]
fn a_cut_letter_does_not_open() {
    let cast = Cast::new();
    let (_, file) = &cast.honest()[0];
    let (opening, payload) = split(file).unwrap();
    for len in 0..payload.len() {
        let key = crate::age::unwrap(opening.header(), [&cast.bob.key])
            .unwrap()
            .file_key;
        let (Opening::Sealed(letter), _) = split(file).unwrap() else {
            panic!()
        };
        let proved = letter
            .prove(&key, cast.bob.key.recipient(), &cast.bob.secret.public())
            .unwrap();
        let error = proved.open(&payload[..len]).unwrap_err();
        assert!(matches!(error, LetterError::Age(_)), "{error:?}");
    }
}
