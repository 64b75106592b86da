//! The types that a datastore and its peer exchange: which ones they are, and what each is used with.
//!
//! Not its job: what the peer is (`peer`).

use std::sync::Arc;

use syncloom_config::{Datastore, TypeUse};
use syncloom_formats::{Codec, Peer, Pipeline};
use syncloom_script::{Comparer, FieldType, Timestamp, Zones};
use syncloom_wire::ContentType;

use super::limits::PeerLimits;
use super::peer::{Remote, RemoteStore};
use super::short_ids::ShortIds;
use crate::server::Server;

/// A datatype in use with a peer.
pub(super) struct Used {
    pub(super) codec: Arc<Codec>,
    /// The peer, as far as items of this datatype are concerned.
    pub(super) peer: Peer,
    /// Its scripts. What they keep in variables they keep for this sync.
    pub(super) scripts: Pipeline,
}

impl Used {
    fn new(
        server: &Server,
        remote: &Remote<'_>,
        store: Option<&RemoteStore>,
        codec: Arc<Codec>,
        now: (Timestamp, Zones),
    ) -> Self {
        let datatype = Arc::clone(codec.datatype());
        let peer = remote.peer(server, store, &datatype, now);
        let available = peer.available.is_some().then(|| codec.available_fields(&peer));
        let scripts = Pipeline::new(datatype, Arc::clone(server.profiles()), available);
        Used { codec, peer, scripts }
    }

    fn name(&self) -> &str {
        &self.codec.datatype().name
    }
}

/// The types of a datastore's sync.
pub(super) struct Types {
    /// Each of them once; the others are places in here.
    used: Vec<Used>,
    /// What is sent.
    send: usize,
    /// What is taken.
    receive: Vec<usize>,
    /// The one that is meant where the peer does not say.
    preferred_receive: usize,
    /// What ids of ours the peer is sent.
    pub(super) short_ids: ShortIds,
    /// The sync modes that the peer's datastore lists.
    pub(super) sync_modes: Arc<[String]>,
    cuts_anywhere: bool,
}

impl Types {
    /// The types that both sides know (manual 11.34.12). `None` where there is none to send or none to take.
    pub(super) fn agree(
        server: &Server,
        datastore: &Datastore,
        remote: &Remote<'_>,
        store: Option<&RemoteStore>,
        now: &(Timestamp, Zones),
    ) -> Option<Self> {
        // What is made for a rule is for those alone whom it fits, and then comes first.
        let ours = |wanted: fn(&TypeUse) -> bool| {
            let all = || datastore.types.iter().filter(move |used| wanted(used));
            let fitting = all().filter(|used| remote.fits_rule(&used.rule_match));
            fitting.chain(all().filter(|used| used.rule_match.is_empty())).collect::<Vec<&TypeUse>>()
        };
        let (sending, receiving) = (ours(|used| used.send), ours(|used| used.receive));
        let by_rule = |uses: &[&TypeUse]| uses.first().is_some_and(|used| !used.rule_match.is_empty());
        let is_old = remote.rules.legacy_mode.unwrap_or(store.is_none());
        let preferred = |uses: &[&TypeUse]| {
            let legacy = || uses.iter().position(|used| used.legacy).filter(|_| is_old);
            let best = || legacy().or_else(|| uses.iter().position(|used| used.preferred)).unwrap_or(0);
            if by_rule(uses) { 0 } else { best() }
        };
        let send = match store.map(|store| store.receives.as_slice()) {
            None | Some([]) => sending.get(preferred(&sending)),
            _ if by_rule(&sending) => sending.first(),
            Some(known) => sending
                .iter()
                .find(|used| is_old && used.legacy && known.iter().any(|t| is_type(used, t)))
                .or_else(|| known.first().and_then(|best| sending.iter().find(|used| is_type(used, best))))
                .or_else(|| {
                    sending.get(preferred(&sending)).filter(|used| known.iter().any(|t| is_type(used, t)))
                })
                .or_else(|| sending.iter().rev().find(|used| known.iter().any(|t| is_type(used, t)))),
        };
        let send = server.codec(&send?.datatype)?;
        let best = store.and_then(|store| store.sends.first());
        let preferred_receive = best
            .filter(|_| !by_rule(&receiving))
            .and_then(|best| receiving.iter().position(|used| is_type(used, best)))
            .unwrap_or_else(|| preferred(&receiving));
        let mut used: Vec<Used> = Vec::new();
        let mut place_of = |codec: Arc<Codec>| {
            let known = used.iter().position(|known| known.name() == codec.datatype().name);
            known.unwrap_or_else(|| {
                used.push(Used::new(server, remote, store, codec, now.clone()));
                used.len() - 1
            })
        };
        let send = place_of(send);
        let receive: Vec<usize> =
            receiving.iter().filter_map(|used| server.codec(&used.datatype)).map(place_of).collect();
        let preferred_receive = *receive.get(preferred_receive)?;
        let sync_modes = store.map(|store| store.sync_modes.as_slice().into()).unwrap_or_default();
        let own_limit = server.settings().map_or(0, |settings| settings.max_guid_size_sent);
        let short_ids = ShortIds::new(own_limit, store.and_then(|store| store.max_guid_size));
        let cuts_anywhere = remote.cuts_anywhere();
        Some(Types { used, send, receive, preferred_receive, short_ids, sync_modes, cuts_anywhere })
    }

    /// The place of the type that an item says it is of; of the preferred one if it says nothing.
    pub(super) fn receiving(&self, mime_type: Option<&str>) -> Option<usize> {
        let Some(name) = mime_type.map(|name| name.split(';').next().unwrap_or_default().trim()) else {
            return Some(self.preferred_receive);
        };
        let is_it = |place: &usize| self.used[*place].codec.datatype().mime_type.eq_ignore_ascii_case(name);
        self.receive.iter().copied().find(is_it)
    }

    /// The type in a place.
    pub(super) fn at(&mut self, place: usize) -> &mut Used {
        &mut self.used[place]
    }

    /// What is sent.
    pub(super) fn sending(&mut self) -> &mut Used {
        &mut self.used[self.send]
    }

    /// The MIME type of what is sent.
    pub(super) fn sent_type(&self) -> &str {
        &self.used[self.send].codec.datatype().mime_type
    }

    /// The place of the type whose scripts are meant where no item says which: the one that is taken, or else, if that
    /// has no scripts, the one that is sent.
    pub(super) fn context(&self) -> usize {
        let has_scripts = |place: usize| !self.used[place].codec.datatype().scripts.is_empty();
        if has_scripts(self.preferred_receive) { self.preferred_receive } else { self.send }
    }

    /// All of them.
    pub(super) fn all(&mut self) -> impl Iterator<Item = &mut Used> {
        self.used.iter_mut()
    }

    /// Takes over the zones that an item of the peer's has defined, so that later items can name them.
    pub(super) fn learn_zones(&mut self, zones: &Zones) {
        for used in &mut self.used {
            used.peer.zones = zones.clone();
        }
    }

    /// What the peer keeps of items of ours. `limited`: mails go to it with a size limit.
    pub(super) fn limits(&self, limited: bool) -> PeerLimits {
        let Used { codec, peer, scripts } = &self.used[self.send];
        let cut_mails = limited || scripts.limits_size();
        PeerLimits { codec: Arc::clone(codec), peer: peer.clone(), cut_mails }
    }

    /// A comparer for the fields that our database and the peer both keep, as long as the peer keeps them.
    pub(super) fn comparer(&self, datastore: &Datastore, limits: &PeerLimits) -> Comparer {
        let list = datastore.fields();
        let mut comparer = Comparer::new(Arc::clone(list));
        let Used { codec, peer, scripts } = &self.used[self.send];
        let prepared = codec.for_peer(peer);
        let mut sent = prepared.available_fields();
        scripts.apply_to(&mut sent);
        let sizes = prepared.field_sizes();
        for (position, (id, field)) in list.iter().enumerate() {
            let kept = datastore.reads(id);
            comparer.set_available(id, kept && sent.get(position).copied().unwrap_or(false));
            let size = sizes.get(position).copied().flatten();
            // One that may be cut anywhere is the same as long as it begins the same.
            let may_be_cut = self.cuts_anywhere || limits.cut_mails && codec.body_field() == Some(id);
            let unknown = (may_be_cut && is_text(field.kind)).then_some(0);
            comparer.set_max_size(id, size.or(unknown));
        }
        comparer
    }
}

fn is_text(kind: FieldType) -> bool {
    matches!(kind, FieldType::String | FieldType::Multiline | FieldType::Telephone | FieldType::Url)
}

fn is_type(used: &TypeUse, content: &ContentType) -> bool {
    used.datatype.mime_type.eq_ignore_ascii_case(&content.type_)
        && (content.version.is_empty() || used.datatype.version == content.version)
}
