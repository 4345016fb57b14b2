//! Locking, unlocking, restoring, and a worker that dies at the worst moment.

use sotto_protocol::ErrorCode;
use sotto_protocol::desk::{DeskReply, DeskRequest};
use sotto_protocol::view::{Trust, VaultState};

use super::person::{DAY_MS, PASSPHRASE, Person, only_contact, secret, two};
use crate::app::{AppError, KdfJob, LETTERS_BEFORE_KIT};

#[test]
fn locked_means_that_nothing_is_left_but_rows() {
    let (mut alice, _) = two();
    assert_eq!(alice.status().vault, VaultState::Unlocked);
    let session = alice.session.clone();
    alice.lock();
    assert_eq!(alice.status().vault, VaultState::Locked);
    assert_eq!(alice.status().epoch, 1);
    assert_eq!(alice.session, None);
    alice.session = session;
    alice.restart();
    assert_eq!(
        alice.status().vault,
        VaultState::Locked,
        "an old secret opens nothing"
    );
    let refused = alice.try_ask(DeskRequest::Contacts {
        query: String::new(),
    });
    assert_eq!(refused, Err(ErrorCode::VaultLocked));
    assert_eq!(alice.unlock("wrong horse"), Err(ErrorCode::WrongPassphrase));
    let status = alice.unlock(PASSPHRASE).unwrap();
    assert_eq!(
        (status.contacts, status.me.unwrap().name.as_str()),
        (1, "Alice Example")
    );
}

#[test]
fn locking_in_the_middle_keeps_the_draft_and_outruns_a_late_reply() {
    let (mut alice, _) = two();
    let draft = alice.compose_at(
        &[("bob@mail.example", sotto_protocol::view::PageField::To)],
        "",
    );
    let draft = alice.save(&draft, "", "half a sentence");
    let seal = DeskRequest::Seal {
        id: draft.id.clone(),
        seal_for: draft.seal_for.clone(),
    };
    let late = alice.compute(seal.clone()).unwrap();
    // The background drops what was computed before a lock; nothing of it was committed.
    drop(late);
    alice.lock();
    assert_eq!(alice.try_ask(seal), Err(ErrorCode::VaultLocked));
    alice.unlock(PASSPHRASE).unwrap();
    assert_eq!(alice.open_draft(&draft.id), draft);
    assert_eq!(alice.status().due.kit_letters_left, LETTERS_BEFORE_KIT);
}

#[test]
fn rows_do_not_speak() {
    let (mut alice, _) = two();
    let to_bob = only_contact(&mut alice);
    alice.write(&to_bob, "canary text").unwrap();
    let draft = alice.compose_at(&[], "canary draft");
    alice.save(&draft, "canary subject", "canary draft");
    let id = u128::from_str_radix(&to_bob, 16).unwrap().to_be_bytes();
    for ((table, key), value) in &alice.rows {
        let bytes = [key.as_slice(), value].concat();
        for canary in [
            &b"canary"[..],
            b"bob@",
            b"Bob",
            b"Alice",
            PASSPHRASE.as_bytes(),
            &id,
        ] {
            let found = bytes.windows(canary.len()).any(|window| window == canary);
            assert!(!found, "{table} holds {}", String::from_utf8_lossy(canary));
        }
    }
    let printed = format!("{:?}", alice.app);
    assert_eq!(
        printed,
        "App { epoch: 0, is_open: true, is_veiled: false, .. }"
    );
}

#[test]
fn a_crash_before_the_commit_leaves_the_world_as_it_was() {
    let (mut alice, _) = two();
    let to_bob = only_contact(&mut alice);
    let to = vec![to_bob];
    let draft = alice.compose(DeskRequest::Compose {
        context: None,
        to,
        reply_to: None,
        private: false,
    });
    let before = alice.rows.clone();
    let seal = DeskRequest::Seal {
        id: draft.id.clone(),
        seal_for: draft.seal_for.clone(),
    };
    let lost = alice.compute(seal).unwrap();
    assert!(!lost.writes.is_empty());
    alice.restart();
    assert_eq!(alice.rows, before);
    assert_eq!(alice.status().due.kit_letters_left, LETTERS_BEFORE_KIT);
    alice.try_seal(&draft).unwrap();
    assert_eq!(alice.status().due.kit_letters_left, LETTERS_BEFORE_KIT - 1);
    alice.try_seal(&draft).unwrap();
    assert_eq!(
        alice.status().due.kit_letters_left,
        LETTERS_BEFORE_KIT - 1,
        "the same letter"
    );
}

#[test]
fn a_failed_request_changes_nothing_in_memory_either() {
    let (mut alice, _) = two();
    alice.restarts = false;
    let draft = alice.compose_at(
        &[("bob@mail.example", sotto_protocol::view::PageField::To)],
        "",
    );
    let before = alice.rows.clone();
    let request = DeskRequest::SaveDraft {
        id: draft.id.clone(),
        to: vec![],
        addresses: vec!["not an address".to_owned()],
        subject: "changed".to_owned(),
        text: "changed".to_owned(),
        form: draft.form,
    };
    assert_eq!(alice.try_ask(request), Err(ErrorCode::AddressInvalid));
    assert_eq!(alice.open_draft(&draft.id), draft);
    assert_eq!(alice.rows, before);
}

#[test]
fn the_kit_is_due_before_the_fifth_letter_or_after_a_week() {
    let (mut alice, _) = two();
    let to_bob = only_contact(&mut alice);
    for _ in 0..LETTERS_BEFORE_KIT {
        alice.write(&to_bob, "x").unwrap();
    }
    assert!(alice.status().due.kit_now);
    assert_eq!(alice.write(&to_bob, "x"), Err(ErrorCode::KitDue));
    let check = |answers: Vec<_>| DeskRequest::RecoveryCheck { answers };
    assert_eq!(
        alice.try_ask(check(vec![])),
        Err(ErrorCode::WordsCheckFailed),
        "not shown yet"
    );
    let (words, positions) = alice.words();
    assert_eq!(words.len(), 24);
    let answers: Vec<_> = positions
        .iter()
        .map(|at| secret(&format!(" {} ", words[*at as usize - 1].0.to_uppercase())))
        .collect();
    let swapped = vec![answers[1].clone(), answers[0].clone()];
    assert_eq!(
        alice.try_ask(check(swapped)),
        Err(ErrorCode::WordsCheckFailed)
    );
    alice.ask(check(answers));
    assert!(!alice.status().due.kit);
    alice.write(&to_bob, "x").unwrap();

    let (mut late, _) = two();
    let to_bob = only_contact(&mut late);
    late.now.0 += 7 * DAY_MS;
    assert!(late.status().due.kit_now);
    assert_eq!(late.write(&to_bob, "x"), Err(ErrorCode::KitDue));
}

#[test]
fn words_bring_identity_and_letters_back_and_a_backup_the_rest() {
    let (mut alice, mut bob) = two();
    let (to_bob, to_alice) = (only_contact(&mut alice), only_contact(&mut bob));
    alice.ask(DeskRequest::Compared { id: to_bob.clone() });
    let letter = bob.write(&to_alice, "keep this").unwrap();
    alice.open(&letter).unwrap();
    let (words, _) = alice.words();
    let DeskReply::MakeBackup { text: backup, .. } = alice.ask(DeskRequest::MakeBackup {}) else {
        panic!()
    };

    let mut again = Person::empty(5);
    again.now.0 = alice.now.0 + DAY_MS;
    let words: Vec<_> = words.iter().map(|word| word.0.as_str()).collect();
    let restore = |words: &str| DeskRequest::Restore {
        words: secret(words),
        name: "Alice Example".to_owned(),
        address: "alice@mail.example".to_owned(),
        passphrase: secret("another horse"),
    };
    assert_eq!(
        again.try_ask(restore("one two")),
        Err(ErrorCode::WordsCount)
    );
    again.ask(restore(&words.join(" ")));
    assert!(!again.status().due.kit, "who typed the words has them");
    let opened = again.open(&letter).unwrap();
    assert_eq!(
        opened.sender.unwrap().trust,
        Trust::Unknown,
        "contacts do not come from words"
    );
    assert_eq!(bob.open(&backup), Err(ErrorCode::NotARecipient));
    let request = DeskRequest::RestoreBackup { text: backup };
    let DeskReply::RestoreBackup { contacts, kept } = again.ask(request.clone()) else {
        panic!()
    };
    assert_eq!((contacts, kept), (1, 0));
    assert_eq!(again.contact(&to_bob).brief.trust, Trust::Verified);
    let DeskReply::RestoreBackup { contacts, kept } = again.ask(request) else {
        panic!()
    };
    assert_eq!((contacts, kept), (0, 1));
    let not_a_backup = DeskRequest::RestoreBackup { text: letter };
    assert_eq!(again.try_ask(not_a_backup), Err(ErrorCode::MalformedRecord));

    // Her contacts notice nothing: the same identity, a newer card.
    let sealed = again.write(&to_bob, "I am back").unwrap();
    let letter = bob.open(&sealed).unwrap();
    assert_eq!(
        (letter.sender.unwrap().trust, letter.card),
        (Trust::Known, None)
    );
}

#[test]
fn a_new_passphrase_replaces_the_old_one() {
    let (mut alice, _) = two();
    let change = |old: &str, new: &str| DeskRequest::ChangePassphrase {
        old: secret(old),
        new: secret(new),
    };
    assert_eq!(
        alice.try_ask(change("wrong horse", "new horse")),
        Err(ErrorCode::WrongPassphrase)
    );
    assert_eq!(
        alice.try_ask(change(PASSPHRASE, "short")),
        Err(ErrorCode::WeakPassphrase)
    );
    alice.ask(change(PASSPHRASE, "new horse"));
    alice.lock();
    assert_eq!(alice.unlock(PASSPHRASE), Err(ErrorCode::WrongPassphrase));
    assert!(alice.unlock("new horse").is_ok());
}

#[test]
fn deleting_leaves_the_epoch_alone() {
    let (mut alice, _) = two();
    let delete = |name: &str| DeskRequest::DeleteIdentity {
        name: name.to_owned(),
    };
    assert_eq!(alice.try_ask(delete("")), Err(ErrorCode::NameInvalid));
    alice.ask(delete("Alice Example"));
    assert_eq!(alice.status().vault, VaultState::Missing);
    let tables: Vec<_> = alice.rows.keys().map(|(table, _)| table.as_str()).collect();
    assert_eq!(tables, ["meta"]);

    let (_, mut bob) = two();
    bob.lock();
    assert_eq!(bob.try_ask(delete("Bob")), Err(ErrorCode::NameInvalid));
    bob.ask(delete(""));
    assert_eq!(
        (bob.status().vault, bob.status().epoch),
        (VaultState::Missing, 2)
    );
}

#[test]
fn a_damaged_row_locks_and_is_named_when_unlocking() {
    let (mut alice, _) = two();
    let row = alice
        .rows
        .iter_mut()
        .find(|((table, _), _)| table == "contacts")
        .unwrap();
    row.1[30] ^= 1;
    alice.restart();
    assert_eq!(alice.status().vault, VaultState::Locked);
    assert_eq!(alice.unlock(PASSPHRASE), Err(ErrorCode::VaultDamaged));
}

#[test]
fn a_second_identity_a_short_passphrase_and_a_bad_name_are_refused_before_any_wait() {
    let (mut alice, _) = two();
    let create = |name: &str, address: &str, passphrase: &str| DeskRequest::Create {
        name: name.to_owned(),
        address: address.to_owned(),
        passphrase: secret(passphrase),
    };
    let mut nobody = Person::empty(6);
    let good = ("Carol", "carol@mail.example", PASSPHRASE);
    assert_eq!(
        alice.try_ask(create(good.0, good.1, good.2)),
        Err(ErrorCode::VaultExists)
    );
    for (request, code) in [
        (create(" ", good.1, good.2), ErrorCode::NameInvalid),
        (create(good.0, "carol", good.2), ErrorCode::AddressInvalid),
        (
            create(good.0, "@mail.example", good.2),
            ErrorCode::AddressInvalid,
        ),
        (create(good.0, good.1, "short"), ErrorCode::WeakPassphrase),
    ] {
        assert_eq!(nobody.try_ask(request), Err(code));
    }
    assert_eq!(nobody.unlock(PASSPHRASE), Err(ErrorCode::VaultMissing));
}

#[test]
fn the_derivation_is_argon2id_and_prints_nothing() {
    let mut rng = super::TestRng::new(8);
    let job = KdfJob::for_new(&secret(PASSPHRASE), &mut rng).unwrap();
    assert_eq!(format!("{job:?}"), "KdfJob(..)");
    let result = job.run().unwrap();
    assert_eq!(format!("{result:?}"), "KdfResult(..)");
    let (slot, kek) = result.to_new().unwrap();
    let passphrase = crate::vault::Passphrase::parse(PASSPHRASE).unwrap();
    let same = crate::vault::derive_kek(&passphrase, slot.salt(), slot.params()).unwrap();
    assert_eq!(kek.expose(), same.expose());
    assert!(matches!(
        KdfJob(vec![1, 2].into()).run(),
        Err(AppError::Defect(_))
    ));
}
