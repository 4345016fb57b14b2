use sotto_protocol::ErrorCode;
use sotto_protocol::desk::{DeskReply, DeskRequest, LetterSource};
use sotto_protocol::view::{NoteKind, PasswordLetter};

use super::person::{Person, secret};

const PASSWORD: &str = "six words of a list";

fn draft(person: &mut Person, subject: &str, text: &str) -> String {
    let DeskReply::Compose { draft } = person.ask(DeskRequest::Compose {
        context: None,
        to: Vec::new(),
        reply_to: None,
        private: false,
    }) else {
        panic!()
    };
    person.ask(DeskRequest::SaveDraft {
        id: draft.id.clone(),
        to: Vec::new(),
        addresses: Vec::new(),
        subject: subject.to_owned(),
        text: text.to_owned(),
        form: draft.form,
    });
    draft.id
}

fn seal(person: &mut Person, id: &str, password: &str) -> Result<String, ErrorCode> {
    match person.try_ask(DeskRequest::SealWithPassword {
        id: id.to_owned(),
        password: secret(password),
    })? {
        DeskReply::SealWithPassword { text } => Ok(text),
        other => panic!("{other:?}"),
    }
}

fn open(
    person: &mut Person,
    text: &str,
    from: &[&str],
    password: &str,
) -> Result<PasswordLetter, ErrorCode> {
    let source = LetterSource {
        message_from: from.iter().map(|&one| one.to_owned()).collect(),
        ..LetterSource::default()
    };
    match person.try_ask(DeskRequest::OpenWithPassword {
        text: text.to_owned(),
        source,
        password: secret(password),
    })? {
        DeskReply::OpenWithPassword { letter } => Ok(letter),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_letter_for_somebody_without_sotto_needs_no_recipient() {
    let mut alice = Person::create(1, "Alice", "alice@example.org");
    let id = draft(&mut alice, "  The  keys ", "Under the mat.\n");
    let sealed = seal(&mut alice, &id, PASSWORD).unwrap();
    assert!(sealed.starts_with("-----BEGIN AGE ENCRYPTED FILE-----"));
    assert!(!sealed.contains("keys"));
    let letter = open(&mut alice, &sealed, &[], PASSWORD).unwrap();
    assert_eq!(letter.subject.as_deref(), Some("The keys"));
    assert_eq!(letter.text.as_deref(), Some("Under the mat."));
    assert_eq!((letter.file, letter.notes), (None, Vec::new()));
}

#[test]
fn the_draft_stays_until_the_letter_has_left() {
    let mut alice = Person::create(1, "Alice", "alice@example.org");
    let id = draft(&mut alice, "", "text");
    seal(&mut alice, &id, PASSWORD).unwrap();
    seal(&mut alice, &id, "another password").unwrap();
    alice.ask(DeskRequest::Sent { id: id.clone() });
    assert_eq!(
        seal(&mut alice, &id, PASSWORD),
        Err(ErrorCode::DraftUnknown)
    );
}

#[test]
fn a_password_that_is_too_short_is_said_before_the_work() {
    let mut alice = Person::create(1, "Alice", "alice@example.org");
    let id = draft(&mut alice, "", "text");
    assert_eq!(seal(&mut alice, &id, "short"), Err(ErrorCode::WeakPassword));
}

#[test]
fn opening_says_what_is_wrong() {
    let mut alice = Person::create(1, "Alice", "alice@example.org");
    let id = draft(&mut alice, "", "text");
    let sealed = seal(&mut alice, &id, PASSWORD).unwrap();
    let refused = open(&mut alice, &sealed, &[], "not this one");
    assert_eq!(refused, Err(ErrorCode::WrongPassword));
    let empty = open(&mut alice, &sealed, &[], "");
    assert_eq!(empty, Err(ErrorCode::WrongPassword));
    let nothing = open(&mut alice, "no block", &[], PASSWORD);
    assert_eq!(nothing, Err(ErrorCode::NothingFound));
    let without = alice.try_ask(DeskRequest::Open {
        text: sealed.clone(),
        source: LetterSource::default(),
        reveal: true,
    });
    assert_eq!(without.err(), Some(ErrorCode::PasswordNeeded));
    alice.ask(DeskRequest::Lock {});
    let locked = open(&mut alice, &sealed, &[], PASSWORD);
    assert_eq!(locked, Err(ErrorCode::VaultLocked));
}

#[test]
fn a_message_that_claims_a_contact_is_a_warning() {
    let mut alice = Person::create(1, "Alice", "alice@example.org");
    let mut bob = Person::create(2, "Bob", "bob@example.org");
    let card = bob.card();
    alice.add(&card).unwrap();
    let id = draft(&mut bob, "", "text");
    let sealed = seal(&mut bob, &id, PASSWORD).unwrap();
    let mut notes = |from: &[&str]| open(&mut alice, &sealed, from, PASSWORD).unwrap().notes;
    assert_eq!(notes(&["bob@example.org"]), [NoteKind::ClaimsContact]);
    assert!(notes(&["carol@example.org"]).is_empty());
}
