//! The zones of the zone database (`Europe/Zurich`), by way of chrono-tz.
//!
//! Not its job: the original's own names, which win where both know a name ([`super::builtin`]).

use chrono::{DateTime, NaiveDateTime, Offset, TimeZone};
use chrono_tz::{OffsetName, TZ_VARIANTS, Tz};

use super::rule::{Day, Rule, Summer, Switch, year_of};
use crate::time::calendar::{day_number, days_in_month, midnight, weekday};
use crate::time::{DAY_MS, Timestamp, UNIX_EPOCH_DAY};

const HOUR_MS: i64 = 3_600_000;

/// The zone of a name, whatever its case.
pub fn find(name: &str) -> Option<Tz> {
    name.parse().ok().or_else(|| TZ_VARIANTS.iter().find(|tz| tz.name().eq_ignore_ascii_case(name)).copied())
}

/// The zone whose name stands at the end of an id, as in `/example.org/20070129_1/Europe/Berlin`.
pub fn at_end(id: &str) -> Option<Tz> {
    let mut rest = id.trim();
    while let Some((_, tail)) = rest.split_once('/') {
        // A name of one word (`EST`) after a slash says too little.
        if let Some(tz) = find(tail).filter(|_| tail.contains('/')) {
            return Some(tz);
        }
        rest = tail;
    }
    None
}

/// The zone of a place as people write it (`New York`), whatever its case. What `Etc` has are no places.
pub fn of_city(name: &str) -> Option<Tz> {
    let is_it = |tz: &&Tz| {
        let place = tz.name().rsplit_once('/').filter(|(region, _)| *region != "Etc");
        place.is_some_and(|(_, place)| place.replace('_', " ").eq_ignore_ascii_case(name))
    };
    TZ_VARIANTS.iter().find(is_it).copied()
}

/// Seconds east of UTC at an instant, in milliseconds since -4712-01-01 UTC.
pub fn seconds_at_utc(tz: Tz, utc: i64) -> i64 {
    i64::from(tz.offset_from_utc_datetime(&naive(utc)).fix().local_minus_utc())
}

/// Seconds east of UTC at a reading. A reading that the clock shows twice, or skips, is taken as what holds on
/// the side where clocks are ahead, which is summer time.
pub fn seconds_at_reading(tz: Tz, reading: i64) -> i64 {
    let offsets = tz.offset_from_local_datetime(&naive(reading)).map(|offset| offset.fix().local_minus_utc());
    match offsets {
        chrono::LocalResult::Single(seconds) => i64::from(seconds),
        chrono::LocalResult::Ambiguous(a, b) => i64::from(a.max(b)),
        chrono::LocalResult::None => {
            let around = |millis: i64| seconds_at_utc(tz, reading.saturating_add(millis));
            around(-DAY_MS).max(around(DAY_MS))
        }
    }
}

/// What the clock does in a year, as a rule that a VTIMEZONE can say. A year in which the clock is changed
/// otherwise than forward once and back once counts as one without summer time, at the offset that it ends with.
pub fn rule(tz: Tz, year: i64) -> Rule {
    let changes = changes(tz, year);
    let minutes = |seconds: i64| i16::try_from(seconds.div_euclid(60)).unwrap_or(0);
    let fixed = || Rule::fixed(minutes(seconds_at_utc(tz, midnight(year + 1, 1, 1) - DAY_MS)));
    let [a, b] = changes.as_slice() else { return fixed() };
    let (forward, back) = if a.after > a.before { (a, b) } else { (b, a) };
    if forward.before != back.after || forward.after != back.before || forward.after <= forward.before {
        return fixed();
    }
    let saving = minutes(forward.after) - minutes(forward.before);
    let switch = |change: &Change| yearly(tz, year, change);
    let summer = Summer { saving, begins: switch(forward), ends: switch(back) };
    Rule { offset: minutes(forward.before), summer: Some(summer) }
}

/// The names of standard and summer time in a year with this rule (`CET`, `CEST`); empty where the database has only numbers.
pub fn names(tz: Tz, year: i64, rule: Rule) -> (String, String) {
    let name = |minutes: i16| {
        (1..=12)
            .map(|month| tz.offset_from_utc_datetime(&naive(midnight(year, month, 1))))
            .find(|offset| offset.fix().local_minus_utc().div_euclid(60) == i32::from(minutes))
            .and_then(|offset| offset.abbreviation().map(str::to_owned))
            .filter(|name| !name.starts_with(['+', '-']))
            .unwrap_or_default()
    };
    (name(rule.offset), name(rule.summer_offset()))
}

/// A moment at which the clock is put forward or back.
struct Change {
    /// Milliseconds since -4712-01-01 UTC.
    utc: i64,
    /// Seconds east of UTC before and after.
    before: i64,
    after: i64,
}

/// The changes of a year of UTC: offsets are compared twice a month, and the moment between is searched.
fn changes(tz: Tz, year: i64) -> Vec<Change> {
    let days = (1..=12).flat_map(|month| [midnight(year, month, 1), midnight(year, month, 16)]);
    let samples: Vec<i64> = days.chain([midnight(year + 1, 1, 1)]).collect();
    let mut changes = Vec::new();
    for pair in samples.windows(2) {
        let [mut low, mut high] = [pair[0], pair[1]];
        let (before, after) = (seconds_at_utc(tz, low), seconds_at_utc(tz, high));
        if before == after {
            continue;
        }
        while high - low > 1000 {
            let middle = low + (high - low) / 2000 * 1000;
            if seconds_at_utc(tz, middle) == before { low = middle } else { high = middle }
        }
        changes.push(Change { utc: high, before, after });
    }
    changes
}

/// The yearly moment of a change. Its day may be the fourth and the last of its weekday: the years around say
/// which of the two is meant.
fn yearly(tz: Tz, year: i64, change: &Change) -> Switch {
    let reading = change.utc + change.before * 1000;
    let switch = Switch::of_reading(reading);
    let (Day::Nth { weekday: of_week, nth: -1 }, date) =
        (switch.day, Timestamp::from_linear(reading, super::Zone::Floating).parts().day)
    else {
        return switch;
    };
    let Ok(nth @ 1..=4) = i8::try_from((date - 1) / 7 + 1) else { return switch };
    let fourth = Switch { day: Day::Nth { weekday: of_week, nth }, ..switch };
    let agrees = |candidate: Switch| {
        let years = [year - 1, year + 1, year + 2, year + 3];
        let says = |year: &i64| {
            let before = candidate.reading(*year) - change.before * 1000;
            let offset = |millis: i64| seconds_at_utc(tz, before + millis);
            offset(-HOUR_MS) == change.before && offset(HOUR_MS) == change.after
        };
        years.iter().filter(|year| says(year)).count()
    };
    if agrees(fourth) > agrees(switch) { fourth } else { switch }
}

/// A reading as chrono has it. Years beyond four digits are taken as years that begin with the same weekday
/// and are as long, which have the same rules.
fn naive(millis: i64) -> NaiveDateTime {
    let year = year_of(millis);
    let within = if (1..=9999).contains(&year) { year } else { like(year) };
    let millis = millis.saturating_sub(midnight(year, 1, 1)).saturating_add(midnight(within, 1, 1));
    let unix = millis.saturating_sub(UNIX_EPOCH_DAY * DAY_MS);
    DateTime::from_timestamp_millis(unix).map_or(NaiveDateTime::MIN, |time| time.naive_utc())
}

fn like(year: i64) -> i64 {
    let shape = |year: i64| (weekday(day_number(year, 1, 1)), days_in_month(year, 2));
    let years = if year < 1 { 1..=400 } else { 9600..=9999 };
    years.into_iter().find(|candidate| shape(*candidate) == shape(year)).unwrap_or(9999)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_the_database_read_as_people_say_them() {
        for (name, year, offset, begins, ends) in [
            ("Europe/Zurich", 2008, 60, Some((3, -1, 120)), Some((10, -1, 180))),
            ("America/New_York", 2006, -300, Some((4, 1, 120)), Some((10, -1, 120))),
            ("America/New_York", 2008, -300, Some((3, 2, 120)), Some((11, 1, 120))),
            ("Australia/Hobart", 2009, 600, Some((10, 1, 120)), Some((4, 1, 180))),
            ("Asia/Tokyo", 2009, 540, None, None),
            ("Europe/Moscow", 2015, 180, None, None),
        ] {
            let rule = rule(find(name).unwrap(), year);
            let nth = |switch: Switch| match switch.day {
                Day::Nth { weekday: 0, nth } => (switch.month, nth, switch.minute),
                other => panic!("{name}: {other:?}"),
            };
            let got = (rule.offset, rule.summer.map(|s| nth(s.begins)), rule.summer.map(|s| nth(s.ends)));
            assert_eq!(got, (offset, begins, ends), "{name}");
        }
    }

    #[test]
    fn names_are_found() {
        assert_eq!(find("europe/zurich"), Some(Tz::Europe__Zurich));
        assert_eq!(at_end("/softwarestudio.org/Tzfile/Europe/Berlin"), Some(Tz::Europe__Berlin));
        assert_eq!(at_end("Weird/Place"), None);
        let names = |tz| names(tz, 2008, rule(tz, 2008));
        assert_eq!(names(Tz::Europe__Zurich), ("CET".into(), "CEST".into()));
        assert_eq!(names(Tz::America__Sao_Paulo), (String::new(), String::new()));
    }

    #[test]
    fn the_ends_of_time_have_an_offset() {
        for millis in [i64::MIN, i64::MIN / 2, -1, 0, i64::MAX / 2, i64::MAX] {
            let seconds = seconds_at_reading(Tz::Europe__Zurich, millis);
            assert!(seconds.abs() < 86_400, "{millis}: {seconds}");
            assert!(seconds_at_utc(Tz::Pacific__Apia, millis).abs() < 86_400);
        }
    }
}
