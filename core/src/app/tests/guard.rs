//! The upload guard: rules per site, kept recipients, and the one way on which a file leaves unsealed.

use sotto_protocol::ErrorCode;
use sotto_protocol::desk::{DeskReply, DeskRequest, PageAddress};
use sotto_protocol::shell::guard::{Chosen, GuardRule, GuardSheet, SiteGuard};
use sotto_protocol::view::{PageField, RecipientState};

use super::person::{Person, only_contact, two};

const SITE: &str = "https://mail.example";
const HOLD: &str = "00112233445566778899aabbccddeeff";

impl Person {
    fn set_guard(
        &mut self,
        rule: GuardRule,
        always_for: &[String],
    ) -> Result<SiteGuard, ErrorCode> {
        match self.try_ask(DeskRequest::SetGuard {
            site: SITE.to_owned(),
            rule,
            always_for: always_for.to_vec(),
        })? {
            DeskReply::SetGuard { guard } => Ok(guard),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn sheet(
        &mut self,
        addresses: &[(&str, PageField)],
        chosen: Option<Chosen>,
    ) -> GuardSheet {
        let addresses = addresses.iter().map(|(address, field)| PageAddress {
            address: (*address).to_owned(),
            field: *field,
        });
        let request = DeskRequest::GuardSheet {
            site: SITE.to_owned(),
            tab: 5,
            addresses: addresses.collect(),
            chosen,
        };
        let DeskReply::GuardSheet { sheet } = self.ask(request) else {
            panic!()
        };
        sheet
    }

    fn guards(&mut self) -> Vec<SiteGuard> {
        let DeskReply::Guards { guards } = self.ask(DeskRequest::Guards {}) else {
            panic!()
        };
        guards
    }

    fn seal_files_for(&mut self, to: &[String]) {
        self.ask(DeskRequest::GuardSealed {
            site: SITE.to_owned(),
            tab: 5,
            to: to.to_vec(),
        });
    }

    fn unsealed(&mut self, names: &[&str]) -> String {
        let request = DeskRequest::SendUnsealed {
            hold: HOLD.to_owned(),
            site: SITE.to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        };
        let DeskReply::SendUnsealed { pass } = self.ask(request) else {
            panic!()
        };
        pass
    }

    fn spend(&mut self, hold: &str, site: &str, names: &[&str], pass: &str) -> Option<ErrorCode> {
        let request = DeskRequest::SpendPass {
            hold: hold.to_owned(),
            site: site.to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            pass: pass.to_owned(),
        };
        self.try_ask(request).err()
    }
}

#[test]
fn a_site_is_unguarded_until_the_person_says_otherwise() {
    let (mut alice, _bob) = two();
    assert_eq!(alice.guards(), []);
    let guard = alice.set_guard(GuardRule::Ask, &[]).unwrap();
    assert_eq!(guard.rule, GuardRule::Ask);
    alice.restart();
    assert_eq!(alice.guards(), [guard]);
    alice.set_guard(GuardRule::Off, &[]).unwrap();
    assert_eq!(alice.guards(), []);
}

#[test]
fn always_needs_somebody_and_is_for_them() {
    let (mut alice, _bob) = two();
    let refused = alice.set_guard(GuardRule::Always, &[]);
    assert_eq!(refused, Err(ErrorCode::NoRecipient));
    let bob = only_contact(&mut alice);
    let guard = alice
        .set_guard(GuardRule::Always, std::slice::from_ref(&bob))
        .unwrap();
    assert_eq!(guard.always_for[0].name, "Bob");
    let sheet = alice.sheet(&[], None);
    assert_eq!(
        (sheet.seal_for, sheet.to),
        (vec!["Bob".to_owned()], vec![bob])
    );
    assert!(sheet.at_once && !sheet.kept);
}

#[test]
fn what_is_no_origin_gets_no_rule() {
    let (mut alice, _bob) = two();
    for site in [
        "",
        "mail.example",
        "ftp://mail.example",
        "https://",
        "https://a/b",
        "https://a b",
    ] {
        let request = DeskRequest::SetGuard {
            site: site.to_owned(),
            rule: GuardRule::Ask,
            always_for: vec![],
        };
        assert_eq!(
            alice.try_ask(request),
            Err(ErrorCode::MalformedMessage),
            "{site}"
        );
    }
}

#[test]
fn the_page_suggests_and_only_the_known_are_chosen() {
    let (mut alice, _bob) = two();
    alice.set_guard(GuardRule::Ask, &[]).unwrap();
    let page = [
        ("bob@mail.example", PageField::To),
        ("eve@mail.example", PageField::To),
        ("carol@mail.example", PageField::Bcc),
    ];
    let sheet = alice.sheet(&page, None);
    let states: Vec<_> = sheet
        .recipients
        .iter()
        .map(|one| (one.state, one.chosen))
        .collect();
    assert_eq!(
        states,
        [
            (RecipientState::Ready, true),
            (RecipientState::NoCard, false)
        ]
    );
    assert_eq!(sheet.seal_for, ["Bob"]);
    assert!(!sheet.at_once, "the page decides nothing");
    let nobody = alice.sheet(&[], None);
    assert_eq!(nobody.blocked_by, Some(ErrorCode::NoRecipient));
}

#[test]
fn the_names_of_sealed_files_are_decided_per_site() {
    use sotto_protocol::files::FileNaming;
    let (mut alice, _) = two();
    let request = |naming| DeskRequest::NameFiles {
        site: SITE.to_owned(),
        naming,
    };
    alice.ask(request(FileNaming::Real));
    assert_eq!(alice.sheet(&[], None).guard.naming, FileNaming::Real);
    assert_eq!(alice.guards().len(), 1);
    alice.ask(request(FileNaming::Word));
    assert_eq!(alice.guards(), []);
}

#[test]
fn for_whom_files_were_sealed_last_is_on_no_disk() {
    let (mut alice, _) = two();
    let bob = only_contact(&mut alice);
    let rows = alice.rows.len();
    alice.seal_files_for(&[bob]);
    assert_eq!(alice.rows.len(), rows);
    assert!(alice.sheet(&[], None).kept);
}

#[test]
fn a_second_pick_within_two_minutes_keeps_the_recipients() {
    let (mut alice, _bob) = two();
    alice.set_guard(GuardRule::Ask, &[]).unwrap();
    let bob = only_contact(&mut alice);
    alice.seal_files_for(std::slice::from_ref(&bob));
    let sheet = alice.sheet(&[], None);
    assert_eq!((sheet.kept, sheet.to), (true, vec![bob.clone()]));
    alice.now.0 += 120_000;
    let late = alice.sheet(&[], None);
    assert_eq!((late.kept, late.to.len()), (false, 0));
    alice.seal_files_for(&[bob]);
    alice.ask(DeskRequest::PageLeft { tab: 5 });
    assert!(
        !alice.sheet(&[], None).kept,
        "another page stands in the tab"
    );
}

#[test]
fn what_the_person_chose_is_what_counts() {
    let (mut alice, _bob) = two();
    let bob = only_contact(&mut alice);
    alice.set_guard(GuardRule::Always, &[bob]).unwrap();
    let nobody = Chosen {
        to: vec![],
        addresses: vec![],
        classical: None,
    };
    let sheet = alice.sheet(&[("bob@mail.example", PageField::To)], Some(nobody));
    assert_eq!(sheet.blocked_by, Some(ErrorCode::NoRecipient));
    assert!(!sheet.at_once);
}

#[test]
fn a_field_can_be_left_alone_and_guarded_again() {
    let (mut alice, _bob) = two();
    alice.set_guard(GuardRule::Ask, &[]).unwrap();
    let exempt = |field: &str, exempt| DeskRequest::ExemptField {
        site: SITE.to_owned(),
        field: field.to_owned(),
        exempt,
    };
    alice.ask(exempt("avatar", true));
    alice.ask(exempt("avatar", true));
    assert_eq!(alice.guards()[0].exempt, ["avatar"]);
    assert_eq!(alice.try_ask(exempt("", true)), Err(ErrorCode::TooLarge));
    alice.ask(exempt("avatar", false));
    assert!(alice.guards()[0].exempt.is_empty());
}

#[test]
fn a_pass_is_for_these_files_on_this_site_once() {
    let (mut alice, _bob) = two();
    alice.restarts = false;
    let names = ["report.pdf"];
    let pass = alice.unsealed(&names);
    assert_eq!(alice.spend(HOLD, SITE, &names, &pass), None);
    let spent = Some(ErrorCode::TokenSpent);
    assert_eq!(alice.spend(HOLD, SITE, &names, &pass), spent);
    let other = "ff112233445566778899aabbccddeeff";
    for (hold, site, names) in [
        (other, SITE, ["report.pdf"]),
        (HOLD, "https://elsewhere.example", ["report.pdf"]),
        (HOLD, SITE, ["diary.pdf"]),
    ] {
        let pass = alice.unsealed(&["report.pdf"]);
        assert_eq!(alice.spend(hold, site, &names, &pass), spent);
        assert_eq!(
            alice.spend(HOLD, SITE, &["report.pdf"], &pass),
            spent,
            "it was spent"
        );
    }
    let pass = alice.unsealed(&names);
    alice.now.0 += 60_000;
    assert_eq!(alice.spend(HOLD, SITE, &names, &pass), spent);
    let pass = alice.unsealed(&names);
    assert_eq!(alice.spend(HOLD, SITE, &names, other), spent);
    assert_ne!(pass, other);
}

#[test]
fn a_pass_survives_neither_lock_nor_restart() {
    let (mut alice, _bob) = two();
    alice.restarts = false;
    let pass = alice.unsealed(&["report.pdf"]);
    alice.restart();
    let spent = Some(ErrorCode::TokenSpent);
    assert_eq!(alice.spend(HOLD, SITE, &["report.pdf"], &pass), spent);
    let pass = alice.unsealed(&["report.pdf"]);
    alice.lock();
    let locked = Some(ErrorCode::VaultLocked);
    assert_eq!(alice.spend(HOLD, SITE, &["report.pdf"], &pass), locked);
}
