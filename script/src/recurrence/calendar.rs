//! Days, weekdays and months as numbers.
//!
//! A day is counted from -4712-01-01, as in [`crate::time`]; a month is counted from January of the year 0. Not
//! its job: times of day, zones, text.

/// The number of 9999-12-31. Four digits are all that a year has in ISO 8601, so no series goes on after it.
pub(super) const LAST_DAY: i64 = 5_373_484;
/// The number of December 9999.
pub(super) const LAST_MONTH: i64 = 119_999;
/// Months after which the calendar repeats itself, weekdays included: 400 years are 20,871 weeks.
pub(super) const CALENDAR_MONTHS: i64 = 4800;

/// The number of 0000-03-01. Counted from a first of March, the leap day is the last of its year.
const MARCH_OF_YEAR_0: i64 = 1_721_120;

/// 0 for Sunday to 6 for Saturday.
pub(super) fn weekday(day: i64) -> i64 {
    (day + 1).rem_euclid(7)
}

/// The month of a year (any) and a month (1 to 12).
pub(super) fn month_number(year: i64, month: i64) -> i64 {
    year * 12 + month - 1
}

/// The first day of a month.
pub(super) fn first_day(month: i64) -> i64 {
    let since_march = month - 2;
    let year = since_march.div_euclid(12);
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // Months from March on have 31, 30, 31, 30, 31 days, over and over: 153 in five.
    let days_of_year = (153 * since_march.rem_euclid(12) + 2) / 5;
    MARCH_OF_YEAR_0 + 365 * year + leap_days + days_of_year
}

/// Days of a month: 28 to 31.
pub(super) fn length(month: i64) -> i64 {
    match month.rem_euclid(12) {
        1 => 28 + i64::from(is_leap(month.div_euclid(12))),
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}

/// The month that a day is in.
pub(super) fn month_of(day: i64) -> i64 {
    // Twelve mean months of the 400 years are 146,097 / 400 days; a guess by them is one off at most.
    let guess = ((day - MARCH_OF_YEAR_0) * CALENDAR_MONTHS).div_euclid(146_097) + 2;
    if first_day(guess) > day {
        guess - 1
    } else if first_day(guess + 1) <= day {
        guess + 1
    } else {
        guess
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{DAY_MS, Timestamp, Zone};

    #[test]
    fn every_day_of_nine_centuries_agrees_with_the_clock() {
        let first = Timestamp::parse("16000101").unwrap().linear() / DAY_MS;
        for day in first..first + 330_000 {
            let parts = Timestamp::from_linear(day * DAY_MS, Zone::Floating).parts();
            let month = month_number(parts.year, parts.month);
            assert_eq!((month_of(day), first_day(month) + parts.day - 1), (month, day));
            assert_eq!(length(month), first_day(month + 1) - first_day(month));
        }
    }

    #[test]
    fn weekdays_and_the_end_of_time() {
        let day = |text| Timestamp::parse(text).unwrap().linear() / DAY_MS;
        for (text, name) in [("20040229", 0), ("20040105", 1), ("19700101", 4), ("16000101", 6)] {
            assert_eq!(weekday(day(text)), name, "{text}");
        }
        assert_eq!((LAST_DAY, LAST_MONTH), (day("99991231"), month_of(LAST_DAY)));
    }
}
