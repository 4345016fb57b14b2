//! `cargo +nightly fuzz run --features libfuzzer session`
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sotto_fuzz::session(input));
