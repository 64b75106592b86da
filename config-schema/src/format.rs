//! Indents a config: which space between its tags becomes which. Scripts, SQL, comments, CDATA and everything else
//! within tags of values stays as it is, byte by byte.
//!
//! Not its job: writing files.

use std::ops::Range;
use std::path::Path;

use roxmltree::{Document, Node, ParsingOptions};

use crate::diagnostic::Edit;
use crate::include;
use crate::load::{Loaded, read_source};
use crate::source::{Report, Source};
use crate::tags::{self, Kind, Tag};
use crate::xml;

/// What a level is indented by.
const INDENT: &str = "  ";

/// What formatting changes in a file.
#[derive(Debug)]
pub struct Formatted {
    /// The file.
    pub source: Source,
    /// The changes, in order.
    pub edits: Vec<Edit>,
}

/// Finds what formatting changes in a file. The error has its problems: it is no XML, or cannot be read as text.
pub fn format(path: &Path, bytes: &[u8]) -> Result<Formatted, Box<Loaded>> {
    let source = read_source(path, bytes)?;
    let mut report = Report::new(&source);
    if xml::parse(&mut report).is_none() {
        let diagnostics = report.diagnostics;
        return Err(Box::new(Loaded::failed(source, diagnostics)));
    }
    let edits = edits(source.text());
    Ok(Formatted { source, edits })
}

fn edits(text: &str) -> Vec<Edit> {
    let options = ParsingOptions { allow_dtd: false, ..ParsingOptions::default() };
    // It has been parsed before; a text that is no XML has nothing to indent.
    let Ok(document) = Document::parse_with_options(text, options) else { return Vec::new() };
    let line_end = match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    };
    let mut formatter = Formatter { text, line_end, edits: Vec::new() };
    formatter.outside(document.root());
    formatter.edits
}

/// What an element is, and so what its content means.
#[derive(Clone, Copy)]
enum Holder {
    /// The root of an included file: what stands around it is not known.
    Fragment,
    Tag(&'static Tag),
    Unknown,
}

impl Holder {
    fn has_tags(self) -> bool {
        match self {
            Holder::Fragment => true,
            Holder::Tag(tag) => tag.kind == Kind::Container,
            Holder::Unknown => false,
        }
    }

    /// What an element of this name is in it. In a fragment a name must mean the same kind of tag wherever it stands.
    fn inner(self, name: &str) -> Holder {
        let found = match self {
            Holder::Fragment => {
                let all = tags::named(name);
                all.first().copied().filter(|first| all.iter().all(|tag| tag.kind == first.kind))
            }
            Holder::Tag(tag) => tags::find(tag.name, name),
            Holder::Unknown => None,
        };
        found.map_or(Holder::Unknown, Holder::Tag)
    }
}

struct Formatter<'t> {
    text: &'t str,
    line_end: &'static str,
    edits: Vec<Edit>,
}

impl Formatter<'_> {
    /// The root with what stands around it.
    fn outside(&mut self, document: Node<'_, '_>) {
        let mut at = self.prolog();
        for (index, node) in document.children().enumerate() {
            let range = node.range();
            if index > 0 || at > 0 {
                self.gap(at..range.start, 0, node, true);
            }
            if node.is_element() {
                let name = node.tag_name().name();
                let holder = match name.eq_ignore_ascii_case(include::ROOT) {
                    true => Holder::Fragment,
                    false => tags::find("", name).map_or(Holder::Unknown, Holder::Tag),
                };
                self.element(node, holder, 0);
            }
            at = range.end;
        }
        self.replace(at..self.text.len(), self.line_end.to_owned());
    }

    /// The length of the XML declaration.
    fn prolog(&self) -> usize {
        match self.text.starts_with("<?xml") {
            true => self.text.find("?>").map_or(0, |end| end + 2),
            false => 0,
        }
    }

    fn element(&mut self, node: Node<'_, '_>, holder: Holder, depth: usize) {
        if !holder.has_tags() {
            return;
        }
        let Some((begin, end)) = self.content(node) else { return };
        let mut at = begin;
        for (index, child) in node.children().filter(|child| !child.is_text()).enumerate() {
            let range = child.range();
            self.gap(at..range.start, depth + 1, child, index == 0);
            if child.is_element() {
                self.element(child, holder.inner(child.tag_name().name()), depth + 1);
            }
            at = range.end;
        }
        if at > begin {
            self.replace(at..end, format!("{}{}", self.line_end, INDENT.repeat(depth)));
        }
    }

    /// Where the content of a tag begins and ends that is to be indented: nothing but tags and comments stands in
    /// it, and they stand in more than one line.
    fn content(&self, node: Node<'_, '_>) -> Option<(usize, usize)> {
        if !node.has_children() {
            return None;
        }
        let span = node.range();
        let begin = xml::after_start_tag(self.text, &span);
        let end = span.start + self.text[span].rfind("</")?;
        let mut at = begin;
        let mut blank = true;
        for child in node.children().filter(|child| !child.is_text()) {
            blank &= self.text.get(at..child.range().start)?.trim().is_empty();
            at = child.range().end;
        }
        blank &= self.text.get(at..end)?.trim().is_empty();
        (blank && self.text.get(begin..end)?.contains('\n')).then_some((begin, end))
    }

    /// The space before a tag or comment. Comments and short tags behind something else in its line stay there, but
    /// for the first tag in another one; and of empty lines one stays.
    fn gap(&mut self, gap: Range<usize>, depth: usize, node: Node<'_, '_>, first: bool) {
        let lines = self.text.get(gap.clone()).map_or(0, |space| space.matches('\n').count());
        let short = |node: Node<'_, '_>| !self.text[node.range()].contains('\n');
        let before = node.prev_siblings().skip(1).find(|sibling| !sibling.is_text());
        let stays = node.is_comment() || !first && short(node) && before.is_none_or(short);
        if lines == 0 && stays {
            return;
        }
        let empty = if lines > 1 { self.line_end } else { "" };
        self.replace(gap, format!("{empty}{}{}", self.line_end, INDENT.repeat(depth)));
    }

    fn replace(&mut self, span: Range<usize>, text: String) {
        if self.text.get(span.clone()).is_some_and(|old| old != text) {
            self.edits.push(Edit { span, text });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formatted(text: &str) -> String {
        let (bytes, _) = crate::mend(text.as_bytes(), [edits(text).as_slice()]).unwrap();
        let out = String::from_utf8(bytes).unwrap();
        assert_eq!(edits(&out), [], "a second time:\n{out}");
        out
    }

    #[test]
    fn tags_are_indented_and_everything_else_stays() {
        let text = "<?xml version=\"1.0\"?><!-- a --><sysync_config version=\"1.0\">\n<model>  x\n y </model> <!-- b\n c -->\n\n\n\
                    <scripting><macro name=\"M\"><![CDATA[\n  a<b\n]]></macro>\n</scripting><transport type=\"xpt\"\n\ta='1'/>\
                    <datatypes><fieldlist name=\"f\"><field name=\"A\"/></fieldlist></datatypes>\n\n</sysync_config>";
        let expected = "<?xml version=\"1.0\"?><!-- a -->\n<sysync_config version=\"1.0\">\n  <model>  x\n y </model> <!-- b\n c -->\n\n  \
                        <scripting>\n    <macro name=\"M\"><![CDATA[\n  a<b\n]]></macro>\n  </scripting>\n  <transport type=\"xpt\"\n\ta='1'/>\n  \
                        <datatypes><fieldlist name=\"f\"><field name=\"A\"/></fieldlist></datatypes>\n</sysync_config>\n";
        assert_eq!(formatted(text), expected);
    }

    #[test]
    fn what_is_not_known_or_has_text_stays() {
        let text = "<sysync_config version=\"1.0\">\n  <nosuch>\n<a>\n</a></nosuch>\n  <datatypes>\n text\n <fieldlist/>\n  </datatypes>\n</sysync_config>\n";
        assert_eq!(formatted(text), text);
        let fragment = "<fragment>\n<server type=\"sql\">\n<datastore name=\"a\">\n<model>\n</model></datastore>\n</server>\n</fragment>\n";
        let expected = "<fragment>\n  <server type=\"sql\">\n    <datastore name=\"a\">\n      <model>\n</model>\n    </datastore>\n  \
                        </server>\n</fragment>\n";
        assert_eq!(formatted(fragment), expected);
        let crlf = "<sysync_config>\r\n<debug>\r\n<mask>1</mask>\r\n</debug>\r\n</sysync_config>";
        let expected =
            "<sysync_config>\r\n  <debug>\r\n    <mask>1</mask>\r\n  </debug>\r\n</sysync_config>\r\n";
        assert_eq!(formatted(crlf), expected);
    }
}
