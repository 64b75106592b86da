//! The codec of a MIME-DIR datatype: its profile, prepared.
//!
//! Not its job: the work itself, which is in `parse`, `generate` and `capabilities`.

use std::sync::Arc;

use syncloom_config::{DataType, MimeProfile};

use crate::peer::Peer;
use crate::plan::{Plan, View};

/// Items of one MIME-DIR datatype to and from text.
#[derive(Debug)]
pub(crate) struct MimeCodec {
    pub datatype: Arc<DataType>,
    pub profile: Arc<MimeProfile>,
    pub plan: Plan,
}

impl MimeCodec {
    /// Prepares a datatype that is written by this profile.
    pub fn new(datatype: Arc<DataType>, profile: Arc<MimeProfile>) -> MimeCodec {
        let plan = Plan::new(&profile, datatype.mode);
        MimeCodec { datatype, profile, plan }
    }

    /// By field index, whether a peer with this CTCap can hold the field in this datatype. Without CTCap that
    /// is every field of the profile. Mandatory properties are always available, and fields in no property,
    /// or in properties whose conversion is not available, never are.
    pub fn available_fields(&self, peer: &Peer) -> Vec<bool> {
        let mut available = vec![false; self.profile.fields.len()];
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
        let view = View::new(&self.profile, self.datatype.mode);
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
}
