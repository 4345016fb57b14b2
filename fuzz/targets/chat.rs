//! `cargo +nightly fuzz run --features libfuzzer chat`
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sotto_fuzz::chat(input));
