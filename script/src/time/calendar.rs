//! Days and their numbers: which day of which calendar a day number is, and back.
//!
//! Not its job: zones and text. Day numbers count from -4712-01-01. Days before 1582-10-15 are days of the
//! Julian calendar, as astronomers write them and as the original engine counts (day 0 is a Monday).

use super::{DAY_MS, UNIX_EPOCH_DAY};

/// The first day of the Gregorian calendar, 1582-10-15.
const GREGORIAN: i64 = 2_299_161;
/// Day numbers that are taken as they are; what lies beyond is cut to them, so that no sum runs over.
const LAST_DAY: i64 = 1 << 40;
/// So many times four years before year 0 begin before all days, so that none has a number below zero there.
const CYCLES: i64 = 1 << 30;

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

/// How many days a month has, by the calendar of its time; months are 1 to 12.
pub fn days_in_month(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year <= 1582 || year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The names of weekdays in recurrence rules, Sunday first.
pub const WEEKDAYS: [&str; 7] = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

/// The weekday of a name of [`WEEKDAYS`].
pub fn weekday_named(name: &str) -> Option<u32> {
    (0..).zip(WEEKDAYS).find(|(_, known)| *known == name).map(|(weekday, _)| weekday)
}

/// The weekday of a day number: 0 is Sunday.
pub fn weekday(day: i64) -> i64 {
    (day.saturating_add(1)).rem_euclid(7)
}

/// The number of a day. Months and days that run over are counted on: month 13 is January of the next year,
/// day 0 the last of the month before.
pub fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let limit = |number: i64| number.clamp(-LAST_DAY, LAST_DAY);
    let (year, month, day) = (limit(year) + (limit(month) - 1).div_euclid(12), limit(month), limit(day));
    let month = (month - 1).rem_euclid(12) + 1;
    let julian = (year, month, day) < (1582, 10, 15);
    // Years are taken to begin in March, so that the leap day comes last.
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let leap_days = year.div_euclid(4) - if julian { 2 } else { year.div_euclid(100) - year.div_euclid(400) };
    year * 365 + leap_days + day_of_year - 719_468 + UNIX_EPOCH_DAY
}

/// Midnight of a day, in milliseconds since -4712-01-01; days run over as in [`day_number`].
pub fn midnight(year: i64, month: i64, day: i64) -> i64 {
    day_number(year, month, day).saturating_mul(DAY_MS)
}

/// Year, month and day of a day number: the inverse of [`day_number`].
pub fn civil(day: i64) -> (i64, i64, i64) {
    let day = day.clamp(-LAST_DAY, LAST_DAY);
    let since_march = day - UNIX_EPOCH_DAY + 719_468;
    // Four centuries have 146097 days, and four years of one 1461: in quarters of days each is as long as the next,
    // and a day is at the last of its own.
    let (years, quarters) = if day < GREGORIAN {
        (-4 * CYCLES, 4 * (since_march + 2 + 1461 * CYCLES).cast_unsigned() + 3)
    } else {
        let quarters = 4 * since_march.cast_unsigned() + 3;
        ((quarters / 146_097 * 100).cast_signed(), (quarters % 146_097) | 3)
    };
    let (year, day_of_year) = (years + (quarters / 1461).cast_signed(), quarters % 1461 / 4);
    let month = (5 * day_of_year + 2) / 153;
    let date = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + i64::from(month <= 2), month.cast_signed(), date.cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_since_the_first_has_its_number() {
        let (mut year, mut month, mut day) = (-4712, 1, 1);
        for number in 0..GREGORIAN + 2 * 146_097 {
            assert_eq!((civil(number), day_number(year, month, day)), ((year, month, day), number));
            day += 1;
            if (year, month, day) == (1582, 10, 5) {
                day = 15;
            }
            if day > days_in_month(year, month) {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
    }

    #[test]
    fn what_runs_over_is_counted_on() {
        for (read, meant) in [
            ((2008, 13, 15), (2009, 1, 15)),
            ((2008, 2, 30), (2008, 3, 1)),
            ((2008, 0, 1), (2007, 12, 1)),
            ((2008, 1, 0), (2007, 12, 31)),
        ] {
            assert_eq!(civil(day_number(read.0, read.1, read.2)), meant, "{read:?}");
        }
        assert_eq!((weekday(0), weekday(day_number(2003, 6, 4))), (1, 3));
    }
}
