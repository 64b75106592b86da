//! The time of the database, and how it stands in the files: `20240115T095959Z`, UTC, whole seconds.

use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime, Utc};

const FORMAT: &str = "%Y%m%dT%H%M%SZ";

/// Tells the time in seconds since 1970. Tests bring their own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    /// A clock.
    pub fn new(now: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Clock(Arc::new(now))
    }

    /// The clock of the system.
    pub fn system() -> Self {
        Clock::new(|| {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
        })
    }

    pub(crate) fn now(&self) -> i64 {
        (self.0)()
    }
}

/// A stamp or token.
pub(crate) fn text(seconds: i64) -> String {
    DateTime::<Utc>::from_timestamp(seconds, 0)
        .map_or_else(String::new, |time| time.format(FORMAT).to_string())
}

/// The seconds of a stamp or token; `None` if it is written in another way.
pub(crate) fn seconds(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    Some(NaiveDateTime::parse_from_str(text, FORMAT).ok()?.and_utc().timestamp())
}
