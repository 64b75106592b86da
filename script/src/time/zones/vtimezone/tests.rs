//! What vendors send as VTIMEZONE, and which zones that makes.

use super::*;
use crate::time::zones::{TzidMode, YearSpan};

const CENTRAL: &str = "BEGIN:VTIMEZONE\r\nTZID:NAME\r\n\
    BEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n\
    TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD\r\n\
    BEGIN:DAYLIGHT\r\nDTSTART:19810329T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n\
    TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";

fn received(text: &str) -> String {
    let mut zones = Zones::default();
    let zone = zones.receive(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    zones.name(zone)
}

/// A zone of one STANDARD and one DAYLIGHT, given what stands in each.
fn two(tzid: &str, standard: &str, daylight: &str) -> String {
    format!(
        "TZID:{tzid}\nBEGIN:STANDARD\n{standard}\nEND:STANDARD\nBEGIN:DAYLIGHT\n{daylight}\nEND:DAYLIGHT\n"
    )
}

#[test]
fn a_received_zone_is_the_built_in_one_of_its_rule() {
    for (tzid, name) in [
        ("My Own Zone", "CET/CEST"),
        ("", "CET/CEST"),
        ("/softwarestudio.org/Tzfile/Europe/Berlin", "MEZ/MESZ"),
        ("Europe/Paris", "Romance"),
        ("Europe/Vienna", "Europe/Vienna"),
        ("/citadel.org/20210210_1/Europe/Oslo", "Europe/Oslo"),
    ] {
        assert_eq!(received(&CENTRAL.replace("NAME", tzid)), name, "{tzid}");
    }
    let fixed =
        |tzid: &str, offset: &str| format!("TZID:{tzid}\nBEGIN:STANDARD\nTZOFFSETTO:{offset}\nEND:STANDARD");
    assert_eq!(received(&fixed("Tokyo", "+0900")), "Korea");
    assert_eq!(received(&fixed("x", "+0000")), "UTC");
    assert_eq!(received(&fixed("Mine", "+0007")), "Mine");
    assert_eq!(received(&fixed("", "+0007")), "+0007");
}

#[test]
fn the_rule_of_another_year_is_still_that_place() {
    let old = two(
        "America/New_York",
        "DTSTART:19971026T020000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nTZOFFSETTO:-0500",
        "DTSTART:19970406T020000\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=4\nTZOFFSETTO:-0400",
    );
    assert_eq!(received(&old), "EST/EDT");
    assert_eq!(received(&old.replace("America/New_York", "Old")), "Old");
    // The place has another rule today than the table of built-in zones: what the peer says counts.
    let moscow = "TZID:Europe/Moscow\nBEGIN:STANDARD\nTZOFFSETTO:+0300\nEND:STANDARD";
    let mut zones = Zones::default();
    let zone = zones.receive(moscow).unwrap();
    assert_eq!(zones.rule(zone, 2020), Some(Rule::fixed(180)));
}

#[test]
fn vendors_have_their_ways() {
    let wanted = read(CENTRAL).unwrap().rule;
    for (standard, daylight) in [
        // Lists of days, monthly rules, a position, lower case, parameters, a folded line, quotes.
        (
            "DTSTART:19671029T030000\nRRULE:FREQ=MONTHLY;INTERVAL=12;BYDAY=-1SU\nTZOFFSETTO:0100",
            "DTSTART;VALUE=DATE-TIME:19870329T020000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYSETPOS=-1\nTZOFFSETTO:+02:00",
        ),
        (
            "dtstart:\"20071028T030000\"\nrrule:freq=yearly;byday=SU;bymonthday=25,26,27,28,29,30,31;bymonth=10\ntzoffsetto:+010000",
            "DTSTART:16010101T020000\nRRULE:FREQ=YEARLY;WKST=MO;INTERVAL=1;BYMON\r\n TH=3;BYDAY=-1SU\nTZOFFSETTO:+0200",
        ),
        // Only dates.
        ("DTSTART:20081026T030000\nTZOFFSETTO:+0100", "DTSTART:20080330T020000\nTZOFFSETTO:+0200"),
        // An older generation before the one that counts.
        (
            "DTSTART:19671029T030000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nTZOFFSETTO:+0100",
            "DTSTART:19800406T020000\nRRULE:FREQ=YEARLY;UNTIL=19800406T010000Z;BYDAY=1SU;BYMONTH=4\nTZOFFSETTO:+0200\n\
             END:DAYLIGHT\nBEGIN:DAYLIGHT\n\
             DTSTART:19810329T020000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nTZOFFSETTO:+0200",
        ),
    ] {
        let text = two("x", standard, daylight);
        assert_eq!(read(&text).map(|read| read.rule), Ok(wanted), "{text}");
    }
    let dates = two(
        "x",
        "DTSTART:19700101T000000\nRRULE:FREQ=YEARLY;BYMONTHDAY=25;BYMONTH=10\nTZOFFSETTO:+0100",
        "DTSTART:19700101T000000\nRRULE:FREQ=YEARLY;BYMONTHDAY=25;BYMONTH=3\nTZOFFSETTO:+0200",
    );
    let summer = read(&dates).unwrap().rule.summer.unwrap();
    assert_eq!((summer.begins.day, summer.ends.day), (Day::Date(25), Day::Date(25)));
}

#[test]
fn summer_time_that_was_given_up_is_none() {
    let text = two(
        "x",
        "DTSTART:20141026T020000\nTZOFFSETTO:+0300",
        "DTSTART:19930328T020000\nRRULE:FREQ=YEARLY;UNTIL=20100327T230000Z;BYDAY=-1SU;BYMONTH=3\nTZOFFSETTO:+0400",
    );
    assert_eq!(read(&text).map(|read| read.rule), Ok(Rule::fixed(180)));
}

#[test]
fn a_zone_of_the_config_keeps_its_name_and_wins() {
    let mut zones = Zones::default();
    let zone = zones.define(&CENTRAL.replace("NAME", "ZUERICH")).unwrap();
    assert_eq!((zones.name(zone).as_str(), zones.find("zuerich")), ("ZUERICH", Ok(zone)));
    assert_eq!(zones.receive(&CENTRAL.replace("NAME", "ZUERICH")), Ok(zone));
    let zone = zones.define(&CENTRAL.replace("NAME", "UCT")).unwrap();
    assert_eq!(zones.find("UCT"), Ok(zone));
    assert!(zones.define(&CENTRAL.replace("NAME", "")).is_err());
}

#[test]
fn what_is_no_zone_says_why() {
    for (text, message) in [
        ("", "neither STANDARD nor DAYLIGHT"),
        ("BEGIN:VTIMEZONE\nTZID:Empty\nEND:VTIMEZONE", "neither STANDARD nor DAYLIGHT"),
        ("BEGIN:STANDARD\nEND:STANDARD", "no TZOFFSETTO"),
        ("BEGIN:STANDARD\nTZOFFSETTO:+9900\nEND:STANDARD", "TZOFFSETTO that can't be read: \"+9900\""),
        ("BEGIN:STANDARD\nRRULE:FREQ=DAILY\nEND:STANDARD", "RRULE that can't be read"),
    ] {
        let error = Zones::default().receive(text).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    let mut zones = Zones::default();
    assert_eq!(
        zones.receive("TZID:Europe/Zurich\n"),
        zones.find("Europe/Zurich").map_err(|_| VtimezoneError::Empty)
    );
    assert_eq!(tzid("BEGIN:VTIMEZONE\nTZID;X=\"a:b\":Here\n"), "Here");
    assert_ne!(zones.find("Europe/Zurich"), Ok(Zone::Utc));
}

#[test]
fn an_id_is_text() {
    let id = "(UTC+01:00) Here, There; nowhere";
    assert_eq!(unescaped(&escaped(id)), id);
    assert_eq!(tzid("TZID:(UTC+01:00) Here\\, There\\; nowhere\n"), id);
    let mut zones = Zones::default();
    let odd = "BEGIN:STANDARD\nTZOFFSETFROM:+0017\nTZOFFSETTO:+0017\nDTSTART:20200101T000000\nEND:STANDARD";
    let zone = zones.receive(&format!("TZID:(UTC+01:00) Here\\, There\\; nowhere\n{odd}")).unwrap();
    assert_eq!(zones.name(zone), id);
    let text = zones.vtimezone(zone, YearSpan { from: 2020, to: Some(2020) }, TzidMode::Name).unwrap();
    assert!(text.starts_with("TZID:(UTC+01:00) Here\\, There\\; nowhere\n"), "{text}");
}
