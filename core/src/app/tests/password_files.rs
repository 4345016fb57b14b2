//! Files under a password: sealed by the application, opened by it and by what the reader is made of.

use sotto_protocol::desk::LetterSource;
use sotto_protocol::files::{FileJob, FileNaming, FileRecipients, JobState, SealOrder};
use sotto_protocol::view::NoteKind;
use sotto_protocol::{ErrorCode, TimestampMs};
use zeroize::Zeroizing;

use super::files::{brief, payload};
use super::person::{Person, quick, secret};
use crate::age::{HeaderParser, Limits, PayloadKey, ScryptKey};
use crate::app::files::{Ticket, Unproved};
use crate::letter::Segment;
use crate::letter::password::{Content, Opening};

const PASSWORD: &str = "six words of a list";
const WHOLE: Segment = Segment {
    first: 0,
    is_last: true,
};

fn order(names: &[(&str, u64)]) -> SealOrder {
    SealOrder {
        recipients: FileRecipients::Password {},
        naming: FileNaming::Word,
        files: names
            .iter()
            .map(|(name, size)| brief(name, *size))
            .collect(),
        folder: None,
        site: None,
        private: false,
    }
}

impl Person {
    fn begin_with(
        &mut self,
        order: SealOrder,
        password: &str,
    ) -> Result<(FileJob, Vec<Ticket>), ErrorCode> {
        let jobs = self
            .app
            .seal_file_jobs(&order, &secret(password), &mut self.rng);
        let jobs = jobs.map_err(|error| error.code())?;
        let keys: Vec<_> = jobs.iter().map(quick).collect();
        let begun = self
            .app
            .begin_password_files(order, &keys, self.now, &mut self.rng);
        let begun = self.commit(begun.map_err(|error| error.code())?);
        Ok((begun.job, begun.tickets))
    }

    /// What the engine room does: the inner header is the beginning of the file.
    fn seal_with(&mut self, name: &str, bytes: &[u8]) -> Vec<u8> {
        let (job, tickets) = self
            .begin_with(order(&[(name, bytes.len() as u64)]), PASSWORD)
            .unwrap();
        let whole = [tickets[0].inner.as_slice(), bytes].concat();
        let header = self.finish(&job.id, 0, &whole).unwrap();
        [
            header.as_slice(),
            &tickets[0].nonce,
            &payload(&tickets[0], &whole),
        ]
        .concat()
    }

    fn open_with(
        &mut self,
        file: &[u8],
        password: &str,
        source: &LetterSource,
    ) -> Result<(Unproved, Vec<u8>), ErrorCode> {
        let jobs = self.app.open_file_jobs(file, &secret(password));
        let jobs = jobs.map_err(|error| error.code())?;
        let keys: Vec<_> = jobs.iter().map(quick).collect();
        let look = self.app.look_password_file(file, &keys);
        let look = look.map_err(|error| error.code())?;
        let sealed = &file[usize::try_from(look.payload_offset).unwrap()..];
        let key = PayloadKey::from_bytes(look.key.clone());
        let mut plain = Vec::new();
        WHOLE
            .open(&key, sealed, &mut plain, &mut Vec::new())
            .map_err(|error| error.code())?;
        let opened = self
            .app
            .opened_password_file(file, look.key, plain.len() as u64, source);
        let opened = opened.map_err(|error| error.code())?;
        let content = plain.split_off(usize::try_from(opened.content_offset).unwrap());
        Ok((opened, content))
    }
}

#[test]
fn a_file_under_a_password_opens_with_it_and_proves_nothing() {
    let mut alice = Person::create(1, "Alice", "alice@example.org");
    let mut bob = Person::create(2, "Bob", "bob@example.org");
    for len in [0, 5, 65_536, 200_000] {
        let bytes = vec![7; len];
        let file = alice.seal_with("the plans.pdf", &bytes);
        let (opened, content) = bob
            .open_with(&file, &format!(" {PASSWORD} "), &LetterSource::default())
            .unwrap();
        assert!(content == bytes, "{len} bytes");
        assert_eq!(opened.claimed.as_deref(), Some("the plans.pdf"));
        assert_eq!(opened.file.name, format!("{}.bin", opened.file.word));
        assert_eq!(opened.file.size.0, bytes.len() as u64);
        assert!(opened.file.letter.sender.is_none());
        // Looked at as any file, it asks for the password.
        assert_eq!(
            bob.app.look_file(&file).unwrap_err().code(),
            ErrorCode::PasswordNeeded
        );
        assert_eq!(
            bob.open_with(&file, "another password", &LetterSource::default())
                .unwrap_err(),
            ErrorCode::WrongPassword
        );
    }
}

/// The reader is this code behind a page of its own.
#[test]
fn the_reader_finds_name_and_content() {
    let mut alice = Person::create(1, "Alice", "alice@example.org");
    let file = alice.seal_with("a \"quoted\" name.txt", b"hello");
    let (header, taken) = HeaderParser::new(Limits::READING)
        .push(&file)
        .unwrap()
        .unwrap();
    let jobs = alice.app.open_file_jobs(&file, &secret(PASSWORD)).unwrap();
    let key: ScryptKey = quick(&jobs[0]).to_scrypt().unwrap().0;
    let nonce = crate::age::PayloadNonce::from_bytes(file[taken..taken + 16].try_into().unwrap());
    let mut opening = Opening::new(&header, nonce, &key).unwrap();
    let mut body = Zeroizing::new(Vec::new());
    opening.push(&file[taken + 16..], &mut body).unwrap();
    let entity = opening.finish(&mut body).unwrap();
    let Content::File { name, bytes } = Content::new(entity, body) else {
        panic!()
    };
    assert_eq!(name.as_deref(), Some("a _quoted_ name.txt"));
    assert_eq!(*bytes, b"hello");
}

#[test]
fn two_files_never_share_a_derivation() {
    let mut alice = Person::create(1, "Alice", "alice@example.org");
    let (job, tickets) = alice
        .begin_with(order(&[("a", 1), ("b", 1)]), PASSWORD)
        .unwrap();
    assert!(job.with_password && job.names.is_empty());
    let headers: Vec<_> = tickets
        .iter()
        .map(|ticket| {
            let whole = [ticket.inner.as_slice(), b"x"].concat();
            alice.finish(&job.id, ticket.index, &whole).unwrap()
        })
        .collect();
    let salt = |header: &[u8]| {
        let text = String::from_utf8_lossy(header).into_owned();
        let line = text.lines().nth(1).unwrap().to_owned();
        assert!(line.starts_with("-> scrypt "), "{line}");
        line
    };
    assert_ne!(salt(&headers[0]), salt(&headers[1]));
    assert_eq!(alice.app.file_job(&job.id).unwrap().state, JobState::Done);
}

#[test]
fn what_no_password_can_seal_or_open_is_refused() {
    let mut alice = Person::create(1, "Alice", "alice@example.org");
    let short = alice.begin_with(order(&[("a", 1)]), "short");
    assert_eq!(short.unwrap_err(), ErrorCode::WeakPassword);
    let many: Vec<_> = (0..17).map(|_| ("a", 1)).collect();
    let many = alice.begin_with(order(&many), PASSWORD);
    assert_eq!(many.unwrap_err(), ErrorCode::TooLarge);
    // The ordinary way knows no password.
    let plain = alice
        .app
        .begin_files(order(&[("a", 1)]), alice.now, &mut alice.rng);
    assert!(plain.is_err());
    // A file that grew or shrank meanwhile, and a header that was given already.
    let (job, tickets) = alice.begin_with(order(&[("a", 3)]), PASSWORD).unwrap();
    let whole = [tickets[0].inner.as_slice(), b"one"].concat();
    assert_eq!(
        alice.finish(&job.id, 0, b"one"),
        Err(ErrorCode::FileChanged)
    );
    alice.finish(&job.id, 0, &whole).unwrap();
    assert_eq!(alice.finish(&job.id, 0, &whole), Err(ErrorCode::JobUnknown));
    // A file that is cut within its first chunk.
    let mut file = alice.seal_with("a", b"content");
    file.pop();
    let opened = alice.open_with(&file, PASSWORD, &LetterSource::default());
    assert_eq!(opened.unwrap_err(), ErrorCode::Tampered);
}

#[test]
fn a_mail_that_claims_to_be_from_a_contact_is_warned_of() {
    let (mut alice, mut bob) = super::person::two();
    let file = alice.seal_with("a", b"content");
    let source = LetterSource {
        message_from: vec!["alice@mail.example".to_owned()],
        message_date: Some(TimestampMs(1)),
        ..LetterSource::default()
    };
    let (opened, _) = bob.open_with(&file, PASSWORD, &source).unwrap();
    assert_eq!(opened.file.letter.notes, [NoteKind::ClaimsContact]);
}
