//! The vault: key derivation, slots, records, the seed record and sessions.

use serde_json::{Value, json};
use sotto_core::identity::Seed;
use sotto_core::vault::{
    KdfParams, Kek, NewSlot, Passphrase, RecordName, SessionKey, Slot, Vault, VaultError, VaultId,
    derive_kek,
};
use sotto_protocol::ErrorCode;
use zeroize::Zeroizing;

use super::{Case, FixedRng, Object, accepted, array, bytes, hex, refused, text};

const KEK: [u8; 32] = [0x4b; 32];
const SESSION: [u8; 32] = [0x53; 32];
const NAME: RecordName<'static> = RecordName {
    table: "contacts",
    row_key: b"row 1",
    schema: 1,
};

pub(super) fn run(input: &Object) -> Result<Value, ErrorCode> {
    open(input).map_err(|error| error.code())
}

fn open(input: &Object) -> Result<Value, VaultError> {
    let kek = || Kek::from_bytes(array(input, "kek"));
    let slot = || Slot::decode(&bytes(input, "slot"));
    match text(input, "op") {
        "kek" => derive(input),
        "unlock" => slot()?
            .unlock(&kek())
            .map(|vault| json!({ "vault_id": hex(vault.id().0) })),
        "record" => {
            let row_key = bytes(input, "row_key");
            let schema = input["schema"].as_u64().unwrap();
            let name = RecordName {
                table: text(input, "table"),
                row_key: &row_key,
                schema,
            };
            let value = slot()?
                .unlock(&kek())?
                .open(&name, &bytes(input, "record"))?;
            Ok(json!({ "value": hex(&**value) }))
        }
        "row-key" => {
            let vault = slot()?.unlock(&kek())?;
            let key = vault.row_key(text(input, "table"), &bytes(input, "key"));
            Ok(json!({ "row_key": hex(key) }))
        }
        "seed" => {
            let seed = slot()?
                .open_seed_key(&kek())?
                .open(&bytes(input, "record"))?;
            Ok(json!({ "identity": hex(seed.derive_identity().public().as_bytes()) }))
        }
        _ => {
            let session = SessionKey::from_bytes(array(input, "session_key"));
            let (id, epoch) = (
                VaultId(array(input, "vault_id")),
                input["epoch"].as_u64().unwrap(),
            );
            let vault = session.open(id, epoch, &bytes(input, "sealed"))?;
            let value = vault.open(&NAME, &bytes(input, "record"))?;
            Ok(json!({ "value": hex(&**value) }))
        }
    }
}

fn derive(input: &Object) -> Result<Value, VaultError> {
    let number = |key: &str| u32::try_from(input[key].as_u64().unwrap()).unwrap();
    let params = KdfParams::parse(number("m_kib"), number("t"), number("p"))?;
    let passphrase = Passphrase::parse(text(input, "passphrase"))?;
    let kek = derive_kek(&passphrase, &array(input, "salt"), params)?;
    Ok(json!({ "kek": hex(kek.expose()) }))
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = derivations();
    cases.extend(Made::new().cases());
    cases
}

fn derivations() -> Vec<Case> {
    let input = |passphrase: &str, m_kib: u32, t: u32, p: u32| {
        let salt = hex([0x5a; 16]);
        json!({ "op": "kek", "passphrase": passphrase, "salt": salt, "m_kib": m_kib, "t": t, "p": p })
    };
    vec![
        accepted("derivation", input("correct horse", 65_536, 3, 1)),
        accepted("composed letters", input("caf\u{e9}", 65_536, 3, 1)),
        accepted("decomposed letters", input("cafe\u{301}", 65_536, 3, 1)),
        refused(
            "empty passphrase",
            input("", 65_536, 3, 1),
            ErrorCode::WeakPassphrase,
        ),
        refused(
            "too little memory",
            input("a", 65_535, 3, 1),
            ErrorCode::VaultDamaged,
        ),
        refused(
            "too much memory",
            input("a", 1_048_577, 3, 1),
            ErrorCode::VaultDamaged,
        ),
        refused(
            "too few passes",
            input("a", 65_536, 2, 1),
            ErrorCode::VaultDamaged,
        ),
        refused(
            "too many passes",
            input("a", 65_536, 11, 1),
            ErrorCode::VaultDamaged,
        ),
        refused(
            "two lanes",
            input("a", 65_536, 3, 2),
            ErrorCode::VaultDamaged,
        ),
    ]
}

struct Made {
    slot: Slot,
    id: VaultId,
    record: Vec<u8>,
    other_record: Vec<u8>,
    seed_record: Vec<u8>,
    sealed: Vec<u8>,
}

impl Made {
    fn new() -> Self {
        let mut rng = FixedRng(0);
        let slot = NewSlot::generate(KdfParams::DEFAULT, &mut rng);
        let (vault, seed_key, slot) = Vault::create(slot, &Kek::from_bytes(KEK), &mut rng).unwrap();
        let other = RecordName {
            row_key: b"row 2",
            ..NAME
        };
        let seed = Seed::from_bytes(Zeroizing::new([5; 32]));
        Self {
            slot,
            id: vault.id(),
            record: vault.seal(&NAME, b"\xa1\x01\x02", &mut rng).unwrap(),
            other_record: vault.seal(&other, b"\xa1\x01\x03", &mut rng).unwrap(),
            seed_record: seed_key.seal(&seed, &mut rng).unwrap(),
            sealed: SessionKey::from_bytes(SESSION)
                .seal(&vault, 7, &mut rng)
                .unwrap(),
        }
    }

    fn cases(&self) -> Vec<Case> {
        let mut cases = self.slots();
        cases.extend(self.records());
        cases.extend(self.seeds());
        cases.extend(self.sessions());
        cases
    }

    fn unlock(&self, slot: &[u8], kek: [u8; 32]) -> Value {
        json!({ "op": "unlock", "slot": hex(slot), "kek": hex(kek) })
    }

    fn slots(&self) -> Vec<Case> {
        use ErrorCode::{NewerVersion, VaultDamaged, WrongPassphrase};
        let slot = self.slot.as_bytes();
        let flip = |at: usize| {
            let mut flipped = slot.to_vec();
            flipped[at] ^= 1;
            self.unlock(&flipped, KEK)
        };
        // Offsets in {1: h'16', 2: h'16', 3: 1, 4: h'16', 5: 262144, 6: 3, 7: 1, 8: h'72', 9: …}
        let wrong = |name: &str, at| refused(name, flip(at), WrongPassphrase);
        let longer = [&[0xaa], &slot[1..], &[0x18, 0x7f, 0x01]].concat();
        let kept = [&[0xaa], &slot[1..], &[0x18, 0x80, 0x01]].concat();
        vec![
            accepted("slot", self.unlock(slot, KEK)),
            accepted("slot with unknown key 128", self.unlock(&kept, KEK)),
            refused(
                "slot with unknown key 127",
                self.unlock(&longer, KEK),
                NewerVersion,
            ),
            refused(
                "slot under another key",
                self.unlock(slot, [0; 32]),
                WrongPassphrase,
            ),
            wrong("flipped bit in the vault id", 3),
            wrong("flipped bit in the slot id", 21),
            refused("flipped slot type", flip(38), NewerVersion),
            wrong("flipped bit in the salt", 41),
            wrong("flipped bit in m", 62),
            refused("t of 2", flip(64), VaultDamaged),
            refused("p of 0", flip(66), VaultDamaged),
            wrong("flipped bit in the wrapped key", 80),
            wrong("flipped bit in its tag", 140),
            refused(
                "cut slot",
                self.unlock(&slot[..slot.len() - 1], KEK),
                VaultDamaged,
            ),
        ]
    }

    fn record(&self, name: &RecordName<'_>, record: &[u8]) -> Value {
        json!({
            "op": "record", "slot": hex(self.slot.as_bytes()), "kek": hex(KEK),
            "table": name.table, "row_key": hex(name.row_key), "schema": name.schema,
            "record": hex(record),
        })
    }

    fn records(&self) -> Vec<Case> {
        use ErrorCode::{NewerVersion, VaultDamaged};
        let moved = |name: &str, row: RecordName<'_>| {
            refused(name, self.record(&row, &self.record), VaultDamaged)
        };
        let flip = |at: usize| {
            let mut flipped = self.record.clone();
            flipped[at] ^= 2;
            self.record(&NAME, &flipped)
        };
        let row_key = json!({
            "op": "row-key", "slot": hex(self.slot.as_bytes()), "kek": hex(KEK),
            "table": "addresses", "key": hex("bob@mail.example"),
        });
        vec![
            accepted("record", self.record(&NAME, &self.record)),
            refused(
                "rows swapped",
                self.record(&NAME, &self.other_record),
                VaultDamaged,
            ),
            moved(
                "record in another table",
                RecordName {
                    table: "drafts",
                    ..NAME
                },
            ),
            moved("record of another schema", RecordName { schema: 2, ..NAME }),
            refused("record version 3", flip(0), NewerVersion),
            refused("flipped bit in the record's salt", flip(1), VaultDamaged),
            refused("flipped bit in the record's value", flip(25), VaultDamaged),
            refused("empty record", self.record(&NAME, b""), VaultDamaged),
            refused(
                "seed record as a record",
                self.record(&NAME, &self.seed_record),
                VaultDamaged,
            ),
            accepted("row key", row_key),
        ]
    }

    fn seeds(&self) -> Vec<Case> {
        let seed = |record: &[u8]| {
            let slot = hex(self.slot.as_bytes());
            json!({ "op": "seed", "slot": slot, "kek": hex(KEK), "record": hex(record) })
        };
        vec![
            accepted("seed record", seed(&self.seed_record)),
            refused(
                "record as the seed record",
                seed(&self.record),
                ErrorCode::VaultDamaged,
            ),
        ]
    }

    fn sessions(&self) -> Vec<Case> {
        let session = |key: [u8; 32], id: VaultId, epoch: u64| {
            json!({
                "op": "session", "session_key": hex(key), "vault_id": hex(id.0), "epoch": epoch,
                "sealed": hex(&self.sealed), "record": hex(&self.record),
            })
        };
        let locked = |name: &str, input| refused(name, input, ErrorCode::VaultLocked);
        vec![
            accepted("session", session(SESSION, self.id, 7)),
            locked("session of a later epoch", session(SESSION, self.id, 8)),
            locked("session of another key", session([0; 32], self.id, 7)),
            locked(
                "session of another vault",
                session(SESSION, VaultId([0; 16]), 7),
            ),
        ]
    }
}
