//! Why an item may come out of a conversion differently: rules over the input, each a row of `docs/compatibility.md`.

use serde_json::Value as Json;
use syncloom_config::{BaseType, DataType, ProfileUse};

/// A case that came out differently.
pub(super) struct Case<'c> {
    /// The item as it came.
    pub input: &'c [u8],
    /// What it was read as.
    pub from: &'c DataType,
    /// What the original answered.
    pub output: &'c Json,
}

/// Why the answer may differ.
pub(super) fn reason(case: &Case<'_>) -> Option<&'static str> {
    if ["crash", "hang"].iter().any(|end| case.output.get(end).is_some()) {
        return Some("the original does not survive this");
    }
    match case.from.base {
        BaseType::Text => text(case),
        _ => mime_dir(case),
    }
}

fn mime_dir(case: &Case<'_>) -> Option<&'static str> {
    let data = case.input;
    let text = String::from_utf8_lossy(data).to_ascii_uppercase();
    let has = |part: &str| text.contains(part);
    if has("CHARSET=") && !has("CHARSET=UTF-8") && !has("CHARSET=ISO-8859-1;") {
        return Some("text of character sets that the original does not know is read");
    }
    if !is_utf8(data) {
        return Some("bytes that are no UTF-8 are read as windows-1252");
    }
    if data.contains(&0) {
        return Some("a NUL is dropped, and the value behind it kept");
    }
    if text
        .split("\r\n")
        .any(|line| !line.is_empty() && !line.contains(':') && !line.starts_with([' ', '\t']))
    {
        return Some("a line without a colon is skipped, and the one after it kept");
    }
    if has("VALUE=URI") {
        return Some("the address of a picture stays an address");
    }
    None
}

fn text(case: &Case<'_>) -> Option<&'static str> {
    let ProfileUse::Text(profile) = &case.from.profile else { return None };
    if profile.mail.is_some() { mail(case) } else { lines(case) }
}

fn lines(case: &Case<'_>) -> Option<&'static str> {
    let data = case.input;
    if let Some(why) = odd_bytes(data) {
        return Some(why);
    }
    if matches!(data.last(), Some(b'\r' | b'\n')) {
        return Some("a text that ends in a line end gets no other one");
    }
    data.contains(&b'\r').then_some("a line end in an item is one character")
}

fn mail(case: &Case<'_>) -> Option<&'static str> {
    let data = case.input;
    if let Some(why) = odd_bytes(data) {
        return Some(why);
    }
    let whole = String::from_utf8_lossy(data).replace("\r\n", "\n").replace('\r', "\n");
    let (header, body) = match whole.split_once("\n\n") {
        Some((header, body)) => (header, Some(body)),
        None => (whole.as_str(), None),
    };
    let upper = whole.to_ascii_uppercase();
    let has = |part: &str| upper.contains(part);
    let has_header = |name: &str| {
        header
            .lines()
            .any(|line| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
    };
    let first = header.lines().next().unwrap_or_default();
    if !first.is_empty() && first.split_once(':').is_none_or(|(name, _)| name.contains(' ')) {
        return Some("what is no header is text");
    }
    if body.is_none() {
        return Some("a mail without an empty line is headers alone");
    }
    if header.lines().any(|line| line.contains("=?") || !line.is_ascii()) {
        return Some("encoded words are read in both forms, and whole words are encoded");
    }
    if has_header("Date:") {
        return Some("the date of a mail is kept");
    }
    if has("CONTENT-TYPE: MULTIPART/") {
        return Some("parts are taken apart and written as RFC 2046 has it");
    }
    if has("CONTENT-TYPE: TEXT/HTML") || has("CONTENT-TYPE:") && !has("CONTENT-TYPE: TEXT/") {
        return Some("what is no plain text is kept as an attachment");
    }
    if has("CHARSET=") && !has("CHARSET=UTF-8") && !has("CHARSET=\"UTF-8") {
        return Some("text of character sets that the original does not know is read");
    }
    // With the folds undone: how a line is folded means nothing.
    let unfolded = header.replace("\n ", " ").replace("\n\t", "\t");
    unfolded.lines().any(|line| line.len() > 60).then_some("headers are folded at their spaces")
}

/// Bytes that are no text.
fn odd_bytes(data: &[u8]) -> Option<&'static str> {
    if std::str::from_utf8(data).is_err() {
        Some("bytes that are no UTF-8 are read as windows-1252")
    } else if data.contains(&0) {
        Some("a NUL is dropped, and the value behind it kept")
    } else if data.starts_with(b"\xEF\xBB\xBF") {
        Some("a byte order mark is skipped")
    } else {
        None
    }
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
