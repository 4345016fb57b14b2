//! Veiled: reachable, and nothing else is left.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use sotto_protocol::ErrorCode;
use sotto_protocol::desk::DeskRequest;
use sotto_protocol::view::VaultState;
use zeroize::Zeroizing;

use super::person::{PASSPHRASE, Person, two};
use crate::app::AppError;
use crate::app::live::LiveStart;
use crate::custody::{Base64Url, Bytes, Leaf};
use crate::vault::{RecordName, SessionKey, Vault, VaultId};

impl Person {
    fn reach(&mut self, on: bool) -> LiveStart {
        let relay = Some(("wss://relay.example", ""));
        let outcome = self
            .app
            .live_reach(Some(on), relay, self.now, &mut self.rng);
        self.commit(outcome.unwrap())
    }

    fn veil(&mut self) {
        let outcome = self.app.veil(self.now, &mut self.rng).unwrap();
        self.commit(outcome);
        self.restart();
    }

    fn start(&mut self) -> Result<LiveStart, AppError> {
        let outcome = self.app.live_start(self.now, &mut self.rng)?;
        Ok(self.commit(outcome))
    }
}

#[test]
fn veiled_keeps_what_the_sessions_need_and_nothing_else() {
    let (mut alice, _) = two();
    let start = alice.reach(true);
    let whole = alice.app.live_keys().unwrap();
    assert_eq!(whole.len(), 64);
    alice.veil();
    let status = alice.status();
    assert_eq!((status.vault, status.veiled), (VaultState::Locked, true));
    assert_eq!((status.me, status.contacts), (None, 0));
    assert_eq!(alice.start().unwrap(), start);
    let left = alice.app.live_keys().unwrap();
    assert_eq!(
        left[..],
        whole[..32],
        "the class of sessions, not that of history"
    );
    let leaf = Leaf {
        signature_key: Bytes([1; 32]),
        group_id: Base64Url(Vec::new()),
        device_id: start.device,
        not_before: alice.now,
        not_after: alice.now,
    };
    let now = alice.now;
    assert!(matches!(
        alice.app.live_sign(leaf, now),
        Err(AppError::Locked)
    ));
    assert!(matches!(alice.app.live_people(&[]), Err(AppError::Locked)));
    let contacts = DeskRequest::Contacts {
        query: String::new(),
    };
    assert_eq!(alice.try_ask(contacts), Err(ErrorCode::VaultLocked));
}

#[test]
fn the_secret_of_a_veil_opens_no_record() {
    let (mut alice, _) = two();
    alice.reach(true);
    let vault = &alice.app.desk.as_ref().unwrap().vault;
    let opens = |vault: &Vault, ((table, row_key), value): (&(String, Vec<u8>), &Vec<u8>)| {
        let mut schemas = 1..=4;
        let name = |schema| RecordName {
            table,
            row_key,
            schema,
        };
        schemas.any(|schema| vault.open(&name(schema), value).is_ok())
    };
    let whole = alice.rows.iter().filter(|row| opens(vault, *row)).count();
    assert!(whole > 3, "{whole} rows open while unlocked");
    let start = alice.start().unwrap();
    alice.veil();
    let id = VaultId(start.vault.0);
    let keys = alice.app.live_keys().unwrap();
    let class = Vault::of_class(id, &Zeroizing::new(keys[..].try_into().unwrap()));
    assert_eq!(
        alice.rows.iter().filter(|row| opens(&class, *row)).count(),
        0
    );
    let mut secret = [0; 32];
    let session = alice.session.clone().unwrap();
    Base64UrlUnpadded::decode(session, &mut secret).unwrap();
    let key = SessionKey::from_bytes(secret);
    let epoch = u64::from(alice.status().epoch);
    let veiled = |row: &&Vec<u8>| key.open_veil(id, epoch, row).is_ok();
    assert_eq!(alice.rows.values().filter(veiled).count(), 1);
    let is_unlocked = alice
        .rows
        .values()
        .any(|row| key.open(id, epoch, row).is_ok());
    assert!(!is_unlocked, "no data key");
}

#[test]
fn unlocking_needs_the_passphrase_and_ends_the_veil() {
    let (mut alice, _) = two();
    alice.reach(true);
    alice.veil();
    let veiled = alice.session.clone();
    assert_eq!(alice.unlock("wrong horse"), Err(ErrorCode::WrongPassphrase));
    assert!(alice.status().veiled, "a wrong one changes nothing");
    let status = alice.unlock(PASSPHRASE).unwrap();
    assert_eq!((status.vault, status.veiled), (VaultState::Unlocked, false));
    assert_eq!(alice.app.live_keys().unwrap().len(), 64);
    alice.session = veiled;
    alice.restart();
    let status = alice.status();
    assert_eq!((status.vault, status.veiled), (VaultState::Locked, false));
}

#[test]
fn a_lock_ends_a_veil() {
    let (mut alice, _) = two();
    alice.reach(true);
    alice.veil();
    let veiled = alice.session.clone();
    let epoch = alice.status().epoch;
    alice.lock();
    assert_eq!(
        (alice.status().veiled, alice.session.clone()),
        (false, None)
    );
    assert!(alice.status().epoch > epoch);
    assert!(matches!(alice.start(), Err(AppError::Locked)));
    assert!(matches!(alice.app.live_keys(), Err(AppError::Locked)));
    alice.session = veiled;
    alice.restart();
    assert!(!alice.status().veiled, "its secret opens nothing any more");
}

#[test]
fn who_is_not_reachable_is_locked_instead() {
    let (mut alice, _) = two();
    alice.veil();
    let status = alice.status();
    assert_eq!((status.vault, status.veiled), (VaultState::Locked, false));
    assert_eq!(alice.session, None);
    alice.unlock(PASSPHRASE).unwrap();
    alice.reach(true);
    alice.reach(false);
    alice.veil();
    assert!(!alice.status().veiled);
    assert!(matches!(
        alice.app.veil(alice.now, &mut alice.rng),
        Err(AppError::Locked)
    ));
}
