//! `tests/vectors/readers.json`: the people of `letter.json` as a browser has them, database and
//! session, so that a reader that is not Rust can open the letters through the binding.
//!
//! `SOTTO_BLESS=1 cargo test -p sotto-core --lib readers` writes the file anew.

use base64ct::{Base64, Encoding};
use serde_json::{Map, Value, json};
use sotto_protocol::desk::DeskRequest;

use super::person::Person;
use crate::age::Identity;
use crate::app::first_run::sign_card;
use crate::cbor::{ArrayWriter, MapWriter};
use crate::custody::Custodian;
use crate::identity::Keyring;

const LETTERS: &str = include_str!("../../../../tests/vectors/letter.json");
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/readers.json");

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// A keyring of an identity and one recipient key that no seed gives.
fn keyring(person: &Value) -> Keyring {
    let field = |name: &str| person[name].as_str().unwrap();
    let recipient: Identity = field("recipient_secret").parse().unwrap();
    let row = |kind: u64, secret: &[u8]| {
        let row = ArrayWriter::new().uint(kind).bytes(secret);
        row.uint(2).uint(0).uint(0)
    };
    let kind = u64::from(recipient.recipient().kind().code());
    let rows = ArrayWriter::new()
        .array(&row(0, &unhex(field("identity_seed"))))
        .array(&row(kind, recipient.expose().as_slice()));
    Keyring::decode(&MapWriter::new().array(1, &rows).finish()).unwrap()
}

/// A person made as every other, whose keys are exchanged for those of the vectors.
fn reader(name: &str, person: &Value, seed: u64) -> Person {
    let mut reader = Person::create(seed, name, &format!("{name}@mail.example"));
    reader.restarts = false;
    reader.restart();
    let now = reader.now;
    let desk = reader.app.desk.as_mut().unwrap();
    desk.custodian = Custodian::new(keyring(person));
    desk.own = keyring(person).identity_key();
    desk.is_keyring_touched = true;
    let mut content = desk.profile().unwrap().card.content().clone();
    content.identity = desk.own;
    content.recipients = desk.own_recipients().unwrap();
    let card = sign_card(&desk.custodian, &content, now).unwrap();
    desk.edit_profile().unwrap().card = card;
    reader.ask(DeskRequest::Drafts {});
    reader
}

fn written() -> Value {
    let letters: Value = serde_json::from_str(LETTERS).unwrap();
    let people = letters["people"].as_object().unwrap();
    let readers = people.iter().zip(100..).map(|((name, person), seed)| {
        let reader = reader(name, person, seed);
        let rows = reader.rows.iter().map(|((table, key), value)| {
            json!({
                "table": table,
                "key": Base64::encode_string(key),
                "value": Base64::encode_string(value),
            })
        });
        let rows: Vec<_> = rows.collect();
        (
            name.clone(),
            json!({ "rows": rows, "session": reader.session }),
        )
    });
    Value::Object(readers.collect::<Map<_, _>>())
}

#[test]
fn the_readers_are_what_this_writes() {
    let written = written();
    if std::env::var_os("SOTTO_BLESS").is_some() {
        let text = serde_json::to_string_pretty(&written).unwrap();
        std::fs::write(PATH, text + "\n").unwrap();
    }
    let stored: Value = serde_json::from_str(&std::fs::read_to_string(PATH).unwrap()).unwrap();
    assert!(stored == written, "see the head of this file");
}
