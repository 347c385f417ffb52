//! See [`generion_fuzz::locators`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| generion_fuzz::locators::run(input));
