//! The WBXML reader (WBXML 1.3, which includes 1.1 and 1.2): tokens as events. The public identifier
//! is passed over, since peers announce one version in it and speak another; who reads says which
//! document type it is. Not here: limits on elements and depth, and structure.

use std::borrow::Cow;

use super::charset;
use super::{Event, Events};
use crate::error::{Fault, FaultKind};
use crate::limits::{MAX_TABLE_EXPANSION, MIN_TABLE_EXPANSION};
use crate::tag::{Space, Tag};
use crate::token::{
    END, ENTITY, HAS_ATTRIBUTES, HAS_CONTENT, LITERAL, LITERAL_A, LITERAL_AC, LITERAL_C, OPAQUE, PI, STR_I,
    STR_T, SWITCH_PAGE, UTF_8,
};

/// MIBenum numbers of the character sets that are read; 0 means unknown and is taken as ASCII.
const UNKNOWN: u32 = 0;
const US_ASCII: u32 = 3;
const ISO_8859_1: u32 = 4;

/// Reads a WBXML document.
pub(crate) struct WbxmlReader<'i> {
    bytes: &'i [u8],
    pos: usize,
    /// Where the token that is being read starts, or the field of the header: the place of a fault.
    start: usize,
    page: u8,
    /// The document type of code page 0.
    document: Space,
    charset: u32,
    table: &'i [u8],
    /// Bytes that references to the string table may still expand to.
    expansion: usize,
    expansion_limit: usize,
    depth: usize,
    /// A tag without content was opened, its end is due.
    close_pending: bool,
    /// Some octets of a string were no UTF-8 and stand as private characters.
    escaped: bool,
}

impl<'i> WbxmlReader<'i> {
    /// Reads the header of a document of this type.
    pub(crate) fn new(bytes: &'i [u8], document: Space) -> Result<Self, Fault> {
        let expansion_limit = bytes.len().saturating_mul(MAX_TABLE_EXPANSION).max(MIN_TABLE_EXPANSION);
        let mut reader = Self {
            bytes,
            pos: 0,
            start: 0,
            page: 0,
            document,
            charset: UTF_8,
            table: &[],
            expansion: expansion_limit,
            expansion_limit,
            depth: 0,
            close_pending: false,
            escaped: false,
        };
        let version = reader.byte()?;
        if !(0x01..=0x03).contains(&version) {
            return Err(reader.fault(FaultKind::WbxmlVersion(version)));
        }
        reader.start = reader.pos;
        if reader.integer()? == 0 {
            reader.integer()?; // where in the string table the public identifier stands as text
        }
        reader.start = reader.pos;
        reader.charset = reader.integer()?;
        if !matches!(reader.charset, UNKNOWN | US_ASCII | ISO_8859_1 | UTF_8) {
            return Err(reader.fault(FaultKind::Charset(format!("MIBenum {}", reader.charset))));
        }
        reader.start = reader.pos;
        reader.table = reader.block()?;
        Ok(reader)
    }

    fn tag(&mut self, token: u8) -> Result<Event<'i>, Fault> {
        let space = match (self.document, self.page) {
            (Space::SyncMl, 0) => Space::SyncMl,
            (Space::SyncMl, 1) => Space::MetInf,
            (Space::SyncMl, _) => Space::DevInf,
            (other, _) => other,
        };
        self.open(token)?;
        Ok(match Tag::from_token(space, token) {
            Some(tag) => Event::Open(tag),
            None => Event::OpenUnknown(format!("page {} token 0x{:02X}", self.page, token & !HAS_CONTENT)),
        })
    }

    fn literal(&mut self, token: u8, space: Space) -> Result<Event<'i>, Fault> {
        let name = self.table_string()?;
        self.open(token)?;
        Ok(match Tag::from_name(space, &name) {
            Some(tag) => Event::Open(tag),
            None => Event::OpenUnknown(name.into_owned()),
        })
    }

    fn open(&mut self, token: u8) -> Result<(), Fault> {
        if token & HAS_ATTRIBUTES != 0 {
            return Err(self.fault(FaultKind::Attributes(token)));
        }
        self.depth += 1;
        self.close_pending = token & HAS_CONTENT == 0;
        Ok(())
    }

    fn close(&mut self) -> Result<Event<'i>, Fault> {
        match self.depth.checked_sub(1) {
            Some(depth) => self.depth = depth,
            None => return Err(self.fault(FaultKind::UnexpectedClose)),
        }
        Ok(Event::Close)
    }

    fn character(&mut self) -> Result<Event<'i>, Fault> {
        let number = self.integer()?;
        match char::from_u32(number) {
            Some(c) => Ok(Event::Text(c.to_string().into())),
            None => Err(self.fault(FaultKind::Character(number))),
        }
    }

    fn inline_string(&mut self) -> Result<Cow<'i, str>, Fault> {
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        let Some(length) = rest.iter().position(|&b| b == 0) else {
            return Err(self.fault(FaultKind::Truncated));
        };
        self.pos += length + 1;
        Ok(self.text(rest.get(..length).unwrap_or_default()))
    }

    fn table_string(&mut self) -> Result<Cow<'i, str>, Fault> {
        let index = self.integer()?;
        let rest = usize::try_from(index).ok().and_then(|i| self.table.get(i..)).filter(|r| !r.is_empty());
        let Some(rest) = rest else { return Err(self.fault(FaultKind::StringReference(index))) };
        let string = rest.split(|&b| b == 0).next().unwrap_or_default();
        match self.expansion.checked_sub(string.len()) {
            Some(left) => self.expansion = left,
            None => return Err(self.fault(FaultKind::TableExpansion { limit: self.expansion_limit })),
        }
        Ok(self.text(string))
    }

    fn text(&mut self, bytes: &'i [u8]) -> Cow<'i, str> {
        if self.charset == ISO_8859_1 {
            return charset::decode_latin1(bytes);
        }
        let decoded = charset::decode_utf8(bytes);
        self.escaped |= decoded.escaped;
        decoded.text
    }

    /// A length and as many bytes.
    fn block(&mut self) -> Result<&'i [u8], Fault> {
        let declared = self.integer()?;
        let end = usize::try_from(declared).ok().and_then(|length| self.pos.checked_add(length));
        match end.and_then(|end| self.bytes.get(self.pos..end)) {
            Some(block) => {
                self.pos += block.len();
                Ok(block)
            }
            None => Err(self.fault(FaultKind::LengthBeyondEnd { declared })),
        }
    }

    /// A multi-byte integer: seven bits a byte, the highest bit tells that there are more.
    fn integer(&mut self) -> Result<u32, Fault> {
        let mut value: u32 = 0;
        loop {
            let byte = self.byte()?;
            if value > u32::MAX >> 7 {
                return Err(self.fault(FaultKind::IntegerOverflow));
            }
            value = value << 7 | u32::from(byte & 0x7F);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
    }

    fn byte(&mut self) -> Result<u8, Fault> {
        match self.bytes.get(self.pos) {
            Some(&byte) => {
                self.pos += 1;
                Ok(byte)
            }
            None => Err(self.fault(FaultKind::Truncated)),
        }
    }

    fn fault(&self, kind: FaultKind) -> Fault {
        Fault { kind, offset: self.start }
    }
}

impl<'i> Events<'i> for WbxmlReader<'i> {
    fn next(&mut self, space: Space) -> Result<Event<'i>, Fault> {
        if std::mem::take(&mut self.close_pending) {
            return self.close();
        }
        loop {
            if self.pos == self.bytes.len() {
                return Ok(Event::End);
            }
            self.start = self.pos;
            let token = self.byte()?;
            return match token {
                SWITCH_PAGE => {
                    self.page = self.byte()?;
                    continue;
                }
                END => self.close(),
                ENTITY => self.character(),
                STR_I => Ok(Event::Text(self.inline_string()?)),
                LITERAL | LITERAL_C | LITERAL_A | LITERAL_AC => self.literal(token, space),
                // EXT_I, EXT_T and EXT, 0 to 2 of each.
                0x40..=0x42 | 0x80..=0x82 | 0xC0..=0xC2 => Err(self.fault(FaultKind::ExtensionToken(token))),
                PI => Err(self.fault(FaultKind::ProcessingInstruction)),
                STR_T => Ok(Event::Text(self.table_string()?)),
                OPAQUE => Ok(Event::Opaque(self.block()?)),
                _ => self.tag(token),
            };
        }
    }

    fn offset(&self) -> usize {
        self.pos
    }

    fn has_escapes(&self) -> bool {
        self.escaped
    }
}
