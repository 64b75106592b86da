//! Text from one character set to another: `charconv.jsonl`.

use serde_json::Value as Json;
use syncloom_config::Charset;
use syncloom_formats::recode;

use super::{Verdict, bytes};

/// Runs one case.
pub fn run(input: &Json, output: &Json) -> Verdict {
    let (Some(from), Some(to)) = (charset(&input["from"]), charset(&input["to"])) else {
        return super::unknown("character set");
    };
    let Some(text) = bytes(&input["text"]) else { return super::unknown("text") };
    let (Some(internal), Some(wanted)) = (bytes(&output["internal"]), bytes(&output["output"])) else {
        return super::unknown("answer");
    };
    let (ours, _) = recode::decode(&text, from);
    let (written, _) = recode::encode(&ours, to);
    if ours.as_bytes() == internal && written == wanted {
        return Verdict::Equal;
    }
    match reason(&text, from, to) {
        Some(why) => Verdict::OnPurpose(why),
        None => Verdict::Differs {
            wanted: format!("{:?} {wanted:?}", String::from_utf8_lossy(&internal)),
            got: format!("{ours:?} {written:?}"),
        },
    }
}

/// Why text may come out differently: rules over what it is, and what it is to be.
fn reason(text: &[u8], from: Option<Charset>, to: Option<Charset>) -> Option<&'static str> {
    let chinese = |set| matches!(set, Some(Charset::Gb2312 | Charset::Cp936));
    let is_text = std::str::from_utf8(text).is_ok();
    if text.contains(&0) {
        Some("a NUL is dropped, and the value behind it kept")
    } else if from == Some(Charset::Utf16) || to == Some(Charset::Utf16) {
        Some("UTF-16 is converted")
    } else if chinese(from) || chinese(to) {
        Some("GB 2312 and CP936 are converted by the tables of the Encoding Standard")
    } else if matches!(from, None | Some(Charset::Ascii)) && !text.is_ascii() {
        Some("text that is not of its character set is read as UTF-8, or windows-1252")
    } else if from == Some(Charset::Utf8) && !is_text {
        Some("bytes that are no UTF-8 are read as windows-1252")
    } else if matches!(from, Some(Charset::Ansi | Charset::Latin1))
        && text.iter().any(|byte| matches!(byte, 0x81 | 0x8D | 0x8F | 0x90 | 0x9D))
    {
        Some("bytes that windows-1252 does not define are controls")
    } else if to.is_none() && !text.is_ascii() {
        Some("text for a character set that is not known is UTF-8")
    } else if text.contains(&b'\r') {
        Some("a line end in an item is one character")
    } else {
        let lacks = matches!(to, Some(Charset::Ascii | Charset::Ansi | Charset::Latin1)) && !text.is_ascii();
        lacks.then_some("what a character set lacks becomes the nearest letters")
    }
}

/// The set of a name. The name `unknown` is that of none.
fn charset(name: &Json) -> Option<Option<Charset>> {
    let name = name.as_str()?;
    if name == "unknown" {
        return Some(None);
    }
    Charset::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, set)| Some(*set))
}
