//! Remote rules: what is known of certain peers (manual 11.36).
//!
//! Not its job: finding out which rules fit a peer.

use std::sync::Arc;

use super::charset::Charset;
use super::scripts::SessionScript;

/// A `<remoterule>`, or a `<subrule>` as a part of one.
#[derive(Debug)]
pub struct RemoteRule {
    /// Its name, for REMOTERULENAME, ISACTIVERULE, `rulematch` and `rule`; may be empty.
    pub name: String,
    /// Which peers it is for.
    pub peers: PeerPattern,
    /// `<finalrule>`: no rule behind it is looked at if it fits (manual 11.36.1).
    pub is_final: bool,
    /// `<include>`: subrules, in order; each of them may have parts of its own. They act where this one does, before
    /// it.
    pub parts: Vec<Arc<RemoteRule>>,
    /// What it sets.
    pub settings: RuleSettings,
    /// `<rulescript>` (manual 11.36.24), to be run among the scripts of the session.
    pub script: Option<SessionScript>,
}

/// Which peers a rule is for: those that fit all that is given (manual 11.36.2). Nothing given fits every peer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct PeerPattern {
    /// `<manufacturer>`, with `*` and `?` for any characters and any one.
    pub manufacturer: Option<String>,
    /// `<model>`, with `*` and `?`.
    pub model: Option<String>,
    /// `<oem>`, with `*` and `?`.
    pub oem: Option<String>,
    /// `<firmware>`
    pub firmware: Option<String>,
    /// `<software>`
    pub software: Option<String>,
    /// `<hardware>`
    pub hardware: Option<String>,
    /// `<deviceid>`
    pub device_id: Option<String>,
    /// `<devicetype>`
    pub device_type: Option<String>,
}

/// What a rule sets; `None` leaves it as it is without the rule.
#[derive(Debug, Default)]
pub struct RuleSettings {
    /// `<descriptivename>`: what the peer is called in logs (manual 11.36.3).
    pub descriptive_name: Option<String>,
    /// `<rejectstatus>`: peers are turned away with this status (manual 11.36.22).
    pub reject_status: Option<u16>,
    /// `<legacymode>` (manual 11.36.21).
    pub legacy_mode: Option<bool>,
    /// `<lenientmode>` (manual 11.36.21).
    pub lenient_mode: Option<bool>,
    /// `<limitedfieldlengths>`: fields of the peer are short, it does not say how short (manual 11.36.4).
    pub limited_field_lengths: Option<bool>,
    /// `<noemptyproperties>` (manual 11.36.5).
    pub no_empty_properties: Option<bool>,
    /// `<quote8bitcontent>`: text outside of ASCII is written in quoted-printable in the old dialect.
    pub quote_8bit: Option<bool>,
    /// `<nocontentfolding>` (manual 11.36.17).
    pub no_folding: Option<bool>,
    /// `<noreplaceinslowsync>` (manual 11.36.8).
    pub no_replace_in_slow_sync: Option<bool>,
    /// `<treataslocaltime>` (manual 11.36.15).
    pub treat_as_local_time: Option<bool>,
    /// `<treatasutc>` (manual 11.36.16).
    pub treat_as_utc: Option<bool>,
    /// `<forcelocaltime>` (manual 11.36.13).
    pub force_local_time: Option<bool>,
    /// `<forceutc>` (manual 11.36.14).
    pub force_utc: Option<bool>,
    /// `<autoenddateinclusive>` (manual 11.36.18).
    pub auto_end_date_inclusive: Option<bool>,
    /// `<ignoredevinfmaxsize>` (manual 11.36.9).
    pub ignore_devinf_max_size: Option<bool>,
    /// `<ignorectcap>`: what the peer says of its properties does not count.
    pub ignore_ctcap: Option<bool>,
    /// `<dspathindevinf>` (manual 11.36.10).
    pub path_in_devinf: Option<bool>,
    /// `<dscgiindevinf>` (manual 11.36.10).
    pub cgi_in_devinf: Option<bool>,
    /// `<updateclientinslowsync>` (manual 11.36.6).
    pub update_client_in_slow_sync: Option<bool>,
    /// `<updateserverinslowsync>` (manual 11.36.7).
    pub update_server_in_slow_sync: Option<bool>,
    /// `<allowmessageretries>` (manual 11.36.11).
    pub allow_message_retries: Option<bool>,
    /// `<strictexecordering>`: commands are carried out strictly in their order.
    pub strict_exec_ordering: Option<bool>,
    /// `<treatcopyasadd>`: a Copy is taken for an Add.
    pub treat_copy_as_add: Option<bool>,
    /// `<completefromclientonly>` (manual 11.36.12).
    pub complete_from_client_only: Option<bool>,
    /// `<requestmaxtime>`: seconds; 0 is no limit (manual 11.36.23).
    pub request_max_time: Option<u32>,
    /// `<outputcharset>` (manual 11.36.19).
    pub output_charset: Option<Charset>,
    /// `<inputcharset>` (manual 11.36.20).
    pub input_charset: Option<Charset>,
    /// `<overridedevinf>`: XML that counts instead of the device information that the peer sends.
    pub override_devinf: Option<String>,
}
