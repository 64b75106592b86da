//! Generated messages: what is written is read as the same, and is as long as was said before.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic, its helpers too")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use common::{Random, assert_alike};
use syncloom_wire::*;

const ENCODINGS: [Encoding; 2] = [Encoding::Xml, Encoding::Wbxml];
const VERSIONS: [Version; 3] = [Version::V1_0, Version::V1_1, Version::V1_2];

fn generated() -> impl Iterator<Item = Message> {
    let mut random = Random(0x5EED_0001);
    (0..600).map(move |n| random.message(VERSIONS[n % 3]))
}

#[test]
fn generated_messages_survive_both_encodings() {
    for (n, message) in generated().enumerate() {
        for encoding in ENCODINGS {
            let bytes = encode(&message, encoding);
            let decoded = decode(&bytes, encoding, &Limits::default()).unwrap();
            assert_eq!(decoded.fault, None, "message {n} {encoding:?}");
            let what = format!("message {n} {encoding:?}");
            assert_alike(&format!("{:?}", decoded.message), &format!("{message:?}"), &what);
            assert!(decoded.message == message, "{what}");
        }
    }
}

#[test]
fn lengths_add_up() {
    let mut checked = 0;
    for mut message in generated() {
        let version = message.header.version().unwrap();
        for (encoding, final_len) in ENCODINGS.into_iter().zip(["<Final/>".len(), 1]) {
            for is_final in [true, false] {
                message.is_final = is_final;
                let frame = frame_len(&message.header, encoding) - if is_final { 0 } else { final_len };
                let commands: usize = message.body.iter().map(|c| parts_len(c, version, encoding)).sum();
                let whole: usize = message.body.iter().map(|c| command_len(c, version, encoding)).sum();
                let written = encode(&message, encoding).len();
                assert_eq!((frame + commands, frame + whole), (written, written));
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 2400);
}

/// The length of a command; that of a `Sync` put together from its parts.
fn parts_len(command: &Command, version: Version, encoding: Encoding) -> usize {
    let Command::Sync(sync) = command else { return command_len(command, version, encoding) };
    let empty = Command::Sync(Sync { commands: Vec::new(), ..sync.clone() });
    let inner: usize = sync.commands.iter().map(|c| parts_len(c, version, encoding)).sum();
    command_len(&empty, version, encoding) + inner
}

#[test]
fn octets_go_through_wbxml_and_are_left_out_of_xml() {
    let item = |data| Item { data: Some(data), ..Item::default() };
    let add =
        |data| Command::Add(Change { cmd_id: "1".into(), items: vec![item(data)], ..Change::default() });
    let octets = Data::Bytes(vec![0xC3, 0x00, 0xFF]);
    let with_nul = Data::Text("a\0b".into());
    let header = Header { ver_dtd: "1.2".into(), ..Header::default() };
    let message = Message { header, body: vec![add(octets), add(with_nul)], is_final: true };
    let limits = Limits::default();
    let wbxml = decode(&encode(&message, Encoding::Wbxml), Encoding::Wbxml, &limits).unwrap();
    assert_eq!((wbxml.message, wbxml.fault), (message.clone(), None));
    let xml = decode(&encode(&message, Encoding::Xml), Encoding::Xml, &limits).unwrap();
    let expected = [add(Data::default()), add(Data::from("ab"))];
    assert_eq!((&xml.message.body[..], xml.fault), (&expected[..], None));
}

#[test]
fn unknown_commands_are_not_written() {
    let header = Header { ver_dtd: "1.1".into(), ..Header::default() };
    let unknown = Command::Unknown(Unknown { name: "Foo".into(), ..Unknown::default() });
    let message = Message { header, body: vec![unknown.clone()], is_final: true };
    for encoding in ENCODINGS {
        assert_eq!(command_len(&unknown, Version::V1_1, encoding), 0);
        assert_eq!(encode(&message, encoding).len(), frame_len(&message.header, encoding));
    }
}
