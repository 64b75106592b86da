//! TZ and DAYLIGHT of vCalendar 1.0: a zone as an offset and one year's summer time, read and written.
//!
//! `TZ:+01:00` and `DAYLIGHT:TRUE;+02;20080330T010000Z;20081026T010000Z;CET;CEST` or `DAYLIGHT:FALSE`
//! (vCalendar 1.0 section 2.1.5 and the manual, 5.3). Not its job: the properties around these values.

use std::fmt;

use super::rule::{Rule, Summer, Switch, year_of};
use super::{Clock, Defined, Label, Zone, Zones, builtin, described, olson};
use crate::time::iso8601::{offset_from_text, offset_text};
use crate::time::{Timestamp, TimestampKind};

const MINUTE_MS: i64 = 60_000;
const MAX_NAME: usize = 100;

/// Why a DAYLIGHT value says nothing of a zone. What TZ says still holds ([`read_tz`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DaylightError {
    /// It begins with neither TRUE nor FALSE.
    NoFlag,
    /// A part can't be read, or is missing.
    Part {
        /// Which: 1 is the offset, 2 and 3 are when summer time begins and ends.
        index: usize,
        /// What stands there.
        value: String,
    },
    /// As many zones are defined as there is room for.
    TooMany,
}

impl fmt::Display for DaylightError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DaylightError::NoFlag => f.write_str("DAYLIGHT begins with neither TRUE nor FALSE"),
            DaylightError::Part { index, value } => {
                let part = ["flag", "offset", "begin of summer time", "end of summer time"].get(*index);
                let value: String = value.chars().take(60).collect();
                write!(f, "DAYLIGHT has a {} that can't be read: {value:?}", part.unwrap_or(&"part"))
            }
            DaylightError::TooMany => write!(f, "more than {} zones are defined", Zones::MAX_DEFINED),
        }
    }
}

impl std::error::Error for DaylightError {}

/// Minutes east of UTC that a TZ value says: `+01:00`, `-0330`, `+5`, `Z`. Nothing at all is UTC.
pub fn read_tz(text: &str) -> Option<i16> {
    let text = text.trim();
    if text.is_empty() {
        return Some(0);
    }
    let one_digit = |sign: &str| Some(text.strip_prefix(sign)?).filter(|hours| hours.len() == 1);
    match (one_digit("-"), one_digit("+")) {
        (Some(hours), _) => offset_from_text(&format!("-0{hours}")),
        (_, Some(hours)) => offset_from_text(&format!("+0{hours}")),
        _ => offset_from_text(text),
    }
}

impl Zones {
    /// The zone of TZ and DAYLIGHT: the preferred one if it has that summer time in that year; the built-in one
    /// of those names; then the first built-in one with that summer time; else a zone of its own. A DAYLIGHT
    /// with names of a built-in zone that it does not fit is a zone of its own, by these names.
    pub fn receive_daylight(
        &mut self,
        tz: &str,
        daylight: &str,
        preferred: Option<Zone>,
    ) -> Result<Zone, DaylightError> {
        let year = Year::read(tz, daylight)?;
        let preferred = preferred.filter(|zone| *zone != Zone::Floating);
        if let Some(zone) = preferred.filter(|zone| year.fits(|when| self.clock(*zone).rule(when))) {
            return Ok(zone);
        }
        let named = builtin::find(&year.name).and_then(|place| Some((place, super::entry(place)?)));
        if let Some((place, _)) = named.filter(|(_, zone)| year.fits(|when| zone.rule(when))) {
            return Ok(Zone::builtin(place));
        }
        if named.is_none() {
            // A fixed offset has no year, and is compared with what holds today.
            let fits = |zone: &builtin::Builtin| match year.summer {
                Some(_) => year.fits(|when| zone.rule(when)),
                None => zone.current == Rule::fixed(year.offset),
            };
            if let Some(place) = builtin::position(fits) {
                return Ok(Zone::builtin(place));
            }
        }
        let rule = year.rule();
        let name = if year.name.is_empty() { described(rule) } else { year.name };
        let defined = Defined { name, rule, names: year.names, by_config: false };
        self.add(defined).ok_or(DaylightError::TooMany)
    }

    /// The values of TZ and DAYLIGHT for a zone: the rule that counts as today's, with the first begin and the
    /// first end of summer time from `at` on, in UTC. `None` for floating times.
    pub fn tz_and_daylight(&self, zone: Zone, at: Timestamp) -> Option<(String, String)> {
        if zone == Zone::Floating {
            return None;
        }
        let zone = self.resolved(zone);
        let (reading, year) = (at.linear(), at.parts().year);
        let rule = match self.clock(zone) {
            Clock::Builtin(place) => super::entry(place).map_or(Rule::fixed(0), |zone| zone.current),
            clock => clock.rule(year),
        };
        let tz = offset_text(rule.offset, true);
        let Some(summer) = rule.summer else { return Some((tz, "FALSE".to_owned())) };
        let next = |switch: Switch, offset: i16| {
            let this_year = switch.reading(year);
            let local = if this_year < reading { switch.reading(year.saturating_add(1)) } else { this_year };
            Timestamp::from_linear(local.saturating_sub(i64::from(offset) * MINUTE_MS), Zone::Utc)
                .to_iso8601()
        };
        let (standard, daylight) = self.daylight_names(zone, rule, year);
        let value = format!(
            "TRUE;{};{};{};{standard};{daylight}",
            offset_text(rule.summer_offset(), false),
            next(summer.begins, rule.offset),
            next(summer.ends, rule.summer_offset()),
        );
        Some((tz, value))
    }

    /// The two halves of the zone's name (`CET/CEST`); else those of the first built-in zone that has such a
    /// name and the same rule; else the name twice.
    fn daylight_names(&self, zone: Zone, rule: Rule, year: i64) -> (String, String) {
        let halves = |name: &str| name.split_once('/').map(|(a, b)| (a.to_owned(), b.to_owned()));
        if let Zone::Named(id) = zone {
            match id.clock {
                Clock::Olson(tz) => {
                    let names = olson::names(tz, year, rule);
                    if !names.0.is_empty() && !names.1.is_empty() {
                        return names;
                    }
                    let place = tz.name().rsplit('/').next().unwrap_or_default().to_owned();
                    return (place.clone(), place);
                }
                Clock::Rule(_) if id.label != Label::System => {
                    let names = self.definition(id).map(|defined| defined.names.clone());
                    if let Some(names) = names.filter(|names| !names.0.is_empty() && !names.1.is_empty()) {
                        return names;
                    }
                }
                _ => {}
            }
        }
        let name = self.name(zone);
        let paired = |today: bool| {
            let same =
                |zone: &&builtin::Builtin| (if today { zone.current } else { zone.rule(year) }) == rule;
            builtin::all().iter().filter(same).find_map(|zone| halves(zone.name))
        };
        halves(&name)
            .or_else(|| paired(true))
            .or_else(|| paired(false))
            .unwrap_or_else(|| (name.clone(), name))
    }
}

/// What the two values say of a year.
struct Year {
    offset: i16,
    summer: Option<YearsSummer>,
    /// `CET/CEST`, or one of the two where they are the same; may be empty.
    name: String,
    names: (String, String),
}

struct YearsSummer {
    saving: i16,
    /// Readings, on the clock before the switch.
    begins: i64,
    ends: i64,
}

impl Year {
    fn read(tz: &str, daylight: &str) -> Result<Year, DaylightError> {
        let parts: Vec<&str> = daylight.splitn(7, ';').map(str::trim).collect();
        let part = |index: usize| parts.get(index).copied().unwrap_or_default();
        let bad = |index: usize| DaylightError::Part { index, value: part(index).to_owned() };
        let offset = read_tz(tz);
        match part(0) {
            "FALSE" => {
                let (offset, names) = (offset.unwrap_or(0), Default::default());
                return Ok(Year { offset, summer: None, name: String::new(), names });
            }
            "TRUE" => {}
            _ => return Err(DaylightError::NoFlag),
        }
        let in_summer =
            Some(part(1)).filter(|text| !text.is_empty()).and_then(read_tz).ok_or_else(|| bad(1))?;
        // Where TZ says nothing that can be read, summer time is the hour that it nearly always is.
        let offset = offset.unwrap_or(in_summer.saturating_sub(60));
        let reading = |index: usize, before: i16| {
            let time = Timestamp::parse(part(index)).ok_or_else(|| bad(index))?;
            match time.kind() {
                TimestampKind::DateTime if time.is_floating() => Ok(time.linear()),
                TimestampKind::DateTime => Ok(time.in_zone(Zone::Offset(before)).linear()),
                _ => Err(bad(index)),
            }
        };
        let saving = in_summer.saturating_sub(offset);
        let summer = YearsSummer { saving, begins: reading(2, offset)?, ends: reading(3, in_summer)? };
        let name = |index: usize| part(index).chars().take(MAX_NAME).collect::<String>();
        let names = (name(4), name(5));
        let name = match (names.0.as_str(), names.1.as_str()) {
            ("", "") => String::new(),
            (one, "") | ("", one) => one.to_owned(),
            (a, b) if a == b => a.to_owned(),
            (a, b) => format!("{a}/{b}"),
        };
        Ok(Year { offset, summer: Some(summer).filter(|summer| summer.saving != 0), name, names })
    }

    /// Whether a zone, given its rules by year, does the same in this year.
    fn fits(&self, rule: impl Fn(i64) -> Rule) -> bool {
        let Some(wanted) = &self.summer else {
            // No year is said: one without summer time for ever is meant.
            return [1995, 2010, 2030].iter().all(|year| rule(*year) == Rule::fixed(self.offset));
        };
        let (begins, ends) = (year_of(wanted.begins), year_of(wanted.ends));
        let summers = (rule(begins).summer, rule(ends).summer);
        let (Some(first), Some(last)) = summers else { return false };
        rule(begins).offset == self.offset
            && first.saving == wanted.saving
            && first.begins.reading(begins) == wanted.begins
            && last.ends.reading(ends) == wanted.ends
    }

    fn rule(&self) -> Rule {
        let summer = self.summer.as_ref().map(|summer| Summer {
            saving: summer.saving,
            begins: Switch::of_reading(summer.begins),
            ends: Switch::of_reading(summer.ends),
        });
        Rule { offset: self.offset, summer }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(tz: &str, daylight: &str, preferred: Option<&str>) -> Result<String, DaylightError> {
        let mut zones = Zones::default();
        let preferred = preferred.map(|name| zones.find(name).unwrap());
        let zone = zones.receive_daylight(tz, daylight, preferred)?;
        Ok(zones.name(zone))
    }

    #[test]
    fn which_zone_it_is() {
        const CENTRAL: &str = "TRUE;+02;20080330T020000;20081026T030000;";
        for (tz, daylight, preferred, name) in [
            ("+01:00", format!("{CENTRAL}CET;CEST"), None, "CET/CEST"),
            ("+0100", format!("{CENTRAL}CET;CEST"), Some("Romance"), "Romance"),
            ("+1", format!("{CENTRAL}Here;Also here"), None, "CET/CEST"),
            ("+01", "TRUE;+02;20080330T010000Z;20081026T010000Z;;".to_owned(), None, "CET/CEST"),
            ("-05:00", "TRUE;-04;20060402T020000;20061029T020000;EST;EDT".to_owned(), None, "EST/EDT"),
            ("+10:00", "TRUE;+11;20081005T020000;20090405T030000;EST;EST".to_owned(), None, "EST"),
            ("+10:00", "TRUE;+11;20081005T020000;20080406T030000;AEST;AEDT".to_owned(), None, "AEST/AEDT"),
            (
                "+00:20",
                "TRUE;+0120;19300518T022000;19301005T032000;;".to_owned(),
                None,
                "+0020/+0120 5.3SU.0220 10.1SU.0320",
            ),
            ("+01:00", "FALSE".to_owned(), Some("Romance"), "West_Central_Africa"),
            ("", "FALSE".to_owned(), None, "UTC"),
        ] {
            assert_eq!(received(tz, &daylight, preferred).as_deref(), Ok(name), "{tz} {daylight}");
        }
    }

    #[test]
    fn what_says_nothing_is_refused() {
        for (daylight, part) in
            [("", 0), ("true;+02", 0), ("TRUE", 1), ("TRUE;+02", 2), ("TRUE;+02;20080330;x", 2)]
        {
            let error = received("+01:00", daylight, None).unwrap_err();
            let at = match &error {
                DaylightError::Part { index, .. } => *index,
                _ => 0,
            };
            assert_eq!(at, part, "{daylight}: {error}");
        }
        assert_eq!((read_tz("x"), read_tz("-5"), read_tz("+05:30")), (None, Some(-300), Some(330)));
    }

    #[test]
    fn what_is_written_is_read_as_the_same_zone() {
        let mut zones = Zones::default();
        let at = Timestamp::parse("20080615T120000").unwrap();
        for (name, tz, daylight) in [
            ("CET/CEST", "+01:00", "TRUE;+02;20090329T010000Z;20081026T010000Z;CET;CEST"),
            ("Romance", "+01:00", "TRUE;+02;20090329T010000Z;20081026T010000Z;CET;CEST"),
            ("Europe/Zurich", "+01:00", "TRUE;+02;20090329T010000Z;20081026T010000Z;CET;CEST"),
            ("Tasmania", "+10:00", "TRUE;+11;20081004T160000Z;20090328T160000Z;Tasmania;Tasmania"),
            ("India", "+05:30", "FALSE"),
        ] {
            let zone = zones.find(name).unwrap();
            let written = zones.tz_and_daylight(zone, at).unwrap();
            assert_eq!(written, (tz.to_owned(), daylight.to_owned()), "{name}");
            assert_eq!(zones.receive_daylight(tz, daylight, Some(zone)), Ok(zone), "{name}");
        }
        assert_eq!(zones.tz_and_daylight(Zone::Floating, at), None);
    }
}
