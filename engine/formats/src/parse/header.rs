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

/// The bytes that mean something in a header.
static MARKS: [bool; 256] = {
    let mut marks = [false; 256];
    let mut rest: &[u8] = b".:;=,\"";
    while let [first, others @ ..] = rest {
        marks[*first as usize] = true;
        rest = others;
    }
    marks
};

/// The next byte from a place on that means something, and its place.
#[inline]
fn mark(header: &[u8], from: usize) -> Option<(usize, u8)> {
    let rest = header.get(from..)?;
    let at = rest.iter().position(|byte| MARKS[usize::from(*byte)])?;
    Some((from + at, rest[at]))
}

/// Takes a header apart, all but its parameters; `None` where no colon ends it. A colon between quotes is part of a
/// parameter; where the quotes are not closed, they are no quotes.
pub(super) fn find(line: &[u8]) -> Option<Parts> {
    let (mut start, mut from) = (0, 0);
    loop {
        let (at, byte) = mark(line, from)?;
        match byte {
            b'.' => start = at + 1,
            b':' => return Some(parts(line, start..at, at)),
            b';' => {
                let colon = at + memchr::memchr2(b':', b'"', &line[at..])?;
                return match line[colon] {
                    b':' => Some(parts(line, start..at, colon)),
                    _ => find_quoted(line),
                };
            }
            b'"' => return find_quoted(line),
            _ => {}
        }
        from = at + 1;
    }
}

/// White space behind a name is none of it.
fn parts(line: &[u8], mut name: Range<usize>, colon: usize) -> Parts {
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
    /// Whether there are commas or quotes in it.
    pub has_parts: bool,
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
        let Extent { end, equals, has_parts } = extent(header, begin);
        at = end;
        let whole = trimmed(header, begin..end);
        if whole.is_empty() {
            continue;
        }
        let (name, value) = match equals {
            Some(equals) => (trimmed(header, whole.start..equals), trimmed(header, equals + 1..whole.end)),
            None => (whole.start..whole.start, whole),
        };
        let meaning = match &header[name.clone()] {
            name if name.eq_ignore_ascii_case(b"ENCODING") => Meaning::UnknownEncoding,
            name if name.eq_ignore_ascii_case(b"CHARSET") => Meaning::Charset,
            _ => Meaning::Own,
        };
        let bare = unquoted(header, &value);
        if (name.is_empty() || meaning == Meaning::UnknownEncoding)
            && let Some(transfer) = transfer(&header[bare.clone()])
        {
            said.transfer = transfer;
            continue;
        }
        let value = if meaning == Meaning::Own { value } else { bare };
        match meaning {
            Meaning::Own => said.has_named |= !name.is_empty(),
            Meaning::Charset => said.has_charset = !value.is_empty(),
            Meaning::UnknownEncoding => said.has_unknown_encoding = true,
        }
        let piece = |part: Range<usize>| Piece::new(start + part.start, start + part.end);
        all.push(Parameter { meaning, name: piece(name), value: piece(value), has_parts });
    }
    said
}

/// How far a parameter reaches.
struct Extent {
    end: usize,
    /// The equals sign behind its name.
    equals: Option<usize>,
    /// Whether there are commas or quotes in it.
    has_parts: bool,
}

/// The extent of the parameter that begins at `start`.
fn extent(header: &[u8], start: usize) -> Extent {
    let (mut quoted, mut has_quotes, mut has_parts, mut equals) = (false, false, false, None);
    let mut from = start;
    while let Some((at, byte)) = mark(header, from) {
        match byte {
            b';' if !quoted => return Extent { end: at, equals, has_parts },
            b'=' if !has_quotes && equals.is_none() => equals = Some(at),
            b'"' => (quoted, has_quotes, has_parts) = (!quoted, true, true),
            b',' => has_parts = true,
            _ => {}
        }
        from = at + 1;
    }
    let semicolon = if quoted { memchr::memchr(b';', &header[start..]) } else { None };
    Extent { end: semicolon.map_or(header.len(), |at| start + at), equals, has_parts }
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
