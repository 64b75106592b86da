//! A walk over the events of a document, element by element, that keeps to the limits: what the
//! builder is written with. Not here: any knowledge of particular elements.

use std::borrow::Cow;

use super::charset;
use super::{Event, Events};
use crate::error::{Fault, FaultKind};
use crate::limits::Limits;
use crate::parts::Data;
use crate::tag::{Space, Tag};

/// A position inside a document.
pub(super) struct Cursor<'i, E> {
    events: E,
    pub(super) limits: Limits,
    /// Elements that may still come.
    pub(super) elements_left: usize,
    /// The elements that are open, outermost first.
    path: Vec<Tag>,
    /// The name that belongs to the last [`Tag::UNKNOWN`].
    pub(super) unknown_name: String,
    marker: std::marker::PhantomData<&'i ()>,
}

/// The content of an element that holds no elements, as far as it is known.
pub(super) enum Content<'i> {
    Text(Cow<'i, str>),
    Bytes(Cow<'i, [u8]>),
}

impl<'i, E: Events<'i>> Cursor<'i, E> {
    pub(super) fn new(events: E, limits: Limits, elements_left: usize) -> Self {
        let marker = std::marker::PhantomData;
        Self { events, limits, elements_left, path: Vec::new(), unknown_name: String::new(), marker }
    }

    /// Goes into the next child element, looking up its name in `space`; text before it is passed
    /// over. `None` once the current element has ended.
    pub(super) fn child(&mut self, space: Space) -> Result<Option<Tag>, Fault> {
        loop {
            match self.events.next(space)? {
                Event::Open(tag) => return self.enter(tag).map(Some),
                Event::OpenUnknown(name) => return self.enter_unknown(name).map(Some),
                Event::Close => return self.leave().map(|()| None),
                Event::End => return self.end().map(|()| None),
                Event::Text(_) | Event::Opaque(_) => {}
            }
        }
    }

    /// One piece of mixed content: like [`Cursor::child`], but with the text.
    pub(super) fn piece(&mut self, space: Space) -> Result<Piece<'i>, Fault> {
        match self.events.next(space)? {
            Event::Open(tag) => self.enter(tag).map(Piece::Child),
            Event::OpenUnknown(name) => self.enter_unknown(name).map(Piece::Child),
            Event::Close => self.leave().map(|()| Piece::End),
            Event::End => self.end().map(|()| Piece::End),
            Event::Text(text) => Ok(Piece::Text(text)),
            Event::Opaque(bytes) => Ok(Piece::Opaque(bytes)),
        }
    }

    /// Reads the current element to its end and gives its text, trimmed. Elements in it are skipped,
    /// octets that are no text of the document's character set are taken as ISO-8859-1.
    pub(super) fn text(&mut self) -> Result<String, Fault> {
        Ok(match self.content()? {
            Content::Text(text) => text.trim().to_owned(),
            Content::Bytes(bytes) => charset::decode_mixed(&bytes).trim().to_owned(),
        })
    }

    /// Like [`Cursor::text`], as a number; `None` if it is none.
    pub(super) fn number<N: std::str::FromStr>(&mut self) -> Result<Option<N>, Fault> {
        Ok(match self.content()? {
            Content::Text(text) => text.trim().parse().ok(),
            Content::Bytes(_) => None,
        })
    }

    /// An element whose presence is what it says.
    pub(super) fn flag(&mut self) -> Result<bool, Fault> {
        self.skip().map(|()| true)
    }

    /// Reads the current element to its end and gives its content, not trimmed.
    pub(super) fn content(&mut self) -> Result<Content<'i>, Fault> {
        let mut builder = ContentBuilder::default();
        loop {
            match self.piece(Space::SyncMl)? {
                Piece::Text(text) => builder.push_text(text),
                Piece::Opaque(bytes) => builder.push_bytes(bytes),
                Piece::Child(_) => self.skip()?,
                Piece::End => return Ok(builder.finish(self.events.has_escapes())),
            }
        }
    }

    /// Whether text may hold escaped octets.
    pub(super) fn has_escapes(&self) -> bool {
        self.events.has_escapes()
    }

    /// Reads the current element to its end.
    pub(super) fn skip(&mut self) -> Result<(), Fault> {
        let depth = self.path.len();
        while self.path.len() >= depth {
            self.piece(Space::SyncMl)?;
        }
        Ok(())
    }

    /// Reads the element that was just entered to its end and gives its source, if that is text.
    pub(super) fn source(&mut self) -> Result<Option<&'i str>, Fault> {
        let mark = self.events.mark();
        self.skip()?;
        Ok(self.events.source(mark))
    }

    /// A fault at the current position.
    pub(super) fn fault(&self, kind: FaultKind) -> Fault {
        Fault { kind, offset: self.events.offset() }
    }

    fn enter_unknown(&mut self, name: String) -> Result<Tag, Fault> {
        self.unknown_name = name;
        self.enter(Tag::UNKNOWN)
    }

    fn enter(&mut self, tag: Tag) -> Result<Tag, Fault> {
        match self.elements_left.checked_sub(1) {
            Some(left) => self.elements_left = left,
            None => {
                return Err(self.fault(FaultKind::TooManyElements { limit: self.limits.max_elements }));
            }
        }
        if self.path.len() >= self.limits.max_depth {
            return Err(self.fault(FaultKind::TooDeep { limit: self.limits.max_depth }));
        }
        self.path.push(tag);
        Ok(tag)
    }

    fn leave(&mut self) -> Result<(), Fault> {
        match self.path.pop() {
            Some(_) => Ok(()),
            None => Err(self.fault(FaultKind::UnexpectedClose)),
        }
    }

    /// The end of the document; fine only if no element is open.
    fn end(&mut self) -> Result<(), Fault> {
        match self.path.last() {
            None => Ok(()),
            Some(&Tag::UNKNOWN) => Err(self.fault(FaultKind::UnclosedElement(self.unknown_name.clone()))),
            Some(tag) => Err(self.fault(FaultKind::UnclosedElement(tag.name().to_owned()))),
        }
    }
}

/// One piece of mixed content.
pub(super) enum Piece<'i> {
    Child(Tag),
    Text(Cow<'i, str>),
    Opaque(&'i [u8]),
    End,
}

/// Joins the pieces of an element's content; a single piece is not copied.
#[derive(Default)]
pub(super) struct ContentBuilder<'i> {
    text: Cow<'i, str>,
    /// Set once octets came that are no UTF-8 by themselves; then it holds all there is.
    bytes: Option<Cow<'i, [u8]>>,
}

impl<'i> ContentBuilder<'i> {
    pub(super) fn push_text(&mut self, text: Cow<'i, str>) {
        match &mut self.bytes {
            Some(bytes) => bytes.to_mut().extend_from_slice(text.as_bytes()),
            None if self.text.is_empty() => self.text = text,
            None => self.text.to_mut().push_str(&text),
        }
    }

    pub(super) fn push_bytes(&mut self, bytes: &'i [u8]) {
        match (&mut self.bytes, std::str::from_utf8(bytes)) {
            (None, Ok(text)) => self.push_text(text.into()),
            (Some(all), _) => all.to_mut().extend_from_slice(bytes),
            (None, Err(_)) if self.text.is_empty() => self.bytes = Some(bytes.into()),
            (None, Err(_)) => self.bytes = Some([self.text.as_bytes(), bytes].concat().into()),
        }
    }

    /// The content; `has_escapes` if its text may hold octets as private characters.
    pub(super) fn finish(self, has_escapes: bool) -> Content<'i> {
        match self.bytes {
            None if has_escapes => match charset::restore(&self.text) {
                Some(bytes) => Content::from_bytes(bytes.into()),
                None => Content::Text(self.text),
            },
            None => Content::Text(self.text),
            Some(bytes) => Content::from_bytes(bytes),
        }
    }
}

impl<'i> Content<'i> {
    /// Text if it is UTF-8: the pieces of a character may have come apart.
    fn from_bytes(bytes: Cow<'i, [u8]>) -> Self {
        match bytes {
            Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Content::Text(text.into()),
                Err(_) => Content::Bytes(bytes.into()),
            },
            Cow::Owned(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Content::Text(text.into()),
                Err(error) => Content::Bytes(error.into_bytes().into()),
            },
        }
    }

    pub(super) fn into_data(self) -> Data {
        match self {
            Content::Text(text) => Data::Text(text.into_owned()),
            Content::Bytes(bytes) => Data::Bytes(bytes.into_owned()),
        }
    }
}
