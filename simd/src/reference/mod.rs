//! RFC 8439 from its text: one block, one byte, one bit after the other.
//!
//! Nothing ships that calls this. It is what the fast code is compared with, and short enough to be
//! compared with the RFC by eye. It is **not** constant time.

mod aead;
mod chacha20;
mod poly1305;

pub use aead::{open, seal};
