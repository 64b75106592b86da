//! Remote rules: what is known of certain peers (manual 11.36).
//!
//! Not its job: finding out which rules fit a peer.

use std::sync::Arc;

use super::charset::Charset;
use super::scripts::{RuleScript, Scripts};

/// A `<remoterule>`, or a `<subrule>` as a part of one.
#[derive(Debug)]
pub struct RemoteRule {
    /// Its name, for REMOTERULENAME, ISACTIVERULE, `rulematch` and `rule`; may be empty.
    pub name: String,
    /// Which peers it is for.
    pub peers: PeerPattern,
    /// `<finalrule>`: no rule behind it is looked at if it fits (manual 11.36.1).
    pub is_final: bool,
    /// `<include>`: subrules, in order; each of them may have parts of its own. They act where this one does, behind
    /// it.
    pub parts: Vec<Arc<RemoteRule>>,
    /// What it sets.
    pub settings: RuleSettings,
    /// `<rulescript>` (manual 11.36.24), for when the rule has been chosen.
    pub script: Scripts<RuleScript>,
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

/// Writes the settings of a rule once, and what is done with each of them.
macro_rules! settings {
    ($($(#[$about:meta])+ $name:ident: $type:ty,)+) => {
        /// What a rule sets; `None` leaves it as it is without the rule.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct RuleSettings {
            $($(#[$about])+ pub $name: Option<$type>,)+
        }

        impl RuleSettings {
            /// Takes over what a later rule says.
            pub fn take_over(&mut self, later: &RuleSettings) {
                // Of the two, one contradicts the other.
                if later.force_utc == Some(true) || later.force_local_time == Some(true) {
                    (self.force_utc, self.force_local_time) = (None, None);
                }
                $(if later.$name.is_some() {
                    self.$name.clone_from(&later.$name);
                })+
            }

            /// Forgets whatever a later rule has something to say of.
            pub fn give_way(&mut self, later: &RuleSettings) {
                $(if later.$name.is_some() {
                    self.$name = None;
                })+
            }
        }
    };
}

settings! {
    /// `<descriptivename>`: what the peer is called in logs (manual 11.36.3).
    descriptive_name: String,
    /// `<rejectstatus>`: peers are turned away with this status (manual 11.36.22).
    reject_status: u16,
    /// `<legacymode>` (manual 11.36.21).
    legacy_mode: bool,
    /// `<lenientmode>` (manual 11.36.21).
    lenient_mode: bool,
    /// `<limitedfieldlengths>`: fields of the peer are short, it does not say how short (manual 11.36.4).
    limited_field_lengths: bool,
    /// `<noemptyproperties>` (manual 11.36.5).
    no_empty_properties: bool,
    /// `<quote8bitcontent>`: text outside of ASCII is written in quoted-printable in the old dialect.
    quote_8bit: bool,
    /// `<nocontentfolding>` (manual 11.36.17).
    no_folding: bool,
    /// `<noreplaceinslowsync>` (manual 11.36.8).
    no_replace_in_slow_sync: bool,
    /// `<treataslocaltime>` (manual 11.36.15).
    treat_as_local_time: bool,
    /// `<treatasutc>` (manual 11.36.16).
    treat_as_utc: bool,
    /// `<forcelocaltime>` (manual 11.36.13).
    force_local_time: bool,
    /// `<forceutc>` (manual 11.36.14).
    force_utc: bool,
    /// `<autoenddateinclusive>` (manual 11.36.18).
    auto_end_date_inclusive: bool,
    /// `<ignoredevinfmaxsize>` (manual 11.36.9).
    ignore_devinf_max_size: bool,
    /// `<ignorectcap>`: what the peer says of its properties does not count.
    ignore_ctcap: bool,
    /// `<dspathindevinf>` (manual 11.36.10).
    path_in_devinf: bool,
    /// `<dscgiindevinf>` (manual 11.36.10).
    cgi_in_devinf: bool,
    /// `<updateclientinslowsync>` (manual 11.36.6).
    update_client_in_slow_sync: bool,
    /// `<updateserverinslowsync>` (manual 11.36.7).
    update_server_in_slow_sync: bool,
    /// `<allowmessageretries>` (manual 11.36.11).
    allow_message_retries: bool,
    /// `<strictexecordering>`: commands are carried out strictly in their order.
    strict_exec_ordering: bool,
    /// `<treatcopyasadd>`: a Copy is taken for an Add.
    treat_copy_as_add: bool,
    /// `<completefromclientonly>` (manual 11.36.12).
    complete_from_client_only: bool,
    /// `<requestmaxtime>`: seconds; 0 is no limit (manual 11.36.23).
    request_max_time: u32,
    /// `<outputcharset>` (manual 11.36.19).
    output_charset: Charset,
    /// `<inputcharset>` (manual 11.36.20).
    input_charset: Charset,
    /// `<overridedevinf>`: XML that counts instead of the device information that the peer sends.
    override_devinf: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_rule_says_what_an_earlier_one_has_left_open_or_said_otherwise() {
        let mut all = RuleSettings {
            legacy_mode: Some(true),
            descriptive_name: Some("one".into()),
            force_utc: Some(true),
            ..RuleSettings::default()
        };
        let later = RuleSettings {
            legacy_mode: Some(false),
            no_folding: Some(true),
            force_local_time: Some(true),
            ..RuleSettings::default()
        };
        all.take_over(&later);
        let expected =
            RuleSettings { descriptive_name: Some("one".into()), force_utc: None, ..later.clone() };
        assert_eq!(all, expected);
        all.give_way(&later);
        let expected = RuleSettings { descriptive_name: Some("one".into()), ..RuleSettings::default() };
        assert_eq!(all, expected);
    }
}
