//! The parts that SyncML commands are made of: locations, items, their data, meta information,
//! credentials (OMA-SyncML-RepPro 6.1 and 6.6, OMA-SyncML-MetInf). Not here: the commands.

use crate::devinf::DevInf;

/// `Target` or `Source`: an address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// `LocURI`.
    pub uri: String,
    /// `LocName`, a name to show; the user name in the `Source` of a header.
    pub name: Option<String>,
    /// `Filter` (1.2, in `Target` only). Boxed since nearly no location has one.
    pub filter: Option<Box<Filter>>,
}

impl Location {
    /// An address without a name.
    pub fn new(uri: impl Into<String>) -> Self {
        Self { uri: uri.into(), ..Self::default() }
    }
}

/// `Filter` (1.2): which items, or which fields of them, a sync is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// `Meta`; its type names the grammar, such as `syncml:filtertype-cgi`.
    pub meta: Meta,
    /// `Field/Item`: which fields.
    pub field: Option<Item>,
    /// `Record/Item`: which items.
    pub record: Option<Item>,
    /// `FilterType`: `INCLUSIVE` or `EXCLUSIVE`, as sent.
    pub filter_type: Option<String>,
}

/// `Item`: one thing that a command is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// `Target`: the id that the receiver knows.
    pub target: Option<Location>,
    /// `Source`: the id that the sender knows.
    pub source: Option<Location>,
    /// `SourceParent/LocURI` (1.2): the sender's id of the parent.
    pub source_parent: Option<String>,
    /// `TargetParent/LocURI` (1.2): the receiver's id of the parent.
    pub target_parent: Option<String>,
    /// `Meta`.
    pub meta: Meta,
    /// `Data`; `None` if the element is absent.
    pub data: Option<Data>,
    /// `MoreData` (since 1.1): this is a chunk of a large object, and not the last one.
    pub more_data: bool,
}

/// The content of a `Data` or `NextNonce` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// Text, not trimmed, line ends as sent.
    Text(String),
    /// Octets that are no UTF-8 text: binary content, or a chunk of a large object that was cut
    /// between the octets of one character. Meant for WBXML; see [`encode`](crate::encode).
    Bytes(Vec<u8>),
    /// Device information, whichever way it was embedded.
    DevInf(Box<DevInf>),
    /// `Anchor`, in the item of the status of an alert.
    Anchor(Anchor),
}

impl Data {
    /// The text, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The octets of text (in UTF-8) or of binary content.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Data::Text(text) => Some(text.as_bytes()),
            Data::Bytes(bytes) => Some(bytes),
            Data::DevInf(_) | Data::Anchor(_) => None,
        }
    }
}

impl Default for Data {
    fn default() -> Self {
        Data::Text(String::new())
    }
}

impl From<&str> for Data {
    fn from(text: &str) -> Self {
        Data::Text(text.to_owned())
    }
}

impl From<String> for Data {
    fn from(text: String) -> Self {
        Data::Text(text)
    }
}

/// `Cred`: the sender's credentials.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cred {
    /// `Meta`: type (`syncml:auth-basic`, `syncml:auth-md5`) and format (`b64`).
    pub meta: Meta,
    /// `Data`, as sent.
    pub data: Data,
}

/// `Chal`: the credentials that are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chal {
    /// `Meta`: type, format and next nonce.
    pub meta: Meta,
}

/// `Meta`: the MetInf elements that may stand in it. Elements that are absent, and numbers that are
/// none, are `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meta {
    /// `FieldLevel` (1.2): the item holds only the fields that changed.
    pub field_level: bool,
    /// `Format`, such as `b64` or `chr`.
    pub format: Option<String>,
    /// `Type`: media type of the data, or authentication type.
    pub type_: Option<String>,
    /// `Mark`.
    pub mark: Option<String>,
    /// `Size`: bytes of the whole object, in the first chunk of a large object.
    pub size: Option<u64>,
    /// `Anchor`.
    pub anchor: Option<Anchor>,
    /// `Version`.
    pub version: Option<String>,
    /// `NextNonce`: text is base64 as sent; octets come raw in WBXML.
    pub next_nonce: Option<Data>,
    /// `MaxMsgSize`: bytes that the sender accepts as one message.
    pub max_msg_size: Option<u64>,
    /// `MaxObjSize` (since 1.1): bytes that the sender accepts as one object.
    pub max_obj_size: Option<u64>,
    /// `EMI`: experimental elements, in their order.
    pub emi: Vec<String>,
    /// `Mem`.
    pub mem: Option<Mem>,
}

impl Meta {
    /// Whether nothing is set, so that the `Meta` element is left out.
    pub fn is_empty(&self) -> bool {
        let Meta {
            field_level,
            format,
            type_,
            mark,
            size,
            anchor,
            version,
            next_nonce,
            max_msg_size,
            max_obj_size,
            emi,
            mem,
        } = self;
        !field_level
            && [format, type_, mark, version].into_iter().all(Option::is_none)
            && [size, max_msg_size, max_obj_size].into_iter().all(Option::is_none)
            && (anchor.is_none() && next_nonce.is_none() && emi.is_empty() && mem.is_none())
    }
}

/// `Anchor`: the sync anchors of the sender.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Anchor {
    /// `Last`: the anchor of the last sync; absent or empty on the first one.
    pub last: Option<String>,
    /// `Next`: the anchor of this sync.
    pub next: String,
}

/// `Mem`: the free memory of a datastore.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mem {
    /// `SharedMem`: other datastores use the same memory.
    pub shared: bool,
    /// `FreeMem`, in bytes.
    pub free_mem: Option<u64>,
    /// `FreeID`: how many more items fit.
    pub free_id: Option<u64>,
}
