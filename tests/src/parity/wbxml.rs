//! Messages from one encoding to the other: `wbxml.jsonl`.

use serde_json::Value as Json;
use syncloom_wire::{Command, Data, Encoding, Limits, Message, decode, transcode};

use super::{Verdict, bytes, contains};

/// Runs one case.
pub fn run(input: &Json, output: &Json) -> Verdict {
    let (Some(from), Some(to)) = (encoding(&input["from"]), encoding(&input["to"])) else {
        return super::unknown("encoding");
    };
    let (Some(data), Some(wanted)) = (bytes(&input["data"]), bytes(&output["output"])) else {
        return super::unknown("data");
    };
    let refused = output["decode_rc"].as_i64() != Some(0);
    let limits = Limits::default();
    let differs = |got: String| Verdict::Differs {
        wanted: if refused { "a refusal".into() } else { String::from_utf8_lossy(&wanted).into_owned() },
        got,
    };
    match transcode(&data, from, to, &limits) {
        Err(_) if refused => Verdict::Equal,
        Ok(ours) if !refused && ours == wanted => Verdict::Equal,
        Ok(ours) if !refused => {
            let (ours_read, theirs) = (decode(&ours, to, &limits), decode(&wanted, to, &limits));
            // Whatever the form, the meaning has to be the same.
            let same = match (&ours_read, &theirs) {
                (Ok(ours), Ok(theirs)) if ours.message == theirs.message && theirs.fault.is_none() => {
                    Some(&ours.message)
                }
                _ => None,
            };
            match same.and_then(|message| rule(message, from, &data)) {
                Some(why) => Verdict::OnPurpose(why),
                None => differs(String::from_utf8_lossy(&ours).into_owned()),
            }
        }
        Ok(_) => differs("a message".into()),
        Err(error) => differs(format!("refused: {error}")),
    }
}

/// Why a message may be written in other bytes.
fn rule(message: &Message, from: Encoding, data: &[u8]) -> Option<&'static str> {
    // The original carries along whether text came as a string or as CDATA or opaque. Here a message is its meaning:
    // the data of items is always written in the form that keeps line ends.
    if !has_sections(from, data) && has_item_text(&message.body) {
        return Some("the text of an item is always CDATA or opaque");
    }
    // The DTDs have tokens and numbers in these places; the original keeps space behind them, though not before.
    if has_padded_text(from, data) && !has_item_text(&message.body) {
        return Some("white space around values that are no data is dropped");
    }
    None
}

/// Whether some text of the input stands in CDATA or opaque.
fn has_sections(from: Encoding, data: &[u8]) -> bool {
    match from {
        Encoding::Xml => contains(data, b"<![CDATA["),
        Encoding::Wbxml => contains(data, b"O\xC3"),
    }
}

/// Whether a text of the input starts or ends with white space.
fn has_padded_text(from: Encoding, data: &[u8]) -> bool {
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    match from {
        // In a leaf: text between an opening tag and its end tag.
        Encoding::Xml => data.split(|byte| *byte == b'<').collect::<Vec<_>>().windows(2).any(|pair| {
            let text = pair[0].splitn(2, |byte| *byte == b'>').nth(1).unwrap_or_default();
            let opened = !pair[0].starts_with(b"/") && pair[1].starts_with(b"/");
            let ends = [text.first(), text.last()];
            opened && ends.iter().flatten().any(|byte| is_space(**byte))
        }),
        Encoding::Wbxml => data.windows(2).any(|pair| is_space(pair[0]) && pair[1] == 0),
    }
}

fn has_item_text(commands: &[Command]) -> bool {
    commands.iter().any(|command| match command {
        Command::Add(c) | Command::Replace(c) | Command::Copy(c) | Command::Move(c) => c
            .items
            .iter()
            .any(|item| item.data.as_ref().and_then(Data::as_text).is_some_and(|text| !text.is_empty())),
        Command::Sync(sync) => has_item_text(&sync.commands),
        Command::Atomic(group) | Command::Sequence(group) => has_item_text(&group.commands),
        _ => false,
    })
}

fn encoding(json: &Json) -> Option<Encoding> {
    match json.as_str()? {
        "xml" => Some(Encoding::Xml),
        "wbxml" => Some(Encoding::Wbxml),
        _ => None,
    }
}
