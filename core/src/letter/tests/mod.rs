//! Letters: honest, wrong, in pieces, in two passes.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test that overflows or is cut fails"
)]

mod cases;
mod forge;
mod streams;
mod vectors;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng;
use sotto_protocol::TimestampMs;
use zeroize::Zeroizing;

use super::*;
use crate::age::{Header, Identity, Limits, PayloadNonce, RecipientType, unwrap};
use crate::identity::IdentitySecret;

/// A person with one recipient key.
struct Person {
    secret: IdentitySecret,
    key: Identity,
}

impl Person {
    fn new(number: u8, kind: RecipientType) -> Self {
        Self {
            secret: IdentitySecret::from_seed(&[number; 32]),
            key: Identity::from_secret(kind, Zeroizing::new([number ^ 0x80; 32])).unwrap(),
        }
    }

    fn addressee(&self) -> Addressee {
        Addressee {
            identity: Some(self.secret.public()),
            recipient: self.key.recipient().clone(),
        }
    }
}

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([7; 32])
}

fn envelope(kind: Kind, sender: &Person, to: &[&Person]) -> Envelope {
    Envelope {
        sender: sender.secret.public(),
        sent_at: TimestampMs(1_790_000_000_000),
        kind,
        recipients: to.iter().map(|person| person.addressee()).collect(),
        card_revision: 1_780_000_000_000,
        card: None,
        name: Some("Dinner on Thursday".to_owned()),
        content_type: None,
        reply_to: None,
    }
}

fn sealed(envelope: Envelope, sender: &Person, content: &[u8]) -> Vec<u8> {
    let content = Zeroizing::new(content.to_vec());
    seal(envelope, &content, &mut rng(), |statement| {
        Ok::<_, LetterError>(sender.secret.sign(&statement.signed_bytes()))
    })
    .unwrap()
}

/// The opening of a letter and its payload.
fn split(letter: &[u8]) -> Result<(Opening, &[u8]), LetterError> {
    let header = Header::parse(letter, Limits::READING)?.unwrap();
    let rest = &letter[header.as_bytes().len()..];
    let (nonce, payload) = rest.split_first_chunk().unwrap();
    Ok((
        Opening::new(header, PayloadNonce::from_bytes(*nonce))?,
        payload,
    ))
}

fn open(letter: &[u8], person: &Person) -> Result<Letter, LetterError> {
    let (opening, payload) = split(letter)?;
    let unwrapped = unwrap(opening.header(), [&person.key])?;
    let Opening::Sealed(letter) = opening else {
        panic!("no seal")
    };
    let own_id = person.secret.public();
    letter
        .prove(&unwrapped.file_key, person.key.recipient(), &own_id)?
        .open(payload)
}

#[test]
fn a_letter_opens_for_everyone_it_is_sealed_to() {
    for kind in [RecipientType::X25519, RecipientType::Mlkem768X25519] {
        let (alice, bob) = (Person::new(1, kind), Person::new(2, kind));
        let letter = sealed(
            envelope(Kind::Text, &alice, &[&alice, &bob]),
            &alice,
            b"At eight.",
        );
        for person in [&alice, &bob] {
            let opened = open(&letter, person).unwrap();
            assert_eq!(&*opened.content, b"At eight.");
            assert_eq!(opened.proof.claims.sender, alice.secret.public());
            assert_eq!(
                opened.proof.claims.name.as_deref(),
                Some("Dinner on Thursday")
            );
            assert!(!opened.proof.bare);
        }
        let eve = Person::new(3, kind);
        let refused = open(&letter, &eve).unwrap_err();
        assert_eq!(refused, LetterError::Age(crate::age::AgeError::NoMatch));
    }
}
