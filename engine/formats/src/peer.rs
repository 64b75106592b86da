//! What is known of the other side and shapes its text: the properties that it has, their sizes, and the
//! settings of the remote rules that fit it (manual 11.36).
//!
//! Not its job: reading device information. The session fills this in.

use std::collections::{HashMap, HashSet};

/// The other side. The default is a peer that can do everything.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The properties that its CTCap lists, names in upper case; `None` when it sent no CTCap.
    pub available: Option<HashSet<String>>,
    /// Size limits of its CTCap, by property name in upper case.
    pub limits: HashMap<String, Limit>,
    /// Whether properties without a value may be sent; `false` is `<noemptyproperties>` (manual 11.36.5).
    pub empty_properties: bool,
    /// The names of the remote rules that are active for it, for properties limited to a rule.
    pub rules: Vec<String>,
    /// Whether long lines are folded; `false` is `<donotfoldcontent>`.
    pub fold: bool,
    /// Whether text beyond ASCII is sent as quoted-printable in the old dialect: `<quote8bitcontent>`.
    pub quote_8bit: bool,
    /// Whether the end of a period of whole days is its last second: `<autoenddateinclusive>`
    /// (manual 11.36.18).
    pub end_date_inclusive: bool,
    /// Whether messages to and from it carry bytes, as those in WBXML do from SyncML 1.1 on (manual 10.5.4).
    pub bytes: bool,
}

/// How much of a property a peer can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The longest value in bytes of UTF-8.
    pub max_size: usize,
    /// Whether a longer value is to be left out instead of being cut (`NoTruncate` of DevInf 1.2).
    pub no_truncate: bool,
}

impl Default for Peer {
    fn default() -> Self {
        Peer {
            available: None,
            limits: HashMap::new(),
            empty_properties: true,
            rules: Vec::new(),
            fold: true,
            quote_8bit: false,
            end_date_inclusive: false,
            bytes: false,
        }
    }
}

impl Peer {
    /// Whether the remote rule of this name is active.
    pub(crate) fn has_rule(&self, name: &str) -> bool {
        self.rules.iter().any(|rule| rule.eq_ignore_ascii_case(name))
    }
}
