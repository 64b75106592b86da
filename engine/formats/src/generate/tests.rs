//! Items to text: what is shown, escaped, limited. Not its job: folding, which has its tests beside it.

use std::collections::HashMap;

use syncloom_config::{BaseType, MimeMode, Parameter, Position, Repeat, ValueCount};
use syncloom_script::{Item, Value};

use crate::testing::{Builder, array, contacts, fields, generated, parameter, position};
use crate::{Codec, Limit, NoteKind, Peer};

fn item(codec: &Codec, values: &[(&str, Value)]) -> Item {
    let mut item = Item::new(codec.datatype().fields().clone());
    for (name, value) in values {
        let id = item.list().find(name).unwrap();
        item.set(id, value.clone());
    }
    item
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn written(codec: &Codec, item: &Item, peer: &Peer) -> (String, Vec<NoteKind>) {
    let mut out = Vec::new();
    let notes = codec.generate(item, peer, &mut out);
    (String::from_utf8(out).unwrap(), notes.into_iter().map(|note| note.kind).collect())
}

#[test]
fn empty_properties_are_shown_as_often_as_the_positions_say() {
    let all = |repeat, min_show, overwrite_empty| {
        let datatype = Builder::new(fields("test", &["A", "B", "C", "LIST[]"]), "T")
            .property("P", &["A"], |_, property| {
                let position = position(0, repeat);
                property.positions.push(Position { min_show, overwrite_empty, ..position });
            })
            .build(BaseType::MimeDir, "1", MimeMode::Standard);
        let codec = Codec::new(datatype);
        let item = item(&codec, &[("B", text("b"))]);
        let (text, _) = written(&codec, &item, &Peer::default());
        text.trim_start_matches("BEGIN:T\r\n").trim_end_matches("END:T\r\n").replace("\r\n", " ")
    };
    assert_eq!(all(Repeat::Times(3), None, true), "P:b P: P: ", "by default all of them");
    assert_eq!(all(Repeat::Times(3), Some(1), true), "P:b ");
    assert_eq!(all(Repeat::Times(3), Some(0), false), "P: P:b ", "places count");
    assert_eq!(all(Repeat::Rewrite, None, true), "P: ");
    assert_eq!(all(Repeat::Rewrite, Some(0), true), "");
}

#[test]
fn an_item_that_says_nothing_of_a_property_has_it_where_a_rule_names_nothing_or_a_parameter_is_shown() {
    let datatype = Builder::new(fields("test", &["A", "B", "LABEL", "C"]), "T")
        .property("NAMED", &["A"], |_, property| {
            property.suppress_empty = true;
            property.values[0].enums = parameter("", None, &["NONE="]).value.unwrap().enums;
        })
        .property("LABELLED", &["B"], |builder, property| {
            property.suppress_empty = true;
            let label = parameter("LABEL", Some(builder.id("LABEL")), &[]);
            property.parameters.push(Parameter { show_non_empty: true, ..label });
        })
        .property("OTHER", &["C"], |_, property| property.suppress_empty = true)
        .build(BaseType::MimeDir, "1", MimeMode::Standard);
    let codec = Codec::new(datatype.clone());
    let nothing = item(&codec, &[]);
    assert_eq!(generated(&datatype, &nothing), "BEGIN:T\r\nNAMED:NONE\r\nEND:T\r\n");
    let labelled = item(&codec, &[("LABEL", text("x")), ("C", Value::Empty)]);
    let expected = "BEGIN:T\r\nNAMED:NONE\r\nLABELLED;LABEL=x:\r\nEND:T\r\n";
    assert_eq!(generated(&datatype, &labelled), expected);
}

#[test]
fn a_peer_without_empty_properties_gets_none() {
    let codec = Codec::new(contacts(MimeMode::Old));
    let item = item(&codec, &[("NOTE", text("x"))]);
    let peer = Peer { empty_properties: false, ..Peer::default() };
    assert_eq!(written(&codec, &item, &peer).0, "BEGIN:VCARD\r\nVERSION:2.1\r\nNOTE:x\r\nEND:VCARD\r\n");
    let (shown, _) = written(&codec, &item, &Peer::default());
    assert!(shown.contains("N:;\r\n") && shown.contains("TEL:\r\nADR:;;\r\nPHOTO:\r\n"), "{shown}");
}

#[test]
fn escapes_by_dialect() {
    let value = "a;b,c\\d\ne";
    for (mode, name, note) in [
        (MimeMode::Standard, "N:a\\;b\\,c\\\\d\\ne;\r\n", "NOTE:a\\;b\\,c\\\\d\\ne\r\n"),
        (
            MimeMode::Old,
            "N;ENCODING=QUOTED-PRINTABLE:a\\;b,c\\\\d=0D=0A=\r\ne;\r\n",
            "NOTE;ENCODING=QUOTED-PRINTABLE:a;b,c\\\\d=0D=0A=\r\ne\r\n",
        ),
    ] {
        let codec = Codec::new(contacts(mode));
        let item = item(&codec, &[("LAST", text(value)), ("NOTE", text(value))]);
        let (written, _) = written(&codec, &item, &Peer::default());
        assert!(written.contains(name) && written.contains(note), "{written}");
    }
}

#[test]
fn lists_in_one_property_or_in_several() {
    let list = |count| {
        let datatype = Builder::new(fields("test", &["LIST[]"]), "T")
            .property("P", &["LIST"], |_, property| {
                (property.count, property.separator) = (count, ',');
                property.positions.push(array(0));
            })
            .build(BaseType::MimeDir, "1", MimeMode::Standard);
        let codec = Codec::new(datatype.clone());
        generated(
            &datatype,
            &item(&codec, &[("LIST", Value::Array(vec![text("a"), Value::Empty, text("b,c")]))]),
        )
    };
    assert_eq!(list(ValueCount::List), "BEGIN:T\r\nP:a,b\\,c\r\nEND:T\r\n");
    assert_eq!(list(ValueCount::ExpandedList), "BEGIN:T\r\nP:a\r\nP:b\\,c\r\nEND:T\r\n");
}

#[test]
fn labels_are_quoted_and_what_cannot_be_quoted_is_told() {
    let codec = Codec::new(contacts(MimeMode::Standard));
    let numbers =
        [("TEL", Value::Array(vec![text("1")])), ("TEL_LABEL", Value::Array(vec![text("my \"p\"\nö")]))];
    let (text, notes) = written(&codec, &item(&codec, &numbers), &Peer::default());
    assert!(text.contains("TEL;TYPE=\"X-CustomLabel-my 'p' ö\":1\r\n"), "{text}");
    assert_eq!(notes, [NoteKind::ReplacedInParameter("TYPE".into())]);
}

#[test]
fn limits_of_the_peer_cut_at_a_character_or_leave_out() {
    let codec = Codec::new(contacts(MimeMode::Standard));
    let item = item(&codec, &[("NOTE", text("abüü")), ("PHOTO", Value::Blob(vec![255; 9]))]);
    let limit = |no_truncate| Peer {
        limits: HashMap::from(
            ["NOTE", "PHOTO"]
                .map(|name| (name.to_owned(), Limit { max_size: Some(5), no_truncate, ..Limit::default() })),
        ),
        ..Peer::default()
    };
    let (cut, notes) = written(&codec, &item, &limit(false));
    assert!(cut.contains("NOTE:abü\r\n") && !cut.contains("PHOTO"), "{cut}");
    assert_eq!(notes, [NoteKind::Truncated(5), NoteKind::LeftOut(5)]);
    let (left_out, notes) = written(&codec, &item, &limit(true));
    assert!(!left_out.contains("NOTE"), "{left_out}");
    assert_eq!(notes, [NoteKind::LeftOut(5), NoteKind::LeftOut(5)]);
}

#[test]
fn settings_of_the_peer_for_long_and_foreign_text() {
    let codec = Codec::new(contacts(MimeMode::Old));
    let long = "x".repeat(100);
    let item = item(&codec, &[("LAST", text("ü")), ("NOTE", text(&long))]);
    let peer = Peer { fold: false, quote_8bit: true, ..Peer::default() };
    let (text, _) = written(&codec, &item, &peer);
    assert!(text.contains("N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=BC;\r\n"), "{text}");
    assert!(text.contains(&format!("NOTE:{long}\r\n")), "{text}");
}
