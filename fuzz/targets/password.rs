//! `cargo +nightly fuzz run --features libfuzzer password`
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sotto_fuzz::password(input));
