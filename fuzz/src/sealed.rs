use core::convert::Infallible;

use sotto_core::identity::Keyring;
use sotto_core::vault::{KdfParams, Kek, NewSlot, RecordName, SessionKey, Slot, Vault};

/// Nothing here keeps a secret.
#[derive(Debug)]
pub(crate) struct ZeroRng;

impl rand_core::TryRng for ZeroRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        dst.fill(0);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for ZeroRng {}

/// What is read back from disk: slots, records, the seed record, sessions, keyrings.
///
/// # Panics
/// On a finding.
pub fn vault(input: &[u8]) {
    let kek = Kek::from_bytes([0; 32]);
    if let Ok(slot) = Slot::decode(input) {
        assert_eq!(slot.as_bytes(), input);
        assert!(slot.unlock(&kek).is_err() || slot.open_seed_key(&kek).is_err());
    }
    if let Ok(keyring) = Keyring::decode(input) {
        assert!(
            Keyring::decode(&keyring.encode()).is_ok(),
            "what is read can be written"
        );
    }
    let slot = NewSlot::generate(KdfParams::DEFAULT, &mut ZeroRng);
    let Ok((vault, seed_key, _)) = Vault::create(slot, &kek, &mut ZeroRng) else {
        return;
    };
    let name = RecordName {
        table: "t",
        row_key: input,
        schema: 1,
    };
    assert!(
        vault.open(&name, input).is_err(),
        "no record opens without the key"
    );
    assert!(seed_key.open(input).is_err());
    assert!(
        SessionKey::from_bytes([1; 32])
            .open(vault.id(), 0, input)
            .is_err()
    );
}
