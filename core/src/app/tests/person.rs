use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use sotto_protocol::desk::{ComposeContext, DeskReply, DeskRequest, LetterSource, PageAddress};
use sotto_protocol::view::{CardVerdict, Contact, Draft, Letter, PageField, Status};
use sotto_protocol::{ErrorCode, SecretText, TimestampMs};

use super::TestRng;
use crate::app::{Admissions, App, AppError, KdfJob, KdfResult, Outcome, Row, SessionChange};

/// A person at their browser: the database, the session storage and an instance that may be gone
/// any moment.
pub(super) struct Person {
    pub(super) app: App,
    /// What is on the disk.
    pub(super) rows: BTreeMap<(String, Vec<u8>), Vec<u8>>,
    /// What is gone when the browser is closed.
    pub(super) memory: BTreeMap<(String, Vec<u8>), Vec<u8>>,
    pub(super) session: Option<String>,
    pub(super) now: TimestampMs,
    pub(super) rng: TestRng,
    /// Every request is followed by a restart of the worker.
    pub(super) restarts: bool,
}

pub(super) const PASSPHRASE: &str = "correct horse";
pub(super) const DAY_MS: u64 = 86_400_000;

impl Person {
    pub(super) fn empty(seed: u64) -> Self {
        Self {
            app: App::default(),
            rows: BTreeMap::new(),
            memory: BTreeMap::new(),
            session: None,
            now: TimestampMs(1_760_000_000_000),
            rng: TestRng::new(seed),
            restarts: true,
        }
    }

    pub(super) fn create(seed: u64, name: &str, address: &str) -> Self {
        let mut person = Self::empty(seed);
        person.ask(DeskRequest::Create {
            name: name.to_owned(),
            address: address.to_owned(),
            passphrase: secret(PASSPHRASE),
        });
        person
    }

    /// The worker is killed: what counts is in rows and session storage.
    pub(super) fn restart(&mut self) {
        let rows = self.rows.iter().chain(&self.memory);
        let rows = rows.map(|((table, key), value)| Row {
            table: table.clone(),
            key: key.clone(),
            value: value.clone(),
        });
        let admissions: Admissions = self.app.admissions().clone();
        self.app = App::load(rows.collect(), self.session.as_deref(), admissions);
    }

    /// What the background does with a request, up to the commit.
    pub(super) fn compute(&mut self, request: DeskRequest) -> Result<Outcome<DeskReply>, AppError> {
        self.now.0 += 1_000;
        let jobs = self.app.kdf_jobs(&request, &mut self.rng)?;
        let keys: Vec<_> = jobs.iter().map(quick).collect();
        if !keys.is_empty() {
            self.restart();
        }
        self.app.handle(request, &keys, self.now, &mut self.rng)
    }

    pub(super) fn commit<R>(&mut self, outcome: Outcome<R>) -> R {
        for write in outcome.writes {
            let name = (write.table, write.key);
            self.rows.remove(&name);
            self.memory.remove(&name);
            let place = match write.is_volatile {
                true => &mut self.memory,
                false => &mut self.rows,
            };
            place.extend(write.value.map(|value| (name, value)));
        }
        match outcome.session {
            SessionChange::Keep => {}
            SessionChange::Set(session) => self.session = Some(session),
            SessionChange::Clear => self.session = None,
        }
        if self.restarts {
            self.restart();
        }
        outcome.reply
    }

    pub(super) fn try_ask(&mut self, request: DeskRequest) -> Result<DeskReply, ErrorCode> {
        let outcome = self.compute(request).map_err(|error| error.code())?;
        Ok(self.commit(outcome))
    }

    pub(super) fn ask(&mut self, request: DeskRequest) -> DeskReply {
        self.try_ask(request).unwrap()
    }

    pub(super) fn status(&mut self) -> Status {
        let DeskReply::Status { status } = self.ask(DeskRequest::Status {}) else {
            panic!()
        };
        status
    }

    pub(super) fn unlock(&mut self, passphrase: &str) -> Result<Status, ErrorCode> {
        match self.try_ask(DeskRequest::Unlock {
            passphrase: secret(passphrase),
        })? {
            DeskReply::Unlock { status } => Ok(status),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn card(&mut self) -> String {
        let DeskReply::OwnCard { card, .. } = self.ask(DeskRequest::OwnCard {}) else {
            panic!()
        };
        card
    }

    pub(super) fn look(&mut self, text: &str) -> Result<(CardVerdict, String), ErrorCode> {
        match self.try_ask(DeskRequest::LookAtCards {
            text: text.to_owned(),
        })? {
            DeskReply::LookAtCards { cards } => Ok((cards[0].verdict, cards[0].card.clone())),
            other => panic!("{other:?}"),
        }
    }

    /// Looks at the first card of a text and accepts what it sees.
    pub(super) fn add(&mut self, text: &str) -> Result<Contact, ErrorCode> {
        let (verdict, card) = self.look(text)?;
        match self.try_ask(DeskRequest::AcceptCard { card, verdict })? {
            DeskReply::AcceptCard { contact, .. } => Ok(contact),
            other => panic!("{other:?}"),
        }
    }

    /// Opens the composer at a page with these addresses in To.
    pub(super) fn compose_at(&mut self, to: &[(&str, PageField)], text: &str) -> Draft {
        let addresses = to.iter().map(|(address, field)| PageAddress {
            address: (*address).to_owned(),
            field: *field,
        });
        let context = ComposeContext {
            site: "https://mail.example".to_owned(),
            addresses: addresses.collect(),
            text: text.to_owned(),
            ..ComposeContext::default()
        };
        self.compose(DeskRequest::Compose {
            context: Some(context),
            to: vec![],
            reply_to: None,
            private: false,
        })
    }

    pub(super) fn compose(&mut self, request: DeskRequest) -> Draft {
        let DeskReply::Compose { draft } = self.ask(request) else {
            panic!()
        };
        draft
    }

    pub(super) fn save(&mut self, draft: &Draft, subject: &str, text: &str) -> Draft {
        let chosen = draft.recipients.iter().filter(|one| one.chosen);
        let request = DeskRequest::SaveDraft {
            id: draft.id.clone(),
            to: chosen
                .clone()
                .filter_map(|one| Some(one.contact.clone()?.id))
                .collect(),
            addresses: chosen
                .filter(|one| one.contact.is_none())
                .map(|one| one.address.clone())
                .collect(),
            subject: subject.to_owned(),
            text: text.to_owned(),
            form: draft.form,
        };
        let DeskReply::SaveDraft { draft } = self.ask(request) else {
            panic!()
        };
        draft
    }

    pub(super) fn open_draft(&mut self, id: &str) -> Draft {
        let request = DeskRequest::OpenDraft { id: id.to_owned() };
        let DeskReply::OpenDraft { draft } = self.ask(request) else {
            panic!()
        };
        draft
    }

    pub(super) fn try_seal(&mut self, draft: &Draft) -> Result<String, ErrorCode> {
        let request = DeskRequest::Seal {
            id: draft.id.clone(),
            seal_for: draft.seal_for.clone(),
        };
        match self.try_ask(request)? {
            DeskReply::Seal { sealed } => Ok(sealed.text),
            other => panic!("{other:?}"),
        }
    }

    /// Writes to a contact, seals and sends.
    pub(super) fn write(&mut self, contact: &str, text: &str) -> Result<String, ErrorCode> {
        let to = vec![contact.to_owned()];
        let draft = self.compose(DeskRequest::Compose {
            context: None,
            to,
            reply_to: None,
            private: false,
        });
        let draft = self.save(&draft, "About tomorrow", text);
        let sealed = self.try_seal(&draft)?;
        self.ask(DeskRequest::Sent { id: draft.id });
        Ok(sealed)
    }

    pub(super) fn open(&mut self, text: &str) -> Result<Letter, ErrorCode> {
        self.open_from(text, LetterSource::default())
    }

    pub(super) fn open_from(
        &mut self,
        text: &str,
        source: LetterSource,
    ) -> Result<Letter, ErrorCode> {
        let request = DeskRequest::Open {
            text: text.to_owned(),
            source,
            reveal: false,
        };
        match self.try_ask(request)? {
            DeskReply::Open { letter } => Ok(letter),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn contact(&mut self, id: &str) -> Contact {
        let request = DeskRequest::Contact { id: id.to_owned() };
        let DeskReply::Contact { contact } = self.ask(request) else {
            panic!()
        };
        contact
    }

    pub(super) fn words(&mut self) -> (Vec<SecretText>, Vec<u32>) {
        let request = DeskRequest::RecoveryWords {
            passphrase: secret(PASSPHRASE),
        };
        let DeskReply::RecoveryWords { words, check, .. } = self.ask(request) else {
            panic!()
        };
        (words, check)
    }

    pub(super) fn lock(&mut self) {
        self.ask(DeskRequest::Lock {});
    }
}

pub(super) fn secret(text: &str) -> SecretText {
    SecretText(text.to_owned())
}

/// Argon2id replaced by one hash: the application sees keys, not how long they took. The real
/// derivation has a test of its own.
pub(super) fn quick(job: &KdfJob) -> KdfResult {
    job.run_with(|passphrase, salt| Sha256::digest([salt, passphrase].concat()).into())
        .unwrap()
}

/// Two people who have accepted each other's card.
pub(super) fn two() -> (Person, Person) {
    let mut alice = Person::create(1, "Alice Example", "alice@mail.example");
    let mut bob = Person::create(2, "Bob", "bob@mail.example");
    alice.add(&bob.card()).unwrap();
    bob.add(&alice.card()).unwrap();
    (alice, bob)
}

/// The id of the only contact.
pub(super) fn only_contact(person: &mut Person) -> String {
    let request = DeskRequest::Contacts {
        query: String::new(),
    };
    let DeskReply::Contacts { contacts, .. } = person.ask(request) else {
        panic!()
    };
    assert_eq!(contacts.len(), 1);
    contacts[0].id.clone()
}
