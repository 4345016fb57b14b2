//! Files between two people, with the worker killed after every request: what the engine room does
//! to the bytes is done here in memory.

use sotto_protocol::desk::LetterSource;
use sotto_protocol::files::{
    ByteLen, FileBrief, FileJob, FileNaming, FileRecipients, JobState, OpenedFile, SealOrder,
};
use sotto_protocol::view::{NoteKind, Trust};
use sotto_protocol::{ErrorCode, TimestampMs};
use zeroize::Zeroizing;

use super::person::{DAY_MS, Person, only_contact, two};
use crate::age::{PayloadKey, SEALED_CHUNK_LEN};
use crate::app::files::Ticket;
use crate::letter::{Segment, digest_of};

const WHOLE: Segment = Segment {
    first: 0,
    is_last: true,
};

pub(super) fn brief(name: &str, size: u64) -> FileBrief {
    FileBrief {
        name: name.to_owned(),
        size: ByteLen(size),
        modified: TimestampMs(7),
        content_type: "application/pdf".to_owned(),
    }
}

impl Person {
    fn order(&mut self, files: Vec<FileBrief>, naming: FileNaming) -> SealOrder {
        SealOrder {
            recipients: FileRecipients::Contacts {
                to: vec![only_contact(self)],
                seal_for: vec!["Bob".to_owned()],
                classical: None,
            },
            naming,
            files,
            folder: None,
            site: None,
            private: false,
        }
    }

    pub(super) fn order_files(&mut self, files: &[(&str, u64)]) -> SealOrder {
        let files = files.iter().map(|(name, size)| brief(name, *size));
        let files = files.collect();
        self.order(files, FileNaming::Word)
    }

    pub(super) fn begin(&mut self, order: SealOrder) -> Result<(FileJob, Vec<Ticket>), ErrorCode> {
        self.now.0 += 1_000;
        let begun = self.app.begin_files(order, self.now, &mut self.rng);
        let begun = self.commit(begun.map_err(|error| error.code())?);
        Ok((begun.job, begun.tickets))
    }

    pub(super) fn finish(
        &mut self,
        job: &str,
        index: u32,
        bytes: &[u8],
    ) -> Result<Vec<u8>, ErrorCode> {
        let (length, digest) = (bytes.len() as u64, blake3::hash(bytes).into());
        let header = self
            .app
            .finish_file(job, index, length, digest, self.now, &mut self.rng);
        let header = header.map_err(|error| error.code())?;
        Ok(self.commit(header))
    }

    fn seal_bytes(&mut self, name: &str, bytes: &[u8]) -> (FileJob, Vec<u8>) {
        let files = vec![brief(name, bytes.len() as u64)];
        let order = self.order(files, FileNaming::Word);
        let (job, tickets) = self.begin(order).unwrap();
        let payload = payload(&tickets[0], bytes);
        let header = self.finish(&job.id, 0, bytes).unwrap();
        (
            job,
            [header.as_slice(), &tickets[0].nonce, &payload].concat(),
        )
    }

    /// Both passes of a page over a file.
    pub(super) fn open_bytes(&mut self, file: &[u8]) -> Result<(OpenedFile, Vec<u8>), ErrorCode> {
        let look = self.app.look_file(file).map_err(|error| error.code())?;
        let sealed = &file[usize::try_from(look.payload_offset).unwrap()..];
        let key = PayloadKey::from_bytes(Zeroizing::new(*look.key));
        let (mut plain, mut digests) = (Vec::new(), Vec::new());
        WHOLE
            .open(&key, sealed, &mut plain, &mut digests)
            .map_err(|error| error.code())?;
        let (length, digest) = (plain.len() as u64, digest_of(&digests));
        let source = LetterSource::default();
        self.now.0 += 1_000;
        let file = self
            .app
            .verified_file(file, length, &digest, &source, self.now, &mut self.rng);
        let file = file.map_err(|error| error.code())?;
        Ok((self.commit(file), plain))
    }
}

pub(super) fn payload(ticket: &Ticket, bytes: &[u8]) -> Vec<u8> {
    let key = PayloadKey::from_bytes(ticket.key.clone());
    let mut sealed = Vec::new();
    WHOLE
        .seal(&key, bytes, &mut sealed, &mut Vec::new())
        .unwrap();
    sealed
}

#[test]
fn a_file_arrives_with_its_name_and_its_sender() {
    let (mut alice, mut bob) = two();
    let bytes: Vec<u8> = (0..200_000_u32).map(|at| at.to_le_bytes()[0]).collect();
    let (job, file) = alice.seal_bytes("contract.pdf", &bytes);
    assert_eq!(job.state, JobState::Running);
    let done = alice.app.file_job(&job.id).unwrap();
    assert_eq!(done.state, JobState::Done);
    let item = &done.files[0];
    assert_eq!(item.sealed_name, format!("sealed-{}.age", item.word));
    let (opened, content) = bob.open_bytes(&file).unwrap();
    assert!(content == bytes);
    assert_eq!(opened.name, "contract.pdf");
    assert_eq!(opened.word, item.word);
    let sender = opened.letter.sender.unwrap();
    assert_eq!(
        (sender.name.as_str(), sender.trust),
        ("Alice Example", Trust::Known)
    );
    assert_eq!(opened.letter.notes, vec![]);
    assert_eq!(opened.letter.recipients, ["Bob", "Alice Example"]);
    // Once more: it was seen. And the sender opens their own.
    let (again, _) = bob.open_bytes(&file).unwrap();
    assert_eq!(again.letter.notes, vec![NoteKind::SeenBefore]);
    assert!(
        alice
            .open_bytes(&file)
            .unwrap()
            .0
            .letter
            .sender
            .unwrap()
            .own
    );
}

#[test]
fn a_file_sent_on_names_its_first_sender_as_a_claim() {
    let (mut alice, mut bob) = two();
    let (_, file) = alice.seal_bytes("plans.txt", b"the plans");
    // Bob seals it anew for Alice: the same content, a letter of his own.
    let mut order = bob.order(vec![], FileNaming::Word);
    order.recipients = FileRecipients::Contacts {
        to: vec![only_contact(&mut bob)],
        seal_for: vec!["Alice Example".to_owned()],
        classical: None,
    };
    let digest = blake3::hash(b"the plans").into();
    let mut send = |digest: &[u8; 32]| {
        let sent = bob
            .app
            .send_on_file(&file, 9, digest, order.clone(), bob.now, &mut bob.rng);
        sent.map(|sent| bob.commit(sent))
    };
    assert_eq!(send(&[7; 32]).unwrap_err().code(), ErrorCode::Tampered);
    let (begun, look) = send(&digest).unwrap();
    assert!(look.sealed);
    let ticket = &begun.tickets[0];
    let header = bob.finish(&begun.job.id, 0, b"the plans").unwrap();
    let sent = [
        header.as_slice(),
        &ticket.nonce,
        &payload(ticket, b"the plans"),
    ]
    .concat();
    let (opened, content) = alice.open_bytes(&sent).unwrap();
    assert_eq!(content, b"the plans");
    assert_eq!(opened.name, "plans.txt");
    assert_eq!(opened.letter.sender.unwrap().name, "Bob");
    assert_eq!(opened.first_sender.as_deref(), Some("Alice Example"));
}

#[test]
fn an_empty_file_is_a_file() {
    let (mut alice, mut bob) = two();
    let (_, file) = alice.seal_bytes("empty", b"");
    let (opened, content) = bob.open_bytes(&file).unwrap();
    assert!(content.is_empty());
    assert_eq!((opened.name.as_str(), opened.size), ("empty", ByteLen(0)));
}

#[test]
fn a_key_serves_once_and_for_the_announced_length_alone() {
    let (mut alice, _) = two();
    let order = alice.order(vec![brief("a", 3)], FileNaming::Word);
    let (job, _) = alice.begin(order).unwrap();
    assert_eq!(
        alice.finish(&job.id, 0, b"four"),
        Err(ErrorCode::FileChanged)
    );
    alice.finish(&job.id, 0, b"one").unwrap();
    assert_eq!(alice.finish(&job.id, 0, b"two"), Err(ErrorCode::JobUnknown));
    assert_eq!(alice.finish(&job.id, 1, b"two"), Err(ErrorCode::JobUnknown));
}

#[test]
fn names_are_words_or_real_and_never_twice_the_same() {
    let (mut alice, _) = two();
    let files = vec![
        brief("a.txt", 1),
        brief("a.txt", 1),
        brief("../../a.txt", 1),
    ];
    let order = alice.order(files, FileNaming::Real);
    let (job, _) = alice.begin(order).unwrap();
    let names: Vec<_> = job
        .files
        .iter()
        .map(|file| file.sealed_name.as_str())
        .collect();
    assert_eq!(names, ["a.txt.age", "a.txt-2.age", "a.txt-3.age"]);
    let hostile = format!("\u{202e}{}\u{0}.pdf", "x".repeat(5_000));
    let order = alice.order(vec![brief(&hostile, 1)], FileNaming::Real);
    let (job, _) = alice.begin(order).unwrap();
    let name = &job.files[0].sealed_name;
    assert!(name.len() <= 210 && name.ends_with(".pdf.age"), "{name}");
    assert!(!job.files[0].name.contains('\u{202e}'));
}

#[test]
fn the_same_file_for_the_same_site_gives_the_same_copy_for_a_day() {
    let (mut alice, _) = two();
    let order = |alice: &mut Person, site: &str, naming| SealOrder {
        site: Some(site.to_owned()),
        ..alice.order(vec![brief("a.bin", 3)], naming)
    };
    let here = "https://files.example";
    let first = order(&mut alice, here, FileNaming::Word);
    let (job, tickets) = alice.begin(first.clone()).unwrap();
    assert_eq!(tickets.len(), 1);
    alice.finish(&job.id, 0, b"abc").unwrap();
    let (again, tickets) = alice.begin(first.clone()).unwrap();
    assert!(tickets.is_empty() && again.state == JobState::Done);
    let (was, is) = (
        alice.app.file_places(&job.id),
        alice.app.file_places(&again.id),
    );
    assert_eq!(was.unwrap(), is.unwrap());
    // Another site, another way to call it, another day: sealed anew.
    for (site, naming) in [
        ("https://other.example", FileNaming::Word),
        (here, FileNaming::Real),
    ] {
        let other = order(&mut alice, site, naming);
        assert_eq!(alice.begin(other).unwrap().1.len(), 1);
    }
    // A copy goes with the job that made it, however lately it was given again.
    alice.now.0 += DAY_MS / 2;
    assert!(alice.begin(first.clone()).unwrap().1.is_empty());
    alice.now.0 += DAY_MS / 2;
    assert_eq!(alice.begin(first).unwrap().1.len(), 1);
    assert_eq!(
        alice.app.file_job(&job.id).unwrap_err().code(),
        ErrorCode::JobUnknown
    );
}

#[test]
fn a_lock_keeps_the_row_sealed_and_the_job_can_be_ended_after() {
    let (mut alice, _) = two();
    let order = alice.order(vec![brief("secret-name.pdf", 3)], FileNaming::Word);
    let (job, _) = alice.begin(order).unwrap();
    let told = alice
        .rows
        .values()
        .any(|row| row.windows(11).any(|window| window == b"secret-name"));
    assert!(!told, "a name stands in a row");
    alice.lock();
    assert_eq!(
        alice.finish(&job.id, 0, b"abc"),
        Err(ErrorCode::VaultLocked)
    );
    alice.unlock(super::person::PASSPHRASE).unwrap();
    let (now, code) = (alice.now, ErrorCode::LockedMeanwhile);
    let failed = alice.app.fail_files(&job.id, code, now, &mut alice.rng);
    let failed = alice.commit(failed.unwrap());
    assert_eq!(failed.state, JobState::Failed);
    assert_eq!(failed.failure.unwrap().code, ErrorCode::LockedMeanwhile);
    // Its keys are gone with it.
    assert_eq!(alice.finish(&job.id, 0, b"abc"), Err(ErrorCode::JobUnknown));
}

#[test]
fn other_names_than_on_the_button_and_blocked_people_are_refused() {
    let (mut alice, _) = two();
    let mut order = alice.order(vec![brief("a", 1)], FileNaming::Word);
    order.recipients = FileRecipients::Contacts {
        to: vec![only_contact(&mut alice)],
        seal_for: vec!["Carol".to_owned()],
        classical: None,
    };
    assert_eq!(alice.begin(order).unwrap_err(), ErrorCode::ContactChanged);
    let mut nobody = alice.order(vec![brief("a", 1)], FileNaming::Word);
    nobody.recipients = FileRecipients::Contacts {
        to: vec![],
        seal_for: vec![],
        classical: None,
    };
    assert_eq!(alice.begin(nobody).unwrap_err(), ErrorCode::NoRecipient);
    let order = alice.order(vec![], FileNaming::Word);
    assert_eq!(alice.begin(order).unwrap_err(), ErrorCode::NothingFound);
}

#[test]
fn cut_flipped_reordered_and_joined_files_say_what_is_wrong() {
    let (mut alice, mut bob) = two();
    let bytes = vec![9; 200_000];
    let (_, file) = alice.seal_bytes("a.bin", &bytes);
    let offset = usize::try_from(bob.app.look_file(&file).unwrap().payload_offset).unwrap();
    let mut bad = |file: &[u8]| bob.open_bytes(file).unwrap_err();
    assert_eq!(bad(&[]), ErrorCode::Truncated);
    assert_eq!(bad(&file[..offset - 20]), ErrorCode::Truncated);
    assert_eq!(bad(&file[..offset]), ErrorCode::Truncated);
    assert_eq!(
        bad(&file[..offset + SEALED_CHUNK_LEN]),
        ErrorCode::Truncated
    );
    assert_eq!(bad(&file[..file.len() - 1]), ErrorCode::Tampered);
    assert_eq!(
        bad(&[file.clone(), file.clone()].concat()),
        ErrorCode::Tampered
    );
    for at in [offset - 1, offset, offset + SEALED_CHUNK_LEN + 3] {
        let mut flipped = file.clone();
        flipped[at] ^= 1;
        let code = bad(&flipped);
        assert!(
            matches!(code, ErrorCode::Tampered | ErrorCode::BadSignature),
            "{at}: {code}"
        );
    }
    let (head, payload) = file.split_at(offset);
    let (first, rest) = payload.split_at(SEALED_CHUNK_LEN);
    let (second, rest) = rest.split_at(SEALED_CHUNK_LEN);
    assert_eq!(
        bad(&[head, second, first, rest].concat()),
        ErrorCode::Tampered
    );
}

#[test]
fn a_content_that_the_sender_did_not_sign_is_refused() {
    let (mut alice, mut bob) = two();
    let order = alice.order(vec![brief("a", 3)], FileNaming::Word);
    let (job, tickets) = alice.begin(order).unwrap();
    let header = alice.finish(&job.id, 0, b"abc").unwrap();
    // Bob, or anyone with the file key, can write another payload; nobody else can sign it.
    let forged = payload(&tickets[0], b"xyz");
    let file = [header.as_slice(), &tickets[0].nonce, &forged].concat();
    assert_eq!(bob.open_bytes(&file).unwrap_err(), ErrorCode::Tampered);
}

impl Person {
    fn interrupt(&mut self, job: &str) -> FileJob {
        let stopped = self.app.interrupt_files(job, self.now, &mut self.rng);
        self.commit(stopped.unwrap())
    }

    fn resume(&mut self, job: &str, given: &[FileBrief]) -> Result<Vec<Ticket>, ErrorCode> {
        let begun = self.app.resume_files(job, given);
        Ok(begun.map_err(|error| error.code())?.tickets)
    }
}

#[test]
fn a_killed_job_goes_on_with_the_same_files_under_the_same_keys() {
    let (mut alice, mut bob) = two();
    let files = vec![brief("done.txt", 4), brief("half.txt", 5)];
    let order = alice.order(files, FileNaming::Word);
    let (job, tickets) = alice.begin(order).unwrap();
    alice.finish(&job.id, 0, b"done").unwrap();
    // The browser is killed: nothing but the rows is left.
    alice.session = None;
    alice.restart();
    alice.unlock(super::person::PASSPHRASE).unwrap();
    assert_eq!(alice.interrupt(&job.id).state, JobState::Interrupted);
    assert_eq!(alice.interrupt(&job.id).state, JobState::Interrupted);
    let others = [
        brief("half.txt", 6),
        brief("other.txt", 5),
        FileBrief {
            modified: TimestampMs(8),
            ..brief("half.txt", 5)
        },
    ];
    let refused = alice.resume(&job.id, &others).unwrap_err();
    assert_eq!(refused, ErrorCode::FileChanged);
    let given = [&others[..], &[brief("half.txt", 5)]].concat();
    let again = alice.resume(&job.id, &given).unwrap();
    assert_eq!(again.len(), 1, "what was finished is not sealed again");
    assert_eq!((again[0].index, again[0].given), (1, 3));
    assert_eq!(*again[0].key, *tickets[1].key);
    assert_eq!(again[0].nonce, tickets[1].nonce);
    let payload = payload(&again[0], b"later");
    let header = alice.finish(&job.id, 1, b"later").unwrap();
    let sealed = [header.as_slice(), &again[0].nonce, &payload].concat();
    assert_eq!(bob.open_bytes(&sealed).unwrap().1, b"later");
    assert_eq!(alice.interrupt(&job.id).state, JobState::Done);
    let over = alice.resume(&job.id, &given).unwrap_err();
    assert_eq!(over, ErrorCode::JobUnknown);
}

#[test]
fn a_file_that_nothing_tells_apart_does_not_go_on() {
    let (mut alice, _) = two();
    let timeless = FileBrief {
        modified: TimestampMs(0),
        ..brief("made.txt", 4)
    };
    let order = alice.order(vec![timeless.clone()], FileNaming::Word);
    let (job, _) = alice.begin(order).unwrap();
    assert_eq!(
        alice.app.kept_files(alice.now).unwrap(),
        std::slice::from_ref(&job.id)
    );
    let refused = alice.resume(&job.id, &[timeless]).unwrap_err();
    assert_eq!(refused, ErrorCode::JobUnknown);
    let ended = alice.interrupt(&job.id);
    assert_eq!(ended.failure.unwrap().code, ErrorCode::WorkerLost);
    assert!(alice.app.kept_files(alice.now).unwrap().is_empty());
}

#[test]
fn what_is_kept_of_files_ends_after_a_day() {
    let (mut alice, _) = two();
    let (job, _) = alice.seal_bytes("plans.txt", b"the plans");
    assert_eq!(alice.app.kept_files(alice.now).unwrap(), [job.id]);
    alice.now.0 += DAY_MS;
    assert!(alice.app.kept_files(alice.now).unwrap().is_empty());
}
