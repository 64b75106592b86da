//! The zones that need no definition (manual, chapter 17): names, rules by year, places in the zone database.
//!
//! The data stands in `builtin.tsv` beside this file and is read once.

use std::sync::LazyLock;

use super::rule::{Day, Rule, Summer, Switch};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A zone.
    Zone,
    /// A letter of the military, which is a fixed offset.
    Letter,
    /// The name of a zone's standard time, as a fixed offset.
    StandardName,
    /// The name of a zone's summer time, as a fixed offset.
    SummerName,
}

/// A built-in zone.
#[derive(Debug)]
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// What the name stands for.
    pub class: Class,
    /// Its place in the zone database; empty where it has none.
    pub location: &'static str,
    /// The rule that counts as today's: the one that a received zone is compared with.
    pub current: Rule,
    /// Rules by year, each up to and including its year, and the last for all that follow.
    pub years: Vec<(i64, Rule)>,
}

impl Builtin {
    /// The rule that holds in a year.
    pub fn rule(&self, year: i64) -> Rule {
        self.in_year(year).map_or(self.current, |(_, rule)| *rule)
    }

    /// The first year in which the rule of `year` holds; `None` where it holds from the beginning.
    pub fn since(&self, year: i64) -> Option<i64> {
        let (last, _) = self.in_year(year)?;
        self.years.iter().rev().find(|(earlier, _)| earlier < last).map(|(earlier, _)| earlier + 1)
    }

    fn in_year(&self, year: i64) -> Option<&(i64, Rule)> {
        self.years.iter().find(|(last, _)| year <= *last).or(self.years.last())
    }
}

/// All built-in zones, in the order in which a received zone is compared with them.
pub fn all() -> &'static [Builtin] {
    &TABLE
}

/// The place in [`all`] of the zone of a name, whatever its case.
pub fn find(name: &str) -> Option<u16> {
    position(|zone| zone.name.eq_ignore_ascii_case(name))
}

/// The place in [`all`] of the first zone that a test accepts.
pub fn position(accepts: impl Fn(&Builtin) -> bool) -> Option<u16> {
    TABLE.iter().position(accepts).and_then(|place| u16::try_from(place).ok())
}

static TABLE: LazyLock<Vec<Builtin>> = LazyLock::new(|| {
    let mut zones: Vec<Builtin> = Vec::new();
    for line in include_str!("builtin.tsv").lines().filter(|line| !line.starts_with('#')) {
        let Some((zone, year)) = zone(line) else { continue };
        match (zones.last_mut().filter(|last| last.name == zone.name), year) {
            (Some(last), Some(year)) => last.years.push((year, zone.current)),
            _ => zones.push(zone),
        }
    }
    zones
});

fn zone(line: &'static str) -> Option<(Builtin, Option<i64>)> {
    let mut fields = line.split('\t');
    let name = fields.next()?;
    let offset = fields.next()?.parse().ok()?;
    let saving = fields.next()?.parse().ok()?;
    let class = match fields.next()? {
        "m" => Class::Letter,
        "s" => Class::StandardName,
        "d" => Class::SummerName,
        _ => Class::Zone,
    };
    let location = fields.next().filter(|place| *place != "-").unwrap_or("");
    let year = fields.next()?.parse().ok();
    let (begins, ends) = (switch(fields.next()?), switch(fields.next()?));
    let summer = match (begins, ends) {
        (Some(begins), Some(ends)) if saving != 0 => Some(Summer { saving, begins, ends }),
        _ => None,
    };
    let current = Rule { offset, summer };
    Some((Builtin { name, class, location, current, years: Vec::new() }, year))
}

fn switch(text: &str) -> Option<Switch> {
    let (date, time) = text.split_once('@')?;
    let (hour, minute) = time.split_once(':')?;
    let (month, day) = date.split_once('.')?;
    let day = match day.strip_prefix('d') {
        Some(date) => Day::Date(date.parse().ok()?),
        None => {
            let (weekday, nth) = day.split_once('.')?;
            Day::Nth { weekday: weekday.parse().ok()?, nth: nth.parse().ok()? }
        }
    };
    let minute = hour.parse::<u16>().ok()? * 60 + minute.parse::<u16>().ok()?;
    Some(Switch { month: month.parse().ok()?, day, minute })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_every_name_is_one_zone() {
        let lines = include_str!("builtin.tsv").lines().filter(|line| !line.starts_with('#')).count();
        let rules: usize = all().iter().map(|zone| 1 + zone.years.len()).sum();
        assert_eq!(rules, lines);
        for (place, zone) in all().iter().enumerate() {
            assert_eq!(find(&zone.name.to_lowercase()).map(usize::from), Some(place), "{}", zone.name);
            let switches =
                zone.years.iter().map(|(_, rule)| rule).chain([&zone.current]).filter_map(|r| r.summer);
            assert!(switches.clone().all(|s| (1..=12).contains(&s.begins.month) && s.ends.minute < 1440));
            assert!(zone.years.is_sorted_by_key(|(year, _)| *year), "{}", zone.name);
        }
    }

    #[test]
    fn rules_change_with_the_year() {
        let eastern = &all()[usize::from(find("EST/EDT").unwrap())];
        let month = |year| eastern.rule(year).summer.map(|summer| summer.begins.month);
        assert_eq!(
            (month(1990), month(2006), month(2007), month(2030)),
            (Some(4), Some(4), Some(3), Some(3))
        );
        assert_eq!((eastern.since(2006), eastern.since(2030)), (None, Some(2007)));
    }
}
