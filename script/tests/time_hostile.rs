//! Time against anything: whatever a peer or an operator writes is a value or an error, soon, and never a panic;
//! and what must hold for every zone and every instant does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::{Duration, Instant};

use syncloom_script::time::zones::{TzidMode, VtimezoneMode, YearSpan, builtin, olson, vtimezone, windows};
use syncloom_script::time::{DAY_MS, IsoStyle, UserContext, allday};
use syncloom_script::{Timestamp, Zone, Zones};

/// A generator that gives the same numbers each time (xorshift, Marsaglia 2003).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    fn millis(&mut self, bound: i64) -> i64 {
        i64::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    /// A few pieces put together, and then a character or two changed, dropped or put in.
    fn text(&mut self, pieces: &[&str], most: usize) -> String {
        let count = self.below(most);
        let mut chars: Vec<char> = Vec::new();
        for _ in 0..count {
            chars.extend(pieces[self.below(pieces.len())].chars());
        }
        for _ in 0..self.below(3) {
            let at = self.below(chars.len());
            match self.below(3) {
                0 if !chars.is_empty() => {
                    chars[at] = ['é', '\0', '9', '-', ';', ':', '\n', '"'][self.below(8)]
                }
                1 if !chars.is_empty() => drop(chars.remove(at)),
                _ => chars.insert(at, '0'),
            }
        }
        chars.into_iter().collect()
    }
}

#[test]
fn any_text_is_a_timestamp_or_none() {
    let pieces = [
        "2008",
        "-",
        "07",
        "15",
        "T",
        "12",
        ":",
        "00",
        "Z",
        "+02",
        ".",
        "123456",
        ",",
        "P",
        "D",
        "H",
        "M",
        "S",
        "W",
        "99999999999999999999",
        "Tue",
        " ",
        "Jul",
        "GMT",
        "(",
        ")",
        "é",
        "\0",
    ];
    let mut random = Random(0x5eed);
    let (mut times, mut beginnings) = (0, 0);
    for _ in 0..200_000 {
        let text = random.text(&pieces, 12);
        for read in [Timestamp::parse(&text), Timestamp::parse_time(&text), Timestamp::parse_rfc822(&text)] {
            let Some(time) = read else { continue };
            times += 1;
            assert!(!time.to_iso8601().is_empty() && !time.to_rfc822().is_empty(), "{text}");
            assert!(
                allday::all_day_count(time, read, UserContext::NonFloating(Zone::Offset(60))) <= 1,
                "{text}"
            );
        }
        if let Some((time, length)) = Timestamp::parse_prefix(&text) {
            beginnings += 1;
            assert_eq!(Timestamp::parse(&text[..length]), Some(time), "{text:?}");
        }
    }
    assert!(times > 100 && beginnings > 100, "{times} and {beginnings} are too few to show anything");
}

#[test]
fn what_is_written_reads_the_same() {
    let mut random = Random(7);
    let first = Timestamp::parse("00010101").unwrap().linear();
    for _ in 0..20_000 {
        let minutes = i16::try_from(random.below(1600)).unwrap() - 800;
        let zone = [Zone::Utc, Zone::Floating, Zone::Offset(minutes)][random.below(3)];
        let time = Timestamp::from_linear(first + random.millis(9998 * 365 * DAY_MS), zone);
        assert_eq!(Timestamp::parse(&time.format(IsoStyle::EXTENDED)), Some(time));
        let seconds = time.plus(-time.parts().milli);
        assert_eq!(Timestamp::parse(&time.to_iso8601()), Some(seconds));
        if let (Zone::Offset(1..), 2000..) = (zone, time.parts().year) {
            assert_eq!(Timestamp::parse_rfc822(&time.to_rfc822()), Some(seconds));
        }
        let length = Timestamp::duration(random.millis(9998 * 365 * DAY_MS) - 5000 * 365 * DAY_MS);
        assert_eq!(Timestamp::parse(&length.format(IsoStyle::EXTENDED)), Some(length));
    }
}

#[test]
fn any_name_is_a_zone_or_an_error() {
    let pieces =
        ["CET", "/", "CEST", "Europe", "Zurich", "+", "02", ":", "OFFS", "SYSTEM", " ", "é", "UTC", "Time"];
    let mut zones = Zones::default();
    let mut random = Random(99);
    let mut known = 0;
    for _ in 0..20_000 {
        let text = random.text(&pieces, 6);
        for found in [zones.find(&text), zones.find_tzid(&text)] {
            match found {
                Ok(zone) => {
                    known += 1;
                    let name = zones.name(zone);
                    assert_eq!(zones.find(&name).map(|zone| zones.name(zone)), Ok(name), "{text}");
                }
                Err(error) => assert!(error.to_string().len() < 1000, "{text}"),
            }
        }
        // All that is no VTIMEZONE, DATE or DURATION is a name.
        assert_eq!(zones.spec(&text).is_ok(), zones.find(&text).is_ok(), "{text}");
    }
    assert!(known > 100, "{known} names are too few to show anything");
}

#[test]
fn every_zone_goes_to_utc_and_back() {
    let zones = Zones::default();
    let names = builtin::all().iter().map(|zone| zone.name);
    let database =
        ["Europe/Dublin", "Africa/Casablanca", "Pacific/Apia", "Australia/Lord_Howe", "America/St_Johns"];
    let mut random = Random(1);
    let (mut exact, mut apart) = (0, 0);
    for name in names.chain(database) {
        let zone = zones.find(name).unwrap();
        for _ in 0..400 {
            let utc = Timestamp::from_unix_ms(random.millis(130 * 366 * DAY_MS) - 60 * 366 * DAY_MS);
            let there = zones.convert(utc, zone);
            // A reading that the clock shows twice is one of the two; any other says when it was.
            match there.unix_ms().abs_diff(utc.unix_ms()) {
                0 => exact += 1,
                1..=7_200_000 => apart += 1,
                much => panic!("{name} {utc}: {there} is {much} ms apart"),
            }
            let offset = zones.offset_minutes(there).unwrap();
            assert!(offset.abs() <= 26 * 60, "{name} {utc}: {offset}");
        }
    }
    assert!(apart * 500 < exact, "{apart} of {exact} readings are ambiguous: more than an hour a year");
}

#[test]
fn every_zone_of_the_database_says_its_rule() {
    let zones = Zones::default();
    let at = Timestamp::parse("20230615T120000").unwrap();
    for tz in chrono_tz::TZ_VARIANTS {
        let zone = zones.find_tzid(tz.name()).unwrap();
        for (mode, year) in [(VtimezoneMode::Current, 2023), (VtimezoneMode::OpenEnd, 2037)] {
            let text = zones.vtimezone(zone, mode.years(2023, 2015, 2024), TzidMode::Olson).unwrap();
            let read = vtimezone::read(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            assert_eq!(Some(read.rule), zones.rule(zone, year), "{text}");
        }
        let (tz, daylight) = zones.tz_and_daylight(zone, at).unwrap();
        let read = Zones::default().receive_daylight(&tz, &daylight, None);
        assert!(read.is_ok(), "{tz} {daylight}: {read:?}");
    }
    assert_eq!(windows::find("Romance Standard Time"), olson::find("Europe/Paris"));
}

#[test]
fn any_vtimezone_is_a_zone_or_an_error() {
    let pieces = [
        "BEGIN:VTIMEZONE\r\n",
        "BEGIN:STANDARD\n",
        "END:STANDARD\n",
        "BEGIN:DAYLIGHT\n",
        "END:DAYLIGHT\r\n",
        "TZID:x\n",
        "DTSTART:19961027T030000\n",
        "DTSTART:20080330T020000\n",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\n",
        "RRULE:FREQ=MONTHLY;INTERVAL=12;BYDAY=2SU;BYMONTHDAY=8,9\n",
        "RRULE:FREQ=YEARLY;BYMONTHDAY=-1;BYMONTH=99\n",
        "TZOFFSETTO:+0100\n",
        "TZOFFSETTO:-2359\n",
        "TZOFFSETFROM:+0200\n",
        " ;BYDAY=1SU\n",
        "TZNAME:CET\n",
        "é",
        ";X=\"a:b\"",
        "RRULE:FREQ=YEARLY;BYDAY=-127SU;BYSETPOS=127\n",
        "RRULE:FREQ=YEARLY;BYDAY=SU;BYMONTHDAY=-128\n",
    ];
    let mut random = Random(42);
    let (mut zones, mut read) = (Zones::default(), 0);
    for _ in 0..20_000 {
        let text = random.text(&pieces, 14);
        let years = YearSpan { from: i64::MIN, to: Some(i64::MAX) };
        if let Ok(zone) = zones.receive(&text) {
            read += 1;
            assert!(zones.vtimezone(zone, years, TzidMode::Name).is_some(), "{text}");
            for end in [i64::MIN + 5, i64::MAX - 5].map(|end| Timestamp::from_linear(end, zone)) {
                assert_eq!(end.in_zone(Zone::Utc).zone(), Zone::Utc, "{text}");
                assert!(zones.tz_and_daylight(zone, end).is_some(), "{text}");
            }
        }
        if let Ok(zone) = zones.define(&text) {
            assert_eq!(zones.name(zone), vtimezone::tzid(&text), "{text}");
        }
    }
    assert!(read > 100, "{read} zones are too few to show anything");
}

#[test]
fn any_tz_and_daylight_is_a_zone_or_an_error() {
    let pieces =
        ["TRUE", "FALSE", ";", "+02", "-0330", "20080330T020000", "20081026T030000", "Z", "CET", "x", "P1D"];
    let mut random = Random(3);
    let (mut zones, mut read) = (Zones::default(), 0);
    for _ in 0..50_000 {
        let (tz, mut text) = (random.text(&pieces, 3), random.text(&pieces, 12));
        if random.below(2) == 0 {
            let end = random.text(&["10", "26", "T03", "0000"], 6);
            text = format!("TRUE;+02;20080330T020000;2008{end};{text}");
        }
        if let Ok(zone) = zones.receive_daylight(&tz, &text, Some(Zone::Utc)) {
            read += 1;
            assert!(!zones.name(zone).is_empty(), "{tz} {text}");
            assert!(zones.tz_and_daylight(zone, Timestamp::from_unix_ms(0)).is_some(), "{tz} {text}");
        }
    }
    assert!(read > 100, "{read} zones are too few to show anything");
}

#[test]
fn large_texts_end_soon() {
    let observance = "BEGIN:DAYLIGHT\nDTSTART:19961027T030000\nRRULE:FREQ=YEARLY;BYDAY=1SU\nTZOFFSETTO:+01\nEND:DAYLIGHT\n";
    let started = Instant::now();
    let mut zones = Zones::default();
    for text in [
        observance.repeat(2500),
        observance.repeat(100_000),
        format!("TZID:{}", "x\n ".repeat(80_000)),
        "BEGIN:STANDARD\n".repeat(17_000),
        "\"".repeat(260_000),
        "a/".repeat(100_000),
        "(".repeat(200_000),
        format!("BEGIN:STANDARD\nRRULE:FREQ=YEARLY;BYMONTHDAY={}\n", "1,".repeat(120_000)),
    ] {
        let fail = [
            Timestamp::parse(&text).is_none(),
            Timestamp::parse_rfc822(&text).is_none(),
            zones.find(&text).is_err(),
            zones.find_tzid(&text).is_err(),
            zones.receive_daylight(&text, &text, None).is_err(),
        ];
        assert_eq!(fail, [true; 5], "{}", &text[..20]);
        assert!(vtimezone::tzid(&text).len() <= text.len());
        // Whether it is a zone does not matter here: it must be said soon.
        let _ = zones.receive(&text);
    }
    let took = started.elapsed();
    assert!(took < Duration::from_secs(100), "{took:?}");
}
