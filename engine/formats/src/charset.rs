//! Bytes of a value to text, by the character set that the line names.
//!
//! Nothing is lost here: what is not of its character set is read as UTF-8 if it is that, and else as
//! windows-1252, in which every byte has a meaning. Not its job: transfer encodings.

use std::borrow::Cow;

use encoding_rs::{Encoding, REPLACEMENT, UTF_8, WINDOWS_1252};

use crate::note::NoteKind;

/// The text, and a note if the character set was not the one that it should have been. Line ends become
/// `\n`, and NUL characters are dropped.
pub(crate) fn decode<'b>(bytes: Cow<'b, [u8]>, label: Option<&str>) -> (Cow<'b, str>, Vec<NoteKind>) {
    // Nearly every text is just text.
    if let Cow::Borrowed(plain) = bytes
        && is_usual(label)
        && memchr::memchr2(b'\r', 0, plain).is_none()
        && let Ok(text) = std::str::from_utf8(plain)
    {
        return (Cow::Borrowed(text), Vec::new());
    }
    let mut notes = Vec::new();
    let text = match label.map(|label| (label, encoding(label))) {
        None => utf8_or_1252(bytes, NoteKind::WrongCharset, &mut notes, false),
        Some((_, Some(encoding))) if encoding == UTF_8 => {
            utf8_or_1252(bytes, NoteKind::WrongCharset, &mut notes, false)
        }
        Some((_, Some(encoding))) => named(encoding, bytes, &mut notes),
        Some((label, None)) => {
            let unknown = |used| NoteKind::UnknownCharset(label.to_owned(), used);
            utf8_or_1252(bytes, unknown, &mut notes, true)
        }
    };
    (clean(text, &mut notes), notes)
}

/// Whether a label says UTF-8, as no label does.
pub(crate) fn is_usual(label: Option<&str>) -> bool {
    label.is_none_or(|label| label.eq_ignore_ascii_case(UTF_8.name()))
}

/// The character set of a label: the labels of the Encoding Standard and the usual misspellings of them.
pub(crate) fn encoding(label: &str) -> Option<&'static Encoding> {
    // What nearly every line says.
    if label.eq_ignore_ascii_case("UTF-8") {
        return Some(UTF_8);
    }
    let found = Encoding::for_label(label.as_bytes()).or_else(|| {
        let plain: String =
            label.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        let number = plain.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let label = match number {
            "936" => "gbk".to_owned(),
            "932" => "shift_jis".to_owned(),
            "949" => "euc-kr".to_owned(),
            "950" => "big5".to_owned(),
            "20866" => "koi8-r".to_owned(),
            "28591" => "iso-8859-1".to_owned(),
            "65001" | "8" => "utf-8".to_owned(),
            page if page.len() == 4 && page.starts_with("125") => format!("windows-{page}"),
            part => match part.strip_prefix("8859") {
                Some(part) => format!("iso-8859-{part}"),
                None => match plain.as_str() {
                    "shiftjis" | "xsjis" => "shift_jis".to_owned(),
                    "koi8r" => "koi8-r".to_owned(),
                    "koi8u" => "koi8-u".to_owned(),
                    "eucjp" => "euc-jp".to_owned(),
                    "euckr" => "euc-kr".to_owned(),
                    "ansi" | "ansi1252" => "windows-1252".to_owned(),
                    _ => return None,
                },
            },
        };
        Encoding::for_label(label.as_bytes())
    })?;
    // The standard maps sets that are dangerous in a browser to one that reads everything as an error.
    (found != REPLACEMENT).then_some(found)
}

fn named<'b>(encoding: &'static Encoding, bytes: Cow<'b, [u8]>, notes: &mut Vec<NoteKind>) -> Cow<'b, str> {
    // A byte order mark of another encoding is text in this one.
    let (text, had_errors) = encoding.decode_with_bom_removal(&bytes);
    if had_errors {
        if let Ok(text) = std::str::from_utf8(&bytes) {
            notes.push(NoteKind::WrongCharset(UTF_8.name()));
            return Cow::Owned(text.to_owned());
        }
        notes.push(NoteKind::WrongCharset(encoding.name()));
    }
    Cow::Owned(text.into_owned())
}

fn utf8_or_1252<'b>(
    bytes: Cow<'b, [u8]>,
    note: impl Fn(&'static str) -> NoteKind,
    notes: &mut Vec<NoteKind>,
    always: bool,
) -> Cow<'b, str> {
    let text = match bytes {
        Cow::Borrowed(bytes) => {
            std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| Cow::Borrowed(bytes))
        }
        Cow::Owned(bytes) => {
            String::from_utf8(bytes).map(Cow::Owned).map_err(|error| Cow::Owned(error.into_bytes()))
        }
    };
    match text {
        Ok(text) => {
            if always && !text.is_ascii() {
                notes.push(note(UTF_8.name()));
            }
            text
        }
        Err(bytes) => {
            notes.push(note(WINDOWS_1252.name()));
            let bytes: &[u8] = &bytes;
            Cow::Owned(WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned())
        }
    }
}

fn clean<'b>(text: Cow<'b, str>, notes: &mut Vec<NoteKind>) -> Cow<'b, str> {
    if memchr::memchr2(b'\r', 0, text.as_bytes()).is_none() {
        return text;
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    let mut has_nul = false;
    while let Some(at) = memchr::memchr2(b'\r', 0, rest.as_bytes()) {
        let (before, after) = rest.split_at(at);
        cleaned.push_str(before);
        rest = match after.as_bytes() {
            [b'\r', b'\n', ..] => &after[1..],
            // Some phones send it so.
            [b'\r', b'\r', b'\n', ..] => &after[2..],
            [b'\r', ..] => {
                cleaned.push('\n');
                &after[1..]
            }
            _ => {
                has_nul = true;
                &after[1..]
            }
        };
    }
    cleaned.push_str(rest);
    if has_nul {
        notes.push(NoteKind::DroppedNul);
    }
    Cow::Owned(cleaned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], label: Option<&str>) -> (String, Vec<NoteKind>) {
        let (text, notes) = decode(Cow::Borrowed(bytes), label);
        (text.into_owned(), notes)
    }

    #[test]
    fn labels_and_their_misspellings() {
        for (label, name) in [
            ("utf8", "UTF-8"),
            ("UTF_8", "UTF-8"),
            ("latin1", "windows-1252"),
            ("ISO8859-1", "windows-1252"),
            ("ISO_8859_15", "ISO-8859-15"),
            ("8859-2", "ISO-8859-2"),
            ("WIN1252", "windows-1252"),
            ("Cp1251", "windows-1251"),
            ("windows1250", "windows-1250"),
            ("cp936", "GBK"),
            ("GB2312", "GBK"),
            ("Shift-JIS", "Shift_JIS"),
            ("KOI8R", "KOI8-R"),
        ] {
            assert_eq!(encoding(label).map(Encoding::name), Some(name), "{label}");
        }
        assert_eq!(encoding("hz-gb-2312"), None);
        assert_eq!(encoding("klingon"), None);
    }

    #[test]
    fn what_is_of_its_set_is_read_without_a_note() {
        assert_eq!(text(b"D\xfcrst \x80", Some("ISO-8859-1")), ("Dürst €".into(), vec![]));
        assert_eq!(text(b"\xc4\xe3\xba\xc3", Some("cp936")), ("你好".into(), vec![]));
        assert_eq!(text("ü".as_bytes(), None), ("ü".into(), vec![]));
    }

    #[test]
    fn what_is_not_is_kept_with_a_note() {
        let wrong = |used| vec![NoteKind::WrongCharset(used)];
        assert_eq!(text(b"D\xfcrst", None), ("Dürst".into(), wrong("windows-1252")));
        assert_eq!(text(b"D\xfcrst", Some("utf-8")), ("Dürst".into(), wrong("windows-1252")));
        assert_eq!(text(b"\xff\xfex", Some("latin1")), ("ÿþx".into(), vec![]));
        let unknown = |used| vec![NoteKind::UnknownCharset("x-odd".into(), used)];
        assert_eq!(text("ü".as_bytes(), Some("x-odd")), ("ü".into(), unknown("UTF-8")));
        assert_eq!(text(b"\xfc", Some("x-odd")), ("ü".into(), unknown("windows-1252")));
    }

    #[test]
    fn line_ends_become_one_and_nul_goes() {
        assert_eq!(text(b"a\r\nb\rc\n\0d", None), ("a\nb\nc\nd".into(), vec![NoteKind::DroppedNul]));
        assert_eq!(text(b"a\r\r\nb\r\r\n\r\r\nc", None), ("a\nb\n\nc".into(), vec![]));
    }
}
