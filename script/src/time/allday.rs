//! What counts as a whole day: the rules of `ALLDAYCOUNT` and `MAKEALLDAY` (manual 6.14.3).
//!
//! vCalendar 1.0 has no days, only events that begin at midnight and end at the next, or a minute or less
//! before it; iCalendar has days, and the end is the first day that is no longer part of it.

use super::{DAY_MS, Timestamp, TimestampKind, Zone};

const LAST_MINUTE: i64 = DAY_MS - 60_000;

/// Which times are read on the user's clock before their midnight is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserContext {
    /// None: each is in the context already.
    No,
    /// All that do not float.
    NonFloating(Zone),
    /// Those in UTC.
    UtcOnly(Zone),
}

/// How many whole days an event is, or 0 if it is no all-day event. An end that is missing is that of a single
/// day if the start is a day, and otherwise makes no all-day event.
pub fn all_day_count(start: Timestamp, end: Option<Timestamp>, context: UserContext) -> i64 {
    let start = in_context(start, context);
    if start.kind() != TimestampKind::Date && time_of_day(start) != 0 {
        return 0;
    }
    let Some(end) = end.map(|end| in_context(end, context)) else {
        return i64::from(start.kind() == TimestampKind::Date);
    };
    let days = day(end).saturating_sub(day(start));
    match (end.kind(), time_of_day(end)) {
        // An event that ends as it begins is the day it stands on.
        (TimestampKind::Date, _) | (_, 0) if days >= 0 => days.max(1),
        (_, LAST_MINUTE..) if days >= 0 => days.saturating_add(1),
        _ => 0,
    }
}

/// Makes days of an event's start and end: `days` of them, or where that is not above 0 as many as lie between
/// the two, at least one. Both come back as days, floating, the end being the first day after the event.
pub fn make_all_day(start: Timestamp, end: Option<Timestamp>, days: i64) -> (Timestamp, Timestamp) {
    let between = || {
        let end = end.unwrap_or(start);
        let last_minute = end.kind() != TimestampKind::Date && time_of_day(end) >= LAST_MINUTE;
        day(end).saturating_sub(day(start)).saturating_add(i64::from(last_minute))
    };
    let days = if days > 0 { days } else { between().max(1) };
    let first = start.date_only();
    (first, first.plus(days.saturating_mul(DAY_MS)))
}

fn in_context(time: Timestamp, context: UserContext) -> Timestamp {
    match context {
        UserContext::NonFloating(zone) => time.in_zone(zone),
        UserContext::UtcOnly(zone) if time.zone() == Zone::Utc => time.in_zone(zone),
        _ => time,
    }
}

fn day(time: Timestamp) -> i64 {
    time.linear().div_euclid(DAY_MS)
}

fn time_of_day(time: Timestamp) -> i64 {
    time.linear().rem_euclid(DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap_or_else(|| panic!("{text} reads as no time"))
    }

    #[test]
    fn whole_days() {
        for (start, end, days) in [
            ("20030604T000000", "20030605T000000", 1),
            ("20030604T000000", "20030604T235900", 1),
            ("20030604T000000", "20030606T235959", 3),
            ("20030604T000000", "20030604T000000", 1),
            ("20030604T000000", "20030604T235800", 0),
            ("20030604T000001", "20030605T000000", 0),
            ("20030604T000000", "20030603T000000", 0),
            ("20030604", "20030606", 2),
        ] {
            let count = all_day_count(time(start), Some(time(end)), UserContext::No);
            assert_eq!(count, days, "{start} to {end}");
        }
        assert_eq!(all_day_count(time("20030604"), None, UserContext::No), 1);
        assert_eq!(all_day_count(time("20030604T000000"), None, UserContext::No), 0);
    }

    #[test]
    fn midnight_is_looked_for_on_the_users_clock() {
        let east = Zone::Offset(240);
        let day = |context, start: &str, end: &str| all_day_count(time(start), Some(time(end)), context);
        for (context, of_utc, of_offset, of_floating) in [
            (UserContext::No, 0, 0, 1),
            (UserContext::NonFloating(east), 1, 1, 1),
            (UserContext::UtcOnly(east), 1, 0, 1),
        ] {
            assert_eq!(day(context, "20030603T200000Z", "20030604T200000Z"), of_utc, "{context:?}");
            assert_eq!(day(context, "20030603T210000+01", "20030604T210000+01"), of_offset, "{context:?}");
            assert_eq!(day(context, "20030604T000000", "20030605T000000"), of_floating, "{context:?}");
        }
    }

    #[test]
    fn days_are_made() {
        for (start, end, days, made) in [
            ("20030604", "20030606", 0, "20030604 20030606"),
            ("20030604T103000", "20030604T103000", 1, "20030604 20030605"),
            ("20030604T000000+0200", "20030605T000000+0200", 0, "20030604 20030605"),
            ("20030604T000000", "20030604T235900", 0, "20030604 20030605"),
            ("20030604T000000", "20030604T000000", -1, "20030604 20030605"),
        ] {
            let (first, last) = make_all_day(time(start), Some(time(end)), days);
            assert_eq!(format!("{first} {last}"), made, "{start} to {end}");
        }
    }
}
