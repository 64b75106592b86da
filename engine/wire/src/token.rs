//! The global tokens and numbers of WBXML 1.3 that the reader and the writer share. Not here: the
//! tokens of elements, which are in `tag`.

/// The code page that follows holds for the tags after it.
pub(crate) const SWITCH_PAGE: u8 = 0x00;
/// The innermost element ends.
pub(crate) const END: u8 = 0x01;
/// A character by its number.
pub(crate) const ENTITY: u8 = 0x02;
/// A string up to a NUL.
pub(crate) const STR_I: u8 = 0x03;
/// A tag whose name stands in the string table; with the tag bits below.
pub(crate) const LITERAL: u8 = 0x04;
/// A tag by name, with content.
pub(crate) const LITERAL_C: u8 = LITERAL | HAS_CONTENT;
/// A tag by name, with attributes.
pub(crate) const LITERAL_A: u8 = LITERAL | HAS_ATTRIBUTES;
/// A tag by name, with attributes and content.
pub(crate) const LITERAL_AC: u8 = LITERAL | HAS_ATTRIBUTES | HAS_CONTENT;
/// A processing instruction.
pub(crate) const PI: u8 = 0x43;
/// A string by its place in the string table.
pub(crate) const STR_T: u8 = 0x83;
/// A length and as many octets.
pub(crate) const OPAQUE: u8 = 0xC3;

/// Bit of a tag token: content follows, up to `END`.
pub(crate) const HAS_CONTENT: u8 = 0x40;
/// Bit of a tag token: attributes follow.
pub(crate) const HAS_ATTRIBUTES: u8 = 0x80;

/// MIBenum number of UTF-8 as character set of a document.
pub(crate) const UTF_8: u32 = 106;
