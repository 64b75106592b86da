//! VTIMEZONE written: which rules of a zone, from which year on, under which name.
//!
//! The text is what stands between BEGIN:VTIMEZONE and END:VTIMEZONE, one property a line, as the original
//! writes it: rules are said as monthly with an interval of twelve, the month being that of DTSTART. Not its
//! job: line ends and folding, which belong to the format around it.

use std::borrow::Cow;
use std::fmt::Write;

use super::rule::{Day, Rule, Switch, year_of};
use super::{Clock, Label, Zone, Zones, builtin, olson};
use crate::time::calendar::WEEKDAYS;
use crate::time::iso8601::offset_text;
use crate::time::{Timestamp, calendar};

/// The years in which the first rule of a zone is said to begin, for standard and for summer time.
const FIRST_YEARS: (i64, i64) = (1967, 1987);
/// The zone database says nothing that is known for certain beyond this year.
pub(super) const LAST_KNOWN: i64 = 2037;
/// The most years that one text covers.
const MOST_YEARS: i64 = 200;

/// Which rules a VTIMEZONE shows (manual 10.3.8, `vtimezonegenmode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VtimezoneMode {
    /// Those of the present.
    Current,
    /// Those of the earliest date in the record.
    Start,
    /// Those of the latest date in the record.
    End,
    /// Those of all dates in the record.
    Range,
    /// Those from the earliest date in the record to the latest that is known.
    OpenEnd,
}

/// The years whose rules are written; without an end, all that follow the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearSpan {
    /// The first.
    pub from: i64,
    /// The last, where there is one.
    pub to: Option<i64>,
}

/// What the TZID of a zone is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TzidMode {
    /// The zone's name.
    #[default]
    Name,
    /// Its name in the zone database, where it has one.
    Olson,
}

impl VtimezoneMode {
    /// The years that a record of these years needs, in a present of year `now`.
    pub fn years(self, now: i64, earliest: i64, latest: i64) -> YearSpan {
        let one = |year| YearSpan { from: year, to: Some(year) };
        match self {
            VtimezoneMode::Current => one(now),
            VtimezoneMode::Start => one(earliest),
            VtimezoneMode::End => one(latest),
            VtimezoneMode::Range => YearSpan { from: earliest.min(latest), to: Some(latest.max(earliest)) },
            VtimezoneMode::OpenEnd => YearSpan { from: earliest, to: None },
        }
    }
}

impl Zones {
    /// What stands in the VTIMEZONE of a zone, for these years; `None` for floating times.
    pub fn vtimezone(&self, zone: Zone, years: YearSpan, tzid: TzidMode) -> Option<String> {
        if zone == Zone::Floating {
            return None;
        }
        let resolved = self.resolved(zone);
        let generations = self.generations(resolved, years);
        let mut text = format!("TZID:{}\n", super::vtimezone::escaped(&self.tzid(resolved, tzid)));
        for (index, generation) in generations.iter().enumerate() {
            let next = generations.get(index + 1).and_then(|next| next.since);
            generation.write(&self.names(resolved, generation), next.map(|year| year - 1), &mut text);
        }
        Some(text)
    }

    /// The TZID of a zone, as it stands in a VTIMEZONE and in what refers to it. Empty for floating times.
    pub fn tzid(&self, zone: Zone, mode: TzidMode) -> Cow<'_, str> {
        let zone = self.resolved(zone);
        match (mode, self.clock(zone)) {
            (TzidMode::Olson, Clock::Builtin(place)) => match super::entry(place) {
                Some(entry) if !entry.location.is_empty() => Cow::Borrowed(entry.location),
                _ => self.name_of(zone),
            },
            _ => self.name_of(zone),
        }
    }

    fn generations(&self, zone: Zone, years: YearSpan) -> Vec<Generation> {
        let clock = self.clock(zone);
        let from = years.from.clamp(1, 9999);
        let known = match clock {
            Clock::Olson(_) => LAST_KNOWN,
            Clock::Builtin(place) => {
                let last = super::entry(place).and_then(|zone| zone.years.last());
                last.map_or(from, |(year, _)| *year)
            }
            Clock::Rule(_) => from,
        };
        let to = years.to.unwrap_or(known).clamp(from, from + MOST_YEARS);
        let mut generations: Vec<Generation> = Vec::new();
        for year in from..=to {
            let rule = clock.rule(year);
            if generations.last().is_some_and(|last| last.rule == rule) {
                continue;
            }
            let since = if generations.is_empty() { clock.since(year) } else { Some(year) };
            generations.push(Generation { since, year, rule });
        }
        generations
    }

    /// The names of standard and summer time. A built-in zone has those of the first name in the table that
    /// stands for its offset.
    fn names(&self, zone: Zone, generation: &Generation) -> (String, String) {
        let rule = generation.rule;
        if let Zone::Named(id) = zone {
            match (id.label, id.clock) {
                (_, Clock::Olson(tz)) => return olson::names(tz, generation.year, generation.rule),
                (Label::Defined(_), _) => {
                    let names = self.definition(id).map(|defined| defined.names.clone());
                    if let Some(names) = names.filter(|names| !names.0.is_empty()) {
                        return names;
                    }
                }
                _ => {}
            }
        }
        if rule.summer.is_none() {
            return Default::default();
        }
        let name = |class: builtin::Class, offset: i16| {
            let stands = |zone: &&builtin::Builtin| zone.class == class && zone.current.offset == offset;
            builtin::all().iter().find(stands).map_or(String::new(), |zone| zone.name.to_owned())
        };
        (
            name(builtin::Class::StandardName, rule.offset),
            name(builtin::Class::SummerName, rule.summer_offset()),
        )
    }
}

impl Clock {
    /// The first year in which the rule of `year` holds; `None` where that lies before all that counts.
    fn since(self, year: i64) -> Option<i64> {
        match self {
            Clock::Builtin(place) => super::entry(place)?.since(year),
            Clock::Olson(tz) => {
                let rule = olson::rule(tz, year);
                let same =
                    (FIRST_YEARS.0..year).rev().take_while(|earlier| olson::rule(tz, *earlier) == rule);
                let since = same.last().unwrap_or(year);
                (since > FIRST_YEARS.0).then_some(since)
            }
            Clock::Rule(_) => None,
        }
    }
}

/// Years in a row of the same rule.
struct Generation {
    /// The first; `None` where it lies before all that counts.
    since: Option<i64>,
    /// One of them.
    year: i64,
    rule: Rule,
}

impl Generation {
    /// Writes both components. `last` is the last year of the generation, where another follows in the text.
    fn write(&self, names: &(String, String), last: Option<i64>, text: &mut String) {
        let (first_standard, first_summer) = self.since.map_or(FIRST_YEARS, |year| (year, year));
        let standard = self.rule.offset;
        // Writing to a string can't fail.
        let Some(summer) = self.rule.summer else {
            let start = calendar::midnight(first_standard, 1, 1);
            component(text, "STANDARD", start, None, (standard, standard), &names.0);
            return;
        };
        let in_summer = self.rule.summer_offset();
        let rule = |switch: Switch, before: i16| {
            let until = last.map(|year| switch.reading(year) - i64::from(before) * 60_000);
            rrule(switch, until)
        };
        let ends = rule(summer.ends, in_summer);
        let start = summer.ends.reading(first_standard);
        component(text, "STANDARD", start, Some(&ends), (in_summer, standard), &names.0);
        let begins = rule(summer.begins, standard);
        let start = summer.begins.reading(first_summer);
        component(text, "DAYLIGHT", start, Some(&begins), (standard, in_summer), &names.1);
    }
}

fn component(text: &mut String, kind: &str, start: i64, rule: Option<&str>, offsets: (i16, i16), name: &str) {
    let start = Timestamp::from_linear(start, Zone::Floating);
    let _ = write!(text, "BEGIN:{kind}\nDTSTART:{start}\n");
    if let Some(rule) = rule {
        let _ = writeln!(text, "RRULE:{rule}");
    }
    let _ = write!(text, "TZOFFSETFROM:{}\nTZOFFSETTO:{}\n", offset(offsets.0), offset(offsets.1));
    if !name.is_empty() {
        let _ = writeln!(text, "TZNAME:{name}");
    }
    let _ = writeln!(text, "END:{kind}");
}

fn rrule(switch: Switch, until: Option<i64>) -> String {
    let mut rule = String::from("FREQ=MONTHLY;INTERVAL=12");
    if let Day::Nth { weekday, nth } = switch.day {
        let _ = write!(rule, ";BYDAY={nth}{}", WEEKDAYS.get(usize::from(weekday)).unwrap_or(&"SU"));
    }
    if let Some(until) = until {
        let _ = write!(rule, ";UNTIL={}", Timestamp::from_linear(until, Zone::Utc));
    }
    rule
}

fn offset(minutes: i16) -> String {
    offset_text(minutes, true).replace(':', "")
}

/// The years of the earliest and the latest of some readings, for [`VtimezoneMode::years`].
pub fn years_of(times: impl IntoIterator<Item = Timestamp>) -> Option<(i64, i64)> {
    times.into_iter().map(|time| year_of(time.linear())).fold(None, |years, year| match years {
        None => Some((year, year)),
        Some((first, last)) => Some((year.min(first), year.max(last))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::zones::vtimezone;

    fn written(name: &str, mode: VtimezoneMode, earliest: i64, latest: i64) -> String {
        let zones = Zones::default();
        let zone = zones.find(name).unwrap();
        zones.vtimezone(zone, mode.years(2012, earliest, latest), TzidMode::Name).unwrap()
    }

    #[test]
    fn the_rule_of_the_present() {
        let text = "TZID:CET/CEST\nBEGIN:STANDARD\nDTSTART:19671029T030000\n\
            RRULE:FREQ=MONTHLY;INTERVAL=12;BYDAY=-1SU\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nTZNAME:CET\n\
            END:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:19870329T020000\nRRULE:FREQ=MONTHLY;INTERVAL=12;BYDAY=-1SU\n\
            TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nTZNAME:CEST\nEND:DAYLIGHT\n";
        assert_eq!(written("CET/CEST", VtimezoneMode::Current, 1990, 1990), text);
        let zones = Zones::default();
        let zone = zones.find("CET/CEST").unwrap();
        assert_eq!(zones.tzid(zone, TzidMode::Olson), "Europe/Zurich");
        let fixed = "TZID:+02:00\nBEGIN:STANDARD\nDTSTART:19670101T000000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0200\nEND:STANDARD\n";
        let years = VtimezoneMode::Start.years(2012, 2000, 2000);
        assert_eq!(zones.vtimezone(Zone::Offset(120), years, TzidMode::Name).as_deref(), Some(fixed));
        assert_eq!(zones.vtimezone(Zone::Floating, years, TzidMode::Name), None);
    }

    #[test]
    fn the_modes_choose_the_generations() {
        let starts = |name: &str, mode| {
            let text = written(name, mode, 2005, 2009);
            let starts = text.lines().filter_map(|line| line.strip_prefix("DTSTART:"));
            starts.map(|start| start[..6].to_owned()).collect::<Vec<_>>().join(" ")
        };
        for (name, before) in [("EST/EDT", "196710 198704"), ("America/New_York", "198710 198704")] {
            assert_eq!(starts(name, VtimezoneMode::Current), "200711 200703", "{name}");
            assert_eq!(starts(name, VtimezoneMode::End), "200711 200703", "{name}");
            assert_eq!(starts(name, VtimezoneMode::Start), before, "{name}");
            for mode in [VtimezoneMode::Range, VtimezoneMode::OpenEnd] {
                assert_eq!(starts(name, mode), format!("{before} 200711 200703"), "{name}");
            }
        }
        let both = written("EST/EDT", VtimezoneMode::Range, 2005, 2009);
        assert!(both.contains(";BYDAY=-1SU;UNTIL=20061029T060000Z\n"), "{both}");
    }

    #[test]
    fn what_is_written_reads_as_the_same_rule() {
        let zones = Zones::default();
        let years = YearSpan { from: 2015, to: Some(2015) };
        for zone in builtin::all() {
            let found = zones.find(zone.name).unwrap();
            let text = zones.vtimezone(found, years, TzidMode::Olson).unwrap();
            let read = vtimezone::read(&text).unwrap();
            assert_eq!(Some(read.rule), zones.rule(found, 2015), "{text}");
        }
    }
}
