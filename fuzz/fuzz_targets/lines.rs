//! See [`generion_fuzz::lines`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| generion_fuzz::lines::run(input));
