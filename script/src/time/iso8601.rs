//! Timestamps as text by ISO 8601, basic and extended: points in time, days, times of day, durations.
//!
//! Reading is lenient as the original's is: a month or an hour that runs over its range is counted on. Not
//! its job: the names of zones, which no ISO 8601 text carries.

use super::zones::Zone;
use super::{DAY_MS, Parts, Timestamp, TimestampKind};
use crate::digits::{push_integer, push_two};

/// How a timestamp is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsoStyle {
    /// With dashes and colons.
    pub extended: bool,
    /// With the milliseconds, where there are any.
    pub fraction: bool,
    /// With a numeric offset, where the zone is one. UTC always shows as `Z`, and zones with names never show.
    pub offset: bool,
}

impl IsoStyle {
    /// `20080715T120000Z`, `20080715T120000+02`, `20080715`.
    pub const BASIC: IsoStyle = IsoStyle { extended: false, fraction: false, offset: true };
    /// `2008-07-15T12:00:00.250+02:00`.
    pub const EXTENDED: IsoStyle = IsoStyle { extended: true, fraction: true, offset: true };
    /// `20080715T120000Z`, and no offset: what a script sees as the text of a timestamp.
    pub const SCRIPT: IsoStyle = IsoStyle { extended: false, fraction: false, offset: false };
}

impl Timestamp {
    /// Reads a day, a point in time with an optional fraction and an optional `Z` or offset, or a duration.
    /// A blank instead of the `T` is what databases write. `None` for anything else, and where more follows.
    pub fn parse(text: &str) -> Option<Timestamp> {
        let text = match text.as_bytes() {
            // As nearly every time is.
            [b'0'..=b'9', .., b'0'..=b'9' | b'Z'] => text,
            _ => text.trim(),
        };
        Timestamp::parse_prefix(text).filter(|(_, length)| *length == text.len()).map(|(time, _)| time)
    }

    /// Reads as [`Timestamp::parse`] what a text begins with, and says how many bytes that was.
    pub fn parse_prefix(text: &str) -> Option<(Timestamp, usize)> {
        let mut reader = Reader { rest: text.as_bytes() };
        let time = match reader.rest.first()? {
            b'P' | b'+' | b'-' => reader.duration()?,
            _ => reader.date_and_time()?,
        };
        Some((time, text.len() - reader.rest.len()))
    }

    /// Reads a time of day alone, with or without colons and a leading `T`: `164922`, `T16:49`.
    pub fn parse_time(text: &str) -> Option<Timestamp> {
        let mut reader = Reader { rest: text.trim().as_bytes() };
        let _ = reader.skip(b'T');
        let millis = reader.time()?;
        reader.rest.is_empty().then(|| Timestamp::from_linear(millis, Zone::Floating).time_only())
    }

    /// ISO 8601 basic, without fractions of a second: [`IsoStyle::BASIC`].
    pub fn to_iso8601(self) -> String {
        self.format(IsoStyle::BASIC)
    }

    /// ISO 8601 in the given style.
    pub fn format(self, style: IsoStyle) -> String {
        let mut text = String::with_capacity(USUAL_LENGTH);
        self.push_to(&mut text, style);
        text
    }

    /// Adds ISO 8601 in the given style to a text. Times are most of what calendars write, and the machinery of
    /// `write!` would take most of that.
    pub fn push_to(self, text: &mut String, style: IsoStyle) {
        if self.kind() == TimestampKind::Duration {
            return push_duration(text, self.linear(), style.fraction);
        }
        let Parts { year, month, day, hour, minute, second, milli } = self.parts();
        let separate = |text: &mut String, separator: char| {
            if style.extended {
                text.push(separator);
            }
        };
        if self.kind() != TimestampKind::Time {
            push_year(text, year);
            separate(text, '-');
            push_two(text, month);
            separate(text, '-');
            push_two(text, day);
        }
        if self.kind() == TimestampKind::Date {
            return;
        }
        if self.kind() == TimestampKind::DateTime {
            text.push('T');
        }
        push_two(text, hour);
        separate(text, ':');
        push_two(text, minute);
        separate(text, ':');
        push_two(text, second);
        if style.fraction && milli != 0 {
            push_milli(text, milli);
        }
        match self.zone() {
            Zone::Utc => text.push('Z'),
            Zone::Offset(minutes) if style.offset => text.push_str(&offset_text(minutes, style.extended)),
            _ => {}
        }
    }
}

/// Room for a time with a fraction and an offset.
const USUAL_LENGTH: usize = 32;

/// Adds a year, of four digits or more.
fn push_year(text: &mut String, year: i64) {
    if year < 0 {
        text.push('-');
    }
    if year.unsigned_abs() < 10_000 {
        push_two(text, year / 100);
        push_two(text, year % 100);
    } else {
        push_integer(text, year.abs());
    }
}

/// Adds a fraction of thousandths.
fn push_milli(text: &mut String, milli: i64) {
    text.push('.');
    push_integer(text, milli / 100);
    push_two(text, milli % 100);
}

/// An offset from UTC as ISO 8601 has it: `+02:00` extended, `+02` or `-0330` basic.
pub fn offset_text(minutes: i16, extended: bool) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, rest) = (minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60);
    match (extended, rest) {
        (true, _) => format!("{sign}{hours:02}:{rest:02}"),
        (false, 0) => format!("{sign}{hours:02}"),
        (false, _) => format!("{sign}{hours:02}{rest:02}"),
    }
}

/// Reads an offset from UTC, alone: `Z`, `+02`, `+0200`, `-03:30`. Minutes east of UTC.
pub fn offset_from_text(text: &str) -> Option<i16> {
    let mut reader = Reader { rest: text.trim().as_bytes() };
    let minutes = match reader.zone()? {
        Zone::Utc => 0,
        Zone::Offset(minutes) => minutes,
        _ => return None,
    };
    reader.rest.is_empty().then_some(minutes)
}

/// Adds so many of a unit; nothing where there are none.
fn push_unit(text: &mut String, number: u64, unit: char) {
    if number > 0 {
        push_integer(text, number.cast_signed());
        text.push(unit);
    }
}

/// Adds a length of time.
fn push_duration(text: &mut String, millis: i64, fraction: bool) {
    let total = millis.unsigned_abs();
    let (days, time) = (total / DAY_MS.unsigned_abs(), total % DAY_MS.unsigned_abs());
    let milli = if fraction { time % 1000 } else { 0 };
    let (hours, minutes, seconds) = (time / 3_600_000, time / 60_000 % 60, time / 1000 % 60);
    let has_time = hours + minutes + seconds + milli > 0;
    // Nothing at all has no sign.
    text.push_str(if millis < 0 && (has_time || days > 0) { "-P" } else { "P" });
    push_unit(text, days, 'D');
    if !has_time {
        return text.push_str(if days == 0 { "T0S" } else { "" });
    }
    text.push('T');
    push_unit(text, hours, 'H');
    push_unit(text, minutes, 'M');
    if milli > 0 {
        push_integer(text, seconds.cast_signed());
        push_milli(text, milli.cast_signed());
        text.push('S');
    } else {
        push_unit(text, seconds, 'S');
    }
}

pub(super) struct Reader<'a> {
    pub(super) rest: &'a [u8],
}

impl Reader<'_> {
    fn date_and_time(&mut self) -> Option<Timestamp> {
        let year = self.number(4)?;
        let extended = self.skip(b'-');
        let month = self.number(2)?;
        if extended && !self.skip(b'-') {
            return None;
        }
        let day = self.number(2)?;
        let date = Parts { year, month, day, hour: 0, minute: 0, second: 0, milli: 0 };
        let midnight = Timestamp::from_parts(date, Zone::Floating);
        let blank_then_digit = matches!(self.rest, [b' ', b'0'..=b'9', ..]);
        if !(blank_then_digit || matches!(self.rest.first(), Some(b'T' | b't'))) {
            return Some(midnight.date_only());
        }
        self.rest = &self.rest[1..];
        let time = self.time()?;
        let zone = self.zone().unwrap_or(Zone::Floating);
        Some(midnight.plus(time).with_zone(zone))
    }

    /// Milliseconds since midnight: hours, then minutes, then seconds with a fraction, of which only the
    /// hours must be there.
    fn time(&mut self) -> Option<i64> {
        let mut seconds = self.number(2)? * 3600;
        let extended = self.skip(b':');
        if extended || self.rest.first().is_some_and(u8::is_ascii_digit) {
            seconds += self.number(2)? * 60;
            let more =
                if extended { self.skip(b':') } else { self.rest.first().is_some_and(u8::is_ascii_digit) };
            if more {
                seconds += self.number(2)?;
            }
        }
        Some(seconds * 1000 + self.fraction())
    }

    /// `PnYnMnWnDTnHnMnS`: a year is 365 days and a month 30, and a unit that stands twice counts twice.
    fn duration(&mut self) -> Option<Timestamp> {
        let negative = self.skip(b'-');
        if !negative {
            let _ = self.skip(b'+');
        }
        if !self.skip(b'P') {
            return None;
        }
        let (mut millis, mut in_time) = (0i64, false);
        loop {
            if !in_time && self.skip(b'T') {
                in_time = true;
            } else if self.rest.first().is_some_and(u8::is_ascii_digit) {
                let count = self.any_number();
                let fraction = if in_time { self.fraction() } else { 0 };
                let (unit, rest) = self.rest.split_first()?;
                let unit = match (in_time, unit) {
                    (false, b'Y') => 365 * DAY_MS,
                    (false, b'M') => 30 * DAY_MS,
                    (false, b'W') => 7 * DAY_MS,
                    (false, b'D') => DAY_MS,
                    (true, b'H') => 3_600_000,
                    (true, b'M') => 60_000,
                    (true, b'S') => 1000,
                    _ => return None,
                };
                self.rest = rest;
                let part = count.saturating_mul(unit).saturating_add(fraction * (unit / 1000));
                millis = millis.saturating_add(part);
            } else {
                return Some(Timestamp::duration(if negative { -millis } else { millis }));
            }
        }
    }

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

    fn any_number(&mut self) -> i64 {
        let mut number = 0i64;
        while let Some(digit @ b'0'..=b'9') = self.rest.first() {
            number = number.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
            self.rest = &self.rest[1..];
        }
        number
    }

    /// Thousandths of a decimal fraction of any length, or none. What is finer is read over, so that what
    /// follows is still found.
    fn fraction(&mut self) -> i64 {
        let digits = match self.rest {
            [b'.' | b',', digits @ ..] if digits.first().is_some_and(u8::is_ascii_digit) => digits,
            _ => return 0,
        };
        let end = digits.iter().position(|b| !b.is_ascii_digit()).unwrap_or(digits.len());
        let digit = |place: usize| digits[..end].get(place).map_or(0, |digit| i64::from(digit - b'0'));
        self.rest = &digits[end..];
        digit(0) * 100 + digit(1) * 10 + digit(2)
    }

    /// `Z` or an offset; nothing is read where neither stands.
    fn zone(&mut self) -> Option<Zone> {
        if self.skip(b'Z') || self.skip(b'z') {
            return Some(Zone::Utc);
        }
        let mut ahead = Reader { rest: self.rest };
        let sign = if ahead.skip(b'+') {
            1
        } else if ahead.skip(b'-') {
            -1
        } else {
            return None;
        };
        let hours = ahead.number(2)?;
        let mut tail = Reader { rest: ahead.rest };
        let _ = tail.skip(b':');
        let minutes = match tail.number(2) {
            Some(minutes) => {
                ahead.rest = tail.rest;
                minutes
            }
            None => 0,
        };
        if hours > 23 || minutes > 59 {
            return None;
        }
        self.rest = ahead.rest;
        i16::try_from(sign * (hours * 60 + minutes)).ok().map(Zone::Offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap_or_else(|| panic!("{text} reads as no time"))
    }

    #[test]
    fn readings_and_linear_time_agree() {
        for (text, linear, back) in [
            ("20080715T120000Z", 212_082_926_400_000, "20080715T120000Z"),
            ("2008-07-15T12:00:00Z", 212_082_926_400_000, "20080715T120000Z"),
            ("19700401", 210_874_579_200_000, "19700401"),
            ("1970-04-01 00:00:00.250", 210_874_579_200_250, "19700401T000000"),
            ("20071212T120000+01", 212_064_264_000_000, "20071212T120000+01"),
            ("20071212T120000-03:30", 212_064_264_000_000, "20071212T120000-0330"),
            ("20080715T120000.123456Z", 212_082_926_400_123, "20080715T120000Z"),
            ("20081315T120000Z", 212_098_824_000_000, "20090115T120000Z"),
            ("20080715T12", 212_082_926_400_000, "20080715T120000"),
        ] {
            let time = time(text);
            assert_eq!((time.linear(), time.to_iso8601().as_str()), (linear, back), "{text}");
        }
        assert_eq!(
            time("20080715T120000.5+0330").format(IsoStyle::EXTENDED),
            "2008-07-15T12:00:00.500+03:30"
        );
        assert_eq!(time("20080715T120000+0330").format(IsoStyle::SCRIPT), "20080715T120000");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2008",
            "2008-0715",
            "20080715T",
            "20080715T25x",
            "20080715T120000+1",
            "é",
            "PT1H30",
            "-",
            "T1200",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
        assert_eq!(Timestamp::parse_prefix("20080715T120000 Z").map(|(_, length)| length), Some(15));
    }

    #[test]
    fn lengths_of_time() {
        for (text, millis, back) in [
            ("PT90S", 90_000, "PT1M30S"),
            ("-PT15M", -900_000, "-PT15M"),
            ("P1Y", 31_536_000_000, "P365D"),
            ("P2W", 1_209_600_000, "P14D"),
            ("P1DT2H3M4S", 93_784_000, "P1DT2H3M4S"),
            ("PT", 0, "PT0S"),
            ("PT1H1H", 7_200_000, "PT2H"),
            ("PT1.5S", 1500, "PT1S"),
        ] {
            let length = time(text);
            assert_eq!((length.linear(), length.to_iso8601().as_str()), (millis, back), "{text}");
            assert_eq!(length.kind(), TimestampKind::Duration, "{text}");
        }
        assert_eq!(time("PT1.5S").format(IsoStyle::EXTENDED), "PT1.500S");
        assert_eq!(time(&format!("P{}D", "9".repeat(400))).linear(), i64::MAX);
    }

    #[test]
    fn times_of_day() {
        for (text, back) in [("164922", "164922"), ("T16:49", "164900"), ("16:49:22.5", "164922")] {
            assert_eq!(
                Timestamp::parse_time(text).map(Timestamp::to_iso8601).as_deref(),
                Some(back),
                "{text}"
            );
        }
        assert_eq!(Timestamp::parse_time("16:"), None);
    }
}
