//! See [`generion_fuzz::capsules`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| generion_fuzz::capsules::run(input));
