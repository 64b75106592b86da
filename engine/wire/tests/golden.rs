//! The reference engine's measured conversions: ours must give the same bytes, or differ by a rule
//! that is stated here over the input and leaves the meaning of the message alone.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic, its helpers too")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use common::shared;
use serde_json::Value;
use syncloom_wire::*;

/// A way in which we differ on purpose.
struct Rule {
    name: &'static str,
    /// Whether the rule has a say in this case.
    applies: fn(&Case, &Message) -> bool,
}

const RULES: &[Rule] = &[
    // The reference engine carries along whether text came as a string or as CDATA or opaque. Here a
    // message is its meaning: the data of items is always written in the form that keeps line ends.
    Rule {
        name: "item text that came as a plain string leaves as CDATA or opaque",
        applies: |case, message| !case.has_sections() && has_item_text(&message.body),
    },
    // The DTDs have tokens and numbers in these places; the reference engine keeps trailing space
    // (though not leading space), so that "1 " is another command id than "1".
    Rule {
        name: "white space around structural values is dropped",
        applies: |case, message| case.has_padded_text() && !has_item_text(&message.body),
    },
];

struct Case {
    id: String,
    from: Encoding,
    to: Encoding,
    input: Vec<u8>,
    output: Vec<u8>,
    refused: bool,
}

impl Case {
    fn new(line: &str) -> Self {
        let value: Value = serde_json::from_str(line).unwrap();
        let (input, output) = (&value["input"], &value["output"]);
        Case {
            id: value["id"].as_str().unwrap().to_owned(),
            from: encoding(&input["from"]),
            to: encoding(&input["to"]),
            input: bytes(&input["data"]),
            output: bytes(&output["output"]),
            refused: output["decode_rc"].as_i64() != Some(0),
        }
    }

    /// Whether some text of the input stands in CDATA or opaque.
    fn has_sections(&self) -> bool {
        match self.from {
            Encoding::Xml => contains(&self.input, b"<![CDATA["),
            Encoding::Wbxml => contains(&self.input, b"O\xC3"),
        }
    }

    /// Whether a text of the input starts or ends with white space.
    fn has_padded_text(&self) -> bool {
        let is_space = |b: u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n');
        match self.from {
            // In a leaf: text between an opening tag and its end tag.
            Encoding::Xml => self.input.split(|&b| b == b'<').collect::<Vec<_>>().windows(2).any(|pair| {
                let text = pair[0].splitn(2, |&b| b == b'>').nth(1).unwrap_or_default();
                let opened = !pair[0].starts_with(b"/") && pair[1].starts_with(b"/");
                opened
                    && (text.first().copied().is_some_and(is_space)
                        || text.last().copied().is_some_and(is_space))
            }),
            Encoding::Wbxml => self.input.windows(2).any(|pair| is_space(pair[0]) && pair[1] == 0),
        }
    }
}

#[test]
fn conversions_are_those_of_the_reference_engine() {
    let Some(path) = shared("golden/wbxml.jsonl") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let limits = Limits::default();
    let (mut equal, mut refused, mut on_purpose, mut differ) = (0, 0, vec![0; RULES.len()], Vec::new());
    for case in text.lines().map(Case::new) {
        let ours = transcode(&case.input, case.from, case.to, &limits);
        match ours {
            Err(_) if case.refused => refused += 1,
            Ok(ours) if !case.refused && ours == case.output => equal += 1,
            Ok(ours) if !case.refused => {
                let message = decode(&ours, case.to, &limits).unwrap().message;
                let theirs = decode(&case.output, case.to, &limits).unwrap();
                let rule = RULES.iter().position(|rule| (rule.applies)(&case, &message));
                match rule {
                    Some(rule) if theirs.message == message && theirs.fault.is_none() => {
                        on_purpose[rule] += 1
                    }
                    _ => differ.push(format!("{}: ours {}", case.id, String::from_utf8_lossy(&ours))),
                }
            }
            outcome => differ.push(format!("{}: {:?}", case.id, outcome.map(|bytes| bytes.len()))),
        }
    }
    println!("{equal} equal, {refused} refused by both, {} differ", differ.len());
    for (rule, count) in RULES.iter().zip(&on_purpose) {
        println!("{count} on purpose: {}", rule.name);
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(equal > 0 && refused > 0, "the file holds no cases");
    // A rule that no case needs any more is a rule that hides mistakes.
    assert!(on_purpose.iter().all(|&count| count > 0), "{on_purpose:?}");
    assert!(on_purpose.iter().sum::<usize>() < equal / 5, "{on_purpose:?}");
}

fn has_item_text(commands: &[Command]) -> bool {
    commands.iter().any(|command| match command {
        Command::Add(c) | Command::Replace(c) | Command::Copy(c) | Command::Move(c) => c
            .items
            .iter()
            .any(|item| item.data.as_ref().and_then(Data::as_text).is_some_and(|t| !t.is_empty())),
        Command::Sync(sync) => has_item_text(&sync.commands),
        Command::Atomic(group) | Command::Sequence(group) => has_item_text(&group.commands),
        _ => false,
    })
}

fn encoding(value: &Value) -> Encoding {
    match value.as_str() {
        Some("xml") => Encoding::Xml,
        Some("wbxml") => Encoding::Wbxml,
        other => panic!("unknown encoding {other:?}"),
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    match value.as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => BASE64_STANDARD.decode(value["b64"].as_str().unwrap()).unwrap(),
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}
