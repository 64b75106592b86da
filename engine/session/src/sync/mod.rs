//! The sync of one datastore, from its Alert to the saved anchors.

mod conflict;
mod maps;
mod matcher;
mod open;
mod peer;
mod pieces;
mod receive;
mod send;

use std::collections::{HashMap, HashSet, VecDeque};
use std::mem::Discriminant;
use std::sync::Arc;

use syncloom_config::Datastore;
use syncloom_formats::NoteKind;
use syncloom_script::Comparer;
use syncloom_stores::{Backend, ErrorKind, Scope, StoreError, Target};

use crate::report::DatastoreReport;
use crate::server::Server;
use maps::Maps;
use matcher::Matcher;
pub(crate) use open::AlertError;
pub(crate) use peer::RemoteStore;
use peer::Types;
pub(crate) use receive::Op;
pub(crate) use send::{Abilities, Filled};

/// One datastore in one session.
pub(crate) struct DatastoreSync {
    server: Arc<Server>,
    datastore: Arc<Datastore>,
    /// What the peer calls our datastore, and we repeat to it.
    pub(crate) local_uri: String,
    /// What the peer calls its own.
    pub(crate) remote_uri: String,
    scope: Scope,
    target: Target,
    slow: bool,
    first_time: bool,
    /// The peer's anchor of this sync.
    next_anchor: String,
    /// What is saved as `last_sync` if all goes well.
    reference: i64,
    /// The largest item that the peer takes.
    max_obj_size: Option<u64>,
    /// The peer has sent a Sync.
    heard: bool,
    loaded: Option<Loaded>,
    outgoing: Option<Outgoing>,
    sent: HashMap<(u32, u32), Sent>,
    /// An item that comes in pieces.
    incoming: Option<pieces::Pieces>,
    /// Items of which the peer has not sent all pieces, and has not been told yet.
    broken_off: Vec<String>,
    /// Something that was sent was not taken, and has to be sent again next time.
    resend: bool,
    /// Both sides have everything.
    complete: bool,
    /// Somebody else has written an item in the very millisecond that is this session's stamp.
    shared_stamp: bool,
    /// What has been logged of the profile's gaps, by property and kind.
    said: HashSet<(String, Discriminant<NoteKind>)>,
    /// What is told about it.
    pub(crate) report: DatastoreReport,
}

/// What is known of both sides once the sync has begun.
struct Loaded {
    types: Types,
    comparer: Comparer,
    maps: Maps,
    /// Our items that have changed since the last sync, and what is to be done about it.
    changes: HashMap<String, Change>,
    /// In which order they are sent.
    order: Vec<String>,
    /// All our items, by id.
    present: HashSet<String>,
    /// In a slow sync: our items that have no counterpart yet.
    matcher: Option<Matcher>,
}

/// What has happened to an item of ours since the last sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Added,
    Modified,
    Deleted,
}

/// What goes to the peer.
struct Outgoing {
    queue: VecDeque<(String, Change)>,
    /// How many changes there are in all.
    total: u64,
    /// An item that goes in pieces: what is left of it.
    pieces: Option<send::Piece>,
    /// The peer has been told of the sync, even if there was nothing to tell.
    announced: bool,
}

/// A command that waits for its status.
#[derive(Clone, Debug)]
struct Sent {
    local_id: String,
    change: Change,
    /// A piece that is not the last one.
    more: bool,
}

impl DatastoreSync {
    /// The name of the datastore.
    pub(crate) fn name(&self) -> &str {
        &self.datastore.name
    }

    /// Takes note of a Sync of the peer's, even if there is nothing in it.
    pub(crate) fn hear(&mut self) {
        self.heard = true;
    }

    /// Whether the peer has sent a Sync. A Map alone, which may come in the first package, is none.
    pub(crate) fn is_heard(&self) -> bool {
        self.heard
    }

    /// The status that ended the datastore's sync early, if one has.
    pub(crate) fn failed(&self) -> Option<u16> {
        self.report.failed
    }

    /// Gives the datastore's sync up: nothing more is done with it, and its anchors are not saved.
    pub(crate) fn fail(&mut self, status: u16) {
        self.report.failed.get_or_insert(status);
        self.outgoing = None;
        self.incoming = None;
    }

    /// Whether the peer's address of a datastore means this one.
    pub(crate) fn is_at(&self, uri: &str) -> bool {
        open::same_address(uri, &self.local_uri)
    }

    /// Saves what vouches for this sync: the map as it is now, and then the anchors.
    pub(crate) fn finish(&mut self, backend: &mut dyn Backend) -> Result<(), StoreError> {
        if self.failed().is_some() {
            return Ok(());
        }
        let open = !self.sent.is_empty() || self.outgoing.as_ref().is_some_and(|out| !out.is_through());
        let mut target = self.target.clone();
        target.anchor.clone_from(&self.next_anchor);
        self.complete = !(self.resend || open);
        if self.complete {
            target.last_sync = Some(self.reference);
        }
        let slow = self.slow;
        let mut store = backend.store(&self.datastore, &self.scope)?;
        if let Some(loaded) = self.loaded.as_mut().filter(|_| slow) {
            loaded.maps.forget_the_rest(store.as_mut(), &target)?;
        }
        store.save_target(&target)
    }

    /// Called when what a message has changed is durable: what the device has sent itself is no change to tell
    /// it of, even if the session goes no further. Where versions were merged, that is so only when the device
    /// has said that it got the result.
    pub(crate) fn remember_known(&self) {
        // Where the database keeps whole seconds, a stamp may be another session's as well.
        let coarse = open::resolution(self.datastore.last_mod_type()) > 1;
        if self.failed().is_some() || self.loaded.is_none() || coarse {
            return;
        }
        let certain = !self.shared_stamp && (self.complete || (!self.slow && self.report.conflicts == 0));
        let last_sync = if self.complete { Some(self.reference) } else { self.target.last_sync };
        let (name, own) = (&self.datastore.name, self.scope.stamp);
        self.server.remember_known(name, &self.target.key, own, last_sync.unwrap_or(i64::MIN), certain);
    }

    /// Ends the sync of this datastore after a failure of its store, and says with which status.
    fn store_failed(&mut self, error: &StoreError, notes: &mut Vec<String>) -> u16 {
        notes.push(format!("datastore {}: {error}", self.name()));
        if error.kind == ErrorKind::Unavailable {
            self.fail(error.status());
        }
        error.status()
    }
}
