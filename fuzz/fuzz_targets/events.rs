//! See [`generion_fuzz::events`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| generion_fuzz::events::run(input));
