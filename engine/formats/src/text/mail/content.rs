//! What the headers of a part say of it: its type and parameters, its encoding, its file name (RFC 2045 sections 5
//! and 6, RFC 2183, RFC 2231).

use crate::charset;
use crate::text::header::Header;
use crate::text::words;

/// The most pieces that a continued parameter is put together of (RFC 2231 section 3): names are no longer than a few.
const MAX_PIECES: usize = 100;

/// What is said of a part.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// The MIME type in lower case.
    pub mime_type: String,
    /// Whether it was said at all.
    pub has_type: bool,
    pub charset: Option<String>,
    pub boundary: Option<String>,
    /// The file name; empty if there is none.
    pub name: String,
    /// Whether it says that it is an attachment.
    pub is_attachment: bool,
    /// The transfer encoding in lower case; empty for none.
    pub encoding: String,
    /// How many bytes its content has, where that is said.
    pub length: Option<usize>,
}

impl Content {
    /// Of these headers.
    pub fn of(headers: &[Header<'_>]) -> Content {
        let mut content = Content { mime_type: "text/plain".to_owned(), ..Content::default() };
        let mut type_name = String::new();
        for header in headers {
            if let Some(value) = header.value_of("Content-Type") {
                let (kind, parameters) = parameters(value);
                // A type without a slash is none (RFC 2045 section 5.2).
                if kind.contains('/') {
                    content.mime_type = kind;
                    content.has_type = true;
                }
                content.charset = find(&parameters, "charset");
                content.boundary = find(&parameters, "boundary").filter(|text| !text.is_empty());
                type_name = find(&parameters, "name").unwrap_or_default();
            } else if let Some(value) = header.value_of("Content-Disposition") {
                let (kind, parameters) = parameters(value);
                content.is_attachment = kind == "attachment";
                content.name = find(&parameters, "filename").unwrap_or_default();
            } else if let Some(value) = header.value_of("Content-Transfer-Encoding") {
                content.encoding = parameters(value).0;
            } else if let Some(value) = header.value_of("Content-Length") {
                content.length = value.parse().ok();
            }
        }
        if content.name.is_empty() {
            content.name = type_name;
        }
        content.name = content.name.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned();
        content
    }
}

/// The value of a parameter, put together of its pieces if it comes in several (RFC 2231), or with encoded words as
/// most programs write it.
fn find(parameters: &[(String, String)], name: &str) -> Option<String> {
    let named = |wanted: &str| {
        parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.as_str())
    };
    if let Some(value) = named(&format!("{name}*")) {
        return Some(extended(value.as_bytes()));
    }
    let mut pieces = Vec::new();
    let mut is_extended = false;
    for number in 0..MAX_PIECES {
        if let Some(value) = named(&format!("{name}*{number}*")) {
            is_extended |= number == 0;
            pieces.extend_from_slice(value.as_bytes());
        } else if let Some(value) = named(&format!("{name}*{number}")) {
            // What stands for itself among pieces with escapes must not be taken for one.
            pieces.extend_from_slice(
                if is_extended { value.replace('%', "%25") } else { value.into() }.as_bytes(),
            );
        } else {
            break;
        }
    }
    if !pieces.is_empty() {
        return Some(match is_extended {
            true => extended(&pieces),
            false => String::from_utf8_lossy(&pieces).into_owned(),
        });
    }
    named(name).map(|value| words::decode(value, &mut Vec::new()))
}

/// `charset'language'text` with escapes like `%C3%BC`.
fn extended(value: &[u8]) -> String {
    let mut parts = value.splitn(3, |byte| *byte == b'\'');
    let (label, text) = match (parts.next(), parts.next(), parts.next()) {
        (Some(label), Some(_), Some(text)) => (String::from_utf8_lossy(label).into_owned(), text),
        _ => (String::new(), value),
    };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        let escaped = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *byte == b'%') {
            Some(meant) => {
                bytes.push(meant);
                rest = &after[2..];
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    let label = Some(label.as_str()).filter(|label| !label.is_empty());
    charset::decode(bytes.into(), label).0.into_owned()
}

/// A value with parameters: what stands before the first semicolon in lower case, then names and values.
fn parameters(value: &str) -> (String, Vec<(String, String)>) {
    let mut rest = value;
    let first = take(&mut rest);
    let mut found = Vec::new();
    while !rest.is_empty() {
        let part = take(&mut rest);
        if let Some((name, value)) = part.split_once('=') {
            found.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    (first.trim().to_ascii_lowercase(), found)
}

/// Takes what stands before the next semicolon that is not in quotes; quotes, escapes and comments are taken off.
fn take(rest: &mut &str) -> String {
    let mut taken = String::new();
    let (mut quoted, mut depth) = (false, 0u32);
    let mut characters = rest.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' if quoted => taken.extend(characters.next().map(|(_, c)| c)),
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth = depth.saturating_add(1),
            ')' if !quoted && depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            ';' if !quoted => {
                *rest = &rest[at + 1..];
                return taken;
            }
            _ => taken.push(c),
        }
    }
    *rest = "";
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(lines: &[&str]) -> Content {
        let headers: Vec<Header<'_>> =
            lines.iter().map(|line| Header { line: 1, text: (*line).into() }).collect();
        Content::of(&headers)
    }

    #[test]
    fn types_and_parameters() {
        let found = content(&["content-type: Multipart/MIXED; boundary=\"a;\\\"b\"; charset = utf-8 (c;d)"]);
        assert_eq!(found.mime_type, "multipart/mixed");
        assert_eq!((found.boundary.as_deref(), found.charset.as_deref()), (Some("a;\"b"), Some("utf-8")));
        assert_eq!(content(&["Content-Type: nonsense"]).mime_type, "text/plain");
    }

    #[test]
    fn file_names_in_all_ways() {
        for (line, name) in [
            ("Content-Type: a/b; name=t.txt", "t.txt"),
            ("Content-Disposition: attachment; filename=\"=?utf-8?Q?=C3=BC.txt?=\"", "ü.txt"),
            ("Content-Disposition: inline; filename*=utf-8'de'%C3%BC%20x.txt", "ü x.txt"),
            ("Content-Disposition: inline; filename*0=\"a b\"; filename*1=c.txt", "a bc.txt"),
            ("Content-Disposition: inline; filename*0*=iso-8859-1''%FC; filename*1=50%25.txt", "ü50%25.txt"),
            ("Content-Disposition: inline; filename=plain.txt; filename*=utf-8''%E2%82%AC", "€"),
        ] {
            assert_eq!(content(&[line]).name, name, "{line}");
        }
    }
}
