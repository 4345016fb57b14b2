//! A secret has no wire form.
use sotto_core::custody::Custodian;
use sotto_core::identity::{IdentitySecret, Keyring, Seed};
use sotto_core::vault::{Kek, SeedKey, SessionKey, Vault};

fn serialized<T: serde::Serialize>() {}

fn main() {
    serialized::<Seed>();
    serialized::<IdentitySecret>();
    serialized::<sotto_core::age::Identity>();
    serialized::<Keyring>();
    serialized::<Custodian>();
    serialized::<Kek>();
    serialized::<Vault>();
    serialized::<SeedKey>();
    serialized::<SessionKey>();
}
