//! Timestamps: milliseconds since -4712-01-01 00:00 as read on the clock of a zone, and that zone (manual 5.1).
//!
//! Here stand the three contexts that need no table of zones: floating, UTC, and a fixed offset.

use std::cmp::Ordering;
use std::fmt::{self, Write};

/// Milliseconds in a day.
pub const DAY_MS: i64 = 86_400_000;
/// The day number of 1970-01-01, counted from -4712-01-01.
pub const UNIX_EPOCH_DAY: i64 = 2_440_588;

/// The zone context of a timestamp (manual 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Zone {
    /// In no zone: the same reading everywhere.
    Floating,
    /// Coordinated universal time.
    Utc,
    /// Minutes east of UTC.
    Offset(i16),
}

/// What of a timestamp is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimestampKind {
    /// Date and time.
    DateTime,
    /// A calendar day; the time is midnight.
    Date,
}

/// A point in time, or a day, as the clock of its zone shows it.
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

    /// Milliseconds since -4712-01-01 on the zone's clock.
    pub fn linear(self) -> i64 {
        self.millis
    }

    /// The zone context.
    pub fn zone(self) -> Zone {
        self.zone
    }

    /// Whether it is a day or a point in time.
    pub fn kind(self) -> TimestampKind {
        self.kind
    }

    /// Milliseconds since 1970-01-01T00:00:00Z; a floating time is read as UTC.
    pub fn unix_ms(self) -> i64 {
        self.in_utc().saturating_sub(UNIX_EPOCH_DAY * DAY_MS)
    }

    /// The day alone, floating.
    pub fn date_only(self) -> Self {
        Timestamp {
            millis: self.millis.div_euclid(DAY_MS) * DAY_MS,
            zone: Zone::Floating,
            kind: TimestampKind::Date,
        }
    }

    /// The same point in time on UTC's clock; floating times and days stay as they are.
    pub fn to_utc(self) -> Self {
        match (self.zone, self.kind) {
            (Zone::Offset(_), TimestampKind::DateTime) => {
                Timestamp { millis: self.in_utc(), zone: Zone::Utc, kind: self.kind }
            }
            _ => self,
        }
    }

    /// Which of two comes first; a floating time is read as UTC.
    pub fn compare(self, other: Timestamp) -> Ordering {
        self.in_utc().cmp(&other.in_utc())
    }

    fn in_utc(self) -> i64 {
        match self.zone {
            Zone::Offset(minutes) => self.millis.saturating_sub(i64::from(minutes) * 60_000),
            Zone::Floating | Zone::Utc => self.millis,
        }
    }

    /// Reads ISO 8601, basic or extended: a date, or a date and a time with an optional fraction and an
    /// optional `Z` or offset. A blank instead of the `T` is what databases write. `None` for anything else.
    pub fn parse(text: &str) -> Option<Timestamp> {
        let mut reader = Reader { rest: text.trim().as_bytes() };
        let year = reader.number(4)?;
        let extended = reader.skip(b'-');
        let month = reader.number(2)?;
        if extended && !reader.skip(b'-') {
            return None;
        }
        let day = reader.number(2)?;
        if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        let midnight = day_number(year, month, day) * DAY_MS;
        if reader.rest.is_empty() {
            return Some(Timestamp { millis: midnight, zone: Zone::Floating, kind: TimestampKind::Date });
        }
        if !(reader.skip(b'T') || reader.skip(b't') || reader.skip(b' ')) {
            return None;
        }
        let hour = reader.number(2)?;
        let colons = reader.skip(b':');
        let minute = reader.number(2)?;
        let mut second = 0;
        if reader.rest.first().is_some_and(|b| if colons { *b == b':' } else { b.is_ascii_digit() }) {
            reader.skip(b':');
            second = reader.number(2)?;
        }
        if hour > 24 || minute > 59 || second > 60 {
            return None;
        }
        let fraction = if reader.skip(b'.') || reader.skip(b',') { reader.fraction()? } else { 0 };
        let zone = reader.zone()?;
        let millis = midnight + ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
        Some(Timestamp { millis, zone, kind: TimestampKind::DateTime })
    }

    /// ISO 8601 basic: `20080715`, `20080715T120000`, with `Z` or an offset where it has one. Fractions of a
    /// second are left out.
    pub fn to_iso8601(self) -> String {
        let parts = self.parts();
        let mut text = format!("{:04}{:02}{:02}", parts.year, parts.month, parts.day);
        if self.kind == TimestampKind::DateTime {
            let _ = write!(text, "T{:02}{:02}{:02}", parts.hour, parts.minute, parts.second);
            match self.zone {
                Zone::Floating => {}
                Zone::Utc => text.push('Z'),
                Zone::Offset(minutes) => {
                    let sign = if minutes < 0 { '-' } else { '+' };
                    let minutes = minutes.unsigned_abs();
                    let _ = write!(text, "{sign}{:02}{:02}", minutes / 60, minutes % 60);
                }
            }
        }
        text
    }

    /// The readings of calendar and clock, in the timestamp's own zone.
    pub fn parts(self) -> Parts {
        let day = self.millis.div_euclid(DAY_MS);
        let time = self.millis.rem_euclid(DAY_MS);
        let (year, month, date) = civil(day);
        Parts {
            year,
            month,
            day: date,
            hour: time / 3_600_000,
            minute: time / 60_000 % 60,
            second: time / 1000 % 60,
            milli: time % 1000,
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_iso8601())
    }
}

/// The readings of calendar and clock.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub milli: i64,
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn skip(&mut self, byte: u8) -> bool {
        let found = self.rest.first() == Some(&byte);
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        let (head, rest) = self.rest.split_at_checked(digits)?;
        if !head.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.rest = rest;
        Some(head.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
    }

    /// Milliseconds of a decimal fraction of a second of any length.
    fn fraction(&mut self) -> Option<i64> {
        let end = self.rest.iter().position(|b| !b.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        let digit = |place: usize| digits.get(place).map_or(0, |b| i64::from(b - b'0'));
        (end > 0).then(|| digit(0) * 100 + digit(1) * 10 + digit(2))
    }

    fn zone(&mut self) -> Option<Zone> {
        let sign = match self.rest.first() {
            None => return Some(Zone::Floating),
            Some(b'Z' | b'z') if self.rest.len() == 1 => return Some(Zone::Utc),
            Some(b'+') => 1,
            Some(b'-') => -1,
            Some(_) => return None,
        };
        self.rest = &self.rest[1..];
        let hours = self.number(2)?;
        let minutes = if self.rest.is_empty() {
            0
        } else {
            self.skip(b':');
            self.number(2)?
        };
        if !self.rest.is_empty() || hours > 23 || minutes > 59 {
            return None;
        }
        i16::try_from(sign * (hours * 60 + minutes)).ok().map(Zone::Offset)
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The number of a day of the proleptic Gregorian calendar, counted from -4712-01-01.
///
/// Years are taken to begin in March, so that the leap day comes last, and in eras of 400 years, which all
/// have the same number of days.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468 + UNIX_EPOCH_DAY
}

/// Year, month and day of a day number: the inverse of [`day_number`].
fn civil(day: i64) -> (i64, i64, i64) {
    let day = day - UNIX_EPOCH_DAY + 719_468;
    let era = day.div_euclid(146_097);
    let day_of_era = day.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let date = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_and_linear_time_agree() {
        for (text, linear, back) in [
            ("20080715T120000Z", 212_082_926_400_000, "20080715T120000Z"),
            ("2008-07-15T12:00:00Z", 212_082_926_400_000, "20080715T120000Z"),
            ("19700401", 210_874_579_200_000, "19700401"),
            ("1970-04-01 00:00:00.250", 210_874_579_200_250, "19700401T000000"),
            ("20071212T120000+01", 212_064_264_000_000, "20071212T120000+0100"),
            ("20071212T120000-03:30", 212_064_264_000_000, "20071212T120000-0330"),
        ] {
            let time = Timestamp::parse(text).unwrap_or_else(|| panic!("{text} reads as no time"));
            assert_eq!((time.linear(), time.to_iso8601().as_str()), (linear, back), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in
            ["", "2008", "20080230", "2008-0715", "20080715T", "20080715T25x", "20080715T120000+1", "é"]
        {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_of_eight_centuries_has_its_number() {
        let first = day_number(1600, 1, 1);
        let (mut year, mut month, mut day) = (1600, 1, 1);
        for number in first..first + 2 * 146_097 {
            assert_eq!((civil(number), day_number(year, month, day)), ((year, month, day), number));
            day += 1;
            if day > days_in_month(year, month) {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
    }

    #[test]
    fn points_in_time_compare_across_zones() {
        let noon_in_bern = Timestamp::parse("20071212T120000+01").unwrap();
        let eleven = Timestamp::parse("20071212T110000Z").unwrap();
        assert_eq!(noon_in_bern.compare(eleven), Ordering::Equal);
        assert_eq!(noon_in_bern.to_utc(), eleven);
    }
}
