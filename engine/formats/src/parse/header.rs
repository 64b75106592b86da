//! The header of a content line, up to its colon: `[group.]name[;parameters]`.
//!
//! Not its job: values, and what a name means, except `ENCODING` and `CHARSET`.

use std::ops::Range;

use super::line::{Piece, Transfer};

/// The parts of a header, as places in the line.
pub(super) struct Parts {
    /// Without the group, which ends with the dot before it.
    pub name: Range<usize>,
    /// The colon that ends it.
    pub colon: usize,
}

/// Takes a header apart, all but its parameters; `None` where no colon ends it. A colon between quotes is part of a
/// parameter; where the quotes are not closed, they are no quotes.
pub(super) fn find(line: &[u8]) -> Option<Parts> {
    let mut name = 0..usize::MAX;
    for (index, byte) in line.iter().enumerate() {
        match byte {
            b':' => return Some(parts(line, name, index)),
            b';' => name.end = name.end.min(index),
            b'.' if name.end == usize::MAX => name.start = index + 1,
            b'"' => return find_quoted(line),
            _ => {}
        }
    }
    None
}

/// White space behind a name is none of it.
fn parts(line: &[u8], mut name: Range<usize>, colon: usize) -> Parts {
    name.end = name.end.min(colon);
    while let Some(b' ' | b'\t') = line[name.clone()].last() {
        name.end -= 1;
    }
    Parts { name, colon }
}

/// The same for a line with quotes.
#[cold]
fn find_quoted(line: &[u8]) -> Option<Parts> {
    let colon = outside_quotes(line, b':')?;
    let end = line[..colon].iter().position(|byte| *byte == b';').unwrap_or(colon);
    let dot = line[..end].iter().rposition(|byte| *byte == b'.');
    Some(parts(line, dot.map_or(0, |dot| dot + 1)..end, colon))
}

/// Where a byte stands outside of quotes; where the quotes are not closed, they are no quotes.
fn outside_quotes(text: &[u8], wanted: u8) -> Option<usize> {
    let mut quoted = false;
    for (index, byte) in text.iter().enumerate() {
        match *byte {
            b'"' => quoted = !quoted,
            byte if byte == wanted && !quoted => return Some(index),
            _ => {}
        }
    }
    if quoted { memchr::memchr(wanted, text) } else { None }
}

/// A parameter: where its name stands, empty where only a value stands, and its value.
#[derive(Debug)]
pub(super) struct Parameter {
    pub meaning: Meaning,
    pub name: Piece,
    pub value: Piece,
}

/// What a parameter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It is one of the property.
    Own,
    /// The character set of the line.
    Charset,
    /// An encoding that is not known.
    UnknownEncoding,
}

/// What parameters say of the line itself.
#[derive(Debug)]
pub(super) struct Said {
    /// How the value is encoded.
    pub transfer: Transfer,
    /// Whether a character set is named. The last one counts.
    pub has_charset: bool,
    /// Whether an encoding is named that is none.
    pub has_unknown_encoding: bool,
    /// Whether any parameter of the property has a name.
    pub has_named: bool,
}

impl Said {
    /// Where there are no parameters.
    pub const NOTHING: Said =
        Said { transfer: Transfer::Plain, has_charset: false, has_unknown_encoding: false, has_named: false };
}

/// Takes the parameters of a header apart, which begin at or behind `at`, and adds them to those of the text, in
/// which the header begins at `start`.
pub(super) fn parameters(header: &[u8], mut at: usize, start: usize, all: &mut Vec<Parameter>) -> Said {
    let mut said = Said::NOTHING;
    while at < header.len() {
        let begin = at + 1;
        let (end, equals) = parameter_end(header, begin);
        at = end;
        let whole = trimmed(header, begin..end);
        if whole.is_empty() {
            continue;
        }
        let (name, value) = match equals {
            Some(equals) => (trimmed(header, whole.start..equals), trimmed(header, equals + 1..whole.end)),
            None => (whole.start..whole.start, whole),
        };
        let named = &header[name.clone()];
        let bare = unquoted(header, &value);
        let encoding = match named {
            [] => transfer(&header[bare.clone()]),
            _ if named.eq_ignore_ascii_case(b"ENCODING") => match transfer(&header[bare.clone()]) {
                Some(transfer) => Some(transfer),
                None => {
                    said.has_unknown_encoding = true;
                    all.push(Parameter::new(Meaning::UnknownEncoding, start, name, bare));
                    continue;
                }
            },
            _ if named.eq_ignore_ascii_case(b"CHARSET") => {
                said.has_charset = !bare.is_empty();
                all.push(Parameter::new(Meaning::Charset, start, name, bare));
                continue;
            }
            _ => None,
        };
        match encoding {
            Some(transfer) => said.transfer = transfer,
            None => {
                said.has_named |= !name.is_empty();
                all.push(Parameter::new(Meaning::Own, start, name, value));
            }
        }
    }
    said
}

impl Parameter {
    fn new(meaning: Meaning, start: usize, name: Range<usize>, value: Range<usize>) -> Parameter {
        let piece = |part: Range<usize>| Piece::new(start + part.start, start + part.end);
        Parameter { meaning, name: piece(name), value: piece(value) }
    }
}

/// Where the parameter that begins at `start` ends, and the equals sign behind its name.
fn parameter_end(header: &[u8], start: usize) -> (usize, Option<usize>) {
    let (mut quoted, mut has_quotes, mut equals) = (false, false, None);
    for (index, byte) in header.iter().enumerate().skip(start) {
        match byte {
            b';' if !quoted => return (index, equals),
            b'=' if !has_quotes && equals.is_none() => equals = Some(index),
            b'"' => (quoted, has_quotes) = (!quoted, true),
            _ => {}
        }
    }
    let semicolon = if quoted { memchr::memchr(b';', &header[start..]) } else { None };
    (semicolon.map_or(header.len(), |index| start + index), equals)
}

/// Whether a value that stands alone is taken for an encoding.
pub(crate) fn is_encoding(value: &str) -> bool {
    transfer(value.as_bytes()).is_some()
}

/// The encodings of vCard 2.1 (`QUOTED-PRINTABLE`, `BASE64`, `7BIT`, `8BIT`) and RFC 2425 (`B`).
fn transfer(name: &[u8]) -> Option<Transfer> {
    let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
    match name.len() {
        16 if is("QUOTED-PRINTABLE") => Some(Transfer::QuotedPrintable),
        1 if is("Q") => Some(Transfer::QuotedPrintable),
        6 if is("BASE64") => Some(Transfer::Base64),
        1 if is("B") => Some(Transfer::Base64),
        4 if is("8BIT") || is("7BIT") => Some(Transfer::Plain),
        _ => None,
    }
}

fn trimmed(header: &[u8], range: Range<usize>) -> Range<usize> {
    let text = &header[range.clone()];
    if let [first, .., last] = text
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return range;
    }
    let start = range.end - text.trim_ascii_start().len();
    start..start + text.trim_ascii().len()
}

fn unquoted(header: &[u8], range: &Range<usize>) -> Range<usize> {
    match &header[range.clone()] {
        [b'"', .., b'"'] => range.start + 1..range.end - 1,
        _ => range.clone(),
    }
}
