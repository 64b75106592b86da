//! Encoded words in headers: text beyond ASCII, both ways (RFC 2047).
//!
//! Not its job: folding, and parameters (RFC 2231).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::charset;
use crate::note::NoteKind;
use crate::parse::transfer;

/// The most bytes of text in one encoded word: with the characters around them, base 64 of so many makes the 75
/// that RFC 2047 section 2 allows.
const BYTES_A_WORD: usize = 45;

/// Reads a header value: encoded words become what they mean. They are taken inside of quotes and next to other
/// text too, as many programs write them so. What looks like one and is none stays as it is.
pub(super) fn decode(text: &str, notes: &mut Vec<NoteKind>) -> String {
    let mut out = String::with_capacity(text.len());
    // A character may be cut in two by the end of a word, so words of one character set are decoded together.
    let mut pending: Option<(String, Vec<u8>)> = None;
    let mut rest = text;
    while let Some(at) = rest.find("=?") {
        let Some((word, len)) = Word::parse(&rest[at..]) else {
            flush(&mut pending, &mut out, notes);
            out.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        };
        let between = &rest[..at];
        // Space between two encoded words is none of the text.
        let joined = pending.is_some() && between.trim().is_empty();
        match &mut pending {
            Some((charset, bytes)) if joined && charset.eq_ignore_ascii_case(word.charset) => {
                bytes.extend(word.bytes());
            }
            _ => {
                flush(&mut pending, &mut out, notes);
                if !joined {
                    out.push_str(between);
                }
                pending = Some((word.charset.to_owned(), word.bytes()));
            }
        }
        rest = &rest[at + len..];
    }
    flush(&mut pending, &mut out, notes);
    out.push_str(rest);
    out
}

fn flush(pending: &mut Option<(String, Vec<u8>)>, out: &mut String, notes: &mut Vec<NoteKind>) {
    if let Some((label, bytes)) = pending.take() {
        let (text, found) = charset::decode(bytes.into(), Some(&label));
        out.push_str(&text);
        notes.extend(found);
    }
}

/// `=?charset?B?text?=`.
struct Word<'a> {
    charset: &'a str,
    base64: bool,
    text: &'a str,
}

impl<'a> Word<'a> {
    /// The word that a text begins with, and its length.
    fn parse(text: &'a str) -> Option<(Word<'a>, usize)> {
        let inner = text.strip_prefix("=?")?;
        let (charset, inner) = inner.split_once('?')?;
        // A language may follow (RFC 2231 section 5).
        let charset = charset.split('*').next().unwrap_or_default();
        let named = !charset.is_empty() && charset.bytes().all(|byte| byte.is_ascii_graphic());
        let (encoding, inner) = inner.split_once('?')?;
        let base64 = match encoding {
            "B" | "b" => true,
            "Q" | "q" => false,
            _ => return None,
        };
        let (word, after) = inner.split_once("?=")?;
        let whole = word.bytes().all(|byte| byte.is_ascii_graphic() || !base64 && byte == b' ');
        let len = text.len() - after.len();
        (named && whole).then_some((Word { charset, base64, text: word }, len))
    }

    fn bytes(&self) -> Vec<u8> {
        if self.base64 {
            return transfer::base64(self.text.as_bytes()).0;
        }
        let spaced: Vec<u8> = self.text.bytes().map(|b| if b == b'_' { b' ' } else { b }).collect();
        transfer::quoted_printable(spaced.into(), &[]).into_owned()
    }
}

/// Writes a header value: what ASCII cannot say becomes encoded words in UTF-8. Whole words are encoded, because an
/// encoded word next to other text is not read as one; quotes and brackets around them stay outside.
pub(super) fn encode(text: &str) -> String {
    if !needs_encoding(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() * 2);
    let mut run: Option<(usize, usize)> = None;
    let mut written = 0;
    for (start, word) in words(text) {
        let end = start + word.len();
        match (needs_encoding(word), &mut run) {
            (true, Some((_, until))) => *until = end,
            (true, None) => run = Some((start, end)),
            (false, _) => {
                if let Some((from, until)) = run.take() {
                    encode_run(text, written, from, until, &mut out);
                    written = until;
                }
            }
        }
    }
    if let Some((from, until)) = run {
        encode_run(text, written, from, until, &mut out);
        written = until;
    }
    out.push_str(&text[written..]);
    out
}

/// The words of a text with the places where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_space = |c: char| c == ' ' || c == '\t' || c == '\n';
    let base = text.as_ptr().addr();
    text.split(is_space).filter(|word| !word.is_empty()).map(move |word| (word.as_ptr().addr() - base, word))
}

fn needs_encoding(word: &str) -> bool {
    !word.is_ascii() || word.contains("=?")
}

fn encode_run(text: &str, written: usize, from: usize, until: usize, out: &mut String) {
    let opening = |c: char| matches!(c, '"' | '(' | '<');
    let closing = |c: char| matches!(c, '"' | ')' | '>' | ',' | ';' | ':');
    let run = &text[from..until];
    let inner = run.trim_start_matches(opening);
    let start = until - inner.len();
    let inner = inner.trim_end_matches(closing);
    let end = start + inner.len();
    out.push_str(&text[written..start]);
    let mut rest = inner;
    let mut first = true;
    while !rest.is_empty() {
        let mut len = rest.len().min(BYTES_A_WORD);
        while !rest.is_char_boundary(len) {
            len -= 1;
        }
        if !std::mem::take(&mut first) {
            out.push(' ');
        }
        out.push_str("=?utf-8?B?");
        BASE64_STANDARD.encode_string(&rest[..len], out);
        out.push_str("?=");
        rest = &rest[len..];
    }
    out.push_str(&text[end..until]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> String {
        decode(text, &mut Vec::new())
    }

    #[test]
    fn both_encodings_and_their_neighbours() {
        for (text, meaning) in [
            ("plain", "plain"),
            ("=?utf-8?Q?J=C3=B6rg?= <j@x.example>", "Jörg <j@x.example>"),
            ("=?iso-8859-1?Q?Ren=E9?= <r@x.example>", "René <r@x.example>"),
            ("=?utf-8?B?R3LDvMOfZQ==?= =?utf-8?Q?_und?=\t=?utf-8?Q?_mehr?=", "Grüße und mehr"),
            ("=?utf-8?B?5pel5pys?= =?utf-8?B?6Kqe?=", "日本語"),
            // One character in two words.
            ("=?utf-8?B?5pc=?= =?utf-8?B?pQ==?=", "日"),
            ("=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "日本"),
            ("=?utf-8*en?Q?a?=", "a"),
            ("\"=?utf-8?Q?M=C3=BCller, J?=\" <m@x>", "\"Müller, J\" <m@x>"),
            ("Gr=?utf-8?B?w7zDn2U=?=", "Grüße"),
            ("=?utf-8?X?a?= =? ?= =?=", "=?utf-8?X?a?= =? ?= =?="),
            ("=?koi8-r?B?8NLJ18XU?=", "Привет"),
        ] {
            assert_eq!(decoded(text), meaning, "{text}");
        }
    }

    #[test]
    fn an_unknown_character_set_is_told_of() {
        let mut notes = Vec::new();
        assert_eq!(decode("=?x-odd?Q?=FC?=", &mut notes), "ü");
        assert_eq!(notes, [NoteKind::UnknownCharset("x-odd".into(), "windows-1252")]);
    }

    #[test]
    fn whole_words_are_encoded_and_come_back() {
        assert_eq!(encode("ümläut raw"), "=?utf-8?B?w7xtbMOkdXQ=?= raw");
        assert_eq!(encode("a \"Jörg\" <j@x>"), "a \"=?utf-8?B?SsO2cmc=?=\" <j@x>");
        for text in [
            "Grüße aus Zürich",
            "Wir  sehen  uns\tmorgen früh",
            "日本語の件名がとても長い場合にも文字の途中で切れてはいけません。とても長い件名です",
            "مرحبا بالعالم",
            "\"Müller, Jörg\" <j@x.example>, (für) <a@b>",
            "=?utf-8?Q?literal?=",
            "ü",
            "😀 a 😀",
        ] {
            let encoded = encode(text);
            assert!(encoded.is_ascii(), "{encoded}");
            assert!(encoded.split(' ').all(|word| !word.starts_with("=?") || word.len() <= 78), "{encoded}");
            assert_eq!(decoded(&encoded), text, "{encoded}");
        }
    }
}
