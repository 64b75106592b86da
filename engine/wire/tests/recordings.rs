//! Recorded traffic of real peers: read without a fault, written again as the same bytes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic, its helpers too")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use common::recordings;
use syncloom_wire::*;

#[test]
fn recorded_messages_are_written_again_byte_for_byte() {
    let recordings = recordings();
    let mut differing = Vec::new();
    for recording in &recordings {
        let message = recording.message();
        let written = encode(&message, recording.encoding);
        let again = decode(&written, recording.encoding, &Limits::default()).unwrap();
        assert_eq!((&again.message, again.fault), (&message, None), "{}", recording.path.display());
        if written != recording.bytes {
            differing.push(recording.path.display().to_string());
        }
    }
    println!("{} recordings, {} byte-identical", recordings.len(), recordings.len() - differing.len());
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn recorded_messages_survive_the_other_encoding() {
    for recording in recordings() {
        let message = recording.message();
        for encoding in [Encoding::Xml, Encoding::Wbxml] {
            let other = decode(&encode(&message, encoding), encoding, &Limits::default()).unwrap();
            assert_eq!(other.message, message, "{} as {encoding:?}", recording.path.display());
            assert_eq!(other.fault, None);
        }
    }
}

#[test]
fn lengths_of_recorded_messages_add_up() {
    for recording in recordings() {
        let mut message = recording.message();
        message.is_final = true;
        let version = message.header.version().unwrap();
        for encoding in [Encoding::Xml, Encoding::Wbxml] {
            let commands: usize = message.body.iter().map(|c| command_len(c, version, encoding)).sum();
            let sum = frame_len(&message.header, encoding) + commands;
            assert_eq!(sum, encode(&message, encoding).len(), "{}", recording.path.display());
        }
    }
}
