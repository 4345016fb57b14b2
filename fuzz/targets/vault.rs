//! `cargo +nightly fuzz run --features libfuzzer vault`
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sotto_fuzz::vault(input));
