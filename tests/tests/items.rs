//! Entries as the programs of several makers write them, put through `syncloom convert` with a config that people use:
//! what comes out says the same, comes out the same when it goes through again, and what has no place is named.
//!
//! The entries are in `tests/items`: add a file there and it is tried. The config is not part of the project; where it
//! is not there, the tests say so and pass.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use syncloom_tests::entry::Entry;
use syncloom_tests::same::assert_same;
use syncloom_tests::server::{binary, workspace};

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
        let is_old = ["VERSION:2.1", "VERSION:1.0"].iter().any(|version| text.contains(version));
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        (name, if is_old { old } else { new }.to_owned(), bytes)
    };
    files.iter().map(file).collect()
}

#[test]
fn what_has_been_through_goes_through_unchanged() {
    let Some(config) = config() else { return };
    for (folder, old, new) in [
        ("contacts", "vCard21", "vCard30"),
        ("events", "vCalendar10", "iCalendar20"),
        ("tasks", "vCalendar10", "iCalendar20"),
        ("notes", "note10", "note11"),
        ("mails", "email", "email"),
    ] {
        for (name, from, bytes) in files(folder, old, new) {
            for to in [new, old] {
                let (once, _) = convert(&config, &from, to, &bytes);
                let (twice, said) = convert(&config, to, to, once.as_bytes());
                // Where a yearly rule of vCalendar says no month, that of the start is written out.
                let twice = twice.replace("RRULE:YM1 2 #0", "RRULE:YM1 #0");
                assert_eq!(twice, once, "{folder}/{name} as {to}");
                assert_eq!(said, "", "{folder}/{name} as {to}");
            }
        }
    }
}

#[test]
fn what_comes_out_says_the_same() {
    let Some(config) = config() else { return };
    for (folder, old, new) in [
        ("contacts", "vCard21", "vCard30"),
        ("events", "vCalendar10", "iCalendar20"),
        ("tasks", "vCalendar10", "iCalendar20"),
    ] {
        for (name, from, bytes) in files(folder, old, new) {
            if from == new {
                let (text, _) = convert(&config, new, new, &bytes);
                let before = Entry::read(&String::from_utf8(bytes).unwrap());
                assert_same(vec![before], vec![Entry::read(&text)], &name);
            }
        }
    }
}

#[test]
fn old_forms_become_new_ones() {
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
        let (from, to) =
            if folder == "contacts" { ("vCard21", "vCard30") } else { ("vCalendar10", "iCalendar20") };
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
