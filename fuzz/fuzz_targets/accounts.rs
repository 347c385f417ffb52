//! See [`generion_fuzz::accounts`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| generion_fuzz::accounts::run(input));
