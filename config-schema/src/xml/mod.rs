//! XML as elements whose every word knows where it stands in the file: text that is mixed of CDATA, entities
//! and line ends keeps the way back to its source.
//!
//! Not its job: what the elements mean (`check`), and why a text is no XML (`faults`).

mod faults;

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem;
use roxmltree::{Document, ParsingOptions, StringStorage};

use crate::diagnostic::Code;
use crate::source::Report;

/// The deepest nesting of tags. The language itself needs about ten.
pub(crate) const MAX_DEPTH: usize = 64;
/// The largest number of elements, texts and comments; a real config has some ten thousand.
const MAX_NODES: u32 = 1_000_000;

/// An element with all that it contains; its names stand in the source, and most values of attributes do.
#[derive(Debug)]
pub(crate) struct Element<'s> {
    pub name: Cow<'s, str>,
    /// The name in the start tag.
    pub name_span: Range<usize>,
    /// Everything from the start tag to the end tag.
    pub span: Range<usize>,
    /// What stands between start and end tag.
    pub inner: Range<usize>,
    pub attributes: Vec<XmlAttribute<'s>>,
    pub text: Text,
    pub children: Vec<Element<'s>>,
}

#[derive(Debug)]
pub(crate) struct XmlAttribute<'s> {
    pub name: Cow<'s, str>,
    pub name_span: Range<usize>,
    pub value: Cow<'s, str>,
    pub value_span: Range<usize>,
}

/// Text, and where each part of it comes from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Text {
    string: String,
    pieces: Vec<Piece>,
    /// Where it would stand if it is empty.
    origin: usize,
}

/// A part of a text: from `at` on, and where it comes from. If it is `exact`, byte corresponds to byte.
#[derive(Debug, Clone)]
struct Piece {
    at: usize,
    source: Range<usize>,
    exact: bool,
}

impl Text {
    pub fn at(origin: usize) -> Self {
        Text { origin, ..Text::default() }
    }

    pub fn as_str(&self) -> &str {
        &self.string
    }

    /// Adds text that stands in the source as it is.
    fn push_exact(&mut self, text: &str, source: usize) {
        if !text.is_empty() {
            self.pieces.push(Piece {
                at: self.string.len(),
                source: source..source + text.len(),
                exact: true,
            });
            self.string.push_str(text);
        }
    }

    /// Adds text that another text in the source stands for.
    pub fn push_made(&mut self, text: &str, source: Range<usize>) {
        self.pieces.push(Piece { at: self.string.len(), source, exact: false });
        self.string.push_str(text);
    }

    /// Adds a part of another text.
    pub fn push_part(&mut self, other: &Text, range: Range<usize>) {
        for (index, piece) in other.pieces.iter().enumerate() {
            let end = other.pieces.get(index + 1).map_or(other.string.len(), |next| next.at);
            let (from, to) = (piece.at.max(range.start), end.min(range.end));
            let Some(text) = other.string.get(from..to).filter(|text| !text.is_empty()) else { continue };
            if piece.exact {
                self.push_exact(text, piece.source.start + (from - piece.at));
            } else {
                self.push_made(text, piece.source.clone());
            }
        }
    }

    /// Where a part of the text stands in the source.
    pub fn span(&self, range: Range<usize>) -> Range<usize> {
        let start = self.offset(range.start);
        let end = match range.end.checked_sub(1) {
            Some(last) if last >= range.start => self.offset_after(last),
            _ => start,
        };
        start..end.max(start)
    }

    /// The text without the space around it, and where that begins.
    pub fn trimmed(&self) -> (&str, usize) {
        let rest = self.string.trim_start();
        (rest.trim_end(), self.string.len() - rest.len())
    }

    /// Where the text without the space around it stands in the source.
    pub fn trimmed_span(&self) -> Range<usize> {
        let (text, begin) = self.trimmed();
        if text.is_empty() { self.origin..self.origin } else { self.span(begin..begin + text.len()) }
    }

    fn offset(&self, at: usize) -> usize {
        match self.piece(at) {
            None => self.origin,
            Some(piece) if piece.exact => (piece.source.start + (at - piece.at)).min(piece.source.end),
            Some(piece) => piece.source.start,
        }
    }

    /// Where the character at this place ends.
    fn offset_after(&self, at: usize) -> usize {
        match self.piece(at) {
            None => self.origin,
            Some(piece) if piece.exact => (piece.source.start + (at - piece.at) + 1).min(piece.source.end),
            Some(piece) => piece.source.end,
        }
    }

    fn piece(&self, at: usize) -> Option<&Piece> {
        let after = self.pieces.partition_point(|piece| piece.at <= at);
        self.pieces.get(after.checked_sub(1)?)
    }
}

impl Element<'_> {
    /// The same element without its source, and with all its places moved: its file lies behind others.
    pub fn moved(self, base: usize) -> Element<'static> {
        let moved = |span: Range<usize>| span.start + base..span.end + base;
        let attribute = |attribute: XmlAttribute<'_>| XmlAttribute {
            name: Cow::Owned(attribute.name.into_owned()),
            name_span: moved(attribute.name_span),
            value: Cow::Owned(attribute.value.into_owned()),
            value_span: moved(attribute.value_span),
        };
        let piece = |piece: Piece| Piece { source: moved(piece.source), ..piece };
        Element {
            name: Cow::Owned(self.name.into_owned()),
            name_span: moved(self.name_span),
            span: moved(self.span),
            inner: moved(self.inner),
            attributes: self.attributes.into_iter().map(attribute).collect(),
            text: Text {
                string: self.text.string,
                pieces: self.text.pieces.into_iter().map(piece).collect(),
                origin: self.text.origin + base,
            },
            children: self.children.into_iter().map(|child| child.moved(base)).collect(),
        }
    }
}

/// Reads the text of the report's source. `None` says that it is no XML; the report says why.
pub(crate) fn parse<'s>(report: &mut Report<'s>) -> Option<Element<'s>> {
    let source = report.source;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    match Document::parse_with_options(source.text(), options) {
        Ok(document) => {
            let root = document.root_element();
            if let Some(node) = too_deep(root) {
                let at = node.range().start;
                report
                    .add(
                        Code::TooDeep,
                        at..at + 1,
                        format!("tags are nested more than {MAX_DEPTH} deep here"),
                    )
                    .hint("a tag before it is probably not closed");
                return None;
            }
            Some(element(root, source.text()))
        }
        Err(error) => {
            faults::explain(report, &error);
            None
        }
    }
}

fn too_deep<'a, 'i>(root: roxmltree::Node<'a, 'i>) -> Option<roxmltree::Node<'a, 'i>> {
    let mut ends: Vec<usize> = Vec::new();
    for node in root.descendants().filter(|node| node.is_element()) {
        let range = node.range();
        while ends.last().is_some_and(|end| *end <= range.start) {
            ends.pop();
        }
        ends.push(range.end);
        if ends.len() > MAX_DEPTH {
            return Some(node);
        }
    }
    None
}

/// Depth has been checked: `too_deep`.
fn element<'s>(node: roxmltree::Node<'_, 's>, source: &'s str) -> Element<'s> {
    let span = node.range();
    let name_length = source[span.start + 1..]
        .bytes()
        .position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'))
        .unwrap_or(node.tag_name().name().len());
    let attributes = node
        .attributes()
        .map(|attribute| XmlAttribute {
            name: Cow::Borrowed(attribute.name()),
            name_span: attribute.range_qname(),
            value: match attribute.value_storage() {
                StringStorage::Borrowed(value) => Cow::Borrowed(*value),
                StringStorage::Owned(value) => Cow::Owned(value.as_ref().to_owned()),
            },
            value_span: attribute.range_value(),
        })
        .collect();
    let elements = || node.children().filter(|child| child.is_element());
    let mut children = Vec::with_capacity(elements().count());
    children.extend(elements().map(|child| element(child, source)));
    let inner = inside(source, &span);
    let text = content(source, &inner, &children);
    Element {
        name: Cow::Borrowed(node.tag_name().name()),
        name_span: span.start + 1..span.start + 1 + name_length,
        span,
        inner,
        attributes,
        text,
        children,
    }
}

/// The text of an element, read again from the source: the parser has joined its parts.
fn content(source: &str, inner: &Range<usize>, children: &[Element<'_>]) -> Text {
    let Range { start: mut at, end } = *inner;
    let mut text = Text::at(at);
    let has_tags = !children.is_empty();
    let mut children = children.iter();
    while let Some(rest) = source.get(at..end).filter(|rest| !rest.is_empty()) {
        let plain = memchr::memchr3(b'<', b'&', b'\r', rest.as_bytes()).unwrap_or(rest.len());
        // The space between tags means nothing, if nothing else stands there.
        if !has_tags || !text.string.is_empty() || !rest[..plain].trim_start().is_empty() {
            text.push_exact(&rest[..plain], at);
        }
        let rest = &rest[plain..];
        at += plain;
        if rest.is_empty() {
            break;
        }
        let length = if let Some(comment) = rest.strip_prefix("<!--") {
            memmem::find(comment.as_bytes(), b"-->").map(|end| 4 + end + 3)
        } else if let Some(data) = rest.strip_prefix("<![CDATA[") {
            let length = memmem::find(data.as_bytes(), b"]]>").unwrap_or(data.len());
            push_lines(&mut text, &data[..length], at + 9);
            Some(9 + length + 3)
        } else if rest.starts_with("<?") {
            rest.find("?>").map(|end| end + 2)
        } else if rest.starts_with('<') {
            children.next().map(|child| child.span.end.saturating_sub(at))
        } else if rest.starts_with('&') {
            rest.find(';').map(|end| {
                text.push_made(&entity(&rest[1..end]), at..at + end + 1);
                end + 1
            })
        } else {
            let length = if rest.starts_with("\r\n") { 2 } else { 1 };
            text.push_made("\n", at..at + length);
            Some(length)
        };
        at += length.unwrap_or(rest.len()).max(1);
    }
    text
}

/// CDATA: exact but for its line ends.
fn push_lines(text: &mut Text, mut data: &str, mut at: usize) {
    while let Some(end) = data.find('\r') {
        text.push_exact(&data[..end], at);
        let length = if data[end..].starts_with("\r\n") { 2 } else { 1 };
        text.push_made("\n", at + end..at + end + length);
        data = &data[end + length..];
        at += end + length;
    }
    text.push_exact(data, at);
}

/// What stands between the start tag of an element and its end tag.
fn inside(source: &str, span: &Range<usize>) -> Range<usize> {
    let begin = after_start_tag(source, span);
    // The last tag in it is its own end tag, if it has one.
    begin..memchr::memrchr(b'<', &source.as_bytes()[begin..span.end]).map_or(begin, |end| begin + end)
}

/// Where the content of the element of this span begins.
pub(crate) fn after_start_tag(source: &str, span: &Range<usize>) -> usize {
    let bytes = &source.as_bytes()[..span.end];
    let mut at = span.start;
    while let Some(found) = memchr::memchr3(b'"', b'\'', b'>', &bytes[at..]) {
        let sign = bytes[at + found];
        at += found + 1;
        if sign == b'>' {
            return at;
        }
        let Some(close) = memchr::memchr(sign, &bytes[at..]) else { break };
        at += close + 1;
    }
    span.end
}

/// What an entity stands for; the parser has made sure that it is one.
fn entity(name: &str) -> String {
    let number = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix('x') {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.parse().ok(),
        },
        None => None,
    };
    match name {
        "amp" => "&".to_owned(),
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        _ => number.and_then(char::from_u32).map(String::from).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn read(text: &str) -> Element<'static> {
        let source = Source::new("x", text.to_owned());
        let mut report = Report::new(&source);
        parse(&mut report).unwrap_or_else(|| panic!("{:?}", report.diagnostics)).moved(0)
    }

    #[test]
    fn mixed_text_knows_where_each_word_comes_from() {
        let source = "<a b='1>'>one &lt; <!-- <x> --><![CDATA[two\r\n&three]]><b/>\r\nfour&#x41;</a>";
        let root = read(source);
        let text = &root.text;
        assert_eq!(text.as_str(), "one < two\n&three\nfourA");
        for word in ["one", "two", "&three", "four"] {
            let at = text.as_str().find(word).unwrap();
            assert_eq!(&source[text.span(at..at + word.len())], word);
        }
        assert_eq!(&source[text.span(4..5)], "&lt;");
        assert_eq!(&source[text.span(text.as_str().len() - 1..text.as_str().len())], "&#x41;");
        assert_eq!(&source[root.attributes[0].value_span.clone()], "1>");
        assert_eq!(root.children[0].name, "b");
    }

    #[test]
    fn an_empty_text_stands_after_the_start_tag() {
        let source = "<a x=\"/\">  <b></b></a>";
        let root = read(source);
        assert_eq!(root.children[0].text.trimmed_span(), 14..14);
        assert_eq!(root.text.trimmed(), ("", 0));
    }

    #[test]
    fn nesting_has_a_limit() {
        let source = Source::new("x", format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000)));
        let mut report = Report::new(&source);
        assert!(parse(&mut report).is_none());
        assert_eq!(report.diagnostics[0].code, Code::TooDeep);
    }
}
