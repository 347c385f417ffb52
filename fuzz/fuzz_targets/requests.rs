//! See [`generion_fuzz::requests`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| generion_fuzz::requests::run(input));
