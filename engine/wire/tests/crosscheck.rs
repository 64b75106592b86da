//! A foreign converter (`wbxml2xml` and `xml2wbxml` of libwbxml) between our writer and our reader:
//! what one of our encodings says must come through it and be read in the other as the same message.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic, its helpers too")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Recording, assert_alike, recordings};
use syncloom_wire::*;

/// One recording in so many is converted: each costs the start of a process.
const STEP: usize = 6;

#[test]
fn our_wbxml_is_read_by_a_foreign_converter() {
    through_converter("wbxml2xml", &["-k"], Encoding::Wbxml, Encoding::Xml);
}

#[test]
fn our_xml_is_read_by_a_foreign_converter() {
    through_converter("xml2wbxml", &["-k"], Encoding::Xml, Encoding::Wbxml);
    through_converter("xml2wbxml", &["-k", "-n", "-v", "1.1"], Encoding::Xml, Encoding::Wbxml);
}

#[test]
fn recorded_wbxml_was_converted_to_what_we_read() {
    let mut compared = 0;
    let recordings = recordings();
    for recording in recordings.iter().filter(|r| r.encoding == Encoding::Wbxml && can_be_converted(r)) {
        let Ok(xml) = std::fs::read(recording.path.with_extension("wbxml.xml")) else { continue };
        assert_same(&xml, Encoding::Xml, &recording.message(), &recording.path);
        compared += 1;
    }
    assert!(recordings.is_empty() || compared > 100, "{compared}");
}

fn through_converter(program: &str, arguments: &[&str], from: Encoding, to: Encoding) {
    if !is_installed(program) {
        let _ = writeln!(std::io::stderr(), "skipped: {program} is not installed");
        return;
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let input = folder.join(format!("{program}{}.in", arguments.len()));
    let output = folder.join(format!("{program}{}.out", arguments.len()));
    for recording in recordings().iter().filter(|r| can_be_converted(r)).step_by(STEP) {
        let message = with_devinf_type(recording.message(), from);
        std::fs::write(&input, encode(&message, from)).unwrap();
        let run = Command::new(program).args(arguments).arg("-o").args([&output, &input]).output().unwrap();
        assert!(run.status.success(), "{}: {run:?}", recording.path.display());
        assert_same(&std::fs::read(&output).unwrap(), to, &message, &recording.path);
    }
}

fn assert_same(bytes: &[u8], encoding: Encoding, expected: &Message, path: &Path) {
    let decoded = decode(bytes, encoding, &Limits::default()).unwrap();
    assert_eq!(decoded.fault, None, "{}", path.display());
    assert_alike(&comparable(&decoded.message), &comparable(expected), &path.display());
}

/// The message as the encoding wants it: the converter goes by the type of device information.
fn with_devinf_type(mut message: Message, encoding: Encoding) -> Message {
    for command in &mut message.body {
        let meta = match command {
            syncloom_wire::Command::Put(put) => &mut put.meta,
            syncloom_wire::Command::Results(results) => &mut results.meta,
            _ => continue,
        };
        assert!(meta.type_.as_deref().is_some_and(|t| t.starts_with("application/vnd.syncml-devinf+")));
        meta.type_ = Some(encoding.devinf_type().to_owned());
    }
    message
}

/// The converter renames the type of device information along with the encoding.
fn comparable(message: &Message) -> String {
    format!("{message:?}").replace(Encoding::Wbxml.devinf_type(), Encoding::Xml.devinf_type())
}

/// The converter writes a section end inside of a CDATA section as it is, which is not XML any more.
fn can_be_converted(recording: &Recording) -> bool {
    fn has_section_end(commands: &[syncloom_wire::Command]) -> bool {
        commands.iter().any(|command| format!("{command:?}").contains("]]>"))
    }
    !has_section_end(&recording.message().body)
}

fn is_installed(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|paths| std::env::split_paths(&paths).any(|folder| folder.join(program).is_file()))
}
