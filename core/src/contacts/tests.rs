//! What a newer card changes, who owns an address, and what is remembered.

use proptest::prelude::*;
use sotto_protocol::TimestampMs;
use sotto_protocol::view::{CardVerdict, Trust};
use zeroize::Zeroizing;

use super::{AddressBook, Contact, ContactId, ContactsError, LetterLog};
use crate::age::RecipientType;
use crate::identity::card::{Card, CardContent, signed_bytes};
use crate::identity::{IdentityKey, Keyring, Seed};
use crate::record::Record;

const NOW: TimestampMs = TimestampMs(1_700_000_000_000);

fn keyring(seed: u8) -> Keyring {
    Keyring::derive(&Seed::from_bytes(Zeroizing::new([seed; 32]))).unwrap()
}

fn own() -> IdentityKey {
    keyring(1).identity_key()
}

/// A card of the person `seed` with this revision, changed as told.
fn card(seed: u8, revision: u64, change: impl FnOnce(&mut CardContent)) -> Card {
    let keyring = keyring(seed);
    let mut content = CardContent {
        identity: keyring.identity_key(),
        revision: TimestampMs(NOW.0 + revision),
        name: format!("Person {seed}"),
        addresses: vec![format!("p{seed}@mail.example")],
        recipients: keyring.current_recipients(),
        devices: Vec::new(),
        is_retired: false,
    };
    change(&mut content);
    let tbs = content.to_tbs().unwrap();
    Card::assemble(&tbs, &keyring.identity().sign(&signed_bytes(&tbs))).unwrap()
}

fn book_with(first: &Card) -> (AddressBook, ContactId) {
    let mut book = AddressBook::default();
    let id = book.accept(first, CardVerdict::New, &own(), NOW).unwrap();
    (book, id)
}

#[test]
fn newer_keys_serve_silently_but_a_name_waits() {
    let (mut book, id) = book_with(&card(2, 0, |_| ()));
    let other_key = keyring(3).current_recipients();
    let newer = card(2, 1, |content| {
        content.recipients.clone_from(&other_key);
        content.name = "Somebody".to_owned();
    });
    book.notice(&newer, NOW);
    let contact = book.get(id).unwrap();
    assert_eq!(contact.recipient(RecipientType::X25519), other_key.get(1));
    assert_eq!(
        (contact.name(), contact.trust()),
        ("Person 2", Trust::Known)
    );
    assert_eq!(contact.pending().unwrap().content().name, "Somebody");
    assert_eq!(
        book.verdict(&newer, &own()).0,
        CardVerdict::Newer,
        "it is still to be accepted"
    );
    book.accept_change(id).unwrap();
    assert_eq!(book.get(id).unwrap().name(), "Somebody");
    assert_eq!(book.verdict(&newer, &own()).0, CardVerdict::Same);
}

#[test]
fn losing_the_hybrid_key_is_never_silent() {
    let (mut book, id) = book_with(&card(2, 0, |_| ()));
    let classical = card(2, 1, |content| {
        content
            .recipients
            .retain(|key| key.kind() == RecipientType::X25519);
    });
    book.notice(&classical, NOW);
    let contact = book.get(id).unwrap();
    assert!(!contact.is_classical() && contact.pending().is_some());
    book.accept_change(id).unwrap();
    assert!(book.get(id).unwrap().is_classical());
}

#[test]
fn revisions_never_go_back_and_two_of_one_revision_conflict() {
    let (mut book, id) = book_with(&card(2, 5, |_| ()));
    let older = card(2, 4, |_| ());
    assert_eq!(book.verdict(&older, &own()).0, CardVerdict::Older);
    let refused = book.accept(&older, CardVerdict::Older, &own(), NOW);
    assert_eq!(refused, Err(ContactsError::OlderCard));
    book.notice(&older, NOW);
    assert_eq!(book.get(id).unwrap().newest(), &card(2, 5, |_| ()));
    let twin = card(2, 5, |content| content.name = "Twin".to_owned());
    book.notice(&twin, NOW);
    assert_eq!(book.get(id).unwrap().trust(), Trust::Changed);
    book.decide(id, false, NOW).unwrap();
    assert_eq!(
        book.get(id).unwrap().trust(),
        Trust::Known,
        "one's own key is not blocked"
    );
}

#[test]
fn a_card_from_the_future_is_refused_and_changes_nothing() {
    let (mut book, id) = book_with(&card(2, 0, |_| ()));
    let future = card(2, 100_000_000, |_| ());
    book.notice(&future, NOW);
    assert!(book.get(id).unwrap().newest() != &future);
    assert!(
        book.accept(&future, CardVerdict::Newer, &own(), NOW)
            .is_err()
    );
}

#[test]
fn an_address_belongs_to_one_contact() {
    let (mut book, id) = book_with(&card(2, 0, |_| ()));
    let claims_it = card(3, 0, |content| {
        content.addresses = vec!["P2@mail.EXAMPLE".to_owned()];
    });
    let (verdict, owner) = book.verdict(&claims_it, &own());
    assert_eq!(
        (verdict, owner.map(Contact::id)),
        (CardVerdict::OtherKey, Some(id))
    );
    let third = card(4, 0, |_| ());
    let third_id = book.accept(&third, CardVerdict::New, &own(), NOW).unwrap();
    let grabs = card(4, 1, |content| {
        content.addresses.push("p2@mail.example".to_owned());
    });
    let refused = book.accept(&grabs, CardVerdict::Newer, &own(), NOW);
    assert_eq!(refused, Err(ContactsError::AddressClash));
    book.notice(&grabs, NOW);
    assert_eq!(
        book.accept_change(third_id),
        Err(ContactsError::AddressClash)
    );
    assert_eq!(
        book.of_address("p2@mail.example").map(Contact::id),
        Some(id)
    );
    let both = card(5, 0, |content| {
        content.addresses = vec!["p2@mail.example".to_owned(), "p4@mail.example".to_owned()];
    });
    book.notice(&both, NOW);
    for challenged in [id, third_id] {
        assert_eq!(book.get(challenged).unwrap().trust(), Trust::Changed);
    }
    assert_eq!(book.decide(id, true, NOW), Err(ContactsError::AddressClash));
}

#[test]
fn the_verdict_that_was_seen_is_the_one_that_counts() {
    let first = card(2, 0, |_| ());
    let (mut book, id) = book_with(&first);
    let refused = book.accept(&first, CardVerdict::New, &own(), NOW);
    assert_eq!(refused, Err(ContactsError::Changed));
    assert_eq!(
        book.accept(&card(1, 0, |_| ()), CardVerdict::Own, &own(), NOW),
        Err(ContactsError::OwnCard)
    );
    let other = card(3, 0, |content| {
        content.addresses = vec!["p2@mail.example".to_owned()];
    });
    assert_eq!(
        book.accept(&other, CardVerdict::OtherKey, &own(), NOW),
        Ok(id)
    );
    let contact = book.get(id).unwrap();
    assert_eq!(
        contact.trust(),
        Trust::Changed,
        "laid before the person, not accepted"
    );
    assert_eq!(book.rows.len(), 1);
}

#[test]
fn blocking_takes_addresses_and_verification_away() {
    let (mut book, id) = book_with(&card(2, 0, |_| ()));
    book.compared(id, NOW).unwrap();
    assert_eq!(book.block(id, true, NOW).unwrap().trust(), Trust::Blocked);
    assert_eq!(book.compared(id, NOW), Err(ContactsError::Blocked));
    let successor = card(3, 0, |content| {
        content.addresses = vec!["p2@mail.example".to_owned()];
    });
    book.accept(&successor, CardVerdict::New, &own(), NOW)
        .unwrap();
    assert_eq!(book.block(id, false, NOW), Err(ContactsError::AddressClash));
    book.forget(ContactId::of(successor.identity())).unwrap();
    assert_eq!(book.block(id, false, NOW).unwrap().trust(), Trust::Known);
}

#[test]
fn our_card_is_carried_until_a_later_letter_of_theirs() {
    let mut contact = Contact::accept(card(2, 0, |_| ()), NOW);
    let (first, second) = (NOW, TimestampMs(NOW.0 + 10));
    assert!(contact.needs_card(first));
    contact.card_carried(first, TimestampMs(NOW.0 + 1));
    assert_eq!(
        contact.would_acknowledge(TimestampMs(NOW.0 + 1)),
        None,
        "not sealed after ours"
    );
    contact.acknowledge(contact.would_acknowledge(TimestampMs(NOW.0 + 2)).unwrap());
    assert!(!contact.needs_card(first));
    assert!(contact.needs_card(second), "a newer card is carried again");
    assert_eq!(
        contact.would_acknowledge(TimestampMs(NOW.0 + 3)),
        None,
        "known already"
    );
}

#[test]
fn a_contact_is_stored_whole() {
    let mut contact = Contact::accept(card(2, 0, |_| ()), NOW);
    contact.follow(&card(2, 1, |content| content.name = "New".to_owned()));
    contact.verified_at = Some(NOW);
    contact.card_carried(NOW, NOW);
    contact.acknowledge(NOW);
    let mut book = AddressBook::default();
    book.rows.put(contact.clone());
    book.notice(
        &card(3, 0, |content| {
            content.addresses = vec!["p2@mail.example".to_owned()];
        }),
        NOW,
    );
    let challenged = book.get(contact.id()).unwrap();
    assert!(challenged.challenger.is_some());
    for contact in [&contact, challenged] {
        assert_eq!(&Contact::decode(&contact.encode()).unwrap(), contact);
    }
}

proptest! {
    #[test]
    fn a_log_remembers_the_newest_and_counts_all(letters in 0..700_u32) {
        let mut log = LetterLog::new(own(), NOW);
        for number in 0..letters {
            log.note(u128::from(number).to_be_bytes(), NOW);
        }
        prop_assert_eq!(log.count, letters);
        if let Some(last) = letters.checked_sub(1) {
            prop_assert!(log.has_seen(&u128::from(last).to_be_bytes()));
            prop_assert_eq!(log.has_seen(&[0; 16]), letters <= 512);
        }
        prop_assert_eq!(LetterLog::decode(&log.encode()).unwrap(), log);
    }

    #[test]
    fn stored_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _contact = Contact::decode(&bytes);
        let _log = LetterLog::decode(&bytes);
    }
}
