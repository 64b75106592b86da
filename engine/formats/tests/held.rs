//! What a device never got of an item, as it takes only so many or so long values, stays when the item comes back.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use support::config::{codec, read, texts};
use support::profile::{Builder, fields, flags, parameter, position};
use syncloom_config::{BaseType, MimeMode, Repeat};
use syncloom_formats::{Codec, Had, Peer, PropertyCap};
use syncloom_script::{Item, Value};

/// A device that takes all of the property but so many occurrences, or bytes, of some.
fn peer(limits: &[(&str, Option<u64>, Option<u32>)]) -> Peer {
    let cap = |name: &str, max_size, max_occur| PropertyCap {
        name: name.to_owned(),
        max_size,
        max_occur,
        no_truncate: true,
        ..PropertyCap::default()
    };
    let rest = ["N", "TEL", "X-LABEL", "NOTE", "TITLE", "PHOTO", "CATEGORIES"];
    let rest = rest.into_iter().filter(|name| limits.iter().all(|(limited, ..)| limited != name));
    let all = rest.map(|name| cap(name, None, None));
    let limited = limits.iter().map(|(name, size, occur)| cap(name, *size, *occur));
    let mut peer = Peer { fold: false, ..Peer::default() };
    peer.learn(&all.chain(limited).collect::<Vec<_>>(), false);
    peer
}

/// What the device gets.
fn sent(codec: &Codec, ours: &Item, peer: &Peer) -> String {
    let mut out = Vec::new();
    codec.generate(ours, peer, &mut out);
    String::from_utf8(out).unwrap()
}

/// What becomes of an item when the device has changed the text that it got.
fn back(codec: &Codec, ours: &Item, peer: &Peer, had: Had, change: impl FnOnce(String) -> String) -> Item {
    let text = change(sent(codec, ours, peer));
    let mut item = codec.parse(text.as_bytes(), peer).unwrap().item;
    codec.restore_rest(&mut item, ours, peer, had);
    item
}

fn set(item: &mut Item, name: &str, value: Value) {
    let field = item.list().find(name).unwrap();
    item.set(field, value);
}

/// A card with so many numbers, in turn at home and at work.
fn numbers(codec: &Codec, count: usize) -> Item {
    let kinds = ["HOME", "WORK"];
    let lines: String =
        (0..count).map(|number| format!("TEL;TYPE={}:{number}\n", kinds[number % 2])).collect();
    read(codec, &format!("BEGIN:VCARD\nVERSION:3.0\nN:Muster;\n{lines}END:VCARD\n")).0
}

fn listed(item: &Item) -> (String, String) {
    (texts(item, "NUMBERS").join(","), texts(item, "NUMBER_KINDS").join(","))
}

#[test]
fn numbers_that_a_device_never_got_stay() {
    let codec = codec("contact30");
    let ours = numbers(&codec, 8);
    let peer = peer(&[("TEL", None, Some(3))]);
    let came = |had, from: &str, to: &str| {
        listed(&back(&codec, &ours, &peer, had, |text| {
            assert!(text.contains(from), "{text}");
            text.replace(from, to)
        }))
    };
    let same = came(Had::Ours, "N:", "N:");
    assert_eq!(same, listed(&ours));
    // It deletes one, changes one, and puts in one that we have and it did not.
    assert_eq!(came(Had::Ours, "TEL;TYPE=WORK:1\r\n", ""), ("0,2,3,4,5,6,7".into(), "1,1,2,1,2,1,2".into()));
    assert_eq!(came(Had::Ours, ":1\r", ":11\r").0, "0,11,2,3,4,5,6,7");
    assert_eq!(came(Had::Ours, ":1\r", ":5\r").0, "0,5,2,3,4,6,7");
    // Where ours has changed, nothing says what it has deleted.
    assert_eq!(came(Had::Another, ":1\r", ":11\r").0, "0,11,2,1,3,4,5,6,7");
    assert_eq!(came(Had::Another, "N:", "N:"), listed(&ours));
}

#[test]
fn a_number_that_is_there_twice_stays_twice() {
    let codec = codec("contact30");
    let mut ours = numbers(&codec, 4);
    let list: Vec<Value> = ["1", "2", "1", "1"].map(|number| Value::Text(number.into())).to_vec();
    set(&mut ours, "NUMBERS", Value::Array(list));
    let item = back(&codec, &ours, &peer(&[("TEL", None, Some(2))]), Had::Ours, |text| text);
    assert_eq!(listed(&item), listed(&ours));
}

#[test]
fn a_device_that_holds_all_changes_all() {
    let codec = codec("contact30");
    let ours = numbers(&codec, 3);
    let peer = peer(&[("TEL", None, Some(3))]);
    assert!(codec.held(&ours, &peer).is_none());
    let item = back(&codec, &ours, &peer, Had::Another, |text| text.replace("TEL;TYPE=WORK:1\r\n", ""));
    assert_eq!(texts(&item, "NUMBERS"), ["0", "2"]);
    // Nor does it get anything back of a property that it does not have.
    let item =
        back(&codec, &numbers(&codec, 8), &Peer::default(), Had::Ours, |text| text.replace("TEL;", "X-A;"));
    assert_eq!(texts(&item, "NUMBERS"), [""; 0]);
}

#[test]
fn what_a_device_holds_is_found_among_ours() {
    let codec = codec("contact30");
    let ours = numbers(&codec, 8);
    let peer = peer(&[("TEL", None, Some(3))]);
    let held = codec.held(&ours, &peer).unwrap();
    let theirs = codec.parse(sent(&codec, &ours, &peer).as_bytes(), &peer).unwrap().item;
    for field in ["NUMBERS", "NUMBER_KINDS"].map(|name| ours.list().find(name).unwrap()) {
        let kind = ours.list().get(field).unwrap().kind;
        let equal = |a: &Item, b: &Item| {
            syncloom_script::compare::equal_values(a.get(field), b.get(field), kind, None)
        };
        assert!(equal(&held, &theirs) && !equal(&ours, &theirs));
    }
}

#[test]
fn values_that_are_too_long_for_a_device_stay() {
    let codec = codec("contact30");
    let text = "BEGIN:VCARD\nVERSION:3.0\nN:Muster;\nTITLE:director\nTEL:1234567\nTEL:2\nCATEGORIES:one,twelve\n\
                PHOTO;ENCODING=B:SGVsbG8=\nEND:VCARD\n";
    let ours = read(&codec, text).0;
    let peer = peer(&[
        ("TITLE", Some(5), None),
        ("PHOTO", Some(3), None),
        ("TEL", Some(5), None),
        ("CATEGORIES", Some(5), None),
    ]);
    let shown = |item: &Item| ["JOB", "PICTURE", "NUMBERS", "TAGS"].map(|name| texts(item, name).join(","));
    let item = back(&codec, &ours, &peer, Had::Ours, |text| {
        assert!(!text.contains("director") && text.contains("TEL:2") && !text.contains("PHOTO:"), "{text}");
        text
    });
    assert_eq!(shown(&item), ["director", "Hello", "2,1234567", "one,twelve"]);
    let held = codec.held(&ours, &peer).unwrap();
    assert_eq!(shown(&held).map(|text| text.trim_end_matches(',').to_owned()), ["", "", "2", ""]);
    // What it has instead counts.
    let item = back(&codec, &ours, &peer, Had::Ours, |text| text.replace("END:", "TITLE:boss\r\nEND:"));
    assert_eq!(shown(&item), ["boss", "Hello", "2,1234567", "one,twelve"]);
}

/// Two fields for numbers at home, one for another one.
fn places() -> Codec {
    let list = fields("numbers", &["LAST", "HOME1:telephone", "HOME2:telephone", "OTHER:telephone"]);
    let datatype = Builder::new(list, "VCARD")
        .property("N", &["LAST"], |_, _| {})
        .property("TEL", &["HOME1"], |_, property| {
            property.parameters.push(parameter("TYPE", None, &["HOME"]));
            property.parameters[0].value.as_mut().unwrap().enums[0].positional = true;
            property.positions.push(position(0, Repeat::Times(2)));
            property.positions[0].has.push((0, 0));
            property.positions.push(position(2, Repeat::Times(1)));
        })
        .build(BaseType::VCard, "3.0", MimeMode::Standard);
    Codec::new(datatype)
}

#[test]
fn a_device_counts_the_places_of_a_property_together() {
    let codec = places();
    let text = "BEGIN:VCARD\nN:Muster\nTEL;TYPE=HOME:1\nTEL;TYPE=HOME:2\nTEL:3\nEND:VCARD\n";
    let ours = read(&codec, text).0;
    let shown = |item: &Item| ["HOME1", "HOME2", "OTHER"].map(|name| texts(item, name).concat()).join(",");
    for (most, tels) in [(1, 1), (2, 2), (3, 3)] {
        let peer = peer(&[("TEL", None, Some(most))]);
        assert_eq!(
            sent(&codec, &ours, &peer)
                .lines()
                .filter(|line| line.starts_with("TEL") && !line.ends_with(':'))
                .count(),
            tels
        );
        assert_eq!(shown(&back(&codec, &ours, &peer, Had::Ours, |text| text)), "1,2,3");
    }
    // The first is too long, so that the second comes back in its place.
    let text = "BEGIN:VCARD\nN:Muster\nTEL;TYPE=HOME:1234567\nTEL;TYPE=HOME:2\nTEL:3\nEND:VCARD\n";
    let ours = read(&codec, text).0;
    let peer = peer(&[("TEL", Some(3), None)]);
    assert_eq!(shown(&back(&codec, &ours, &peer, Had::Ours, |text| text)), "2,1234567,3");
    assert_eq!(shown(&codec.held(&ours, &peer).unwrap()), "2,,3");
}

#[test]
fn the_label_of_a_number_stays_with_it() {
    let list = fields("labels", &["LAST", "TEL:telephone[]", "FLAGS:integer[]", "GROUP[]", "LABEL[]"]);
    let codec = Codec::new(
        Builder::new(list, "VCARD")
            .property("N", &["LAST"], |_, _| {})
            .property("TEL", &["TEL"], |builder, property| {
                property.group_field = Some(builder.id("GROUP"));
                property.parameters.push(flags("TYPE", builder.id("FLAGS"), &["HOME=B0"]));
                property.positions.push(position(0, Repeat::Array));
            })
            .property("X-LABEL", &["LABEL"], |builder, property| {
                property.group_field = Some(builder.id("GROUP"));
                property.positions.push(position(0, Repeat::Array));
            })
            .build(BaseType::VCard, "3.0", MimeMode::Standard),
    );
    let lines: String = (0..5).map(|n| format!("i{n}.TEL:{n}\ni{n}.X-LABEL:label {n}\n")).collect();
    let ours = read(&codec, &format!("BEGIN:VCARD\nN:Muster\n{lines}END:VCARD\n")).0;
    let pairs = |item: &Item| -> Vec<String> {
        texts(item, "TEL")
            .iter()
            .zip(texts(item, "LABEL"))
            .map(|(tel, label)| format!("{tel} {label}"))
            .collect()
    };
    let all = ["0 label 0", "1 label 1", "2 label 2", "3 label 3", "4 label 4"];
    assert_eq!(pairs(&ours), all);
    for limits in [
        &[("TEL", None, Some(2)), ("X-LABEL", None, Some(2))][..],
        &[("TEL", None, Some(2))],
        &[("TEL", None, Some(2)), ("X-LABEL", None, Some(3))],
    ] {
        let peer = peer(limits);
        assert_eq!(pairs(&back(&codec, &ours, &peer, Had::Ours, |text| text)), all, "{limits:?}");
        let item = back(&codec, &ours, &peer, Had::Ours, |text| {
            text.replace("i0.TEL:0\r\n", "").replace("i0.X-LABEL:label 0\r\n", "")
        });
        assert_eq!(pairs(&item), all[1..], "{limits:?}");
    }
}
