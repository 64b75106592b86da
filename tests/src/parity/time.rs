//! Time: zones, conversions, ISO 8601, VTIMEZONE, TZ and DAYLIGHT.
//!
//! Each kind of case makes an answer in the shape of the original's, and says which rules excuse which parts of
//! it. What no rule excuses must be the same. `ok` of the generated texts isn't compared: it is false throughout,
//! beside texts that are right.

use serde_json::{Map, Value, json};
use syncloom_script::time::zones::builtin::{self, Builtin, Class};
use syncloom_script::time::zones::rule::{Day, Rule, Switch};
use syncloom_script::time::zones::{TzidMode, YearSpan, daylight, vtimezone};
use syncloom_script::time::{IsoStyle, ZoneSpec, Zones};
use syncloom_script::{Timestamp, TimestampKind, Zone};

use super::Verdict;

/// The year of the clock that the original ran with.
const NOW: i64 = 2012;

/// Compares our answer to a case of `golden/time.jsonl` with the original's.
pub fn run(input: &Value, output: &Value) -> Verdict {
    let text = |key: &str| input.get(key).and_then(Value::as_str);
    let (ours, excuses) = match (text("vtimezone"), text("daylight"), text("zone"), text("in_zone")) {
        (Some(vtimezone), ..) => received_vtimezone(vtimezone, input),
        (_, Some(daylight), ..) => received_daylight(text("tz").unwrap_or(""), daylight, text("preferred")),
        (_, _, Some(zone), _) => generated(zone, text("at").unwrap_or(""), input),
        (.., Some(from)) => converted(text("time").unwrap_or(""), from, text("out_zone").unwrap_or("")),
        _ => iso8601(text("time").unwrap_or("")),
    };
    compare(&ours, output, &excuses)
}

/// A rule that excuses parts of an answer, by their keys; all of it where there are none.
struct Excuse {
    reason: &'static str,
    keys: &'static [&'static str],
}

fn compare(ours: &Value, output: &Value, excuses: &[Excuse]) -> Verdict {
    let empty = Map::new();
    let (ours, wanted) = (ours.as_object().unwrap_or(&empty), output.as_object().unwrap_or(&empty));
    // Log lines are ours to word.
    let not_compared = |key: &str| key == "log" || (key == "ok" && wanted.contains_key("tz_ok"));
    let differing: Vec<&String> = wanted
        .keys()
        .chain(ours.keys().filter(|key| !wanted.contains_key(*key)))
        .filter(|key| !not_compared(key))
        .filter(|key| ours.get(*key) != wanted.get(*key))
        .collect();
    let excused = |key: &&String| {
        excuses.iter().find(|excuse| excuse.keys.is_empty() || excuse.keys.contains(&key.as_str()))
    };
    match differing.first() {
        None => Verdict::Equal,
        Some(first) => match (differing.iter().all(|key| excused(key).is_some()), excused(first)) {
            (true, Some(excuse)) => Verdict::OnPurpose(excuse.reason),
            _ => Verdict::Differs {
                wanted: Value::Object(wanted.clone()).to_string(),
                got: Value::Object(ours.clone()).to_string(),
            },
        },
    }
}

/// Reading and writing ISO 8601.
fn iso8601(text: &str) -> (Value, Vec<Excuse>) {
    let Some((time, length)) = Timestamp::parse_prefix(text) else {
        return (json!({"chars_parsed": 0}), of_time(text));
    };
    let (context, render) = match (time.kind(), time.zone()) {
        (TimestampKind::Date, _) => ("DATE".to_owned(), "dateonly "),
        (TimestampKind::Duration, _) => ("DURATION".to_owned(), "duration "),
        (_, Zone::Utc) => ("UTC".to_owned(), ""),
        (_, Zone::Offset(minutes)) => (format!("{minutes}min"), ""),
        _ => ("FLOATING".to_owned(), ""),
    };
    let ours = json!({
        "chars_parsed": length,
        "lineartime": time.linear(),
        "ctx": context,
        "render": render,
        "ext_frac": time.format(IsoStyle::EXTENDED),
        "basic": time.format(IsoStyle::BASIC),
    });
    (ours, of_time(text))
}

/// What excuses differences in how a timestamp's text is read.
fn of_time(text: &str) -> Vec<Excuse> {
    let mut excuses = Vec::new();
    let clock = text.split_once(['T', 't', ' ']).map_or("", |(_, clock)| clock);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    if clock.rsplit_once(['+', '-']).is_some_and(|(_, offset)| digits(&offset.replace(':', "")) >= 4) {
        // The original uses the minutes of an offset but counts them as not read, so that whoever goes on
        // behind the time would read them again.
        excuses.push(Excuse { reason: "the minutes of an offset count as read", keys: &["chars_parsed"] });
    }
    if let Some((_, offset)) = clock.rsplit_once(['+', '-']) {
        let number = |range| offset.replace(':', "").get(range).and_then(|digits: &str| digits.parse().ok());
        if number(0..2).is_some_and(|hours: u8| hours > 23)
            || number(2..4).is_some_and(|minutes: u8| minutes > 59)
        {
            // No place on earth is a day away; ISO 8601 has no such minutes.
            excuses.push(Excuse { reason: "an offset of a day or more is none", keys: &[] });
        }
    }
    if clock.split_once(['.', ',']).is_some_and(|(_, fraction)| digits(fraction) > 3) {
        // The original stops at the fourth digit, and so loses the zone that follows.
        excuses.push(Excuse {
            reason: "digits finer than milliseconds are read over",
            keys: &["chars_parsed", "ctx", "ext_frac", "basic"],
        });
    }
    if text.contains(' ') || text.contains(['t', 'z', ',']) {
        // RFC 3339 section 5.6 allows lower case and a blank, which databases write, and ISO 8601 the comma. The
        // original drops what follows.
        excuses.push(Excuse {
            reason: "lower case, a blank and a comma are read as RFC 3339 and ISO 8601 have them",
            keys: &[],
        });
    }
    if text.starts_with(['P', '+', '-']) && text.contains('.') {
        // ISO 8601 allows a fraction in a duration; the original refuses all of it.
        excuses.push(Excuse { reason: "a duration may have a fraction", keys: &[] });
    }
    excuses
}

/// Converting from one zone to another.
fn converted(text: &str, from: &str, to: &str) -> (Value, Vec<Excuse>) {
    let mut excuses = of_time(text);
    let Some((time, length)) = Timestamp::parse_prefix(text) else {
        return (json!({"chars_parsed": 0}), excuses);
    };
    let mut zones = Zones::default();
    let own_zone = !time.is_floating();
    let (from_spec, to_spec) = (zones.spec(from), zones.spec(to));
    let used = [(!own_zone).then_some((from, from_spec.is_ok())), Some((to, to_spec.is_ok()))];
    excuses.extend(used.into_iter().flatten().filter_map(|(name, known)| of_name(name, known)));
    if let (true, Zone::Offset(_)) = (own_zone, time.zone()) {
        // Manual 6.14.4: functions that return a zone return an offset in ISO 8601 format.
        excuses.push(Excuse { reason: "an offset is named as ISO 8601 has it", keys: &["in_name"] });
    }
    let (true, Ok(to_spec)) = (own_zone || from_spec.is_ok(), to_spec) else {
        return (json!({"error": "unknown zone"}), excuses);
    };
    let time = match from_spec {
        Ok(spec) if !own_zone => zones.set_zone(time, spec),
        _ => time,
    };
    let mut ours = Map::new();
    ours.insert("chars_parsed".into(), json!(length));
    show(&mut ours, "in", &zones, time);
    match to_spec {
        ZoneSpec::Zone(zone) if zone != Zone::Floating && !time.is_floating() => {
            show(&mut ours, "out", &zones, zones.convert(time, zone));
        }
        _ => {
            ours.insert("not_convertible".into(), json!(true));
        }
    }
    (Value::Object(ours), excuses)
}

fn show(ours: &mut Map<String, Value>, side: &str, zones: &Zones, time: Timestamp) {
    let name = match (time.kind(), time.zone()) {
        (TimestampKind::Duration, _) => "DURATION".to_owned(),
        (TimestampKind::Date, _) => "DATE".to_owned(),
        (_, Zone::Floating) => "FLOATING".to_owned(),
        (_, zone) => zones.name(zone),
    };
    ours.insert(format!("{side}_lineartime"), json!(time.linear()));
    ours.insert(format!("{side}_iso_ext"), json!(time.format(IsoStyle::EXTENDED)));
    ours.insert(format!("{side}_iso"), json!(time.format(IsoStyle::BASIC)));
    ours.insert(format!("{side}_name"), json!(name));
    ours.insert(format!("{side}_offset"), json!(zones.offset_minutes(time).unwrap_or(0)));
}

/// What excuses differences for a zone's name.
fn of_name(name: &str, known_to_us: bool) -> Option<Excuse> {
    reason_of_name(name, known_to_us).map(|reason| Excuse { reason, keys: &[] })
}

/// The original takes a name that chapter 17 doesn't list as a zone that never differs from UTC.
pub(super) fn reason_of_name(name: &str, known_to_us: bool) -> Option<&'static str> {
    let special = ["system", "date", "floating", "duration", "usertimezone", "utc", ""];
    if special.iter().any(|special| special.eq_ignore_ascii_case(name)) || builtin::find(name).is_some() {
        return None;
    }
    Some(match known_to_us {
        true if name.starts_with(['+', '-']) => "an offset is a zone (manual 6.14.4)",
        true => "names of the zone database and of Windows are zones",
        false => "an unknown name is an error",
    })
}

/// VTIMEZONE, TZ and DAYLIGHT of a zone.
fn generated(name: &str, at: &str, input: &Value) -> (Value, Vec<Excuse>) {
    let zones = Zones::default();
    let number = |key: &str| input.get(key).and_then(Value::as_i64).filter(|number| *number != 0);
    let mut excuses: Vec<Excuse> = Vec::new();
    let found = zones.find(name);
    excuses.extend(of_name(name, found.is_ok()));
    let (Ok(zone), Some(at)) = (found, Timestamp::parse(at)) else {
        return (json!({"error": "unknown zone"}), excuses);
    };
    let from = number("year").unwrap_or(NOW);
    let to = number("until").unwrap_or(from);
    if (from..=to).any(|year| zones.rule(zone, year) != zones.rule(zone, from)) {
        // Manual 10.3.8: with "range" the rules of all dates are shown. The original shows the first alone, so
        // that later dates are an hour off.
        excuses.push(Excuse { reason: "all rules of a range of years are shown", keys: &["vtimezone"] });
    }
    if names_left_out(name, at.parts().year) {
        // The original finds no names, and leaves both out with their semicolon.
        excuses.push(Excuse { reason: "DAYLIGHT has the names of that year's rule", keys: &["daylight"] });
    }
    let written = zones.tz_and_daylight(zone, at);
    let ours = json!({
        "vtimezone": zones.vtimezone(zone, YearSpan { from, to: Some(to) }, TzidMode::Name).unwrap_or_default(),
        "tz_ok": written.is_some(),
        "tz": written.as_ref().map_or("", |(tz, _)| tz),
        "daylight": written.as_ref().map_or("", |(_, daylight)| daylight),
    });
    (ours, excuses)
}

/// Whether a zone without a pair of names shares its rule with one that has a pair, but only in that year.
fn names_left_out(name: &str, year: i64) -> bool {
    let Some(zone) = builtin::all().iter().find(|zone| zone.name.eq_ignore_ascii_case(name)) else {
        return false;
    };
    let paired = |same: &dyn Fn(&Builtin) -> bool| {
        builtin::all().iter().any(|other| other.name.contains('/') && same(other))
    };
    !zone.name.contains('/')
        && !paired(&|other| other.current == zone.current)
        && paired(&|other| other.rule(year) == zone.current)
}

/// Which zone a VTIMEZONE is.
fn received_vtimezone(text: &str, input: &Value) -> (Value, Vec<Excuse>) {
    let mut zones = Zones::default();
    let excuses = of_vtimezone(text);
    let tzid = vtimezone::tzid(text);
    let Ok(zone) = zones.receive(text) else {
        return (json!({"ok": false, "tzid": tzid, "name": "0min", "builtin": false}), excuses);
    };
    let name = zones.name(zone);
    let entry = builtin::all().iter().find(|entry| entry.name == name && is_builtin(&zones, zone, entry));
    let rule =
        entry.map_or_else(|| zones.rule(zone, NOW), |entry| Some(entry.current)).unwrap_or(Rule::fixed(0));
    let ident = entry.map_or("", |entry| match entry.class {
        Class::Zone => " ",
        Class::Letter => "m",
        Class::StandardName => "s",
        Class::SummerName => "d",
    });
    let times = input.get("times").and_then(Value::as_array).cloned().unwrap_or_default();
    let offsets: Vec<Value> = times
        .iter()
        .filter_map(|time| {
            let reading = Timestamp::parse(time.as_str()?)?;
            Some(json!([time, zones.offset_minutes(reading.with_zone(zone))]))
        })
        .collect();
    let ours = json!({
        "ok": true,
        "tzid": tzid,
        "name": name,
        "builtin": entry.is_some(),
        "entry": {
            "name": name,
            "ident": ident,
            "bias": rule.offset,
            "biasDST": rule.summer.map_or(0, |summer| summer.saving),
            "dynYear": if entry.is_some() { "" } else { "CUR" },
            "dst": switch(rule.summer.map(|summer| summer.begins)),
            "std": switch(rule.summer.map(|summer| summer.ends)),
        },
        "offsets": offsets,
    });
    (ours, excuses)
}

/// A zone of a peer may have the name of a built-in one: its rules tell.
fn is_builtin(zones: &Zones, zone: Zone, entry: &Builtin) -> bool {
    [1995, 2006, 2020].iter().all(|year| zones.rule(zone, *year) == Some(entry.rule(*year)))
}

fn switch(switch: Option<Switch>) -> Value {
    let Some(Switch { month, day, minute }) = switch else { return json!([0, 0, 0, 0, 0]) };
    let (weekday, nth) = match day {
        Day::Date(date) => (-1, i64::from(date)),
        Day::Nth { weekday, nth } => (i64::from(weekday), if nth == -1 { 5 } else { i64::from(nth) }),
    };
    json!([month, weekday, nth, minute / 60, minute % 60])
}

/// What excuses another reading of a VTIMEZONE.
fn of_vtimezone(text: &str) -> Vec<Excuse> {
    let all = |reason| vec![Excuse { reason, keys: &[] }];
    let read = vtimezone::read(text);
    let (standard, daylight) = (text.contains("BEGIN:STANDARD"), text.contains("BEGIN:DAYLIGHT"));
    let lines = |start: &'static str| text.lines().map(str::trim).filter(move |line| line.starts_with(start));
    if lines("RRULE").any(|rule| rule.contains("BYMONTHDAY") || !rule.contains("BYDAY")) {
        // RFC 2445 section 4.3.10. The original says that reading failed, and goes on without summer time.
        return all("a rule by day of the month is read");
    }
    if daylight && !standard {
        // RFC 2445 section 4.6.5: from the only onset on, its offset holds. The original takes UTC.
        return all("the offset of the only component holds");
    }
    if lines("BEGIN:STANDARD").count() > 1 || lines("BEGIN:DAYLIGHT").count() > 1 {
        // A zone keeps one rule here as there; only the latest is right for what people plan.
        return all("of several generations the latest counts");
    }
    if daylight && !text.contains("RRULE") {
        // The original drops summer time, so that an item in it is an hour off.
        return all("switches that stand only as dates are taken as yearly");
    }
    if read.is_err() && (standard || daylight) {
        // The original goes on with values that it could not read.
        return all("a VTIMEZONE that can't be read is an error, or the zone of its TZID");
    }
    let rule = read.map(|read| read.rule).ok();
    let tzid = vtimezone::tzid(text);
    let here = |zone: &&Builtin| !zone.location.is_empty() && tzid.contains(zone.location);
    let had = |zone: &Builtin| {
        rule.is_some_and(|rule| zone.current == rule || zone.years.iter().any(|(_, past)| *past == rule))
    };
    let mut places = builtin::all().iter().filter(here).peekable();
    if places.peek().is_some() && !places.any(had) {
        // The original takes the built-in zone of that place, whose rules are of 2008: what the peer says is
        // right about the peer's times.
        return all("the rule of a received zone counts more than its place");
    }
    Vec::new()
}

/// Which zone TZ and DAYLIGHT are.
fn received_daylight(tz: &str, daylight: &str, preferred: Option<&str>) -> (Value, Vec<Excuse>) {
    let mut zones = Zones::default();
    let preferred = preferred.and_then(|name| zones.find(name).ok());
    let ours = match zones.receive_daylight(tz, daylight, preferred) {
        Ok(zone) => json!({"ok": true, "name": zones.name(zone)}),
        Err(_) => {
            let minutes = daylight::read_tz(tz).unwrap_or(0);
            json!({"ok": false, "name": format!("{minutes}min")})
        }
    };
    (ours, Vec::new())
}
