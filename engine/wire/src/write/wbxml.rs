//! The WBXML sink (WBXML 1.2): strings inline, no string table but for the public identifier of 1.0,
//! code pages switched when the next tag needs it. Not here: the order of elements.

use super::devinf::write_devinf;
use super::{Count, Output, Sink};
use crate::devinf::DevInf;
use crate::tag::{Space, Tag};
use crate::token::{END, HAS_CONTENT, OPAQUE, STR_I, SWITCH_PAGE, UTF_8};
use crate::version::Version;

/// WBXML 1.2, the version that SyncML 1.0 to 1.2 prescribe.
const WBXML_VERSION: u8 = 0x02;

/// Writes a WBXML document.
pub(crate) struct WbxmlSink<O> {
    pub(crate) out: O,
    page: u8,
}

impl<O: Output> WbxmlSink<O> {
    /// A sink for a document, or a part of one that starts on code page 0.
    pub(crate) fn new(out: O) -> Self {
        Self { out, page: 0 }
    }

    /// What stands before the root element of a document of this type and version. SyncML 1.0 has
    /// public identifiers in numbers too, but its implementations name them in the string table.
    pub(crate) fn prolog(&mut self, document: Space, version: Version) {
        let (number, formal_name): (&[u8], &[u8]) = match (document, version) {
            (Space::DevInf, Version::V1_0) => (&[0x00, 0x00], b"-//SYNCML//DTD DevInf 1.0//EN"),
            (_, Version::V1_0) => (&[0x00, 0x00], b"-//SYNCML//DTD SyncML 1.0//EN"),
            (Space::DevInf, Version::V1_1) => (&[0x9F, 0x54], b""),
            (_, Version::V1_1) => (&[0x9F, 0x53], b""),
            (Space::DevInf, Version::V1_2) => (&[0xA4, 0x03], b""),
            (_, Version::V1_2) => (&[0xA4, 0x01], b""),
        };
        self.out.put(&[WBXML_VERSION]);
        self.out.put(number);
        self.integer(UTF_8 as usize);
        self.integer(formal_name.len());
        self.out.put(formal_name);
    }

    fn tag(&mut self, tag: Tag, flags: u8) {
        self.switch_page(match tag.space() {
            Space::SyncMl | Space::DevInf => 0,
            Space::MetInf => 1,
        });
        self.out.put(&[tag.token() | flags]);
    }

    fn switch_page(&mut self, page: u8) {
        if self.page != page {
            self.page = page;
            self.out.put(&[SWITCH_PAGE, page]);
        }
    }

    /// A multi-byte integer: seven bits a byte, the highest bit tells that there are more.
    fn integer(&mut self, value: usize) {
        let mut bytes = [0; usize::BITS as usize / 7 + 1];
        let mut rest = value;
        let mut used = 0;
        for slot in bytes.iter_mut().rev() {
            let more = if used == 0 { 0x00 } else { 0x80 };
            *slot = (rest & 0x7F) as u8 | more;
            rest >>= 7;
            used += 1;
            if rest == 0 {
                break;
            }
        }
        let start = bytes.len() - used;
        self.out.put(bytes.get(start..).unwrap_or_default());
    }
}

impl<O: Output> Sink for WbxmlSink<O> {
    fn open(&mut self, tag: Tag) {
        self.tag(tag, HAS_CONTENT);
    }

    fn close(&mut self, _tag: Tag) {
        self.out.put(&[END]);
    }

    fn empty(&mut self, tag: Tag) {
        self.tag(tag, 0);
    }

    fn text(&mut self, text: &str) {
        if text.contains('\0') {
            // An inline string ends at its first NUL.
            self.octets(text.as_bytes());
        } else if !text.is_empty() {
            self.out.put(&[STR_I]);
            self.out.put(text.as_bytes());
            self.out.put(&[0]);
        }
    }

    fn item_text(&mut self, text: &str) {
        self.octets(text.as_bytes());
    }

    fn octets(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.out.put(&[OPAQUE]);
            self.integer(bytes.len());
            self.out.put(bytes);
        }
    }

    fn devinf(&mut self, devinf: &DevInf, version: Version) {
        let mut measure = WbxmlSink::new(Count::default());
        measure.document(devinf, version);
        self.out.put(&[OPAQUE]);
        self.integer(measure.out.0);
        // The tags of the inner document leave the page of the outer one alone.
        let page = std::mem::take(&mut self.page);
        self.document(devinf, version);
        self.page = page;
    }

    fn settle(&mut self) {
        self.switch_page(0);
    }
}

impl<O: Output> WbxmlSink<O> {
    /// A whole DevInf document, of its own version if it names one.
    fn document(&mut self, devinf: &DevInf, version: Version) {
        let version = Version::from_ver_dtd(&devinf.ver_dtd).unwrap_or(version);
        self.prolog(Space::DevInf, version);
        write_devinf(self, devinf);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_take_seven_bits_a_byte() {
        let bytes = |value| {
            let mut sink = WbxmlSink::new(Vec::new());
            sink.integer(value);
            sink.out
        };
        assert_eq!(bytes(0), [0x00]);
        assert_eq!(bytes(0x7F), [0x7F]);
        assert_eq!(bytes(0x80), [0x81, 0x00]);
        assert_eq!(bytes(0x1201), [0xA4, 0x01]);
        assert_eq!(bytes(0xFFFF_FFFF), [0x8F, 0xFF, 0xFF, 0xFF, 0x7F]);
        assert_eq!(bytes(usize::MAX).len(), (usize::BITS as usize).div_ceil(7));
    }
}
