//! What is known of the other side and shapes its text: the properties that it has, their sizes, its zones, and
//! the settings of the remote rules that fit it (manual 11.36).
//!
//! Not its job: reading device information. The session hands in what that says.

use std::collections::{HashMap, HashSet};

use syncloom_config::Charset;
use syncloom_script::{Timestamp, Zones};

use crate::capabilities::PropertyCap;

/// The other side. The default is a peer that can do everything, in a session that stands in UTC.
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
    /// The character set that its items are in where a line names none: `<inputcharset>` (manual 11.36.20).
    pub input_charset: Option<Charset>,
    /// The one that items for it are in: `<outputcharset>` (manual 11.36.19).
    pub output_charset: Option<Charset>,
    /// Whether it understands times in UTC: device information, `<forceutc>` and `<forcelocaltime>`
    /// (manual 11.36.13, 11.36.14). Others get the user's local time.
    pub utc: bool,
    /// What its times mean, whatever they say.
    pub times: TimesMean,
    /// The zones that the session knows, the user's and the machine's among them (manual 5.2).
    pub zones: Zones,
    /// The present, of which `<vtimezonegenmode>` `current` shows the rules; the item's times where it is not
    /// known.
    pub now: Option<Timestamp>,
}

/// What received times mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimesMean {
    /// What they say.
    #[default]
    AsTheySay,
    /// Local time, even with a `Z`: `<treataslocaltime>` (manual 11.36.15).
    Local,
    /// UTC, even without a `Z`: `<treatasutc>` (manual 11.36.16).
    Utc,
}

/// How much of a property a peer can hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limit {
    /// The longest value in bytes of UTF-8.
    pub max_size: Option<usize>,
    /// How many times the property may come.
    pub max_occur: Option<usize>,
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
            input_charset: None,
            output_charset: None,
            utc: true,
            times: TimesMean::AsTheySay,
            zones: Zones::default(),
            now: None,
        }
    }
}

impl Peer {
    /// Takes over what the peer's CTCap says of a datatype. One without properties says nothing.
    ///
    /// `ignore_sizes` is `<ignoredevinfmaxsize>` (manual 11.36.9).
    pub fn learn(&mut self, properties: &[PropertyCap], ignore_sizes: bool) {
        if properties.is_empty() {
            return;
        }
        self.available = Some(properties.iter().map(|cap| cap.name.to_ascii_uppercase()).collect());
        for cap in properties {
            let size = cap.max_size.filter(|size| *size > 0 && !ignore_sizes);
            let limit = Limit {
                max_size: size.map(|size| usize::try_from(size).unwrap_or(usize::MAX)),
                max_occur: cap
                    .max_occur
                    .and_then(|count| usize::try_from(count).ok())
                    .filter(|count| *count > 0),
                no_truncate: cap.no_truncate,
            };
            if limit.max_size.is_some() || limit.max_occur.is_some() {
                self.limits.insert(cap.name.to_ascii_uppercase(), limit);
            }
        }
    }

    /// Whether the remote rule of this name is active.
    pub(crate) fn has_rule(&self, name: &str) -> bool {
        self.rules.iter().any(|rule| rule.eq_ignore_ascii_case(name))
    }
}
