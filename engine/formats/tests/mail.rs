//! Mails: headers, variants of the text, attachments; as peers send them, and as they come back (manual 10.4.7).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use support::Random;
use support::texts::{mail, set, text, texts};
use syncloom_formats::{Codec, Peer};
use syncloom_script::{Item, Timestamp, Value};

fn parsed(codec: &Codec, bytes: &[u8]) -> (Item, Vec<String>) {
    let parsed = codec.parse(bytes, &Peer::default()).unwrap();
    (parsed.item, parsed.notes.iter().map(ToString::to_string).collect())
}

fn written(codec: &Codec, item: &Item, limit: Option<u64>) -> String {
    String::from_utf8(codec.encode(item, &Peer::default(), limit).data).unwrap()
}

/// A mail with lines that end in CRLF.
fn crlf(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

#[test]
fn headers_come_by_their_tags() {
    let text_of = "from: =?utf-8?Q?J=C3=B6rg?= <j@x.example>\nTo: a@x.example,\n \"B, C\" <b@x.example>\n\
                   Date: Tue, 15 Jul 2008 14:00:00 +0200\nX-Priority: 1\nReceived: somewhere\n\nHello\n";
    let codec = mail(false, "");
    let (item, notes) = parsed(&codec, &crlf(text_of));
    assert_eq!(text(&item, "FROM"), "Jörg <j@x.example>");
    assert_eq!(texts(&item, "TO"), ["a@x.example", "\"B, C\" <b@x.example>"]);
    assert_eq!((text(&item, "DATE").as_str(), text(&item, "PRIORITY").as_str()), ("20080715T140000+02", "1"));
    assert_eq!((text(&item, "BODY").as_str(), text(&item, "FILES").as_str()), ("Hello\n", "0"));
    let subject = item.list().find("SUBJECT").unwrap();
    assert!(!item.get(subject).is_assigned(), "what a peer does not know stays as it is");
    assert_eq!(notes, ["line 6: Received: the profile has no such property, skipped"]);
    assert_eq!(
        written(&codec, &item, None),
        "From: =?utf-8?B?SsO2cmc=?= <j@x.example>\r\nTo: a@x.example, \"B, C\" <b@x.example>\r\n\
         Date: Tue, 15 Jul 2008 14:00:00 +0200\r\nX-Priority: 1\r\n\
         Content-Type: text/plain; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: 8BIT\r\n\
         X-Sync-Message-Limit: -1\r\n\r\nHello\r\n"
    );
}

#[test]
fn nested_parts_are_taken_apart() {
    let codec = mail(true, "");
    let (item, notes) = parsed(
        &codec,
        &crlf(
            "Subject: nested\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"out er\"\n\npreamble\n\
             --out er\nContent-Type: multipart/related; boundary=mid\n\n\
             --mid\nContent-Type: multipart/alternative; boundary=in\n\n\
             --in\nContent-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n8NLJ18XU\n\
             --in\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n\
             <b>caf=C3=\n=A9</b>\n--in--\n\
             --mid\nContent-Type: image/png; name=\"=?utf-8?Q?bild=C3=BC.png?=\"\n\
             Content-Transfer-Encoding: base64\n\niVBORw==\n--mid--\n\
             --out er\n\nwithout headers\n\
             --out er\nContent-Type: text/plain; charset=iso-8859-1\n\
             Content-Disposition: attachment; filename*=utf-8''n%C3%B6.txt\n\nn\u{f6}\n\
             --out er\nContent-Type: message/rfc822\n\nSubject: inner\n\ninner text\n\
             --out er--\nepilogue",
        ),
    );
    assert_eq!(texts(&item, "BODY"), ["Привет\nwithout headers", "<b>café</b>"]);
    assert_eq!(texts(&item, "TYPES"), ["text/plain", "text/html"]);
    assert_eq!((text(&item, "COUNT").as_str(), text(&item, "FILES").as_str()), ("2", "3"));
    assert_eq!(texts(&item, "NAMES"), ["bildü.png", "nö.txt", ""]);
    assert_eq!(texts(&item, "KINDS"), ["image/png", "text/plain", "message/rfc822"]);
    assert_eq!(texts(&item, "SIZES")[0], "4");
    assert_eq!(texts(&item, "CONTENTS")[2], "Subject: inner\r\n\r\ninner text");
    assert_eq!(notes, Vec::<String>::new());
}

#[test]
fn one_field_takes_the_plain_text_and_the_rest_is_kept_or_named() {
    let codec = mail(false, "");
    let two = "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nplain\n\
               --b\nContent-Type: text/html\n\n<p>html\n--b--\n";
    let (item, notes) = parsed(&codec, &crlf(two));
    assert_eq!((text(&item, "BODY").as_str(), text(&item, "FILES").as_str()), ("plain", "0"));
    assert_eq!(notes, ["there is no field for the text as text/html, skipped"]);
    let (item, notes) = parsed(&codec, &crlf("Content-Type: text/html\n\n<p>html"));
    assert_eq!((text(&item, "BODY").as_str(), text(&item, "FILES").as_str()), ("", "1"));
    assert_eq!((text(&item, "KINDS").as_str(), text(&item, "CONTENTS").as_str()), ("text/html", "<p>html"));
    assert_eq!(notes, Vec::<String>::new());
}

#[test]
fn broken_mails_are_read_as_far_as_they_make_sense() {
    let codec = mail(false, "");
    let body = |mail: &str| text(&parsed(&codec, mail.as_bytes()).0, "BODY");
    assert_eq!(body("just text\n\nmore"), "just text\n\nmore");
    assert_eq!(body("Subject: a\nX: b"), "");
    assert_eq!(body("Subject: a\rX: b\r\rmac\rends\r"), "mac\nends\n");
    assert_eq!(body("Subject: a\r\r\nX: b\r\r\n\r\r\nbody\r\r\n"), "body\n");
    let unended =
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\nContent-Type: text/plain\n\ntwo";
    assert_eq!(body(unended), "one\ntwo");
    assert_eq!(body("Content-Type: multipart/mixed; boundary=b\n\nno parts at all"), "no parts at all");
    assert_eq!(
        body("Content-Type: multipart/mixed\n\n--b\n\nno boundary\n--b--"),
        "--b\n\nno boundary\n--b--"
    );
    assert_eq!(
        body("Content-Type: multipart/mixed; boundary=b\n\n--bb\n\nx\n--b\n\nin\n--b--x\nstill\n--b--"),
        "in\n--b--x\nstill"
    );
    assert_eq!(body("Content-Transfer-Encoding: base64\n\n!!!"), "");
    assert_eq!(body("Content-Type: text/plain; charset=latin1\n\nx"), "x");
}

#[test]
fn more_attachments_than_allowed_are_named() {
    let codec = mail(false, "");
    let part = "--b\nContent-Type: a/b\n\nx\n";
    let (item, notes) = parsed(
        &codec,
        &crlf(&format!("Content-Type: multipart/mixed; boundary=b\n\n{}--b--", part.repeat(7))),
    );
    assert_eq!((texts(&item, "CONTENTS").len(), text(&item, "FILES").as_str()), (5, "5"));
    assert_eq!(notes, ["2 attachments are too many or too large, skipped"]);
}

#[test]
fn a_size_limit_cuts_text_and_leaves_out_what_does_not_fit() {
    let codec = mail(false, "");
    let mut item = Item::new(Arc::clone(codec.datatype().fields()));
    set(&mut item, "BODY", Value::Text("aüb".into()));
    set(&mut item, "CONTENTS", Value::Array(vec![Value::Blob(vec![1; 10]), Value::Blob(vec![2; 3])]));
    let sent = |limit| parsed(&codec, written(&codec, &item, limit).as_bytes()).0;
    let whole = sent(None);
    assert_eq!((text(&whole, "LIMIT").as_str(), text(&whole, "FILES").as_str()), ("-1", "2"));
    let part = sent(Some(10));
    assert_eq!((text(&part, "LIMIT").as_str(), text(&part, "BODY").as_str()), ("10", "aüb"));
    assert_eq!((text(&part, "FILES").as_str(), text(&part, "SIZES").as_str()), ("1", "3"));
    let cut = sent(Some(2));
    assert_eq!((text(&cut, "LIMIT").as_str(), text(&cut, "BODY").as_str()), ("2", "a"));
    assert_eq!(text(&sent(Some(0)), "BODY"), "");
    let notes: Vec<String> =
        codec.encode(&item, &Peer::default(), Some(2)).notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        ["cut to the 1 bytes that the peer holds", "2 attachments are too many or too large, skipped"]
    );
}

#[test]
fn what_comes_back_in_part_is_whole_again() {
    let codec = mail(false, "");
    let mut whole = Item::new(Arc::clone(codec.datatype().fields()));
    set(&mut whole, "SUBJECT", Value::Text("old".into()));
    set(&mut whole, "BODY", Value::Text("a body of some length".into()));
    set(&mut whole, "CONTENTS", Value::Array(vec![Value::Blob(vec![1; 10]), Value::Blob(vec![2; 3])]));
    for (limit, body, files) in [(None, "changed", 0), (Some(6), "a body of some length", 2)] {
        let mut back = parsed(&codec, written(&codec, &whole, limit).as_bytes()).0;
        set(&mut back, "SUBJECT", Value::Text("new".into()));
        if limit.is_none() {
            set(&mut back, "BODY", Value::Text("changed".into()));
            set(&mut back, "CONTENTS", Value::Array(Vec::new()));
        }
        codec.restore_parts(&mut back, &whole, false);
        assert_eq!((text(&back, "SUBJECT").as_str(), text(&back, "BODY").as_str()), ("new", body));
        assert_eq!(texts(&back, "CONTENTS").len(), files);
    }
    assert_eq!(codec.body_field(), whole.list().find("BODY"));
}

#[test]
fn what_comes_back_in_part_and_does_not_say_so_is_whole_again() {
    let codec = mail(false, "");
    let mut whole = Item::new(Arc::clone(codec.datatype().fields()));
    set(&mut whole, "BODY", Value::Text("a body \nof some length".into()));
    set(&mut whole, "CONTENTS", Value::Array(vec![Value::Blob(vec![1; 10]), Value::Blob(vec![2; 3])]));
    let back = |limit, limited, body: Option<&str>| {
        let sent = written(&codec, &whole, limit);
        let said = sent.lines().find(|line| line.starts_with("X-Sync-Message-Limit")).unwrap_or_default();
        let mut back = parsed(&codec, sent.replace(&format!("{said}\r\n"), "").as_bytes()).0;
        if let Some(body) = body {
            set(&mut back, "BODY", Value::Text(body.into()));
        }
        codec.restore_parts(&mut back, &whole, limited);
        (text(&back, "BODY"), texts(&back, "CONTENTS").len())
    };
    let all = "a body \nof some length".to_owned();
    assert_eq!(back(Some(8), true, None), (all.clone(), 2), "cut within space, without attachments");
    assert_eq!(back(Some(30), true, None), (all.clone(), 2), "an attachment is missing");
    assert_eq!(back(Some(0), true, None), (all.clone(), 2), "nothing of it");
    assert_eq!(back(None, true, None), (all, 2));
    assert_eq!(back(Some(8), true, Some("another")), ("another".into(), 0), "it was changed there");
    assert_eq!(
        back(Some(6), false, None),
        ("a body".into(), 0),
        "mails have no limit: it was shortened there"
    );
}

#[test]
fn parts_of_bytes_stand_as_they_are_where_messages_carry_bytes() {
    let codec = mail(false, "<binaryparts>yes</binaryparts>");
    let peer = Peer { bytes: true, ..Peer::default() };
    let content = b"\r\n------=_syncloom_0_1\r\n\x00\xff\r\n".to_vec();
    let mut item = Item::new(Arc::clone(codec.datatype().fields()));
    set(&mut item, "BODY", Value::Text("text".into()));
    set(&mut item, "CONTENTS", Value::Array(vec![Value::Blob(content.clone())]));
    let encoded = codec.encode(&item, &peer, None);
    assert!(encoded.binary && encoded.data.windows(content.len()).any(|window| window == content));
    let back = codec.decode(&encoded.data, &peer).unwrap().item;
    let contents = back.list().find("CONTENTS").unwrap();
    assert_eq!(back.get(contents).elements(), [Value::Blob(content)]);
    // A boundary in the bytes does not end them: their length counts.
    let tricky = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: a/b\r\nContent-Length: 10\r\n\r\nx\r\n--b\r\nyy\r\n--b--\r\n";
    let (item, _) = parsed(&codec, tricky);
    assert_eq!(texts(&item, "CONTENTS"), ["x\r\n--b\r\nyy"]);
}

/// Generated mails: written, read and written again they are the same bytes, and read they are the same mail.
#[test]
fn generated_mails_are_a_fixed_point() {
    let words = [
        "",
        "plain",
        "Grüße aus Zürich",
        "مرحبا بالعالم",
        "日本語の件名",
        "a  b\tc",
        "=?utf-8?Q?x?=",
        "\"q\" <a@b>",
        "😀",
        "x".repeat(200).leak(),
        "long words of all kinds ".repeat(9).leak(),
    ];
    let types = ["text/plain", "application/octet-stream", "image/jpeg", "message/rfc822", "text/x-vcard"];
    for variants in [false, true] {
        let codec = mail(variants, "");
        let mut random = Random::new(7);
        for _ in 0..400 {
            let mut item = Item::new(Arc::clone(codec.datatype().fields()));
            for name in ["FROM", "SUBJECT"] {
                set(&mut item, name, Value::Text(random.pick(&words).trim().into()));
            }
            let day = random.below(20_000) as i64 * 86_400_000;
            set(&mut item, "DATE", Value::Timestamp(Timestamp::from_unix_ms(day)));
            let many = 1 + random.below(3) * usize::from(variants);
            let bodies: Vec<Value> = (0..many)
                .map(|_| {
                    let lines: Vec<&str> = (0..random.below(5)).map(|_| random.pick(&words)).collect();
                    Value::Text(format!("line\n{}", lines.join("\n")).into())
                })
                .collect();
            if variants {
                let kinds = ["text/plain", "text/html", "text/rtf"].map(|kind| Value::Text(kind.into()));
                set(&mut item, "TYPES", Value::Array(kinds[..bodies.len()].to_vec()));
                set(&mut item, "BODY", Value::Array(bodies));
            } else {
                set(&mut item, "BODY", bodies[0].clone());
            }
            let files = random.below(4);
            let value = |text: &str| if text.is_empty() { Value::Empty } else { Value::Text(text.into()) };
            let names: Vec<Value> =
                (0..files).map(|_| value(random.pick(&words).replace('\t', " ").trim())).collect();
            let kinds: Vec<Value> = (0..files).map(|_| value(random.pick(&types))).collect();
            let contents: Vec<Value> = (0..files)
                .map(|_| {
                    let text = random.pick(&["a\r\nb", "a\nb\r", "--x\r\n\r\n", "\u{0}\u{1}", "ü\r\n"]);
                    let bytes = random.below(300);
                    let made: Vec<u8> = (0..bytes).map(|_| random.below(256) as u8).collect();
                    Value::Blob(if random.below(2) == 0 { made } else { text.as_bytes().to_vec() })
                })
                .filter(|content| !content.is_empty())
                .collect();
            set(&mut item, "NAMES", Value::Array(names[..contents.len()].to_vec()));
            set(&mut item, "KINDS", Value::Array(kinds[..contents.len()].to_vec()));
            set(&mut item, "CONTENTS", Value::Array(contents));
            let sent = written(&codec, &item, None);
            let (back, notes) = parsed(&codec, sent.as_bytes());
            assert_eq!(notes, Vec::<String>::new(), "{sent}");
            for name in ["FROM", "SUBJECT", "DATE", "BODY", "NAMES", "CONTENTS"] {
                let field = item.list().find(name).unwrap();
                let shown = |item: &Item| match item.get(field) {
                    Value::Array(elements) => format!("{elements:?}"),
                    value if value.is_empty() => String::new(),
                    value => value.to_text(),
                };
                assert_eq!(shown(&back), shown(&item), "{name}\n{sent}");
            }
            assert_eq!(written(&codec, &back, None), sent);
        }
    }
}

/// Whatever comes in is an item, soon, and what is written of it is one again.
#[test]
fn hostile_mails() {
    let codec = mail(true, "");
    let deep: String = (0..3000)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
        .collect();
    let same = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".repeat(5000);
    let many =
        format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{}", "--b\r\n\r\nx\r\n".repeat(100_000));
    let lengths = format!(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n{}",
        "--b\r\nContent-Length: 900000\r\n\r\nx\r\n".repeat(30_000)
    );
    let folds = format!("Subject: {}", "a\r\n ".repeat(200_000));
    let words = format!("Subject: {}", "=?utf-8?B?".repeat(100_000));
    let open = format!("Subject: {}", "=?".repeat(300_000));
    let marks = format!("Content-Type: text/plain; {}\r\n\r\nx", "name*0=a;".repeat(50_000));
    let stray = format!("A: b\r\n{}", "no header\r\n".repeat(100_000));
    for text in [deep, same, many, lengths, folds, words, open, marks, stray] {
        let begun = Instant::now();
        let (item, _) = parsed(&codec, text.as_bytes());
        let mut out = Vec::new();
        codec.generate(&item, &Peer::default(), &mut out);
        assert!(begun.elapsed() < Duration::from_secs(100), "{:?} {}", begun.elapsed(), &text[..60]);
        assert!(out.len() < text.len() * 6 + 10_000, "{} of {}", out.len(), text.len());
    }
}

#[test]
fn any_bytes_are_some_mail() {
    let codec = mail(true, "<zippedbindata>yes</zippedbindata><unicodedata>yes</unicodedata>");
    let peer = Peer { bytes: true, ..Peer::default() };
    let seed = crlf(
        "From: =?utf-8?Q?J=C3=B6?= <j@x>\nTo: a, b\nDate: Tue, 15 Jul 2008 14:00:00 +0200\n\
         Content-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: text/plain; charset=koi8-r\n\
         Content-Transfer-Encoding: quoted-printable\n\n=F0=D2\n--b\nContent-Type: a/b; name*0*=u''%20\n\
         Content-Transfer-Encoding: base64\nContent-Length: 4\n\nAAEC\n--b--\n",
    );
    let mut random = Random::new(99);
    for _ in 0..5_000 {
        let mut bytes = seed.clone();
        for _ in 0..=random.below(6) {
            let at = random.below(bytes.len());
            match random.below(4) {
                0 => bytes[at] = random.below(256) as u8,
                1 => bytes.truncate(at.max(1)),
                2 => drop(bytes.splice(at..at, seed[at / 2..(at / 2 + 9).min(seed.len())].to_vec())),
                _ => drop(bytes.remove(at)),
            }
            if bytes.is_empty() {
                bytes.push(b'x');
            }
        }
        if let Ok(parsed) = codec.decode(&bytes, &peer) {
            codec.encode(&parsed.item, &peer, Some(random.below(50) as u64));
        }
        let (item, _) = parsed(&codec, &bytes);
        let sent = written(&codec, &item, None);
        let (again, _) = parsed(&codec, sent.as_bytes());
        assert_eq!(written(&codec, &again, None), sent, "{:?}", String::from_utf8_lossy(&bytes));
    }
}
