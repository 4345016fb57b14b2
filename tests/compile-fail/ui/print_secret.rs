//! A secret does not print.
use sotto_core::custody::Custodian;
use sotto_core::identity::{IdentitySecret, Keyring, Seed};
use sotto_core::vault::{Kek, SeedKey, SessionKey, Vault};

fn printed<T: std::fmt::Display>() {}

fn main() {
    printed::<Seed>();
    printed::<IdentitySecret>();
    printed::<sotto_core::age::Identity>();
    printed::<Keyring>();
    printed::<Custodian>();
    printed::<Kek>();
    printed::<Vault>();
    printed::<SeedKey>();
    printed::<SessionKey>();
}
