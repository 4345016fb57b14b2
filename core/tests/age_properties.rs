//! What holds of every age file, key, armor and line.

mod common;

use common::{identity, rng};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use sotto_core::age::armor::{self, Label};
use sotto_core::age::{
    AgeError, FileKey, Header, HeaderParser, Identity, Limits, Place, Recipient, RecipientType,
    Stanza, line, open, seal,
};

fn stanzas() -> impl Strategy<Value = Vec<Stanza>> {
    let stanza = (
        "[!-~]{1,20}",
        vec("[!-~]{1,20}", 0..3),
        vec(any::<u8>(), 0..200),
    );
    let stanza = stanza.prop_map(|(tag, args, body)| Stanza { tag, args, body });
    vec(
        stanza.prop_filter("alone", |stanza| stanza.tag != "scrypt"),
        1..5,
    )
}

proptest! {
    #[test]
    fn what_is_sealed_opens(content in vec(any::<u8>(), 0..300)) {
        let identity = identity(RecipientType::X25519);
        let file = seal(&content, &[identity.recipient().clone()], &mut rng()).unwrap();
        prop_assert_eq!(&**open(&file, std::slice::from_ref(&identity)).unwrap(), &content[..]);
    }

    #[test]
    fn a_written_header_is_read_as_written(stanzas in stanzas(), cut in any::<Index>()) {
        let key = FileKey::from_bytes([1; 16]);
        let header = Header::create(stanzas, &key).unwrap();
        prop_assert_eq!(header.verify(&key), Ok(()));
        prop_assert!(header.verify(&FileKey::from_bytes([2; 16])).is_err());

        let file = [header.as_bytes(), b"payload"].concat();
        prop_assert_eq!(Header::parse(&file, Limits::READING), Ok(Some(header.clone())));

        let (first, second) = file.split_at(cut.index(header.as_bytes().len()));
        let mut parser = HeaderParser::new(Limits::READING);
        prop_assert_eq!(parser.push(first), Ok(None));
        let (read, taken) = parser.push(second).unwrap().unwrap();
        prop_assert_eq!((read, taken), (header, second.strip_suffix(b"payload").unwrap().len()));
    }

    #[test]
    fn any_bytes_are_read_without_panic(
        version in any::<bool>(),
        bytes in vec(prop_oneof![any::<u8>(), Just(b'\n'), Just(b'-'), Just(b'>'), Just(b' '), Just(b'A')], 0..400),
    ) {
        let start: &[u8] = if version { b"age-encryption.org/v1\n" } else { b"" };
        let file = [start, &bytes].concat();
        let whole = Header::parse(&file, Limits::READING);
        let mut parser = HeaderParser::new(Limits::READING);
        let mut pieces = Ok(None);
        for byte in &file {
            pieces = parser.push(&[*byte]).map(|found| found.map(|(header, _)| header));
            if pieces != Ok(None) {
                break;
            }
        }
        prop_assert_eq!(whole, pieces, "whole and byte by byte agree");
        prop_assert!(open(&file, &[]).is_err());
    }

    #[test]
    fn limits_hold_before_anything_is_decoded(header_len in 0..300_usize, count in 0..5_usize) {
        let stanza = Stanza { tag: "x".to_owned(), args: Vec::new(), body: vec![0; 30] };
        let header = Header::create(vec![stanza; 4], &FileKey::from_bytes([1; 16])).unwrap();
        let limits = Limits { header_len, stanzas: count };
        let read = Header::parse(header.as_bytes(), limits);
        let fits = header.as_bytes().len() <= header_len && count >= 4;
        prop_assert_eq!(read.is_ok(), fits);
    }

    #[test]
    fn chunks_open_at_their_place_alone(
        content in vec(any::<u8>(), 1..200), index in 0..u64::MAX, other in any::<u64>(),
    ) {
        let key = sotto_core::age::PayloadKey::from_bytes(zeroize::Zeroizing::new([3; 32]));
        let mut sealed = Vec::new();
        key.seal_chunk(Place::Final(index), &content, &mut sealed).unwrap();
        let mut out = b"before".to_vec();
        key.open_chunk(Place::Final(index), &sealed, &mut out).unwrap();
        prop_assert_eq!(&out[6..], &content[..]);
        for place in [Place::Inner(index), Place::Final(other)] {
            if place != Place::Final(index) {
                let mut out = b"before".to_vec();
                let refused = key.open_chunk(place, &sealed, &mut out);
                prop_assert_eq!(refused, Err(AgeError::Chunk { index: place.index() }));
                prop_assert_eq!(&out, b"before", "nothing is released");
            }
        }
    }

    #[test]
    fn armor_and_line_have_one_spelling(bytes in vec(any::<u8>(), 1..300), at in any::<Index>(), bit in 0..8_u8) {
        let text = armor::encode(Label::AgeEncryptedFile, &bytes);
        prop_assert_eq!(armor::decode(Label::AgeEncryptedFile, text.as_bytes()).unwrap(), bytes.clone());
        let mut changed = text.clone().into_bytes();
        let at = at.index(text.trim_end().len());
        changed[at] ^= 1 << bit;
        if let Ok(other) = armor::decode(Label::AgeEncryptedFile, &changed) {
            prop_assert_ne!(other, bytes.clone());
        }
        let text = line::encode(&bytes);
        prop_assert_eq!(line::decode(&text).unwrap(), bytes);
    }

    #[test]
    fn any_text_is_decoded_without_panic(text in "\\PC{0,100}", base64 in "[A-Za-z0-9+/=\n]{0,200}") {
        for body in [&text, &base64] {
            let armored = format!("-----BEGIN AGE ENCRYPTED FILE-----\n{body}\n-----END AGE ENCRYPTED FILE-----\n");
            if let Ok(bytes) = armor::decode(Label::AgeEncryptedFile, armored.as_bytes()) {
                prop_assert_eq!(armor::encode(Label::AgeEncryptedFile, &bytes), armored);
            }
            if let Ok(bytes) = line::decode(&format!("sotto1.{body}.")) {
                prop_assert_eq!(line::encode(&bytes), format!("sotto1.{body}."));
            }
            prop_assert!(body.parse::<Recipient>().is_err() && body.parse::<Identity>().is_err());
        }
    }

    #[test]
    fn keys_have_one_spelling(secret in any::<[u8; 32]>(), hybrid in any::<bool>(), at in any::<Index>()) {
        let kind = if hybrid { RecipientType::Mlkem768X25519 } else { RecipientType::X25519 };
        let identity = Identity::from_secret(kind, zeroize::Zeroizing::new(secret)).unwrap();
        let text = identity.to_secret_string();
        let again: Identity = text.parse().unwrap();
        prop_assert_eq!(again.recipient(), identity.recipient());
        prop_assert!(text.to_lowercase().parse::<Identity>().is_err());

        let recipient = identity.recipient().to_string();
        prop_assert_eq!(&recipient.parse::<Recipient>().unwrap(), identity.recipient());
        prop_assert!(recipient.to_uppercase().parse::<Recipient>().is_err());
        let mut changed = recipient.clone().into_bytes();
        let at = at.index(changed.len());
        changed[at] = if changed[at] == b'q' { b'p' } else { b'q' };
        prop_assert!(String::from_utf8(changed).unwrap().parse::<Recipient>().is_err());
    }
}

#[test]
fn recipients_of_small_order_are_refused() {
    let zero = [0; 32];
    let refused = Err(AgeError::InvalidRecipient);
    assert_eq!(Recipient::from_bytes(RecipientType::X25519, &zero), refused);
    let own = identity(RecipientType::Mlkem768X25519);
    let mut hybrid = own.recipient().as_bytes().to_vec();
    hybrid[1184..].fill(0);
    assert_eq!(
        Recipient::from_bytes(RecipientType::Mlkem768X25519, &hybrid),
        refused
    );
    let mut unreduced = own.recipient().as_bytes().to_vec();
    unreduced[..3].fill(0xff);
    assert_eq!(
        Recipient::from_bytes(RecipientType::Mlkem768X25519, &unreduced),
        refused
    );
    for len in [0, 31, 33, 1216] {
        assert_eq!(
            Recipient::from_bytes(RecipientType::X25519, &vec![9; len]),
            refused
        );
    }
}

#[test]
fn a_body_of_480_bytes_ends_with_an_empty_line() {
    let stanza = Stanza {
        tag: "x".to_owned(),
        args: Vec::new(),
        body: vec![7; 480],
    };
    let header = Header::create(vec![stanza], &FileKey::from_bytes([1; 16])).unwrap();
    let text = String::from_utf8(header.as_bytes().to_vec()).unwrap();
    assert!(text.contains("\n\n---"));
    let without = text.replace("\n\n---", "\n---");
    assert!(Header::parse(without.as_bytes(), Limits::READING).is_err());
}

#[test]
fn secrets_do_not_print() {
    let identity = identity(RecipientType::X25519);
    assert_eq!(format!("{identity:?}"), "Identity(..)");
    assert_eq!(format!("{:?}", FileKey::from_bytes([1; 16])), "FileKey(..)");
    let key = sotto_core::age::PayloadKey::from_bytes(zeroize::Zeroizing::new([3; 32]));
    assert_eq!(format!("{key:?}"), "PayloadKey(..)");
    let passphrase = sotto_core::age::Passphrase::new(zeroize::Zeroizing::new("x".to_owned()));
    assert_eq!(format!("{passphrase:?}"), "Passphrase(..)");
}
