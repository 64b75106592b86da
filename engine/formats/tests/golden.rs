//! What the original engine measurably reads and writes, case by case.
//!
//! `../shared/golden/convert.jsonl` holds the cases (`SYNCLOOM_SHARED` says where else to look). Where we
//! differ on purpose a rule over the input says so, and why.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use std::io::Write;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};
use support::contacts;
use syncloom_formats::{Codec, PRODUCT_ID, Peer};
use syncloom_script::{Item, Value};

const THEIR_PRODUCT_ID: &str = "-//Synthesis AG//NONSGML SyncML Engine V3.4.0.47//EN";

#[test]
fn every_vcard_case_is_equal_or_differs_on_purpose() {
    let Some(cases) = cases() else {
        // Not `println!`, which the test harness keeps to itself while a test passes.
        let _ = writeln!(std::io::stderr(), "skipped: no golden/convert.jsonl below SYNCLOOM_SHARED");
        return;
    };
    let (mut equal, mut on_purpose, mut differ) = (0, 0, 0);
    for case in cases.lines() {
        let case: Json = serde_json::from_str(case).unwrap();
        let (input, output) = (&case["input"], &case["output"]);
        let (Some(from), Some(to)) = (codec(&input["input_datatype"]), codec(&input["output_datatype"]))
        else {
            continue;
        };
        let data = bytes(&input["data"]);
        match (compare(&from, &to, &data, output), reason(&data)) {
            (Ok(()), _) => equal += 1,
            (Err(difference), Some(reason)) => {
                on_purpose += 1;
                println!("{}: {reason}\n{difference}", case["id"]);
            }
            (Err(difference), None) => {
                differ += 1;
                println!("{} DIFFERS\n{difference}", case["id"]);
            }
        }
    }
    println!("equal {equal}, on purpose {on_purpose}, differ {differ}");
    assert!(equal > 0, "no case was compared");
    assert_eq!(differ, 0);
}

/// Why we do not answer an input as the original does: rules over the input, each with its ground.
fn reason(data: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(data).to_ascii_uppercase();
    let has = |part: &str| text.contains(part);
    if has("CHARSET=") && !has("CHARSET=UTF-8") && !has("CHARSET=ISO-8859-1;") {
        return Some("the original turns text of character sets that it does not know into `_`; we read it");
    }
    if !is_utf8(data) {
        return Some("bytes that are no UTF-8 pass through the original and break the text; we read 1252");
    }
    if data.contains(&0) {
        return Some("a NUL cuts the value of the original; we drop the NUL and keep the value");
    }
    if text
        .split("\r\n")
        .any(|line| !line.is_empty() && !line.contains(':') && !line.starts_with([' ', '\t']))
    {
        return Some("a line without a colon swallows the next property of the original; we skip the line");
    }
    let single =
        |name: &&str| text.lines().filter(|line| line.split([':', ';']).next() == Some(name)).count() > 1;
    if ["N", "FN", "NOTE", "ORG", "TITLE", "NICKNAME", "BDAY", "REV", "PHOTO"].iter().any(single) {
        return Some("of a property with one place the original takes the last; we take the first");
    }
    if has("VALUE=URI") {
        return Some("the original makes picture bytes of an address; we keep the address");
    }
    None
}

/// Whether the text, and what is quoted in it, is UTF-8 where no character set is named.
fn is_utf8(data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    let quoted = text.lines().filter(|line| line.contains("QUOTED-PRINTABLE") && !line.contains("CHARSET="));
    let decoded = |line: &str| {
        let mut bytes = Vec::new();
        for (number, part) in line.split('=').enumerate() {
            match part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                Some(byte) if number > 0 => {
                    bytes.push(byte);
                    bytes.extend_from_slice(&part.as_bytes()[2..]);
                }
                _ => bytes.extend_from_slice(part.as_bytes()),
            }
        }
        bytes
    };
    std::str::from_utf8(data).is_ok() && quoted.map(decoded).all(|line| std::str::from_utf8(&line).is_ok())
}

fn compare(from: &Codec, to: &Codec, data: &[u8], output: &Json) -> Result<(), String> {
    let parsed = match from.parse(data, &Peer::default()) {
        Ok(parsed) => parsed,
        Err(error) if output["parse_failed"].is_null() => return Err(format!("refused: {error}")),
        Err(_) => return Ok(()),
    };
    if !output["parse_failed"].is_null() {
        return Err("should have been refused".into());
    }
    if let Json::Object(fields) = &output["fields"] {
        compare_fields(&parsed.item, fields)?;
    }
    let mut written = Vec::new();
    to.generate(&parsed.item, &Peer::default(), &mut written);
    let written = String::from_utf8_lossy(&written).replace(PRODUCT_ID, THEIR_PRODUCT_ID);
    let expected = String::from_utf8_lossy(&bytes(&output["output"])).into_owned();
    if written == expected { Ok(()) } else { Err(format!("  ours   {written:?}\n  theirs {expected:?}")) }
}

/// Compares values, but not which fields are assigned: the dumps say "assigned" of every field.
fn compare_fields(item: &Item, fields: &Map<String, Json>) -> Result<(), String> {
    for (name, expected) in fields {
        let id = item.list().find(name).ok_or_else(|| format!("no field {name}"))?;
        let (ours, theirs) = match expected["elements"].as_array() {
            Some(elements) => {
                let ours = item.get(id).elements().iter().map(text).collect();
                (trimmed(ours), trimmed(elements.iter().map(dumped).collect()))
            }
            None => (vec![text(item.get(id))], vec![dumped(expected)]),
        };
        if ours != theirs {
            return Err(format!("  {name}: ours {ours:?}, theirs {theirs:?}"));
        }
    }
    Ok(())
}

fn dumped(dump: &Json) -> String {
    match dump["blob_b64"].as_str() {
        Some(blob) => blob.to_owned(),
        None => dump["str"].as_str().unwrap_or_default().to_owned(),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Blob(bytes) => STANDARD.encode(bytes),
        value => value.to_text(),
    }
}

/// Without the empty elements at the end: the original fills arrays up to the longest of a block.
fn trimmed(mut elements: Vec<String>) -> Vec<String> {
    while elements.last().is_some_and(String::is_empty) {
        elements.pop();
    }
    elements
}

fn codec(datatype: &Json) -> Option<Codec> {
    match datatype.as_str()? {
        "vCard21" => Some(Codec::new(contacts("2.1"))),
        "vCard30" => Some(Codec::new(contacts("3.0"))),
        _ => None,
    }
}

fn bytes(data: &Json) -> Vec<u8> {
    match data {
        Json::String(text) => text.clone().into_bytes(),
        data => STANDARD.decode(data["b64"].as_str().unwrap_or_default()).unwrap(),
    }
}

fn cases() -> Option<String> {
    let shared = std::env::var_os("SYNCLOOM_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    std::fs::read_to_string(shared.join("golden/convert.jsonl")).ok()
}
