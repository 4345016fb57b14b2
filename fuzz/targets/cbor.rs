//! `cargo +nightly fuzz run --features libfuzzer cbor`
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sotto_fuzz::cbor(input));
