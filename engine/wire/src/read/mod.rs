//! Reading: two readers turn bytes into events, one builder turns events into a message. Here are
//! the events that they agree on. Not here: what an encoding looks like (`xml`, `wbxml`) or what may
//! stand where (`message`, `parts`, `devinf`).

pub(crate) mod charset;
mod cursor;
mod devinf;
mod message;
mod parts;
mod wbxml;
mod xml;

use std::borrow::Cow;

pub(crate) use devinf::document as devinf_document;
pub(crate) use message::build;
pub(crate) use wbxml::WbxmlReader;
pub(crate) use xml::XmlReader;

use crate::error::Fault;
use crate::tag::{Space, Tag};

/// The next thing in a document.
#[derive(Debug)]
pub(crate) enum Event<'i> {
    /// An element starts.
    Open(Tag),
    /// An element starts that is not in the table of the document type expected here.
    OpenUnknown(String),
    /// Text; an element may have several pieces.
    Text(Cow<'i, str>),
    /// Octets, of WBXML only.
    Opaque(&'i [u8]),
    /// The innermost element ends.
    Close,
    /// The document ends.
    End,
}

/// A reader of one encoding.
pub(crate) trait Events<'i> {
    /// The next event. `space` is the document type in which a name is looked up; a WBXML token
    /// says itself to which it belongs.
    fn next(&mut self, space: Space) -> Result<Event<'i>, Fault>;

    /// Bytes from the start of the document to where the reader is.
    fn offset(&self) -> usize;

    /// The source from a [mark](Events::mark) to where the reader is, if it is text.
    fn source(&self, _from: usize) -> Option<&'i str> {
        None
    }

    /// Where the last event started.
    fn mark(&self) -> usize {
        self.offset()
    }

    /// Whether text may hold octets that stood in for characters, see [`charset::restore`].
    fn has_escapes(&self) -> bool {
        false
    }
}
