//! What was written is read and written again as the same text, whatever is in the item.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use support::{Random, contacts};
use syncloom_formats::{Codec, Peer};
use syncloom_script::{FieldType, Item, Value};

const PIECES: [&str; 22] = [
    "a",
    "Muster",
    " ",
    "  ",
    "\n",
    "\n\n",
    ";",
    ",",
    "\\",
    "\\n",
    "=",
    "=3D",
    ":",
    "\"",
    "日本語",
    "太郎",
    "مرحبا",
    "😀",
    "ü",
    "\t",
    "http://x.example/?a=b&c=d;e",
    "wordsthatgoonandonandonwithoutanyblankwhatsoever",
];

#[test]
fn writing_what_was_read_gives_the_same_text() {
    let mut random = Random::new(21);
    for round in 0..400 {
        for version in ["2.1", "3.0"] {
            let codec = Codec::new(contacts(version));
            let item = item(&codec, &mut random);
            let first = written(&codec, &item);
            let parsed = codec.parse(first.as_bytes(), &Peer::default()).unwrap();
            let second = written(&codec, &parsed.item);
            let differing = first.lines().zip(second.lines()).find(|(first, second)| first != second);
            assert!(first == second, "round {round}, version {version}: {differing:?}");
        }
    }
}

#[test]
fn texts_and_bytes_come_back_as_they_were() {
    let mut random = Random::new(30);
    for _ in 0..400 {
        for version in ["2.1", "3.0"] {
            let codec = Codec::new(contacts(version));
            let mut item = Item::new(codec.datatype().fields().clone());
            let id = |name: &str| item.list().find(name).unwrap();
            let (note, last, photo, tel) = (id("NOTE"), id("N_LAST"), id("PHOTO"), id("TEL"));
            item.set(note, text(&mut random, 40));
            item.set(last, text(&mut random, 5));
            item.set(photo, Value::Blob((0..random.below(500)).map(|n| (n * 7) as u8).collect()));
            item.set(tel, Value::Array((0..30).map(|n| Value::Text(format!("+41 44 {n}").into())).collect()));
            let parsed = codec.parse(written(&codec, &item).as_bytes(), &Peer::default()).unwrap();
            assert_eq!(parsed.notes, []);
            for field in [note, last, photo, tel] {
                let (before, after) = (item.get(field), parsed.item.get(field));
                assert!(before == after || (before.is_empty() && after.is_empty()), "{before:?} {after:?}");
            }
        }
    }
}

#[test]
fn lines_are_no_longer_than_they_may_be() {
    let mut random = Random::new(75);
    for _ in 0..200 {
        let codec = Codec::new(contacts("3.0"));
        let mut item = item(&codec, &mut random);
        // Parameters are never folded, so a long label makes a long line.
        let labels: Vec<_> = item.list().iter().filter(|(_, field)| field.name.ends_with("LABEL")).collect();
        let labels: Vec<_> = labels.into_iter().map(|(id, _)| id).collect();
        labels.into_iter().for_each(|id| item.set(id, Value::Empty));
        for line in written(&codec, &item).split("\r\n") {
            assert!(line.len() <= 76, "{line:?}");
        }
    }
}

fn written(codec: &Codec, item: &Item) -> String {
    let mut out = Vec::new();
    codec.generate(item, &Peer::default(), &mut out);
    String::from_utf8(out).unwrap()
}

fn item(codec: &Codec, random: &mut Random) -> Item {
    let list = codec.datatype().fields().clone();
    let mut item = Item::new(list.clone());
    for (id, field) in list.iter().filter(|(_, field)| field.name != "SYNCLVL") {
        let count = if field.array { random.below(4) } else { random.below(2) };
        for index in 0..count {
            let value = match field.kind {
                FieldType::Integer if field.name == "PHOTO_TYPE" => Value::Integer(0),
                FieldType::Integer => Value::Integer(i64::try_from(random.below(512)).unwrap()),
                FieldType::Timestamp | FieldType::Date => Value::from_text("20080715T120000Z", field.kind),
                FieldType::Blob => Value::Blob((0..random.below(300)).map(|_| random.next() as u8).collect()),
                // What is stored has been through its type before: an address has its scheme.
                kind => Value::from_text(&text(random, 30).to_text(), kind),
            };
            item.set_at(id, index, value);
        }
    }
    item
}

fn text(random: &mut Random, pieces: usize) -> Value {
    let text: String = (0..random.below(pieces)).map(|_| random.pick(&PIECES)).collect();
    if text.is_empty() { Value::Empty } else { Value::Text(text.into()) }
}
