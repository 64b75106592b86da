//! VTIMEZONE read (RFC 2445 section 4.6.5, RFC 5545 section 3.6.5), and which zone it is.
//!
//! Lenient where vendors are not exact: property names in any case, parameters, folded lines, offsets without
//! sign, quoted values, rules that name the weekday and the days it may fall on. Of several generations of a
//! zone the latest counts. Not its job: the component around it; the text may come with or without its BEGIN.

use std::fmt;
use std::ops::RangeInclusive;

use super::rule::{Day, Rule, Summer, Switch};
use super::write::LAST_KNOWN;
use super::{Clock, Defined, MAX_NAME, Zone, Zones, builtin, described, olson};
use crate::time::calendar::{civil, weekday_named};
use crate::time::{DAY_MS, Timestamp};

/// Text beyond this many bytes is refused.
const MAX_TEXT: usize = 256 * 1024;
/// Generations beyond these are not looked at: the latest stand at the end or, by date, count anyway.
const MAX_OBSERVANCES: usize = 2000;

/// Why a text is no zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VtimezoneError {
    /// It has neither STANDARD nor DAYLIGHT.
    Empty,
    /// It is longer than any zone needs to be.
    TooLong,
    /// A value can't be read, or is missing.
    Value {
        /// The property, such as `TZOFFSETTO`.
        property: &'static str,
        /// What stands there.
        value: String,
    },
    /// As many zones are defined as there is room for.
    TooMany,
}

impl fmt::Display for VtimezoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VtimezoneError::Empty => f.write_str("the VTIMEZONE has neither STANDARD nor DAYLIGHT"),
            VtimezoneError::TooLong => {
                write!(f, "the VTIMEZONE is longer than {MAX_TEXT} bytes, or its TZID than {MAX_NAME}")
            }
            VtimezoneError::Value { property, value } if value.is_empty() => {
                write!(f, "the VTIMEZONE has no {property}")
            }
            VtimezoneError::Value { property, value } => {
                let value: String = value.chars().take(60).collect();
                write!(f, "the VTIMEZONE has a {property} that can't be read: {value:?}")
            }
            VtimezoneError::TooMany => write!(f, "more than {} zones are defined", Zones::MAX_DEFINED),
        }
    }
}

impl std::error::Error for VtimezoneError {}

/// What a VTIMEZONE says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vtimezone {
    /// Its TZID; may be empty.
    pub tzid: String,
    /// The rule of its latest generation.
    pub rule: Rule,
    /// Its TZNAMEs of standard and summer time; may be empty.
    pub names: (String, String),
}

impl Zones {
    /// Adds the zone of a config (manual 8.15, `definetimezone`) under its own name, which wins over a built-in
    /// zone of that name.
    pub fn define(&mut self, text: &str) -> Result<Zone, VtimezoneError> {
        let Vtimezone { tzid: name, rule, names } = read(text)?;
        if name.is_empty() {
            return Err(VtimezoneError::Value { property: "TZID", value: name });
        }
        self.add(Defined { name, rule, names, by_config: true }).ok_or(VtimezoneError::TooMany)
    }

    /// The zone of a received VTIMEZONE: the config's zone of that TZID and rule; a built-in zone whose place stands
    /// in the TZID and that has (or, in some year, had) the same rule; the zone of the database that the TZID names,
    /// if its rule will be that; then the first built-in zone with that rule; then the zone that the TZID names, if
    /// it ever had that rule; else a zone of its own. A text that can't be read is the zone that its TZID names.
    pub fn receive(&mut self, text: &str) -> Result<Zone, VtimezoneError> {
        let read = match read(text) {
            Ok(read) => read,
            Err(error) => {
                let tzid = tzid(text);
                let named = if tzid.is_empty() { None } else { self.find_tzid(&tzid).ok() };
                return named.ok_or(error);
            }
        };
        let own =
            self.find_defined(&read.tzid, true).filter(|zone| self.clock(*zone) == Clock::Rule(read.rule));
        if let Some(zone) = own.or_else(|| self.known(&read.tzid, read.rule)) {
            return Ok(zone);
        }
        let Vtimezone { tzid, rule, names } = read;
        let name = if tzid.is_empty() { described(rule) } else { tzid };
        self.add(Defined { name, rule, names, by_config: false }).ok_or(VtimezoneError::TooMany)
    }

    fn known(&self, tzid: &str, rule: Rule) -> Option<Zone> {
        let here = |zone: &builtin::Builtin| !zone.location.is_empty() && tzid.contains(zone.location);
        let named = olson::find(tzid).or_else(|| olson::at_end(tzid));
        let in_some_year = |years: RangeInclusive<i64>| {
            let tz = named.filter(|tz| years.clone().any(|year| olson::rule(*tz, year) == rule));
            tz.map(Zone::olson)
        };
        builtin::position(|zone| here(zone) && zone.current == rule)
            .or_else(|| {
                builtin::position(|zone| here(zone) && zone.years.iter().any(|(_, past)| *past == rule))
            })
            .map(Zone::builtin)
            .or_else(|| in_some_year(LAST_KNOWN..=LAST_KNOWN))
            .or_else(|| self.by_rule(rule).map(Zone::builtin))
            .or_else(|| in_some_year(1990..=LAST_KNOWN))
    }

    /// The first built-in zone whose rule of today is this one.
    pub(super) fn by_rule(&self, rule: Rule) -> Option<u16> {
        builtin::position(|zone| zone.current == rule)
    }
}

/// The TZID of a VTIMEZONE, also of one that can't be read. Empty where there is none.
pub fn tzid(text: &str) -> String {
    if text.len() > MAX_TEXT {
        return String::new();
    }
    let tzid = |line: String| {
        property(&line).filter(|(name, id)| name == "TZID" && !id.is_empty()).map(|(_, id)| unescaped(id))
    };
    unfolded(text).find_map(tzid).unwrap_or_default()
}

/// Reads a VTIMEZONE, with or without the lines that open and close it.
pub fn read(text: &str) -> Result<Vtimezone, VtimezoneError> {
    if text.len() > MAX_TEXT {
        return Err(VtimezoneError::TooLong);
    }
    let mut tzid = String::new();
    let mut observances: Vec<Observance> = Vec::new();
    let mut open = false;
    for line in unfolded(text) {
        let Some((name, value)) = property(&line) else { continue };
        let kind = value.to_ascii_uppercase();
        match (name.as_str(), kind.as_str()) {
            ("BEGIN", "STANDARD" | "DAYLIGHT") if observances.len() < MAX_OBSERVANCES => {
                open = true;
                observances.push(Observance { daylight: kind == "DAYLIGHT", ..Observance::default() });
            }
            ("END" | "BEGIN", _) => open = false,
            ("TZID", _) if tzid.is_empty() => tzid = unescaped(value),
            _ => {
                if let Some(observance) = observances.last_mut().filter(|_| open) {
                    observance.take(&name, value)?;
                }
            }
        }
    }
    if tzid.len() > MAX_NAME {
        return Err(VtimezoneError::TooLong);
    }
    let (rule, names) = latest(&observances)?;
    Ok(Vtimezone { tzid, rule, names })
}

/// A STANDARD or DAYLIGHT component.
#[derive(Clone, Debug, Default)]
struct Observance {
    daylight: bool,
    /// The first onset, on the clock before it.
    start: Option<i64>,
    yearly: Option<Yearly>,
    offset: Option<i16>,
    name: String,
}

/// What of an RRULE counts.
#[derive(Clone, Copy, Debug)]
struct Yearly {
    month: Option<u8>,
    day: Option<Day>,
    ends: bool,
}

impl Observance {
    fn take(&mut self, name: &str, value: &str) -> Result<(), VtimezoneError> {
        let bad = |property| VtimezoneError::Value { property, value: value.to_owned() };
        match name {
            "DTSTART" => {
                let start = Timestamp::parse(value).ok_or_else(|| bad("DTSTART"))?;
                self.start = Some(start.linear());
            }
            "TZOFFSETTO" => self.offset = Some(offset(value).ok_or_else(|| bad("TZOFFSETTO"))?),
            "RRULE" => self.yearly = Some(yearly(value).ok_or_else(|| bad("RRULE"))?),
            "TZNAME" => self.name = value.chars().take(MAX_NAME).collect(),
            _ => {}
        }
        Ok(())
    }

    fn start(&self) -> i64 {
        self.start.unwrap_or(i64::MIN)
    }

    /// Whether it goes on for ever, as far as the text says.
    fn goes_on(&self) -> bool {
        self.yearly.is_some_and(|yearly| !yearly.ends)
    }

    /// The yearly moment: the rule says the month and the day, or leaves them to the first onset.
    fn switch(&self) -> Option<Switch> {
        let (start, yearly) = (self.start?, self.yearly?);
        let first = Switch::of_reading(start);
        let (_, _, date) = civil(start.div_euclid(DAY_MS));
        let day = yearly.day.unwrap_or(Day::Date(u8::try_from(date).unwrap_or(1)));
        Some(Switch { month: yearly.month.unwrap_or(first.month), day, minute: first.minute })
    }
}

/// The rule that the latest observances make, and their names.
fn latest(observances: &[Observance]) -> Result<(Rule, (String, String)), VtimezoneError> {
    let of = |daylight| {
        let same = observances.iter().filter(move |observance| observance.daylight == daylight);
        same.max_by_key(|observance| (observance.goes_on(), observance.start()))
    };
    let offset = |observance: &Observance| {
        observance.offset.ok_or(VtimezoneError::Value { property: "TZOFFSETTO", value: String::new() })
    };
    let fixed = |observance: &Observance| -> Result<_, VtimezoneError> {
        Ok((Rule::fixed(offset(observance)?), (observance.name.clone(), String::new())))
    };
    let (standard, daylight) = match (of(false), of(true)) {
        (None, None) => return Err(VtimezoneError::Empty),
        (Some(only), None) | (None, Some(only)) => return fixed(only),
        (Some(standard), Some(daylight)) => (standard, daylight),
    };
    let switches = match (daylight.switch(), standard.switch()) {
        // Summer time was given up: what came last is a switch to stay.
        (Some(_), None) if standard.start() > daylight.start() && !daylight.goes_on() => None,
        (Some(begins), Some(ends)) => Some((begins, ends)),
        _ => dated(daylight, standard),
    };
    let Some((begins, ends)) = switches else { return fixed(standard) };
    let saving = offset(daylight)?.saturating_sub(offset(standard)?);
    if saving == 0 {
        return fixed(standard);
    }
    let rule = Rule { offset: offset(standard)?, summer: Some(Summer { saving, begins, ends }) };
    Ok((rule, (standard.name.clone(), daylight.name.clone())))
}

/// A zone that says its switches only as dates, both within a year, is taken to do so each year: a sender
/// that writes what it needs for one item would otherwise lose its summer time.
fn dated(daylight: &Observance, standard: &Observance) -> Option<(Switch, Switch)> {
    let switch = |observance: &Observance| observance.switch().or(observance.start.map(Switch::of_reading));
    let apart = daylight.start?.abs_diff(standard.start?);
    (apart > 0 && apart < 366 * DAY_MS.unsigned_abs()).then_some(())?;
    Some((switch(daylight)?, switch(standard)?))
}

/// The rule of an onset: yearly, or monthly every twelve months. `None` for what is no such rule.
fn yearly(text: &str) -> Option<Yearly> {
    let part = |name: &str| {
        let mut parts = text.split(';').filter_map(|part| part.split_once('='));
        parts.find(|(part, _)| part.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    };
    let interval: u16 = part("INTERVAL").map_or(Ok(1), str::parse).ok()?;
    match (part("FREQ")?.to_ascii_uppercase().as_str(), interval) {
        ("YEARLY", 1) | ("MONTHLY", 12) => {}
        _ => return None,
    }
    let month = match part("BYMONTH") {
        Some(month) => Some(month.parse().ok().filter(|month| (1..=12).contains(month))?),
        None => None,
    };
    let dates = match part("BYMONTHDAY") {
        Some(dates) => {
            dates.split(',').map(|date| date.trim().parse::<i8>()).collect::<Result<_, _>>().ok()?
        }
        None => Vec::new(),
    };
    let first = dates.iter().copied().min();
    let day = match part("BYDAY") {
        Some(days) => {
            let (nth, weekday) = weekday_of(days.split(',').next()?)?;
            let by_position = || part("BYSETPOS").and_then(|position| position.parse::<i8>().ok());
            let nth = match (nth.or_else(by_position), first) {
                (Some(nth), _) => nth,
                // `BYDAY=SU;BYMONTHDAY=8,9,10,11,12,13,14` is the second Sunday; the last days of a month, from
                // its end or from the 25th, hold the last.
                (None, Some(date)) if date < 0 => (date + 1) / 7 - 1,
                (None, Some(22..)) => -1,
                (None, Some(date)) => (date - 1) / 7 + 1,
                (None, None) => return None,
            };
            // A fifth of its weekday that a month may lack is the last.
            Some(Day::Nth { weekday, nth: if nth >= 5 { -1 } else { nth } })
        }
        None => match first {
            Some(date) => Some(Day::Date(u8::try_from(date).ok().filter(|date| (1..=31).contains(date))?)),
            None => None,
        },
    };
    let in_range = |day: &Day| !matches!(day, Day::Nth { nth, .. } if *nth == 0 || *nth < -4);
    if !day.as_ref().is_none_or(in_range) {
        return None;
    }
    Some(Yearly { month, day, ends: part("UNTIL").is_some() || part("COUNT").is_some() })
}

fn weekday_of(text: &str) -> Option<(Option<i8>, u8)> {
    let text = text.trim();
    let (nth, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let weekday = weekday_named(&day.to_ascii_uppercase())?;
    let nth = if nth.is_empty() { None } else { Some(nth.parse().ok()?) };
    Some((nth, u8::try_from(weekday).ok()?))
}

/// Minutes of `+0100`, `0100`, `+01:00`, `-053000`.
fn offset(text: &str) -> Option<i16> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("-", rest) => (-1, rest),
        ("+", rest) => (1, rest),
        _ => (1, text),
    };
    let digits: String = digits.chars().filter(|c| *c != ':').collect();
    if !matches!(digits.len(), 2 | 4 | 6) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |range| digits.get(range).map_or(Some(0i16), |part: &str| part.parse().ok());
    let (hours, minutes) = (part(0..2)?, part(2..4)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// Name, in capitals, and value of a line, without the parameters between them.
fn property(line: &str) -> Option<(String, &str)> {
    let mut quoted = false;
    let colon = line.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b':' && !quoted
    })?;
    let (head, value) = (line.get(..colon)?, line.get(colon + 1..)?);
    let name = head.split(';').next()?.trim().to_ascii_uppercase();
    Some((name, value.trim().trim_matches('"')))
}

/// An id as it stands in a TZID property, which is text.
pub(super) fn escaped(id: &str) -> String {
    id.replace('\\', "\\\\").replace(',', "\\,").replace(';', "\\;")
}

/// An id as it stands in parameters, where nothing is escaped (RFC 5545 section 3.3.11).
pub fn unescaped(id: &str) -> String {
    let mut chars = id.chars().peekable();
    let mut text = String::with_capacity(id.len());
    while let Some(c) = chars.next() {
        text.push(if c == '\\' {
            chars.next_if(|next| matches!(next, ',' | ';' | '\\')).unwrap_or(c)
        } else {
            c
        });
    }
    text
}

/// Lines, with those that begin with a blank put to the line before (RFC 5545 section 3.1). An indented line
/// that begins with a property, as people write in an XML file, continues nothing.
fn unfolded(text: &str) -> impl Iterator<Item = String> {
    const PROPERTIES: [&str; 9] =
        ["BEGIN", "END", "TZID", "DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"];
    let own = |line: &str| property(line).is_some_and(|(name, _)| PROPERTIES.contains(&name.as_str()));
    let mut lines: Vec<String> = Vec::new();
    for line in text.split(['\n', '\r']).filter(|line| !line.is_empty()) {
        match (lines.last_mut(), line.strip_prefix([' ', '\t'])) {
            (Some(last), Some(rest)) if !own(line) => last.push_str(rest),
            _ => lines.push(line.trim().to_owned()),
        }
    }
    lines.into_iter()
}

#[cfg(test)]
mod tests;
