//! What a zone's clock does in a year: its offset, and when summer time begins and ends.
//!
//! A rule can be written in a line and read again: `+01`, and `+01/+02 3.-1SU.0200 10.-1SU.0300`, where summer
//! time begins on the last Sunday of March at 2:00 and ends on the last one of October at 3:00. Colons and semicolons
//! are not in it, since they are what stores put around names.
//!
//! Not its job: which rule holds in which year ([`super::builtin`], [`super::olson`]).

use std::fmt;

use crate::time::calendar::{WEEKDAYS, civil, day_number, days_in_month, weekday, weekday_named};
use crate::time::{DAY_MS, iso8601};

const MINUTE_MS: i64 = 60_000;
const DAY_MINUTES: u16 = 24 * 60;

/// A year's rule of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    /// Minutes east of UTC without summer time.
    pub offset: i16,
    /// Summer time, where there is one.
    pub summer: Option<Summer>,
}

/// Summer time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Summer {
    /// Minutes that clocks are put forward; negative where the other half of the year is the one that counts
    /// as standard.
    pub saving: i16,
    /// When it begins, on the clock of standard time.
    pub begins: Switch,
    /// When it ends, on the clock of summer time.
    pub ends: Switch,
}

/// A moment of each year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Switch {
    /// 1 to 12.
    pub month: u8,
    /// Which day of the month.
    pub day: Day,
    /// Minutes since midnight.
    pub minute: u16,
}

/// A day of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Day {
    /// The day of that number.
    Date(u8),
    /// A weekday (0 is Sunday), counted from the month's begin (1 to 4) or its end (-1 to -4).
    Nth {
        /// 0 to 6, 0 being Sunday.
        weekday: u8,
        /// 1 to 4, or -1 to -4.
        nth: i8,
    },
}

impl Rule {
    /// A clock that is never put forward.
    pub const fn fixed(offset: i16) -> Rule {
        Rule { offset, summer: None }
    }

    /// Minutes east of UTC in summer; the same as in winter where there is no summer time.
    pub fn summer_offset(self) -> i16 {
        self.offset.saturating_add(self.summer.map_or(0, |summer| summer.saving))
    }

    /// The rule of the line that it is written as; `None` for any other text.
    pub fn parse(text: &str) -> Option<Rule> {
        let mut words = text.split(' ');
        let offsets = words.next()?;
        let Some((standard, summer)) = offsets.split_once('/') else {
            let offset = iso8601::offset_from_text(offsets)?;
            return words.next().is_none().then_some(Rule::fixed(offset));
        };
        let offset = iso8601::offset_from_text(standard)?;
        let saving = iso8601::offset_from_text(summer)?.checked_sub(offset)?;
        let (begins, ends) = (Switch::parse(words.next()?)?, Switch::parse(words.next()?)?);
        words.next().is_none().then_some(Rule { offset, summer: Some(Summer { saving, begins, ends }) })
    }

    /// Minutes east of UTC at a reading of this year. A reading that the clock shows twice, or skips, is taken
    /// as summer time.
    pub(super) fn minutes_at_reading(self, year: i64, reading: i64) -> i16 {
        let Some(summer) = self.summer else { return self.offset };
        self.choose(summer.begins.reading(year), summer.ends.reading(year), reading)
    }

    /// Minutes east of UTC at an instant (milliseconds since -4712-01-01 UTC) of this year.
    pub(super) fn minutes_at_utc(self, year: i64, utc: i64) -> i16 {
        let Some(summer) = self.summer else { return self.offset };
        let (begins, ends) = (summer.begins.reading(year), summer.ends.reading(year));
        let shift = |reading: i64, offset: i16| reading.saturating_sub(i64::from(offset) * MINUTE_MS);
        self.choose(shift(begins, self.offset), shift(ends, self.summer_offset()), utc)
    }

    /// Minutes east of UTC on a day, of its own clock or of UTC, that is far from a switch; `None` where it takes a closer
    /// look. Most days are.
    pub(super) fn minutes_on(self, month: i64, day: i64) -> Option<i16> {
        let Some(Summer { saving, begins, ends }) = self.summer else { return Some(self.offset) };
        let offset = self.offset.unsigned_abs().max(self.summer_offset().unsigned_abs());
        let is_small = saving.unsigned_abs().max(offset).max(begins.minute).max(ends.minute) < DAY_MINUTES;
        let (begins, ends) = (i64::from(begins.month), i64::from(ends.month));
        // A day from the ends of a month no clock is in another one.
        let is_far = (2..=27).contains(&day) && begins != ends && month != begins && month != ends;
        let summer =
            if begins < ends { begins < month && month < ends } else { !(ends < month && month < begins) };
        (is_small && is_far).then(|| if summer { self.summer_offset() } else { self.offset })
    }

    /// South of the equator summer begins late in the year and ends early in it.
    fn choose(self, begins: i64, ends: i64, time: i64) -> i16 {
        let summer =
            if begins < ends { (begins..ends).contains(&time) } else { !(ends..begins).contains(&time) };
        if summer { self.summer_offset() } else { self.offset }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&iso8601::offset_text(self.offset, false))?;
        let Some(summer) = self.summer else { return Ok(()) };
        let offset = iso8601::offset_text(self.summer_offset(), false);
        write!(f, "/{offset} {} {}", summer.begins, summer.ends)
    }
}

impl fmt::Display for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.", self.month)?;
        match self.day {
            Day::Date(date) => write!(f, "{date}")?,
            Day::Nth { weekday, nth } => {
                write!(f, "{nth}{}", WEEKDAYS.get(usize::from(weekday)).copied().unwrap_or_default())?;
            }
        }
        write!(f, ".{:02}{:02}", self.minute / 60, self.minute % 60)
    }
}

impl Switch {
    fn parse(text: &str) -> Option<Switch> {
        let mut parts = text.split('.');
        let (month, day, time) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
        let letter = day.find(|c: char| c.is_ascii_alphabetic());
        let day = match letter.and_then(|place| day.split_at_checked(place)) {
            None => Day::Date(day.parse().ok().filter(|date| (1..=31).contains(date))?),
            Some((nth, name)) => {
                let nth: i8 = nth.parse().ok().filter(|nth| *nth != 0 && (-4..=4).contains(nth))?;
                Day::Nth { weekday: u8::try_from(weekday_named(name)?).ok()?, nth }
            }
        };
        let (hours, minutes) = (time.get(..2)?.parse::<u16>().ok()?, time.get(2..)?.parse::<u16>().ok()?);
        let is_time = time.len() == 4 && hours < 24 && minutes < 60;
        let is_whole = (1..=12).contains(&month) && is_time && parts.next().is_none();
        is_whole.then_some(Switch { month, day, minute: hours * 60 + minutes })
    }

    /// The moment in a year, as milliseconds since -4712-01-01 on the clock before the switch.
    pub fn reading(self, year: i64) -> i64 {
        let month = i64::from(self.month);
        let length = days_in_month(year, month);
        let first = day_number(year, month, 1);
        let day = match self.day {
            Day::Date(date) => i64::from(date).clamp(1, length),
            Day::Nth { weekday: wanted, nth } => {
                let to_wanted = (i64::from(wanted) - weekday(first)).rem_euclid(7);
                let in_month = (length - to_wanted - 1) / 7 + 1;
                let nth = if nth < 0 { in_month + 1 + i64::from(nth) } else { i64::from(nth) };
                1 + to_wanted + 7 * (nth.clamp(1, in_month) - 1)
            }
        };
        let midnight = (first + day - 1).saturating_mul(DAY_MS);
        midnight.saturating_add(i64::from(self.minute) * MINUTE_MS)
    }

    /// The yearly moment that a reading is one of: the last weekday of its kind if it falls into the month's
    /// last seven days, and otherwise the nth.
    pub fn of_reading(reading: i64) -> Switch {
        let day = reading.div_euclid(DAY_MS);
        let (year, month, date) = civil(day);
        let last = date + 7 > days_in_month(year, month);
        let nth = if last { -1 } else { (date - 1) / 7 + 1 };
        let minute = reading.rem_euclid(DAY_MS) / MINUTE_MS;
        Switch {
            month: small(month),
            day: Day::Nth { weekday: small(weekday(day)), nth: i8::try_from(nth).unwrap_or(-1) },
            minute: u16::try_from(minute).unwrap_or(0),
        }
    }
}

/// The year of a linear time.
pub(super) fn year_of(millis: i64) -> i64 {
    civil(millis.div_euclid(DAY_MS)).0
}

fn small(number: i64) -> u8 {
    u8::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn reading(text: &str) -> i64 {
        Timestamp::parse(text).unwrap().linear()
    }

    #[test]
    fn a_switch_finds_its_day() {
        for (month, day, year, wanted) in [
            (10, Day::Nth { weekday: 0, nth: -1 }, 1967, "19671029T020000"),
            (3, Day::Nth { weekday: 0, nth: 2 }, 2009, "20090308T020000"),
            (9, Day::Nth { weekday: 4, nth: -1 }, 2008, "20080925T020000"),
            (2, Day::Date(30), 2009, "20090228T020000"),
        ] {
            let switch = Switch { month, day, minute: 120 };
            assert_eq!(switch.reading(year), reading(wanted), "{switch:?}");
        }
        let last_sunday = Switch::of_reading(reading("20070325T020000"));
        assert_eq!(last_sunday.day, Day::Nth { weekday: 0, nth: -1 });
    }

    #[test]
    fn every_moment_of_a_year_is_in_summer_or_not() {
        let switch =
            |month, nth, hour: u16| Switch { month, day: Day::Nth { weekday: 0, nth }, minute: hour * 60 };
        let north = Rule {
            offset: 60,
            summer: Some(Summer { saving: 60, begins: switch(3, -1, 2), ends: switch(10, -1, 3) }),
        };
        let south = Rule {
            offset: 600,
            summer: Some(Summer { saving: 60, begins: switch(10, 1, 2), ends: switch(3, -1, 3) }),
        };
        for (rule, text, minutes) in [
            (north, "20080330T015959", 60),
            (north, "20080330T020000", 120),
            (north, "20081026T025959", 120),
            (north, "20081026T030000", 60),
            (south, "20080115T120000", 660),
            (south, "20080401T120000", 600),
            (south, "20081005T020000", 660),
        ] {
            assert_eq!(rule.minutes_at_reading(2008, reading(text)), minutes, "{text}");
        }
        for rule in [north, south] {
            let days = (0..366).map(|day| reading("20080101T000000") + day * DAY_MS);
            for time in days.flat_map(|day| [day, day + DAY_MS - 1]) {
                let (_, month, day) = civil(time.div_euclid(DAY_MS));
                let far = rule.minutes_on(month, day);
                assert_eq!(far.is_none(), [3, 10].contains(&month) || !(2..=27).contains(&day));
                assert!(far.is_none_or(|minutes| minutes == rule.minutes_at_reading(2008, time)));
                assert!(far.is_none_or(|minutes| minutes == rule.minutes_at_utc(2008, time)));
            }
        }
        assert_eq!(north.minutes_at_utc(2008, reading("20081026T005959")), 120);
        assert_eq!(north.minutes_at_utc(2008, reading("20081026T010000")), 60);
    }
}
