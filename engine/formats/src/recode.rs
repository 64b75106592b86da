//! Text in a character set that the config names: `<datacharset>`, `<inputcharset>`, `<outputcharset>` (manual
//! 11.34.33, 11.36.19, 11.36.20).
//!
//! Not its job: character sets that an item names itself (`charset`).

use std::borrow::Cow;

use encoding_rs::{EncoderResult, Encoding, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use syncloom_config::Charset;

use crate::charset;
use crate::note::NoteKind;

/// Reads bytes that should be of a character set; `None` is one that the config does not name. What is not of it is
/// read as UTF-8 if it is that, and else as windows-1252, with a note. Line ends become `\n`, NUL characters go.
pub fn decode(bytes: &[u8], set: Option<Charset>) -> (String, Vec<NoteKind>) {
    let named = |encoding: &'static Encoding| {
        let (text, notes) = charset::decode(Cow::Borrowed(bytes), Some(encoding.name()));
        (text.into_owned(), notes)
    };
    match set {
        None | Some(Charset::Ascii | Charset::Utf8) => named(UTF_8),
        // What calls itself ISO-8859-1 is windows-1252, as in all browsers and in the original engine.
        Some(Charset::Ansi | Charset::Latin1) => named(WINDOWS_1252),
        Some(Charset::Gb2312 | Charset::Cp936) => named(GBK),
        Some(Charset::Utf16) => {
            let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or((UTF_16LE, 0));
            let encoding = if encoding == UTF_16BE { UTF_16BE } else { UTF_16LE };
            let (text, broken) = encoding.decode_without_bom_handling(&bytes[mark..]);
            let (text, mut notes) = charset::decode(Cow::Owned(text.into_owned().into_bytes()), None);
            if broken {
                notes.push(NoteKind::WrongCharset(encoding.name()));
            }
            (text.into_owned(), notes)
        }
    }
}

/// Writes text in a character set; `None` is one that the config does not name, and UTF-8. What the set lacks becomes
/// the nearest letters of ASCII, or `_`; those characters come back, each once.
pub fn encode(text: &str, set: Option<Charset>) -> (Vec<u8>, Vec<char>) {
    let encoding = match set {
        None | Some(Charset::Utf8) => return (text.as_bytes().to_vec(), Vec::new()),
        Some(Charset::Utf16) => {
            return (text.encode_utf16().flat_map(u16::to_le_bytes).collect(), Vec::new());
        }
        Some(Charset::Ascii) => None,
        Some(Charset::Ansi | Charset::Latin1) => Some(WINDOWS_1252),
        Some(Charset::Gb2312 | Charset::Cp936) => Some(GBK),
    };
    let mut out = Vec::with_capacity(text.len());
    let mut replaced = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (len, missing) = match encoding {
            Some(encoding) => encode_run(encoding, rest, &mut out),
            None => {
                let len = rest.find(|c: char| !c.is_ascii()).unwrap_or(rest.len());
                out.extend_from_slice(&rest.as_bytes()[..len]);
                let missing = rest[len..].chars().next();
                (len + missing.map_or(0, char::len_utf8), missing)
            }
        };
        rest = &rest[len..];
        if let Some(missing) = missing {
            out.extend_from_slice(nearest(missing).as_bytes());
            if !replaced.contains(&missing) {
                replaced.push(missing);
            }
        }
    }
    (out, replaced)
}

/// Writes text up to the first character that the encoding lacks: how many bytes were taken, and that character.
fn encode_run(encoding: &'static Encoding, text: &str, out: &mut Vec<u8>) -> (usize, Option<char>) {
    let mut encoder = encoding.new_encoder();
    let room = encoder.max_buffer_length_from_utf8_without_replacement(text.len()).unwrap_or(text.len() * 4);
    let start = out.len();
    out.resize(start + room, 0);
    let (result, read, written) = encoder.encode_from_utf8_without_replacement(text, &mut out[start..], true);
    out.truncate(start + written);
    match result {
        EncoderResult::Unmappable(missing) => (read, Some(missing)),
        // The room is enough for the whole text.
        EncoderResult::InputEmpty | EncoderResult::OutputFull => (text.len(), None),
    }
}

/// Letters that look like a character, without its marks.
fn nearest(c: char) -> &'static str {
    /// A letter and the characters that come down to it.
    const LETTERS: &[(&str, &str)] = &[
        ("A", "ÀÁÂÃÄÅĀĂĄǍ"),
        ("AE", "ÆǼ"),
        ("C", "ÇĆĈĊČ"),
        ("D", "ÐĎĐ"),
        ("E", "ÈÉÊËĒĔĖĘĚ"),
        ("G", "ĜĞĠĢǦ"),
        ("H", "ĤĦ"),
        ("I", "ÌÍÎÏĨĪĬĮİǏ"),
        ("J", "Ĵ"),
        ("K", "ĶǨ"),
        ("L", "ĹĻĽĿŁ"),
        ("N", "ÑŃŅŇŊ"),
        ("O", "ÒÓÔÕÖØŌŎŐǑŒ"),
        ("R", "ŔŖŘ"),
        ("S", "ŚŜŞŠȘ"),
        ("T", "ŢŤŦȚ"),
        ("Th", "Þ"),
        ("U", "ÙÚÛÜŨŪŬŮŰŲǓ"),
        ("W", "Ŵ"),
        ("Y", "ÝŶŸ"),
        ("Z", "ŹŻŽ"),
        ("a", "àáâãäåāăąǎª"),
        ("ae", "æǽ"),
        ("c", "çćĉċč"),
        ("d", "ðďđ"),
        ("e", "èéêëēĕėęě"),
        ("g", "ĝğġģǧ"),
        ("h", "ĥħ"),
        ("i", "ìíîïĩīĭįıǐ"),
        ("j", "ĵ"),
        ("k", "ķǩĸ"),
        ("l", "ĺļľŀł"),
        ("n", "ñńņňŋŉ"),
        ("o", "òóôõöøōŏőǒºœ"),
        ("r", "ŕŗř"),
        ("s", "śŝşšșßſ"),
        ("t", "ţťŧț"),
        ("th", "þ"),
        ("u", "ùúûüũūŭůűųǔµ"),
        ("w", "ŵ"),
        ("y", "ýÿŷ"),
        ("z", "źżž"),
        ("'", "‘’‚′´"),
        ("\"", "“”„″«»"),
        ("-", "‐‑‒–—−\u{AD}"),
        ("...", "…"),
        (" ", "\u{A0}\u{2002}\u{2003}\u{2009}\u{202F}"),
        ("*", "•·"),
        ("EUR", "€"),
        ("(C)", "©"),
        ("(R)", "®"),
        ("TM", "™"),
        ("1", "¹"),
        ("2", "²"),
        ("3", "³"),
        ("x", "×"),
    ];
    LETTERS.iter().find(|(_, from)| from.contains(c)).map_or("_", |(to, _)| to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_set_lacks_becomes_what_is_near() {
        let ascii = |text| String::from_utf8(encode(text, Some(Charset::Ascii)).0).unwrap();
        assert_eq!(ascii("Grüße – “Łódź”…"), "Gruse - \"Lodz\"...");
        assert_eq!(ascii("日本 a"), "__ a");
        let (bytes, replaced) = encode("ü Ł 日 日", Some(Charset::Ansi));
        assert_eq!((bytes.as_slice(), replaced.as_slice()), (&b"\xfc L _ _"[..], &['Ł', '日'][..]));
    }

    #[test]
    fn every_set_both_ways() {
        for (set, text) in [
            (None, "ü€日😀"),
            (Some(Charset::Utf8), "ü€日😀"),
            (Some(Charset::Utf16), "ü€日😀"),
            (Some(Charset::Ansi), "ü€“ÿ"),
            (Some(Charset::Latin1), "ü€“ÿ"),
            (Some(Charset::Ascii), "abc"),
            (Some(Charset::Gb2312), "中文测试 abc"),
            (Some(Charset::Cp936), "中文 Ελλ"),
        ] {
            let (bytes, replaced) = encode(text, set);
            assert_eq!(replaced, [], "{set:?}");
            assert_eq!(decode(&bytes, set), (text.to_owned(), vec![]), "{set:?}");
        }
        assert_eq!(decode(b"\xfe\xff\x00a\x00b", Some(Charset::Utf16)).0, "ab");
    }

    #[test]
    fn what_is_not_of_its_set_is_read_and_told_of() {
        let wrong = vec![NoteKind::WrongCharset("windows-1252")];
        assert_eq!(decode(b"\xfc", Some(Charset::Ascii)), ("ü".into(), wrong.clone()));
        assert_eq!(decode(b"\xfc", None), ("ü".into(), wrong));
        assert_eq!(decode("ü".as_bytes(), Some(Charset::Ascii)), ("ü".into(), vec![]));
    }
}
