//! Times as scripts see them: their text, and how they differ.
//!
//! Not its job: zones and calendars, which are those of [`crate::time`].

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

/// A number of time units as a time to compare with: floating.
pub fn from_units(units: i64) -> Timestamp {
    Timestamp::from_linear(units, Zone::Floating)
}
