//! The check `object`, fed by libFuzzer. Not its job: what must hold, which is `syncloom_fuzz_checks::object`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| syncloom_fuzz_checks::object::check(data));
