//! See [`generion_fuzz::documents`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| generion_fuzz::documents::run(input));
