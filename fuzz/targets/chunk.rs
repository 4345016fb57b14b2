//! `cargo +nightly fuzz run --features libfuzzer chunk`
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sotto_fuzz::chunk(input));
