//! See [`generion_fuzz::deliveries`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| generion_fuzz::deliveries::run(input));
