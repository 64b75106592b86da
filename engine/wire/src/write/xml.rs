//! The XML sink. The form is the one that peers of this field have been tested with: no white space,
//! the namespace in single quotes on each outermost element of a document type, text with markup
//! characters in a CDATA section rather than escaped. Not here: the order of elements.

use std::borrow::Cow;

use super::devinf::write_devinf;
use super::{Output, Sink};
use crate::devinf::DevInf;
use crate::tag::{Space, Tag, syncml};
use crate::version::Version;

/// Writes an XML document.
pub(crate) struct XmlSink<O> {
    pub(crate) out: O,
    version: Version,
    /// How many elements of a document type inside the SyncML document are open; the outermost
    /// carries the namespace.
    inner_depth: usize,
}

impl<O: Output> XmlSink<O> {
    /// A sink for a document, or a part of one, of this version.
    pub(crate) fn new(out: O, version: Version) -> Self {
        Self { out, version, inner_depth: 0 }
    }

    /// What stands before the root element.
    pub(crate) fn prolog(&mut self) {
        self.put("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    }

    fn start(&mut self, tag: Tag, end: &str) {
        self.put("<");
        self.put(tag.name());
        let namespace = match tag.space() {
            Space::SyncMl if tag == syncml::SYNC_ML => self.version.namespace(),
            Space::MetInf if self.inner_depth == 0 => "syncml:metinf",
            Space::DevInf if self.inner_depth == 0 => "syncml:devinf",
            _ => "",
        };
        if !namespace.is_empty() {
            self.put(" xmlns='");
            self.put(namespace);
            self.put("'");
        }
        self.put(end);
    }

    /// A CDATA section. `]]>` would end it: the section is closed before, the first bracket stands
    /// outside, and the rest opens another section.
    fn section(&mut self, mut text: &str) {
        self.put("<![CDATA[");
        while let Some((before, rest)) = text.find("]]>").and_then(|at| text.split_at_checked(at)) {
            self.put(before);
            self.put("]]>]<![CDATA[");
            text = rest.get(1..).unwrap_or_default();
        }
        self.put(text);
        self.put("]]>");
    }

    fn put(&mut self, text: &str) {
        self.out.put(text.as_bytes());
    }
}

impl<O: Output> Sink for XmlSink<O> {
    fn open(&mut self, tag: Tag) {
        self.start(tag, ">");
        if tag.space() != Space::SyncMl {
            self.inner_depth += 1;
        }
    }

    fn close(&mut self, tag: Tag) {
        if tag.space() != Space::SyncMl {
            self.inner_depth -= 1;
        }
        self.put("</");
        self.put(tag.name());
        self.put(">");
    }

    fn empty(&mut self, tag: Tag) {
        self.start(tag, "/>");
    }

    fn text(&mut self, text: &str) {
        let text = allowed(text);
        if text.contains(['&', '<', '>']) {
            self.section(&text);
        } else {
            self.put(&text);
        }
    }

    fn item_text(&mut self, text: &str) {
        let text = allowed(text);
        if !text.is_empty() {
            self.section(&text);
        }
    }

    fn octets(&mut self, bytes: &[u8]) {
        if let Ok(text) = std::str::from_utf8(bytes) {
            self.item_text(text);
        }
    }

    fn devinf(&mut self, devinf: &DevInf, _version: Version) {
        write_devinf(self, devinf);
    }

    fn settle(&mut self) {}
}

/// The text without the characters that XML 1.0 cannot hold in any form.
fn allowed(text: &str) -> Cow<'_, str> {
    if text.contains(is_forbidden) { text.replace(is_forbidden, "").into() } else { text.into() }
}

fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item_text(text: &str) -> String {
        let mut sink = XmlSink::new(Vec::new(), Version::V1_2);
        sink.item_text(text);
        String::from_utf8(sink.out).unwrap()
    }

    #[test]
    fn section_ends_are_split() {
        assert_eq!(item_text("a ]]> b"), "<![CDATA[a ]]>]<![CDATA[]> b]]>");
        assert_eq!(item_text("]]>]]>"), "<![CDATA[]]>]<![CDATA[]>]]>]<![CDATA[]>]]>");
        assert_eq!(item_text("]]]>"), "<![CDATA[]]]>]<![CDATA[]>]]>");
    }

    #[test]
    fn characters_that_xml_forbids_are_dropped() {
        assert_eq!(item_text("a\0b\u{1F}c\r\n\td\u{FFFF}e"), "<![CDATA[abc\r\n\tde]]>");
        assert_eq!(item_text("\u{1}"), "");
    }
}
