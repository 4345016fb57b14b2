//! Who a person is: the key that signs, what it may sign, and what others compare.

mod key;

pub use key::{IdentityKey, IdentitySecret, KeyError, Signature};
