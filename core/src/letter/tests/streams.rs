use super::*;
use crate::age::{FileKey, RecipientType};

const LEN: usize = 200_000;

fn content() -> Vec<u8> {
    (0..LEN).map(|at| (at % 251) as u8).collect()
}

fn file_to(bob: &Person, alice: &Person) -> Vec<u8> {
    sealed(
        envelope(Kind::File, alice, &[alice, bob]),
        alice,
        &content(),
    )
}

fn proved<'a>(letter: &'a [u8], person: &Person) -> (Proved, &'a [u8]) {
    let (opening, payload) = split(letter).unwrap();
    let key: FileKey = unwrap(opening.header(), [&person.key]).unwrap().file_key;
    let Opening::Sealed(letter) = opening else {
        panic!("no seal")
    };
    let own_id = person.secret.public();
    (
        letter.prove(&key, person.key.recipient(), &own_id).unwrap(),
        payload,
    )
}

fn cast() -> (Person, Person) {
    (
        Person::new(1, RecipientType::X25519),
        Person::new(2, RecipientType::X25519),
    )
}

#[test]
fn a_file_opens_in_two_passes_in_pieces_of_any_size() {
    let (alice, bob) = cast();
    let letter = file_to(&bob, &alice);
    for piece in [1000, 65_536, 65_552, 65_553, usize::MAX] {
        let (proved, payload) = proved(&letter, &bob);
        let mut verifier = proved.verify_first();
        payload
            .chunks(piece)
            .for_each(|piece| verifier.push(piece).unwrap());
        let verified = verifier.finish().unwrap();
        assert_eq!(verified.proof().claims.length, LEN as u64);
        let mut decryptor = verified.decrypt();
        let mut out = Vec::new();
        payload
            .chunks(piece)
            .for_each(|piece| decryptor.push(piece, &mut out).unwrap());
        decryptor.finish(&mut out).unwrap();
        assert!(out == content());
    }
}

#[test]
fn a_text_opens_in_two_passes_without_its_padding() {
    let (alice, bob) = cast();
    let letter = sealed(
        envelope(Kind::Text, &alice, &[&alice, &bob]),
        &alice,
        &content(),
    );
    let (proved, payload) = proved(&letter, &bob);
    let mut verifier = proved.verify_first();
    verifier.push(payload).unwrap();
    let mut decryptor = verifier.finish().unwrap().decrypt();
    let mut out = Vec::new();
    decryptor.push(payload, &mut out).unwrap();
    decryptor.finish(&mut out).unwrap();
    assert!(out == content());
}

/// Someone with the file key replaces a chunk after the first pass.
#[test]
fn a_chunk_changed_between_the_passes_stops_the_second() {
    let (alice, bob) = cast();
    let letter = file_to(&bob, &alice);
    let (opening, payload) = split(&letter).unwrap();
    let file_key = unwrap(opening.header(), [&bob.key]).unwrap().file_key;
    let nonce = letter[opening.header().as_bytes().len()..][..16]
        .try_into()
        .unwrap();
    let key = crate::age::PayloadKey::derive(&file_key, &PayloadNonce::from_bytes(nonce));
    let mut forged = payload[..65_552].to_vec();
    key.seal_chunk(crate::age::Place::Inner(1), &[0; 65_536], &mut forged)
        .unwrap();
    forged.extend_from_slice(&payload[2 * 65_552..]);

    let (proved, _) = proved(&letter, &bob);
    let mut verifier = proved.verify_first();
    verifier.push(payload).unwrap();
    let mut decryptor = verifier.finish().unwrap().decrypt();
    let mut out = Vec::new();
    assert_eq!(
        decryptor.push(&forged, &mut out),
        Err(LetterError::Changed { index: 1 })
    );
    assert!(
        out == content()[..65_536],
        "nothing of the changed chunk is released"
    );
}

#[test]
fn the_first_pass_refuses_a_forged_payload() {
    let (alice, bob) = cast();
    let letter = file_to(&bob, &alice);
    let (proved, payload) = proved(&letter, &bob);
    let mut verifier = proved.verify_first();
    verifier.push(&payload[..payload.len() - 1]).unwrap();
    assert!(verifier.finish().is_err());
}

#[test]
fn workers_may_seal_the_chunks() {
    let (alice, bob) = cast();
    let prepared =
        Prepared::new(envelope(Kind::File, &alice, &[&alice, &bob]), &mut rng()).unwrap();
    let content = content();
    let key = prepared.payload_key();
    let chunks: Vec<_> = content.chunks(65_536).collect();
    let mut payload = prepared.nonce().as_bytes().to_vec();
    for (index, chunk) in chunks.iter().enumerate() {
        let place = if index + 1 == chunks.len() {
            crate::age::Place::Final(index as u64)
        } else {
            crate::age::Place::Inner(index as u64)
        };
        key.seal_chunk(place, chunk, &mut payload).unwrap();
    }
    let digest = blake3::hash(&content).into();
    let unsigned = prepared.finish(LEN as u64, digest, &mut rng()).unwrap();
    let signature = alice.secret.sign(&unsigned.statement().signed_bytes());
    let letter = [
        unsigned.with_signature(&signature, &mut rng()).unwrap(),
        payload,
    ]
    .concat();
    assert!(*open(&letter, &bob).unwrap().content == content);
}

#[test]
fn a_signature_of_someone_else_is_not_put_into_a_letter() {
    let (alice, bob) = cast();
    let mut payload = Vec::new();
    let sealing = Sealing::begin(
        envelope(Kind::Text, &alice, &[&alice, &bob]),
        &mut rng(),
        &mut payload,
    );
    let unsigned = sealing.unwrap().finish(&mut rng(), &mut payload).unwrap();
    let signature = bob.secret.sign(&unsigned.statement().signed_bytes());
    assert_eq!(
        unsigned.with_signature(&signature, &mut rng()),
        Err(LetterError::Signature)
    );
}

#[test]
fn an_envelope_is_checked_before_anything_is_drawn() {
    let (alice, bob) = cast();
    let refused = |envelope: Envelope| Prepared::new(envelope, &mut rng()).unwrap_err();
    let to = |people: &[&Person]| envelope(Kind::File, &alice, people);
    assert_eq!(refused(to(&[&bob])), LetterError::SelfMissing);
    assert_eq!(
        refused(to(&[&alice, &bob, &bob])),
        LetterError::DuplicateRecipient
    );
    assert_eq!(
        refused(to(&vec![&alice; 129])),
        LetterError::TooManyRecipients { count: 129 }
    );
    let named = |name: &str| Envelope {
        name: Some(name.to_owned()),
        ..to(&[&alice])
    };
    for name in ["", "a/b", "a\\b", "..", "a\nb"] {
        assert_eq!(refused(named(name)), LetterError::Field { key: 9 });
    }
}

#[test]
fn hybrid_and_classical_recipients_do_not_mix() {
    let (alice, _) = cast();
    let dora = Person::new(5, RecipientType::Mlkem768X25519);
    let prepared =
        Prepared::new(envelope(Kind::Text, &alice, &[&alice, &dora]), &mut rng()).unwrap();
    let refused = prepared.finish(0, [0; 32], &mut rng()).unwrap_err();
    assert_eq!(
        refused,
        LetterError::Age(crate::age::AgeError::MixedRecipients)
    );
}

/// 128 recipients, a long name and a card of 3 kB do not go into one seal: the card gives way.
#[test]
fn the_card_is_left_out_where_there_is_no_room() {
    let people: Vec<_> = (1..=128)
        .map(|n| Person::new(n, RecipientType::X25519))
        .collect();
    let to: Vec<_> = people.iter().collect();
    let addresses = |count: usize| {
        (0..count)
            .map(|at| format!("{at}{}@mail.example", "x".repeat(180)))
            .collect()
    };
    let with_card = |count: usize, to: &[&Person]| {
        let card = cases::Cast::card_with(&people[0], 7, addresses(count));
        Envelope {
            card: Some(card),
            card_revision: 7,
            name: Some("x".repeat(512)),
            ..envelope(Kind::Text, &people[0], to)
        }
    };
    for (count, to, carried) in [
        (14, &to[..], false),
        (1, &to[..], true),
        (14, &to[..2], true),
    ] {
        let letter = sealed(with_card(count, to), &people[0], b"hello");
        let claims = open(&letter, &people[1]).unwrap().proof.claims;
        assert_eq!((claims.card.is_some(), claims.card_revision), (carried, 7));
    }
}

/// 128 hybrid recipients are 230 kB of header.
#[test]
fn the_largest_letter_fits_its_limits() {
    let people: Vec<_> = (1..=128)
        .map(|n| Person::new(n, RecipientType::Mlkem768X25519))
        .collect();
    let to: Vec<_> = people.iter().collect();
    let named = Envelope {
        name: Some("x".repeat(512)),
        ..envelope(Kind::Text, &people[0], &to)
    };
    let letter = sealed(named, &people[0], b"hello");
    assert_eq!(
        open(&letter, &people[127])
            .unwrap()
            .proof
            .claims
            .recipient_count(),
        128
    );
}
