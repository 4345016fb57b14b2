//! `cargo +nightly fuzz run --features libfuzzer card`
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sotto_fuzz::card(input));
