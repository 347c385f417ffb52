//! See [`generion_fuzz::stores`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| generion_fuzz::stores::run(input));
