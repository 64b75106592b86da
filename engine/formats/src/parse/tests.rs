//! Text to items, over small profiles of every kind. Not its job: lines, values and encodings, which have their
//! tests beside them.

use std::collections::HashSet;
use std::sync::Arc;

use syncloom_config::{
    BaseType, Combine, Conversion, DataType, EnumMode, MimeMode, Position, ProfileUse, Property, Repeat,
    Selector, ValueCount, ValueMap,
};
use syncloom_script::Value;

use crate::testing::{Builder, array, contacts, fields, generated, parameter, parsed, position, texts};
use crate::{Codec, Note, NoteKind, ParseError, Peer};

/// The example of manual 10.3.7: four numbers for a purpose, and four more.
fn telephones(mode: MimeMode) -> Arc<DataType> {
    let list = fields(
        "telephones",
        &[
            "TEL_HOME",
            "TEL_WORK",
            "TEL_MOBILE",
            "TEL_FAX",
            "TEL_AUX_1",
            "TEL_AUX_2",
            "TEL_AUX_3",
            "TEL_AUX_4",
        ],
    );
    let (home, work, cell, fax, voice) = ((0, 0), (0, 1), (0, 2), (0, 3), (0, 4));
    Builder::new(list, "VCARD")
        .property("TEL", &["TEL_HOME"], |_, property| {
            let mut types = parameter("TYPE", None, &["HOME", "WORK", "CELL", "FAX", "VOICE"]);
            (types.default, types.positional) = (true, true);
            property.parameters.push(types);
            let once = |offset, has| Position { has: vec![has], ..position(offset, Repeat::Times(1)) };
            property.positions = vec![
                Position { has_not: vec![fax, cell], shows: vec![voice], ..once(0, home) },
                Position { has_not: vec![fax, cell], shows: vec![voice], ..once(1, work) },
                Position { shows: vec![voice], ..once(2, cell) },
                once(3, fax),
                Position { min_show: Some(0), ..position(4, Repeat::Times(4)) },
            ];
        })
        .build(BaseType::VCard, "2.1", mode)
}

/// One property over fields, changed by the test.
fn single(specs: &[&str], first: &str, change: impl FnOnce(&Builder, &mut Property)) -> Arc<DataType> {
    Builder::new(fields("test", specs), "T").property("P", &[first], change).build(
        BaseType::MimeDir,
        "1",
        MimeMode::Standard,
    )
}

fn read(datatype: &Arc<DataType>, lines: &[&str]) -> (syncloom_script::Item, Vec<NoteKind>) {
    let ProfileUse::Mime(profile) = &datatype.profile else { unreachable!() };
    let name = &profile.root.name;
    let text = format!("BEGIN:{name}\r\n{}\r\nEND:{name}\r\n", lines.join("\r\n"));
    let (item, notes) = parsed(datatype, &text);
    (item, notes.into_iter().map(|note| note.kind).collect())
}

#[test]
fn the_eight_telephones_of_the_manual() {
    let datatype = telephones(MimeMode::Old);
    let lines = [
        "TEL;HOME:1",
        "TEL;WORK;FAX:2",
        "TEL;HOME;FAX:3",
        "TEL;CELL;WORK:4",
        "TEL;HOME:5",
        "TEL;WORK;VOICE:6",
        "TEL:7",
        "TEL;PAGER:8",
        "TEL;CELL:9",
    ];
    let (item, notes) = read(&datatype, &lines);
    let stored: Vec<String> = item.iter().map(|(_, value)| value.to_text()).collect();
    assert_eq!(stored, ["1", "6", "4", "2", "3", "5", "7", "8"]);
    assert!(notes.contains(&NoteKind::NoPlaceLeft), "the ninth number is told: {notes:?}");
    let text = generated(&datatype, &item);
    assert_eq!(
        text,
        "BEGIN:VCARD\r\nTEL;HOME;VOICE:1\r\nTEL;WORK;VOICE:6\r\nTEL;CELL;VOICE:4\r\nTEL;FAX:2\r\n\
         TEL:3\r\nTEL:5\r\nTEL:7\r\nTEL:8\r\nEND:VCARD\r\n"
    );
    let (empty, _) = read(&datatype, &["TEL;WORK:6"]);
    assert_eq!(
        generated(&datatype, &empty),
        "BEGIN:VCARD\r\nTEL;HOME;VOICE:\r\nTEL;WORK;VOICE:6\r\nTEL;CELL;VOICE:\r\nTEL;FAX:\r\nEND:VCARD\r\n"
    );
}

#[test]
fn blocks_of_two_fields_repeat_with_an_increment_of_two() {
    let datatype = single(&["MAIL_1", "KIND_1", "MAIL_2", "KIND_2"], "MAIL_1", |builder, property| {
        property.parameters.push(parameter("TYPE", Some(builder.id("KIND_1")), &[]));
        property.positions.push(Position { increment: 2, ..position(0, Repeat::Times(2)) });
    });
    let (item, notes) = read(&datatype, &["P;TYPE=x:a", "P;TYPE=y:b", "P:c"]);
    let stored: Vec<String> = item.iter().map(|(_, value)| value.to_text()).collect();
    assert_eq!(stored, ["a", "x", "b", "y"]);
    assert_eq!(notes, [NoteKind::NoPlaceLeft]);
}

#[test]
fn rewrite_keeps_the_last_and_no_position_the_first_and_both_say_so() {
    let rewrite = single(&["A"], "A", |_, property| property.positions.push(position(0, Repeat::Rewrite)));
    let single = single(&["A"], "A", |_, _| {});
    for (datatype, stored, note) in
        [(rewrite, "two", NoteKind::Replaced), (single, "one", NoteKind::Repeated)]
    {
        let (item, notes) = read(&datatype, &["P:one", "P:two", "P:"]);
        assert_eq!(texts(&item, "A"), [stored]);
        assert_eq!(notes, [note]);
    }
}

#[test]
fn empty_occurrences_are_overwritten_unless_the_position_keeps_them() {
    let with = |overwrite_empty| {
        single(&["A[]"], "A", |_, property| {
            property.positions.push(Position { overwrite_empty, ..array(0) });
        })
    };
    let lines = ["P:", "P:x", "P:", "P:y"];
    assert_eq!(texts(&read(&with(true), &lines).0, "A"), ["x", "y"]);
    assert_eq!(texts(&read(&with(false), &lines).0, "A"), ["", "x", "", "y"]);
}

#[test]
fn a_shared_count_goes_on_where_the_position_before_stopped() {
    let datatype = single(&["A", "B", "C", "D"], "A", |_, property| {
        property.positions.push(position(0, Repeat::Times(2)));
        property.positions.push(Position { share_previous_count: true, ..position(0, Repeat::Times(4)) });
    });
    let (item, _) = read(&datatype, &["P:1", "P:2", "P:3", "P:4"]);
    let stored: Vec<String> = item.iter().map(|(_, value)| value.to_text()).collect();
    assert_eq!(stored, ["1", "2", "3", "4"]);
}

#[test]
fn combined_values_share_a_field() {
    let datatype = single(&["A"], "A", |_, property| property.values[0].combine = Combine::With('\n'));
    let (item, notes) = read(&datatype, &["P:one", "P:two", "P:three"]);
    assert_eq!(texts(&item, "A"), ["one\ntwo\nthree"]);
    assert_eq!(notes, []);
    assert_eq!(generated(&datatype, &item), "BEGIN:T\r\nP:one\\ntwo\\nthree\r\nEND:T\r\n");
}

#[test]
fn properties_of_one_group_have_one_index() {
    let list = fields("test", &["ORG[]", "TITLE[]", "GROUP[]"]);
    let grouped = |builder: &Builder, property: &mut Property| {
        property.group_field = Some(builder.id("GROUP"));
        property.positions.push(array(0));
    };
    let datatype = Builder::new(list, "T")
        .property("ORG", &["ORG"], grouped)
        .property("TITLE", &["TITLE"], grouped)
        .build(BaseType::MimeDir, "1", MimeMode::Standard);
    let lines =
        ["A.ORG:own", "B.ORG:employer", "b.TITLE:employee", "a.TITLE:boss", "ORG:club", "C.TITLE:chair"];
    let (item, notes) = read(&datatype, &lines);
    assert_eq!(texts(&item, "ORG"), ["own", "employer", "club"]);
    assert_eq!(texts(&item, "TITLE"), ["boss", "employee", "", "chair"]);
    assert_eq!(texts(&item, "GROUP"), ["A", "B", "", "C"]);
    assert_eq!(notes, []);
    let text = generated(&datatype, &item);
    assert!(text.contains("A.ORG:own\r\nB.ORG:employer\r\nORG:club\r\nA.TITLE:boss\r\n"), "{text}");
}

#[test]
fn a_group_that_is_not_stored_is_told() {
    let datatype = contacts(MimeMode::Standard);
    let (item, notes) = read(&datatype, &["VERSION:3.0", "item1.TEL:5"]);
    assert_eq!(texts(&item, "TEL"), ["5"]);
    assert_eq!(notes, [NoteKind::UnstoredGroup("item1".into())]);
}

#[test]
fn parameters_in_all_forms_reach_the_flags() {
    let datatype = contacts(MimeMode::Old);
    for line in [
        "TEL;HOME;CELL:1",
        "TEL;TYPE=home,cell:1",
        "TEL;type=HOME;TYPE=\"CELL\":1",
        "TEL;TYPE=\"home,cell\":1",
    ] {
        let (item, _) = read(&datatype, &["VERSION:2.1", line]);
        assert_eq!(texts(&item, "TEL_FLAGS"), ["9"], "{line}");
    }
    let (item, notes) =
        read(&datatype, &["VERSION:2.1", "TEL;TYPE=\"WORK\",\"X-CustomLabel-a,b\";CAR;X-Y=1:1"]);
    assert_eq!(
        (texts(&item, "TEL_FLAGS"), texts(&item, "TEL_LABEL")),
        (vec!["2".into()], vec!["a,b".into()])
    );
    let unknown = |name: &str| NoteKind::UnknownParameter(name.into());
    assert_eq!(notes, [unknown("X-Y"), unknown("TYPE=CAR")]);
}

#[test]
fn what_the_text_does_not_mention_is_empty_and_what_it_cannot_hold_is_unassigned() {
    let codec = Codec::new(contacts(MimeMode::Standard));
    let text = b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:A;B\r\nEND:VCARD\r\n";
    let value = |item: &syncloom_script::Item, name: &str| item.get(item.list().find(name).unwrap()).clone();
    let item = codec.parse(text, &Peer::default()).unwrap().item;
    assert_eq!(value(&item, "NOTE"), Value::Empty);
    assert_eq!(value(&item, "TEL"), Value::Array(vec![]));
    assert_eq!(value(&item, "LEVEL"), Value::Unassigned, "in no property");
    // The peer lists neither the note nor the mandatory name, which takes part all the same.
    let names = ["BEGIN", "END", "VERSION", "TEL"].map(str::to_owned);
    let peer = Peer { available: Some(HashSet::from(names)), ..Peer::default() };
    let item = codec.parse(text, &peer).unwrap().item;
    assert_eq!(value(&item, "NOTE"), Value::Unassigned);
    assert_eq!(value(&item, "TEL_LABEL"), Value::Array(vec![]), "moved to by a rule of TEL");
    assert_eq!(value(&item, "FIRST"), Value::Text("B".into()));
    let available = codec.available_fields(&peer);
    let is_available = |name: &str| available[item.list().find(name).unwrap().index()];
    assert_eq!(
        ["LEVEL", "LAST", "NOTE", "TEL", "PHOTO"].map(is_available),
        [false, true, false, true, false]
    );
    let mut out = Vec::new();
    codec.generate(&item, &peer, &mut out);
    let out = String::from_utf8(out).unwrap();
    assert!(
        out.contains("VERSION:3.0\r\nPRODID:-//Syncloom//") && out.contains("N:A;B\r\nTEL:\r\nEND"),
        "{out}"
    );
}

#[test]
fn charsets_of_values_and_what_is_none() {
    let codec = Codec::new(contacts(MimeMode::Old));
    for (line, last) in [
        (&b"N;CHARSET=windows1251;ENCODING=QUOTED-PRINTABLE:=CF=F0;x"[..], "Пр"),
        (b"N;CHARSET=GB2312;ENCODING=QUOTED-PRINTABLE:=C4=E3;x", "你"),
        (b"N;CHARSET=Shift_JIS:\x83\x5c;x", "ソ"),
        (b"N:D\xfcrst;x", "Dürst"),
        (b"N;CHARSET=x-odd:D\xfcrst;x", "Dürst"),
    ] {
        let text = [b"BEGIN:VCARD\r\nVERSION:2.1\r\n", line, b"\r\nEND:VCARD\r\n"].concat();
        let item = codec.parse(&text, &Peer::default()).unwrap().item;
        assert_eq!(
            (texts(&item, "LAST"), texts(&item, "FIRST")),
            (vec![last.to_owned()], vec!["x".to_owned()])
        );
    }
}

#[test]
fn what_is_skipped_is_told_with_its_line() {
    let text = "BEGIN:VCARD\r\nVERSION:9\r\nX-ODD:1\r\nno colon\r\nBEGIN:ODD\r\nTEL:9\r\nEND:ODD\r\nEND:LOST\r\n\
                N:a;b;c\r\nPHOTO;ENCODING=odd:x\r\nTEL:\0\r\nEND:VCARD\r\nTEL:1\r\n";
    let (_, notes) = parsed(&contacts(MimeMode::Old), text);
    let told: Vec<String> = notes.iter().map(Note::to_string).collect();
    assert_eq!(
        told,
        [
            "line 2: VERSION: version 9 is not that of the datatype",
            "line 3: X-ODD: the profile has no such property, skipped",
            "line 4: not a property, skipped",
            "line 5: ODD: the profile has no such component here, skipped",
            "line 8: LOST: this END closes nothing",
            "line 9: N: more values than the profile has, the rest is skipped",
            "line 10: PHOTO: encoding odd is not known, taken as it stands",
            "line 11: TEL: NUL characters are dropped",
            "line 13: text after END is skipped",
        ]
    );
}

#[test]
fn flags_of_a_list_are_all_set() {
    let datatype = single(&["FLAGS:integer"], "FLAGS", |_, property| {
        (property.count, property.separator) = (ValueCount::List, ',');
        property.values[0].conversion = Conversion::Bitmap;
    });
    for lines in [&["P:0,4"][..], &["P:4", "P:0"]] {
        let (item, notes) = read(&datatype, lines);
        assert_eq!((texts(&item, "FLAGS"), notes), (vec!["17".to_owned()], vec![]));
        assert_eq!(generated(&datatype, &item), "BEGIN:T\r\nP:0,4\r\nEND:T\r\n");
    }
}

#[test]
fn what_is_no_value_takes_no_place() {
    let datatype = single(&["BORN:date"], "BORN", |_, _| {});
    let (item, notes) = read(&datatype, &["P:unknown", "P:19700401", "P:19800401"]);
    assert_eq!(texts(&item, "BORN"), ["19700401"]);
    assert_eq!(notes, [NoteKind::NotUnderstood("unknown".into()), NoteKind::Repeated]);
    let datatype = single(&["DAYS:date[]"], "DAYS", |_, property| property.positions.push(array(0)));
    let (item, _) = read(&datatype, &["P:19700401", "P:never", "P:19800401"]);
    assert_eq!(texts(&item, "DAYS"), ["19700401", "19800401"]);
}

#[test]
fn a_value_between_others_that_has_no_field_is_told() {
    let datatype = single(&["A", "C"], "A", |builder, property| {
        property.count = ValueCount::Fixed(3);
        let third = ValueMap { index: 2, ..property.values[0].clone() };
        property.values.push(ValueMap { field: Some(builder.id("C")), ..third });
    });
    let (item, notes) = read(&datatype, &["P:a;b;c"]);
    assert_eq!((texts(&item, "A"), texts(&item, "C")), (vec!["a".into()], vec!["c".into()]));
    assert_eq!(notes, [NoteKind::UnstoredValue(2)]);
    assert_eq!(read(&datatype, &["P:a;;c"]).1, []);
}

/// A calendar in small: entries of two kinds, with an alarm in one of them.
fn calendar(mandatory: u32) -> Arc<DataType> {
    let list = fields("calendar", &["KIND", "SUMMARY", "DUE", "ALARM", "RULE", "LATE"]);
    let entry = |value: &'static str| {
        move |builder: &Builder, profile: &mut syncloom_config::Profile| {
            profile.selector = Some(Selector { field: builder.id("KIND"), value: value.into() });
            profile.num_mandatory = mandatory;
        }
    };
    let summary = |inner: Builder| {
        inner
            .property("SUMMARY", &["SUMMARY"], |_, property| {
                (property.mandatory, property.suppress_empty) = (true, true)
            })
            .property("LATE", &["LATE"], |_, property| {
                (property.delayed_parsing, property.suppress_empty) = (1, true);
                property.values[0].conversion = Conversion::EmptyOnly;
            })
            .property("EARLY", &["LATE"], |_, property| property.suppress_empty = true)
    };
    let alarm = |inner: Builder| {
        let none = |_: &Builder, _: &mut Property| {};
        summary(inner).component(
            "ALARM",
            |inner| inner.property("TRIGGER", &["ALARM"], none),
            |builder, profile| {
                profile.selector = Some(Selector { field: builder.id("ALARM"), value: String::new() });
            },
        )
    };
    Builder::new(list, "CAL")
        .component("EVENT", alarm, entry("event"))
        .component("TODO", |inner| summary(inner).property("DUE", &["DUE"], |_, _| {}), entry("todo"))
        .build(BaseType::VCalendar, "2.0", MimeMode::Standard)
}

#[test]
fn components_are_selected_by_their_field() {
    let datatype = calendar(0);
    let text = "BEGIN:CAL\r\nBEGIN:EVENT\r\nSUMMARY:a\r\nBEGIN:ALARM\r\nTRIGGER:t\r\nEND:ALARM\r\n\
                END:EVENT\r\nEND:CAL\r\n";
    let (item, notes) = parsed(&datatype, text);
    assert_eq!((texts(&item, "KIND"), texts(&item, "ALARM")), (vec!["event".into()], vec!["t".into()]));
    assert_eq!(notes, []);
    assert_eq!(generated(&datatype, &item), text);
    let text = "BEGIN:CAL\r\nBEGIN:TODO\r\nSUMMARY:a\r\nDUE:d\r\nEND:TODO\r\nEND:CAL\r\n";
    assert_eq!(generated(&datatype, &parsed(&datatype, text).0), text);
}

#[test]
fn a_second_entry_is_another_item_and_what_comes_later_waits() {
    let text = "BEGIN:CAL\r\nBEGIN:EVENT\r\nSUMMARY:a\r\nLATE:l\r\nEARLY:e\r\nEND:EVENT\r\n\
                BEGIN:EVENT\r\nSUMMARY:b\r\nEND:EVENT\r\nEND:CAL\r\n";
    let (item, notes) = parsed(&calendar(0), text);
    assert_eq!((texts(&item, "SUMMARY"), texts(&item, "LATE")), (vec!["a".into()], vec!["e".into()]));
    let kinds: Vec<NoteKind> = notes.into_iter().map(|note| note.kind).collect();
    assert_eq!(kinds, [NoteKind::KeptFirst, NoteKind::RepeatedComponent]);
}

#[test]
fn too_few_mandatory_properties_refuse_the_item() {
    let codec = Codec::new(calendar(1));
    let text = b"BEGIN:CAL\r\nBEGIN:EVENT\r\nEND:EVENT\r\nEND:CAL\r\n";
    let refused = codec.parse(text, &Peer::default()).unwrap_err();
    let component = "EVENT".to_owned();
    let missing = vec!["SUMMARY".to_owned()];
    assert_eq!(refused, ParseError::MissingMandatory { line: 3, component, wanted: 1, found: 0, missing });
    let told = "line 3: EVENT has 0 of the 1 mandatory properties that it must have; there is no SUMMARY";
    assert_eq!(refused.to_string(), told);
    assert!(
        codec.parse(b"BEGIN:CAL\nBEGIN:EVENT\nSUMMARY:\n", &Peer::default()).is_ok(),
        "END may be missing"
    );
}

#[test]
fn remote_rules_pick_one_of_a_group() {
    let list = fields("test", &["A", "B", "C"]);
    let ruled =
        |rule: &'static str| move |_: &Builder, property: &mut Property| property.rule = Some(rule.into());
    let datatype = Builder::new(list, "T")
        .property("P", &["A"], ruled("NOKIA"))
        .property("P", &["B"], ruled("other"))
        .property("Q", &["C"], ruled("NOKIA"))
        .build(BaseType::MimeDir, "1", MimeMode::Standard);
    let codec = Codec::new(datatype);
    for (rules, stored) in [(vec!["nokia".to_owned()], ["p", "", "q"]), (vec![], ["", "p", ""])] {
        let peer = Peer { rules, ..Peer::default() };
        let parsed = codec.parse(b"BEGIN:T\r\nP:p\r\nQ:q\r\nEND:T\r\n", &peer).unwrap();
        let texts: Vec<String> = parsed.item.iter().map(|(_, value)| value.to_text()).collect();
        assert_eq!(texts, stored);
    }
}

#[test]
fn bytes_are_base_64_whether_their_line_says_so_or_not() {
    for mode in [MimeMode::Old, MimeMode::Standard] {
        let datatype = contacts(mode);
        let photo = |line: &str| texts(&read(&datatype, &["VERSION:1", line]).0, "PHOTO");
        for line in [
            "PHOTO:SGVsbG8=",
            "PHOTO;TYPE=JPEG:SGVs\r\n bG8=",
            "PHOTO;VALUE=binary:SGVsbG8=",
            "PHOTO;VALUE=uri:data:image/jpeg;base64,SGVsbG8=",
        ] {
            assert_eq!(photo(line), ["Hello"], "{line}");
        }
        for (line, text) in [("PHOTO;VALUE=uri:SGVsbG8=", "SGVsbG8="), ("PHOTO:no photo", "no photo")] {
            assert_eq!(photo(line), [text], "{line}");
        }
    }
}

#[test]
fn an_address_in_place_of_a_picture_stays_one() {
    for (mode, line) in [(MimeMode::Old, "VALUE=URL"), (MimeMode::Standard, "VALUE=URI")] {
        let datatype = contacts(mode);
        let (item, notes) = read(&datatype, &["VERSION:1", "PHOTO;VALUE=uri:http://x.example/p.jpg"]);
        assert_eq!(texts(&item, "PHOTO"), ["http://x.example/p.jpg"]);
        assert_eq!(notes.len(), 1, "the version alone: {notes:?}");
        let text = generated(&datatype, &item);
        assert!(text.contains(&format!("PHOTO;{line}:http://x.example/p.jpg\r\n")), "{text}");
    }
}

#[test]
fn a_default_takes_part_in_finding_a_position() {
    let datatype = single(&["PARENT"], "PARENT", |_, property| {
        let mut relation = parameter("RELTYPE", None, &["PARENT", "other"]);
        relation.positional = true;
        if let Some(map) = &mut relation.value {
            map.enums[1].mode = EnumMode::DefaultValue;
        }
        property.parameters.push(relation);
        let position =
            Position { has_not: vec![(0, 1)], shows: vec![(0, 0)], ..position(0, Repeat::Times(1)) };
        property.positions.push(position);
    });
    let (item, notes) = read(&datatype, &["P;RELTYPE=SIBLING:a", "P:b"]);
    assert_eq!((texts(&item, "PARENT"), notes), (vec!["b".into()], vec![NoteKind::NoPlace]));
    assert_eq!(generated(&datatype, &item), "BEGIN:T\r\nP;RELTYPE=PARENT:b\r\nEND:T\r\n");
}
