use sotto_core::age::armor::{self as armored, Label};
use sotto_core::age::{Header, HeaderParser, Limits, extract, line as line_form};
use sotto_core::cbor::{Fields, Value};
use sotto_core::identity::card::Card;

use crate::signed;

/// Armored blocks, strict and as found in text.
///
/// # Panics
/// On a finding.
pub fn armor(input: &[u8]) {
    for label in Label::ALL {
        if let Ok(bytes) = armored::decode(label, input) {
            let again = armored::encode(label, &bytes);
            assert_eq!(armored::decode(label, again.as_bytes()), Ok(bytes));
        }
    }
    if let Ok(text) = str::from_utf8(input) {
        assert!(
            extract::find(text).len() <= text.len(),
            "found more than there is"
        );
    }
}

/// The line form.
///
/// # Panics
/// On a finding.
pub fn line(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    if let Ok(file) = line_form::decode(text) {
        assert_eq!(line_form::encode(&file), text, "a line has one spelling");
    }
    assert!(
        extract::find(text).len() <= text.len(),
        "found more than there is"
    );
}

/// age headers: whole, and byte by byte.
///
/// # Panics
/// On a finding.
pub fn header(input: &[u8]) {
    let whole = Header::parse(input, Limits::READING);
    let mut parser = HeaderParser::new(Limits::READING);
    let mut pieces = Ok(None);
    for byte in input.chunks(1) {
        pieces = parser.push(byte);
        if !matches!(pieces, Ok(None)) {
            break;
        }
    }
    match (whole, pieces) {
        (Ok(Some(whole)), Ok(Some((pieces, _)))) => {
            assert_eq!(whole, pieces);
            assert!(input.starts_with(whole.as_bytes()));
        }
        (Ok(None), Ok(None)) => {}
        (Err(whole), Err(pieces)) => assert_eq!(whole, pieces),
        (whole, pieces) => assert!(whole.is_ok() == pieces.is_ok(), "{whole:?} {pieces:?}"),
    }
}

/// Deterministic CBOR.
///
/// # Panics
/// On a finding.
pub fn cbor(input: &[u8]) {
    let value = Value::parse(input);
    let fields = Fields::parse(input, 0..=127);
    assert!(value.is_ok() || fields.is_err(), "no map without an item");
    if let Ok(value) = value {
        let mut again = Vec::new();
        write(&value, &mut again);
        assert_eq!(again, input, "an item has one encoding");
    }
}

/// Writes an item as RFC 8949 §4.2.1 says, independent of the core's writer.
fn write(value: &Value<'_>, out: &mut Vec<u8>) {
    let len = |len: usize| u64::try_from(len).unwrap_or(u64::MAX);
    match value {
        Value::Uint(number) => head(0, *number, out),
        Value::Negative(number) => head(1, *number, out),
        Value::Bytes(bytes) => {
            head(2, len(bytes.len()), out);
            out.extend(*bytes);
        }
        Value::Text(text) => {
            head(3, len(text.len()), out);
            out.extend(text.as_bytes());
        }
        Value::Array(items) => {
            head(4, len(items.len()), out);
            items.iter().for_each(|item| write(item, out));
        }
        Value::Map(entries) => {
            head(5, len(entries.len()), out);
            for (key, item) in entries {
                head(0, *key, out);
                write(item, out);
            }
        }
        Value::Bool(value) => out.push(if *value { 0xf5 } else { 0xf4 }),
        Value::Null => out.push(0xf6),
    }
}

fn head(major: u8, argument: u64, out: &mut Vec<u8>) {
    let bytes = argument.to_be_bytes();
    let (additional, skipped) = match argument {
        0..24 => (argument, 8),
        24..0x100 => (24, 7),
        0x100..0x1_0000 => (25, 6),
        0x1_0000..0x1_0000_0000 => (26, 4),
        _ => (27, 0),
    };
    out.push((major << 5) | u8::try_from(additional).unwrap_or(u8::MAX));
    out.extend(bytes.iter().skip(skipped));
}

/// Contact cards: as received, and signed by the identity that they name.
///
/// # Panics
/// On a finding.
pub fn card(input: &[u8]) {
    read_card(input);
    let tbs = signed::with_sender(input);
    if let Some(signature) = signed::sign_card(&tbs) {
        let len = u16::try_from(tbs.len()).unwrap_or(u16::MAX);
        read_card(&[&len.to_be_bytes()[..], &tbs, &signature].concat());
    }
}

fn read_card(bytes: &[u8]) {
    if let Ok(card) = Card::parse(bytes) {
        assert_eq!(card.as_bytes(), bytes, "a card is kept as received");
        assert!(
            card.content().to_tbs().is_ok(),
            "what is read can be written"
        );
        assert_eq!(Card::parse_armor(&card.to_armor()), Ok(card));
    }
}
