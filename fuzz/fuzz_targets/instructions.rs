//! See [`generion_fuzz::instructions`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| generion_fuzz::instructions::run(input));
