//! `cargo +nightly fuzz run --features libfuzzer relay`
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sotto_fuzz::relay(input));
