//! This machine, as scripts see it.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use syncloom_script::Timestamp;
use syncloom_script::lang::System;

pub(crate) struct Machine {
    started: Instant,
    /// The state of the sequence that a seed has begun.
    random: Option<u64>,
}

impl Machine {
    pub(crate) fn new() -> Machine {
        Machine { started: Instant::now(), random: None }
    }
}

impl System for Machine {
    fn now(&mut self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_unix_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn elapsed_ms(&mut self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn random(&mut self, seed: Option<i64>) -> u64 {
        if let Some(seed) = seed {
            self.random = Some(seed.cast_unsigned() | 1);
        }
        match &mut self.random {
            // Splitmix64: a seed always gives the same numbers.
            Some(state) => {
                *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                mixed ^ (mixed >> 31)
            }
            None => getrandom::u64().unwrap_or_default(),
        }
    }

    fn sleep_ms(&mut self, milliseconds: u64) {
        std::thread::sleep(Duration::from_millis(milliseconds));
    }

    fn read_file(&mut self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(path).map_err(|error| error.to_string())
    }

    fn shell(&mut self, command: &str, parameters: &str, background: bool) -> Option<i64> {
        let mut process = Command::new("sh");
        process.arg("-c").arg(format!("{command} {parameters}")).stdin(Stdio::null());
        if background {
            return process.spawn().ok().map(|_| 0);
        }
        process.status().ok().map(|status| status.code().map_or(-1, i64::from))
    }

    fn log(&mut self, text: &str) {
        eprintln!("{text}");
    }
}
