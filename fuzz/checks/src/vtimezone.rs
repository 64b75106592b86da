//! Zones that peers define: any text is one or an error, and a zone has a clock and a text for every time.

use syncloom_script::time::zones::{TzidMode, VtimezoneMode, vtimezone};
use syncloom_script::{Timestamp, Zone, Zones};

/// Inputs to begin with.
pub const SEEDS: &[&str] = &[
    "BEGIN:VTIMEZONE\r\nTZID:CET\r\nBEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n\
     TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:19960331T020000\r\n\
     RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n",
    "BEGIN:VTIMEZONE\nTZID:/x/Europe/Berlin\nBEGIN:STANDARD\nDTSTART:20071104T020000\nRRULE:FREQ=MONTHLY;INTERVAL=12;BYDAY=1SU;\n \
     UNTIL=20091101T060000Z\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nEND:STANDARD\nEND:VTIMEZONE",
    "TZID:X\nBEGIN:DAYLIGHT\nDTSTART:19700301T000000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU\n\
     TZOFFSETFROM:+1030\nTZOFFSETTO:+110000\nRDATE:19710301T000000\nEND:DAYLIGHT",
    "+01:00|TRUE;+02;20080330T010000Z;20081026T010000Z;CET;CEST",
];

/// See [`crate::TARGETS`]. A text with a bar is TZ and DAYLIGHT.
pub fn check(data: &[u8]) {
    let text = crate::text(data);
    let mut zones = Zones::default();
    let found = match text.split_once('|') {
        Some((tz, daylight)) => zones.receive_daylight(tz, daylight, None).map_err(|error| error.to_string()),
        None => zones.receive(&text).map_err(|error| error.to_string()),
    };
    match found {
        Ok(zone) => has_a_clock(&zones, zone),
        Err(error) => assert!((1..1000).contains(&error.len()), "{error}"),
    }
    if let Ok(zone) = zones.define(&text) {
        has_a_clock(&zones, zone);
    }
    assert!(vtimezone::tzid(&text).len() <= text.len());
}

fn has_a_clock(zones: &Zones, zone: Zone) {
    for reading in ["19700101T000000", "20080330T023000", "20381026T023000"] {
        let Some(time) = Timestamp::parse(reading) else { continue };
        let minutes = zones.offset_minutes(time.with_zone(zone));
        assert!(minutes.is_some_and(|minutes| minutes.abs() < 72 * 60), "{minutes:?}");
    }
    let years = VtimezoneMode::OpenEnd.years(2012, 1990, 2010);
    let written = zones.vtimezone(zone, years, TzidMode::Name);
    assert!(written.is_some_and(|text| text.len() < 1 << 16));
}
