//! Private windows: what is written there is kept in memory alone.

use sotto_protocol::ErrorCode;
use sotto_protocol::desk::{DeskReply, DeskRequest};
use sotto_protocol::view::Draft;

use super::person::{PASSPHRASE, Person, only_contact, two};

impl Person {
    fn compose_in_private(&mut self, to: &str, text: &str) -> Draft {
        let to = vec![to.to_owned()];
        let draft = self.compose(DeskRequest::Compose {
            context: None,
            to,
            reply_to: None,
            private: true,
        });
        self.save(&draft, "Private", text)
    }

    fn tables(&self) -> [Vec<&str>; 2] {
        [&self.rows, &self.memory]
            .map(|rows| rows.keys().map(|(table, _)| table.as_str()).collect())
    }

    /// The browser is closed and opened again: what is not on the disk is gone.
    fn reopen(&mut self) {
        self.memory.clear();
        self.session = None;
        self.restart();
        self.unlock(PASSPHRASE).unwrap();
    }
}

#[test]
fn a_draft_of_a_private_window_is_never_on_the_disk() {
    let (mut alice, mut bob) = two();
    let to_bob = only_contact(&mut alice);
    let draft = alice.compose_in_private(&to_bob, "nobody knows");
    assert!(draft.private);
    let [disk, memory] = alice.tables();
    assert!(!disk.contains(&"drafts"));
    assert_eq!(memory, ["drafts"]);
    // It outlives the worker and a lock, like any draft.
    alice.lock();
    alice.unlock(PASSPHRASE).unwrap();
    assert_eq!(alice.open_draft(&draft.id), draft);
    let sealed = alice.try_seal(&draft).unwrap();
    assert_eq!(bob.open(&sealed).unwrap().text, "nobody knows");
    let [disk, _] = alice.tables();
    assert!(!disk.contains(&"drafts"));
    alice.reopen();
    let gone = alice.try_ask(DeskRequest::OpenDraft { id: draft.id });
    assert_eq!(gone, Err(ErrorCode::DraftUnknown));
}

#[test]
fn what_is_thrown_away_or_parked_there_is_not_on_the_disk_either() {
    let (mut alice, _) = two();
    let to_bob = only_contact(&mut alice);
    let ordinary = alice.compose(DeskRequest::Compose {
        context: None,
        to: vec![to_bob.clone()],
        reply_to: None,
        private: false,
    });
    alice.ask(DeskRequest::DiscardDraft { id: ordinary.id });
    let draft = alice.compose_in_private(&to_bob, "nobody knows");
    alice.ask(DeskRequest::DiscardDraft {
        id: draft.id.clone(),
    });
    let [disk, memory] = alice.tables();
    assert!(!disk.contains(&"undo"), "it took the place of the other");
    assert_eq!(memory, ["undo"]);
    let DeskReply::UndoDiscard { draft: back } = alice.ask(DeskRequest::UndoDiscard {}) else {
        panic!()
    };
    assert_eq!(back, draft);
    alice.ask(DeskRequest::Park {
        text: "sealed".to_owned(),
        site: "https://mail.example".to_owned(),
        names: vec!["Bob".to_owned()],
        private: true,
    });
    let [disk, memory] = alice.tables();
    assert!(!disk.contains(&"parked"));
    assert_eq!(memory, ["drafts", "parked"]);
}

#[test]
fn a_letter_of_its_own_that_follows_is_private_too() {
    let (mut alice, _) = two();
    let mut draft = alice.compose_to_both();
    draft = alice.compose_in_private_again(&draft);
    let own = sotto_protocol::view::ClassicalChoice::OwnLetter;
    let draft = alice.decide(&draft, own).unwrap();
    alice.try_seal(&draft).unwrap();
    let [disk, memory] = alice.tables();
    assert_eq!(disk.iter().filter(|table| **table == "drafts").count(), 1);
    assert_eq!(memory, ["drafts", "drafts"]);
}

impl Person {
    fn compose_in_private_again(&mut self, draft: &Draft) -> Draft {
        let contacts = draft
            .recipients
            .iter()
            .filter_map(|one| one.contact.clone());
        let to = contacts.map(|contact| contact.id).collect();
        self.compose(DeskRequest::Compose {
            context: None,
            to,
            reply_to: None,
            private: true,
        })
    }
}

#[test]
fn deleting_an_identity_takes_what_is_in_memory_along() {
    let (mut alice, _) = two();
    let to_bob = only_contact(&mut alice);
    alice.compose_in_private(&to_bob, "nobody knows");
    alice.ask(DeskRequest::DeleteIdentity {
        name: "Alice Example".to_owned(),
    });
    assert!(alice.memory.is_empty());
}

#[test]
fn files_of_a_private_window_are_known_in_memory_alone() {
    let (mut alice, _) = two();
    let mut order = alice.order_files(&[("plans.txt", 9)]);
    order.private = true;
    order.site = Some("https://mail.example".to_owned());
    let (job, _) = alice.begin(order.clone()).unwrap();
    alice.finish(&job.id, 0, b"the plans").unwrap();
    let [disk, memory] = alice.tables();
    assert!(!disk.contains(&"files"));
    assert_eq!(memory, ["files"]);
    // An ordinary window does not build upon what goes with the session.
    order.private = false;
    let (_, tickets) = alice.begin(order).unwrap();
    assert_eq!(tickets.len(), 1);
    alice.reopen();
    assert_eq!(
        alice.app.file_job(&job.id).unwrap_err().code(),
        ErrorCode::JobUnknown
    );
    assert!(!alice.app.kept_files(alice.now).unwrap().contains(&job.id));
}
