//! Sotto's cryptography and decisions.
//!
//! The crate does no I/O: the time and the random generator are parameters, bytes go in, bytes,
//! views and pending writes come out.

pub mod age;
pub mod app;
pub mod cbor;
pub mod contacts;
pub mod custody;
pub mod identity;
mod label;
pub mod letter;
pub mod mail;
pub mod qr;
pub mod record;
pub mod sealed_box;
pub mod vault;
