//! Arbitrary requests in arbitrary order: never a panic, and memory always equals the rows.

use proptest::prelude::*;
use proptest::sample::Index;
use sotto_protocol::desk::{ComposeContext, DeskRequest, LetterSource, PageAddress};
use sotto_protocol::shell::guard::GuardRule;
use sotto_protocol::view::{CardVerdict, PageField, Settings, TextForm};

use super::person::{PASSPHRASE, Person, secret, two};

/// Texts that requests are made of: good, stale, foreign and hostile ones.
fn texts(alice: &mut Person, bob: &mut Person) -> Vec<String> {
    let mut carol = Person::create(7, "Carol", "bob@mail.example");
    let to_alice = bob.add(&alice.card()).unwrap().brief.id;
    let from_carol = carol.add(&alice.card()).unwrap().brief.id;
    let draft = alice.compose_at(&[("bob@mail.example", PageField::To)], "text");
    vec![
        alice.card(),
        bob.card(),
        carol.card(),
        bob.write(&to_alice, "letter").unwrap(),
        carol.write(&from_carol, "letter").unwrap(),
        alice.contact_ids().concat(),
        to_alice,
        from_carol,
        draft.id,
        "bob@mail.example".to_owned(),
        "Bob".to_owned(),
        "new@mail.example".to_owned(),
        String::new(),
        "\u{202e}<>\0".to_owned(),
        "0".repeat(32),
    ]
}

impl Person {
    fn contact_ids(&mut self) -> Vec<String> {
        let request = DeskRequest::Contacts {
            query: String::new(),
        };
        let sotto_protocol::desk::DeskReply::Contacts { contacts, .. } = self.ask(request) else {
            panic!()
        };
        contacts.into_iter().map(|contact| contact.id).collect()
    }
}

fn verdict(pick: Index) -> CardVerdict {
    *pick.get(&[
        CardVerdict::New,
        CardVerdict::Newer,
        CardVerdict::OtherKey,
        CardVerdict::Same,
        CardVerdict::Blocked,
    ])
}

fn request(kind: usize, a: &str, b: &str, flag: bool, pick: Index) -> DeskRequest {
    let (a, b) = (a.to_owned(), b.to_owned());
    let source = LetterSource {
        tab: flag.then_some(1),
        private: false,
        message_from: vec![b.clone()],
        message_date: None,
    };
    let field = *pick.get(&[PageField::To, PageField::Cc, PageField::Bcc]);
    let form = if flag {
        TextForm::Line
    } else {
        TextForm::Armor
    };
    match kind {
        0 => DeskRequest::Status {},
        1 => DeskRequest::Lock {},
        2 => DeskRequest::Unlock {
            passphrase: secret(if flag { PASSPHRASE } else { &a }),
        },
        3 => DeskRequest::LookAtCards { text: a + &b },
        4 => DeskRequest::AcceptCard {
            card: a,
            verdict: verdict(pick),
        },
        5 => DeskRequest::AcceptChange { id: a },
        6 => DeskRequest::Compared { id: a },
        7 => DeskRequest::ComparedCode { id: a, code: b },
        8 => DeskRequest::DecideChange { id: a, take: flag },
        9 => DeskRequest::Block {
            id: a,
            blocked: flag,
        },
        10 => DeskRequest::ForgetContact { id: a },
        11 => DeskRequest::UndoForget {},
        12 => DeskRequest::Invite {
            address: a,
            locale: b,
        },
        13 => {
            let addresses = vec![PageAddress { address: a, field }];
            let context = ComposeContext {
                addresses,
                quoted: vec![b],
                ..Default::default()
            };
            DeskRequest::Compose {
                context: flag.then_some(context),
                to: vec![],
                reply_to: None,
                private: false,
            }
        }
        14 => DeskRequest::SaveDraft {
            id: a,
            to: vec![],
            addresses: vec![b.clone()],
            subject: b.clone(),
            text: b,
            form,
        },
        15 => DeskRequest::DecideBcc {
            id: a,
            address: b,
            next_letter: flag,
        },
        16 => DeskRequest::DiscardDraft { id: a },
        17 => DeskRequest::UndoDiscard {},
        18 => DeskRequest::Seal {
            id: a,
            seal_for: vec![b],
        },
        19 => DeskRequest::Sent { id: a },
        20 => DeskRequest::Park {
            text: a,
            site: b,
            names: vec![],
            private: false,
        },
        21 => DeskRequest::ParkedFor { site: b },
        22 => DeskRequest::Unpark { id: a },
        23 => DeskRequest::Open {
            text: a,
            source,
            reveal: flag,
        },
        24 => DeskRequest::OpenedOn { tab: 1 },
        25 => DeskRequest::PageLeft { tab: 1 },
        26 => DeskRequest::Contacts { query: a },
        27 => DeskRequest::Contact { id: a },
        28 => DeskRequest::RestoreBackup { text: a },
        29 => DeskRequest::MakeBackup {},
        30 => DeskRequest::SetSettings {
            settings: Settings {
                idle_minutes: if flag { 5 } else { u32::MAX },
                ..Settings::default()
            },
        },
        31 => DeskRequest::OpenDraft { id: a },
        32 => DeskRequest::DeleteIdentity { name: a },
        33 => DeskRequest::SetGuard {
            site: "https://mail.example".to_owned(),
            rule: *pick.get(&[GuardRule::Off, GuardRule::Ask, GuardRule::Always]),
            always_for: vec![a],
        },
        34 => DeskRequest::ExemptField {
            site: "https://mail.example".to_owned(),
            field: a,
            exempt: flag,
        },
        35 => DeskRequest::GuardSheet {
            site: if flag {
                b
            } else {
                "https://mail.example".to_owned()
            },
            tab: 1,
            addresses: vec![PageAddress { address: a, field }],
            chosen: None,
        },
        36 => DeskRequest::GuardSealed {
            site: "https://mail.example".to_owned(),
            tab: 1,
            to: vec![a],
        },
        37 => DeskRequest::Guards {},
        _ => DeskRequest::RecoveryCheck {
            answers: vec![secret(&a), secret(&b)],
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn any_sequence_is_answered_and_memory_equals_the_rows(
        steps in proptest::collection::vec(
            (0..39_usize, any::<Index>(), any::<Index>(), any::<bool>(), any::<Index>()), 1..40),
    ) {
        let (mut alice, mut bob) = two();
        let texts = texts(&mut alice, &mut bob);
        alice.restarts = false;
        for (kind, a, b, flag, pick) in steps {
            let (a, b): (&String, &String) = (a.get(&texts), b.get(&texts));
            let request = request(kind, a, b, flag, pick);
            let _answered = alice.try_ask(request);
            let (status, now) = (alice.app.status(alice.now).unwrap(), alice.now);
            alice.restart();
            prop_assert_eq!(alice.app.status(now).unwrap(), status);
        }
    }
}
