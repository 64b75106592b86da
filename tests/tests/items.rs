//! Entries as the programs of several makers write them, put through `syncloom convert` with a config that people use:
//! what comes out says the same, comes out the same when it goes through again, and what has no place is named.
//!
//! The entries are in `tests/items`: add a file there and it is tried. Those in `formats` are tried here alone: real
//! clients of today do not take all of them. The config is not part of the project; where it is not there, the tests
//! say so and pass.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use syncloom_tests::entry::Entry;
use syncloom_tests::same::assert_same;
use syncloom_tests::server::{binary, workspace};

/// The folders of entries, and the old and the new datatype of each.
const FOLDERS: [(&str, &str, &str); 9] = [
    ("contacts", "vCard21", "vCard30"),
    ("events", "vCalendar10", "iCalendar20"),
    ("tasks", "vCalendar10", "iCalendar20"),
    ("notes", "note10", "note11"),
    ("mails", "email", "email"),
    ("formats/contacts", "vCard21", "vCard30"),
    ("formats/events", "vCalendar10", "iCalendar20"),
    ("formats/tasks", "vCalendar10", "iCalendar20"),
    ("formats/mails", "email", "email"),
];

fn config() -> Option<PathBuf> {
    let shared =
        std::env::var_os("SYNCLOOM_SHARED").map_or_else(|| workspace().join("../shared"), PathBuf::from);
    let config = shared.join("configs/reference_server.xml");
    if !config.exists() {
        syncloom_tests::skipped("the reference config is not here");
        return None;
    }
    Some(config)
}

/// What became of some text: the converted text without the time at which it was converted, and what was said.
fn convert(config: &PathBuf, from: &str, to: &str, text: &[u8]) -> (String, String) {
    let mut process = Command::new(binary())
        .arg("convert")
        .arg(config)
        .args(["--from", from, "--to", to])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(text).unwrap();
    let output = process.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{from} to {to}: {said}");
    let converted = String::from_utf8(output.stdout).unwrap();
    let lines = converted.split_inclusive('\n').filter(|line| !line.starts_with("DTSTAMP"));
    (lines.collect(), said)
}

/// Files of a folder with the datatype of each, of which there is an old one and a new one.
fn files(folder: &str, old: &str, new: &str) -> Vec<(String, String, Vec<u8>)> {
    let folder = workspace().join("tests/items").join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let file = |file: &PathBuf| {
        let bytes = fs::read(file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let is_old = text.lines().any(|line| ["VERSION:2.1", "VERSION:1.0"].contains(&line));
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        (name, if is_old { old } else { new }.to_owned(), bytes)
    };
    files.iter().map(file).collect()
}

/// A text in which a yearly rule names no month that is the one of its start.
fn without_own_month(text: &str) -> String {
    let line = |line: &str| match line.split_once("RRULE:YM1 ") {
        Some((_, rest)) => {
            let (month, end) = rest.split_once(' ').unwrap_or(("", rest));
            if month.parse::<u8>().is_ok() { format!("RRULE:YM1 {end}") } else { line.to_owned() }
        }
        None if line.starts_with("RRULE:FREQ=YEARLY;INTERVAL=1;BYMONTH=") && !line.contains("BYDAY") => {
            let parts = line.split(';').filter(|part| !part.starts_with("BYMONTH="));
            parts.collect::<Vec<_>>().join(";")
        }
        None => line.to_owned(),
    };
    text.split('\n').map(|one| line(one.trim_end_matches('\r'))).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_has_been_through_goes_through_unchanged() {
    let Some(config) = config() else { return };
    for (folder, old, new) in FOLDERS {
        for (name, from, bytes) in files(folder, old, new) {
            for to in [new, old] {
                let (once, _) = convert(&config, &from, to, &bytes);
                let (twice, said) = convert(&config, to, to, once.as_bytes());
                assert_eq!(without_own_month(&twice), without_own_month(&once), "{folder}/{name} as {to}");
                assert_eq!(said, "", "{folder}/{name} as {to}");
            }
        }
    }
}

#[test]
fn what_comes_out_says_the_same() {
    let Some(config) = config() else { return };
    let keeping = tempfile::tempdir().unwrap();
    let keeps = config_that_keeps(&config, keeping.path());
    for (folder, old, new) in FOLDERS {
        if !folder.ends_with("contacts") && !folder.ends_with("events") && !folder.ends_with("tasks") {
            continue;
        }
        for (name, from, bytes) in files(folder, old, new) {
            if from == new {
                // Those of `formats` have more than the config has places for, and rules that say the same in
                // another way.
                let is_format = folder.starts_with("formats");
                let (text, _) = convert(if is_format { &keeps } else { &config }, new, new, &bytes);
                let entry =
                    |text: &str| Entry::read(text).without(if is_format { &["VEVENT RRULE"] } else { &[] });
                let before = entry(&String::from_utf8(bytes).unwrap());
                assert_same(vec![before], vec![entry(&text)], &name);
            }
        }
    }
}

/// The config with a field for what its profiles do not know.
fn config_that_keeps(config: &PathBuf, folder: &std::path::Path) -> PathBuf {
    let mut text = fs::read_to_string(config).unwrap();
    for (list, profile) in [("contacts", "vCard"), ("calendar", "vCalendar")] {
        for (tag, more) in [
            (format!("<fieldlist name=\"{list}\">"), "<field name='REST' type='multiline' compare='never'/>"),
            (format!("<mimeprofile name=\"{profile}\" fieldlist=\"{list}\">"), "<unknowns field='REST'/>"),
        ] {
            assert!(text.contains(&tag), "no {tag} in the config");
            text = text.replace(&tag, &format!("{tag}{more}"));
        }
    }
    let config = folder.join("keeps.xml");
    fs::write(&config, text).unwrap();
    config
}

#[test]
fn what_has_no_place_is_kept_where_the_config_has_one_for_it() {
    let Some(config) = config() else { return };
    let folder = tempfile::tempdir().unwrap();
    let keeps = config_that_keeps(&config, folder.path());
    for (folder, old, new) in FOLDERS {
        if folder.ends_with("notes") || folder.ends_with("mails") {
            continue;
        }
        for (name, from, bytes) in files(folder, old, new) {
            let (_, lost) = convert(&config, &from, &from, &bytes);
            let (once, said) = convert(&keeps, &from, &from, &bytes);
            for what in ["no such property", "is not stored", "no such component", "more than once"] {
                assert!(!said.contains(what), "{folder}/{name}: {said}");
            }
            let lines: Vec<String> = once.lines().map(str::to_uppercase).collect();
            let names = lost.lines().filter(|line| line.contains("has no such property"));
            for property in names.filter_map(|line| line.split(": ").nth(1)) {
                let (property, is_it) = (property.to_uppercase(), |c: char| matches!(c, ';' | ':'));
                let stands = lines.iter().any(|line| {
                    let line = line.split_once('.').map_or(line.as_str(), |(_, line)| line);
                    line.strip_prefix(&property).is_some_and(|rest| rest.starts_with(is_it))
                }) || lines.iter().any(|line| line.starts_with(&property));
                assert!(stands, "{folder}/{name}: no {property} in {once}");
            }
            for to in [new, old] {
                let (once, _) = convert(&keeps, &from, to, &bytes);
                let (twice, _) = convert(&keeps, to, to, once.as_bytes());
                assert_eq!(without_own_month(&twice), without_own_month(&once), "{folder}/{name} as {to}");
            }
        }
    }
}

#[test]
fn forms_of_makers_become_usual_ones() {
    let Some(config) = config() else { return };
    for (folder, name, key, value) in [
        ("contacts", "android.vcf", "VCARD N", "Иванова;Мария"),
        ("contacts", "android.vcf", "VCARD ADR", "HOME|;;Тверская 12;Москва;;101000;Россия"),
        ("contacts", "android.vcf", "VCARD NOTE", "первая\nвторая; и т.д."),
        ("contacts", "android.vcf", "VCARD TEL", "CELL,PREF|+7-916-555-01-01"),
        ("contacts", "outlook.vcf", "VCARD N", "Müller;Jörg;K.;Herr;jun."),
        ("contacts", "outlook.vcf", "VCARD ORG", "Straßenbau “West” GmbH;Büro"),
        ("contacts", "outlook.vcf", "VCARD NOTE", "Zeile eins\nZeile zwei; mit Semikolon\ndrüben"),
        ("contacts", "outlook.vcf", "VCARD BDAY", "19710228"),
        ("contacts", "nokia.vcf", "VCARD ORG", "株式会社"),
        ("contacts", "nokia.vcf", "VCARD ADR", "HOME|;;丸の内 1-1;東京;;100-0005;日本"),
        ("contacts", "sonyericsson.vcf", "VCARD N", "Łukasiewicz;Zdzisław"),
        ("contacts", "sonyericsson.vcf", "VCARD TEL", "FAX|+48225550004"),
        ("formats/contacts", "nokia_s60.vcf", "VCARD N", "Mäkinen;Päivi"),
        ("formats/contacts", "nokia_s60.vcf", "VCARD NOTE", "Rivi 1\nRivi 2 – päättöyu"),
        ("formats/contacts", "nokia_s60.vcf", "VCARD TEL", "CELL,PREF,VOICE|+358 50 483 1234"),
        ("formats/contacts", "siemens.vcf", "VCARD N", "Müller;Jörg"),
        ("formats/contacts", "siemens.vcf", "VCARD NOTE", "Grüße\naus München"),
        (
            "formats/contacts",
            "motorola.vcf",
            "VCARD ADR",
            "WORK|;;Av. Juárez 10\nPiso 3;México;D.F.;06000;México",
        ),
        ("formats/contacts", "android_hebrew.vcf", "VCARD ADR", "HOME|;;דיזנגוף 1;תל אביב;;61000;ישראל"),
        ("formats/contacts", "android_hebrew.vcf", "VCARD NOTE", "😀 emoji\n👨\u{200d}👩\u{200d}👧"),
        ("formats/contacts", "samsung.vcf", "VCARD ADR", "HOME|;;세종로 1"),
        ("formats/contacts", "horde.vcf", "VCARD CATEGORIES", "Přátelé"),
        ("formats/contacts", "windows_mobile.vcf", "VCARD ORG", "Tech & Co;Dev;Ops"),
        ("formats/events", "funambol.vcs", "VEVENT SUMMARY", "Riunione settimanale – città"),
        ("formats/events", "funambol.vcs", "VEVENT RRULE", "BYDAY=MO,WE;FREQ=WEEKLY"),
        (
            "formats/events",
            "windows_mobile.vcs",
            "VEVENT RRULE",
            "BYDAY=3MO;FREQ=MONTHLY;UNTIL=20241216T150000Z",
        ),
        ("formats/events", "sony_ericsson_multi.vcs", "VEVENT EXDATE", "20240329T070000Z"),
        ("formats/events", "exchange_allday.ics", "VEVENT RRULE", "FREQ=YEARLY"),
        (
            "formats/events",
            "exchange_escaped_tzid.ics",
            "VEVENT RRULE",
            "BYDAY=1MO;FREQ=MONTHLY;UNTIL=20241202T090000Z",
        ),
        (
            "formats/events",
            "google.ics",
            "VEVENT RRULE",
            "BYDAY=MO,TU,WE,TH,FR;FREQ=WEEKLY;UNTIL=20240628T215959Z",
        ),
        (
            "formats/events",
            "korganizer.ics",
            "VEVENT RRULE",
            "BYMONTHDAY=15,-1;FREQ=MONTHLY;UNTIL=20240531T170000Z",
        ),
        (
            "formats/events",
            "lightning_hebrew.ics",
            "VEVENT RRULE",
            "BYDAY=SU,TU;FREQ=WEEKLY;INTERVAL=2;UNTIL=20240416T060000Z",
        ),
        ("formats/events", "horde.ics", "VEVENT RRULE", "BYDAY=MO;FREQ=WEEKLY;UNTIL=20240630"),
        ("formats/tasks", "blackberry.vcs", "VTODO DESCRIPTION", "One\nTwo = 2"),
        ("formats/tasks", "samsung.vcs", "VTODO SUMMARY", "장보기"),
        ("events", "nokia.vcs", "VEVENT SUMMARY", "会議"),
        ("events", "nokia.vcs", "VEVENT DTSTART", "20080305T090000Z"),
        ("events", "nokia.vcs", "VEVENT RRULE", "BYDAY=WE;FREQ=WEEKLY;UNTIL=20080625T090000Z"),
        ("events", "nokia.vcs", "VEVENT EXDATE", "20080319T090000Z"),
        ("events", "nokia.vcs", "VALARM TRIGGER", "-PT15M"),
        ("events", "palm.vcs", "VEVENT DTSTART", "20090710T143000Z (-300/-240)"),
        ("events", "palm.vcs", "VEVENT RRULE", "BYDAY=2FR;FREQ=MONTHLY;INTERVAL=6;UNTIL=20100731T143000Z"),
        ("events", "palm.vcs", "VEVENT ATTENDEE", "CN=Jane Doe,PARTSTAT=NEEDS-ACTION|jane@example.com"),
        ("events", "sonyericsson.vcs", "VEVENT DTSTART", "20090504"),
        ("events", "sonyericsson.vcs", "VEVENT CATEGORIES", "VACATION"),
        ("tasks", "nokia.vcs", "VTODO SUMMARY", "Käse kaufen"),
        ("tasks", "nokia.vcs", "VTODO DUE", "20080401"),
    ] {
        let (old, to) = if folder.ends_with("contacts") {
            ("vCard21", "vCard30")
        } else {
            ("vCalendar10", "iCalendar20")
        };
        let from = if name.ends_with(".ics") { to } else { old };
        let file = workspace().join("tests/items").join(folder).join(name);
        let (text, _) = convert(&config, from, to, &fs::read(file).unwrap());
        let entry = Entry::read(&text);
        assert!(entry.values(key).contains(&value.to_owned()), "{name}: {key} is {:?}", entry.values(key));
    }
}

#[test]
fn what_has_no_place_is_named() {
    let Some(config) = config() else { return };
    for (folder, from, name, lost) in [
        ("contacts", "vCard30", "ios.vcf", ["24: X-SOCIALPROFILE", "10: EMAIL: group item1", "TYPE=IPHONE"]),
        (
            "contacts",
            "vCard30",
            "evolution.vcf",
            ["LABEL: ", "X-EVOLUTION-SPOUSE: ", "X-EVOLUTION-ASSISTANT"],
        ),
        ("contacts", "vCard21", "outlook.vcf", ["X-MS-OL-DESIGN: ", "ROLE: ", "X-MS-IMADDRESS: "]),
        ("events", "iCalendar20", "outlook.ics", ["X-ALT-DESC: ", "ATTENDEE: parameter RSVP", "METHOD: "]),
        ("events", "vCalendar10", "nokia.vcs", ["X-SYMBIAN-LUID: ", "AALARM: parameter TYPE", "X-METHOD: "]),
        (
            "formats/contacts",
            "vCard30",
            "blackberry.vcf",
            ["7: ORG: more values", "X-RIM-PIN: ", "EMAIL: parameter PREF"],
        ),
        (
            "formats/contacts",
            "vCard21",
            "samsung.vcf",
            ["10: not a property", "X-GROUPMEMBERSHIP: ", "BDAY: parameter TYPE"],
        ),
        (
            "formats/events",
            "iCalendar20",
            "google.ics",
            ["VALARM: comes more than once", "ATTENDEE: parameter CUTYPE", "X-GOOGLE-CONFERENCE: "],
        ),
        ("mails", "email", "nested.eml", ["Message-ID: ", "text/html", "Received: "]),
        ("mails", "email", "broken.eml", ["4: Date: \"nonsense\"", "no base 64", "2 things lost"]),
    ] {
        let file = workspace().join("tests/items").join(folder).join(name);
        let (_, said) = convert(&config, from, from, &fs::read(file).unwrap());
        for lost in lost {
            assert!(said.contains(lost), "{name}: nothing of {lost:?} in {said}");
        }
    }
}

#[test]
fn a_zone_that_is_named_for_people_alone_is_known() {
    let Some(config) = config() else { return };
    for (id, expected) in [
        (
            "(GMT+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
            ";TZID=Europe/Amsterdam:20240612T140000",
        ),
        ("(GMT-08.00) Pacific Time (US & Canada)", ";TZID=America/Los_Angeles:20240612T140000"),
        ("W. Europe Standard Time", ";TZID=Europe/Berlin:20240612T140000"),
        ("GMT+0200", ":20240612T120000Z"),
        ("tzone://Microsoft/Utc", ":20240612T140000Z"),
    ] {
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Sitzung\r\n\
             DTSTART;TZID=\"{id}\":20240612T140000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        let (text, said) = convert(&config, "iCalendar20", "iCalendar20", text.as_bytes());
        assert!(text.contains(&format!("DTSTART{expected}\r\n")), "{id}: {text}");
        assert_eq!(said, "", "{id}");
    }
}
