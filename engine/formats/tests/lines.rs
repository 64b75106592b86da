//! Notes and other text that is stored by its lines (manual 10.4.1 to 10.4.6).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use std::sync::Arc;

use support::texts::{codec, note, set, text};
use syncloom_formats::{Codec, Peer};
use syncloom_script::{Item, Value};

fn parsed(codec: &Codec, bytes: &[u8]) -> (Item, Vec<String>) {
    let parsed = codec.parse(bytes, &Peer::default()).unwrap();
    (parsed.item, parsed.notes.iter().map(ToString::to_string).collect())
}

fn written(codec: &Codec, item: &Item) -> String {
    let mut out = Vec::new();
    codec.generate(item, &Peer::default(), &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn a_note_is_the_same_each_time_that_it_is_read_and_written() {
    let codec = note("");
    for (received, title, body, sent) in [
        ("", "", "", "\r\n"),
        ("Title", "Title", "", "Title\r\n"),
        ("Title\r\ntext", "Title", "text", "Title\r\ntext\r\n"),
        ("Title\r\ntext\r\n", "Title", "text\n", "Title\r\ntext\r\n"),
        ("Title\n\nunix\n\n", "Title", "\nunix\n\n", "Title\r\n\r\nunix\r\n\r\n"),
        ("Title\rmac\rends", "Title", "mac\nends", "Title\r\nmac\r\nends\r\n"),
        ("Title\r\r\nphone\r\r\nends", "Title", "phone\nends", "Title\r\nphone\r\nends\r\n"),
        ("\r\n only text", "", " only text", "\r\n only text\r\n"),
        ("\u{FEFF}mark\r\nx", "mark", "x", "mark\r\nx\r\n"),
        ("قائمة\r\n牛奶 🥛", "قائمة", "牛奶 🥛", "قائمة\r\n牛奶 🥛\r\n"),
    ] {
        let (item, notes) = parsed(&codec, received.as_bytes());
        assert!(notes.is_empty(), "{notes:?}");
        assert_eq!(
            (text(&item, "TITLE").as_str(), text(&item, "TEXT").as_str()),
            (title, body),
            "{received:?}"
        );
        assert_eq!(written(&codec, &item), sent, "{received:?}");
        let (again, _) = parsed(&codec, sent.as_bytes());
        assert_eq!(written(&codec, &again), sent, "{received:?}");
    }
}

#[test]
fn a_title_that_is_not_there_leaves_its_line_empty() {
    let codec = note("");
    let mut item = Item::new(Arc::clone(codec.datatype().fields()));
    set(&mut item, "TEXT", Value::Text("first\nsecond".into()));
    assert_eq!(written(&codec, &item), "\r\nfirst\r\nsecond\r\n");
}

#[test]
fn a_title_of_several_lines_becomes_one() {
    let codec = note("");
    let mut item = Item::new(Arc::clone(codec.datatype().fields()));
    set(&mut item, "TITLE", Value::Text("a\nb".into()));
    set(&mut item, "TEXT", Value::Text("c".into()));
    assert_eq!(written(&codec, &item), "a b\r\nc\r\n");
}

#[test]
fn text_of_another_character_set_is_read_with_a_note() {
    let (item, notes) = parsed(&note(""), b"caf\xe9\r\n\x80 5");
    assert_eq!((text(&item, "TITLE").as_str(), text(&item, "TEXT").as_str()), ("café", "€ 5"));
    assert_eq!(notes, ["line 1: not of its character set, taken as windows-1252"]);
}

#[test]
fn lines_with_tags_counted_lines_and_lists() {
    let codec = codec(
        r#"<fieldlist name="f">
             <field name="A" type="multiline" compare="always"/>
             <field name="KIND" type="string" compare="always"/>
             <field name="ONE" type="string" compare="always"/>
             <field name="TWO" type="string" compare="always"/>
             <field name="B" type="multiline" compare="always"/>
             <field name="END" type="integer" compare="always"/>
           </fieldlist>
           <textprofile name="p" fieldlist="f">
             <linemap field="A"><numlines>2</numlines><allowempty>yes</allowempty></linemap>
             <linemap field="KIND"><headertag>Kind:</headertag></linemap>
             <linemap field="ONE"><headertag>Names:</headertag><list separator=";" repeat="2" increment="1"/></linemap>
             <linemap field="B"><numlines>0</numlines></linemap>
             <linemap field="END"><headertag>End:</headertag></linemap>
           </textprofile>
           <datatype name="t" basetype="text">
             <use textprofile="p"/><typestring>text/x-t</typestring><versionstring>1.0</versionstring>
           </datatype>"#,
    );
    let (item, notes) = parsed(
        &codec,
        b"a1\r\na2\r\nkind: x\r\nNames: p; \"q;r\"; s\r\nb1\r\nKind: not one\r\nb2\r\nend: 7\r\n",
    );
    assert_eq!(notes, ["line 4: Names: more values than the profile has, the rest is skipped"]);
    let fields = ["A", "KIND", "ONE", "TWO", "B", "END"].map(|name| text(&item, name));
    assert_eq!(fields, ["a1\na2", "x", "p", "\"q;r\"", "b1\nKind: not one\nb2", "7"]);
    let sent = "a1\r\na2\r\nKind: x\r\nNames: p; \"q;r\"\r\nb1\r\nKind: not one\r\nb2\r\nEnd: 7\r\n";
    assert_eq!(written(&codec, &item), sent);
    assert_eq!(written(&codec, &parsed(&codec, sent.as_bytes()).0), sent);
}

#[test]
fn lines_in_a_datatype_itself_as_old_configs_have_them() {
    let codec = codec(
        r#"<fieldlist name="n">
             <field name="S" type="string" compare="always"/><field name="T" type="string" compare="always"/>
           </fieldlist>
           <datatype name="note" basetype="text">
             <use fieldlist="n"/><typestring>text/plain</typestring><versionstring>1.0</versionstring>
             <linemap field="S"><numlines>1</numlines></linemap>
             <linemap field="T"><numlines>0</numlines></linemap>
           </datatype>"#,
    );
    let (item, _) = parsed(&codec, b"s\r\nt");
    assert_eq!((text(&item, "S").as_str(), text(&item, "T").as_str()), ("s", "t"));
}

#[test]
fn packed_notes_come_back_and_text_is_taken_where_it_is_not_packed() {
    let peer = Peer { bytes: true, ..Peer::default() };
    for options in [
        "<zippedbindata>yes</zippedbindata><zipcompressionlevel>9</zipcompressionlevel>",
        "<unicodedata>yes</unicodedata>",
        "<unicodedata>yes</unicodedata><bigendian>yes</bigendian><zippedbindata>yes</zippedbindata>",
    ] {
        let codec = note(options);
        let (item, _) = parsed(&codec, "Grüße\r\n牛奶".as_bytes());
        let encoded = codec.encode(&item, &peer, None);
        assert!(encoded.binary && encoded.notes.is_empty(), "{options}");
        assert_eq!(encoded.original_size.is_some(), options.contains("zipped"), "{options}");
        let back = codec.decode(&encoded.data, &peer).unwrap().item;
        assert_eq!((text(&back, "TITLE").as_str(), text(&back, "TEXT").as_str()), ("Grüße", "牛奶\n"));
        // In XML there are no bytes.
        let plain = codec.encode(&item, &Peer::default(), None);
        assert!(!plain.binary && plain.data == "Grüße\r\n牛奶\r\n".as_bytes(), "{options}");
        let back = codec.decode(&plain.data, &Peer::default()).unwrap().item;
        assert_eq!(text(&back, "TITLE"), "Grüße");
    }
}
