//! A secret has one owner.
use sotto_core::custody::Custodian;
use sotto_core::identity::{IdentitySecret, Keyring, Seed};
use sotto_core::vault::{Kek, SeedKey, SessionKey, Vault};

fn cloned<T: Clone>() {}

fn main() {
    cloned::<Seed>();
    cloned::<IdentitySecret>();
    cloned::<sotto_core::age::Identity>();
    cloned::<Keyring>();
    cloned::<Custodian>();
    cloned::<Kek>();
    cloned::<Vault>();
    cloned::<SeedKey>();
    cloned::<SessionKey>();
}
