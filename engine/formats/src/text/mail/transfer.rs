//! Transfer encodings of parts (RFC 2045 section 6).

use std::borrow::Cow;

use crate::note::NoteKind;
use crate::parse::transfer;

/// The content of a part without its transfer encoding.
pub(super) fn decode<'a>(encoding: &str, body: &'a [u8], notes: &mut Vec<NoteKind>) -> Cow<'a, [u8]> {
    match encoding {
        "base64" => {
            let (bytes, clean) = transfer::base64(body);
            if !clean {
                notes.push(NoteKind::BadBase64);
            }
            Cow::Owned(bytes)
        }
        "quoted-printable" => quoted_printable(body),
        "" | "7bit" | "8bit" | "binary" => Cow::Borrowed(body),
        other => {
            notes.push(NoteKind::UnknownEncoding(other.to_owned()));
            Cow::Borrowed(body)
        }
    }
}

/// Quoted-printable in lines: space at the end of a line is none, `=` there joins it with the next (section 6.7).
fn quoted_printable(body: &[u8]) -> Cow<'_, [u8]> {
    let mut joined = Vec::with_capacity(body.len());
    let mut rest = body;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(end);
        rest = after;
        let text = line.trim_ascii_end();
        match text.strip_suffix(b"=") {
            Some(text) => joined.extend_from_slice(text),
            None => {
                joined.extend_from_slice(text);
                joined.extend_from_slice(line_end(line));
            }
        }
    }
    transfer::quoted_printable(Cow::Owned(joined), &[])
}

fn line_end(line: &[u8]) -> &[u8] {
    let text = line.strip_suffix(b"\n").map(|text| text.strip_suffix(b"\r").unwrap_or(text));
    text.map_or(&[], |text| &line[text.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_printable_with_soft_breaks() {
        let text = b"a=\r\nb =C3=BC  \r\n=3D=  \nend=";
        assert_eq!(quoted_printable(text).as_ref(), "ab ü\r\n=end".as_bytes());
    }

    #[test]
    fn an_unknown_encoding_is_told_of() {
        let mut notes = Vec::new();
        assert_eq!(decode("x-uuencode", b"abc", &mut notes).as_ref(), b"abc");
        assert_eq!(notes, [NoteKind::UnknownEncoding("x-uuencode".into())]);
    }
}
