//! ChaCha20-Poly1305 (RFC 8439) for WebAssembly with 128-bit vectors.
//!
//! RustCrypto's implementation, which Sotto uses everywhere else, has vector code for the
//! processors of computers but none for WebAssembly. This crate fills that one gap, for the bulk of
//! files: [`ChaCha20Poly1305`] computes four ChaCha20 blocks side by side, and between the rounds,
//! on the integer units that the vectors leave idle, the Poly1305 of sixteen blocks.
//!
//! | file | what |
//! |---|---|
//! | `lanes/wasm.rs` | four 32-bit lanes as a `v128`: the only unsafe code, a load and a store |
//! | `lanes/portable.rs` | the same four lanes in plain Rust, so that the code above them runs, is tested and is fuzzed natively too |
//! | `chacha20.rs` | RFC 8439 §2.3 and §2.4, four blocks at once |
//! | `poly1305.rs` | RFC 8439 §2.5, two blocks for each reduction |
//! | `aead.rs` | RFC 8439 §2.8, both interleaved |
//! | [`reference`] | the same from the text of the RFC, slow and plain, to compare with |
//!
//! **Constant time.** No branch and no address depends on a key, a plaintext or a tag; lengths are
//! public. Additions, shifts, shuffles and 64-bit products take the same time for all operands on
//! the processors that browsers with `simd128` run on; WebAssembly itself promises nothing.
//!
//! **Not here:** nonces. Whoever calls must never use a key with the same nonce twice.
//!
//! ```
//! use sotto_simd::ChaCha20Poly1305;
//!
//! let cipher = ChaCha20Poly1305::new(&[7; 32]);
//! let mut buffer = *b"under the voice";
//! let tag = cipher.seal_in_place(&[0; 12], b"", &mut buffer)?;
//! cipher.open_in_place(&[0; 12], b"", &mut buffer, &tag)?;
//! assert_eq!(&buffer, b"under the voice");
//! # Ok::<(), sotto_simd::AeadError>(())
//! ```
#![no_std]

mod aead;
mod chacha20;
mod lanes;
mod poly1305;
pub mod reference;

pub use aead::{AeadError, ChaCha20Poly1305, KEY_LEN, MAX_LEN, NONCE_LEN, TAG_LEN};
