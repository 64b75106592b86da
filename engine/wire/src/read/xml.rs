//! The XML reader: a document of any document type as events. Namespaces, prefixes, attributes,
//! comments and processing instructions are passed over; a document type declaration is never
//! expanded. Line ends stay as sent, though XML 1.0 would turn CR LF into LF: vCards and iCalendar
//! objects need theirs, and the peers of this field rely on it. Not here: limits and structure.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event as Xml};

use super::{Event, Events};
use crate::error::{Fault, FaultKind};
use crate::tag::{Space, Tag};

/// Reads an XML document.
pub(crate) struct XmlReader<'i> {
    reader: Reader<&'i [u8]>,
    text: &'i str,
    /// Where the last event started.
    start: usize,
    escaped: bool,
}

impl<'i> XmlReader<'i> {
    /// `escaped` tells that some octets of the text were escaped by `charset`.
    pub(crate) fn new(text: &'i str, escaped: bool) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, text, start: 0, escaped }
    }

    fn reference(&self, reference: &BytesRef<'_>) -> Result<Event<'i>, Fault> {
        let text = match reference.resolve_char_ref() {
            Ok(Some(c)) => return Ok(Event::Text(c.to_string().into())),
            Ok(None) => match &**reference {
                "amp" => "&",
                "lt" => "<",
                "gt" => ">",
                "quot" => "\"",
                "apos" => "'",
                name => return Err(self.fault(FaultKind::UnknownEntity(name.to_owned()))),
            },
            Err(error) => return Err(self.fault(FaultKind::Xml(error.to_string()))),
        };
        Ok(Event::Text(text.into()))
    }

    fn fault(&self, kind: FaultKind) -> Fault {
        Fault { kind, offset: self.offset() }
    }
}

impl<'i> Events<'i> for XmlReader<'i> {
    fn next(&mut self, space: Space) -> Result<Event<'i>, Fault> {
        loop {
            self.start = self.offset();
            return match self.reader.read_event() {
                Ok(Xml::Start(start)) | Ok(Xml::Empty(start)) => {
                    let name = start.local_name().into_inner();
                    match Tag::from_name(space, name) {
                        Some(tag) => Ok(Event::Open(tag)),
                        None => Ok(Event::OpenUnknown(name.to_owned())),
                    }
                }
                Ok(Xml::End(_)) => Ok(Event::Close),
                Ok(Xml::Text(text)) => Ok(Event::Text(text.into_inner())),
                Ok(Xml::CData(text)) => Ok(Event::Text(text.into_inner())),
                Ok(Xml::GeneralRef(reference)) => self.reference(&reference),
                Ok(Xml::Decl(_) | Xml::PI(_) | Xml::DocType(_) | Xml::Comment(_)) => continue,
                Ok(Xml::Eof) => Ok(Event::End),
                Err(error) => {
                    let offset = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
                    Err(Fault { kind: FaultKind::Xml(error.to_string()), offset })
                }
            };
        }
    }

    fn offset(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    fn source(&self, from: usize) -> Option<&'i str> {
        self.text.get(from..self.offset())
    }

    fn mark(&self) -> usize {
        self.start
    }

    fn has_escapes(&self) -> bool {
        self.escaped
    }
}
