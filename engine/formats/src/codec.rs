//! The codec of a datatype: what callers hold.
//!
//! Not its job: the work itself, which is in `parse`, `generate` and `capabilities`.

use std::sync::Arc;

use syncloom_config::DataType;
use syncloom_script::Item;

use crate::capabilities::{self, Capabilities};
use crate::generate::Generator;
use crate::note::{Note, ParseError};
use crate::parse::Parser;
use crate::peer::Peer;
use crate::plan::{Plan, View};

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
    /// in them stays.
    pub item: Item,
    /// What was left out or replaced, in the order of the text.
    pub notes: Vec<Note>,
}

impl Codec {
    /// Prepares a datatype.
    pub fn new(datatype: Arc<DataType>) -> Codec {
        let plan = Plan::new(&datatype);
        Codec { datatype, plan }
    }

    /// The datatype.
    pub fn datatype(&self) -> &Arc<DataType> {
        &self.datatype
    }

    /// Reads an item. Line ends may be CRLF, LF, CR or CRCRLF; what cannot be taken over is skipped with a
    /// note. An error means that the text is no item of this datatype at all.
    pub fn parse(&self, bytes: &[u8], peer: &Peer) -> Result<Parsed, ParseError> {
        Parser::new(self, peer).parse(bytes)
    }

    /// Appends the item to `out` as text with CRLF line ends, in UTF-8.
    pub fn generate(&self, item: &Item, peer: &Peer, out: &mut Vec<u8>) -> Vec<Note> {
        Generator::new(self, item, peer, out).generate()
    }

    /// By field index, whether a peer with this CTCap can hold the field in this datatype. Without CTCap that
    /// is every field of the profile. Mandatory properties are always available, and fields in no property,
    /// or in properties whose conversion is not available, never are.
    pub fn available_fields(&self, peer: &Peer) -> Vec<bool> {
        let mut available = vec![false; self.datatype.profile.fields.len()];
        let mut mark = |fields: &[syncloom_script::FieldId]| {
            for field in fields {
                if let Some(slot) = available.get_mut(field.index()) {
                    *slot = true;
                }
            }
        };
        if peer.available.is_none() && !self.plan.has_rules {
            mark(&self.plan.fields);
            return available;
        }
        let view = View::new(&self.datatype);
        let active = self.plan.active(&view, peer);
        for (index, plan) in self.plan.properties.iter().enumerate() {
            if active[index] && self.plan.available(index, view.properties[index], peer) {
                mark(&plan.fields);
            }
        }
        for selector in view.profiles.iter().filter_map(|profile| profile.selector.as_ref()) {
            mark(&[selector.field]);
        }
        available
    }

    /// The profile in this dialect as device information describes it.
    pub fn capabilities(&self) -> Capabilities {
        capabilities::describe(&self.datatype)
    }
}
