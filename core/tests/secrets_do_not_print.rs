//! What `Debug` shows of every type that holds a secret.

use std::fmt::Debug;

use sotto_core::age::{FileKey, RecipientType};
use sotto_core::custody::{Custodian, SecretBytes};
use sotto_core::identity::{IdentitySecret, Keyring, RecoveryWords, Seed, WordList};
use sotto_core::sealed_box::BoxKey;
use sotto_core::vault::{KdfParams, Kek, NewSlot, Passphrase, SessionKey, Vault};
use zeroize::Zeroizing;

mod support;

fn line(name: &str, secret: &dyn Debug) -> String {
    format!("{name}: {secret:?}")
}

#[test]
fn secrets_do_not_print() {
    let bytes = [0xa5; 32];
    let seed = Seed::from_bytes(Zeroizing::new(bytes));
    let keyring = Keyring::derive(&seed).unwrap();
    let slot = NewSlot::generate(KdfParams::DEFAULT, &mut support::FixedRng(0));
    let kek = Kek::from_bytes(bytes);
    let (vault, seed_key, _) = Vault::create(slot, &kek, &mut support::FixedRng(0)).unwrap();
    let recipient = seed.derive_recipient(RecipientType::X25519, 0).unwrap();
    let opener = keyring.openers().next().unwrap();
    let lines = [
        line("Seed", &seed),
        line("IdentitySecret", &IdentitySecret::from_seed(&bytes)),
        line("Signature", &sotto_core::identity::Signature([0xa5; 64])),
        line("age::Identity", &recipient),
        line("age::FileKey", &FileKey::from_bytes([0xa5; 16])),
        line("Keyring", &keyring),
        line("RecipientEntry.origin", &opener.origin()),
        line(
            "RecoveryWords",
            &RecoveryWords::of_seed(&seed, WordList::English),
        ),
        line("BoxKey", &BoxKey::new(bytes)),
        line("Passphrase", &Passphrase::parse("correct horse").unwrap()),
        line("Kek", &kek),
        line("Vault", &vault),
        line("SeedKey", &seed_key),
        line("SessionKey", &SessionKey::from_bytes(bytes)),
        line("SecretBytes", &SecretBytes([0xa5; 16])),
        line("Custodian", &Custodian::new(keyring)),
    ];
    let printed = lines.join("\n");
    assert!(!printed.contains("165") && !printed.to_lowercase().contains("a5a5"));
    insta::assert_snapshot!(printed);
}
