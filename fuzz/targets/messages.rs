//! `cargo +nightly fuzz run --features libfuzzer messages`
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sotto_fuzz::messages(input));
