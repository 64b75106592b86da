//! The built-in zones are those of the original: `golden/timezones.json` below SYNCLOOM_SHARED holds its table.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use syncloom_script::time::zones::builtin;
use syncloom_script::time::zones::rule::{Day, Rule, Switch};
use syncloom_script::{Timestamp, Zones};
use syncloom_tests::skipped;

#[test]
fn the_built_in_zones_are_those_of_the_original() {
    let Some(table) = golden("timezones.json") else { return };
    let table: Value = serde_json::from_str(&table).expect("the table is a JSON object");
    let rows = table["zones"].as_array().expect("the table has zones");
    let (zones, at) = (Zones::default(), Timestamp::parse("20260615T120000").unwrap());
    let mut compared = 0;
    // The first row is the system's zone, which is none of the table.
    for row in rows.iter().filter(|row| row["ident"] != "x") {
        let name = row["name"].as_str().unwrap();
        let zone = &builtin::all()[usize::from(builtin::find(name).unwrap())];
        assert_eq!(row["location"], zone.location, "{name}");
        let year: Option<i64> = row["dynyear"].as_str().unwrap().parse().ok();
        let ours = year.map_or(Some(&zone.current), |year| {
            zone.years.iter().find(|(last, _)| *last == year).map(|(_, rule)| rule)
        });
        assert_eq!(ours.map(flat), Some(wanted(row)), "{name} {year:?}");
        if let (Some(tz), Some(daylight)) = (row["tz"].as_str(), row["daylight_2026"].as_str()) {
            let written = zones.tz_and_daylight(zones.find(name).unwrap(), at);
            assert_eq!(written, Some((tz.to_owned(), daylight.to_owned())), "{name}");
        }
        compared += 1;
    }
    let rules: usize = builtin::all().iter().map(|zone| 1 + zone.years.len()).sum();
    assert_eq!(compared, rules);
}

/// Offset, saving, and month, weekday, which of the month and minute of both switches.
type Flat = (i64, i64, [i64; 4], [i64; 4]);

fn flat(rule: &Rule) -> Flat {
    let switch = |switch: Switch| {
        let (weekday, nth) = match switch.day {
            Day::Date(date) => (-1, i64::from(date)),
            Day::Nth { weekday, nth } => (i64::from(weekday), if nth == -1 { 5 } else { i64::from(nth) }),
        };
        [i64::from(switch.month), weekday, nth, i64::from(switch.minute)]
    };
    let offset = i64::from(rule.offset);
    rule.summer.map_or((offset, 0, [0; 4], [0; 4]), |summer| {
        (offset, i64::from(summer.saving), switch(summer.begins), switch(summer.ends))
    })
}

fn wanted(row: &Value) -> Flat {
    let number = |value: &Value| value.as_i64().unwrap();
    let switch = |switch: &Value| {
        let minute = number(&switch["hour"]) * 60 + number(&switch["minute"]);
        [number(&switch["month"]), number(&switch["dayofweek"]), number(&switch["nth"]), minute]
    };
    let (begins, ends) = (switch(&row["to_dst"]), switch(&row["to_std"]));
    // An hour of summer time that never begins is none.
    let saving = if begins == [0; 4] { 0 } else { number(&row["dst_add_min"]) };
    (number(&row["utc_offset_min"]), saving, begins, ends)
}

fn golden(name: &str) -> Option<String> {
    let shared = std::env::var_os("SYNCLOOM_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared"), PathBuf::from);
    let file = shared.join("golden").join(name);
    let text = fs::read_to_string(&file).ok();
    if text.is_none() {
        skipped(&format!("no {}", file.display()));
    }
    text
}
