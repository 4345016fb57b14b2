//! `cargo +nightly fuzz run --features libfuzzer line`
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sotto_fuzz::line(input));
