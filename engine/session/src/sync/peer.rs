//! The other side as the formats see it. What shapes the items that go to a peer and come from it is brought together here
//! and nowhere else: the server's settings, the remote rules that fit the peer, its device information, and how its
//! messages are written.
//!
//! Not its job: which types are used (`types`), and which rules fit.

use syncloom_config::{DataType, RuleSettings};
use syncloom_formats::{Peer, PropertyCap, TimesMean};
use syncloom_script::{Timestamp, Zones};
use syncloom_wire::{ContentType, CtCap, CtProperty, DevInf, DevInfStore, Encoding, Version};

use crate::rules::any_is_like;
use crate::server::Server;

/// What is known of the other side in a session.
pub(crate) struct Remote<'a> {
    /// Its device information, if it has told.
    pub(crate) devinf: Option<&'a DevInf>,
    /// The version of SyncML that it speaks.
    pub(crate) version: Version,
    /// How its messages are written, and ours.
    pub(crate) encoding: Encoding,
    /// The names of the remote rules that fit it.
    pub(crate) rule_names: &'a [String],
    /// What those rules say, all together.
    pub(crate) rules: &'a RuleSettings,
}

/// A datastore of the peer's, as its device information describes it.
#[derive(Clone, Debug, Default)]
pub(super) struct RemoteStore {
    /// Types that it takes, the preferred one first.
    pub(super) receives: Vec<ContentType>,
    /// Types that it sends, the preferred one first.
    pub(super) sends: Vec<ContentType>,
    /// The longest id of ours in bytes that it keeps.
    pub(super) max_guid_size: Option<u64>,
    /// The kinds of sync that it offers.
    pub(super) sync_modes: Vec<String>,
    /// What it can hold of each type; none where it does not say.
    capabilities: Vec<CtCap>,
}

impl Remote<'_> {
    /// The peer's datastore of this address. `None` where its device information does not know it.
    pub(super) fn store(&self, uri: &str) -> Option<RemoteStore> {
        let devinf = self.devinf?;
        let is_it = |store: &&DevInfStore| super::open::same_address(&store.source_ref, uri);
        let store = devinf.datastores.iter().find(is_it)?;
        let list = |preferred: &Option<ContentType>, others: &[ContentType]| {
            preferred.iter().chain(others).cloned().collect()
        };
        // Up to SyncML 1.1 the device has one list of capabilities for all its datastores.
        let capabilities = if store.ctcaps.is_empty() { &devinf.ctcaps } else { &store.ctcaps };
        Some(RemoteStore {
            receives: list(&store.rx_pref, &store.rx),
            sends: list(&store.tx_pref, &store.tx),
            max_guid_size: store.max_guid_size,
            sync_modes: store.sync_types.clone(),
            capabilities: capabilities.clone(),
        })
    }

    /// The peer for the items of a datatype. A rule counts for more than what the peer says, and that for more than the
    /// server's settings.
    pub(super) fn peer(
        &self,
        server: &Server,
        store: Option<&RemoteStore>,
        datatype: &DataType,
        (now, zones): (Timestamp, Zones),
    ) -> Peer {
        let rules = self.rules;
        let says = |rule: Option<bool>| rule.unwrap_or(false);
        let settings = server.settings();
        let mut peer = Peer {
            empty_properties: !says(rules.no_empty_properties),
            rules: self.rule_names.to_vec(),
            fold: !rules.no_folding.unwrap_or_else(|| settings.is_some_and(|server| server.no_folding)),
            quote_8bit: says(rules.quote_8bit),
            end_date_inclusive: rules
                .auto_end_date_inclusive
                .unwrap_or_else(|| settings.is_some_and(|server| server.auto_end_date_inclusive)),
            bytes: self.encoding == Encoding::Wbxml && self.version > Version::V1_0,
            input_charset: rules.input_charset,
            output_charset: rules.output_charset,
            utc: self.knows_utc(),
            times: match (says(rules.treat_as_local_time), says(rules.treat_as_utc)) {
                (true, _) => TimesMean::Local,
                (false, true) => TimesMean::Utc,
                (false, false) => TimesMean::AsTheySay,
            },
            zones,
            now: Some(now),
            ..Peer::default()
        };
        // Up to SyncML 1.1 a device may say several times what it can hold of a type: for events, and for tasks.
        if let Some(store) = store.filter(|_| !says(rules.ignore_ctcap)) {
            let caps = store.capabilities.iter().filter(|cap| is_of(cap, datatype));
            let properties: Vec<PropertyCap> = caps.flat_map(|cap| &cap.properties).map(property).collect();
            peer.learn(&properties, says(rules.ignore_devinf_max_size));
        }
        peer
    }

    /// Whether the peer is sent times in UTC. Devices of SyncML 1.0 cannot say so and are; of any other one that says
    /// nothing of itself, nothing is expected (manual 11.36.13, 11.36.14).
    fn knows_utc(&self) -> bool {
        let by_itself = self.version == Version::V1_0 || self.devinf.is_some_and(|devinf| devinf.utc);
        let [local, utc] = [self.rules.force_local_time, self.rules.force_utc].map(|rule| rule == Some(true));
        utc || by_itself && !local
    }

    /// Whether one of the rules that fit the peer has one of these names, with `*` and `?` for any characters and any one.
    pub(super) fn fits_rule(&self, patterns: &[String]) -> bool {
        any_is_like(self.rule_names, patterns)
    }

    /// Whether the peer cuts long values without saying where (manual 11.36.4).
    pub(super) fn cuts_anywhere(&self) -> bool {
        self.rules.limited_field_lengths == Some(true)
    }
}

/// Whether capabilities are about a datatype. Those of SyncML 1.0 and 1.1 do not say which version they are about.
fn is_of(cap: &CtCap, datatype: &DataType) -> bool {
    cap.type_.eq_ignore_ascii_case(&datatype.mime_type)
        && cap.version.as_deref().is_none_or(|version| version == datatype.version)
}

fn property(property: &CtProperty) -> PropertyCap {
    PropertyCap {
        name: property.name.clone(),
        max_occur: property.max_occur.map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
        max_size: property.max_size,
        no_truncate: property.no_truncate,
        ..PropertyCap::default()
    }
}
