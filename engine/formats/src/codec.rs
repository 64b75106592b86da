//! The codec of a datatype: what callers hold.
//!
//! Not its job: the work itself, which is in `parse`, `generate` and `capabilities`.

use std::sync::Arc;

use syncloom_config::{BaseType, DataType, MimeMode, MimeProfile};
use syncloom_script::{Item, Zones};

use crate::capabilities::{self, Capabilities, Style};
use crate::note::{Note, ParseError};
use crate::peer::Peer;
use crate::plan::Plan;
use crate::setting::Setting;

/// What a property with `conversion="prodid"` says (RFC 2426 section 3.6.3).
pub const PRODUCT_ID: &str = concat!("-//Syncloom//NONSGML Syncloom ", env!("CARGO_PKG_VERSION"), "//EN");

/// Items of one datatype to and from text.
#[derive(Debug)]
pub struct Codec {
    pub(crate) datatype: Arc<DataType>,
    pub(crate) plan: Plan,
}

/// What a text was read as.
#[derive(Debug)]
pub struct Parsed {
    /// The item. Fields that this datatype has and the text did not mention are `Empty`, or an array of
    /// nothing; fields that the datatype or the peer does not have are `Unassigned`, so that what is stored
    /// in them stays. So is the field that keeps what is unknown, where the text has nothing unknown.
    pub item: Item,
    /// What was left out or replaced, in the order of the text.
    pub notes: Vec<Note>,
    /// The zones of the peer with those that the text defines: what the names of the item's zones are known to.
    pub zones: Zones,
}

impl Codec {
    /// Prepares a datatype.
    pub fn new(datatype: Arc<DataType>) -> Codec {
        let plan = Plan::new(&datatype);
        Codec { datatype, plan }
    }

    /// A profile on its own in one of the dialects, as scripts use it (`PARSETEXTWITHPROFILE`).
    pub fn of_profile(profile: &Arc<MimeProfile>, mode: MimeMode) -> Codec {
        Codec::new(Arc::new(DataType {
            name: profile.name.clone(),
            base: BaseType::MimeDir,
            mime_type: String::new(),
            version: String::new(),
            mode,
            profile: Arc::clone(profile),
        }))
    }

    /// The datatype.
    pub fn datatype(&self) -> &Arc<DataType> {
        &self.datatype
    }

    /// Prepares the datatype for a peer: cheaper than [`Codec::parse`] and [`Codec::generate`] where there are
    /// many items and the peer said what it can hold.
    pub fn for_peer<'s>(&'s self, peer: &'s Peer) -> Setting<'s> {
        Setting::new(self, peer)
    }

    /// Reads an item. Line ends may be CRLF, LF, CR or CRCRLF; what cannot be taken over is skipped with a
    /// note. An error means that the text is no item of this datatype at all.
    pub fn parse(&self, bytes: &[u8], peer: &Peer) -> Result<Parsed, ParseError> {
        self.for_peer(peer).parse(bytes)
    }

    /// Appends the item to `out` as text with CRLF line ends, in UTF-8.
    pub fn generate(&self, item: &Item, peer: &Peer, out: &mut Vec<u8>) -> Vec<Note> {
        self.for_peer(peer).generate(item, out)
    }

    /// By field index, whether a peer with this CTCap can hold the field in this datatype. Without CTCap that
    /// is every field of the profile. Mandatory properties are always available, and fields in no property
    /// never are.
    pub fn available_fields(&self, peer: &Peer) -> Vec<bool> {
        self.for_peer(peer).available_fields()
    }

    /// The profile in this dialect as device information describes it.
    pub fn capabilities(&self) -> Capabilities {
        self.capabilities_in(Style::Named, None)
    }

    /// The same in a style. `variant` is the subprofile that a datastore has chosen (manual 11.34.12): others that
    /// are shown when chosen alone are left out then.
    pub fn capabilities_in(&self, style: Style, variant: Option<&str>) -> Capabilities {
        capabilities::describe(&self.datatype, style, variant)
    }
}
