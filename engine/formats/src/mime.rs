//! The codec of a MIME-DIR datatype: its profile, prepared.
//!
//! Not its job: the work itself, which is in `parse`, `generate` and `capabilities`.

use std::sync::Arc;

use syncloom_config::{DataType, MimeProfile};

use crate::plan::Plan;

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
}
