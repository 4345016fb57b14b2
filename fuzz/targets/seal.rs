//! `cargo +nightly fuzz run --features libfuzzer seal`
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sotto_fuzz::seal(input));
