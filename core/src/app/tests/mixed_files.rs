//! Files for people with classical and with hybrid keys: the question of letters, asked for files.

use sotto_protocol::ErrorCode;
use sotto_protocol::desk::{DeskReply, DeskRequest};
use sotto_protocol::files::{FileNaming, FilePlan, FileRecipients, SealOrder};
use sotto_protocol::shell::guard::Chosen;
use sotto_protocol::view::ClassicalChoice;

use super::files::{brief, payload};
use super::person::{Person, only_contact, two};
use super::plain_keys::carol;
use crate::age::RecipientType;

impl Person {
    fn plan_files(&mut self, to: &[String], classical: Option<ClassicalChoice>) -> FilePlan {
        match self.ask(DeskRequest::PlanFiles {
            to: to.to_vec(),
            addresses: vec![],
            classical,
        }) {
            DeskReply::PlanFiles { plan } => plan,
            other => panic!("{other:?}"),
        }
    }

    fn seal_for(
        &mut self,
        to: &[String],
        plan: &FilePlan,
        classical: Option<ClassicalChoice>,
    ) -> Result<Vec<u8>, ErrorCode> {
        let order = SealOrder {
            recipients: FileRecipients::Contacts {
                to: to.to_vec(),
                seal_for: plan.seal_for.clone(),
                classical,
            },
            naming: FileNaming::Word,
            files: vec![brief("plan.txt", 4)],
            folder: None,
            site: None,
            private: false,
        };
        let (job, tickets) = self.begin(order)?;
        let header = self.finish(&job.id, 0, b"text")?;
        Ok([
            header,
            tickets[0].nonce.to_vec(),
            payload(&tickets[0], b"text"),
        ]
        .concat())
    }
}

/// Alice, who knows Bob by his card and Carol by her key; and their ids.
fn three() -> (Person, Person, Vec<String>) {
    let (mut alice, bob) = two();
    let bob_id = only_contact(&mut alice);
    let carol = alice.add_carol(RecipientType::X25519).brief.id;
    (alice, bob, vec![bob_id, carol])
}

#[test]
fn files_for_both_kinds_wait_for_the_question() {
    let (mut alice, _, both) = three();
    let plan = alice.plan_files(&both, None);
    assert_eq!(plan.blocked_by, Some(ErrorCode::MixedRecipients));
    let mixed = plan.mixed.clone().unwrap();
    assert_eq!(
        (mixed.names, mixed.choice),
        (vec!["Carol".to_owned()], None)
    );
    assert_eq!(
        alice.seal_for(&both, &plan, None),
        Err(ErrorCode::MixedRecipients)
    );
}

#[test]
fn files_of_their_own_are_two_orders() {
    let (mut alice, mut bob, both) = three();
    let own = Some(ClassicalChoice::OwnLetter);
    let plan = alice.plan_files(&both, own);
    assert_eq!(plan.blocked_by, None);
    assert_eq!(plan.seal_for, ["Bob"]);
    assert_eq!(plan.apart, [both[1].clone()]);
    let first = alice.seal_for(&both, &plan, own).unwrap();
    assert_eq!(bob.open_bytes(&first).unwrap().1, b"text");
    assert!(!String::from_utf8_lossy(&first).contains("-> X25519"));
    let apart = alice.plan_files(&plan.apart, None);
    assert_eq!(apart.seal_for, ["Carol"]);
    let second = alice.seal_for(&plan.apart, &apart, None).unwrap();
    let opened = crate::age::open(&second, &[carol(RecipientType::X25519)]).unwrap();
    assert_eq!(opened.as_slice(), b"text");
    assert!(bob.open_bytes(&second).is_err());
}

#[test]
fn one_file_for_all_of_them_is_a_decision_that_outlives_the_worker() {
    let (mut alice, mut bob, both) = three();
    let all = Some(ClassicalChoice::SealAll);
    let plan = alice.plan_files(&both, all);
    assert!(plan.mixed.as_ref().unwrap().can_seal_all);
    assert_eq!(plan.seal_for, ["Bob", "Carol"]);
    let file = alice.seal_for(&both, &plan, all).unwrap();
    assert_eq!(bob.open_bytes(&file).unwrap().1, b"text");
    let opened = crate::age::open(&file, &[carol(RecipientType::X25519)]).unwrap();
    assert_eq!(opened.as_slice(), b"text");
}

#[test]
fn the_sheet_of_the_guard_asks_the_same() {
    let (mut alice, _, both) = three();
    let mut chosen = Chosen {
        to: both.clone(),
        addresses: vec![],
        classical: None,
    };
    let asked = alice.sheet(&[], Some(chosen.clone()));
    assert_eq!(asked.blocked_by, Some(ErrorCode::MixedRecipients));
    assert!(asked.mixed.is_some());
    chosen.classical = Some(ClassicalChoice::OwnLetter);
    let decided = alice.sheet(&[], Some(chosen));
    assert_eq!(decided.blocked_by, None);
    assert_eq!(decided.seal_for, ["Bob"]);
    assert_eq!(decided.apart, [both[1].clone()]);
}
