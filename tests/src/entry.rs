//! Contacts, events, tasks and notes in a form that does not depend on how a program writes them, so that what one
//! device has can be held against what another has got. It reads them by itself: a fault of Syncloom's own reader
//! must not hide here. Times are instants, with what the zone's clock does in a year beside them.
//!
//! Not its job: what the reference config has no place for; that is not read at all.

use std::collections::BTreeMap;

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, Weekday};

/// Properties with their values, by component: `VEVENT DTSTART` and the like. Several values of one property are in
/// alphabetical order, and empty ones are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry(BTreeMap<String, Vec<String>>);

/// What a property holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    /// Components with semicolons between them.
    Structured,
    /// A list with commas.
    List,
    /// A date, whether it is written with dashes or not.
    Day,
    /// Times, each of which counts for itself.
    Times,
    Rule,
    Bytes,
    /// An address, whatever the case of `mailto:`.
    Address,
}

/// What the reference config has a place for: component, property, what it holds, and which parameter values count.
/// A parameter is named with its colon, a value of TYPE stands alone.
const KNOWN: [(&str, &str, Kind, &[&str]); 45] = [
    ("VCARD", "N", Kind::Structured, &[]),
    ("VCARD", "FN", Kind::Text, &[]),
    ("VCARD", "NICKNAME", Kind::Text, &[]),
    ("VCARD", "TITLE", Kind::Text, &[]),
    ("VCARD", "CATEGORIES", Kind::List, &[]),
    ("VCARD", "ORG", Kind::Structured, &[]),
    ("VCARD", "TEL", Kind::Text, &["HOME", "WORK", "VOICE", "CELL", "FAX", "PAGER", "PREF"]),
    ("VCARD", "EMAIL", Kind::Text, &["HOME", "WORK", "INTERNET"]),
    ("VCARD", "URL", Kind::Text, &["HOME", "WORK", "PREF"]),
    ("VCARD", "ADR", Kind::Structured, &["HOME", "WORK"]),
    ("VCARD", "BDAY", Kind::Day, &[]),
    ("VCARD", "NOTE", Kind::Text, &[]),
    ("VCARD", "PHOTO", Kind::Bytes, &[]),
    ("VEVENT", "UID", Kind::Text, &[]),
    ("VEVENT", "SEQUENCE", Kind::Text, &[]),
    ("VEVENT", "CATEGORIES", Kind::List, &[]),
    ("VEVENT", "CLASS", Kind::Text, &[]),
    ("VEVENT", "TRANSP", Kind::Text, &[]),
    ("VEVENT", "PRIORITY", Kind::Text, &[]),
    ("VEVENT", "SUMMARY", Kind::Text, &[]),
    ("VEVENT", "DESCRIPTION", Kind::Text, &[]),
    ("VEVENT", "LOCATION", Kind::Text, &[]),
    ("VEVENT", "DTSTART", Kind::Times, &[]),
    ("VEVENT", "DTEND", Kind::Times, &[]),
    ("VEVENT", "DURATION", Kind::Text, &[]),
    ("VEVENT", "RRULE", Kind::Rule, &[]),
    ("VEVENT", "RECURRENCE-ID", Kind::Times, &[]),
    ("VEVENT", "EXDATE", Kind::Times, &[]),
    ("VEVENT", "ATTENDEE", Kind::Address, &["CN:", "PARTSTAT:"]),
    ("VEVENT", "ORGANIZER", Kind::Address, &["CN:"]),
    ("VTODO", "UID", Kind::Text, &[]),
    ("VTODO", "SEQUENCE", Kind::Text, &[]),
    ("VTODO", "CATEGORIES", Kind::List, &[]),
    ("VTODO", "CLASS", Kind::Text, &[]),
    ("VTODO", "PRIORITY", Kind::Text, &[]),
    ("VTODO", "STATUS", Kind::Text, &[]),
    ("VTODO", "SUMMARY", Kind::Text, &[]),
    ("VTODO", "DESCRIPTION", Kind::Text, &[]),
    ("VTODO", "LOCATION", Kind::Text, &[]),
    ("VTODO", "DTSTART", Kind::Times, &[]),
    ("VTODO", "DUE", Kind::Times, &[]),
    ("VTODO", "COMPLETED", Kind::Times, &[]),
    ("VALARM", "TRIGGER", Kind::Times, &[]),
    ("VALARM", "ACTION", Kind::Text, &[]),
    ("VALARM", "DESCRIPTION", Kind::Text, &[]),
];

/// Rules that count their occurrences, and the same rules as the engines at both ends write them.
const COUNTED: [(&str, &str); 2] = [
    ("BYDAY=2TU;COUNT=10;FREQ=MONTHLY", "BYDAY=2TU;FREQ=MONTHLY;UNTIL=20241210T143000Z"),
    ("BYDAY=WE;COUNT=12;FREQ=WEEKLY;INTERVAL=2", "BYDAY=WE;FREQ=WEEKLY;INTERVAL=2;UNTIL=20240807T160000Z"),
];

impl Entry {
    /// Reads a vCard 3.0, an event or a task in iCalendar 2.0, or a note.
    pub fn read(text: &str) -> Self {
        let mut entry = Entry::default();
        if !text.starts_with("BEGIN:") {
            // The client appends line ends to a note.
            entry.add("note", text.replace("\r\n", "\n").trim_end());
            return entry;
        }
        let text = text.replace("\r\n ", "").replace("\n ", "");
        let zones = zones(&text);
        let mut component = Vec::new();
        for line in text.lines() {
            let Some((head, value)) = split(line, ':').map(|at| (&line[..at], &line[at + 1..])) else {
                continue;
            };
            let mut head = parts(head, ';').into_iter();
            let name = head.next().unwrap_or_default();
            let name = name.rsplit('.').next().unwrap_or_default().to_uppercase();
            match name.as_str() {
                "BEGIN" => component.push(value.to_owned()),
                "END" => drop(component.pop()),
                _ => {
                    let parameters: Vec<String> = head.collect();
                    entry.take(
                        component.last().map_or("", String::as_str),
                        &name,
                        &parameters,
                        value,
                        &zones,
                    );
                }
            }
        }
        entry.ended().sorted()
    }

    fn take(&mut self, component: &str, name: &str, parameters: &[String], value: &str, zones: &[Zone]) {
        let known = KNOWN.iter().find(|known| known.0 == component && known.1 == name);
        let Some((_, _, kind, counting)) = known else { return };
        let key = format!("{component} {name}");
        if value.trim_matches(';').is_empty() {
            return;
        }
        let of_parameters = shown(parameters, counting);
        let of_parameters = if of_parameters.is_empty() { of_parameters } else { of_parameters + "|" };
        match kind {
            Kind::Text => self.add(&key, &(of_parameters + unescaped(value).trim())),
            Kind::Structured => {
                let values: Vec<String> = parts(value, ';').iter().map(|part| unescaped(part)).collect();
                self.add(&key, &(of_parameters + values.join(";").trim_end_matches(';')));
            }
            Kind::List => parts(value, ',').iter().for_each(|part| self.add(&key, &unescaped(part))),
            Kind::Day => {
                let day = value.replace('-', "");
                self.add(&key, day.get(..8).unwrap_or(&day));
            }
            Kind::Times => {
                let zone = parameters.iter().find_map(|parameter| parameter.strip_prefix("TZID="));
                let zone = zone.map(|id| {
                    let id = id.trim_matches('"');
                    zones.iter().find(|zone| zone.id == id).unwrap_or_else(|| panic!("{id} is not defined"))
                });
                value.split(',').for_each(|time| self.add(&key, &instant(time, zone)));
            }
            Kind::Rule => {
                let drop = ["INTERVAL=1", "WKST=MO"];
                let mut rule: Vec<&str> = value.split(';').filter(|part| !drop.contains(part)).collect();
                rule.sort_unstable();
                let rule = rule.join(";");
                let same = COUNTED.iter().find(|(counted, _)| *counted == rule);
                self.add(&key, same.map_or(&rule, |(_, until)| until));
            }
            Kind::Bytes => {
                let data = value.strip_prefix("data:").and_then(|address| address.split_once(";base64,"));
                self.add(&key, &data.map_or(value, |(_, data)| data).replace([' ', '\t'], ""));
            }
            Kind::Address => {
                let address = value.strip_prefix("MAILTO:").unwrap_or(value);
                self.add(&key, &(of_parameters + address.strip_prefix("mailto:").unwrap_or(address)));
            }
        }
    }

    /// An event that says how long it takes says when it ends.
    fn ended(mut self) -> Self {
        let (Some(lasts), Some(start)) = (self.0.remove("VEVENT DURATION"), self.0.get("VEVENT DTSTART"))
        else {
            return self;
        };
        let minutes = |unit: char| {
            let before = lasts[0].split(unit).next().unwrap_or_default();
            let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            if lasts[0].contains(unit) { digits.parse().unwrap_or(0) } else { 0 }
        };
        let (start, zone) = start[0].split_at(start[0].find(' ').unwrap_or(start[0].len()));
        let end = time(start.trim_end_matches('Z')) + Duration::minutes(minutes('H') * 60 + minutes('M'));
        let end = format!("{}Z{zone}", end.format("%Y%m%dT%H%M%S"));
        self.add("VEVENT DTEND", &end);
        self
    }

    /// The values of a property of a component.
    pub fn values(&self, key: &str) -> &[String] {
        self.0.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// Without these properties, where the way between the two ends has no place for them.
    #[must_use]
    pub fn without(mut self, keys: &[&str]) -> Self {
        self.0.retain(|key, _| !keys.contains(&key.as_str()));
        self
    }

    fn add(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.0.entry(key.to_owned()).or_default().push(value.to_owned());
        }
    }

    fn sorted(mut self) -> Self {
        self.0.values_mut().for_each(|values| values.sort());
        self
    }
}

/// What the parameters say, as far as it counts.
fn shown(parameters: &[String], counting: &[&str]) -> String {
    let mut shown = Vec::new();
    for parameter in parameters {
        let (name, value) = parameter.split_once('=').unwrap_or(("TYPE", parameter));
        if name.eq_ignore_ascii_case("TYPE") {
            let values = value.trim_matches('"').split(',').map(str::to_uppercase);
            shown.extend(values.filter(|value| counting.contains(&value.as_str())));
        } else if counting.iter().any(|counting| counting.strip_suffix(':') == Some(name)) {
            shown.push(format!("{name}={}", value.trim_matches('"')));
        }
    }
    shown.sort();
    shown.dedup();
    shown.join(",")
}

/// A zone that the item defines.
struct Zone {
    id: String,
    standard: Half,
    daylight: Option<Half>,
}

/// Standard or summer time: its offset in minutes, and when it begins in a year, on the clock before.
struct Half {
    offset: i64,
    month: u32,
    weekday: Weekday,
    /// From the end where it is negative.
    nth: i64,
    time: Duration,
}

fn zones(text: &str) -> Vec<Zone> {
    let definitions =
        text.split("BEGIN:VTIMEZONE").skip(1).filter_map(|rest| rest.split("END:VTIMEZONE").next());
    let zone = |definition: &str| {
        let half = |name: &str| {
            let rest = definition.split(&format!("BEGIN:{name}")).nth(1)?;
            Some(Half::read(rest.split(&format!("END:{name}")).next()?))
        };
        let id = definition.lines().find_map(|line| line.strip_prefix("TZID:")).unwrap_or_default();
        Zone { id: id.replace('\\', ""), standard: half("STANDARD").unwrap(), daylight: half("DAYLIGHT") }
    };
    definitions.map(zone).collect()
}

impl Half {
    fn read(text: &str) -> Half {
        let line = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let start = time(line("DTSTART").unwrap());
        let offset = line("TZOFFSETTO").unwrap();
        let number = |range: std::ops::Range<usize>| offset[range].parse::<i64>().unwrap();
        let minutes = number(1..3) * 60 + number(3..5);
        let rule = line("RRULE").unwrap_or_default();
        let part = |name: &str| rule.split(';').find_map(|part| part.strip_prefix(name));
        let byday = part("BYDAY=").unwrap_or("1SU");
        let (nth, day) = byday.split_at(byday.len() - 2);
        Half {
            offset: if offset.starts_with('-') { -minutes } else { minutes },
            month: part("BYMONTH=").map_or(start.month(), |month| month.parse().unwrap()),
            weekday: day.parse().unwrap_or_else(|_| weekday(day)),
            nth: nth.parse().unwrap(),
            time: start.time().signed_duration_since(chrono::NaiveTime::MIN),
        }
    }

    fn begins(&self, year: i32) -> NaiveDateTime {
        let first = NaiveDate::from_ymd_opt(year, self.month, 1).unwrap();
        let of_kind: Vec<NaiveDate> = first
            .iter_days()
            .take_while(|day| day.month() == self.month)
            .filter(|day| day.weekday() == self.weekday)
            .collect();
        let index = if self.nth < 0 { of_kind.len() as i64 + self.nth } else { self.nth - 1 };
        of_kind[index as usize].and_time(chrono::NaiveTime::MIN) + self.time
    }
}

fn weekday(name: &str) -> Weekday {
    let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    Weekday::try_from(names.iter().position(|known| *known == name).unwrap() as u8).unwrap()
}

impl Zone {
    fn offset(&self, time: NaiveDateTime) -> i64 {
        let Some(daylight) = &self.daylight else { return self.standard.offset };
        let (begins, ends) = (daylight.begins(time.year()), self.standard.begins(time.year()));
        let summer =
            if begins < ends { begins <= time && time < ends } else { begins <= time || time < ends };
        if summer { daylight.offset } else { self.standard.offset }
    }
}

fn time(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

/// A time as an instant, with the offsets of its zone in winter and summer; days, floating times and durations as
/// they are.
fn instant(text: &str, zone: Option<&Zone>) -> String {
    let Some(zone) = zone else { return text.to_owned() };
    let local = time(text);
    let instant = local - Duration::minutes(zone.offset(local));
    let summer = zone.daylight.as_ref().map_or(String::new(), |half| format!("/{}", half.offset));
    format!("{}Z ({}{summer})", instant.format("%Y%m%dT%H%M%S"), zone.standard.offset)
}

/// Where a separator stands outside of quotes.
fn split(text: &str, at: char) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(index, c)| {
        quoted ^= c == '"';
        (c == at && !quoted).then_some(index)
    })
}

/// Parts between separators that are neither quoted nor escaped.
fn parts(text: &str, at: char) -> Vec<String> {
    let (mut parts, mut quoted, mut escaped) = (vec![String::new()], false, false);
    for c in text.chars() {
        if c == at && !quoted && !escaped {
            parts.push(String::new());
            continue;
        }
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        parts.last_mut().unwrap().push(c);
    }
    // A quote that nothing closes quotes nothing.
    if quoted && text.matches('"').count() % 2 == 1 {
        return text.split(at).map(str::to_owned).collect();
    }
    parts
}

fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => plain.push('\n'),
                Some(other) => plain.push(other),
                None => plain.push('\\'),
            },
            _ => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_the_same_is_the_same() {
        let berlin = "BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:DAYLIGHT\r\nTZOFFSETTO:+0200\r\nDTSTART:19700329T020000\r\n\
                      RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nBEGIN:STANDARD\r\nTZOFFSETTO:+0100\r\n\
                      DTSTART:19701025T030000\r\nRRULE:FREQ=MONTHLY;INTERVAL=12;BYDAY=-1SU\r\nEND:STANDARD\r\n\
                      END:VTIMEZONE\r\n";
        let event = |start: &str| Entry::read(&format!("BEGIN:VCALENDAR\r\n{berlin}BEGIN:VEVENT\r\n{start}"));
        let summer = event("DTSTART;TZID=X:20240701T100000\r\nSUMMARY:a\\, \r\n b\r\nX-OTHER:1\r\n");
        assert_eq!(summer.values("VEVENT DTSTART"), ["20240701T080000Z (60/120)"]);
        assert_eq!(summer.values("VEVENT SUMMARY"), ["a, b"]);
        assert_eq!(
            event("DTSTART;TZID=X:20241027T030000").values("VEVENT DTSTART"),
            ["20241027T020000Z (60/120)"]
        );
        assert_ne!(summer, event("DTSTART;TZID=X:20240701T110000\r\nSUMMARY:a\\, b\r\n"));
        let card = |text: &str| Entry::read(&format!("BEGIN:VCARD\r\n{text}\r\nEND:VCARD\r\n"));
        assert_eq!(card("item1.TEL;TYPE=CELL,X-A;TYPE=home:1"), card("TEL;TYPE=HOME,CELL:1"));
        assert_eq!(card("N:a\\;b;c;;;").values("VCARD N"), ["a;b;c"]);
        assert_eq!(card("TEL:\r\nADR:;;;;;;"), Entry::default());
    }
}
