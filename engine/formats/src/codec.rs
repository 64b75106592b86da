//! The codec of a datatype: what callers hold.
//!
//! Not its job: the work itself, which is in `mime`, `text` and `packing`.

use std::borrow::Cow;
use std::sync::Arc;

use syncloom_config::{
    BaseType, Coding, DataType, MimeMode, MimeProfile, ProfileUse, Scripts, TextCoding, TextProfile,
};
use syncloom_script::{FieldId, Item, Zones};

use crate::capabilities::{self, Capabilities, Style};
use crate::echo;
use crate::held::{self, Had};
use crate::mime::MimeCodec;
use crate::note::{Note, NoteKind, ParseError};
use crate::object::ObjectCodec;
use crate::packing;
use crate::peer::Peer;
use crate::peer_charset;
use crate::recode;
use crate::setting::Setting;
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
    Object(ObjectCodec),
}

/// What a text was read as.
#[derive(Debug)]
pub struct Parsed {
    /// The item. Fields that this datatype has and the text did not mention are `Empty`, or an array of
    /// nothing; fields that the datatype or the peer does not have are `Unassigned`, so that what is stored
    /// in them stays. So are the fields of headers that a mail does not have, as most peers know only some, and the
    /// field that keeps what is unknown where there is nothing unknown.
    pub item: Item,
    /// What was left out or replaced, in the order of the text.
    pub notes: Vec<Note>,
    /// The zones of the peer with those that the text defines: what the names of the item's zones are known to.
    pub zones: Zones,
}

/// An item as it travels in a message.
#[derive(Debug)]
pub struct Encoded {
    /// The bytes.
    pub data: Vec<u8>,
    /// Whether they are anything but text in UTF-8.
    pub binary: bool,
    /// Whether they are text all the same, in the peer's character set; otherwise the format of the item is `bin`.
    pub is_text: bool,
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
            ProfileUse::Object(profile) => {
                Form::Object(ObjectCodec::new(Arc::clone(&datatype), Arc::clone(profile)))
            }
        };
        Codec { datatype, form }
    }

    /// A MIME-DIR profile on its own in one of the dialects, as scripts use it (`PARSETEXTWITHPROFILE`).
    pub fn of_profile(profile: &Arc<MimeProfile>, mode: MimeMode) -> Codec {
        Codec::alone(&profile.name, BaseType::MimeDir, mode, ProfileUse::Mime(Arc::clone(profile)))
    }

    /// A text profile on its own.
    pub fn of_text_profile(profile: &Arc<TextProfile>) -> Codec {
        Codec::alone(&profile.name, BaseType::Text, MimeMode::Standard, ProfileUse::Text(Arc::clone(profile)))
    }

    fn alone(name: &str, base: BaseType, mode: MimeMode, profile: ProfileUse) -> Codec {
        Codec::new(Arc::new(DataType {
            name: name.to_owned(),
            base,
            mime_type: String::new(),
            version: String::new(),
            mode,
            profile,
            coding: Coding::default(),
            scripts: Scripts::default(),
        }))
    }

    /// The datatype.
    pub fn datatype(&self) -> &Arc<DataType> {
        &self.datatype
    }

    /// Reads an item as it came in a message: what is packed is unpacked, then it is read as by [`Codec::parse`].
    pub fn decode(&self, data: &[u8], peer: &Peer) -> Result<Parsed, ParseError> {
        let mut data = packing::unpack(data, self.datatype.coding, peer.bytes)?;
        if let Some(set) = peer.input_charset {
            let in_utf8 = match self.form {
                Form::Mime(_) => peer_charset::incoming(&data, set),
                Form::Text(_) | Form::Object(_) => peer_charset::plain_incoming(&data, set),
            };
            data = Cow::Owned(in_utf8.into_owned());
        }
        self.parse(&data, peer)
    }

    /// Writes an item as it travels in a message, packed as the datatype says it if the message can carry bytes.
    /// A mail is cut to `size_limit` bytes of text and attachments, if there is a limit.
    pub fn encode(&self, item: &Item, peer: &Peer, size_limit: Option<u64>) -> Encoded {
        let mut data = Vec::new();
        let mut notes = self.for_peer(peer).generate(item, size_limit, &mut data);
        let coding = if peer.bytes { self.datatype.coding } else { Coding::default() };
        let set = peer.output_charset.filter(|_| coding.zipped.is_none() && coding.text == TextCoding::Utf8);
        if let Some(set) = set {
            let missing;
            (data, missing) = match self.form {
                Form::Mime(_) => peer_charset::outgoing(&data, set, peer.bytes, peer.fold),
                Form::Text(_) | Form::Object(_) if peer.bytes => {
                    recode::encode(&String::from_utf8_lossy(&data), Some(set))
                }
                Form::Text(_) | Form::Object(_) => (data, Vec::new()),
            };
            if !missing.is_empty() {
                let kind = NoteKind::NotInCharset(missing.into_iter().collect());
                notes.push(Note { line: 0, property: String::new(), kind });
            }
            let binary = std::str::from_utf8(&data).is_err();
            return Encoded { data, binary, is_text: true, original_size: None, notes };
        }
        let has_bytes = coding.binary_parts && std::str::from_utf8(&data).is_err();
        // Attachments as they are would not survive as 16-bit text.
        let coding = Coding { text: if has_bytes { TextCoding::Utf8 } else { coding.text }, ..coding };
        if coding.zipped.is_none() && coding.text == TextCoding::Utf8 {
            return Encoded { data, binary: has_bytes, is_text: !has_bytes, original_size: None, notes };
        }
        match packing::pack(data, coding) {
            Ok(packed) => {
                let packing::Packed { data, binary, original_size } = packed;
                Encoded { data, binary, is_text: !binary, original_size, notes }
            }
            // Writing to memory does not fail; if it did, nothing would be sent rather than half of it.
            Err(_) => {
                notes.push(Note { line: 0, property: String::new(), kind: NoteKind::NotConverted });
                Encoded { data: Vec::new(), binary: false, is_text: true, original_size: None, notes }
            }
        }
    }

    /// Prepares the datatype for a peer: cheaper than [`Codec::parse`] and [`Codec::generate`] where there are
    /// many items and the peer said what it can hold.
    pub fn for_peer<'s>(&'s self, peer: &'s Peer) -> Prepared<'s> {
        let way = match &self.form {
            Form::Mime(codec) => Way::Mime(Setting::new(codec, peer)),
            Form::Text(codec) => Way::Text(codec),
            Form::Object(codec) => Way::Object(codec),
        };
        Prepared { peer, way }
    }

    /// Reads an item. Line ends may be CRLF, LF, CR or CRCRLF; what cannot be taken over is skipped with a
    /// note. An error means that the text is no item of this datatype at all.
    pub fn parse(&self, bytes: &[u8], peer: &Peer) -> Result<Parsed, ParseError> {
        self.for_peer(peer).parse(bytes)
    }

    /// Appends the item to `out` as text with CRLF line ends, in UTF-8.
    pub fn generate(&self, item: &Item, peer: &Peer, out: &mut Vec<u8>) -> Vec<Note> {
        self.for_peer(peer).generate(item, None, out)
    }

    /// The field with the body of a mail, which is cut where items have a size limit.
    pub fn body_field(&self) -> Option<FieldId> {
        self.text().and_then(TextCodec::body_field)
    }

    /// The codec of text, or of the text within a data object.
    fn text(&self) -> Option<&TextCodec> {
        match &self.form {
            Form::Mime(_) => None,
            Form::Text(codec) => Some(codec),
            Form::Object(codec) => codec.text(),
        }
    }

    /// Gives a mail that a peer holds only in part what is stored of it: what is not whole must not replace what is. That it
    /// is a part its header says (manual 10.4.7); where mails go to the peer with a size limit, so does what it has in it.
    pub fn restore_parts(&self, item: &mut Item, whole: &Item, limited: bool) {
        if let Some(codec) = self.text() {
            codec.restore_parts(item, whole, limited);
        }
    }

    /// An item as a peer holds it that takes only so many or so long values; `None` where it holds all of it. Texts that it
    /// cuts are whole here.
    pub fn held(&self, item: &Item, peer: &Peer) -> Option<Item> {
        match &self.form {
            Form::Mime(codec) if !peer.limits.is_empty() => held::held(&Setting::new(codec, peer), item),
            Form::Mime(_) | Form::Text(_) | Form::Object(_) => None,
        }
    }

    /// Gives an item of the peer's the values of ours that the peer never got, as it takes only so many or so long ones.
    pub fn restore_rest(&self, item: &mut Item, ours: &Item, peer: &Peer, had: Had) {
        match &self.form {
            Form::Mime(codec) if !peer.limits.is_empty() => {
                held::restore(&Setting::new(codec, peer), item, ours, had);
            }
            Form::Mime(_) | Form::Text(_) | Form::Object(_) => {}
        }
    }

    /// What an item comes back as from a peer that changes nothing of it, if writing it says that this is something else;
    /// `None` where it is itself, and where it does not say.
    pub fn differing_echo(&self, item: &Item, peer: &Peer) -> Option<Item> {
        if !echo::may_differ(matches!(self.form, Form::Mime(_)).then_some(self.datatype.mode), peer) {
            return None;
        }
        let encoded = self.encode(item, peer, None);
        let differs = encoded.notes.iter().any(|note| echo::is_lossy(&note.kind));
        differs.then(|| self.read_back(&encoded.data, peer)).flatten()
    }

    /// Gives an item of the peer's the values of ours where it has what comes back of them: what the dialect and the
    /// character set of the peer cannot say, and letters that became others.
    pub fn restore_echo(&self, item: &mut Item, ours: &Item, peer: &Peer) {
        let blocks = match &self.form {
            Form::Mime(codec) => echo::blocks(codec),
            Form::Text(_) | Form::Object(_) if peer.output_charset.is_some() => Vec::new(),
            // Mails may be long, and come back as they went.
            Form::Text(_) | Form::Object(_) => return,
        };
        if let Some(echo) = self.read_back(&self.encode(ours, peer, None).data, peer) {
            echo::restore(item, ours, &echo, &blocks);
        }
    }

    /// Reads what was written for a peer as if it came back.
    fn read_back(&self, data: &[u8], peer: &Peer) -> Option<Item> {
        let as_written = match peer.output_charset {
            None => Cow::Borrowed(peer),
            set => Cow::Owned(Peer { input_charset: set, ..peer.clone() }),
        };
        self.decode(data, &as_written).ok().map(|parsed| parsed.item)
    }

    /// The names of the properties that a field is in, in upper case. Text has none.
    pub(crate) fn properties_of(&self, field: FieldId) -> impl Iterator<Item = &str> {
        let properties = match &self.form {
            Form::Mime(codec) => codec.plan.properties.as_slice(),
            Form::Text(_) | Form::Object(_) => &[],
        };
        properties.iter().filter(move |plan| plan.fields.contains(&field)).map(|plan| plan.upper.as_str())
    }

    /// By field index, whether a peer with this CTCap can hold the field in this datatype. Without CTCap, and for
    /// text, that is every field of the profile. Mandatory properties are always available, and fields in no property
    /// never are.
    pub fn available_fields(&self, peer: &Peer) -> Vec<bool> {
        self.for_peer(peer).available_fields()
    }

    /// The profile in this dialect as device information describes it. Text has no properties.
    pub fn capabilities(&self) -> Capabilities {
        self.capabilities_in(Style::Named, None)
    }

    /// The same in a style. `variant` is the subprofile that a datastore has chosen (manual 11.34.12): others that
    /// are shown when chosen alone are left out then.
    pub fn capabilities_in(&self, style: Style, variant: Option<&str>) -> Capabilities {
        match &self.form {
            Form::Mime(codec) => capabilities::describe(codec, style, variant),
            Form::Text(_) | Form::Object(_) => Capabilities::default(),
        }
    }
}

/// A datatype as it is used with a peer.
#[derive(Debug)]
pub struct Prepared<'s> {
    peer: &'s Peer,
    way: Way<'s>,
}

#[derive(Debug)]
enum Way<'s> {
    Mime(Setting<'s>),
    Text(&'s TextCodec),
    Object(&'s ObjectCodec),
}

impl Prepared<'_> {
    /// Reads an item: see [`Codec::parse`].
    pub fn parse(&self, bytes: &[u8]) -> Result<Parsed, ParseError> {
        match &self.way {
            Way::Mime(setting) => setting.parse(bytes),
            Way::Text(codec) => Ok(Parsed { zones: self.peer.zones.clone(), ..codec.parse(bytes) }),
            Way::Object(codec) => codec.parse(bytes, self.peer),
        }
    }

    /// Appends an item as text: see [`Codec::generate`]. A mail is cut to `size_limit` bytes, if there is a limit.
    pub fn generate(&self, item: &Item, size_limit: Option<u64>, out: &mut Vec<u8>) -> Vec<Note> {
        match &self.way {
            Way::Mime(setting) => setting.generate(item, out),
            Way::Text(codec) => codec.generate(item, self.peer, size_limit, out),
            Way::Object(codec) => codec.generate(item, self.peer, size_limit, out),
        }
    }

    /// By field index, whether the peer can hold the field: see [`Codec::available_fields`].
    pub fn available_fields(&self) -> Vec<bool> {
        match &self.way {
            Way::Mime(setting) => setting.available_fields(),
            Way::Text(codec) => codec.available_fields(),
            Way::Object(codec) => codec.available_fields(self.peer),
        }
    }

    /// By field index, how many bytes of it the peer holds, where it says so: what is longer comes back cut, and a cut
    /// value must not replace the whole one. Of several properties for one field the smallest counts.
    pub fn field_sizes(&self) -> Vec<Option<usize>> {
        match &self.way {
            Way::Mime(setting) => setting.field_sizes(),
            Way::Text(_) | Way::Object(_) => vec![None; self.available_fields().len()],
        }
    }
}
