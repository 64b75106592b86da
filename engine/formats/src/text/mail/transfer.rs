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
            let is_uu = matches!(other, "x-uuencode" | "x-uue" | "uuencode");
            let decoded = if is_uu { uudecoded(body) } else { None };
            decoded.map_or_else(
                || {
                    notes.push(NoteKind::UnknownEncoding(other.to_owned()));
                    Cow::Borrowed(body)
                },
                Cow::Owned,
            )
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

/// What stands between `begin` and `end` of uuencoded text: a line begins with how many bytes are in it, four characters
/// are three of them. `None` for text that is none.
fn uudecoded(body: &[u8]) -> Option<Vec<u8>> {
    let mut lines = body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    lines.find(|line| line.starts_with(b"begin "))?;
    let mut bytes = Vec::with_capacity(body.len() * 3 / 4);
    for line in lines {
        let six_bits = |byte: &u8| byte.checked_sub(b' ').filter(|bits| *bits <= 64).map(|bits| bits & 63);
        match line.split_first() {
            _ if line == b"end" => return Some(bytes),
            None => {}
            Some((length, digits)) => {
                let end = bytes.len() + usize::from(six_bits(length)?);
                for four in digits.chunks(4) {
                    // Spaces at the end of a line are zeros that a mailer has cut.
                    let digit = |index| four.get(index).map_or(Some(0), six_bits);
                    let [a, b, c, d] = [digit(0)?, digit(1)?, digit(2)?, digit(3)?];
                    bytes.extend([a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
                }
                bytes.resize(end, 0);
            }
        }
    }
    None
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
        assert_eq!(decode("x-other", b"abc", &mut notes).as_ref(), b"abc");
        assert_eq!(notes, [NoteKind::UnknownEncoding("x-other".into())]);
    }

    #[test]
    fn uuencoded_text_is_read() {
        let mut notes = Vec::new();
        let text = b"see:\r\n\r\nbegin 644 cat.txt\r\n#0V%T\r\n\"2&D\r\n`\r\nend\r\n";
        assert_eq!(decode("x-uuencode", text, &mut notes).as_ref(), b"CatHi");
        assert_eq!(notes, []);
        for text in [&b"abc"[..], b"begin 644 x\n#0V%T\n", b"begin 644 x\n#\xff\n`\nend\n"] {
            assert_eq!(decode("uuencode", text, &mut notes).as_ref(), text);
        }
        assert_eq!(notes, vec![NoteKind::UnknownEncoding("uuencode".into()); 3]);
    }
}
