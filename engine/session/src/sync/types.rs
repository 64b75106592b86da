//! The types that a datastore and its peer exchange: which ones they are, and what each is used with.
//!
//! Not its job: what the peer is (`peer`).

use std::sync::Arc;

use syncloom_config::{DataType, Datastore, TypeUse};
use syncloom_formats::{Codec, Peer};
use syncloom_script::{Comparer, FieldId, Timestamp, Zones};
use syncloom_wire::ContentType;

use super::peer::{Remote, RemoteStore};
use crate::server::Server;

/// The types of a datastore's sync.
pub(super) struct Types {
    /// What is sent, and what the peer can hold of it.
    pub(super) send: (Arc<Codec>, Peer),
    /// What is taken.
    pub(super) receive: Vec<(Arc<Codec>, Peer)>,
    /// The one that is meant where the peer does not say.
    preferred_receive: usize,
}

impl Types {
    /// The types that both sides know (manual 11.34.12). `None` where there is none to send or none to take.
    pub(super) fn agree(
        server: &Server,
        datastore: &Datastore,
        remote: &Remote<'_>,
        store: Option<&RemoteStore>,
        (now, zones): (Timestamp, Zones),
    ) -> Option<Self> {
        let with_peer = |codec: Arc<Codec>| {
            let peer = remote.peer(server, store, codec.datatype(), (now, zones.clone()));
            (codec, peer)
        };
        let ours = |wanted: fn(&TypeUse) -> bool| {
            datastore.types.iter().filter(move |used| wanted(used)).collect::<Vec<_>>()
        };
        let sending = ours(|used| used.send);
        let receiving = ours(|used| used.receive);
        let preferred = |uses: &[&TypeUse]| {
            let legacy = || uses.iter().position(|used| used.legacy).filter(|_| store.is_none());
            legacy().or_else(|| uses.iter().position(|used| used.preferred)).unwrap_or(0)
        };
        let send = match store.map(|store| store.receives.as_slice()) {
            None | Some([]) => sending.get(preferred(&sending)),
            Some(known) => known
                .first()
                .and_then(|best| sending.iter().find(|used| is_type(used, best)))
                .or_else(|| {
                    sending.get(preferred(&sending)).filter(|used| known.iter().any(|t| is_type(used, t)))
                })
                .or_else(|| sending.iter().rev().find(|used| known.iter().any(|t| is_type(used, t)))),
        };
        let send = server.codec(&send?.datatype)?;
        let best = store.and_then(|store| store.sends.first());
        let preferred_receive = best
            .and_then(|best| receiving.iter().position(|used| is_type(used, best)))
            .unwrap_or_else(|| preferred(&receiving));
        let receive: Vec<_> =
            receiving.iter().filter_map(|used| server.codec(&used.datatype)).map(with_peer).collect();
        (!receive.is_empty()).then(|| Types { send: with_peer(send), receive, preferred_receive })
    }

    /// The type of an item that says it is of this MIME type; the preferred one if it says nothing.
    pub(super) fn receiving(&self, mime_type: Option<&str>) -> Option<&(Arc<Codec>, Peer)> {
        let Some(name) = mime_type.map(|name| name.split(';').next().unwrap_or_default().trim()) else {
            return self.receive.get(self.preferred_receive);
        };
        self.receive.iter().find(|(codec, _)| codec.datatype().mime_type.eq_ignore_ascii_case(name))
    }

    /// Takes over the zones that an item of the peer's has defined, so that later items can name them.
    pub(super) fn learn_zones(&mut self, zones: &Zones) {
        for (_, peer) in std::iter::once(&mut self.send).chain(&mut self.receive) {
            peer.zones = zones.clone();
        }
    }

    /// The datatypes that are in use, each once.
    pub(super) fn all(&self) -> Vec<&Arc<DataType>> {
        let mut all: Vec<&Arc<DataType>> = Vec::new();
        for (codec, _) in std::iter::once(&self.send).chain(&self.receive) {
            if !all.iter().any(|known| known.name == codec.datatype().name) {
                all.push(codec.datatype());
            }
        }
        all
    }

    /// The datatype whose scripts are meant where no item says which: the one that is taken, or else, if that has no
    /// scripts, the one that is sent.
    pub(super) fn context(&self) -> &Arc<DataType> {
        let send = self.send.0.datatype();
        let receive = self.receive.get(self.preferred_receive).map_or(send, |(codec, _)| codec.datatype());
        if receive.scripts.is_empty() { send } else { receive }
    }

    /// A comparer for the fields that our database and the peer both keep.
    pub(super) fn comparer(&self, datastore: &Datastore) -> Comparer {
        let list = datastore.fields();
        let mut comparer = Comparer::new(Arc::clone(list));
        let (codec, peer) = &self.send;
        let sent = codec.available_fields(peer);
        for position in 0..list.len() {
            let Ok(id) = u16::try_from(position).map(FieldId) else { break };
            let kept = datastore.reads(id);
            comparer.set_available(id, kept && sent.get(position).copied().unwrap_or(false));
        }
        comparer
    }
}

fn is_type(used: &TypeUse, content: &ContentType) -> bool {
    used.datatype.mime_type.eq_ignore_ascii_case(&content.type_)
        && (content.version.is_empty() || used.datatype.version == content.version)
}
