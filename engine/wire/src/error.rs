//! What a peer did wrong, and where: the kinds of faults of a document. Not here: what to answer to
//! it, which is up to the session.

use std::fmt;

/// The document broke off or turned malformed after its header had been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// Bytes from the start of the document to the place. In XML a byte order mark is not counted,
    /// and of another character set than UTF-8 the bytes of the text converted to UTF-8 are.
    pub offset: usize,
}

/// The document has no usable header or is over a limit: nothing of it can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// What is wrong.
    pub kind: FaultKind,
    /// Bytes from the start of the document to the place, as in [`Fault::offset`].
    pub offset: usize,
}

/// The ways in which a document can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// Longer than [`Limits::max_bytes`](crate::Limits::max_bytes).
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// Nested deeper than [`Limits::max_depth`](crate::Limits::max_depth).
    TooDeep {
        /// The limit, in elements.
        limit: usize,
    },
    /// More elements than [`Limits::max_elements`](crate::Limits::max_elements).
    TooManyElements {
        /// The limit, in elements.
        limit: usize,
    },
    /// References to the WBXML string table expand to far more than the document holds.
    TableExpansion {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The root element is not `SyncML`, or there is no element at all (empty name).
    NotSyncMl {
        /// The name of the root element.
        found: String,
    },
    /// An element that the message cannot do without is missing.
    MissingElement(&'static str),
    /// A command that this crate does not know; only [`transcode`](crate::transcode) minds.
    UnknownCommand(String),
    /// The document ends inside this element.
    UnclosedElement(String),
    /// An `END` token, or an end tag, without an open element.
    UnexpectedClose,
    /// The document ends inside a WBXML token or its argument.
    Truncated,
    /// A WBXML version byte that is none of 1.1, 1.2 and 1.3.
    WbxmlVersion(u8),
    /// A character set that is not read: a MIBenum number or the name in the XML declaration.
    Charset(String),
    /// A WBXML multi-byte integer longer than 32 bits.
    IntegerOverflow,
    /// An opaque block or string table is longer than what is left of the document.
    LengthBeyondEnd {
        /// The declared length, in bytes.
        declared: u32,
    },
    /// A string table reference that points outside the table.
    StringReference(u32),
    /// A number of an `ENTITY` token or a character reference that is no Unicode character.
    Character(u32),
    /// A WBXML tag with attributes; no SyncML element has any.
    Attributes(u8),
    /// A WBXML global extension token; SyncML defines none.
    ExtensionToken(u8),
    /// A WBXML processing instruction; SyncML defines none.
    ProcessingInstruction,
    /// A reference to an XML entity other than the five predefined ones.
    UnknownEntity(String),
    /// The XML is not well-formed, in the words of the XML reader.
    Xml(String),
}

impl FaultKind {
    /// Whether this is a bound of the reader rather than a mistake in the document.
    pub fn is_limit(&self) -> bool {
        matches!(
            self,
            FaultKind::TooLarge { .. }
                | FaultKind::TooDeep { .. }
                | FaultKind::TooManyElements { .. }
                | FaultKind::TableExpansion { .. }
        )
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaultKind::TooLarge { limit } => write!(f, "the message is longer than {limit} bytes"),
            FaultKind::TooDeep { limit } => write!(f, "elements are nested deeper than {limit}"),
            FaultKind::TooManyElements { limit } => write!(f, "there are more than {limit} elements"),
            FaultKind::TableExpansion { limit } => {
                write!(f, "references to the string table expand to more than {limit} bytes")
            }
            FaultKind::NotSyncMl { found } if found.is_empty() => f.write_str("there is no root element"),
            FaultKind::NotSyncMl { found } => write!(f, "the root element is <{found}> instead of <SyncML>"),
            FaultKind::MissingElement(name) => write!(f, "element <{name}> is missing"),
            FaultKind::UnknownCommand(name) => write!(f, "command <{name}> is unknown"),
            FaultKind::UnclosedElement(name) => write!(f, "the document ends inside <{name}>"),
            FaultKind::UnexpectedClose => f.write_str("an element is closed that was not open"),
            FaultKind::Truncated => f.write_str("the document ends inside a token"),
            FaultKind::WbxmlVersion(byte) => write!(f, "unknown WBXML version 0x{byte:02X}"),
            FaultKind::Charset(name) => write!(f, "character set {name} is not supported"),
            FaultKind::IntegerOverflow => f.write_str("a multi-byte integer is longer than 32 bits"),
            FaultKind::LengthBeyondEnd { declared } => {
                write!(f, "a length of {declared} bytes reaches beyond the end of the document")
            }
            FaultKind::StringReference(index) => write!(f, "there is no string {index} in the string table"),
            FaultKind::Character(number) => write!(f, "{number} is no Unicode character"),
            FaultKind::Attributes(token) => write!(f, "tag 0x{token:02X} has attributes"),
            FaultKind::ExtensionToken(token) => write!(f, "extension token 0x{token:02X} is not defined"),
            FaultKind::ProcessingInstruction => f.write_str("processing instructions are not defined"),
            FaultKind::UnknownEntity(name) => write!(f, "entity &{name}; is not defined"),
            FaultKind::Xml(message) => write!(f, "not well-formed: {message}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (byte {})", self.kind, self.offset)
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (byte {})", self.kind, self.offset)
    }
}

impl std::error::Error for DecodeError {}

impl From<Fault> for DecodeError {
    fn from(fault: Fault) -> Self {
        Self { kind: fault.kind, offset: fault.offset }
    }
}
