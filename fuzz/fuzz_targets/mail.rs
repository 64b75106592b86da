//! The check `mail`, fed by libFuzzer. Not its job: what must hold, which is `syncloom_fuzz_checks::mail`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| syncloom_fuzz_checks::mail::check(data));
