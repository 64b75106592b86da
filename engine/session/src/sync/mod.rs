//! The sync of one datastore, from its Alert to the saved anchors.

mod apply;
mod asked;
mod confirm;
mod conflict;
mod echo;
mod home;
mod incoming;
mod judge;
mod limits;
mod load;
mod maps;
mod matcher;
mod mode;
mod open;
mod own_scripts;
mod peer;
mod pieces;
mod progress;
mod receive;
mod send;
mod short_ids;
mod statuses;
mod types;
mod view;

use std::collections::{HashMap, HashSet, VecDeque};
use std::mem::Discriminant;
use std::sync::Arc;

use syncloom_config::Datastore;
use syncloom_formats::NoteKind;
use syncloom_script::Comparer;
use syncloom_stores::{Partial, Scope, Target};
use syncloom_wire::DevInf;

use crate::report::DatastoreReport;
use crate::scripting::{DatastoreState, Desk};
use crate::server::Server;
pub(crate) use asked::GRAMMAR;
use echo::Echo;
use limits::PeerLimits;
use maps::Maps;
use matcher::Matcher;
use mode::Mode;
pub(crate) use open::{AlertError, Around, names_at};
use own_scripts::OwnScripts;
pub(crate) use peer::Remote;
pub(crate) use receive::Op;
pub(crate) use send::{Abilities, Filled};
use types::Types;

/// One datastore in one session.
pub(crate) struct DatastoreSync {
    server: Arc<Server>,
    datastore: Arc<Datastore>,
    /// What the peer calls our datastore, and we repeat to it.
    pub(crate) local_uri: String,
    /// What the peer calls its own.
    pub(crate) remote_uri: String,
    scope: Scope,
    /// The target as it is saved.
    target: Target,
    mode: Mode,
    /// The scripts of the session, those of the datastore, and what all scripts may ask and say of it.
    desk: Desk,
    own_scripts: OwnScripts,
    script_state: DatastoreState,
    /// Items of the peer's that go back to it, as scripts say.
    echoes: VecDeque<Echo>,
    /// What of our items the peer sees.
    view: view::View,
    /// The peer's items replace ours: what it does not send is deleted.
    wipe: bool,
    /// It goes on where another session broke off.
    resuming: bool,
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
    /// The last item of the peer's was a piece, and not the last one.
    in_pieces: bool,
    /// The half-received item of the session that is taken up.
    suspended: Option<Partial>,
    /// The item in pieces that was complete last, with its status.
    tail: Option<Partial>,
    /// Items of which the peer has not sent all pieces, and has not been told yet.
    broken_off: Vec<String>,
    /// The peer takes no more new items in this session.
    adding_stopped: bool,
    /// Something that was sent was not taken, and has to be sent again next time.
    resend: bool,
    /// This message has looked already for what others have changed meanwhile.
    seen_others: bool,
    /// Both sides have everything.
    complete: bool,
    /// Nothing more is done with it.
    over: bool,
    /// Somebody else has written an item in the very millisecond that is this session's stamp.
    shared_stamp: bool,
    /// What has been logged of the profile's gaps, by property and kind.
    said: HashSet<(String, Discriminant<NoteKind>)>,
    /// What is told about it.
    pub(crate) report: DatastoreReport,
}

/// What is known of both sides once the sync has begun.
struct Loaded {
    datastore: Arc<Datastore>,
    types: Types,
    /// For the fields that each home keeps.
    comparers: Vec<Comparer>,
    /// What the peer keeps of our items.
    limits: PeerLimits,
    maps: Maps,
    /// Our items that have changed since the last sync, and what is to be done about it.
    changes: HashMap<String, Change>,
    /// In which order they are sent.
    order: Vec<String>,
    /// All our items, by id, with their time of change.
    present: HashMap<String, i64>,
    /// What the store said when they were read.
    version: Option<i64>,
    /// How the peer's new items are made ones that take part.
    view: view::View,
    /// Our items have to pass a filter script: all of them, or those that have changed.
    scripted: Option<bool>,
    /// In a slow sync: our items that have no counterpart yet.
    matcher: Option<Matcher>,
    /// And those that the peer is not to see, although it may have them.
    outside: Option<Matcher>,
    /// Our items that the peer is not to see in this sync, and may have.
    unseen: HashSet<String>,
    /// In any other: our items that the peer has not confirmed, once it has sent a new one.
    unconfirmed: Option<Matcher>,
    /// Items that the peer may have, and that are not sent in this sync.
    withheld: HashSet<String>,
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
    /// What goes back to where it came from, behind all others.
    echoes: VecDeque<Echo>,
    /// How many changes there are in all.
    total: u64,
    /// An item that goes in pieces, or did not fit into the last message: what is left of it.
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
    /// It goes back to the peer, as a script says: whatever the peer says of it concerns no item of ours.
    echo: bool,
}

impl DatastoreSync {
    /// Whether the peer's device information says anything of its datastore.
    pub(crate) fn is_described_by(&self, devinf: &DevInf) -> bool {
        devinf.datastores.iter().any(|store| open::same_address(&store.source_ref, &self.remote_uri))
    }

    /// When the peer synced this datastore last, in milliseconds since 1970.
    pub(crate) fn last_sync(&self) -> Option<i64> {
        self.target.last_sync
    }

    /// The name of the datastore.
    pub(crate) fn name(&self) -> &str {
        &self.datastore.name
    }

    /// Takes note of the peer's answer to our Alert. 508 asks for everything: it does not know what it knew.
    pub(crate) fn alert_answered(&mut self, status: u16) {
        match status {
            508 if self.loaded.is_none() => {
                self.mode = self.mode.slowly();
                (self.script_state.alert, self.script_state.slow) = (self.mode.code(), true);
                (self.resuming, self.suspended) = (false, None);
                (self.report.mode, self.report.resumed) = (self.mode.name(), false);
            }
            400.. if status != 508 => self.fail(status),
            _ => {}
        }
    }

    /// Whether nothing of the peer's is stored in a home, or anywhere (manual 11.34.4).
    fn is_read_only(&self, home: usize) -> bool {
        let mut levels = home::levels(&self.datastore, home);
        let said = self.script_state.said_read_only;
        said.unwrap_or_else(|| {
            levels.any(|level| level.read_only) || self.desk.state(|session| session.read_only)
        })
    }

    /// Takes note that another message begins.
    pub(crate) fn begin_message(&mut self) {
        self.seen_others = false;
    }

    /// Takes note of a Sync of the peer's, even if there is nothing in it, by the address that it gives.
    pub(crate) fn hear(&mut self, uri: &str) {
        self.heard = true;
        asked::take_temporary(&mut self.script_state, uri);
    }

    /// Whether the peer has sent a Sync. A Map alone, which may come in the first package, is none.
    pub(crate) fn is_heard(&self) -> bool {
        self.heard
    }

    /// Whether the peer alone sends changes.
    pub(crate) fn is_from_client_only(&self) -> bool {
        self.mode.direction == mode::Direction::FromClient
    }

    /// How the peer addresses this datastore, if it is the one of this name.
    pub(crate) fn address_of(&self, name: &str) -> Option<&str> {
        (self.datastore.name == name).then_some(&self.local_uri)
    }

    /// Whether items are exchanged already.
    pub(crate) fn has_begun(&self) -> bool {
        self.loaded.is_some()
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

    /// Whether it is about items that another sync is about: by another name of the datastore, or as a part.
    pub(crate) fn overlaps(&self, other: &DatastoreSync) -> bool {
        let theirs: Vec<_> = home::places(&other.datastore, &other.scope).collect();
        home::places(&self.datastore, &self.scope).any(|place| theirs.contains(&place))
    }

    /// Does what a script has said of the whole datastore: ABORTDATASTORE.
    pub(crate) fn obey(&mut self) {
        if let Some(status) = self.script_state.take_abort() {
            self.fail(status);
        }
    }

    /// Drops what was read for the sync, with which nothing more is done.
    pub(crate) fn let_go(&mut self) {
        self.over = true;
        self.loaded = None;
        self.outgoing = None;
        self.sent = HashMap::new();
    }

    /// Whether the peer's address of a datastore means this one.
    pub(crate) fn is_at(&self, uri: &str) -> bool {
        open::same_address(uri, &self.local_uri)
    }
}
