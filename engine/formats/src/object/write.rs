//! An item as a document: elements in the order of the config, those of one parent together.

use std::borrow::Cow;

use syncloom_script::{Item, Value};

use super::ObjectCodec;
use super::encoding::{ENC, Encoding, is_text, stands_in_xml};
use super::plan::{ElementPlan, is_name};
use crate::note::{Note, NoteKind};
use crate::peer::Peer;

/// Writes one item.
pub(super) struct Writer<'w> {
    codec: &'w ObjectCodec,
    item: &'w Item,
    peer: &'w Peer,
    size_limit: Option<u64>,
    notes: Vec<Note>,
}

/// The content of an element.
enum Content<'w> {
    /// A value that is known, and may be empty.
    Value(Cow<'w, [u8]>),
    /// An item, which stands as it is.
    Item(Vec<u8>),
}

impl<'w> Writer<'w> {
    pub fn new(codec: &'w ObjectCodec, item: &'w Item, peer: &'w Peer, size_limit: Option<u64>) -> Self {
        Writer { codec, item, peer, size_limit, notes: Vec::new() }
    }

    /// Appends it to `out`.
    pub fn write(mut self, out: &mut Vec<u8>) -> Vec<Note> {
        let root = self.codec.root_name(self.item);
        let mut text = format!("<{root}>\n");
        let elements = &self.codec.elements;
        for (index, element) in elements.iter().enumerate() {
            match &element.parent {
                None => self.element(element, None, &mut text),
                Some(parent) if is_first(elements, index, parent) => self.parent(parent, &mut text),
                Some(_) => {}
            }
        }
        text.push_str(&format!("</{root}>\n"));
        out.extend_from_slice(text.as_bytes());
        self.notes
    }

    /// Writes a parent with what is in it. Lists are written side by side, each of their rows in a parent of its own.
    fn parent(&mut self, parent: &str, text: &mut String) {
        let codec = self.codec;
        let of_it = |element: &&ElementPlan| {
            element.parent.as_deref().is_some_and(|of| of.eq_ignore_ascii_case(parent))
        };
        let inner: Vec<&ElementPlan> = codec.elements.iter().filter(of_it).collect();
        let is_list = |tag: &usize| self.item.is_array(codec.profile.tags[*tag].field);
        let all_lists = inner.iter().all(|element| element.contents.iter().all(is_list));
        let rows: Vec<Option<usize>> = match all_lists {
            true => {
                (0..inner.iter().map(|element| self.length(element)).max().unwrap_or(0)).map(Some).collect()
            }
            false => vec![None],
        };
        for row in rows {
            let mut within = String::new();
            for element in &inner {
                self.element(element, row, &mut within);
            }
            if !within.is_empty() {
                text.push_str(&format!("<{parent}>\n{within}</{parent}>\n"));
            }
        }
    }

    /// How many of an element there may be.
    fn length(&self, element: &ElementPlan) -> usize {
        let tags = |tags: &[usize]| tags.iter().map(|tag| self.count(*tag)).sum::<usize>();
        let attributes = element.attributes.iter().map(|(_, of)| tags(of));
        tags(&element.contents).max(attributes.max().unwrap_or(0))
    }

    fn count(&self, tag: usize) -> usize {
        match self.item.get(self.codec.profile.tags[tag].field) {
            Value::Array(elements) => elements.len(),
            _ if self.item.is_array(self.codec.profile.tags[tag].field) => 0,
            _ => 1,
        }
    }

    /// Writes all of an element, or the one of a row.
    fn element(&mut self, element: &ElementPlan, row: Option<usize>, text: &mut String) {
        let all = 0..self.length(element);
        for number in row.map_or(all, |row| row..row + 1) {
            let content = self.content(element, number);
            let attributes = self.attributes(element, number);
            if content.is_some() || !attributes.is_empty() {
                self.one(element, content, attributes, text);
            }
        }
    }

    /// The tag that the so-many-th of an element comes from, and the place in its field.
    fn place(&self, tags: &[usize], number: usize) -> Option<(usize, usize)> {
        let mut number = number;
        for tag in tags {
            let count = self.count(*tag);
            if number < count {
                return Some((*tag, number));
            }
            number -= count;
        }
        None
    }

    fn value(&self, tag: usize, at: usize) -> &'w Value {
        let field = self.codec.profile.tags[tag].field;
        self.item.get_at(field, at)
    }

    fn content(&mut self, element: &ElementPlan, number: usize) -> Option<Content<'w>> {
        let (tag, at) = self.place(&element.contents, number)?;
        let map = &self.codec.profile.tags[tag];
        if let Some(inner) = self.codec.inner.as_ref().filter(|_| map.is_embedded) {
            if !inner.is_in(self.item, self.peer) {
                return None;
            }
            let mut out = Vec::new();
            self.notes.extend(inner.generate(self.item, self.peer, self.size_limit, &mut out));
            return Some(Content::Item(out));
        }
        let value = self.value(tag, at);
        let text = match value {
            Value::Unassigned => return None,
            Value::Blob(bytes) => return Some(Content::Value(Cow::Borrowed(bytes))),
            value if map.is_bool => match value.to_integer() {
                // That it is not known to be true, or false, is said by leaving it out.
                Some(0) | None => return None,
                Some(number) if number < 0 => "false".to_owned(),
                Some(_) => "true".to_owned(),
            },
            Value::Timestamp(time) if !time.is_floating() => time.to_utc().to_iso8601(),
            value => value.to_text(),
        };
        Some(Content::Value(Cow::Owned(text.into_bytes())))
    }

    /// The attributes of an element that have a value.
    fn attributes(&self, element: &ElementPlan, number: usize) -> Vec<(String, String)> {
        let one = |(name, tags): &(String, Vec<usize>)| {
            let (tag, at) = self.place(tags, number)?;
            let value = self.value(tag, at);
            Some((name.clone(), value.to_text())).filter(|_| !value.is_empty())
        };
        element.attributes.iter().filter_map(one).collect()
    }

    fn one(
        &mut self,
        element: &ElementPlan,
        content: Option<Content<'w>>,
        mut attributes: Vec<(String, String)>,
        text: &mut String,
    ) {
        let name = &element.name;
        if !is_name(name) {
            return self.note(name, NoteKind::NotWritable(name.clone()));
        }
        let (bytes, is_item) = match content {
            Some(Content::Value(bytes)) => (bytes, false),
            Some(Content::Item(bytes)) => (Cow::Owned(bytes), true),
            None => (Cow::Borrowed(&[][..]), false),
        };
        let said = attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(ENC));
        let said = said.and_then(|(_, value)| Encoding::of(value)).filter(|said| *said != Encoding::None);
        let stands = is_text(&bytes).is_some() || is_item && is_item_text(&bytes);
        let encoding = said.unwrap_or(if stands { Encoding::None } else { Encoding::Base64 });
        if said.is_none() && encoding != Encoding::None {
            attributes.retain(|(name, _)| !name.eq_ignore_ascii_case(ENC));
            attributes.push((ENC.to_owned(), "base64".to_owned()));
        }
        text.push('<');
        text.push_str(name);
        for (attribute, value) in &attributes {
            if !is_name(attribute) || !value.chars().all(stands_in_xml) {
                self.note(name, NoteKind::ReplacedInParameter(attribute.clone()));
            }
            let value = value.replace(|c| !stands_in_xml(c), " ");
            text.push_str(&format!(" {attribute}=\"{}\"", escaped(&value)));
        }
        text.push('>');
        let content = encoding.encode(&bytes);
        let has_edges = content.trim().len() < content.len();
        if encoding == Encoding::None && (is_item || has_edges) {
            text.push_str("<![CDATA[");
            text.push_str(&content.replace("]]>", "]]]]><![CDATA[>"));
            text.push_str("]]>");
        } else {
            text.push_str(&escaped(&content));
        }
        text.push_str(&format!("</{name}>\n"));
    }

    fn note(&mut self, property: &str, kind: NoteKind) {
        self.notes.push(Note { line: 0, property: property.to_owned(), kind });
    }
}

/// Whether an element is the first one of its parent.
fn is_first(elements: &[ElementPlan], index: usize, parent: &str) -> bool {
    let of_it =
        |element: &ElementPlan| element.parent.as_deref().is_some_and(|of| of.eq_ignore_ascii_case(parent));
    !elements[..index].iter().any(of_it)
}

/// Whether an item within can stand as it is. Its line ends may change on the way.
fn is_item_text(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes);
    text.is_ok_and(|text| text.chars().all(|c| matches!(c, '\t' | '\r' | '\n') || stands_in_xml(c)))
}

fn escaped(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}
