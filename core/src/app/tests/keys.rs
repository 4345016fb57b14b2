//! Long-term keys: exported, rotated, and found again after a restore.

use sotto_protocol::ErrorCode;
use sotto_protocol::desk::{DeskReply, DeskRequest};
use sotto_protocol::view::Trust;

use super::person::{DAY_MS, PASSPHRASE, Person, only_contact, secret, two};

impl Person {
    fn rotate(&mut self) {
        self.ask(DeskRequest::RotateKeys {
            passphrase: secret(PASSPHRASE),
        });
    }

    fn rotation(&mut self) -> u32 {
        self.status().me.unwrap().rotation
    }

    fn export(&mut self) -> [String; 2] {
        let passphrase = secret(PASSPHRASE);
        match self.ask(DeskRequest::ExportIdentity { passphrase }) {
            DeskReply::ExportIdentity { all, classical } => [all.0, classical.0],
            other => panic!("{other:?}"),
        }
    }

    fn restored(from: &mut Self) -> Self {
        let (words, _) = from.words();
        let words: Vec<_> = words.iter().map(|word| word.0.as_str()).collect();
        let mut again = Self::empty(5);
        again.now.0 = from.now.0 + DAY_MS;
        again.ask(DeskRequest::Restore {
            words: secret(&words.join(" ")),
            name: "Alice Example".to_owned(),
            address: "alice@mail.example".to_owned(),
            passphrase: secret(PASSPHRASE),
        });
        again
    }
}

#[test]
fn keys_leave_only_for_the_passphrase_given_anew() {
    let (mut alice, _) = two();
    for passphrase in ["", "wrong horse"] {
        for request in [
            DeskRequest::ExportIdentity {
                passphrase: secret(passphrase),
            },
            DeskRequest::RotateKeys {
                passphrase: secret(passphrase),
            },
        ] {
            let refused = alice.try_ask(request).unwrap_err();
            assert_eq!(refused, ErrorCode::WrongPassphrase);
        }
    }
    let [all, classical] = alice.export();
    assert!(all.starts_with("# Sotto: Alice Example <alice@mail.example>\n# public key: age1pq1"));
    assert_eq!(all.matches("AGE-SECRET-KEY-PQ-1").count(), 1);
    assert_eq!(all.matches("AGE-SECRET-KEY-1").count(), 1);
    assert!(!classical.contains("PQ"));
    let printed = format!(
        "{:?}",
        alice.ask(DeskRequest::ExportIdentity {
            passphrase: secret(PASSPHRASE)
        })
    );
    assert!(!printed.contains("AGE-SECRET"), "{printed}");
    alice.lock();
    let locked = alice.try_ask(DeskRequest::ExportIdentity {
        passphrase: secret(PASSPHRASE),
    });
    assert_eq!(locked, Err(ErrorCode::VaultLocked));
}

#[test]
fn rotated_keys_open_the_old_and_receive_the_new() {
    let (mut alice, mut bob) = two();
    let (to_bob, to_alice) = (only_contact(&mut alice), only_contact(&mut bob));
    let before = bob.write(&to_alice, "to the old key").unwrap();
    let own = alice.write(&to_bob, "mine").unwrap();
    let old_card = alice.card();
    alice.rotate();
    assert_eq!(alice.rotation(), 1);
    assert_ne!(alice.card(), old_card);
    assert_eq!(alice.open(&before).unwrap().text, "to the old key");
    let mine = alice.open(&own).unwrap();
    assert_eq!(
        (mine.recipients.len(), mine.unnamed_recipients),
        (2, 0),
        "a letter to the old key was to me by name"
    );

    // Bob follows silently with her next letter, and seals to the new key.
    let told = alice.write(&to_bob, "I have new keys").unwrap();
    let letter = bob.open(&told).unwrap();
    assert_eq!(
        (letter.sender.unwrap().trust, letter.card),
        (Trust::Known, None)
    );
    let after = bob.write(&to_alice, "to the new key").unwrap();
    assert_eq!(alice.open(&after).unwrap().text, "to the new key");
    let [all, _] = alice.export();
    assert_eq!(all.matches("AGE-SECRET-KEY-PQ-1").count(), 2);
    alice.restart();
    assert_eq!(alice.open(&after).unwrap().text, "to the new key");
}

#[test]
fn words_find_rotated_keys_and_go_on_with_the_newest() {
    let (mut alice, mut bob) = two();
    let to_alice = only_contact(&mut bob);
    let to_bob = only_contact(&mut alice);
    let first = bob.write(&to_alice, "first").unwrap();
    (0..3).for_each(|_| alice.rotate());
    bob.open(&alice.write(&to_bob, "new keys").unwrap())
        .unwrap();
    let third = bob.write(&to_alice, "third").unwrap();

    let mut again = Person::restored(&mut alice);
    assert_eq!(again.rotation(), 0, "words alone do not tell");
    assert_eq!(again.open(&first).unwrap().text, "first");
    assert_eq!(again.rotation(), 0);
    let card = again.card();
    assert_eq!(again.open(&third).unwrap().text, "third");
    assert_eq!(again.rotation(), 3);
    assert_ne!(again.card(), card, "contacts must not seal to retired keys");
    again.open(&first).unwrap();
    assert_eq!(again.rotation(), 3, "an old letter leads nobody back");

    // Sixteen beyond the newest known one are tried, and no more.
    (0..16).for_each(|_| alice.rotate());
    bob.open(&alice.write(&to_bob, "again").unwrap()).unwrap();
    let last = bob.write(&to_alice, "nineteenth").unwrap();
    assert_eq!(again.open(&last), Err(ErrorCode::NotARecipient));
    again.words();
    assert_eq!(
        again.open(&last).unwrap().text,
        "nineteenth",
        "the window moves on when the passphrase is given anew"
    );
    assert_eq!(again.rotation(), 19);
}

#[test]
fn a_backup_tells_how_far_the_keys_had_gone() {
    let (mut alice, _) = two();
    (0..2).for_each(|_| alice.rotate());
    let DeskReply::MakeBackup { text, .. } = alice.ask(DeskRequest::MakeBackup {}) else {
        panic!()
    };
    let mut again = Person::restored(&mut alice);
    again.ask(DeskRequest::RestoreBackup { text });
    assert_eq!(again.rotation(), 2);
}

#[test]
fn an_export_after_a_restore_holds_no_key_of_renewals_to_come() {
    let (mut alice, mut bob) = two();
    let (to_bob, to_alice) = (only_contact(&mut alice), only_contact(&mut bob));
    alice.rotate();
    bob.open(&alice.write(&to_bob, "new keys").unwrap())
        .unwrap();
    let letter = bob.write(&to_alice, "to the second keys").unwrap();
    let mut again = Person::restored(&mut alice);
    again.open(&letter).unwrap();
    let [leaked, _] = again.export();
    assert_eq!(leaked.matches("AGE-SECRET-KEY-PQ-1").count(), 2);
    again.rotate();
    let [after, _] = again.export();
    let newest = after
        .lines()
        .filter(|line| line.starts_with("AGE-SECRET-KEY"));
    assert_eq!(newest.filter(|key| !leaked.contains(key)).count(), 2);
}
