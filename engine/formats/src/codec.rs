//! The codec of a datatype: what callers hold.
//!
//! Not its job: the work itself, which is in `mime`, `text` and `packing`.

use std::sync::Arc;

use syncloom_config::{Coding, DataType, ProfileUse, TextCoding};
use syncloom_script::Item;

use crate::capabilities::{self, Capabilities};
use crate::generate::Generator;
use crate::mime::MimeCodec;
use crate::note::{Note, NoteKind, ParseError};
use crate::packing;
use crate::parse::Parser;
use crate::peer::Peer;
use crate::text::TextCodec;

/// What a property with `conversion="prodid"` says (RFC 2426 section 3.6.3).
pub const PRODUCT_ID: &str = concat!("-//Syncloom//NONSGML Syncloom ", env!("CARGO_PKG_VERSION"), "//EN");

/// Items of one datatype to and from bytes.
#[derive(Debug)]
pub struct Codec {
    datatype: Arc<DataType>,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Mime(MimeCodec),
    Text(TextCodec),
}

/// What a text was read as.
#[derive(Debug)]
pub struct Parsed {
    /// The item. Fields that this datatype has and the text did not mention are `Empty`, or an array of
    /// nothing; fields that the datatype or the peer does not have are `Unassigned`, so that what is stored
    /// in them stays. So are the fields of headers that a mail does not have: most peers know only some.
    pub item: Item,
    /// What was left out or replaced, in the order of the text.
    pub notes: Vec<Note>,
}

/// An item as it travels in a message.
#[derive(Debug)]
pub struct Encoded {
    /// The bytes.
    pub data: Vec<u8>,
    /// Whether they are anything but text in UTF-8, so that the format of the item is `bin`.
    pub binary: bool,
    /// For compressed data: how many bytes it becomes, which is told to the peer (manual 10.5.4).
    pub original_size: Option<usize>,
    /// What was left out, cut or replaced.
    pub notes: Vec<Note>,
}

impl Codec {
    /// Prepares a datatype.
    pub fn new(datatype: Arc<DataType>) -> Codec {
        let form = match &datatype.profile {
            ProfileUse::Mime(profile) => {
                Form::Mime(MimeCodec::new(Arc::clone(&datatype), Arc::clone(profile)))
            }
            ProfileUse::Text(profile) => {
                Form::Text(TextCodec::new(Arc::clone(&datatype), Arc::clone(profile)))
            }
        };
        Codec { datatype, form }
    }

    /// The datatype.
    pub fn datatype(&self) -> &Arc<DataType> {
        &self.datatype
    }

    /// Reads an item as it came in a message: what is packed is unpacked, then it is read as by [`Codec::parse`].
    pub fn decode(&self, data: &[u8], peer: &Peer) -> Result<Parsed, ParseError> {
        let data = packing::unpack(data, self.datatype.coding, peer.bytes)?;
        self.parse(&data, peer)
    }

    /// Writes an item as it travels in a message, packed as the datatype says it if the message can carry bytes.
    /// A mail is cut to `size_limit` bytes of text and attachments, if there is a limit.
    pub fn encode(&self, item: &Item, peer: &Peer, size_limit: Option<u64>) -> Encoded {
        let mut data = Vec::new();
        let mut notes = self.generate_within(item, peer, size_limit, &mut data);
        let coding = if peer.bytes { self.datatype.coding } else { Coding::default() };
        let has_bytes = coding.binary_parts && std::str::from_utf8(&data).is_err();
        // Attachments as they are would not survive as 16-bit text.
        let coding = Coding { text: if has_bytes { TextCoding::Utf8 } else { coding.text }, ..coding };
        if coding.zipped.is_none() && coding.text == TextCoding::Utf8 {
            return Encoded { data, binary: has_bytes, original_size: None, notes };
        }
        match packing::pack(data, coding) {
            Ok(packed) => {
                let packing::Packed { data, binary, original_size } = packed;
                Encoded { data, binary, original_size, notes }
            }
            // Writing to memory does not fail; if it did, nothing would be sent rather than half of it.
            Err(_) => {
                notes.push(Note { line: 0, property: String::new(), kind: NoteKind::NotConverted });
                Encoded { data: Vec::new(), binary: false, original_size: None, notes }
            }
        }
    }

    /// Reads an item. Line ends may be CRLF, LF, CR or CRCRLF; what cannot be taken over is skipped with a
    /// note. An error means that the text is no item of this datatype at all.
    pub fn parse(&self, bytes: &[u8], peer: &Peer) -> Result<Parsed, ParseError> {
        match &self.form {
            Form::Mime(codec) => Parser::new(codec, peer).parse(bytes),
            Form::Text(codec) => Ok(codec.parse(bytes)),
        }
    }

    /// Appends the item to `out` as text with CRLF line ends, in UTF-8.
    pub fn generate(&self, item: &Item, peer: &Peer, out: &mut Vec<u8>) -> Vec<Note> {
        self.generate_within(item, peer, None, out)
    }

    fn generate_within(
        &self,
        item: &Item,
        peer: &Peer,
        size_limit: Option<u64>,
        out: &mut Vec<u8>,
    ) -> Vec<Note> {
        match &self.form {
            Form::Mime(codec) => Generator::new(codec, item, peer, out).generate(),
            Form::Text(codec) => codec.generate(item, peer, size_limit, out),
        }
    }

    /// By field index, whether a peer with this CTCap can hold the field in this datatype. Without CTCap, and for
    /// text, that is every field of the profile.
    pub fn available_fields(&self, peer: &Peer) -> Vec<bool> {
        match &self.form {
            Form::Mime(codec) => codec.available_fields(peer),
            Form::Text(codec) => codec.available_fields(),
        }
    }

    /// The profile in this dialect as device information describes it. Text has no properties.
    pub fn capabilities(&self) -> Capabilities {
        match &self.form {
            Form::Mime(codec) => capabilities::describe(codec),
            Form::Text(_) => Capabilities::default(),
        }
    }
}
