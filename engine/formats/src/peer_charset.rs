//! Items in the character set that a remote rule gives for a peer: `<outputcharset>`, `<inputcharset>` (manual 11.36.19,
//! 11.36.20).
//!
//! Quoted-printable is in that set in any message. Other text is only where a message carries bytes: in XML it is
//! characters, and the document says by which bytes they are written.
//!
//! Not its job: the sets themselves (`recode`), and those that a line names (`charset`).

use std::borrow::Cow;

use syncloom_config::Charset;

use crate::generate::fold;
use crate::parse::transfer;
use crate::recode;

const UTF8: &str = ";CHARSET=UTF-8";
const QUOTED: &str = "QUOTED-PRINTABLE";

/// What lines that name their character set call it; `None` for UTF-8, and for sets that lines are not written in.
fn label(set: Charset) -> Option<&'static str> {
    match set {
        Charset::Ascii => Some("US-ASCII"),
        Charset::Ansi | Charset::Latin1 => Some("ISO-8859-1"),
        Charset::Gb2312 => Some("GB2312"),
        Charset::Cp936 => Some("CP936"),
        Charset::Utf8 | Charset::Utf16 => None,
    }
}

/// Puts MIME-DIR text, as it is generated, into the set. Gives the characters that the set lacks, each once.
pub(crate) fn outgoing(text: &[u8], set: Charset, carries_bytes: bool, folds: bool) -> (Vec<u8>, Vec<char>) {
    let mut missing = Vec::new();
    let mut out = Vec::with_capacity(text.len());
    let mut lines = text.split_inclusive(|byte| *byte == b'\n');
    while let Some(line) = lines.next() {
        let line = String::from_utf8_lossy(line);
        let header = line.split(':').next().unwrap_or_default();
        let named = label(set).filter(|_| header.contains(UTF8) && !header.starts_with([' ', '\t']));
        match named {
            Some(name) if header.contains(QUOTED) => {
                let header_length = header.len();
                let header = header.replace(UTF8, &format!(";CHARSET={name}"));
                let mut value = line[header_length + 1..].trim_end().to_owned();
                while value.ends_with('=') {
                    value.pop();
                    let Some(next) = lines.next() else { break };
                    value.push_str(String::from_utf8_lossy(next).trim_end_matches(['\r', '\n']));
                }
                let bytes = transfer::quoted_printable(Cow::Borrowed(value.as_bytes()), b"");
                let value = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
                fold::quoted_printable_by(&mut out, &header, &value, folds, |c, bytes| {
                    encode(c.encode_utf8(&mut [0; 4]), set, bytes, &mut missing);
                });
            }
            Some(name) if carries_bytes => {
                let line = line.replacen(UTF8, &format!(";CHARSET={name}"), 1);
                encode(&line, set, &mut out, &mut missing);
            }
            _ if carries_bytes => encode(&line, set, &mut out, &mut missing),
            _ => out.extend_from_slice(line.as_bytes()),
        }
    }
    (out, missing)
}

fn encode(text: &str, set: Charset, out: &mut Vec<u8>, missing: &mut Vec<char>) {
    let (bytes, lacks) = recode::encode(text, Some(set));
    out.extend_from_slice(&bytes);
    missing.extend(lacks.into_iter().filter(|c| !missing.contains(c)).collect::<Vec<_>>());
}

/// Says of every value that is no UTF-8, and names no character set, that it is in the set. What is UTF-8 after all stays
/// that: a text of another set hardly ever looks like it.
pub(crate) fn incoming(data: &[u8], set: Charset) -> Cow<'_, [u8]> {
    let Some(name) = label(set) else { return plain_incoming(data, set) };
    let mut out: Vec<u8> = Vec::with_capacity(data.len() + 64);
    let mut rest = data;
    while !rest.is_empty() {
        let end = end_of_property(rest);
        let (line, tail) = rest.split_at(end);
        rest = tail;
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (header, value) = line.split_at(colon);
        let header_text = String::from_utf8_lossy(header).to_ascii_uppercase();
        let value = match header_text.contains(QUOTED) {
            true => transfer::quoted_printable(Cow::Borrowed(value), b""),
            false => Cow::Borrowed(value),
        };
        out.extend_from_slice(header);
        if !header_text.contains("CHARSET=") && std::str::from_utf8(&value).is_err() {
            out.extend_from_slice(format!(";CHARSET={name}").as_bytes());
        }
        out.extend_from_slice(&line[colon..]);
    }
    Cow::Owned(out)
}

/// Where the property ends that text begins with: behind its folded lines, and those of soft breaks.
fn end_of_property(text: &[u8]) -> usize {
    let mut end = 0;
    loop {
        let length = text[end..].iter().position(|byte| *byte == b'\n').map_or(text.len() - end, |at| at + 1);
        let line = text[end..end + length].trim_ascii_end();
        let is_soft = line.ends_with(b"=") && text[..end + length].windows(QUOTED.len()).any(is_quoted);
        end += length;
        let folded = matches!(text.get(end), Some(b' ' | b'\t'));
        if end >= text.len() || !(is_soft || folded) {
            return end;
        }
    }
}

fn is_quoted(word: &[u8]) -> bool {
    word.eq_ignore_ascii_case(QUOTED.as_bytes())
}

/// The same of text that is no MIME-DIR: it becomes UTF-8.
pub(crate) fn plain_incoming(data: &[u8], set: Charset) -> Cow<'_, [u8]> {
    let is_utf16 = set == Charset::Utf16 && data.contains(&0);
    if is_utf16 || std::str::from_utf8(data).is_err() {
        return Cow::Owned(recode::decode(data, Some(set)).0.into_bytes());
    }
    Cow::Borrowed(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8:Müller;\r\n\
        NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=BC=0D=0A=\r\nzwei 中 ende\r\nEND:VCARD\r\n";

    #[test]
    fn text_goes_out_in_the_set() {
        let (bytes, missing) = outgoing(TEXT.as_bytes(), Charset::Ansi, true, true);
        let expected = b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ISO-8859-1:M\xfcller;\r\n\
            NOTE;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:=FC=0D=0A=\r\nzwei _ ende\r\nEND:VCARD\r\n";
        assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(expected));
        assert_eq!(bytes, expected);
        assert_eq!(missing, ['中']);
    }

    #[test]
    fn where_characters_are_sent_only_quoted_text_is_in_the_set() {
        let (bytes, _) = outgoing(TEXT.as_bytes(), Charset::Gb2312, false, true);
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("N;CHARSET=UTF-8:Müller;\r\n"), "{text}");
        assert!(text.contains("NOTE;CHARSET=GB2312;ENCODING=QUOTED-PRINTABLE:"), "{text}");
        assert!(text.contains("zwei =D6=D0 ende\r\n"), "{text}");
        assert_eq!(outgoing(TEXT.as_bytes(), Charset::Utf8, true, true).0, TEXT.as_bytes());
    }

    #[test]
    fn text_comes_in_with_its_set_named() {
        let text = b"BEGIN:VCARD\r\nN:M\xfcller;\r\nFN:M\xc3\xbcller\r\nTITLE;CHARSET=UTF-8:\xfc\r\n\
            NOTE;ENCODING=QUOTED-PRINTABLE:one=\r\n=D6=D0\r\nORG:a\r\n b\xfc\r\nEND:VCARD\r\n";
        let expected = b"BEGIN:VCARD\r\nN;CHARSET=GB2312:M\xfcller;\r\nFN:M\xc3\xbcller\r\nTITLE;CHARSET=UTF-8:\xfc\r\n\
            NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=GB2312:one=\r\n=D6=D0\r\nORG;CHARSET=GB2312:a\r\n b\xfc\r\nEND:VCARD\r\n";
        let read = incoming(text, Charset::Gb2312);
        assert_eq!(String::from_utf8_lossy(&read), String::from_utf8_lossy(expected));
        assert_eq!(incoming(TEXT.as_bytes(), Charset::Ansi), TEXT.as_bytes());
        assert_eq!(plain_incoming(b"M\xfcller", Charset::Ansi).as_ref(), "Müller".as_bytes());
    }
}
