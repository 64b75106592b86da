//! Data objects: mails, files and folders as XML documents, read, written, and whatever else comes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use support::Random;
use support::texts::{codec, set, text, texts};
use syncloom_formats::{Codec, ParseError, Peer};
use syncloom_script::{Item, Timestamp, Value};

/// Mails with their flags around them, the mail itself by a text profile.
fn email() -> Codec {
    codec(
        r#"<fieldlist name="mail">
             <field name="DOCTYPE" type="string" compare="never"/>
             <field name="READ" type="integer" compare="conflict"/>
             <field name="REPLIED" type="integer" compare="conflict"/>
             <field name="RECEIVED" type="timestamp" compare="never"/>
             <field name="SUBJECT" type="string" compare="always"/>
             <field name="BODY" type="multiline" compare="never"/>
             <field name="LIMIT" type="integer" compare="never"/>
             <field name="EXTENSIONS" type="string" array="yes" compare="never"/>
             <field name="EXTENDED" type="string" array="yes" compare="never"/>
           </fieldlist>
           <textprofile name="mail" fieldlist="mail">
             <mimemail>yes</mimemail>
             <sizelimitfield>LIMIT</sizelimitfield>
             <linemap field="SUBJECT"><headertag>Subject:</headertag><inheader>yes</inheader><valuetype>rfc2047</valuetype></linemap>
             <linemap field="BODY"><valuetype>body</valuetype></linemap>
           </textprofile>
           <datatype name="email" basetype="dataobj">
             <use textprofile="mail"/>
             <typestring>application/vnd.omads-email+xml</typestring><versionstring>1.2</versionstring>
             <tagmap field="READ"><xmltag>read</xmltag><booltype>yes</booltype><filterkeyword>seen</filterkeyword></tagmap>
             <tagmap field="REPLIED"><xmltag>replied</xmltag><booltype>yes</booltype></tagmap>
             <tagmap field="RECEIVED"><xmltag>received</xmltag></tagmap>
             <tagmap field="BODY"><xmltag>emailitem</xmltag><embeddeditem>yes</embeddeditem></tagmap>
             <tagmap field="EXTENSIONS"><xmltag>XNam</xmltag><parent>Ext</parent></tagmap>
             <tagmap field="EXTENDED"><xmltag>XVal</xmltag><parent>Ext</parent></tagmap>
           </datatype>"#,
    )
}

/// Files with their attributes.
fn file() -> Codec {
    codec(
        r#"<fieldlist name="file">
             <field name="NAME" type="string" compare="always"/>
             <field name="CREATED" type="timestamp" compare="never"/>
             <field name="HIDDEN" type="integer" compare="never"/>
             <field name="WRITABLE" type="integer" compare="never"/>
             <field name="KIND" type="string" compare="never"/>
             <field name="ENCODING" type="string" compare="never"/>
             <field name="CONTENT" type="blob" compare="conflict"/>
             <field name="SIZE" type="integer" compare="never"/>
           </fieldlist>
           <datatype name="file" basetype="dataobj">
             <use fieldlist="file"/>
             <typestring>application/vnd.omads-file+xml</typestring><versionstring>1.2</versionstring>
             <tagmap field="NAME"><xmltag>name</xmltag></tagmap>
             <tagmap field="CREATED"><xmltag>created</xmltag></tagmap>
             <tagmap field="HIDDEN"><xmltag>h</xmltag><parent>attributes</parent><booltype>yes</booltype></tagmap>
             <tagmap field="WRITABLE"><xmltag>w</xmltag><parent>attributes</parent><booltype>yes</booltype></tagmap>
             <tagmap field="KIND"><xmltag>cttype</xmltag></tagmap>
             <tagmap field="ENCODING"><xmltag>body</xmltag><xmlattr>enc</xmlattr></tagmap>
             <tagmap field="CONTENT"><xmltag>body</xmltag></tagmap>
             <tagmap field="SIZE"><xmltag>size</xmltag></tagmap>
           </datatype>"#,
    )
}

fn read(codec: &Codec, text: &str) -> (Item, Vec<String>) {
    let parsed = codec.parse(text.as_bytes(), &Peer::default()).unwrap_or_else(|error| panic!("{error}"));
    (parsed.item, parsed.notes.iter().map(ToString::to_string).collect())
}

fn written(codec: &Codec, item: &Item) -> String {
    let mut out = Vec::new();
    codec.generate(item, &Peer::default(), &mut out);
    String::from_utf8(out).unwrap()
}

fn blank(codec: &Codec) -> Item {
    Item::new(Arc::clone(codec.datatype().fields()))
}

const MAIL: &str = "<Email>\n<read>true</read>\n<replied>false</replied>\n<received>20080715T120000Z</received>\n\
    <emailitem><![CDATA[Subject: Grüße\r\nContent-Type: text/plain; charset=\"UTF-8\"\r\n\
    Content-Transfer-Encoding: 8BIT\r\nX-Sync-Message-Limit: -1\r\n\r\na <b> & ]]]]><![CDATA[> c\r\n]]></emailitem>\n\
    <Ext>\n<XNam>X-One</XNam>\n<XVal>1</XVal>\n</Ext>\n<Ext>\n<XNam>X-Two</XNam>\n<XVal></XVal>\n</Ext>\n</Email>\n";

#[test]
fn a_mail_with_its_flags() {
    let codec = email();
    let (item, notes) = read(&codec, MAIL);
    let shown = ["DOCTYPE", "READ", "REPLIED", "RECEIVED", "SUBJECT", "BODY"].map(|name| text(&item, name));
    assert_eq!(shown, ["Email", "1", "-1", "20080715T120000Z", "Grüße", "a <b> & ]]> c\n"]);
    assert_eq!(texts(&item, "EXTENSIONS"), ["X-One", "X-Two"]);
    assert_eq!(notes, [""; 0]);
    let again = written(&codec, &item);
    assert_eq!(
        read(&codec, &again).0.get(item.list().find("BODY").unwrap()),
        item.get(item.list().find("BODY").unwrap())
    );
    assert_eq!(written(&codec, &read(&codec, &again).0), again, "a fixed point");
    assert_eq!(again, MAIL.replace("Subject: Grüße", "Subject: =?utf-8?B?R3LDvMOfZQ==?="));
}

#[test]
fn what_a_document_does_not_mention_stays_as_it_is() {
    let codec = email();
    let (item, notes) = read(&codec, "<?xml version=\"1.0\"?>\n<Email><read>true</read></Email>");
    let assigned = |name: &str| item.get(item.list().find(name).unwrap()).is_assigned();
    assert!(assigned("READ") && !assigned("REPLIED") && !assigned("BODY") && !assigned("SUBJECT"));
    assert_eq!(notes, [""; 0]);
    assert_eq!(written(&codec, &item), "<Email>\n<read>true</read>\n</Email>\n");
    let (item, _) = read(&codec, "<Email><received/><emailitem/></Email>");
    assert_eq!(item.get(item.list().find("RECEIVED").unwrap()), &Value::Empty);
    // Without a word in the item, the MIME type says what it is.
    assert_eq!(written(&codec, &blank(&codec)), "<Email>\n</Email>\n");
}

#[test]
fn a_mail_in_it_is_cut_and_made_whole() {
    let codec = email();
    let (whole, _) = read(&codec, MAIL);
    let encoded = codec.encode(&whole, &Peer::default(), Some(4));
    let notes: Vec<String> = encoded.notes.iter().map(ToString::to_string).collect();
    assert_eq!(notes, ["cut to the 4 bytes that the peer holds"]);
    let mut back = codec.parse(&encoded.data, &Peer::default()).unwrap().item;
    assert_eq!(text(&back, "BODY"), "a <b");
    codec.restore_parts(&mut back, &whole, false);
    assert_eq!(text(&back, "BODY"), text(&whole, "BODY"));
    assert_eq!(codec.body_field(), whole.list().find("BODY"));
}

#[test]
fn files_are_bytes() {
    let codec = file();
    let sent = "<File><name>a &amp; b.txt</name><created>20080715T120000Z</created><attributes><h>false</h><w>true</w>\
                </attributes><cttype>image/gif</cttype><body enc=\"base64\">R0lG\nODlh</body><size>6</size></File>";
    let (item, notes) = read(&codec, sent);
    let names = ["NAME", "HIDDEN", "WRITABLE", "KIND", "ENCODING", "CONTENT", "SIZE"];
    assert_eq!(
        names.map(|name| text(&item, name)),
        ["a & b.txt", "-1", "1", "image/gif", "base64", "GIF89a", "6"]
    );
    assert_eq!(notes, [""; 0]);
    let again = written(&codec, &item);
    assert_eq!(again.replace('\n', ""), sent.replace('\n', ""));
    // Bytes come through whatever the item says of them, or does not.
    let all: Vec<u8> = (0..=255).collect();
    for (encoding, expected) in
        [("", "base64"), ("base64", "base64"), ("quoted-printable", "quoted-printable")]
    {
        let mut item = blank(&codec);
        set(&mut item, "ENCODING", Value::Text(encoding.into()));
        set(&mut item, "CONTENT", Value::Blob(all.clone()));
        let text_of = written(&codec, &item);
        assert!(text_of.contains(&format!("<body enc=\"{expected}\">")), "{text_of}");
        let (back, notes) = read(&codec, &text_of);
        assert_eq!(back.get(back.list().find("CONTENT").unwrap()), &Value::Blob(all.clone()));
        assert_eq!(notes, [""; 0]);
    }
}

#[test]
fn what_has_no_field_is_named() {
    let codec = file();
    let sent = "<File>\n<name x=\"1\">one</name>\n<name>two</name>\n<accessed>now</accessed>\n\
                <created>never</created>\n<body enc=\"x-own\">abc</body><Ext><XNam>a</XNam></Ext></File>\nrest";
    let (item, notes) = read(&codec, sent);
    assert_eq!((text(&item, "NAME"), text(&item, "CONTENT")), ("one".into(), "abc".into()));
    assert_eq!(
        notes,
        [
            "line 2: name: parameter x=1 is not stored",
            "line 3: name: no place left for another one, skipped",
            "line 4: accessed: the profile has no such property, skipped",
            "line 5: created: \"never\" is no value for its field, skipped",
            "line 6: body: encoding x-own is not known, taken as it stands",
            "line 6: XNam: the profile has no such property, skipped",
            "line 6: text after END is skipped",
        ]
    );
}

#[test]
fn what_is_no_document_is_an_error() {
    let codec = file();
    let error = |text: &str| codec.parse(text.as_bytes(), &Peer::default()).unwrap_err().to_string();
    assert_eq!(error("BEGIN:VCARD"), "line 1: not an XML document: it has no element");
    assert_eq!(error("<File>\n<name>x"), "line 2: not an XML document: the end of name is missing");
    assert!(error("<File>\n<name>x</File>").starts_with("line 2: not an XML document: "));
    assert_eq!(error("<File/><File/>"), "line 1: not an XML document: File follows the end");
    let deep = "<a>".repeat(100_000);
    assert!(matches!(
        codec.parse(deep.as_bytes(), &Peer::default()),
        Err(ParseError::TooDeep { line: 1, .. })
    ));
    let many = format!("<File>{}</File>", "<x/>".repeat(200_000));
    assert!(matches!(
        codec.parse(many.as_bytes(), &Peer::default()),
        Err(ParseError::TooManyProperties { .. })
    ));
}

#[test]
fn a_document_as_others_send_it() {
    let codec = file();
    let (item, _) = read(
        &codec,
        "<![CDATA[<ns:FILE xmlns:ns=\"urn:x\"><!-- c --><ns:NAME> <![CDATA[ one ]]></ns:NAME></ns:FILE>]]>",
    );
    assert_eq!(text(&item, "NAME"), " one ");
    assert_eq!(
        read(&codec, &written(&codec, &item)).0.get(item.list().find("NAME").unwrap()).to_text(),
        " one "
    );
    let latin =
        b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><File><name>gr\xf6\xdfer &uml; &#228;</name></File>";
    let item = codec.parse(latin, &Peer::default()).unwrap().item;
    assert_eq!(text(&item, "NAME"), "größer &uml; ä");
}

/// Generated items: written, read and written again they are the same document, and read they are the same item.
#[test]
fn generated_objects_are_a_fixed_point() {
    let mut random = Random::new(17);
    let pieces = [
        "",
        "a",
        " b ",
        "<x>",
        "&amp;",
        "]]>",
        "\u{1}",
        "ü山😀",
        "\n",
        "\r\n",
        "\t",
        "\"'",
        "=3D",
        "\u{FFFF}",
    ];
    for codec in [email(), file()] {
        let list = Arc::clone(codec.datatype().fields());
        for _ in 0..500 {
            let mut item = blank(&codec);
            for (id, field) in list
                .iter()
                .filter(|(_, field)| !["DOCTYPE", "LIMIT", "ENCODING"].contains(&field.name.as_str()))
            {
                let mut words =
                    || (0..random.below(4)).map(|_| pieces[random.below(pieces.len())]).collect::<String>();
                let value = match field.kind {
                    syncloom_script::FieldType::Integer => Value::Integer([-1, 1][random.below(2)]),
                    syncloom_script::FieldType::Timestamp => {
                        Value::Timestamp(Timestamp::parse("20200229T235959Z").unwrap())
                    }
                    syncloom_script::FieldType::Blob => Value::Blob(words().into_bytes()),
                    _ if field.array => Value::Array(
                        (0..3)
                            .map(|_| {
                                Value::Text(words().replace(['\u{1}', '\u{FFFF}', '\r'], "").trim().into())
                            })
                            .collect(),
                    ),
                    kind => Value::from_text(&words().replace(['\u{1}', '\r', '\n', '\t'], ""), kind),
                };
                item.set(id, value);
            }
            let once = written(&codec, &item);
            let (back, _) = read(&codec, &once);
            assert_eq!(written(&codec, &back), once);
            if list.find("CONTENT").is_some() {
                for (id, field) in list.iter().filter(|(_, field)| field.name != "ENCODING") {
                    assert_eq!(back.get(id).to_text(), item.get(id).to_text(), "{}: {once}", field.name);
                }
            }
        }
    }
}

/// Whatever comes, it is an item or an error, soon.
#[test]
fn any_bytes_are_an_item_or_an_error() {
    let mut random = Random::new(17);
    let started = Instant::now();
    for codec in [email(), file()] {
        for _ in 0..2_000 {
            let mut bytes = MAIL
                .replace("emailitem", ["emailitem", "body enc=\"base64\"", "name"][random.below(3)])
                .into_bytes();
            for _ in 0..random.below(8) {
                let at = random.below(bytes.len());
                match random.below(4) {
                    0 => bytes[at] = u8::try_from(random.below(256)).unwrap(),
                    1 => bytes.truncate(at.max(1)),
                    2 => drop(bytes.splice(at..at, b"<Ext>".iter().copied())),
                    _ => drop(bytes.splice(at..at, b"]]>".iter().copied())),
                }
            }
            if let Ok(parsed) = codec.parse(&bytes, &Peer::default()) {
                written(&codec, &parsed.item);
            }
        }
        let long = format!("<File><name>{}</name></File>", "&amp;".repeat(500_000));
        codec.parse(long.as_bytes(), &Peer::default()).unwrap();
    }
    // Hours, not slow machines.
    assert!(started.elapsed() < Duration::from_secs(120));
}
