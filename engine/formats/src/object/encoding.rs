//! The `enc` attribute of elements: content that is no text, or that is wrapped for the way.

use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::note::NoteKind;
use crate::parse::transfer;

/// The attribute that names the encoding.
pub(super) const ENC: &str = "enc";

/// How the content of an element is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As it stands.
    None,
    Base64,
    QuotedPrintable,
}

impl Encoding {
    /// The encoding of this name; `None` where there is none of it.
    pub fn of(name: &str) -> Option<Encoding> {
        match name.trim().to_ascii_lowercase().as_str() {
            "" | "none" | "8bit" | "7bit" => Some(Encoding::None),
            "base64" | "b" | "b64" => Some(Encoding::Base64),
            "quoted-printable" => Some(Encoding::QuotedPrintable),
            _ => None,
        }
    }

    pub fn decode<'a>(self, content: &'a [u8], notes: &mut Vec<NoteKind>) -> Cow<'a, [u8]> {
        match self {
            Encoding::None => Cow::Borrowed(content),
            Encoding::QuotedPrintable => {
                let joined = soft_breaks_removed(content);
                Cow::Owned(transfer::quoted_printable(Cow::Owned(joined), &[]).into_owned())
            }
            Encoding::Base64 => {
                let (bytes, clean) = transfer::base64(content);
                if !clean {
                    notes.push(NoteKind::BadBase64);
                }
                Cow::Owned(bytes)
            }
        }
    }

    pub fn encode(self, content: &[u8]) -> String {
        match self {
            Encoding::None => String::from_utf8_lossy(content).into_owned(),
            Encoding::Base64 => BASE64_STANDARD.encode(content),
            Encoding::QuotedPrintable => quoted_printable(content),
        }
    }
}

/// Whether bytes can stand in XML as the text that they spell, and come back the same: XML has no control characters, and
/// turns CR LF into LF.
pub(super) fn is_text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.chars().all(|c| c == '\t' || c == '\n' || stands_in_xml(c)).then_some(text)
}

/// Whether a character may stand in an XML document; tabs and line ends apart.
pub(super) fn stands_in_xml(c: char) -> bool {
    c >= ' ' && !matches!(c, '\u{FFFE}' | '\u{FFFF}')
}

fn soft_breaks_removed(content: &[u8]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(content.len());
    for line in content.split_inclusive(|byte| *byte == b'\n') {
        match line.trim_ascii_end().strip_suffix(b"=") {
            Some(text) if line.ends_with(b"\n") => joined.extend_from_slice(text),
            _ => joined.extend_from_slice(line),
        }
    }
    joined
}

/// How long a line of quoted-printable may be with its soft break (RFC 2045 section 6.7).
const LINE: usize = 76;

fn quoted_printable(content: &[u8]) -> String {
    let mut out = String::with_capacity(content.len());
    let mut used = 0;
    for byte in content {
        let plain = byte.is_ascii_graphic() && *byte != b'=';
        let wide = if plain { 1 } else { 3 };
        if used + wide >= LINE {
            out.push_str("=\n");
            used = 0;
        }
        if plain {
            out.push(char::from(*byte));
        } else {
            out.push_str(&format!("={byte:02X}"));
        }
        used += wide;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        let all: Vec<u8> = (0..=255).chain("größer = größer\r\n".bytes()).collect();
        for encoding in [Encoding::Base64, Encoding::QuotedPrintable] {
            let text = encoding.encode(&all);
            assert!(is_text(text.as_bytes()).is_some());
            assert!(encoding == Encoding::Base64 || text.lines().all(|line| line.len() <= LINE), "{text}");
            assert_eq!(encoding.decode(text.as_bytes(), &mut Vec::new()).as_ref(), all);
        }
        assert_eq!((Encoding::of("Base64"), Encoding::of("x-own")), (Some(Encoding::Base64), None));
    }
}
