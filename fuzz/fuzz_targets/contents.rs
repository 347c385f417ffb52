//! See [`generion_fuzz::contents`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| generion_fuzz::contents::run(input));
