//! Times as scripts see them: their text, what text means a time, and what two times have to do with each other.
//!
//! Not its job: zones and calendars, which are those of [`crate::time`].

use std::cmp::Ordering;

use super::kind::Kind;
use crate::time::{Timestamp, TimestampKind, Zone};

/// Whether a time is none: the point at which time begins.
pub fn is_empty(time: Timestamp) -> bool {
    time.linear() == 0
}

/// The text of a time. A zone other than UTC is not shown: TIMEZONE tells it.
pub fn text(time: Timestamp, kind: Kind) -> String {
    if is_empty(time) {
        return String::new();
    }
    let parts = time.parts();
    let sign = if parts.year < 0 { "-" } else { "" };
    let date = format!("{sign}{:04}{:02}{:02}", parts.year.abs(), parts.month, parts.day);
    if kind == Kind::Date || time.kind() == TimestampKind::Date {
        return date;
    }
    let zone = if time.zone() == Zone::Utc { "Z" } else { "" };
    format!("{date}T{:02}{:02}{:02}{zone}", parts.hour, parts.minute, parts.second)
}

/// The time that a text means.
pub fn parse(text: &str) -> Option<Timestamp> {
    Timestamp::parse(text)
}

/// A time as text makes it a date: the day alone.
pub fn as_date(time: Timestamp) -> Option<Timestamp> {
    Some(time.date_only())
}

/// The same zone and meaning with other time units.
pub fn with_linear(time: Timestamp, linear: i64) -> Timestamp {
    let moved = Timestamp::from_linear(linear, time.zone());
    if time.kind() == TimestampKind::Date { moved.date_only() } else { moved }
}

/// The time between two times.
pub fn difference(later: Timestamp, earlier: Timestamp) -> Timestamp {
    Timestamp::from_linear(later.unix_ms().wrapping_sub(earlier.unix_ms()), Zone::Floating)
}

/// Which of two is later; `None` for a floating one and one in a zone, which have nothing in common.
pub fn compare(a: Timestamp, b: Timestamp) -> Option<Ordering> {
    let floats = |time: Timestamp| time.zone() == Zone::Floating;
    (floats(a) == floats(b)).then(|| a.compare(b))
}

/// A number of time units as a time to compare with: floating.
pub fn from_units(units: i64) -> Timestamp {
    Timestamp::from_linear(units, Zone::Floating)
}
