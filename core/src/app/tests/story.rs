//! Two people, from installing to the second reply, with the worker killed after every request.

use sotto_protocol::desk::{DeskReply, DeskRequest, LetterSource};
use sotto_protocol::view::{CardVerdict, NoteKind, PageField, RecipientState, Trust};
use sotto_protocol::{ErrorCode, TimestampMs};

use super::person::{DAY_MS, Person, only_contact, two};

fn from(address: &str, date: TimestampMs) -> LetterSource {
    LetterSource {
        tab: Some(7),
        private: false,
        message_from: vec![address.to_owned()],
        message_date: Some(date),
    }
}

#[test]
fn an_invitation_leads_to_a_sealed_answer_and_a_reply() {
    let mut alice = Person::create(1, "Alice Example", "alice@mail.example");
    let mut bob = Person::create(2, "Bob", "bob@mail.example");

    // Alice presses Sotto in her webmail: Bob has no card yet.
    let draft = alice.compose_at(&[("Bob <bob@mail.example>", PageField::To)], "Hello Bob");
    assert_eq!(draft.recipients[0].state, RecipientState::NoCard);
    assert!(!draft.recipients[0].chosen && draft.seen_by_site);
    assert_eq!(draft.blocked_by, Some(ErrorCode::NoRecipient));
    let (address, locale) = ("bob@mail.example".to_owned(), "fr".to_owned());
    let DeskReply::Invite { text } = alice.ask(DeskRequest::Invite { address, locale }) else {
        panic!()
    };
    assert_eq!(text.lines().take_while(|line| !line.is_empty()).count(), 4);
    let waiting = alice.open_draft(&draft.id);
    assert_eq!(waiting.recipients[0].state, RecipientState::Invited);
    assert_eq!(alice.try_seal(&waiting), Err(ErrorCode::ContactUnknown));

    // Bob opens the mail, quoted and indented by his service, and adds Alice.
    let quoted: String = text.lines().map(|line| format!("> {line}\r\n")).collect();
    assert_eq!(bob.look(&quoted).unwrap().0, CardVerdict::New);
    let from_alice = bob.add(&quoted).unwrap();
    assert_eq!(from_alice.brief.trust, Trust::Known);
    assert_eq!(bob.look(&text).unwrap().0, CardVerdict::Same);
    let answer = bob.write(&from_alice.brief.id, "Here I am.").unwrap();

    // Alice reads it: unknown, with his card; she adds him, and her letter is ready.
    let source = from("bob@mail.example", alice.now);
    let letter = alice.open_from(&answer, source).unwrap();
    let both = ["Alice Example".to_owned(), "Bob".to_owned()];
    let sender = letter.sender.unwrap();
    assert_eq!(
        (sender.name.as_str(), sender.trust),
        ("Bob", Trust::Unknown)
    );
    assert_eq!((letter.text.as_str(), letter.notes), ("Here I am.", vec![]));
    assert_eq!(letter.subject.as_deref(), Some("About tomorrow"));
    assert_eq!(
        (letter.recipients.as_slice(), letter.unnamed_recipients),
        (both.as_slice(), 0)
    );
    assert!(alice.status().ready_drafts.is_empty());
    let card = letter.card.unwrap();
    let accept = DeskRequest::AcceptCard {
        card: card.card,
        verdict: card.verdict,
    };
    let DeskReply::AcceptCard { contact, drafts } = alice.ask(accept) else {
        panic!()
    };
    assert_eq!((contact.letters, drafts[0].ready), (1, true));
    assert_eq!(alice.status().ready_drafts, drafts);
    let ready = alice.open_draft(&draft.id);
    assert_eq!(
        (ready.seal_for.as_slice(), ready.blocked_by),
        (&["Bob".to_owned()][..], None)
    );
    let reply = alice.try_seal(&ready).unwrap();
    alice.ask(DeskRequest::Sent { id: ready.id });

    // Bob reads `known`, nothing more to accept; he answers, and she reads `known` too.
    let source = from("alice@mail.example", bob.now);
    let letter = bob.open_from(&reply, source).unwrap();
    assert_eq!(letter.sender.unwrap().trust, Trust::Known);
    assert_eq!(
        (letter.text.as_str(), letter.card, letter.notes),
        ("Hello Bob", None, vec![])
    );
    assert_eq!(letter.recipients, ["Bob", "Alice Example"]);
    let second = bob.write(&from_alice.brief.id, "Till then.").unwrap();
    let letter = alice.open(&second).unwrap();
    let sender = letter.sender.unwrap();
    assert_eq!((sender.trust, sender.letters), (Trust::Known, 2));
    assert!(sender.since.is_some());
}

#[test]
fn a_card_travels_until_it_is_acknowledged() {
    let (mut alice, mut bob) = two();
    let (to_bob, to_alice) = (only_contact(&mut alice), only_contact(&mut bob));
    let first = alice.write(&to_bob, "one").unwrap();
    let second = alice.write(&to_bob, "two").unwrap();
    assert!(second.len() > 3_000, "carried again: {}", second.len());
    bob.open(&first).unwrap();
    bob.now.0 += DAY_MS;
    let answer = bob.write(&to_alice, "got it").unwrap();
    alice.open(&answer).unwrap();
    let third = alice.write(&to_bob, "three").unwrap();
    assert!(
        third.len() + 1_500 < second.len(),
        "{} and {}",
        third.len(),
        second.len()
    );
}

#[test]
fn comparing_verifies_and_only_that() {
    let (mut alice, mut bob) = two();
    let (to_bob, to_alice) = (only_contact(&mut alice), only_contact(&mut bob));
    let seen_by_alice = alice.contact(&to_bob).comparing.unwrap();
    let seen_by_bob = bob.contact(&to_alice).comparing.unwrap();
    assert_eq!(seen_by_alice.number, seen_by_bob.number);
    assert_eq!(seen_by_alice.words, seen_by_bob.words);
    assert_ne!(seen_by_alice.qr, seen_by_bob.qr);
    let DeskReply::Compared { contact } = bob.ask(DeskRequest::Compared {
        id: to_alice.clone(),
    }) else {
        panic!()
    };
    assert_eq!(contact.brief.trust, Trust::Verified);
    let letter = alice.write(&to_bob, "x").unwrap();
    assert_eq!(
        bob.open(&letter).unwrap().sender.unwrap().trust,
        Trust::Verified
    );
    let wrong = DeskRequest::ComparedCode {
        id: to_bob,
        code: "SOTTO-SN1AAAA".to_owned(),
    };
    assert_eq!(alice.try_ask(wrong), Err(ErrorCode::CodeMismatch));
}

#[test]
fn a_scanned_code_verifies() {
    use crate::contacts::safety_code_text;
    use crate::identity::card::Card;
    let (mut alice, mut bob) = two();
    let keys = [alice.card(), bob.card()].map(|card| *Card::parse_armor(&card).unwrap().identity());
    let on_bobs_screen = safety_code_text(&keys[1], &keys[0]);
    let id = only_contact(&mut alice);
    let DeskReply::ComparedCode { contact } = alice.ask(DeskRequest::ComparedCode {
        id,
        code: on_bobs_screen,
    }) else {
        panic!()
    };
    assert_eq!(contact.brief.trust, Trust::Verified);
}

#[test]
fn another_key_for_an_address_stops_sealing_until_decided() {
    let (mut alice, _) = two();
    let to_bob = only_contact(&mut alice);
    let draft = alice.compose_at(&[("bob@mail.example", PageField::To)], "");
    assert!(draft.recipients[0].chosen);

    // Bob has a new computer, without his words: another identity at the same address.
    let mut other = Person::create(3, "Bob", "bob@mail.example");
    let to_alice = other.add(&alice.card()).unwrap().brief.id;
    assert_eq!(alice.look(&other.card()).unwrap().0, CardVerdict::OtherKey);
    assert_eq!(
        alice.contact(&to_bob).brief.trust,
        Trust::Known,
        "looking stores nothing"
    );
    let letter = other.write(&to_alice, "It is me").unwrap();
    let letter = alice.open(&letter).unwrap();
    assert_eq!(letter.sender.unwrap().trust, Trust::Changed);
    assert_eq!(letter.card.unwrap().verdict, CardVerdict::OtherKey);
    let contact = alice.contact(&to_bob);
    assert_eq!(contact.brief.trust, Trust::Changed);
    assert_eq!(contact.challenger.unwrap().address, "bob@mail.example");
    let draft = alice.open_draft(&draft.id);
    assert_eq!(draft.blocked_by, Some(ErrorCode::ContactChanged));
    assert_eq!(alice.try_seal(&draft), Err(ErrorCode::ContactChanged));
    let compared = DeskRequest::Compared { id: to_bob.clone() };
    assert_eq!(alice.try_ask(compared), Err(ErrorCode::ContactChanged));
    let again = alice.compose_at(&[("bob@mail.example", PageField::To)], "");
    assert!(!again.recipients[0].chosen, "changed is never preselected");

    let mut refusing = Person {
        app: Default::default(),
        rows: alice.rows.clone(),
        memory: alice.memory.clone(),
        session: alice.session.clone(),
        now: alice.now,
        rng: super::TestRng::new(9),
        restarts: true,
    };
    refusing.restart();
    let take = |id: String, take| DeskRequest::DecideChange { id, take };
    let DeskReply::DecideChange { contact } = alice.ask(take(to_bob.clone(), true)) else {
        panic!()
    };
    assert_ne!(contact.brief.id, to_bob);
    assert_eq!(contact.brief.trust, Trust::Known);
    let draft = alice.open_draft(&draft.id);
    assert!(alice.try_seal(&draft).is_ok());

    refusing.ask(take(to_bob.clone(), false));
    assert_eq!(refusing.contact(&to_bob).brief.trust, Trust::Known);
    assert_eq!(
        refusing.look(&other.card()).unwrap().0,
        CardVerdict::Blocked
    );
    let second = other.write(&to_alice, "Really").unwrap();
    let letter = refusing.open(&second).unwrap();
    assert_eq!(letter.sender.unwrap().trust, Trust::Blocked);
    assert_eq!(
        refusing.contact(&to_bob).brief.trust,
        Trust::Known,
        "and challenges nobody"
    );
}

#[test]
fn a_repeat_a_far_date_and_a_foreign_address_are_said() {
    let (mut alice, mut bob) = two();
    let (to_bob, to_alice) = (only_contact(&mut alice), only_contact(&mut bob));
    let letter = alice.write(&to_bob, "pay 10").unwrap();
    let source = from("alice@mail.example", bob.now);
    assert_eq!(bob.open_from(&letter, source.clone()).unwrap().notes, []);
    assert_eq!(
        bob.open_from(&letter, source.clone()).unwrap().notes,
        [],
        "reading on"
    );
    let other = alice.write(&to_bob, "another").unwrap();
    bob.open_from(&other, source).unwrap();
    let late = TimestampMs(bob.now.0 + 30 * DAY_MS);
    let replayed = bob
        .open_from(&letter, from("mallory@mail.example", late))
        .unwrap();
    let expected = [
        NoteKind::DateFar,
        NoteKind::AddressMismatch,
        NoteKind::SeenBefore,
    ];
    assert_eq!(replayed.notes, expected);
    assert_eq!(bob.contact(&to_alice).letters, 2);
}

#[test]
fn a_private_window_leaves_no_trace() {
    let (mut alice, mut bob) = two();
    let to_bob = only_contact(&mut alice);
    let letter = alice.write(&to_bob, "secret").unwrap();
    let before = bob.rows.clone();
    let private = LetterSource {
        private: true,
        tab: Some(7),
        ..LetterSource::default()
    };
    bob.open_from(&letter, private).unwrap();
    assert_eq!(bob.rows, before);
    let DeskReply::OpenedOn { letters } = bob.ask(DeskRequest::OpenedOn { tab: 7 }) else {
        panic!()
    };
    assert!(letters.is_empty());
}

#[test]
fn what_was_opened_on_a_page_is_listed_until_it_is_left() {
    let (mut alice, mut bob) = two();
    let to_bob = only_contact(&mut alice);
    let letter = alice.write(&to_bob, "x").unwrap();
    bob.open_from(&letter, from("alice@mail.example", bob.now))
        .unwrap();
    let listed = |bob: &mut Person| match bob.ask(DeskRequest::OpenedOn { tab: 7 }) {
        DeskReply::OpenedOn { letters } => letters,
        other => panic!("{other:?}"),
    };
    let letters = listed(&mut bob);
    assert_eq!(
        (letters[0].name.as_str(), letters[0].trust),
        ("Alice Example", Some(Trust::Known))
    );
    assert_eq!(letters[0].title, "About tomorrow");
    bob.ask(DeskRequest::PageLeft { tab: 7 });
    assert!(listed(&mut bob).is_empty());
}

#[test]
fn a_letter_for_someone_else_and_a_tampered_one_do_not_open() {
    let (mut alice, _) = two();
    let mut carol = Person::create(4, "Carol", "carol@mail.example");
    let to_bob = only_contact(&mut alice);
    let letter = alice.write(&to_bob, "x").unwrap();
    assert_eq!(carol.open(&letter), Err(ErrorCode::NotARecipient));
    let own = alice.open(&letter).unwrap();
    assert!(own.sender.unwrap().own && own.notes.is_empty());
    let body = letter.rfind("\n-----END").unwrap() - 20;
    let flipped = if letter.as_bytes()[body] == b'A' {
        "B"
    } else {
        "A"
    };
    let tampered = format!("{}{flipped}{}", &letter[..body], &letter[body + 1..]);
    assert_eq!(alice.open(&tampered), Err(ErrorCode::Tampered));
    assert_eq!(
        alice.open(&letter[..letter.len() / 2]),
        Err(ErrorCode::Truncated)
    );
}
