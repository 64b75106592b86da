//! What the original engine loses on realistic items survives here: a field takes it, or the field of `<unknowns>`
//! does, or a note names it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use support::config::{codec, read, texts, without_zones, written};
use syncloom_formats::{NoteKind, Peer};
use syncloom_script::Value;

/// Reads a text, writes it, and finds these lines in what was written; reading that again gives the same.
#[track_caller]
fn comes_back(datatype: &str, text: &str, lines: &[&str]) -> String {
    let codec = codec(datatype);
    let (item, _) = read(&codec, text);
    let out = written(&codec, &item);
    for line in lines {
        assert!(out.contains(&format!("\n{line}\n")), "{line:?} is not in\n{out}");
    }
    let again = written(&codec, &read(&codec, &out).0);
    // A zone that a definition names is the built-in one of that rule, which may begin in another year.
    assert_eq!(without_zones(&again), without_zones(&out), "not a fixed point");
    assert_eq!(written(&codec, &read(&codec, &again).0), again, "not a fixed point in the end");
    out
}

fn card(version: &str, lines: &str) -> String {
    format!("BEGIN:VCARD\nVERSION:{version}\nN:Muster;Anna;;;\n{lines}\nEND:VCARD\n")
}

fn event(lines: &str) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nSUMMARY:s\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n")
}

#[test]
fn text_of_every_character_set() {
    let codec = codec("contact21");
    for (label, bytes, text) in [
        ("windows-1251", &b"\xcf\xf0\xe8\xe2\xe5\xf2"[..], "Привет"),
        ("windows-1253", b"\xc1\xc8\xc7\xcd\xc1", "ΑΘΗΝΑ"),
        ("KOI8-R", b"\xf0\xd2\xc9\xd7\xc5\xd4", "Привет"),
        ("ISO-8859-2", b"\xa3\xf3d\xbc", "Łódź"),
        ("ISO-8859-15", b"\xa4", "€"),
        ("latin1", b"caf\xe9", "café"),
        ("utf8", "日本".as_bytes(), "日本"),
        ("GB2312", b"\xc4\xe3\xba\xc3", "你好"),
    ] {
        let mut data = format!("BEGIN:VCARD\r\nVERSION:2.1\r\nN:x\r\nNOTE;CHARSET={label}:").into_bytes();
        data.extend_from_slice(bytes);
        data.extend_from_slice(b"\r\nEND:VCARD\r\n");
        let parsed = codec.parse(&data, &Peer::default()).unwrap();
        assert_eq!((texts(&parsed.item, "NOTE"), parsed.notes), (vec![text.to_owned()], vec![]), "{label}");
    }
}

#[test]
fn a_zone_without_its_definition() {
    for (id, begins) in [
        ("America/New_York", "DTSTART;TZID=America/New_York:20080715T120000"),
        ("\"Europe/Zurich\"", "DTSTART;TZID=Europe/Zurich:20080715T120000"),
        (
            "/freeassociation.sourceforge.net/Tzfile/Europe/Berlin",
            "DTSTART;TZID=Europe/Berlin:20080715T120000",
        ),
        ("W. Europe Standard Time", "DTSTART;TZID=Europe/Berlin:20080715T120000"),
        ("CET/CEST", "DTSTART;TZID=Europe/Zurich:20080715T120000"),
        ("Nowhere in particular", "DTSTART:20080715T120000"),
    ] {
        let text = event(&format!("DTSTART;TZID={id}:20080715T120000"));
        comes_back("diary20", &text, &[begins]);
        let notes = read(&codec("diary20"), &text).1;
        let unknown = matches!(notes.as_slice(), [note] if matches!(note.kind, NoteKind::UnknownZone(_)));
        assert_eq!(unknown, id.starts_with("Nowhere"), "{notes:?}");
    }
}

#[test]
fn a_series_stays_one_beside_its_changed_instances() {
    let instance = "BEGIN:VEVENT\nUID:1\nSUMMARY:moved\nRECURRENCE-ID;TZID=Europe/Zurich:20080722T120000\n\
                    DTSTART;TZID=Europe/Zurich:20080722T140000\nEND:VEVENT";
    let series = "BEGIN:VEVENT\nUID:1\nSUMMARY:series\nDTSTART;TZID=Europe/Zurich:20080715T120000\n\
                  RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=TU\nEND:VEVENT";
    for components in [format!("{series}\n{instance}"), format!("{instance}\n{series}")] {
        let text = format!("BEGIN:VCALENDAR\nVERSION:2.0\n{components}\nEND:VCALENDAR\n");
        let (item, notes) = read(&codec("diary20"), &text);
        assert_eq!(
            (texts(&item, "TITLE"), texts(&item, "BEGINS")),
            (vec!["series".into()], vec!["20080715T120000".into()])
        );
        assert_eq!((texts(&item, "RULE"), notes), (vec!["WW".into()], vec![]));
        let out = comes_back("diary20", &text, &["SUMMARY:series", "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=TU"]);
        assert!(out.contains(instance), "{out}");
        assert_eq!(out.matches("BEGIN:VTIMEZONE").count(), 1, "{out}");
    }
}

#[test]
fn a_changed_instance_in_a_zone_of_its_own_is_kept_in_utc() {
    let zone = "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0245\n\
                TZOFFSETTO:+0245\nEND:STANDARD\nEND:VTIMEZONE";
    let text = format!(
        "BEGIN:VCALENDAR\nVERSION:2.0\n{zone}\nBEGIN:VEVENT\nSUMMARY:a\nDTSTART:20080715T120000Z\nRRULE:FREQ=DAILY\nEND:VEVENT\n\
         BEGIN:VEVENT\nSUMMARY:b\nRECURRENCE-ID;TZID=Ours:20080716T144500\nDTSTART;TZID=Ours:20080716T164500\nEND:VEVENT\n\
         END:VCALENDAR\n"
    );
    comes_back("diary20", &text, &["RECURRENCE-ID:20080716T120000Z", "DTSTART:20080716T140000Z"]);
}

#[test]
fn recurrence_that_no_field_holds() {
    for rule in [
        "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
        "RRULE:FREQ=YEARLY;BYYEARDAY=197",
        "RRULE:FREQ=HOURLY;COUNT=5",
    ] {
        let text = event(&format!("DTSTART:20080715T120000Z\n{rule}"));
        comes_back("diary20", &text, &[rule]);
        let notes = read(&codec("diary20"), &text).1;
        assert!(
            matches!(notes.as_slice(), [note] if matches!(note.kind, NoteKind::RuleRefused(_))),
            "{notes:?}"
        );
    }
    // Without a start nobody can tell when so many occurrences are over.
    for rule in ["RRULE:FREQ=DAILY;COUNT=5", "RRULE:D1 #5"] {
        comes_back("diary20", &event(rule), &[rule]);
    }
    let dates = "RDATE;VALUE=DATE:20080801,20080901";
    comes_back("diary20", &event(&format!("DTSTART:20080715T120000Z\n{dates}")), &[dates]);
    let (first, second) = ("RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=TU", "RRULE:FREQ=MONTHLY;BYMONTHDAY=1");
    comes_back("diary20", &event(&format!("DTSTART:20080715T120000Z\n{first}\n{second}")), &[first, second]);
}

#[test]
fn a_kept_rule_gives_way_to_one_of_ours() {
    let codec = codec("diary20");
    let text = event("DTSTART:20080715T120000Z\nRRULE:FREQ=YEARLY;BYYEARDAY=197");
    let (mut item, _) = read(&codec, &text);
    let (other, _) = read(&codec, &event("DTSTART:20080715T120000Z\nRRULE:FREQ=DAILY"));
    for name in ["RULE", "RULE_EVERY", "RULE_FIRST", "RULE_LAST", "RULE_UNTIL"] {
        let id = item.list().find(name).unwrap();
        item.set(id, other.get(id).clone());
    }
    let out = written(&codec, &item);
    assert!(out.contains("RRULE:FREQ=DAILY;INTERVAL=1\n") && !out.contains("BYYEARDAY"), "{out}");
}

#[test]
fn monthly_rules_and_exceptions_in_both_dialects() {
    let (item, _) = read(
        &codec("diary20"),
        &event("DTSTART;TZID=Europe/Zurich:20080715T120000\nRRULE:FREQ=MONTHLY\nEXDATE:20080815T100000Z"),
    );
    let out = written(&codec("diary10"), &item);
    assert!(out.contains("\nRRULE:MD1 #0\n") && out.contains("\nEXDATE:20080815T100000Z\n"), "{out}");
    let out = written(&codec("diary20"), &item);
    assert!(out.contains("\nEXDATE:20080815T100000Z\n"), "a time in UTC stays one: {out}");
}

#[test]
fn exceptions_of_several_kinds_stand_apart() {
    let lines = "DTSTART;TZID=Europe/Zurich:20080715T120000\nRRULE:FREQ=DAILY\n\
        EXDATE;TZID=Europe/Zurich:20080716T120000,20080717T120000\nEXDATE;VALUE=DATE:20080718\nEXDATE:20080719T100000Z\n\
        EXDATE;TZID=America/New_York:20080720T060000";
    let text = event(lines);
    comes_back(
        "diary20",
        &text,
        &[
            "EXDATE;TZID=Europe/Zurich:20080716T120000,20080717T120000",
            "EXDATE;VALUE=DATE:20080718",
            "EXDATE:20080719T100000Z",
            "EXDATE;TZID=America/New_York:20080720T060000",
        ],
    );
}

#[test]
fn several_alarms() {
    let second =
        "BEGIN:VALARM\nACTION:EMAIL\nTRIGGER;RELATED=END:PT5M\nATTENDEE:mailto:a@x.example\nEND:VALARM";
    let alarms =
        format!("BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER;RELATED=END:-PT10M\nX-WHY:not\nEND:VALARM\n{second}");
    let text = event(&format!("DTSTART:20080715T120000Z\n{alarms}"));
    let (item, _) = read(&codec("diary20"), &text);
    assert_eq!(
        (texts(&item, "ALARM"), texts(&item, "ALARM_FROM")),
        (vec!["-PT10M".into()], vec!["END".into()])
    );
    let out = comes_back("diary20", &text, &["TRIGGER;VALUE=DURATION;RELATED=END:-PT10M", "X-WHY:not"]);
    assert!(out.contains(second), "{out}");
}

#[test]
fn repeated_properties_and_values_beyond_the_profile() {
    let text = card(
        "3.0",
        "NOTE:one\nNOTE:two\\, with comma\nTITLE:chief\nTITLE:cook\nORG:Works\\; Inc.;Lab;Room 7;Desk\nNICKNAME:An,Anni",
    );
    let lines = [
        "NOTE:one",
        "NOTE:two\\, with comma",
        "TITLE:chief",
        "TITLE:cook",
        "ORG:Works\\; Inc.;Lab;Room 7;Desk",
        "NICKNAME:An,Anni",
    ];
    comes_back("contact30", &text, &lines);
    let (item, notes) = read(&codec("contact30"), &text);
    assert_eq!((texts(&item, "NOTE"), notes), (vec!["one".into()], vec![]));
}

#[test]
fn pictures_that_are_addresses_birthdays_without_a_year_and_lists_of_types() {
    let text = card(
        "3.0",
        "PHOTO;VALUE=uri:http://x.example/p.jpg\nBDAY:--0401\nTEL;TYPE=\"WORK\",\"FAX\":1\nTEL;TYPE=CAR,HOME:2",
    );
    let lines = [
        "PHOTO;VALUE=URI:http://x.example/p.jpg",
        "BDAY:--0401",
        "TEL;TYPE=WORK,FAX:1",
        "TEL;TYPE=HOME;TYPE=CAR:2",
    ];
    comes_back("contact30", &text, &lines);
}

#[test]
fn groups_parameters_and_properties_of_other_vendors() {
    let apple = "item1.EMAIL;TYPE=INTERNET:a@x.example\nitem1.X-ABLabel:_$!<HomePage>!$_\n\
                 TEL;TYPE=HOME;X-PREFIX=00;PREF=1:123\nX-SOCIALPROFILE;type=\"a;b\":http://x.example/\\,\n\
                 NOTE;LANGUAGE=de:Straße";
    let text = card("3.0", apple);
    comes_back("contact30", &text, &apple.lines().collect::<Vec<_>>());
}

#[test]
fn values_without_fields_between_others() {
    let lines = [
        "X-PLACE:Haus;Zürich;CH",
        "X-PLACE:;Bern;",
        "X-PLACE:a\\;b\\\\;Zürich;line\\nline",
        "X-PLACE:nothing;;else",
        "X-PLACE:Haus;Zürich;CH;too;much",
    ];
    let out = comes_back("contact30", &card("3.0", &lines.join("\n")), &lines);
    assert_eq!(out.matches("X-PLACE").count(), lines.len(), "{out}");
    let titled = "N:Muster;Anna;;Dr.;jun.";
    comes_back("contact21", &format!("BEGIN:VCARD\nVERSION:2.1\n{titled}\nEND:VCARD\n"), &[titled]);
    // They go with their value, and a value that changes loses them.
    let codec = codec("contact30");
    let (mut item, _) = read(&codec, &card("3.0", &lines[..2].join("\n")));
    let places = item.list().find("PLACES").unwrap();
    item.set_at(places, 0, Value::Text("Genf".into()));
    let out = written(&codec, &item);
    assert!(out.contains("\nX-PLACE:;Genf;\nX-PLACE:;Bern;\n"), "{out}");
}

#[test]
fn a_component_whose_name_looks_like_another_stays_what_it_is() {
    let odd = "BEGIN:VEVEN\\T\nX:1\nEND:VEVEN\\T";
    let text =
        format!("BEGIN:VCALENDAR\nVERSION:1.0\n{odd}\nBEGIN:VEVENT\nSUMMARY:s\nEND:VEVENT\nEND:VCALENDAR\n");
    comes_back("diary10", &text, &[odd]);
}

#[test]
fn what_is_kept_crosses_from_one_dialect_to_the_other() {
    let text = card(
        "2.1",
        "X-FOO;HOME;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:gr=C3=BC=C3=9Fe=0D=0Azwei;C:\\new\nX-KEY;BASE64:\n SGVsbG8=\n",
    );
    let (item, _) = read(&codec("contact21"), &text);
    let standard = written(&codec("contact30"), &item);
    assert!(standard.contains("\nX-FOO;TYPE=HOME:grüße\\nzwei;C:\\\\new\n"), "{standard}");
    assert!(standard.contains("\nX-KEY;ENCODING=B:SGVsbG8=\n"), "{standard}");
    let old = written(&codec("contact21"), &item);
    assert!(
        old.contains(
            "X-FOO;HOME;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:gr=C3=BC=C3=9Fe=0D=0A=\nzwei;C:\\new\n"
        ),
        "{old}"
    );
    assert_eq!(written(&codec("contact21"), &read(&codec("contact21"), &old).0), old);
}

#[test]
fn a_note_does_not_grow() {
    let text = card("2.1", "NOTE;ENCODING=QUOTED-PRINTABLE:one=0D=0A=\ntwo=0D=0A");
    let mut out = comes_back("contact21", &text, &[]);
    for _ in 0..3 {
        out = written(&codec("contact21"), &read(&codec("contact21"), &out).0);
    }
    assert_eq!(texts(&read(&codec("contact21"), &out).0, "NOTE"), ["one\ntwo\n"]);
}

#[test]
fn a_peer_that_says_what_it_knows_gets_nothing_else_and_erases_nothing() {
    let codec = codec("contact30");
    let (item, _) = read(&codec, &card("3.0", "X-FOO:1\nNOTE:n"));
    let available = Some(["N", "NOTE"].map(str::to_owned).into());
    let peer = Peer { available, ..Peer::default() };
    let mut out = Vec::new();
    codec.generate(&item, &peer, &mut out);
    let out = String::from_utf8(out).unwrap();
    assert!(out.contains("NOTE:n") && !out.contains("X-FOO"), "{out}");
    let parsed = codec.parse(out.as_bytes(), &peer).unwrap();
    let id = parsed.item.list().find("UNKNOWN").unwrap();
    assert!(!parsed.item.get(id).is_assigned());
    assert!(
        !codec.available_fields(&peer)[id.index()] && codec.available_fields(&Peer::default())[id.index()]
    );
}
