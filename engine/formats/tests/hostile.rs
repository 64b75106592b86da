//! Text that was made to do harm: nothing panics, and the time grows with the length of the text.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use std::time::{Duration, Instant};

use support::{Random, contacts};
use syncloom_formats::{Codec, ParseError, Peer};

const SEED: &str = "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;=\r\n\
    Hans\r\nitem1.TEL;TYPE=\"WORK,FAX\";HOME:+41 44\r\nADR;WORK:;;Weg 1;Bern\r\nCATEGORIES:a,b\\,c;d\r\n\
    NOTE:a folded\r\n note\r\nPHOTO;ENCODING=BASE64:\r\n AAECAwQF\r\n\r\nBEGIN:X\r\nEND:X\r\nEND:VCARD\r\n";

/// One megabyte takes a second or two in a build without optimization, and many times that on a machine with other things
/// to do; a square of it would take hours.
const LIMIT: Duration = Duration::from_secs(100);

fn both() -> [Codec; 2] {
    [Codec::new(contacts("2.1")), Codec::new(contacts("3.0"))]
}

fn survives(codec: &Codec, text: &[u8]) {
    let start = Instant::now();
    if let Ok(parsed) = codec.parse(text, &Peer::default()) {
        let mut out = Vec::new();
        codec.generate(&parsed.item, &Peer::default(), &mut out);
        assert!(codec.parse(&out, &Peer::default()).is_ok(), "what was written is not read");
    }
    let head = String::from_utf8_lossy(&text[..text.len().min(60)]).into_owned();
    assert!(start.elapsed() < LIMIT, "{:?} for {} bytes: {head:?}", start.elapsed(), text.len());
}

#[test]
fn flipped_bytes_and_cut_ends() {
    let mut random = Random::new(1);
    for codec in both() {
        for length in 0..SEED.len() {
            survives(&codec, &SEED.as_bytes()[..length]);
        }
        for _ in 0..3000 {
            let mut text = SEED.as_bytes().to_vec();
            for _ in 0..=random.below(8) {
                let at = random.below(text.len());
                text[at] = random.next() as u8;
            }
            survives(&codec, &text);
        }
    }
}

#[test]
fn random_bytes() {
    let mut random = Random::new(2);
    let alphabet = b":;=\",\\\r\n \tABEGINVCRDEL.\0\xfc\xe2\x82";
    for codec in both() {
        for _ in 0..2000 {
            let mut text = b"BEGIN:VCARD\r\n".to_vec();
            text.extend((0..random.below(400)).map(|_| alphabet[random.below(alphabet.len())]));
            survives(&codec, &text);
        }
    }
}

#[test]
fn a_megabyte_of_one_thing() {
    let heads = ["", "N:", "NOTE;ENCODING=QUOTED-PRINTABLE:", "PHOTO;ENCODING=B:", "TEL;TYPE=\""];
    let fills = [
        ":",
        ";",
        "=",
        "\r",
        "\n",
        "\"",
        ",",
        "\\",
        " ",
        "=\r\n",
        "\r\n ",
        "a",
        "TEL:1\r\n",
        "x.TEL:1\n",
        "A\r\n",
        "\",\"",
    ];
    for codec in both() {
        for head in heads {
            for fill in fills {
                let text = format!("BEGIN:VCARD\r\n{head}{}", fill.repeat(1_000_000 / fill.len()));
                survives(&codec, text.as_bytes());
            }
        }
    }
}

#[test]
fn a_megabyte_for_what_is_kept_and_for_zones() {
    let codecs: Vec<Codec> = support::config::everything().into_iter().map(Codec::new).collect();
    let zone = "BEGIN:VTIMEZONE\nTZID:Z#\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETTO:+0#\nEND:STANDARD\nEND:VTIMEZONE\n";
    let event = "SUMMARY:s\nDTSTART;TZID=Z9:20080715T120000\nRRULE:FREQ=DAILY\nBEGIN:VALARM\nTRIGGER:-P1D\nEND:VALARM\n";
    for (begin, fill, count) in [
        ("BEGIN:VCARD\nVERSION:3.0\nN:x\n", "TEL;X-P=#:#\n", 50_000),
        ("BEGIN:VCARD\nVERSION:3.0\nN:x\n", "X-#:#\n", 90_000),
        ("BEGIN:VCARD\nVERSION:3.0\nN:x\n", "ORG:a;b;#\n", 80_000),
        ("BEGIN:VCARD\nVERSION:3.0\nN:x\n", "NOTE:#\nBDAY:#\n", 40_000),
        ("BEGIN:VCARD\nVERSION:3.0\nN:x\n", "BEGIN:X\nEND:X\n", 40_000),
        ("BEGIN:VCALENDAR\nVERSION:2.0\n", zone, 9_000),
        ("BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\n", event, 9_000),
        (
            "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nSUMMARY:s\n",
            "EXDATE;TZID=Z#:20080715T12000#\n",
            50_000,
        ),
        (
            "BEGIN:VCALENDAR\nVERSION:2.0\n",
            "BEGIN:VEVENT\nSUMMARY:s\nRECURRENCE-ID;TZID=Europe/Zurich:20080715T120000\nEND:VEVENT\n",
            20_000,
        ),
    ] {
        let mut text = begin.to_owned();
        (0..count).for_each(|number: usize| text.push_str(&fill.replace('#', &number.to_string())));
        codecs.iter().for_each(|codec| survives(codec, text.as_bytes()));
    }
}

#[test]
fn endless_nesting_and_endless_properties_are_refused() {
    for codec in both() {
        let deep = "BEGIN:VCARD\r\n".repeat(50_000);
        let refused = codec.parse(deep.as_bytes(), &Peer::default()).unwrap_err();
        assert!(matches!(refused, ParseError::TooDeep { line: 65, .. }), "{refused}");
        let many = format!("BEGIN:VCARD\r\n{}", "TEL:1\r\n".repeat(100_001));
        let refused = codec.parse(many.as_bytes(), &Peer::default()).unwrap_err();
        assert_eq!(refused.to_string(), "line 100002: TEL is one property too many");
    }
}

#[test]
fn no_begin_is_refused_with_the_name_of_the_profile() {
    for codec in both() {
        for text in ["", "garbage", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "\u{feff}\r\n"] {
            let refused = codec.parse(text.as_bytes(), &Peer::default()).unwrap_err();
            assert_eq!(refused.to_string(), "there is no BEGIN:VCARD");
        }
    }
}
