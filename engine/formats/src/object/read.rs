//! A document into an item: each element to the fields of its tags, and the item within to its profile.

use std::borrow::Cow;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use syncloom_script::item::MAX_ARRAY_INDEX;
use syncloom_script::{FieldType, Item, Value};

use super::encoding::{ENC, Encoding};
use super::plan::ElementPlan;
use super::{ObjectCodec, blank};
use crate::charset;
use crate::codec::Parsed;
use crate::note::{Note, NoteKind, ParseError};
use crate::peer::Peer;

/// How deep elements may lie within each other: data objects have three levels, and what is deeper only takes memory.
const MAX_DEPTH: usize = 20;

/// How many elements a document may have: a data object has some twenty, with lists of extensions.
const MAX_ELEMENTS: usize = 100_000;

const CDATA: (&str, &str) = ("<![CDATA[", "]]>");

/// Reads one document.
pub(super) fn read(codec: &ObjectCodec, bytes: &[u8], peer: &Peer) -> Result<Parsed, ParseError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let (text, notes) = match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), Vec::new()),
        Err(_) => charset::decode(Cow::Borrowed(bytes), declared(bytes).as_deref()),
    };
    let mut text = text.trim();
    // Some wrap the whole document once more.
    if let Some(inner) = text.strip_prefix(CDATA.0).and_then(|text| text.strip_suffix(CDATA.1)) {
        text = inner.trim();
    }
    let mut reader = DocumentReader {
        codec,
        peer,
        text,
        line: (0, 1),
        notes: notes.into_iter().map(|kind| Note { line: 1, property: String::new(), kind }).collect(),
        parsed: None,
        counts: vec![0; codec.elements.len()],
        parents: Vec::new(),
        open: Vec::new(),
    };
    reader.run()?;
    let DocumentReader { notes, parsed, .. } = reader;
    let Some(parsed) = parsed else {
        return Err(ParseError::NotXml { line: 1, why: "it has no element".to_owned() });
    };
    Ok(Parsed { notes: [parsed.notes, notes].concat(), ..parsed })
}

/// The character set that an XML declaration names.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    let (head, _) = head.trim_start().strip_prefix("<?xml")?.split_once("?>")?;
    let (_, named) = head.split_once("encoding")?;
    let name = named.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    Some(name.split(['"', '\'']).next()?.to_owned())
}

struct DocumentReader<'r> {
    codec: &'r ObjectCodec,
    peer: &'r Peer,
    text: &'r str,
    /// A place in the text, and the line that it is in: what lines are counted from.
    line: (usize, usize),
    notes: Vec<Note>,
    /// The item, as soon as the outermost element is there.
    parsed: Option<Parsed>,
    /// How many places each element has taken.
    counts: Vec<usize>,
    /// How often elements with elements in them have come.
    parents: Vec<(String, usize)>,
    open: Vec<Open>,
}

/// An element whose end has not come yet.
struct Open {
    name: String,
    attributes: Vec<(String, String)>,
    line: usize,
    content: String,
    /// Some of the content came as it stands, so that space around it is none of it.
    has_cdata: bool,
    has_elements: bool,
    /// How many of its name, with elements in them, came before.
    number: usize,
}

impl DocumentReader<'_> {
    fn run(&mut self) -> Result<(), ParseError> {
        let mut reader = Reader::from_str(self.text);
        reader.config_mut().expand_empty_elements = true;
        let mut elements = 0;
        loop {
            let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            match reader.read_event() {
                Ok(Event::Start(start)) if self.open.is_empty() && self.parsed.is_some() => {
                    let line = self.line_at(at);
                    let name = start.local_name().into_inner().to_owned();
                    return Err(ParseError::NotXml { line, why: format!("{name} follows the end") });
                }
                Ok(Event::Start(start)) => {
                    elements += 1;
                    self.begin(&start, at)?;
                    if elements > MAX_ELEMENTS {
                        return Err(ParseError::TooManyProperties {
                            line: self.line_at(at),
                            property: start.local_name().into_inner().to_owned(),
                        });
                    }
                }
                Ok(Event::End(_)) => self.end()?,
                Ok(Event::Text(text)) => self.content(&text.into_inner(), false),
                Ok(Event::CData(text)) => self.content(&text.into_inner(), true),
                Ok(Event::GeneralRef(reference)) => {
                    let text = resolved(&reference);
                    self.content(&text, false);
                }
                Ok(Event::Eof) if self.open.is_empty() => return Ok(()),
                Ok(Event::Eof) => {
                    let line = self.line_at(self.text.len());
                    let name = self.open.last().map_or("", |open| open.name.as_str());
                    return Err(ParseError::NotXml { line, why: format!("the end of {name} is missing") });
                }
                Ok(_) => {}
                Err(error) => {
                    let line = self.line_at(at);
                    return Err(ParseError::NotXml { line, why: error.to_string() });
                }
            }
        }
    }

    fn begin(&mut self, start: &BytesStart<'_>, at: usize) -> Result<(), ParseError> {
        let name = start.local_name().into_inner().to_owned();
        let line = self.line_at(at);
        if self.open.len() >= MAX_DEPTH {
            return Err(ParseError::TooDeep { line, component: name });
        }
        let mut attributes = Vec::new();
        for attribute in start.attributes().with_checks(false).flatten() {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_or_else(|_| attribute.value.to_string(), Cow::into_owned);
            attributes.push((attribute.key.into_inner().to_owned(), value));
        }
        if let Some(parent) = self.open.last_mut()
            && !std::mem::replace(&mut parent.has_elements, true)
        {
            parent.number = count(&mut self.parents, &parent.name);
        }
        if self.parsed.is_none() {
            let codec = self.codec;
            let (fields, root) = (&codec.profile.fields, codec.profile.root);
            self.parsed = Some(blank(fields, root, &name, self.peer.zones.clone()));
            attributes.clear();
        }
        let (content, has_cdata, has_elements, number) = (String::new(), false, false, 0);
        self.open.push(Open { name, attributes, line, content, has_cdata, has_elements, number });
        Ok(())
    }

    fn content(&mut self, text: &str, is_cdata: bool) {
        let Some(open) = self.open.last_mut() else {
            if !text.trim().is_empty() {
                let line = self.line.1;
                self.notes.push(Note { line, property: String::new(), kind: NoteKind::AfterEnd });
            }
            return;
        };
        if is_cdata && !open.has_cdata {
            let blank = open.content.trim().is_empty();
            open.has_cdata = true;
            if blank {
                open.content.clear();
            }
        }
        if is_cdata || !open.has_cdata || !text.trim().is_empty() {
            open.content.push_str(text);
        }
    }

    fn end(&mut self) -> Result<(), ParseError> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let Some(parent) = self.open.last() else { return Ok(()) };
        let codec = self.codec;
        // One that is named with its parent counts for more than one that may be anywhere.
        let fits = |element: &&ElementPlan| element.fits(&open.name, Some(&parent.name));
        let found = codec.elements.iter().find(|element| element.parent.is_some() && fits(element));
        let found = found.or_else(|| codec.elements.iter().find(fits));
        let is_nothing = open.content.trim().is_empty();
        let Some(element) = found else {
            if !(open.has_elements && is_nothing) {
                self.note(open.line, &open.name, NoteKind::UnknownProperty);
            }
            return Ok(());
        };
        let index = codec.elements.iter().position(|known| std::ptr::eq(known, element)).unwrap_or_default();
        // In a list of parents, what belongs together has the same place.
        let is_row = element.parent.is_some() && element.contents.iter().all(|tag| self.is_list(*tag));
        let row = if is_row { parent.number } else { 0 };
        let number = self.counts[index].max(row);
        self.counts[index] = number + 1;
        self.store(element, open, number)
    }

    fn is_list(&self, tag: usize) -> bool {
        self.parsed.as_ref().is_some_and(|parsed| parsed.item.is_array(self.codec.profile.tags[tag].field))
    }

    /// Stores the so-many-th of an element.
    fn store(&mut self, element: &ElementPlan, open: Open, number: usize) -> Result<(), ParseError> {
        let Open { name, attributes, line, content, has_cdata, .. } = open;
        let content = if has_cdata { content.as_str() } else { content.trim() };
        let mut encoding = Encoding::None;
        for (attribute, value) in &attributes {
            let is_enc = attribute.eq_ignore_ascii_case(ENC);
            if is_enc {
                match Encoding::of(value) {
                    Some(known) => encoding = known,
                    None => self.note(line, &name, NoteKind::UnknownEncoding(value.clone())),
                }
            }
            let tags = element.attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(attribute));
            match tags.map(|(_, tags)| self.place(tags, number)) {
                Some(Some((tag, at))) => self.set(tag, at, value.as_bytes(), line),
                // What wraps the content needs no field.
                None if is_enc || attribute.starts_with("xmlns") => {}
                _ => self.note(line, &name, NoteKind::UnknownParameter(format!("{attribute}={value}"))),
            }
        }
        let mut kinds = Vec::new();
        let bytes = encoding.decode(content.as_bytes(), &mut kinds).into_owned();
        kinds.into_iter().for_each(|kind| self.note(line, &name, kind));
        if element.contents.is_empty() {
            if !bytes.is_empty() {
                self.note(line, &name, NoteKind::UnknownProperty);
            }
            return Ok(());
        }
        let Some((tag, at)) = self.place(&element.contents, number) else {
            self.note(line, &name, NoteKind::NoPlaceLeft);
            return Ok(());
        };
        match (&self.codec.inner, self.codec.profile.tags[tag].is_embedded) {
            (Some(inner), true) => {
                let inner = inner.parse(&bytes, self.peer)?;
                self.notes.extend(inner.notes.into_iter().map(|note| {
                    let within = if note.line > 0 { line + note.line - 1 } else { 0 };
                    Note { line: within, ..note }
                }));
                if let Some(parsed) = &mut self.parsed {
                    parsed.item.take_over(&inner.item);
                    parsed.zones = inner.zones;
                }
            }
            _ => self.set(tag, at, &bytes, line),
        }
        Ok(())
    }

    /// The tag that the so-many-th of an element goes to, and the place in its field: fields that hold one value take one
    /// each, a list takes all that are left.
    fn place(&self, tags: &[usize], number: usize) -> Option<(usize, usize)> {
        for (taken, tag) in tags.iter().enumerate() {
            if self.is_list(*tag) {
                return Some((*tag, number - taken)).filter(|(_, at)| *at <= MAX_ARRAY_INDEX);
            }
            if taken == number {
                return Some((*tag, 0));
            }
        }
        None
    }

    fn set(&mut self, tag: usize, at: usize, bytes: &[u8], line: usize) {
        let map = &self.codec.profile.tags[tag];
        let Some(parsed) = &mut self.parsed else { return };
        let kind = self.codec.profile.fields.get(map.field).map_or(FieldType::String, |field| field.kind);
        let value = if kind == FieldType::Blob && !bytes.is_empty() {
            Value::Blob(bytes.to_vec())
        } else {
            let (text, kinds) = charset::decode(Cow::Borrowed(bytes), None);
            let notes = kinds.into_iter().map(|kind| Note { line, property: map.element.clone(), kind });
            self.notes.extend(notes);
            let value = Value::from_text(if map.is_bool { truth(&text) } else { &text }, kind);
            if value == Value::Empty && !text.trim().is_empty() {
                let kind = NoteKind::NotUnderstood(text.chars().take(40).collect());
                self.notes.push(Note { line, property: map.element.clone(), kind });
            }
            value
        };
        fill(&mut parsed.item, map.field, at);
        parsed.item.set_at(map.field, at, value);
    }

    fn note(&mut self, line: usize, property: &str, kind: NoteKind) {
        self.notes.push(Note { line, property: property.to_owned(), kind });
    }

    /// The line of a place behind those that were asked for before.
    fn line_at(&mut self, at: usize) -> usize {
        let (from, line) = self.line;
        let passed = self.text.as_bytes().get(from..at).unwrap_or_default();
        let line = line + memchr::memchr_iter(b'\n', passed).count();
        self.line = (at.max(from), line);
        line
    }
}

/// The elements before a place of a list are empty, not unknown.
fn fill(item: &mut Item, field: syncloom_script::FieldId, at: usize) {
    if item.is_array(field) {
        for gap in item.get(field).elements().len()..at {
            item.set_at(field, gap, Value::Empty);
        }
    }
}

/// How often a name has come before.
fn count(counts: &mut Vec<(String, usize)>, name: &str) -> usize {
    match counts.iter_mut().find(|(known, _)| known == name) {
        Some((_, times)) => {
            *times += 1;
            *times
        }
        None => {
            counts.push((name.to_owned(), 0));
            0
        }
    }
}

/// What a field holds of a truth: 1, or -1 where it is said not to be true.
fn truth(text: &str) -> &str {
    match text.trim() {
        said if said.eq_ignore_ascii_case("true") => "1",
        said if said.eq_ignore_ascii_case("false") => "-1",
        said => said,
    }
}

/// A reference as text; one that nobody has defined as it stands.
fn resolved(reference: &BytesRef<'_>) -> String {
    match reference.resolve_char_ref() {
        Ok(Some(c)) => c.to_string(),
        _ => match &**reference {
            "amp" => "&".to_owned(),
            "lt" => "<".to_owned(),
            "gt" => ">".to_owned(),
            "quot" => "\"".to_owned(),
            "apos" => "'".to_owned(),
            name => format!("&{name};"),
        },
    }
}
