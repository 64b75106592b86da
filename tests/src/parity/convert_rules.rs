//! Why an item may come out of a conversion differently: rules over the input, each a row of `docs/compatibility.md`.

use std::collections::HashSet;

use serde_json::Value as Json;
use syncloom_config::{BaseType, DataType, Member, MimeMode, Position, Profile, ProfileUse, Repeat};
use syncloom_script::time::zones::builtin;

use super::rrule;

/// A case that came out differently.
pub(super) struct Case<'c> {
    /// The item as it came.
    pub input: &'c [u8],
    /// What it was read as.
    pub from: &'c DataType,
    /// What the original answered.
    pub output: &'c Json,
    /// The name of the user's zone.
    pub user_zone: &'c str,
}

/// Why the answer may differ.
pub(super) fn reason(case: &Case<'_>) -> Option<&'static str> {
    if ["crash", "hang"].iter().any(|end| case.output.get(end).is_some()) {
        return Some("the original does not survive this");
    }
    match case.from.base {
        BaseType::Text => text(case),
        BaseType::VCalendar => calendar(case).or_else(|| mime_dir(case)),
        _ => mime_dir(case),
    }
}

fn calendar(case: &Case<'_>) -> Option<&'static str> {
    let text = String::from_utf8_lossy(case.input);
    let lines: Vec<&str> = text.lines().collect();
    let begins = |names: &[&str]| {
        let begin = |line: &&&str| line.strip_prefix("BEGIN:").is_some_and(|name| names.contains(&name));
        lines.iter().filter(begin).count()
    };
    let has = |start: &str| lines.iter().any(|line| line.starts_with(start));
    if case.user_zone.contains('/') && builtin::find(case.user_zone).is_none() {
        return Some("names of the zone database are known");
    }
    if begins(&["VEVENT", "VTODO"]) > 1 {
        return Some("of several entries the one that recurs, or the first, is the item");
    }
    if begins(&["VALARM"]) > 1 {
        return Some("of several alarms the first is taken");
    }
    if text.contains(";TZID=") && begins(&["VTIMEZONE"]) == 0 {
        return Some("a zone without a definition is known by its name");
    }
    if text.contains("BEGIN:VTODO") && has("TRIGGER;RELATED=END") {
        return Some("a sum with nothing is nothing");
    }
    if begins(&["VEVENT"]) == 1 && !has("DTSTART") {
        return Some("no year before 0 is written");
    }
    if has("DTSTART;VALUE=DATE") && !has("DTEND") {
        return Some("a day without an end is one day");
    }
    let value = |name: &str| {
        let line = lines.iter().find(|line| line.split([':', ';']).next() == Some(name))?;
        line.split_once(':').map(|(_, value)| value.trim())
    };
    let rule = value("RRULE")?;
    let is_new = rule.contains("FREQ=");
    if is_new != (case.from.mode == MimeMode::Standard) {
        return Some("a rule that is written as in the other dialect is read");
    }
    let start = value("DTSTART").or(value("DUE"))?;
    rrule::reason(if is_new { "2" } else { "1" }, rule, start)
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
    let name = |line: &str| line.split([':', ';']).next().unwrap_or_default().to_owned();
    if text.split("\r\n").any(|line| !line.starts_with([' ', '\t']) && name(line).ends_with([' ', '\t'])) {
        return Some("white space behind the name of a property is none of it");
    }
    if repeats_single(case) {
        return Some("of a property with one place the first is taken");
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

/// Whether a property with one place comes more than once in its component.
fn repeats_single(case: &Case<'_>) -> bool {
    let ProfileUse::Mime(profile) = &case.from.profile else { return false };
    let mut single = Vec::new();
    add_single(&profile.root, &mut single);
    let text = String::from_utf8_lossy(case.input).to_ascii_uppercase();
    let (mut component, mut begun, mut open) = (0, 0, Vec::new());
    let mut seen = HashSet::new();
    text.lines().any(|line| {
        let name = line.split([':', ';']).next().unwrap_or_default();
        match name {
            "BEGIN" => {
                open.push(component);
                begun += 1;
                component = begun;
                false
            }
            "END" => {
                component = open.pop().unwrap_or(0);
                false
            }
            name => single.iter().any(|known| known == name) && !seen.insert((component, name.to_owned())),
        }
    })
}

/// The names of the properties that have one place.
fn add_single(profile: &Profile, names: &mut Vec<String>) {
    for member in &profile.members {
        match member {
            Member::Profile(inner) => add_single(inner, names),
            Member::Property(property) => {
                let places = |position: &Position| match position.repeat {
                    Repeat::Array => 2,
                    Repeat::Rewrite => 1,
                    Repeat::Times(times) => times,
                };
                if property.positions.iter().map(places).sum::<u16>() <= 1 {
                    names.push(property.name.to_ascii_uppercase());
                }
            }
        }
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
