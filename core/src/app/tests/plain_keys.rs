//! Plain age keys as contacts, and letters that classical recipients are in.

use sotto_protocol::ErrorCode;
use sotto_protocol::desk::{DeskReply, DeskRequest};
use sotto_protocol::view::{
    CardVerdict, ClassicalChoice, Contact, ContactKind, Draft, NoteKind, PageField, RecipientState,
};
use zeroize::Zeroizing;

use super::person::{Person, only_contact, two};
use crate::age::armor::{self, Label};
use crate::age::{Identity, RecipientType};

/// Carol has age and no Sotto.
pub(super) fn carol(kind: RecipientType) -> Identity {
    Identity::from_secret(kind, Zeroizing::new([9; 32])).unwrap()
}

impl Person {
    fn add_key(&mut self, key: &str, name: &str, address: &str) -> Result<Contact, ErrorCode> {
        match self.try_ask(DeskRequest::AddKey {
            key: key.to_owned(),
            name: name.to_owned(),
            address: address.to_owned(),
        })? {
            DeskReply::AddKey { contact, .. } => Ok(contact),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn add_carol(&mut self, kind: RecipientType) -> Contact {
        let key = carol(kind).recipient().to_string();
        self.add_key(&format!(" {key}\n"), "Carol", "carol@mail.example")
            .unwrap()
    }

    pub(super) fn decide(
        &mut self,
        draft: &Draft,
        choice: ClassicalChoice,
    ) -> Result<Draft, ErrorCode> {
        match self.try_ask(DeskRequest::DecideClassical {
            id: draft.id.clone(),
            choice,
        })? {
            DeskReply::DecideClassical { draft } => Ok(draft),
            other => panic!("{other:?}"),
        }
    }

    /// To Bob, who has a card, and Carol, who has a classical key.
    pub(super) fn compose_to_both(&mut self) -> Draft {
        self.add_carol(RecipientType::X25519);
        let to = [
            ("bob@mail.example", PageField::To),
            ("carol@mail.example", PageField::To),
        ];
        let draft = self.compose_at(&to, "");
        let carol = draft.recipients[1].clone();
        assert_eq!(carol.state, RecipientState::Classical);
        assert!(!carol.chosen, "the weaker letter is never the default");
        let mut both = draft;
        both.recipients[1].chosen = true;
        self.save(&both, "For both", "hello")
    }
}

fn file(block: &str) -> Vec<u8> {
    armor::decode(Label::AgeEncryptedFile, block.as_bytes()).unwrap()
}

fn stanzas(block: &str, tag: &str) -> usize {
    let header = String::from_utf8_lossy(&file(block)).into_owned();
    header.matches(&format!("-> {tag} ")).count()
}

#[test]
fn a_plain_key_is_a_contact_without_card() {
    for kind in [RecipientType::X25519, RecipientType::Mlkem768X25519] {
        let mut alice = Person::create(1, "Alice Example", "alice@mail.example");
        let contact = alice.add_carol(kind);
        assert_eq!(contact.brief.kind, ContactKind::Key);
        assert_eq!(contact.comparing, None);
        assert_eq!(contact.classical, kind == RecipientType::X25519);
        assert_eq!(alice.status().contacts, 1);
        let letter = alice.write(&contact.brief.id, "hello Carol").unwrap();
        let opened = crate::age::open(&file(&letter), &[carol(kind)]).unwrap();
        assert!(opened.starts_with(b"hello Carol\n"));
        let mine = alice.open(&letter).unwrap();
        assert_eq!(mine.recipients, ["Alice Example", "Carol"]);
        assert_eq!(mine.unnamed_recipients, 0);
        let compared = alice.try_ask(DeskRequest::Compared {
            id: contact.brief.id,
        });
        assert_eq!(
            compared,
            Err(ErrorCode::ContactUnknown),
            "nothing to compare"
        );
    }
}

#[test]
fn a_letter_to_a_plain_key_is_bare_to_who_holds_it() {
    let (mut alice, mut bob) = two();
    // Somebody gave Alice Bob's key as text; the letter names no Bob.
    let DeskReply::ExportIdentity { classical, .. } = bob.ask(DeskRequest::ExportIdentity {
        passphrase: super::person::secret(super::person::PASSPHRASE),
    }) else {
        panic!()
    };
    let key = classical.0.lines().last().unwrap().parse::<Identity>();
    let key = key.unwrap().recipient().to_string();
    assert_eq!(
        alice.add_key(&key, "Bob again", ""),
        Err(ErrorCode::KeyKnown)
    );
    let to_bob = only_contact(&mut alice);
    alice.ask(DeskRequest::ForgetContact { id: to_bob });
    let contact = alice.add_key(&key, "Bob", "").unwrap();
    let letter = alice.write(&contact.brief.id, "hello").unwrap();
    let opened = bob.open(&letter).unwrap();
    assert!(opened.notes.contains(&NoteKind::Bare));
}

#[test]
fn what_is_no_key_or_already_somebody_is_refused() {
    let (mut alice, _) = two();
    let key = carol(RecipientType::X25519).recipient().to_string();
    let secret = carol(RecipientType::X25519).to_secret_string();
    for bad in ["", "age1", "ssh-ed25519 AAAA", secret.as_str()] {
        let refused = alice.add_key(bad, "Carol", "");
        assert_eq!(refused, Err(ErrorCode::MalformedKey), "{bad}");
    }
    assert_eq!(alice.add_key(&key, " ", ""), Err(ErrorCode::NameInvalid));
    let refused = alice.add_key(&key, "Carol", "carol");
    assert_eq!(refused, Err(ErrorCode::AddressInvalid));
    for taken in ["bob@mail.example", "ALICE@mail.example"] {
        let refused = alice.add_key(&key, "Carol", taken);
        assert_eq!(refused, Err(ErrorCode::AddressClash), "{taken}");
    }
    let card = crate::identity::card::Card::parse_armor(&alice.card()).unwrap();
    let own = card.content().recipients[0].to_string();
    assert_eq!(alice.add_key(&own, "Me", ""), Err(ErrorCode::CardOwn));
    alice.add_carol(RecipientType::X25519);
    let renamed = alice.add_key(&key, "Caroline", "").unwrap();
    assert_eq!(renamed.brief.name, "Caroline");
    assert_eq!(
        alice.status().contacts,
        2,
        "the same key under another name"
    );
}

#[test]
fn a_card_takes_the_place_of_a_key_only_if_it_lists_it() {
    let mut carol = Person::create(3, "Carol", "carol@mail.example");
    let mut impostor = Person::create(4, "Carol", "carol@mail.example");
    let card = crate::identity::card::Card::parse_armor(&carol.card()).unwrap();
    let key = card.content().recipients[1].to_string();
    let mut alice = Person::create(1, "Alice Example", "alice@mail.example");
    let by_key = alice.add_key(&key, "Carol", "carol@mail.example").unwrap();
    let draft = alice.compose(DeskRequest::Compose {
        context: None,
        to: vec![by_key.brief.id],
        reply_to: None,
        private: false,
    });
    let (verdict, _) = alice.look(&impostor.card()).unwrap();
    assert_eq!(verdict, CardVerdict::OtherKey);
    assert_eq!(
        alice.add(&impostor.card()),
        Err(ErrorCode::AddressClash),
        "her key is forgotten first, knowingly"
    );
    let contact = alice.add(&carol.card()).unwrap();
    assert_eq!(contact.brief.kind, ContactKind::Card);
    assert_eq!(alice.status().contacts, 1);
    let draft = alice.open_draft(&draft.id);
    assert_eq!(
        draft.recipients[0].contact.clone().unwrap().id,
        contact.brief.id
    );
    assert_eq!(draft.recipients[0].state, RecipientState::Ready);
}

#[test]
fn sealing_waits_until_it_is_decided_what_becomes_of_a_classical_recipient() {
    let (mut alice, mut bob) = two();
    let draft = alice.compose_to_both();
    let mixed = draft.mixed.clone().unwrap();
    assert_eq!(
        (mixed.names, mixed.choice),
        (vec!["Carol".to_owned()], None)
    );
    assert!(mixed.can_seal_all);
    assert_eq!(draft.blocked_by, Some(ErrorCode::MixedRecipients));
    assert_eq!(alice.try_seal(&draft), Err(ErrorCode::MixedRecipients));

    let all = alice.decide(&draft, ClassicalChoice::SealAll).unwrap();
    assert_eq!(all.seal_for, ["Bob", "Carol"]);
    let letter = alice.try_seal(&all).unwrap();
    assert_eq!(
        (
            stanzas(&letter, "X25519"),
            stanzas(&letter, "mlkem768x25519")
        ),
        (3, 0)
    );
    assert_eq!(bob.open(&letter).unwrap().text, "hello");
    let carols = [carol(RecipientType::X25519)];
    assert!(crate::age::open(&file(&letter), &carols).is_ok());
}

#[test]
fn left_out_she_gets_nothing() {
    let (mut alice, _) = two();
    let draft = alice.compose_to_both();
    let draft = alice.decide(&draft, ClassicalChoice::LeaveOut).unwrap();
    assert_eq!(
        (draft.seal_for.clone(), draft.mixed.clone()),
        (vec!["Bob".to_owned()], None)
    );
    let letter = alice.try_seal(&draft).unwrap();
    assert_eq!(
        (
            stanzas(&letter, "X25519"),
            stanzas(&letter, "mlkem768x25519")
        ),
        (0, 2)
    );
    let again = alice.decide(&draft, ClassicalChoice::SealAll);
    assert_eq!(
        again,
        Err(ErrorCode::NothingFound),
        "nothing is to be decided"
    );
}

#[test]
fn a_letter_of_her_own_follows_the_common_one() {
    let (mut alice, _) = two();
    let draft = alice.compose_to_both();
    let draft = alice.decide(&draft, ClassicalChoice::OwnLetter).unwrap();
    assert_eq!(draft.seal_for, ["Bob"]);
    let DeskReply::Seal { sealed } = alice.ask(DeskRequest::Seal {
        id: draft.id.clone(),
        seal_for: draft.seal_for.clone(),
    }) else {
        panic!()
    };
    assert_eq!(stanzas(&sealed.text, "X25519"), 0);
    let next = alice.open_draft(&sealed.next_draft.unwrap());
    assert_eq!(
        (next.seal_for.clone(), next.blocked_by),
        (vec!["Carol".to_owned()], None)
    );
    assert_eq!(
        (next.subject.as_str(), next.text.as_str()),
        ("For both", "hello")
    );
    let hers = alice.try_seal(&next).unwrap();
    assert_eq!(stanzas(&hers, "X25519"), 2);
    let carols = [carol(RecipientType::X25519)];
    assert!(crate::age::open(&file(&hers), &carols).is_ok());
    let DeskReply::Seal { sealed } = alice.ask(DeskRequest::Seal {
        id: draft.id,
        seal_for: draft.seal_for,
    }) else {
        panic!()
    };
    assert_eq!(sealed.next_draft, None, "once");
}

#[test]
fn a_choice_is_forgotten_with_those_it_was_about() {
    let (mut alice, _) = two();
    let draft = alice.compose_to_both();
    let draft = alice.decide(&draft, ClassicalChoice::SealAll).unwrap();
    let mut without = draft.clone();
    without.recipients[1].chosen = false;
    let without = alice.save(&without, "", "hello");
    assert_eq!(without.mixed, None);
    let again = alice.save(&draft, "", "hello");
    assert_eq!(again.mixed.unwrap().choice, None, "asked again");
}

#[test]
fn who_has_no_classical_key_cannot_be_sealed_to_classically() {
    let mut alice = Person::create(1, "Alice Example", "alice@mail.example");
    let dave = Identity::from_secret(RecipientType::Mlkem768X25519, Zeroizing::new([8; 32]));
    let dave = dave.unwrap().recipient().to_string();
    let dave = alice.add_key(&dave, "Dave", "").unwrap();
    let carol = alice.add_carol(RecipientType::X25519);
    let draft = alice.compose(DeskRequest::Compose {
        context: None,
        to: vec![dave.brief.id, carol.brief.id],
        reply_to: None,
        private: false,
    });
    assert!(!draft.mixed.clone().unwrap().can_seal_all);
    let refused = alice.decide(&draft, ClassicalChoice::SealAll);
    assert_eq!(refused, Err(ErrorCode::MixedRecipients));
}

#[test]
fn keys_are_forgotten_brought_back_and_backed_up() {
    let mut alice = Person::create(1, "Alice Example", "alice@mail.example");
    let contact = alice.add_carol(RecipientType::X25519);
    let id = contact.brief.id.clone();
    let DeskReply::MakeBackup { text, .. } = alice.ask(DeskRequest::MakeBackup {}) else {
        panic!()
    };
    alice.ask(DeskRequest::ForgetContact { id: id.clone() });
    assert_eq!(alice.status().contacts, 0);
    alice.ask(DeskRequest::UndoForget {});
    assert_eq!(alice.contact(&id), contact);
    alice.ask(DeskRequest::ForgetContact { id: id.clone() });
    let restore = DeskRequest::RestoreBackup { text };
    let DeskReply::RestoreBackup { contacts, kept } = alice.ask(restore.clone()) else {
        panic!()
    };
    assert_eq!((contacts, kept), (1, 0));
    assert_eq!(alice.contact(&id), contact);
    let DeskReply::RestoreBackup { contacts, kept } = alice.ask(restore) else {
        panic!()
    };
    assert_eq!((contacts, kept), (0, 1));
}
