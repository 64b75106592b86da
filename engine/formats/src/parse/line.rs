//! Content lines: `[group.]name[;parameters]:value` (RFC 2425 section 5.8, vCard 2.1 section 2.1).
//!
//! Finds out where a property ends, which depends on its transfer encoding, joins folded lines, and takes
//! the header apart. Values stay bytes. Not its job: what any name means, except `ENCODING` and `CHARSET`.

use std::borrow::Cow;
use std::ops::Range;

use syncloom_config::MimeMode;

/// How the bytes of a value are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transfer {
    Plain,
    QuotedPrintable,
    Base64,
}

/// One property of the text.
#[derive(Debug)]
pub(crate) struct ContentLine<'a> {
    /// The number of its first line, from 1.
    pub line: usize,
    header: Cow<'a, [u8]>,
    group: Range<usize>,
    name: Range<usize>,
    /// Where the parameters begin: at their first semicolon, or at the end.
    parameters: usize,
    /// Whether any of them is one of the property and has a name.
    pub has_named: bool,
    charset: Range<usize>,
    /// The value without folds and soft breaks, still in its transfer encoding. Of base 64 it is the lines as they
    /// stand.
    pub value: Cow<'a, [u8]>,
    /// That encoding.
    pub transfer: Transfer,
    /// An `ENCODING` that is none of those.
    pub unknown_encoding: Option<String>,
}

impl ContentLine<'_> {
    /// The name, without the group.
    pub fn name(&self) -> &[u8] {
        &self.header[self.name.clone()]
    }

    /// The group before the name; empty where there is none.
    pub fn group(&self) -> &[u8] {
        &self.header[self.group.clone()]
    }

    /// The label of the character set, if the line has one.
    pub fn charset(&self) -> Option<Cow<'_, str>> {
        (!self.charset.is_empty()).then(|| String::from_utf8_lossy(&self.header[self.charset.clone()]))
    }

    /// Names and values of the parameters, quotes included. A name is empty where only a value stands. Those that say
    /// the encoding and the character set are left out.
    pub fn parameters(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let all = Parameters { header: &self.header, at: self.parameters };
        all.filter_map(|(name, value)| match Meaning::of(&self.header, &name, &value) {
            Meaning::Other => Some((&self.header[name], &self.header[value])),
            _ => None,
        })
    }
}

/// What the next line is.
pub(crate) enum Next<'a> {
    Property(ContentLine<'a>),
    /// A line with no property on it, by its number.
    NoProperty(usize),
}

/// Reads properties one after the other, each byte once.
pub(crate) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
    mode: MimeMode,
}

impl<'a> Lines<'a> {
    /// From the beginning of a text, behind its byte order mark.
    pub fn new(bytes: &'a [u8], mode: MimeMode) -> Self {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(bytes.len());
        let mut lines = Lines { bytes, at: 0, line: 0, mode };
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
    pub fn next(&mut self) -> Option<Next<'a>> {
        loop {
            let start = self.at;
            let first = self.physical()?;
            if first.is_empty() {
                continue;
            }
            let line = self.line;
            if let Some(colon) = header_end(first) {
                let header = Cow::Borrowed(&first[..colon]);
                let property = self.property(line, header, Value::At(start + colon + 1, &first[colon + 1..]));
                return Some(property.map_or(Next::NoProperty(line), Next::Property));
            }
            // The header itself may be folded.
            let mut whole = Cow::Borrowed(first);
            self.unfold(&mut whole);
            let property = header_end(&whole).and_then(|colon| {
                let header = Cow::Owned(whole[..colon].to_vec());
                self.property(line, header, Value::Joined(whole[colon + 1..].to_vec()))
            });
            return Some(property.map_or(Next::NoProperty(line), Next::Property));
        }
    }

    /// Whether anything but white space is left.
    pub fn has_more(&self) -> bool {
        self.bytes[self.at..].iter().any(|byte| !byte.is_ascii_whitespace())
    }

    fn property(&mut self, line: usize, header: Cow<'a, [u8]>, first: Value<'a>) -> Option<ContentLine<'a>> {
        let name_end = header.iter().position(|byte| *byte == b';').unwrap_or(header.len());
        let (group, name) = match header[..name_end].iter().rposition(|byte| *byte == b'.') {
            Some(dot) => (0..dot, dot + 1..name_end),
            None => (0..0, 0..name_end),
        };
        if name.is_empty() {
            return None;
        }
        let mut property = ContentLine {
            line,
            group,
            name,
            parameters: name_end,
            has_named: false,
            charset: 0..0,
            value: Cow::Borrowed(b""),
            transfer: Transfer::Plain,
            unknown_encoding: None,
            header,
        };
        property.take_parameters();
        property.value = match (property.transfer, first) {
            (Transfer::Base64, Value::At(start, _)) => {
                self.pass_base64();
                Cow::Borrowed(self.bytes[start..self.at].trim_ascii_end())
            }
            (Transfer::Base64, Value::Joined(mut value)) => {
                let start = self.at;
                self.pass_base64();
                value.extend_from_slice(&self.bytes[start..self.at]);
                Cow::Owned(value)
            }
            (transfer, first) => {
                let mut value = match first {
                    Value::At(_, value) => Cow::Borrowed(value),
                    Value::Joined(value) => Cow::Owned(value),
                };
                match transfer {
                    Transfer::QuotedPrintable => self.join_soft_breaks(&mut value),
                    _ => self.unfold(&mut value),
                }
                value
            }
        };
        Some(property)
    }

    /// One line of the text without its end: CRLF, LF, CR, or CRCRLF as some phones send it.
    fn physical(&mut self) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let length = match &rest[end..] {
            [b'\r', b'\n', ..] => 2,
            [b'\r', b'\r', b'\n', ..] => 3,
            [_, ..] => 1,
            [] => 0,
        };
        self.at += end + length;
        self.line += 1;
        Some(&rest[..end])
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next line, if it begins with white space. That belongs to the value in the old dialect, where lines
    /// are folded at white space, and to the fold in the other.
    fn folded(&mut self) -> Option<&'a [u8]> {
        let Some(b' ' | b'\t') = self.peek() else { return None };
        let skip = usize::from(self.mode == MimeMode::Standard);
        self.physical().map(|line| &line[skip..])
    }

    /// Appends the lines that a value goes on in.
    fn unfold(&mut self, value: &mut Cow<'a, [u8]>) {
        while let Some(next) = self.folded() {
            value.to_mut().extend_from_slice(next);
        }
    }

    /// Joins the lines of a quoted-printable value: each but the last ends with `=`. The next one belongs to
    /// the value as it stands, whatever it begins with.
    fn join_soft_breaks(&mut self, value: &mut Cow<'a, [u8]>) {
        loop {
            let next = if value.last() == Some(&b'=') {
                value.to_mut().pop();
                self.physical()
            } else {
                self.folded()
            };
            let Some(next) = next else { return };
            value.to_mut().extend_from_slice(next);
        }
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

/// The beginning of a value: where it stands in the text, or a copy where lines had to be joined to find it.
enum Value<'a> {
    At(usize, &'a [u8]),
    Joined(Vec<u8>),
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b' ' | b'\t')
}

/// Where the colon is that ends the header. One between quotes is part of a parameter; where the quotes are
/// not closed, they are no quotes.
fn header_end(line: &[u8]) -> Option<usize> {
    outside_quotes(line, b':')
}

impl ContentLine<'_> {
    /// Takes what the parameters say of the encoding.
    fn take_parameters(&mut self) {
        let all = Parameters { header: &self.header, at: self.parameters };
        let (mut encoding, mut unknown, mut charset) = (self.transfer, None, self.charset.clone());
        let mut has_named = false;
        for (name, value) in all {
            match Meaning::of(&self.header, &name, &value) {
                Meaning::Encoding(transfer) => encoding = transfer,
                Meaning::UnknownEncoding => {
                    let text = &self.header[unquoted(&self.header, value)];
                    unknown = Some(String::from_utf8_lossy(text).into_owned());
                }
                Meaning::Charset => charset = unquoted(&self.header, value),
                Meaning::Other => has_named |= !name.is_empty(),
            }
        }
        self.has_named = has_named;
        (self.transfer, self.unknown_encoding, self.charset) = (encoding, unknown, charset);
    }
}

/// What a parameter says of the line itself.
enum Meaning {
    Encoding(Transfer),
    UnknownEncoding,
    Charset,
    /// It is one of the property.
    Other,
}

impl Meaning {
    fn of(header: &[u8], name: &Range<usize>, value: &Range<usize>) -> Meaning {
        let name = &header[name.clone()];
        let named_encoding = name.eq_ignore_ascii_case(b"ENCODING");
        if named_encoding || name.is_empty() {
            match transfer(&header[unquoted(header, value.clone())]) {
                Some(transfer) => Meaning::Encoding(transfer),
                None if named_encoding => Meaning::UnknownEncoding,
                None => Meaning::Other,
            }
        } else if name.eq_ignore_ascii_case(b"CHARSET") {
            Meaning::Charset
        } else {
            Meaning::Other
        }
    }
}

/// The parameters of a header: names, empty where only a value stands, and values.
struct Parameters<'h> {
    header: &'h [u8],
    at: usize,
}

impl Iterator for Parameters<'_> {
    type Item = (Range<usize>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        while self.at < self.header.len() {
            let start = self.at + 1;
            self.at = parameter_end(self.header, start);
            let whole = trimmed(self.header, start..self.at);
            if whole.is_empty() {
                continue;
            }
            let text = &self.header[whole.clone()];
            return Some(
                match text.iter().position(|byte| matches!(byte, b'=' | b'"')).filter(|at| text[*at] == b'=')
                {
                    Some(equals) => {
                        let name = trimmed(self.header, whole.start..whole.start + equals);
                        (name, trimmed(self.header, whole.start + equals + 1..whole.end))
                    }
                    None => (whole.start..whole.start, whole),
                },
            );
        }
        None
    }
}

/// The encodings of vCard 2.1 (`QUOTED-PRINTABLE`, `BASE64`, `7BIT`, `8BIT`) and RFC 2425 (`B`).
fn transfer(name: &[u8]) -> Option<Transfer> {
    let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
    if is("QUOTED-PRINTABLE") || is("Q") {
        Some(Transfer::QuotedPrintable)
    } else if is("BASE64") || is("B") {
        Some(Transfer::Base64)
    } else if is("8BIT") || is("7BIT") {
        Some(Transfer::Plain)
    } else {
        None
    }
}

fn parameter_end(header: &[u8], start: usize) -> usize {
    outside_quotes(&header[start..], b';').map_or(header.len(), |index| start + index)
}

/// Where a byte stands outside of quotes; where the quotes are not closed, they are no quotes. Headers are so short
/// that looking at each byte is faster than preparing to look at many at once.
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

fn trimmed(header: &[u8], range: Range<usize>) -> Range<usize> {
    let text = &header[range.clone()];
    let start = range.start + (text.len() - text.trim_ascii_start().len());
    start..start + text.trim_ascii().len()
}

fn unquoted(header: &[u8], range: Range<usize>) -> Range<usize> {
    match &header[range.clone()] {
        [b'"', .., b'"'] => range.start + 1..range.end - 1,
        _ => range,
    }
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
                    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                    let parameters: Vec<String> = line
                        .parameters()
                        .map(|(name, value)| format!("[{}={}]", lossy(name), lossy(value)))
                        .collect();
                    let charset = line.charset().unwrap_or_default();
                    format!(
                        "{} {}/{}{}{charset}:{}",
                        line.line,
                        lossy(line.group()),
                        lossy(line.name()),
                        parameters.concat(),
                        lossy(&line.value)
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
}
