//! See [`generion_fuzz::facts`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| generion_fuzz::facts::run(input));
