//! Class keys: what a part of the program needs while the rest of the vault is shut.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Vault, VaultId};
use crate::sealed_box::BoxKey;

const INFO_SESSIONS: &[u8] = b"sotto/v1/vault/sessions";
const INFO_HISTORY: &[u8] = b"sotto/v1/vault/history";

impl Vault {
    /// The key of the class *sessions*: HKDF-SHA256(DK, salt empty, info `sotto/v1/vault/sessions`,
    /// 32 bytes). It opens the state of live sessions and nothing else, so it may stay in memory
    /// when the rest is veiled.
    #[must_use]
    pub fn sessions_key(&self) -> Zeroizing<[u8; 32]> {
        derive(self.data_key.as_bytes(), INFO_SESSIONS)
    }

    /// The key of the class *history*: the same with info `sotto/v1/vault/history`. It opens what
    /// was said in conversations, and leaves memory with the rest when the vault is veiled.
    #[must_use]
    pub fn history_key(&self) -> Zeroizing<[u8; 32]> {
        derive(self.data_key.as_bytes(), INFO_HISTORY)
    }

    /// The vault that a class key opens: the same id, records of that class alone.
    #[must_use]
    pub fn of_class(id: VaultId, key: &Zeroizing<[u8; 32]>) -> Self {
        Self {
            id,
            data_key: BoxKey::new(**key),
        }
    }
}

#[expect(clippy::expect_used, reason = "32 bytes are within HKDF's limit")]
fn derive(data_key: &[u8], info: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    let hkdf = Hkdf::<Sha256>::new(Some(b""), data_key);
    hkdf.expand(info, &mut key[..]).expect("32 bytes");
    key
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::{INFO_SESSIONS, derive};
    use crate::vault::{RecordName, Vault, VaultId};

    #[test]
    fn a_class_key_opens_its_class_alone() {
        let id = VaultId([1; 16]);
        let whole = Vault::of_class(id, &Zeroizing::new([7; 32]));
        let class = Vault::of_class(id, &whole.sessions_key());
        assert_eq!(*whole.sessions_key(), *derive(&[7; 32], INFO_SESSIONS));
        let name = RecordName {
            table: "session",
            row_key: b"",
            schema: 1,
        };
        let mut rng = crate::vault::tests::Counting(0);
        let record = class.seal(&name, b"state", &mut rng).unwrap();
        assert!(whole.open(&name, &record).is_err());
        assert_eq!(&**class.open(&name, &record).unwrap(), b"state");
        let history = Vault::of_class(id, &whole.history_key());
        assert!(history.open(&name, &record).is_err());
        let said = history.seal(&name, b"words", &mut rng).unwrap();
        assert!(class.open(&name, &said).is_err());
    }
}
