#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| syncloom_fuzz_checks::mail::check(data));
