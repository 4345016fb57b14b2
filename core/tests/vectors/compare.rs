//! Comparing: digits, words and QR codes.

use serde_json::{Value, json};
use sotto_core::identity::{
    CardQr, Fingerprint, IdentityKey, IdentitySecret, SafetyCode, SafetyNumber, WordList,
};
use sotto_protocol::ErrorCode;

use super::{Case, Object, accepted, bytes, hex, refused};

fn key(input: &Object, name: &str) -> IdentityKey {
    IdentityKey::parse(&bytes(input, name)).unwrap()
}

pub(super) fn run(input: &Object) -> Result<Value, ErrorCode> {
    let own = key(input, "own");
    if input.contains_key("card") {
        let card = bytes(input, "card");
        if !input.contains_key("scanned") {
            return Ok(json!({ "qr": hex(CardQr::of(&own, &card).as_bytes()) }));
        }
        let checked = CardQr::check_scanned(&own, &card, &bytes(input, "scanned"));
        return checked.map(|()| json!({})).map_err(|error| error.code());
    }
    let their = key(input, "their");
    if input.contains_key("scanned") {
        let checked = SafetyCode::check_scanned(&own, &their, &bytes(input, "scanned"));
        return checked.map(|()| json!({})).map_err(|error| error.code());
    }
    let number = SafetyNumber::of(&own, &their);
    Ok(json!({
        "own_fingerprint": Fingerprint::of(&own).groups().join(" "),
        "number": number.groups().join(" "),
        "english": number.words(WordList::English).join(" "),
        "french": number.words(WordList::French).join(" "),
        "qr": hex(SafetyCode::shown(&own, &their).as_bytes()),
    }))
}

pub(super) fn cases() -> Vec<Case> {
    let key = |seed| IdentitySecret::from_seed(&[seed; 32]).public();
    let (alice, bob, carol) = (key(1), key(2), key(3));
    let pair = |own: &IdentityKey, their: &IdentityKey| json!({ "own": hex(own.as_bytes()), "their": hex(their.as_bytes()) });
    let scan = |scanned: &[u8]| {
        let mut input = pair(&alice, &bob);
        input["scanned"] = hex(scanned).into();
        input
    };
    let shown = *SafetyCode::shown(&bob, &alice).as_bytes();
    let flipped = |at: usize| {
        let mut flipped = shown;
        flipped[at] ^= 0x80;
        scan(&flipped)
    };
    let card = |scanned: Option<&[u8]>| {
        let mut input = json!({ "own": hex(alice.as_bytes()), "card": hex(b"card bytes") });
        if let Some(scanned) = scanned {
            input["scanned"] = hex(scanned).into();
        }
        input
    };
    let card_qr = *CardQr::of(&alice, b"card bytes").as_bytes();
    let other_qr = *CardQr::of(&alice, b"other bytes").as_bytes();
    let mismatch = |name: &str, input| refused(name, input, ErrorCode::CodeMismatch);
    vec![
        accepted("Alice and Bob", pair(&alice, &bob)),
        accepted("Bob and Alice", pair(&bob, &alice)),
        accepted("Alice and Carol", pair(&alice, &carol)),
        accepted("Bob's screen", scan(&shown)),
        mismatch(
            "own screen",
            scan(SafetyCode::shown(&alice, &bob).as_bytes()),
        ),
        mismatch(
            "Carol's screen",
            scan(SafetyCode::shown(&carol, &alice).as_bytes()),
        ),
        mismatch(
            "Bob compares with Carol",
            scan(SafetyCode::shown(&bob, &carol).as_bytes()),
        ),
        mismatch("flipped bit in the name", flipped(0)),
        mismatch("flipped bit in the first half", flipped(40)),
        mismatch("flipped bit in the last byte", flipped(72)),
        mismatch("cut", scan(&shown[..72])),
        mismatch("longer", scan(&[&shown[..], &[0]].concat())),
        accepted("card", card(None)),
        accepted("card scanned", card(Some(&card_qr))),
        mismatch("card of other bytes", card(Some(&other_qr))),
    ]
}
