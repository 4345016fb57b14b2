//! `cargo +nightly fuzz run --features libfuzzer armor`
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sotto_fuzz::armor(input));
