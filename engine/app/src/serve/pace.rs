//! When a session that works on a message is to pause and to hurry.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::lock::lock;

/// Into how many parts the time of a message is cut: after each of them what is done is made durable, so that it can be
/// told when all of it is over, and after the last but one an answer is not made any longer.
const PARTS: u32 = 4;

/// How long the message that is worked off may take.
#[derive(Default)]
pub(super) struct Pace(Mutex<Times>);

#[derive(Default)]
struct Times {
    part: Option<Duration>,
    last: Option<Instant>,
    late: Option<Instant>,
}

impl Pace {
    /// Takes note of a message that came at `reached` and may take so many seconds.
    pub(super) fn begin(&self, reached: Instant, max_time: Option<u32>) {
        let part = max_time.map(|seconds| Duration::from_secs(u64::from(seconds)) / PARTS);
        let late = part.map(|part| reached + part * (PARTS - 1));
        *lock(&self.0) = Times { part, last: Some(Instant::now()), late };
    }

    pub(super) fn is_due(&self) -> bool {
        let mut times = lock(&self.0);
        let Some((part, last)) = times.part.zip(times.last) else { return false };
        let due = last.elapsed() >= part;
        if due {
            times.last = Some(Instant::now());
        }
        due
    }

    pub(super) fn is_late(&self) -> bool {
        lock(&self.0).late.is_some_and(|late| Instant::now() >= late)
    }
}
