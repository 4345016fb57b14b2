use rand_core::{TryCryptoRng, TryRng};
use sotto_protocol::ErrorCode;

use super::*;
use crate::cbor::{CborError, MapWriter};
use crate::identity::{Seed, WordList};

pub(super) struct Counting(pub(super) u64);

impl TryRng for Counting {
    type Error = core::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        unimplemented!("only bytes are drawn")
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        unimplemented!("only bytes are drawn")
    }
    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Self::Error> {
        use sha2::{Digest, Sha256};
        for chunk in dst.chunks_mut(32) {
            self.0 = self.0.wrapping_add(1);
            chunk.copy_from_slice(&Sha256::digest(self.0.to_be_bytes())[..chunk.len()]);
        }
        Ok(())
    }
}
impl TryCryptoRng for Counting {}

/// A vault under a key that no Argon2id made: the derivation has a test of its own.
fn vault(rng: &mut Counting) -> (Vault, SeedKey, Slot, Kek) {
    let kek = Kek::from_bytes([3; 32]);
    let slot = NewSlot::generate(KdfParams::DEFAULT, rng);
    let (vault, seed_key, slot) = Vault::create(slot, &kek, rng).unwrap();
    (vault, seed_key, slot, kek)
}

const NAME: RecordName<'static> = RecordName {
    table: "contacts",
    row_key: b"row",
    schema: 1,
};

#[test]
fn a_passphrase_has_one_form() {
    let salt = [1; 16];
    let kek = |typed: &str| {
        let passphrase = Passphrase::parse(typed).unwrap();
        *derive_kek(&passphrase, &salt, KdfParams::LOW_MEMORY)
            .unwrap()
            .expose()
    };
    let composed = kek("caf\u{e9}");
    assert_eq!(composed, kek("cafe\u{301}"));
    assert_ne!(composed, kek("cafe"));
    assert_eq!(
        Passphrase::parse("").unwrap_err().code(),
        ErrorCode::WeakPassphrase
    );
    assert!(Passphrase::parse(&"a".repeat(1025)).is_err());
}

#[test]
fn costs_are_bounded() {
    for (m_kib, t, p) in [
        (65_535, 3, 1),
        (1_048_577, 3, 1),
        (65_536, 2, 1),
        (65_536, 11, 1),
        (65_536, 3, 2),
    ] {
        assert_eq!(KdfParams::parse(m_kib, t, p), Err(VaultError::Params));
    }
    assert_eq!(KdfParams::parse(262_144, 3, 1), Ok(KdfParams::DEFAULT));
}

#[test]
fn a_slot_opens_with_its_key_alone() {
    let (vault, _, slot, kek) = vault(&mut Counting(0));
    let again = Slot::decode(slot.as_bytes()).unwrap();
    assert_eq!(
        again.unlock(&kek).unwrap().data_key.as_bytes(),
        vault.data_key.as_bytes()
    );
    let refused = again.unlock(&Kek::from_bytes([4; 32])).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::WrongPassphrase);
}

#[test]
fn every_flipped_bit_of_a_slot_is_refused() {
    let (_, _, slot, kek) = vault(&mut Counting(0));
    for at in 0..slot.as_bytes().len() {
        let mut bytes = slot.as_bytes().to_vec();
        bytes[at] ^= 1 << (at % 8);
        let opens = |slot: &Slot| slot.unlock(&kek).is_ok() && slot.open_seed_key(&kek).is_ok();
        assert!(
            !Slot::decode(&bytes).is_ok_and(|slot| opens(&slot)),
            "byte {at}"
        );
    }
}

#[test]
fn a_slot_of_another_kind_or_cost_is_refused() {
    let slot = |kind, m, key: u64| {
        let map = MapWriter::new()
            .bytes(1, &[1; 16])
            .bytes(2, &[2; 16])
            .uint(3, kind);
        let map = map.bytes(4, &[4; 16]).uint(5, m).uint(6, 3).uint(7, 1);
        let map = map.bytes(8, &[8; 72]).bytes(9, &[9; 72]);
        Slot::decode(&map.uint(key, 1).finish()).map(|_| ())
    };
    assert_eq!(slot(1, 65_536, 128), Ok(()));
    assert_eq!(slot(2, 65_536, 128), Err(VaultError::SlotType { kind: 2 }));
    assert_eq!(slot(1, 1024, 128), Err(VaultError::Params));
    assert_eq!(
        slot(1, 1 << 40, 128),
        Err(VaultError::Slot(CborError::Range { key: 5 }))
    );
    assert_eq!(
        slot(1, 65_536, 127).unwrap_err().code(),
        ErrorCode::NewerVersion
    );
}

#[test]
fn records_open_in_their_own_row() {
    let mut rng = Counting(0);
    let (vault, ..) = vault(&mut rng);
    let record = vault.seal(&NAME, b"value", &mut rng).unwrap();
    assert_eq!(**vault.open(&NAME, &record).unwrap(), *b"value");
    for name in [
        RecordName {
            table: "drafts",
            ..NAME
        },
        RecordName {
            row_key: b"other",
            ..NAME
        },
        RecordName { schema: 2, ..NAME },
    ] {
        let refused = vault.open(&name, &record).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::VaultDamaged, "{name:?}");
    }
    let other = Vault {
        id: VaultId([0; 16]),
        data_key: BoxKey::new(*vault.data_key.as_bytes()),
    };
    assert!(other.open(&NAME, &record).is_err(), "of another vault");
    assert_eq!(vault.open(&NAME, b"").unwrap_err(), VaultError::EmptyRecord);
    let later = vault
        .open(&NAME, &[&[2], &record[1..]].concat())
        .unwrap_err();
    assert_eq!(later, VaultError::RecordVersion { version: 2 });
}

#[test]
fn row_keys_tell_tables_apart() {
    let (vault, ..) = vault(&mut Counting(0));
    let key = vault.row_key("address", b"bob@mail.example");
    assert_eq!(key, vault.row_key("address", b"bob@mail.example"));
    assert_ne!(key, vault.row_key("address", b"eve@mail.example"));
    assert_ne!(key, vault.row_key("addresses", b"bob@mail.example"));
}

#[test]
fn the_seed_has_a_key_of_its_own() {
    let mut rng = Counting(0);
    let (vault, seed_key, slot, kek) = vault(&mut rng);
    let seed = Seed::generate(&mut rng);
    let record = seed_key.seal(&seed, &mut rng).unwrap();
    let opened = slot.open_seed_key(&kek).unwrap().open(&record).unwrap();
    assert_eq!(opened.expose(), seed.expose());
    assert!(
        vault.open(&SeedKey::NAME, &record).is_err(),
        "DK does not open it"
    );
    let posing = SeedKey::new(vault.id, BoxKey::new(*vault.data_key.as_bytes()));
    assert!(posing.open(&record).is_err());
}

#[test]
fn a_changed_passphrase_opens_the_same_vault() {
    let mut rng = Counting(0);
    let (vault, _, old, old_kek) = vault(&mut rng);
    let record = vault.seal(&NAME, b"value", &mut rng).unwrap();
    let new_kek = Kek::from_bytes([5; 32]);
    let slot = NewSlot::generate(KdfParams::LOW_MEMORY, &mut rng);
    assert!(old.rewrap(&new_kek, slot, &new_kek, &mut rng).is_err());
    let new = old.rewrap(&old_kek, slot, &new_kek, &mut rng).unwrap();
    assert_ne!(new.id(), old.id());
    assert!(new.unlock(&old_kek).is_err());
    assert_eq!(
        **new.unlock(&new_kek).unwrap().open(&NAME, &record).unwrap(),
        *b"value"
    );
}

#[test]
fn a_renewed_vault_opens_no_old_record() {
    let mut rng = Counting(0);
    let (vault, seed_key, old, kek) = vault(&mut rng);
    let seed_record = seed_key.seal(&Seed::generate(&mut rng), &mut rng).unwrap();
    let record = vault.seal(&NAME, b"value", &mut rng).unwrap();
    let slot = NewSlot::generate(KdfParams::DEFAULT, &mut rng);
    let (renewed, slot) = Vault::renew(&old, &kek, slot, &kek, &mut rng).unwrap();
    assert_eq!(renewed.id(), vault.id());
    assert!(renewed.open(&NAME, &record).is_err());
    assert!(slot.open_seed_key(&kek).unwrap().open(&seed_record).is_ok());
}

#[test]
fn a_session_holds_for_one_epoch() {
    let mut rng = Counting(0);
    let (vault, ..) = vault(&mut rng);
    let session = SessionKey::generate(&mut rng);
    let sealed = session.seal(&vault, 7, &mut rng).unwrap();
    let session = SessionKey::from_bytes(*session.expose());
    let opened = session.open(vault.id(), 7, &sealed).unwrap();
    assert_eq!(opened.data_key.as_bytes(), vault.data_key.as_bytes());
    let refused = session.open(vault.id(), 8, &sealed).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::VaultLocked);
    assert!(session.open(VaultId([0; 16]), 7, &sealed).is_err());
    assert!(
        SessionKey::generate(&mut rng)
            .open(vault.id(), 7, &sealed)
            .is_err()
    );
}

#[test]
fn suggested_words_are_of_the_list() {
    let text = suggest_passphrase(WordList::English, &mut Counting(0));
    assert_eq!(text.split(' ').count(), SUGGESTED_WORDS);
    assert_ne!(
        *text,
        *suggest_passphrase(WordList::English, &mut Counting(1))
    );
}
