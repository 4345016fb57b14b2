//! Writing: suggestions, Bcc, parked letters, undo.

use sotto_protocol::ErrorCode;
use sotto_protocol::desk::{ComposeContext, DeskReply, DeskRequest, LetterSource};
use sotto_protocol::view::{PageField, RecipientState, TextForm};

use super::person::{DAY_MS, Person, only_contact, two};

#[test]
fn bcc_is_never_sealed_into_the_common_letter() {
    let (mut alice, mut bob) = two();
    let mut carol = Person::create(4, "Carol", "carol@mail.example");
    alice.add(&carol.card()).unwrap();
    carol.add(&alice.card()).unwrap();
    let page = [
        ("bob@mail.example", PageField::To),
        ("carol@mail.example", PageField::Bcc),
    ];
    let draft = alice.compose_at(&page, "for both");
    assert_eq!(draft.seal_for, ["Bob"]);
    assert_eq!(draft.recipients[1].state, RecipientState::Bcc);
    assert_eq!(draft.blocked_by, Some(ErrorCode::BccPresent));
    assert_eq!(alice.try_seal(&draft), Err(ErrorCode::BccPresent));
    let decide = |next_letter| DeskRequest::DecideBcc {
        id: draft.id.clone(),
        address: "carol@mail.example".to_owned(),
        next_letter,
    };
    let DeskReply::DecideBcc { draft: decided } = alice.ask(decide(true)) else {
        panic!()
    };
    assert_eq!(decided.blocked_by, None);
    let seal = DeskRequest::Seal {
        id: decided.id.clone(),
        seal_for: decided.seal_for.clone(),
    };
    let DeskReply::Seal { sealed } = alice.ask(seal) else {
        panic!()
    };
    assert_eq!(bob.open(&sealed.text).unwrap().text, "for both");
    assert_eq!(carol.open(&sealed.text), Err(ErrorCode::NotARecipient));
    let next = alice.open_draft(&sealed.next_draft.unwrap());
    assert_eq!(next.seal_for, ["Carol"]);
    let letter = alice.try_seal(&next).unwrap();
    let opened = carol.open(&letter).unwrap();
    assert_eq!(
        (opened.text.as_str(), opened.unnamed_recipients),
        ("for both", 0)
    );
    assert_eq!(bob.open(&letter), Err(ErrorCode::NotARecipient));
    let left = alice.compose_at(&page, "");
    let leave = DeskRequest::DecideBcc {
        id: left.id,
        address: "carol@mail.example".to_owned(),
        next_letter: false,
    };
    let DeskReply::DecideBcc { draft } = alice.ask(leave) else {
        panic!()
    };
    assert_eq!((draft.recipients.len(), draft.blocked_by), (1, None));
}

#[test]
fn the_names_on_the_button_are_those_sealed_for() {
    let (mut alice, _) = two();
    let draft = alice.compose_at(&[("bob@mail.example", PageField::To)], "x");
    let seal = |seal_for: &[&str]| DeskRequest::Seal {
        id: draft.id.clone(),
        seal_for: seal_for.iter().map(|name| (*name).to_owned()).collect(),
    };
    assert_eq!(
        alice.try_ask(seal(&["Carol"])),
        Err(ErrorCode::ContactChanged)
    );
    assert_eq!(alice.try_ask(seal(&[])), Err(ErrorCode::ContactChanged));
    alice.ask(seal(&["Bob"]));
}

#[test]
fn a_letter_to_oneself_opens() {
    let mut alice = Person::create(1, "Alice Example", "alice@mail.example");
    let draft = alice.compose_at(&[("Alice@mail.example", PageField::To)], "Does it work?");
    assert_eq!(draft.seal_for, ["Alice Example"]);
    let sealed = alice.try_seal(&draft).unwrap();
    let letter = alice.open(&sealed).unwrap();
    assert!(letter.sender.unwrap().own);
    assert_eq!(letter.recipients, ["Alice Example"]);
}

#[test]
fn a_line_survives_a_chat_and_quotes_are_opened() {
    let (mut alice, mut bob) = two();
    let to_bob = only_contact(&mut alice);
    let to = vec![to_bob];
    let draft = alice.compose(DeskRequest::Compose {
        context: Some(ComposeContext {
            one_line: true,
            ..ComposeContext::default()
        }),
        to,
        reply_to: None,
        private: false,
    });
    assert_eq!(draft.form, TextForm::Line);
    let draft = alice.save(&draft, "", "first\nsecond");
    let line = alice.try_seal(&draft).unwrap();
    assert!(line.starts_with("sotto1.") && line.ends_with('.') && !line.contains('\n'));
    let (head, tail) = line.split_at(100);
    let opened = bob
        .open(&format!("look: {head}\u{200b}\n  {tail} bye"))
        .unwrap();
    assert_eq!(opened.text, "first\nsecond");
    let context = ComposeContext {
        quoted: vec![line],
        ..ComposeContext::default()
    };
    let reply = bob.compose(DeskRequest::Compose {
        context: Some(context),
        to: vec![opened.sender.unwrap().id],
        reply_to: None,
        private: false,
    });
    assert_eq!(reply.quoted.as_deref(), Some("first\nsecond"));
    assert_eq!(reply.reply_to, opened.id);
}

#[test]
fn a_reply_takes_the_subject_along() {
    let (mut alice, mut bob) = two();
    let (to_bob, to_alice) = (only_contact(&mut alice), only_contact(&mut bob));
    let sealed = alice.write(&to_bob, "x").unwrap();
    let source = LetterSource {
        tab: Some(3),
        ..LetterSource::default()
    };
    let reply_to = bob.open_from(&sealed, source).unwrap().id;
    let to = vec![to_alice];
    let draft = bob.compose(DeskRequest::Compose {
        context: None,
        to,
        reply_to,
        private: false,
    });
    assert_eq!(draft.subject, "Re: About tomorrow");
}

#[test]
fn drafts_come_back_and_untouched_ones_are_swept() {
    let (mut alice, _) = two();
    let draft = alice.compose_at(&[], "worth keeping");
    alice.compose_at(&[], "");
    let drafts = |alice: &mut Person| match alice.ask(DeskRequest::Drafts {}) {
        DeskReply::Drafts { drafts } => drafts,
        other => panic!("{other:?}"),
    };
    assert_eq!(drafts(&mut alice).len(), 1);
    alice.ask(DeskRequest::DiscardDraft {
        id: draft.id.clone(),
    });
    assert!(drafts(&mut alice).is_empty());
    let DeskReply::UndoDiscard { draft: back } = alice.ask(DeskRequest::UndoDiscard {}) else {
        panic!()
    };
    assert_eq!(back, draft);
    assert_eq!(
        alice.try_ask(DeskRequest::UndoDiscard {}),
        Err(ErrorCode::DraftUnknown)
    );
    alice.now.0 += DAY_MS;
    alice.compose_at(&[], "");
    let count = alice
        .rows
        .keys()
        .filter(|(table, _)| table == "drafts")
        .count();
    assert_eq!(count, 2, "the kept one and the new one");
}

#[test]
fn parked_letters_wait_a_day_for_their_site() {
    let (mut alice, _) = two();
    let park = |site: &str| DeskRequest::Park {
        text: "sealed".to_owned(),
        site: site.to_owned(),
        names: vec!["Bob".to_owned()],
        private: false,
    };
    alice.ask(park("https://a.example"));
    let DeskReply::Park { parked } = alice.ask(park("https://b.example")) else {
        panic!()
    };
    assert_eq!(parked.len(), 1);
    let waiting = |alice: &mut Person, site: &str| match alice.ask(DeskRequest::ParkedFor {
        site: site.to_owned(),
    }) {
        DeskReply::ParkedFor { parked } => parked.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        (
            waiting(&mut alice, ""),
            waiting(&mut alice, "https://a.example")
        ),
        (2, 1)
    );
    alice.ask(DeskRequest::Unpark {
        id: parked[0].id.clone(),
    });
    assert_eq!(waiting(&mut alice, ""), 1);
    alice.now.0 += DAY_MS;
    assert_eq!(waiting(&mut alice, ""), 0);
}

#[test]
fn a_forgotten_contact_comes_back() {
    let (mut alice, _) = two();
    let id = only_contact(&mut alice);
    let before = alice.contact(&id);
    alice.ask(DeskRequest::ForgetContact { id: id.clone() });
    assert_eq!(
        alice.try_ask(DeskRequest::Contact { id }),
        Err(ErrorCode::ContactUnknown)
    );
    let DeskReply::UndoForget { contact } = alice.ask(DeskRequest::UndoForget {}) else {
        panic!()
    };
    assert_eq!(contact, before);
}
