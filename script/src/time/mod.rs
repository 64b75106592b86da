//! Time: timestamps with their zone context (manual, chapter 5), their texts, and the zones.
//!
//! A [`Timestamp`] is what a clock and a calendar show in its zone: it is not converted when it is read. The
//! rooms below it: [`calendar`] (days and their numbers), [`iso8601`] and [`rfc822`] (texts), [`allday`]
//! (what counts as a whole day), [`zones`] (names, rules, VTIMEZONE, TZ and DAYLIGHT).
//!
//! Not its job: the clock of the machine (whoever runs a session gives the time), and recurrence.

use std::cmp::Ordering;
use std::fmt;

pub mod allday;
pub mod calendar;
pub mod iso8601;
pub mod rfc822;
pub mod zones;

pub use allday::UserContext;
pub use calendar::Parts;
pub use iso8601::IsoStyle;
pub use zones::{UnknownZone, Zone, ZoneId, ZoneSpec, Zones};

/// Milliseconds in a day.
pub const DAY_MS: i64 = 86_400_000;
/// The day number of 1970-01-01, counted from -4712-01-01.
pub const UNIX_EPOCH_DAY: i64 = 2_440_588;

/// What of a timestamp is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimestampKind {
    /// Date and time.
    DateTime,
    /// A calendar day; the time of day does not count.
    Date,
    /// A time of day; the day does not count.
    Time,
    /// A length of time; the milliseconds count from nothing, and may be negative.
    Duration,
}

/// A point in time, a day, a time of day, or a length of time, as the clock of its zone shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timestamp {
    millis: i64,
    zone: Zone,
    kind: TimestampKind,
}

impl Timestamp {
    /// From milliseconds since -4712-01-01 on the zone's clock.
    pub fn from_linear(millis: i64, zone: Zone) -> Self {
        Timestamp { millis, zone, kind: TimestampKind::DateTime }
    }

    /// From milliseconds since 1970-01-01T00:00:00Z.
    pub fn from_unix_ms(millis: i64) -> Self {
        Timestamp::from_linear(millis.saturating_add(UNIX_EPOCH_DAY * DAY_MS), Zone::Utc)
    }

    /// The readings of a calendar and a clock in a zone. What runs over its range is counted on: the 30th of
    /// February is the 1st or 2nd of March, and 24:00 is midnight of the next day.
    pub fn from_parts(parts: Parts, zone: Zone) -> Self {
        let midnight = calendar::midnight(parts.year, parts.month, parts.day);
        let time = [(parts.hour, 3_600_000), (parts.minute, 60_000), (parts.second, 1000), (parts.milli, 1)];
        let millis =
            time.iter().fold(midnight, |sum, (count, unit)| sum.saturating_add(count.saturating_mul(*unit)));
        Timestamp::from_linear(millis, zone)
    }

    /// A length of time of so many milliseconds.
    pub fn duration(millis: i64) -> Self {
        Timestamp { millis, zone: Zone::Floating, kind: TimestampKind::Duration }
    }

    /// Milliseconds since -4712-01-01 on the zone's clock; of a duration its length.
    pub fn linear(self) -> i64 {
        self.millis
    }

    /// The zone context.
    pub fn zone(self) -> Zone {
        self.zone
    }

    /// Whether it is a point in time, a day, a time of day or a length of time.
    pub fn kind(self) -> TimestampKind {
        self.kind
    }

    /// Whether it belongs to no zone (manual 6.14.4, `ISFLOATING`).
    pub fn is_floating(self) -> bool {
        matches!(self.zone, Zone::Floating)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z; a floating time is read as UTC.
    pub fn unix_ms(self) -> i64 {
        self.in_utc().saturating_sub(UNIX_EPOCH_DAY * DAY_MS)
    }

    /// The day alone, floating (manual 6.14.3, `DATEONLY`).
    pub fn date_only(self) -> Self {
        Timestamp {
            millis: self.millis.div_euclid(DAY_MS).saturating_mul(DAY_MS),
            zone: Zone::Floating,
            kind: TimestampKind::Date,
        }
    }

    /// The time of day alone, floating, as the milliseconds since midnight (manual 6.14.3, `TIMEONLY`).
    pub fn time_only(self) -> Self {
        Timestamp { millis: self.millis.rem_euclid(DAY_MS), zone: Zone::Floating, kind: TimestampKind::Time }
    }

    /// The same value as a length of time (manual 6.14.3, `DURATION`).
    pub fn as_duration(self) -> Self {
        Timestamp::duration(self.millis)
    }

    /// The same value as a point in time (manual 6.14.3, `POINTINTIME`).
    pub fn point_in_time(self) -> Self {
        Timestamp { kind: TimestampKind::DateTime, ..self }
    }

    /// The same reading in another zone (manual 6.14.4, `SETTIMEZONE`): another point in time, unless the
    /// two zones agree. A day or a length of time becomes a point in time.
    pub fn with_zone(self, zone: Zone) -> Self {
        Timestamp { millis: self.millis, zone, kind: TimestampKind::DateTime }
    }

    /// The same point in time on another zone's clock (manual 6.14.4, `CONVERTTOZONE`). What is floating
    /// stays as it is, and so does everything if `zone` is floating.
    pub fn in_zone(self, zone: Zone) -> Self {
        if self.is_floating() || matches!(zone, Zone::Floating) || self.zone == zone {
            return self;
        }
        let utc = self.in_utc();
        let millis = utc.saturating_add(zone.seconds_at_utc(utc).saturating_mul(1000));
        Timestamp { millis, zone, kind: self.kind }
    }

    /// The same point in time on UTC's clock; floating times and days stay as they are.
    pub fn to_utc(self) -> Self {
        match self.kind {
            TimestampKind::DateTime => self.in_zone(Zone::Utc),
            _ => self,
        }
    }

    /// Seconds east of UTC that hold at this reading (manual 6.14.4, `ZONEOFFSET`); `None` where it floats.
    pub fn offset_seconds(self) -> Option<i64> {
        (self.zone != Zone::Floating).then(|| self.zone.seconds_at_reading(self.millis))
    }

    /// The same kind of value so many milliseconds later, on the same clock: a day stays a day.
    pub fn plus(self, millis: i64) -> Self {
        Timestamp { millis: self.millis.saturating_add(millis), ..self }
    }

    /// How long after `earlier` this is; two values of which one floats are compared by their readings.
    pub fn since(self, earlier: Timestamp) -> Self {
        let floats = self.is_floating() || earlier.is_floating();
        let (a, b) = if floats { (self.millis, earlier.millis) } else { (self.in_utc(), earlier.in_utc()) };
        Timestamp::duration(a.saturating_sub(b))
    }

    /// Which of two comes first; a floating time is read as UTC.
    pub fn compare(self, other: Timestamp) -> Ordering {
        self.in_utc().cmp(&other.in_utc())
    }

    /// Which of two comes first, as scripts see it: a floating time and one in a zone can't be compared.
    pub fn partial_compare(self, other: Timestamp) -> Option<Ordering> {
        (self.is_floating() == other.is_floating()).then(|| self.compare(other))
    }

    /// The weekday: 0 is Sunday (manual 6.14.3, `WEEKDAY`).
    pub fn weekday(self) -> i64 {
        calendar::weekday(self.millis.div_euclid(DAY_MS))
    }

    /// How many days its month has (manual 6.14.3, `MONTHDAYS`).
    pub fn month_days(self) -> i64 {
        let parts = self.parts();
        calendar::days_in_month(parts.year, parts.month)
    }

    /// The readings of calendar and clock, in the timestamp's own zone.
    pub fn parts(self) -> Parts {
        let time = self.millis.rem_euclid(DAY_MS);
        let (year, month, day) = calendar::civil(self.millis.div_euclid(DAY_MS));
        Parts {
            year,
            month,
            day,
            hour: time / 3_600_000,
            minute: time / 60_000 % 60,
            second: time / 1000 % 60,
            milli: time % 1000,
        }
    }

    fn in_utc(self) -> i64 {
        self.millis.saturating_sub(self.zone.seconds_at_reading(self.millis).saturating_mul(1000))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_iso8601())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap_or_else(|| panic!("{text} reads as no time"))
    }

    #[test]
    fn points_in_time_compare_across_zones() {
        let noon_in_bern = time("20071212T120000+01");
        let eleven = time("20071212T110000Z");
        assert_eq!(noon_in_bern.compare(eleven), Ordering::Equal);
        assert_eq!(noon_in_bern.to_utc(), eleven);
        assert_eq!(noon_in_bern.partial_compare(eleven), Some(Ordering::Equal));
        assert_eq!(noon_in_bern.partial_compare(time("20071212T110000")), None);
        assert_eq!(noon_in_bern.since(time("20071212T100000Z")), Timestamp::duration(3_600_000));
    }

    #[test]
    fn parts_of_a_time_are_what_scripts_calculate_with() {
        let noon = time("20030604T164922Z");
        assert_eq!(noon.date_only().to_string(), "20030604");
        assert_eq!(
            (noon.time_only().to_string().as_str(), noon.time_only().linear()),
            ("164922", 60_562_000)
        );
        assert_eq!(noon.as_duration().to_string(), "P2452795DT16H49M22S");
        assert_eq!(noon.as_duration().point_in_time().to_string(), "20030604T164922");
        assert_eq!(time("20030604").with_zone(Zone::Floating).to_string(), "20030604T000000");
        assert_eq!(time("20030604").plus(DAY_MS).to_string(), "20030605");
        assert_eq!((noon.weekday(), time("20040201").month_days()), (3, 29));
    }

    #[test]
    fn the_ends_of_time_are_no_overflow() {
        for millis in [i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX] {
            let end = Timestamp::from_linear(millis, Zone::Offset(i16::MIN));
            assert_eq!(end.to_utc().zone(), Zone::Utc);
            assert_eq!(end.plus(millis).kind(), TimestampKind::DateTime);
            assert!(!end.date_only().to_iso8601().is_empty() && !end.as_duration().to_string().is_empty());
        }
    }
}
