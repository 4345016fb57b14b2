//! Nothing outside the custodian signs, and the custodian signs no bytes of the caller's choosing.
use sotto_core::identity::{IdentitySecret, Seed};

fn main() {
    let secret = IdentitySecret::from_seed(&[0; 32]);
    secret.sign(b"anything");
    secret.to_seed();
    fn expose(seed: &Seed) {
        seed.expose();
    }
}
