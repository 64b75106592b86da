//! The check `timestamp`, fed by libFuzzer. Not its job: what must hold, which is `syncloom_fuzz_checks::timestamp`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| syncloom_fuzz_checks::timestamp::check(data));
