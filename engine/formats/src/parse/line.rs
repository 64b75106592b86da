//! Content lines: `[group.]name[;parameters]:value` (RFC 2425 section 5.8, vCard 2.1 section 2.1).
//!
//! Finds out where a property ends, which depends on its transfer encoding, joins folded lines, and takes
//! the header apart. Values stay bytes. Not its job: what any name means, except `ENCODING` and `CHARSET`.

use std::borrow::Cow;
use std::ops::Range;

use syncloom_config::MimeMode;

use super::header::{self, Meaning, Parameter};

/// How the bytes of a value are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transfer {
    Plain,
    QuotedPrintable,
    Base64,
}

/// Where something stands: in the text, or, beyond its end, among the pieces that had to be joined. Texts are no longer
/// than [`MAX_TEXT`], so that small numbers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    start: u32,
    end: u32,
}

/// The longest text in bytes: the text, and all of it joined, have places of 32 bits. No store holds such an item.
pub(super) const MAX_TEXT: usize = (u32::MAX / 2 - 1) as usize;

impl Piece {
    pub fn new(start: usize, end: usize) -> Piece {
        Piece { start: place(start), end: place(end) }
    }

    fn start(self) -> usize {
        self.start as usize
    }

    fn end(self) -> usize {
        self.end as usize
    }

    fn range(self) -> Range<usize> {
        self.start()..self.end()
    }
}

/// A place in a text that is not too long has 32 bits.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// One property of the text: where its parts stand.
#[derive(Debug)]
pub(crate) struct ContentLine {
    /// The number of its first line, from 1.
    number: u32,
    /// Where it begins, with its group.
    start: u32,
    name: Piece,
    value: Piece,
    /// Its parameters among those of the text.
    parameters: (u32, u32),
    said: header::Said,
}

/// A text with what its lines are made of.
#[derive(Debug)]
pub(crate) struct Pieces<'a> {
    bytes: &'a [u8],
    /// The same, if all of it is text that needs no cleaning.
    text: Option<&'a str>,
    /// What stands on several lines of the text, put together.
    joined: Vec<u8>,
    /// The parameters of all properties.
    parameters: Vec<Parameter>,
}

/// How many parameters there is room for from the beginning: those of most items.
const USUAL_PARAMETERS: usize = 24;

impl<'a> Pieces<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let text = std::str::from_utf8(bytes).ok().filter(|_| memchr::memchr(0, bytes).is_none());
        Pieces { bytes, text, joined: Vec::new(), parameters: Vec::with_capacity(USUAL_PARAMETERS) }
    }

    /// A property of this text.
    pub fn line<'t>(&'t self, line: &'t ContentLine) -> Line<'t> {
        Line { pieces: self, line }
    }

    fn get(&self, piece: Piece) -> &[u8] {
        let found = match piece.start().checked_sub(self.first_joined()) {
            None => self.bytes.get(piece.range()),
            Some(start) => self.joined.get(start..piece.end() - self.first_joined()),
        };
        found.unwrap_or_default()
    }

    /// A piece as text; `None` where it first has to be found out what it is.
    fn text(&self, piece: Piece) -> Option<&str> {
        match piece.start() < self.first_joined() {
            true => self.text?.get(piece.range()),
            false => std::str::from_utf8(self.get(piece)).ok().filter(|_| self.text.is_some()),
        }
    }

    /// Where the pieces that were joined begin. The end of the text is no such place.
    fn first_joined(&self) -> usize {
        self.bytes.len() + 1
    }

    /// Where what is joined next will begin.
    fn next_joined(&self) -> usize {
        self.first_joined() + self.joined.len()
    }

    /// Makes a piece longer, which is the one that was joined last, or none yet.
    fn append(&mut self, piece: &mut Piece, more: &[u8]) {
        let mut start = piece.start();
        if start < self.first_joined() {
            start = self.next_joined();
            self.joined.extend_from_slice(self.bytes.get(piece.range()).unwrap_or_default());
        } else {
            // What was taken from its end.
            self.joined.truncate(piece.end() - self.first_joined());
        }
        self.joined.extend_from_slice(more);
        *piece = Piece::new(start, self.next_joined());
    }
}

/// A property, with the text that it stands in.
#[derive(Clone, Copy)]
pub(crate) struct Line<'t> {
    pieces: &'t Pieces<'t>,
    line: &'t ContentLine,
}

impl<'t> Line<'t> {
    /// The number of its first line, from 1.
    pub fn number(self) -> usize {
        self.line.number as usize
    }

    /// The name, without the group.
    pub fn name(self) -> &'t [u8] {
        self.pieces.get(self.line.name)
    }

    /// The group before the name; empty where there is none.
    pub fn group(self) -> &'t [u8] {
        match self.line.name.start > self.line.start {
            true => self.pieces.get(Piece { start: self.line.start, end: self.line.name.start - 1 }),
            false => b"",
        }
    }

    /// The value without folds and soft breaks, still in its transfer encoding. Of base 64 it is the lines as they
    /// stand.
    pub fn value(self) -> &'t [u8] {
        self.pieces.get(self.line.value)
    }

    /// The same as text, where that is known to be what it is if no character set says otherwise.
    pub fn text(self) -> Option<&'t str> {
        self.pieces.text(self.line.value)
    }

    /// That encoding.
    pub fn transfer(self) -> Transfer {
        self.line.said.transfer
    }

    /// An `ENCODING` that is none of those.
    pub fn unknown_encoding(self) -> Option<Cow<'t, str>> {
        self.last(self.line.said.has_unknown_encoding, Meaning::UnknownEncoding)
    }

    /// The label of the character set, if the line has one.
    pub fn charset(self) -> Option<Cow<'t, str>> {
        self.last(self.line.said.has_charset, Meaning::Charset)
    }

    fn last(self, is_there: bool, meaning: Meaning) -> Option<Cow<'t, str>> {
        let all = if is_there { self.all() } else { return None };
        let last = all.iter().rfind(|one| one.meaning == meaning)?;
        Some(String::from_utf8_lossy(self.pieces.get(last.value)))
    }

    fn all(self) -> &'t [Parameter] {
        let (from, to) = self.line.parameters;
        self.pieces.parameters.get(from as usize..to as usize).unwrap_or_default()
    }

    /// The parameters, but those that say the encoding and the character set.
    pub fn parameters(self) -> impl Iterator<Item = Given<'t>> {
        let own = self.all().iter().filter(|one| one.meaning == Meaning::Own);
        own.map(move |parameter| Given { pieces: self.pieces, parameter })
    }

    /// Whether any of these has a name.
    pub fn has_named(self) -> bool {
        self.line.said.has_named
    }
}

/// A parameter of a line.
#[derive(Clone, Copy)]
pub(crate) struct Given<'t> {
    pieces: &'t Pieces<'t>,
    parameter: &'t Parameter,
}

impl<'t> Given<'t> {
    /// Its name; empty where only a value stands.
    pub fn name(self) -> &'t [u8] {
        self.pieces.get(self.parameter.name)
    }

    /// Its value, quotes included.
    pub fn value(self) -> &'t [u8] {
        self.pieces.get(self.parameter.value)
    }

    /// The same as text, where that is known to be what it is if no character set says otherwise.
    pub fn text(self) -> Option<&'t str> {
        self.pieces.text(self.parameter.value)
    }
}

/// What the next line is.
pub(crate) enum Next {
    Property(ContentLine),
    /// A line with no property on it, by its number.
    NoProperty(usize),
}

/// Reads properties one after the other, each byte once.
pub(crate) struct Lines<'a> {
    bytes: &'a [u8],
    pub pieces: Pieces<'a>,
    at: usize,
    line: usize,
    mode: MimeMode,
}

impl<'a> Lines<'a> {
    /// From the beginning of a text, behind its byte order mark.
    pub fn new(bytes: &'a [u8], mode: MimeMode) -> Self {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(bytes.len());
        let mut lines = Lines { bytes, pieces: Pieces::new(bytes), at: 0, line: 0, mode };
        while lines.at < start {
            lines.physical();
            if lines.at > start {
                // The text begins further on in this line.
                (lines.at, lines.line) = (start, lines.line - 1);
            }
        }
        lines
    }

    /// The number of the line read last.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The next property; empty lines are passed over.
    pub fn next(&mut self) -> Option<Next> {
        loop {
            let first = self.physical()?;
            if first.start == first.end {
                continue;
            }
            let line = self.line;
            let property = match header::find(&self.bytes[first.range()]) {
                Some(parts) => self.property(line, parts, first),
                None => {
                    // The header itself may be folded.
                    let mut whole = first;
                    self.unfold(&mut whole);
                    let parts = header::find(self.pieces.get(whole));
                    parts.and_then(|parts| self.property(line, parts, whole))
                }
            };
            return Some(property.map_or(Next::NoProperty(line), Next::Property));
        }
    }

    /// Whether anything but white space is left.
    pub fn has_more(&self) -> bool {
        self.bytes[self.at..].iter().any(|byte| !byte.is_ascii_whitespace())
    }

    /// A property, whose header stands in `whole` with the beginning of the value.
    fn property(&mut self, number: usize, parts: header::Parts, whole: Piece) -> Option<ContentLine> {
        if parts.name.is_empty() {
            return None;
        }
        let at = whole.start();
        let before = self.pieces.parameters.len();
        let said = match parts.name.end == parts.colon {
            true => header::Said::NOTHING,
            false => {
                // They are taken out, as the header may stand among the pieces.
                let mut parameters = std::mem::take(&mut self.pieces.parameters);
                let text = self.pieces.get(whole).get(..parts.colon).unwrap_or_default();
                let said = header::parameters(text, parts.name.end, at, &mut parameters);
                self.pieces.parameters = parameters;
                said
            }
        };
        let mut value = Piece::new(at + parts.colon + 1, whole.end());
        match said.transfer {
            Transfer::Base64 => {
                let start = self.at;
                self.pass_base64();
                if value.start() < self.pieces.first_joined() {
                    let length = self.bytes[value.start()..self.at].trim_ascii_end().len();
                    value = Piece::new(value.start(), value.start() + length);
                } else {
                    self.pieces.append(&mut value, &self.bytes[start..self.at]);
                }
            }
            Transfer::QuotedPrintable => self.join_soft_breaks(&mut value),
            Transfer::Plain => self.unfold(&mut value),
        }
        Some(ContentLine {
            number: place(number),
            start: whole.start,
            name: Piece::new(at + parts.name.start, at + parts.name.end),
            value,
            parameters: (place(before), place(self.pieces.parameters.len())),
            said,
        })
    }

    /// One line of the text without its end: CRLF, LF, CR, or CRCRLF as some phones send it.
    fn physical(&mut self) -> Option<Piece> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let length = match &rest[end..] {
            [b'\r', b'\n', ..] => 2,
            [b'\r', b'\r', b'\n', ..] => 3,
            [_, ..] => 1,
            [] => 0,
        };
        let line = Piece::new(self.at, self.at + end);
        self.at += end + length;
        self.line += 1;
        Some(line)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next line, if it begins with white space. That belongs to the value in the old dialect, where lines
    /// are folded at white space, and to the fold in the other.
    fn folded(&mut self) -> Option<Piece> {
        let Some(b' ' | b'\t') = self.peek() else { return None };
        let skip = u32::from(self.mode == MimeMode::Standard);
        self.physical().map(|line| Piece { start: line.start + skip, end: line.end })
    }

    /// Appends the lines that a value goes on in.
    fn unfold(&mut self, value: &mut Piece) {
        while let Some(next) = self.folded() {
            let mut next = &self.bytes[next.range()];
            // Who folds in the middle of a character does not fold at white space.
            if let [b' ' | b'\t', rest @ ..] = next
                && matches!(rest.first(), Some(0x80..0xC0))
                && is_cut(self.pieces.get(*value))
            {
                next = rest;
            }
            self.pieces.append(value, next);
        }
    }

    /// Joins the lines of a quoted-printable value: each but the last ends with `=`. The next one belongs to
    /// the value as it stands, whatever it begins with.
    fn join_soft_breaks(&mut self, value: &mut Piece) {
        let mut last_line = value.range().len();
        loop {
            let next = if let Some(length) = self.soft_break(*value, last_line) {
                value.end -= length;
                self.physical()
            } else {
                self.folded()
            };
            let Some(next) = next else { return };
            last_line = next.range().len();
            self.pieces.append(value, &self.bytes[next.range()]);
        }
    }

    /// How many bytes are a soft break at the end of a value, whose last line has so many. White space behind the `=` was
    /// put there on the way (RFC 2045 section 6.7), unless what follows is a property.
    fn soft_break(&self, value: Piece, last_line: usize) -> Option<u32> {
        let value = self.pieces.get(value);
        let line = &value[value.len().saturating_sub(last_line)..];
        let text = match line.last()? {
            b'=' => return Some(1),
            b' ' | b'\t' => line.trim_ascii_end().strip_suffix(b"=")?,
            _ => return None,
        };
        let rest = &self.bytes[self.at..];
        let end = memchr::memchr3(b'\n', b'\r', b':', rest)?;
        (end > 0 && rest[end] != b':').then(|| place(line.len() - text.len()))
    }

    /// Passes over the further lines of a base 64 value: indented ones, and those that phones send without an
    /// indent, which cannot be properties because there is no colon in them. An empty line ends it.
    fn pass_base64(&mut self) {
        loop {
            match self.peek() {
                None | Some(b'\r' | b'\n') => return,
                Some(b' ' | b'\t') => {}
                Some(_) => {
                    let rest = &self.bytes[self.at..];
                    let end = rest.iter().position(|byte| !is_base64(*byte)).unwrap_or(rest.len());
                    if !matches!(rest.get(end), None | Some(b'\r' | b'\n')) {
                        return;
                    }
                }
            }
            if self.physical().is_none() {
                return;
            }
        }
    }
}

/// Whether a text ends in the middle of a character of UTF-8.
fn is_cut(text: &[u8]) -> bool {
    let end = &text[text.len().saturating_sub(3)..];
    let start = end.iter().rposition(|byte| *byte >= 0xC0);
    let last = start.and_then(|start| end.get(start..)).map(std::str::from_utf8);
    matches!(last, Some(Err(error)) if error.error_len().is_none())
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, mode: MimeMode) -> Vec<String> {
        let mut lines = Lines::new(text.as_bytes(), mode);
        let mut all = Vec::new();
        while let Some(next) = lines.next() {
            all.push(match next {
                Next::NoProperty(line) => format!("{line} -"),
                Next::Property(line) => {
                    let line = lines.pieces.line(&line);
                    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                    let parameters: Vec<String> = line
                        .parameters()
                        .map(|one| format!("[{}={}]", lossy(one.name()), lossy(one.value())))
                        .collect();
                    let charset = line.charset().unwrap_or_default();
                    format!(
                        "{} {}/{}{}{charset}:{}",
                        line.number(),
                        lossy(line.group()),
                        lossy(line.name()),
                        parameters.concat(),
                        lossy(line.value())
                    )
                }
            });
        }
        all
    }

    #[test]
    fn every_line_end_and_empty_lines() {
        let expected = ["2 /A:1", "4 /B:2", "5 /C:3", "6 /D:4"];
        assert_eq!(read("\u{feff}\r\nA:1\n\nB:2\r\r\nC:3\rD:4", MimeMode::Old), expected);
        assert_eq!(read("  A:1", MimeMode::Old), ["1 /A:1"]);
    }

    #[test]
    fn folds_keep_their_white_space_in_the_old_dialect_alone() {
        let text = "A:one\r\n two\r\n\tthree\r\nB:\r\n";
        assert_eq!(read(text, MimeMode::Old), ["1 /A:one two\tthree", "4 /B:"]);
        assert_eq!(read(text, MimeMode::Standard), ["1 /A:onetwothree", "4 /B:"]);
    }

    #[test]
    fn folds_in_the_middle_of_a_character_have_no_white_space_of_the_value() {
        for (text, whole) in [
            (&b"A:gr\xc3\r\n \xbcn\r\n x"[..], "grün x"),
            (b"A:\xf0\x9f\r\n\t\x98\x80", "😀"),
            (b"A:\xf0\x9f\x98\r\n \x80\r\n \xc3\xbc", "😀 ü"),
        ] {
            let mut lines = Lines::new(text, MimeMode::Old);
            let Some(Next::Property(line)) = lines.next() else { panic!("{whole} is a property") };
            assert_eq!(lines.pieces.line(&line).value(), whole.as_bytes());
        }
        let mut lines = Lines::new(b"A:\xe9\x80\x80\r\n \x80b\r\n \x80", MimeMode::Old);
        let Some(Next::Property(line)) = lines.next() else { panic!("it is a property") };
        assert_eq!(lines.pieces.line(&line).value(), b"\xe9\x80\x80 \x80b \x80", "not cut in one");
    }

    #[test]
    fn a_folded_header_is_joined_first() {
        assert_eq!(
            read("A;X=1;\r\n Y=2:v\r\n w\r\nB:1", MimeMode::Standard),
            ["1 /A[X=1][Y=2]:vw", "4 /B:1"]
        );
        assert_eq!(read("no colon\r\nB:1", MimeMode::Standard), ["1 -", "2 /B:1"]);
        assert_eq!(read(":x\r\nB:1", MimeMode::Standard), ["1 -", "2 /B:1"]);
    }

    #[test]
    fn soft_breaks_join_what_follows_as_it_stands() {
        let text = "A;ENCODING=QUOTED-PRINTABLE:abc=\r\ndef=\r\n x=\r\n\r\nB;quoted-printable:1=";
        assert_eq!(read(text, MimeMode::Old), ["1 /A:abcdef x", "5 /B:1"]);
        let text = "A;QUOTED-PRINTABLE:abc= \r\ndef=\t \r\nghi= \r\nB;QUOTED-PRINTABLE:1= \r\n\r\nC:1";
        assert_eq!(read(text, MimeMode::Old), ["1 /A:abcdefghi= ", "4 /B:1= ", "6 /C:1"]);
    }

    #[test]
    fn base_64_ends_at_an_empty_line_or_a_property() {
        let text = "A;ENCODING=b:AA\r\n BB\r\nCC==\r\n\r\nB;BASE64:\r\nDDDD\r\n \r\nC:1\r\n";
        assert_eq!(read(text, MimeMode::Old), ["1 /A:AA\r\n BB\r\nCC==", "5 /B:\r\nDDDD", "8 /C:1"]);
    }

    #[test]
    fn parameters_in_all_their_forms() {
        assert_eq!(
            read("g.A;HOME;TYPE=a,b;type=\"c:d;e\";CHARSET=\"latin1\";X:v:w", MimeMode::Old),
            ["1 g/A[=HOME][TYPE=a,b][type=\"c:d;e\"][=X]latin1:v:w"]
        );
        assert_eq!(read("A;X=\"open;Y=1:v", MimeMode::Old), ["1 /A[X=\"open][Y=1]:v"]);
    }

    #[test]
    fn white_space_around_names_and_parameters_means_nothing() {
        let text = "A : v\r\ng.B\t ; HOME ; X = y:v\r\nC ;X=\"a:b\" :v\r\nD ;:v";
        assert_eq!(
            read(text, MimeMode::Old),
            ["1 /A: v", "2 g/B[=HOME][X=y]:v", "3 /C[X=\"a:b\"]:v", "4 /D:v"]
        );
    }
}
