//! Writing: one walk over the types of a message feeds the sink of one encoding. Here are the
//! contract of a sink and where its bytes go. Not here: what an encoding looks like (`xml`,
//! `wbxml`) or the order of the elements (`message`, `parts`, `devinf`).

mod devinf;
mod message;
mod parts;
mod wbxml;
mod xml;

pub(crate) use message::{write_command, write_end, write_start};
pub(crate) use wbxml::WbxmlSink;
pub(crate) use xml::XmlSink;

use crate::devinf::DevInf;
use crate::tag::Tag;
use crate::version::Version;

/// Takes the elements of a document in their order.
pub(crate) trait Sink {
    /// An element with content starts.
    fn open(&mut self, tag: Tag);

    /// The element ends.
    fn close(&mut self, tag: Tag);

    /// An element whose presence is what it says.
    fn empty(&mut self, tag: Tag);

    /// Text, in any element.
    fn text(&mut self, text: &str);

    /// The text of an item: XML keeps it readable in a CDATA section, WBXML makes it opaque.
    fn item_text(&mut self, text: &str);

    /// Octets that are no text.
    fn octets(&mut self, bytes: &[u8]);

    /// Device information, as the content of `Data`.
    fn devinf(&mut self, devinf: &DevInf, version: Version);

    /// Undoes what would make the length of the next command depend on the one before.
    fn settle(&mut self);

    /// An element with text.
    fn leaf(&mut self, tag: Tag, text: &str) {
        self.open(tag);
        self.text(text);
        self.close(tag);
    }

    /// An element with text, if there is one.
    fn optional_leaf(&mut self, tag: Tag, text: Option<&str>) {
        if let Some(text) = text {
            self.leaf(tag, text);
        }
    }

    /// An element with a number, if there is one.
    fn optional_number(&mut self, tag: Tag, number: Option<u64>) {
        if let Some(number) = number {
            self.leaf(tag, &number.to_string());
        }
    }

    /// An empty element, if it is wanted.
    fn flag(&mut self, tag: Tag, wanted: bool) {
        if wanted {
            self.empty(tag);
        }
    }
}

/// Where the bytes of a document go.
pub(crate) trait Output {
    fn put(&mut self, bytes: &[u8]);
}

impl Output for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Counts the bytes and forgets them.
#[derive(Debug, Default)]
pub(crate) struct Count(pub(crate) usize);

impl Output for Count {
    fn put(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }
}
