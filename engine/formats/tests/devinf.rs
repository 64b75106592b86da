//! Device information: profiles as CTCap shows them, and what a peer's CTCap does to what it is sent.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use support::config::{codec, read};
use syncloom_formats::{NoteKind, Peer, PropertyCap, Style};
use syncloom_script::Value;

/// The properties of a datatype: name, values, `*` where it repeats, parameters with their values.
fn shown(name: &str, style: Style, variant: Option<&str>) -> Vec<String> {
    let line = |cap: &PropertyCap| {
        let parameters: Vec<String> =
            cap.parameters.iter().map(|one| format!(" {}={}", one.name, one.values.join(","))).collect();
        let occur = if cap.max_occur == Some(1) { "" } else { "*" };
        format!("{}{occur} [{}]{}", cap.name, cap.values.join(","), parameters.concat())
    };
    codec(name).capabilities_in(style, variant).properties.iter().map(line).collect()
}

#[test]
fn a_chosen_component_hides_the_others() {
    let begin = |variant| shown("diary20", Style::Named, variant)[0].clone();
    assert_eq!(begin(None), "BEGIN* [VCALENDAR,VTIMEZONE,STANDARD,DAYLIGHT,VEVENT,VALARM,VTODO]");
    assert_eq!(begin(Some("VEVENT")), "BEGIN* [VCALENDAR,VTIMEZONE,STANDARD,DAYLIGHT,VEVENT,VALARM]");
    let todo = shown("diary20", Style::Named, Some("VTODO"));
    assert!(todo.contains(&"DUE []".to_owned()) && !todo.iter().any(|line| line.starts_with("RRULE []")));
    assert!(todo.iter().any(|line| line == "TZOFFSETFROM* []"), "{todo:?}");
    assert!(!shown("diary10", Style::Named, None).iter().any(|line| line.starts_with("TZOFFSETFROM")));
}

#[test]
fn default_parameters_by_name_or_value_by_value() {
    let find =
        |name: &str, style| shown(name, style, None).into_iter().find(|line| line.starts_with("EMAIL"));
    assert_eq!(find("contact21", Style::Named).unwrap(), "EMAIL* [] TYPE=HOME,WORK,INTERNET");
    assert_eq!(find("contact21", Style::Enumerated).unwrap(), "EMAIL* [] HOME= WORK= INTERNET=");
    assert_eq!(find("contact30", Style::Enumerated).unwrap(), "EMAIL* [] TYPE=HOME,WORK,INTERNET");
}

#[test]
fn a_peers_ctcap_gives_fields_and_sizes() {
    let cap = |name: &str, max_size, max_occur, no_truncate| PropertyCap {
        name: name.into(),
        max_size,
        max_occur,
        no_truncate,
        ..PropertyCap::default()
    };
    let caps = [
        cap("N", None, None, false),
        cap("tel", None, Some(2), false),
        cap("NOTE", Some(6), None, false),
        cap("TITLE", Some(6), None, true),
        cap("BDAY", Some(4), None, false),
        cap("PHOTO", Some(3), None, false),
    ];
    let mut peer = Peer { fold: false, ..Peer::default() };
    peer.learn(&caps, false);
    let codec = codec("contact30");
    let text = "BEGIN:VCARD\nVERSION:3.0\nN:Muster;\nTEL:1\nTEL:2\nTEL:3\nNOTE:größer\nTITLE:director\nBDAY:19700401\n\
                URL:http://x.example\nPHOTO;ENCODING=B:SGVsbG8=\nEND:VCARD\n";
    let item = read(&codec, text).0;
    let mut out = Vec::new();
    let notes = codec.generate(&item, &peer, &mut out);
    let out = String::from_utf8(out).unwrap();
    let lines: Vec<&str> = out.lines().filter(|line| !line.starts_with("PRODID")).collect();
    assert_eq!(
        lines,
        ["BEGIN:VCARD", "VERSION:3.0", "N:Muster;;;;", "TEL:1", "TEL:2", "NOTE:größ", "END:VCARD"]
    );
    let kinds: Vec<NoteKind> = notes.into_iter().map(|note| note.kind).collect();
    use NoteKind::{LeftOut, TooMany, Truncated};
    assert_eq!(kinds, [LeftOut(6), LeftOut(4), TooMany(2), Truncated(6), LeftOut(3)]);

    let prepared = codec.for_peer(&peer);
    let (available, sizes) = (prepared.available_fields(), prepared.field_sizes());
    let at = |name: &str| item.list().find(name).unwrap().index();
    assert!(available[at("NOTE")] && available[at("LAST")] && !available[at("WEB")]);
    assert_eq!((sizes[at("NOTE")], sizes[at("LAST")]), (Some(6), None));

    // What comes back cut is no difference, so it replaces nothing.
    let back = prepared.parse(out.as_bytes()).unwrap().item;
    let mut comparer = syncloom_script::Comparer::new(item.list().clone());
    for (place, size) in sizes.iter().enumerate() {
        comparer.set_max_size(syncloom_script::FieldId(u16::try_from(place).unwrap()), *size);
    }
    let note = item.list().find("NOTE").unwrap();
    assert!(comparer.is_cut(note, syncloom_script::FieldType::Multiline, item.get(note), back.get(note)));
    assert_eq!(back.get(item.list().find("WEB").unwrap()), &Value::Unassigned);

    let mut ignoring = Peer::default();
    ignoring.learn(&caps, true);
    assert_eq!(codec.for_peer(&ignoring).field_sizes()[at("NOTE")], None);
}
