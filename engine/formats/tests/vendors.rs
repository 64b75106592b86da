//! Items as the programs and phones of several vendors write them: what a user sees in them is read, nothing of them
//! is lost, and writing what was read is a fixed point.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use support::config::{codec, read, texts, without_zones, written};
use syncloom_script::Value;

/// Reads a text and compares fields; what is written is a fixed point, and holds these lines.
#[track_caller]
fn reads(datatype: &str, text: &str, fields: &[(&str, &[&str])], lines: &[&str]) {
    let codec = codec(datatype);
    let (item, _) = read(&codec, text);
    for (name, values) in fields {
        assert_eq!(texts(&item, name), *values, "{name}");
    }
    let out = written(&codec, &item);
    for line in lines {
        assert!(out.contains(&format!("\n{line}\n")), "{line:?} is not in\n{out}");
    }
    let again = written(&codec, &read(&codec, &out).0);
    assert_eq!(without_zones(&again), without_zones(&out), "not a fixed point");
}

#[test]
fn a_contact_of_outlook() {
    reads(
        "contact21",
        "BEGIN:VCARD\nVERSION:2.1\nN;LANGUAGE=de-ch:Muster;Hans;;Dr.\nFN:Dr. Hans Muster\nORG:Muster AG;Forschung\n\
         TEL;WORK;VOICE:+41 (44) 123 45 67\nTEL;CELL;VOICE:079 111 22 33\nTEL;WORK;FAX:044 123 45 68\n\
         ADR;WORK;PREF:;;Hauptstr. 5;Zürich;ZH;8001;Schweiz\n\
         LABEL;WORK;PREF;ENCODING=QUOTED-PRINTABLE:Hauptstr. 5=0D=0A=\n8001 Z=FCrich\n\
         X-MS-OL-DEFAULT-POSTAL-ADDRESS:2\nURL;WORK:http://www.muster.example\nEMAIL;PREF;INTERNET:hans@muster.example\n\
         PHOTO;TYPE=JPEG;ENCODING=BASE64:\n /9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAIBAQIBAQICAgICAgICAwUDAwMDAwYEBAMFBwYH\n BwcG\n\n\
         X-MS-OL-DESIGN;CHARSET=utf-8:<card xmlns=\"http://x.example/2002/09/24\" ver=\"1.0\"/>\nREV:20120615T120000Z\nEND:VCARD\n",
        &[
            ("LAST", &["Muster"]),
            ("NUMBERS", &["+41 (44) 123 45 67", "079 111 22 33", "044 123 45 68"]),
            ("NUMBER_KINDS", &["18", "20", "10"]),
            ("TOWNS", &["Zürich"]),
            ("WEB", &["http://www.muster.example"]),
        ],
        &[
            "X-MS-OL-DEFAULT-POSTAL-ADDRESS:2",
            "URL;WORK:http://www.muster.example",
            "TEL;WORK;VOICE:+41 (44) 123 45 67",
        ],
    );
}

#[test]
fn a_contact_of_apple() {
    reads(
        "contact30",
        "BEGIN:VCARD\nVERSION:3.0\nPRODID:-//Apple Inc.//Mac OS X 10.9//EN\nN:太郎;山田;;;\nFN:山田 太郎\n\
         X-PHONETIC-FIRST-NAME:やまだ\nORG:会社;\nitem1.EMAIL;type=INTERNET;type=pref:taro@x.example\nitem1.X-ABLabel:_$!<Other>!$_\n\
         TEL;type=CELL;type=VOICE;type=pref:+81 90\nitem2.ADR;type=HOME;type=pref:;;1-2-3\\n二階;東京;;100;日本\n\
         item2.X-ABADR:jp\nitem3.URL;type=pref:http\\://x.example/\nBDAY;value=date:1970-04-01\n\
         PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\n SkZJRg==\nCATEGORIES:myContacts,友\nX-ABUID:5AD380FD\\:ABPerson\nEND:VCARD\n",
        &[
            ("FIRST", &["山田"]),
            ("MAILS", &["taro@x.example"]),
            ("STREETS", &["1-2-3\n二階"]),
            ("BORN", &["19700401"]),
            ("TAGS", &["myContacts", "友"]),
            ("WEB", &["http://x.example/"]),
        ],
        &["item1.X-ABLabel:_$!<Other>!$_", "item2.X-ABADR:jp", "X-ABUID:5AD380FD\\:ABPerson"],
    );
}

#[test]
fn contacts_of_nokia_and_sony_ericsson() {
    reads(
        "contact21",
        "BEGIN:VCARD\nVERSION:2.1\nREV:20080715T120000Z\n\
         N;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=D9=85=D8=B1=D8=AD=D8=A8=D8=A7;=\n=D8=B9=D9=84=D9=8A;;;\n\
         TEL;CELL:+20 1\nTEL;CELL;HOME:+20 2\nTEL;PAGER:3\nTEL;X-WAP:4\nX-CLASS:private\nX-ASSISTANT-TEL:5\n\
         NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=\n\n=D8=B9=0D=0A=\nx\nEND:VCARD\n",
        &[("LAST", &["مرحبا"]), ("FIRST", &["علي"]), ("NUMBERS", &["+20 1", "+20 2", "3", "4"])],
        &["TEL;X-WAP:4", "TEL;PAGER:3", "X-CLASS:private", "X-ASSISTANT-TEL:5"],
    );
    reads(
        "contact21",
        "BEGIN:VCARD\nVERSION:2.1\nN:Ericsson;Sony\nTITLE:\nORG:\nTEL;CELL:1\nX-IRMC-LUID:000200000102\nEND:VCARD\n",
        &[("LAST", &["Ericsson"]), ("JOB", &[]), ("NUMBERS", &["1"])],
        &["X-IRMC-LUID:000200000102"],
    );
}

#[test]
fn an_event_of_exchange() {
    let zone = "BEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\n\
        TZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\n\
        DTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n\
        RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n";
    let text = format!(
        "BEGIN:VCALENDAR\nMETHOD:PUBLISH\nPRODID:Microsoft Exchange Server 2010\nVERSION:2.0\n{zone}BEGIN:VEVENT\n\
         ORGANIZER;CN=\"Muster, Hans\":MAILTO:hans@muster.example\n\
         ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Kim:MAILTO:kim@x.example\n\
         DESCRIPTION;LANGUAGE=de-CH:Zeile 1\\nZeile 2\n\nSUMMARY;LANGUAGE=de-CH:Sitzung\n\
         RRULE:FREQ=WEEKLY;UNTIL=20081231T110000Z;INTERVAL=1;BYDAY=TU;WKST=MO\nUID:040000008200E00074C5\n\
         DTSTART;TZID=W. Europe Standard Time:20080715T120000\nDTEND;TZID=W. Europe Standard Time:20080715T130000\n\
         CLASS:PUBLIC\nPRIORITY:5\nDTSTAMP:20080701T080000Z\nTRANSP:OPAQUE\nSTATUS:CONFIRMED\nSEQUENCE:0\n\
         X-MICROSOFT-CDO-BUSYSTATUS:BUSY\nX-MICROSOFT-CDO-ALLDAYEVENT:FALSE\nBEGIN:VALARM\nACTION:DISPLAY\n\
         DESCRIPTION:REMINDER\nTRIGGER;RELATED=START:-PT15M\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n"
    );
    reads(
        "diary20",
        &text,
        &[
            ("TITLE", &["Sitzung"]),
            ("TEXT", &["Zeile 1\nZeile 2"]),
            ("BEGINS", &["20080715T120000"]),
            ("RULE", &["WW"]),
            ("GUESTS", &["kim@x.example"]),
            ("ALARM", &["-PT15M"]),
        ],
        &[
            "METHOD:PUBLISH",
            "SUMMARY;LANGUAGE=de-CH:Sitzung",
            "DTSTART;TZID=Europe/Zurich:20080715T120000",
            "ATTENDEE;CN=Kim;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:kim@x.example",
            "ORGANIZER;CN=\"Muster, Hans\":MAILTO:hans@muster.example",
            "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        ],
    );
}

#[test]
fn events_of_google_and_evolution() {
    reads(
        "diary20",
        "BEGIN:VCALENDAR\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\nVERSION:2.0\nCALSCALE:GREGORIAN\n\
         X-WR-CALNAME:me@x.example\nX-WR-TIMEZONE:Europe/Zurich\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20120615\n\
         DTEND;VALUE=DATE:20120617\nDTSTAMP:20120601T100000Z\nUID:abc@google.com\nDESCRIPTION:\nSEQUENCE:1\nSUMMARY:Two days\n\
         TRANSP:TRANSPARENT\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20130615\nRDATE;VALUE=DATE:20130622\nEND:VEVENT\nEND:VCALENDAR\n",
        &[("BEGINS", &["20120615"]), ("ENDS", &["20120617"]), ("EXCEPT", &["20130615"])],
        &[
            "DTEND;VALUE=DATE:20120617",
            "EXDATE;VALUE=DATE:20130615",
            "RDATE;VALUE=DATE:20130622",
            "CALSCALE:GREGORIAN",
        ],
    );
    reads(
        "diary20",
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VTIMEZONE\nTZID:/softwarestudio.org/Olson_20011030_5/America/Denver\n\
         X-LIC-LOCATION:America/Denver\nBEGIN:STANDARD\nTZOFFSETFROM:-0600\nTZOFFSETTO:-0700\nTZNAME:MST\nDTSTART:19701025T020000\n\
         RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\nTZOFFSETFROM:-0700\n\
         TZOFFSETTO:-0600\nTZNAME:MDT\nDTSTART:19700405T020000\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=4\n\
         END:DAYLIGHT\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:1\nSUMMARY:ski\n\
         DTSTART;TZID=/softwarestudio.org/Olson_20011030_5/America/Denver:20060406T163000\n\
         DTEND;TZID=/softwarestudio.org/Olson_20011030_5/America/Denver:20060406T173000\n\
         X-EVOLUTION-CALDAV-HREF:http://x.example/1.ics\nBEGIN:VALARM\nX-EVOLUTION-ALARM-UID:7\nACTION:DISPLAY\n\
         TRIGGER;VALUE=DURATION;RELATED=START:-PT1H\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n",
        &[("BEGINS", &["20060406T163000"]), ("ALARM", &["-PT1H"])],
        &["X-EVOLUTION-ALARM-UID:7", "X-EVOLUTION-CALDAV-HREF:http://x.example/1.ics"],
    );
}

#[test]
fn events_of_lotus_and_of_phones() {
    reads(
        "diary20",
        "BEGIN:VCALENDAR\nX-LOTUS-CHARSET:UTF-8\nVERSION:2.0\nMETHOD:REQUEST\nBEGIN:VTIMEZONE\nTZID:Singapore\n\
         BEGIN:STANDARD\nDTSTART:19500101T020000\nTZOFFSETFROM:+0800\nTZOFFSETTO:+0800\nEND:STANDARD\nEND:VTIMEZONE\n\
         BEGIN:VEVENT\nDTSTART;TZID=\"Singapore\":20080715T120000\nDTEND;TZID=\"Singapore\":20080715T110000\nSUMMARY:ends before it begins\n\
         X-LOTUS-UPDATE-SEQ:1\nDURATION:-PT1H\nEND:VEVENT\nEND:VCALENDAR\n",
        &[("LASTS", &["-PT1H"]), ("ENDS", &["20080715T110000"])],
        &["X-LOTUS-CHARSET:UTF-8", "X-LOTUS-UPDATE-SEQ:1", "DURATION:-PT1H"],
    );
    reads(
        "diary10",
        "BEGIN:VCALENDAR\nVERSION:1.0\nTZ:+02\nBEGIN:VEVENT\nUID:n\nSUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Caf=C3=A9\n\
         DTSTART:20080715T120000\nDTEND:20080715T130000\nX-EPOCAGENDAENTRYTYPE:APPOINTMENT\nCLASS:PUBLIC\n\
         AALARM;TYPE=X-EPOCSOUND:20080715T114500;;0;z:\\system\\sound.wav\nLAST-MODIFIED:20080701T080000\n\
         RRULE:D1 20080720\nEXDATE:20080716T120000;20080717T120000\nEND:VEVENT\nEND:VCALENDAR\n",
        &[
            ("TITLE", &["Café"]),
            ("BEGINS", &["20080715T120000+02"]),
            ("EXCEPT", &["20080716T120000+02", "20080717T120000+02"]),
            ("CHANGED", &["20080701T080000+02"]),
        ],
        &[
            "TZ:+02:00",
            "DAYLIGHT:FALSE",
            "DTSTART:20080715T100000Z",
            "X-EPOCAGENDAENTRYTYPE:APPOINTMENT",
            "AALARM;TYPE=X-EPOCSOUND:20080715T114500;;0;z:\\system\\sound.wav",
        ],
    );
}

#[test]
fn what_is_wrong_with_a_zone_is_told_of_each_item() {
    let (codec, peer) = (codec("diary10"), syncloom_formats::Peer::default());
    let codec = codec.for_peer(&peer);
    for (tz, told) in [("+01:00", 0), ("here", 1), ("+01:00", 0), ("here", 1)] {
        let text = format!(
            "BEGIN:VCALENDAR\nVERSION:1.0\nTZ:{tz}\nDAYLIGHT:TRUE;+02;20080330T020000;20081026T030000;CET;CEST\n\
             BEGIN:VEVENT\nUID:z\nSUMMARY:s\nDTSTART:20080715T120000\nEND:VEVENT\nEND:VCALENDAR\n"
        );
        let parsed = codec.parse(text.as_bytes()).unwrap();
        let unreadable = |note: &&syncloom_formats::Note| {
            matches!(note.kind, syncloom_formats::NoteKind::UnreadableZone(_))
        };
        assert_eq!(parsed.notes.iter().filter(unreadable).count(), told, "{tz}");
        let begins = parsed.item.list().find("BEGINS").unwrap();
        let Value::Timestamp(begins) = parsed.item.get(begins) else { panic!("{tz}") };
        assert_eq!(begins.to_utc().to_string(), "20080715T100000Z", "{tz}");
    }
}

#[test]
fn broken_items_are_read_as_far_as_they_make_sense() {
    let text = "junk\nBEGIN:VCARD\nVERSION:2.1\nN:A;B\nstray line\nTEL:1\nEND:VCALENDAR\nNOTE;ENCODING=QUOTED-PRINTABLE:x=ZZ=\n";
    let codec = codec("contact21");
    let (item, notes) = read(&codec, text);
    assert_eq!((texts(&item, "LAST"), texts(&item, "NUMBERS")), (vec!["A".into()], vec!["1".into()]));
    assert_eq!(texts(&item, "NOTE"), ["x=ZZ"]);
    let told: Vec<String> = notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 1: text before BEGIN is skipped",
            "line 5: not a property, skipped",
            "line 7: VCALENDAR: this END closes nothing",
            "line 8: END is missing",
        ]
    );
    let bare = codec.parse(b"BEGIN:VCARD\rVERSION:2.1\rN:A\rEND:VCARD\r", &syncloom_formats::Peer::default());
    assert_eq!(texts(&bare.unwrap().item, "LAST"), ["A"]);
    let calendar = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nSUMMARY:a\nBEGIN:VALARM\nTRIGGER:-PT5M\nBEGIN:X\nY:1\nEND:VEVENT\nEND:VCALENDAR\n";
    let (item, notes) = read(&support::config::codec("diary20"), calendar);
    assert_eq!((texts(&item, "ALARM"), notes.len()), (vec!["-PT5M".into()], 1));
}
