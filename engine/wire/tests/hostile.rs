//! Bytes that nobody should send: whatever comes, the reader returns, soon and without a panic, and
//! names what is wrong.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic, its helpers too")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use std::time::{Duration, Instant};

use common::{Random, recordings};
use syncloom_wire::*;

const WBXML_HEADER: &[u8] = &[0x02, 0xA4, 0x01, 0x6A, 0x00];
/// `SyncML` with a small `SyncHdr` and the start of `SyncBody`.
const WBXML_START: &[u8] = b"\x02\xA4\x01\x6A\x00\x6D\x6C\x71\x031.2\0\x01\x01\x6B";
const XML_START: &str = "<SyncML><SyncHdr><VerDTD>1.2</VerDTD></SyncHdr><SyncBody>";

fn read(bytes: &[u8], encoding: Encoding) -> Result<Decoded, DecodeError> {
    decode(bytes, encoding, &Limits::default())
}

/// The first message and a later one of some recorded sessions, and generated messages.
fn samples() -> Vec<(Vec<u8>, Encoding)> {
    let mut samples: Vec<_> = recordings()
        .into_iter()
        .filter(|r| r.bytes.len() < 6000)
        .step_by(130)
        .map(|recording| (recording.bytes, recording.encoding))
        .collect();
    let mut random = Random(0xBAD_5EED);
    for version in [Version::V1_0, Version::V1_1, Version::V1_2] {
        let message = (0..).map(|_| random.message(version)).find(|m| m.body.len() > 3).unwrap();
        for encoding in [Encoding::Xml, Encoding::Wbxml] {
            let mut bytes = encode(&message, encoding);
            bytes.truncate(6000);
            samples.push((bytes, encoding));
        }
    }
    samples
}

/// A character that is cut off has up to three octets, each carried as four: the offset of a fault
/// behind them counts the octets as they are carried.
const CUT_CHARACTER: usize = 9;

#[test]
fn every_truncation_is_noticed() {
    for (bytes, encoding) in samples() {
        let whole = read(&bytes, encoding).unwrap();
        for end in 0..bytes.len() {
            match read(&bytes[..end], encoding) {
                Err(error) => {
                    assert!(!error.kind.is_limit() && error.offset <= end + CUT_CHARACTER, "{end}: {error}")
                }
                Ok(decoded) => {
                    let fault = decoded.fault.unwrap_or_else(|| panic!("{end} of {} passed", bytes.len()));
                    assert!(fault.offset <= end + CUT_CHARACTER, "{end}: {fault}");
                    assert!(decoded.message.body.len() <= whole.message.body.len());
                }
            }
        }
    }
}

#[test]
fn flipped_bytes_never_panic() {
    let mut random = Random(0xF11B);
    let mut outcomes = [0; 3];
    for (bytes, encoding) in samples() {
        for _ in 0..400 {
            let mut bytes = bytes.clone();
            for _ in 0..=random.below(3) {
                let at = random.below(bytes.len());
                bytes[at] = u8::try_from(random.below(256)).unwrap();
            }
            match read(&bytes, encoding) {
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    outcomes[0] += 1;
                }
                Ok(Decoded { fault: Some(fault), .. }) => {
                    assert!(fault.offset <= bytes.len() * 3, "{fault}");
                    outcomes[1] += 1;
                }
                Ok(Decoded { message, fault: None }) => {
                    // Whatever was read can be written and read again.
                    let again = read(&encode(&message, Encoding::Wbxml), Encoding::Wbxml).unwrap();
                    assert_eq!(again.fault, None);
                    outcomes[2] += 1;
                }
            }
        }
    }
    assert!(outcomes.iter().all(|&count| count > 100), "{outcomes:?}");
}

#[test]
fn random_bytes_are_refused() {
    let mut random = Random(0xC0FFEE);
    for _ in 0..3000 {
        let bytes: Vec<u8> =
            (0..random.below(200)).map(|_| u8::try_from(random.below(256)).unwrap()).collect();
        assert!(read(&bytes, Encoding::Xml).is_err());
        let wbxml = [WBXML_HEADER, &bytes].concat();
        assert!(read(&wbxml, Encoding::Wbxml).is_err());
    }
}

#[test]
fn depth_is_limited() {
    let limit = Limits::default().max_depth;
    let too_deep = FaultKind::TooDeep { limit };
    for element in ["Sync", "Atomic", "Foo"] {
        let xml = format!("{XML_START}{}", format!("<{element}>").repeat(100_000));
        assert_eq!(read(xml.as_bytes(), Encoding::Xml).unwrap_err().kind, too_deep, "{element}");
    }
    for token in [0x6A, 0x48, 0x70] {
        let wbxml = [WBXML_START, &vec![token; 100_000]].concat();
        assert_eq!(read(&wbxml, Encoding::Wbxml).unwrap_err().kind, too_deep, "{token:X}");
    }
    // A filter holds an item, which holds a location, which holds a filter.
    let filters = "<Item><Target><Filter><Record>".repeat(20_000);
    let xml = format!("{XML_START}<Alert>{filters}");
    assert_eq!(read(xml.as_bytes(), Encoding::Xml).unwrap_err().kind, too_deep);
}

#[test]
fn the_number_of_elements_is_limited() {
    let limits = Limits { max_elements: 1000, ..Limits::default() };
    let many = FaultKind::TooManyElements { limit: 1000 };
    let wbxml = [WBXML_START, &vec![0x05; 5000]].concat();
    assert_eq!(decode(&wbxml, Encoding::Wbxml, &limits).unwrap_err().kind, many);
    let xml = format!("{XML_START}{}", "<Add/>".repeat(5000));
    assert_eq!(decode(xml.as_bytes(), Encoding::Xml, &limits).unwrap_err().kind, many);
    // Elements of nested documents count, even though a broken nested document alone is no fault.
    let devinf = format!("&lt;DevInf>{}", "&lt;Foo/>".repeat(5000));
    let xml = format!("{XML_START}<Put><Item><Data>{devinf}</Data></Item></Put>");
    assert_eq!(decode(xml.as_bytes(), Encoding::Xml, &limits).unwrap_err().kind, many);
}

#[test]
fn the_size_is_limited() {
    let limits = Limits { max_bytes: 10, ..Limits::default() };
    let error = decode(XML_START.as_bytes(), Encoding::Xml, &limits).unwrap_err();
    assert_eq!((error.kind, error.offset), (FaultKind::TooLarge { limit: 10 }, 10));
}

#[test]
fn declared_lengths_are_not_trusted() {
    let declared = u32::MAX;
    let table = [0x02, 0xA4, 0x01, 0x6A, 0x8F, 0xFF, 0xFF, 0xFF, 0x7F, 0x6D];
    let error = read(&table, Encoding::Wbxml).unwrap_err();
    assert_eq!(error.kind, FaultKind::LengthBeyondEnd { declared });
    let opaque = [WBXML_START, b"\x45\x54\x4F\xC3\x8F\xFF\xFF\xFF\x7Fabc"].concat();
    let fault = read(&opaque, Encoding::Wbxml).unwrap().fault.unwrap();
    assert_eq!(fault.kind, FaultKind::LengthBeyondEnd { declared });
    let integer = [WBXML_START, b"\x45\x54\x4F\xC3\xFF\xFF\xFF\xFF\xFF\xFF\x7F"].concat();
    let fault = read(&integer, Encoding::Wbxml).unwrap().fault.unwrap();
    assert_eq!(fault.kind, FaultKind::IntegerOverflow);
}

#[test]
fn references_to_the_string_table_cannot_multiply_it() {
    // A table of 200 KB, referred to 100,000 times, would be 20 GB.
    let mut bytes = vec![0x02, 0xA4, 0x01, 0x6A, 0x8C, 0x9A, 0x40];
    bytes.extend(vec![b'a'; 200_000]);
    bytes.extend(&WBXML_START[WBXML_HEADER.len()..]);
    bytes.extend(b"\x45\x54\x4F\x83\x00\x01\x01\x01".repeat(100_000));
    let error = read(&bytes, Encoding::Wbxml).unwrap_err();
    assert!(matches!(error.kind, FaultKind::TableExpansion { .. }), "{error}");
}

#[test]
fn entities_are_never_expanded() {
    let bomb = format!(
        "<!DOCTYPE SyncML [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>{XML_START}\
         <Alert><CmdID>1</CmdID><Correlator>&b;</Correlator></Alert></SyncBody></SyncML>"
    );
    let decoded = read(bomb.as_bytes(), Encoding::Xml).unwrap();
    assert_eq!(decoded.fault.unwrap().kind, FaultKind::UnknownEntity("b".into()));
    assert_eq!(decoded.message.body, []);
}

#[test]
fn the_work_grows_with_the_input() {
    let start = Instant::now();
    let text = "&lt;".repeat(400_000);
    let xml =
        format!("{XML_START}<Add><CmdID>1</CmdID><Item><Data>{text}</Data></Item></Add></SyncBody></SyncML>");
    let decoded = read(xml.as_bytes(), Encoding::Xml).unwrap();
    assert_eq!(decoded.fault, None);
    let pieces = b"\x03a\0\xC3\x01\xFF".repeat(400_000);
    let wbxml = [WBXML_START, b"\x45\x54\x4F", &pieces, b"\x01\x01\x01\x01\x01"].concat();
    let decoded = read(&wbxml, Encoding::Wbxml).unwrap();
    let Command::Add(add) = &decoded.message.body[0] else { panic!("no Add") };
    assert_eq!(add.items[0].data.as_ref().and_then(Data::as_bytes).unwrap().len(), 800_000);
    // Quadratic work would take minutes; the bound leaves room for slow machines.
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}
