//! See [`generion_fuzz::cards`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| generion_fuzz::cards::run(input));
