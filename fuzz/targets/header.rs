//! `cargo +nightly fuzz run --features libfuzzer header`
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sotto_fuzz::header(input));
