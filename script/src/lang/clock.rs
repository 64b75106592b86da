//! Times as scripts see them: their text, what text means a time, and what two times have to do with each other.
//!
//! Not its job: zones and calendars, which are those of [`crate::time`].

use std::cmp::Ordering;

use super::kind::Kind;
use crate::time::{IsoStyle, Timestamp, TimestampKind, Zone};

/// Whether a time is none: the point at which time begins. A length of time or a time of day of 0 is one.
pub fn is_empty(time: Timestamp) -> bool {
    time.linear() == 0 && matches!(time.kind(), TimestampKind::DateTime | TimestampKind::Date)
}

/// The text of a time. A zone other than UTC is not shown: TIMEZONE tells it.
pub fn text(time: Timestamp, kind: Kind) -> String {
    if is_empty(time) {
        return String::new();
    }
    let time = if kind == Kind::Date { time.date_only() } else { time };
    time.format(IsoStyle::SCRIPT)
}

/// The time that a text means.
pub fn parse(text: &str) -> Option<Timestamp> {
    Timestamp::parse(text)
}

/// A time as text makes it a date: the day alone. A length of time has none.
pub fn as_date(time: Timestamp) -> Option<Timestamp> {
    (time.kind() != TimestampKind::Duration).then(|| time.date_only())
}

/// The same zone and meaning with other time units.
pub fn with_linear(time: Timestamp, linear: i64) -> Timestamp {
    time.plus(linear.saturating_sub(time.linear()))
}

/// The time between two times; `None` where the second is no point in time but a length to go back by.
pub fn difference(later: Timestamp, earlier: Timestamp) -> Option<Timestamp> {
    let is_length = match earlier.kind() {
        TimestampKind::Duration => true,
        TimestampKind::Time => later.kind() != TimestampKind::Time,
        _ => false,
    };
    (!is_length).then(|| later.since(earlier))
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
