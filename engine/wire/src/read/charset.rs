//! Character sets of documents: what a document says that it is, as UTF-8. Not here: character sets
//! of item data, which are named inside the items.
//!
//! A document that claims UTF-8 and is none must not be lost, nor may its octets: peers cut chunks of
//! large objects between the octets of one character. Each octet that is no part of a character is
//! carried through the reader as a private character and restored when a value is complete.

use std::borrow::Cow;

/// Octet 0x80 is carried as this character, the others follow. Unicode leaves the end of plane 16 to
/// private use, so that no peer's text has reason to hold it.
const ESCAPE_BASE: u32 = 0x0010_FF00;

/// The XML declaration ends within this many bytes, or there is none that names an encoding.
const DECLARATION_WINDOW: usize = 256;

/// A document as UTF-8.
pub(crate) struct Decoded<'i> {
    pub(crate) text: Cow<'i, str>,
    /// Some octets were no UTF-8 and stand as private characters.
    pub(crate) escaped: bool,
}

/// The text of an XML document, by its byte order mark and declaration. `Err` names the character
/// set that cannot be read.
pub(crate) fn decode_xml(bytes: &[u8]) -> Result<Decoded<'_>, String> {
    if bytes.starts_with(&[0xFE, 0xFF]) || bytes.starts_with(&[0xFF, 0xFE]) {
        return Err("UTF-16".to_owned());
    }
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    let name = declared_encoding(bytes).unwrap_or("utf-8").to_ascii_lowercase();
    match name.as_str() {
        "utf-8" | "utf8" | "us-ascii" | "ascii" => Ok(decode_utf8(bytes)),
        "iso-8859-1" | "latin1" | "latin-1" => Ok(Decoded { text: decode_latin1(bytes), escaped: false }),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Decoded { text: text.into(), escaped: false }),
            Err(_) => Err(name),
        },
    }
}

/// The name in `<?xml … encoding="name" …?>`.
fn declared_encoding(bytes: &[u8]) -> Option<&str> {
    let window = bytes.get(..DECLARATION_WINDOW.min(bytes.len()))?;
    let window = window.strip_prefix(b"<?xml")?;
    let end = window.windows(2).position(|pair| pair == b"?>")?;
    let declaration = std::str::from_utf8(window.get(..end)?).ok()?;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split(quote).next()
}

/// UTF-8, with the octets that are none of it escaped.
pub(crate) fn decode_utf8(bytes: &[u8]) -> Decoded<'_> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded { text: text.into(), escaped: false };
    }
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let escapes = chunk.invalid().iter().filter_map(|&b| char::from_u32(ESCAPE_BASE + u32::from(b)));
        text.extend(escapes);
    }
    Decoded { text: text.into(), escaped: true }
}

/// ISO-8859-1, whose octets are the first 256 characters of Unicode.
pub(crate) fn decode_latin1(bytes: &[u8]) -> Cow<'_, str> {
    if bytes.is_ascii() {
        String::from_utf8_lossy(bytes)
    } else {
        bytes.iter().map(|&b| char::from(b)).collect::<String>().into()
    }
}

/// UTF-8, with the octets that are none of it read as ISO-8859-1: for names and ids, where a
/// wrong accent is better than no text.
pub(crate) fn decode_mixed(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|&b| char::from(b)));
    }
    text
}

/// The octets of a text from [`decode_utf8`], escapes undone. `None` if it has no escapes.
pub(crate) fn restore(text: &str) -> Option<Vec<u8>> {
    text.chars().any(|c| escaped_octet(c).is_some()).then(|| {
        let mut bytes = Vec::with_capacity(text.len());
        for c in text.chars() {
            match escaped_octet(c) {
                Some(octet) => bytes.push(octet),
                None => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        bytes
    })
}

fn escaped_octet(c: char) -> Option<u8> {
    let octet = u8::try_from(u32::from(c).checked_sub(ESCAPE_BASE)?).ok()?;
    (octet >= 0x80).then_some(octet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_names_are_found() {
        assert_eq!(declared_encoding(b"<?xml version='1.0' encoding = \"Latin1\" ?><a/>"), Some("Latin1"));
        assert_eq!(declared_encoding(b"<?xml version='1.0'?><a encoding='x'/>"), None);
        assert_eq!(declared_encoding(b"<a/>"), None);
    }

    #[test]
    fn latin1_and_byte_order_marks_are_read() {
        let latin1 = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xE9</a>";
        assert!(decode_xml(latin1).unwrap().text.ends_with("<a>\u{e9}</a>"));
        assert_eq!(decode_xml(b"\xEF\xBB\xBF<a/>").unwrap().text, "<a/>");
        assert_eq!(decode_xml(b"\xFF\xFE<\0").err().as_deref(), Some("UTF-16"));
        let other = b"<?xml version=\"1.0\" encoding=\"KOI8-R\"?><a>\xE9</a>";
        assert_eq!(decode_xml(other).err().as_deref(), Some("koi8-r"));
    }

    #[test]
    fn octets_that_are_no_utf8_come_back() {
        let bytes = b"Gr\xC3\xBC\xC3 \xFF\x80!";
        let decoded = decode_utf8(bytes);
        assert!(decoded.escaped && decoded.text.starts_with("Gr\u{fc}"));
        assert_eq!(restore(&decoded.text).as_deref(), Some(&bytes[..]));
        assert_eq!(restore("plain \u{fc}"), None);
    }
}
