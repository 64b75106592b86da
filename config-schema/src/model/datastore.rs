//! A datastore: what is synchronised, in which way, and what keeps it (manual 11.34, 11.35).

use std::borrow::Cow;
use std::sync::Arc;

use syncloom_script::filter::{Filter, Ids};
use syncloom_script::{FieldId, FieldList, Item, Zone};

use super::charset::Charset;
use super::datatypes::DataType;
use super::scripts::{DatabaseScript, DatastoreScript, Scripts};
use super::sql::DbType;
use super::store::{FieldMap, Items, SqlItems, SqlTargets, Targets};

/// A `<datastore>` (manual 11.34).
#[derive(Debug)]
pub struct Datastore {
    /// The name under which peers find it.
    pub name: String,
    /// `<alias>`: further names (manual 11.34.1).
    pub aliases: Vec<String>,
    /// `<displayname>` (manual 11.34.3).
    pub display_name: Option<String>,
    /// `<readonly>` (manual 11.34.4).
    pub read_only: bool,
    /// `<deletewins>` (manual 11.34.5).
    pub delete_wins: bool,
    /// `<tryupdatedeleted>` (manual 11.34.6).
    pub try_update_deleted: bool,
    /// `<reportupdates>` (manual 11.34.7).
    pub report_updates: bool,
    /// `<maxitemspermessage>`; `None` is no limit (manual 11.34.8).
    pub max_items_per_message: Option<u32>,
    /// `<alwayssendlocalid>` (manual 11.34.9).
    pub always_send_local_id: bool,
    /// `<conflictstrategy>` (manual 11.34.10).
    pub conflict_strategy: Strategy,
    /// `<slowsyncstrategy>` (manual 11.34.10).
    pub slow_sync_strategy: Strategy,
    /// `<firsttimestrategy>` (manual 11.34.10).
    pub first_time_strategy: Strategy,
    /// `<resendfailing>`: what a peer refuses is sent again next time (manual 11.34.29).
    pub resend_failing: bool,
    /// `<fromremoteonlysupport>`: targets keep a stamp of their own for what has been sent (manual 11.34.36).
    pub from_remote_only: bool,
    /// `<resumesupport>`: targets keep where a session broke off, and maps have flags (manual 11.34.39).
    pub resume: bool,
    /// `<resumeitemsupport>`: targets keep a half-received item; only with `resume` (manual 11.34.40).
    pub resume_items: bool,
    /// `<typesupport>`, in its order; at least one (manual 11.34.11).
    pub types: Vec<TypeUse>,
    /// `<multifolder>`: it has several folders.
    pub multi_folder: bool,
    /// `<canrestart>`: it can be synchronised again in the same session.
    pub can_restart: bool,
    /// `<syncmode>`: sync modes of its own, for device information.
    pub sync_modes: Vec<String>,
    /// `<synctimestampatend>`: the stamp of a sync is its end (manual 11.34.37).
    pub sync_timestamp_at_end: bool,
    /// `<storesyncidentifiers>` (manual 11.34.38).
    pub store_sync_identifiers: bool,
    /// `<datatimezone>` (manual 11.34.31).
    pub data_zone: Zone,
    /// `<userzoneoutput>`: times go out in the user's zone (manual 11.34.32).
    pub user_zone_output: bool,
    /// `<datacharset>` (manual 11.34.33).
    pub charset: Option<Charset>,
    pub(crate) fields: Arc<FieldList>,
    /// Its filters.
    pub filters: Filters,
    /// Its own scripts.
    pub scripts: Scripts<DatastoreScript>,
    /// The scripts around its database, those of all `<array>`s included.
    pub database_scripts: Scripts<DatabaseScript>,
    /// What keeps its items, and what is remembered of them.
    pub store: Store,
}

/// The filters of a datastore (manual 7, 11.34.13 to 11.34.20). Property names mean those of its datatypes.
#[derive(Debug, Default)]
pub struct Filters {
    /// `<acceptfilter>`: incoming items pass it, outgoing ones are made to.
    pub accept: Option<Filter>,
    /// `<silentdiscard>`: what does not pass is dropped with a good status.
    pub silent_discard: bool,
    /// `<localdbfilter>`: items of the database that do not pass are not there; incoming ones are made to pass.
    pub local_db: Option<Filter>,
    /// `<invisiblefilter>`: items that pass are not shown to the peer.
    pub invisible: Option<Filter>,
    /// `<makevisiblefilter>`: new items of a peer that would be invisible are made to pass it.
    pub make_visible: Option<Filter>,
    /// `<makepassfilter>`: new items of a peer are made to pass it.
    pub make_pass: Option<Filter>,
    /// `<ds12filters>`: peers may send filters of SyncML 1.2.
    pub ds12: bool,
    /// `<daterangesupport>`: peers may restrict the sync to a range of dates.
    pub date_range: bool,
}

impl Filters {
    /// Makes a new item one that the peer will see (manual 11.34.18 to 11.34.20); one that passes what the peer asked for
    /// need not pass `<makepassfilter>` as well.
    pub fn admit(&self, item: &mut Cow<'_, Item>, passes: bool) {
        let ids = Ids::default();
        if let Some(filter) = self.make_pass.as_ref().filter(|_| !passes) {
            filter.make_pass(item.to_mut(), ids);
        }
        let hidden = self.invisible.as_ref().is_some_and(|filter| filter.test(item, ids));
        if let Some(filter) = self.make_visible.as_ref().filter(|_| hidden) {
            filter.make_pass(item.to_mut(), ids);
        }
    }
}

impl Datastore {
    /// The field list of its items: that of its field map, or of the datatypes of a superdatastore.
    pub fn fields(&self) -> &Arc<FieldList> {
        &self.fields
    }

    /// The SQL of its items, if SQL keeps them.
    pub fn sql_items(&self) -> Option<&SqlItems> {
        match &self.store {
            Store::Own { items: Items::Sql(sql), .. } => Some(sql),
            Store::Own { items: Items::Plugin(_), .. } | Store::Contains(_) => None,
        }
    }

    /// The SQL of its targets and maps, if SQL keeps them.
    pub fn sql_targets(&self) -> Option<&SqlTargets> {
        match &self.store {
            Store::Own { targets: Targets::Sql(sql), .. } => Some(sql),
            Store::Own { targets: Targets::Plugin(_), .. } | Store::Contains(_) => None,
        }
    }

    /// Whether a plugin keeps a part of it.
    pub fn has_plugin(&self) -> bool {
        match &self.store {
            Store::Own { items, targets } => {
                matches!(items, Items::Plugin(_)) || matches!(targets, Targets::Plugin(_))
            }
            Store::Contains(_) => false,
        }
    }

    /// The datastores that a superdatastore is made of; of any other none.
    pub fn parts(&self) -> &[Contained] {
        match &self.store {
            Store::Contains(parts) => parts,
            Store::Own { .. } => &[],
        }
    }

    /// Which part of a superdatastore an id belongs to, and what it is there.
    pub fn part_of<'i>(&self, id: &'i str) -> Option<(usize, &'i str)> {
        let own = |part: &Contained| id.strip_prefix(part.guid_prefix.as_str());
        self.parts().iter().enumerate().find_map(|(number, part)| Some((number, own(part)?)))
    }

    /// Which part of a superdatastore is for an item: the first one that takes it (manual 11.35.2).
    pub fn part_for(&self, item: &Item) -> Option<usize> {
        self.parts().iter().position(|part| part.takes(item))
    }

    /// The type of its stamps in SQL, of items and of targets: how coarse they are.
    pub fn last_mod_type(&self) -> DbType {
        let of_items = self.sql_items().map(|sql| sql.last_mod_type);
        of_items.or(self.sql_targets().map(|sql| sql.last_mod_type)).unwrap_or(DbType::Timestamp)
    }

    /// Whether its database keeps a field: a column is read into it, or a script sets it when an item has been read. A
    /// superdatastore keeps what its parts keep.
    pub fn reads(&self, field: FieldId) -> bool {
        if !self.parts().is_empty() {
            return self.parts().iter().any(|part| part.datastore.reads(field));
        }
        let maps = self.field_map().into_iter();
        let mut maps =
            maps.flat_map(|map| map.maps.iter().chain(map.arrays.iter().flat_map(|array| &array.maps)));
        maps.any(|map| map.field == field && map.read) || self.database_scripts.fills(field)
    }

    /// Its field map; a superdatastore has none of its own.
    pub fn field_map(&self) -> Option<&FieldMap> {
        match &self.store {
            Store::Own { items: Items::Sql(sql), .. } => Some(&sql.field_map),
            Store::Own { items: Items::Plugin(plugin), .. } => Some(&plugin.field_map),
            Store::Contains(_) => None,
        }
    }
}

/// How a conflict ends (manual 11.34.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// Both stay.
    Duplicate,
    /// The newer one wins.
    NewerWins,
    /// Ours wins.
    ServerWins,
    /// Theirs wins.
    ClientWins,
}

impl Strategy {
    /// All strategies with the words that the config uses for them.
    pub const NAMES: &'static [(&'static str, Strategy)] = &[
        ("duplicate", Strategy::Duplicate),
        ("newer-wins", Strategy::NewerWins),
        ("server-wins", Strategy::ServerWins),
        ("client-wins", Strategy::ClientWins),
    ];
}

/// A `<use>` in `<typesupport>` (manual 11.34.12).
#[derive(Debug)]
pub struct TypeUse {
    /// The datatype.
    pub datatype: Arc<DataType>,
    /// `mode` has `r`: taken from peers.
    pub receive: bool,
    /// `mode` has `w`: sent to peers.
    pub send: bool,
    /// `preferred="yes"`.
    pub preferred: bool,
    /// `preferred="legacy"`: for peers that say nothing of themselves.
    pub legacy: bool,
    /// `variant`: the subprofile of the datatype that is exchanged; `None` is all of them.
    pub variant: Option<String>,
    /// `rulematch`: names of remote rules, with `*` and `?`; if one of the active rules fits, this datatype is used
    /// and no other.
    pub rule_match: Vec<String>,
}

/// What keeps a datastore.
#[derive(Debug)]
pub enum Store {
    /// It has items of its own.
    Own {
        /// What keeps them.
        items: Items,
        /// What keeps its targets and maps.
        targets: Targets,
    },
    /// Other datastores: it is a superdatastore (manual 11.35).
    Contains(Vec<Contained>),
}

/// A `<contains>` of a superdatastore (manual 11.35.1).
#[derive(Debug)]
pub struct Contained {
    /// The datastore.
    pub datastore: Arc<Datastore>,
    /// `<dispatchfilter>`: incoming items that pass are for it; outgoing ones are made to pass.
    pub dispatch: Option<Filter>,
    /// `<guidprefix>`: what its ids begin with in the superdatastore; no two parts have the same.
    pub guid_prefix: String,
}

impl Contained {
    /// Whether an item belongs to it.
    pub fn takes(&self, item: &Item) -> bool {
        self.dispatch.as_ref().is_none_or(|filter| filter.test(item, Ids::default()))
    }
}
