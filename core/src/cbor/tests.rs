use proptest::prelude::*;

use super::*;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

fn refusal(text: &str) -> CborError {
    Value::parse(&hex(text)).unwrap_err()
}

#[test]
fn every_head_has_one_width() {
    for (number, bytes) in [
        (0, "00"),
        (23, "17"),
        (24, "1818"),
        (255, "18ff"),
        (256, "190100"),
        (65_535, "19ffff"),
        (65_536, "1a00010000"),
        (4_294_967_295, "1affffffff"),
        (4_294_967_296, "1b0000000100000000"),
        (u64::MAX, "1bffffffffffffffff"),
    ] {
        assert_eq!(ArrayWriter::new().uint(number).finish()[1..], hex(bytes));
        assert_eq!(Value::parse(&hex(bytes)), Ok(Value::Uint(number)));
    }
}

#[test]
fn longer_heads_are_refused() {
    for bytes in [
        "1817",
        "1900ff",
        "1a0000ffff",
        "1b00000000ffffffff",
        "5817",
        "b90001 01 01",
    ] {
        assert_eq!(
            refusal(bytes),
            CborError::NotShortest { offset: 0 },
            "{bytes}"
        );
    }
}

#[test]
fn what_the_profile_leaves_out_is_refused() {
    for bytes in ["5f4101ff", "9f01ff", "bf0101ff", "7f6161ff", "ff"] {
        assert_eq!(
            refusal(bytes),
            CborError::Indefinite { offset: 0 },
            "{bytes}"
        );
    }
    for bytes in [
        "c001",
        "f90000",
        "fa00000000",
        "fb0000000000000000",
        "f7",
        "f820",
        "e0",
        "1c",
    ] {
        assert_eq!(
            refusal(bytes),
            CborError::Forbidden { offset: 0 },
            "{bytes}"
        );
    }
}

#[test]
fn keys_are_ascending_unsigned_integers_each_once() {
    assert_eq!(refusal("a2 0201 0101"), CborError::KeyOrder { offset: 3 });
    assert_eq!(refusal("a2 0101 0101"), CborError::KeyOrder { offset: 3 });
    assert_eq!(refusal("a1 6161 01"), CborError::KeyType { offset: 1 });
    assert_eq!(refusal("a1 20 01"), CborError::KeyType { offset: 1 });
}

#[test]
fn a_cut_or_longer_input_is_refused() {
    assert_eq!(refusal(""), CborError::Truncated { offset: 0 });
    assert_eq!(refusal("4301"), CborError::Truncated { offset: 0 });
    assert_eq!(refusal("82 01"), CborError::Truncated { offset: 2 });
    assert_eq!(
        refusal("9bffffffffffffffff"),
        CborError::Truncated { offset: 9 }
    );
    assert_eq!(refusal("0100"), CborError::Trailing { offset: 1 });
    assert_eq!(refusal("61ff"), CborError::NotUtf8 { offset: 0 });
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| [vec![0x81; depth], vec![0x01]].concat();
    assert!(Value::parse(&nested(MAX_DEPTH)).is_ok());
    let refused = Value::parse(&nested(MAX_DEPTH + 1)).unwrap_err();
    assert_eq!(
        refused,
        CborError::TooDeep {
            offset: MAX_DEPTH + 1
        }
    );
    assert!(Value::parse(&nested(100_000)).is_err());
}

#[test]
fn unknown_keys_below_128_are_a_newer_version() {
    let with = |key| MapWriter::new().uint(1, 1).uint(key, 1).finish();
    for key in [0, 2, 127] {
        let refused = Fields::parse(&with(key), 1..=1).unwrap_err();
        assert_eq!(refused, CborError::NewerVersion { key });
    }
    for key in [128, u64::MAX] {
        let bytes = with(key);
        let mut fields = Fields::parse(&bytes, 1..=1).unwrap();
        assert_eq!(fields.require(1).unwrap().uint(), Ok(1));
    }
}

#[test]
fn errors_name_the_key() {
    let bytes = MapWriter::new()
        .bytes(1, &[7; 3])
        .text(2, "four")
        .bool(3, true)
        .finish();
    let mut fields = Fields::parse(&bytes, 1..=4).unwrap();
    let first = fields.require(1).unwrap();
    assert_eq!(first.array::<3>(), Ok([7; 3]));
    assert_eq!(first.array::<4>(), Err(CborError::Range { key: 1 }));
    assert_eq!(first.uint(), Err(CborError::Type { key: 1 }));
    let second = fields.require(2).unwrap();
    assert_eq!(second.text_up_to(4), Ok("four"));
    assert_eq!(second.text_up_to(3), Err(CborError::Range { key: 2 }));
    assert_eq!(fields.require(3).unwrap().bool(), Ok(true));
    assert_eq!(
        fields.require(4).unwrap_err(),
        CborError::Missing { key: 4 }
    );
}

/// Writes a decoded value back with the heads alone, independent of the writers' maps.
fn encode(value: &Value<'_>, out: &mut Vec<u8>) {
    use super::head::{Major, write_head};
    let mut head = |major, number: usize| write_head(out, major, u64::try_from(number).unwrap());
    match value {
        Value::Uint(number) => write_head(out, Major::Uint, *number),
        Value::Negative(number) => write_head(out, Major::Negative, *number),
        Value::Bytes(bytes) => {
            head(Major::Bytes, bytes.len());
            out.extend(*bytes);
        }
        Value::Text(text) => {
            head(Major::Text, text.len());
            out.extend(text.as_bytes());
        }
        Value::Array(items) => {
            head(Major::Array, items.len());
            items.iter().for_each(|item| encode(item, out));
        }
        Value::Map(entries) => {
            head(Major::Map, entries.len());
            for (key, item) in entries {
                write_head(out, Major::Uint, *key);
                encode(item, out);
            }
        }
        Value::Bool(value) => out.push(if *value { 0xf5 } else { 0xf4 }),
        Value::Null => out.push(0xf6),
    }
}

proptest! {
    #[test]
    fn whatever_decodes_encodes_to_the_same_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(value) = Value::parse(&bytes) {
            let mut again = Vec::new();
            encode(&value, &mut again);
            prop_assert_eq!(again, bytes);
        }
    }

    #[test]
    fn whatever_is_written_decodes(
        numbers in proptest::collection::btree_map(0..40_u64, any::<u64>(), 0..20),
        text in ".{0,40}",
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let array = ArrayWriter::new().text(&text).array(&ArrayWriter::new().uint(3));
        let map = MapWriter::new().array(50, &array).bytes(60, &bytes);
        let map = numbers.iter().fold(map, |map, (key, number)| map.uint(*key, *number));
        let encoded = map.finish();
        let mut fields = Fields::parse(&encoded, 0..=60).unwrap();
        for (key, number) in &numbers {
            prop_assert_eq!(fields.require(*key).unwrap().uint().unwrap(), *number);
        }
        let [first, second] = fields.require(50).unwrap().tuple().unwrap();
        prop_assert_eq!(first.text().unwrap(), &text);
        prop_assert_eq!(second.items(1).unwrap()[0].uint().unwrap(), 3);
        prop_assert_eq!(fields.require(60).unwrap().bytes().unwrap(), &bytes[..]);
    }
}
