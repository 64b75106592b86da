//! The server and its datastores (manual 11, 12).

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use syncloom_script::filter::{Filter, Ids};
use syncloom_script::{FieldId, FieldList, FieldType, Item, Zone};

use super::charset::Charset;
use super::datatypes::DataType;
use super::plugin::SessionPlugin;
use super::rules::RemoteRule;
use super::scripts::{AfterConnect, DatabaseScript, DatastoreScript, LoginScript, Scripts, SessionScript};
use super::sql::{DbType, Sql};
use super::store::{Contained, Items, SqlItems, SqlTargets, Store, Targets};

/// `<server>` (manual 11).
#[derive(Debug)]
pub struct Server {
    /// `<sessiontimeout>`: seconds after which a silent session ends (manual 11.2).
    pub session_timeout: u32,
    /// `<maxsyncmlversion>` (manual 11.1).
    pub max_version: SyncMlVersion,
    /// `<minsyncmlversion>` (manual 11.1).
    pub min_version: SyncMlVersion,
    /// `<externalurl>`: the address that peers are told (manual 11.5).
    pub external_url: Option<String>,
    /// `<requestedauth>`: what a peer is asked for (manual 11.6).
    pub requested_auth: Auth,
    /// `<requiredauth>`: the least that is accepted (manual 11.6).
    pub required_auth: Auth,
    /// `<autononce>` (manual 11.7).
    pub auto_nonce: bool,
    /// `<constantnonce>` (manual 11.8).
    pub constant_nonce: String,
    /// `<sendrespuri>` (manual 11.9).
    pub send_resp_uri: bool,
    /// `<respurionlywhendifferent>` (manual 11.9).
    pub resp_uri_only_when_different: bool,
    /// `<simpleauthuser>` and `<simpleauthpw>` (manual 11.10).
    pub simple_auth: Option<SimpleAuth>,
    /// `<updateclientinslowsync>` (manual 11.36.6).
    pub update_client_in_slow_sync: bool,
    /// `<updateserverinslowsync>` (manual 11.36.7).
    pub update_server_in_slow_sync: bool,
    /// `<deletinggoneok>`: deleting what is not there succeeds (manual 11.21).
    pub deleting_gone_ok: bool,
    /// `<showctcapproperties>` (manual 11.25).
    pub show_ctcap_properties: bool,
    /// `<requestmaxtime>`: seconds after which a request is answered, done or not; `None` is no limit (manual 11.3).
    pub request_max_time: Option<u32>,
    /// `<relyonearlymaps>`: an Add that was never confirmed is sent again at once, since the peer would have sent
    /// its Map first (manual 11.19).
    pub rely_on_early_maps: bool,
    /// `<debugchunkmaxsize>`: the largest piece of an item in bytes; `None` is no limit (manual 11.20).
    pub debug_chunk_max_size: Option<u32>,
    /// `<abortonallitemsfailed>`: a slow sync whose items are all refused has failed (manual 11.24).
    pub abort_on_all_items_failed: bool,
    /// `<acceptserveralerted>` (manual 11.28).
    pub accept_server_alerted: bool,
    /// `<allowmessageretries>`: a message that comes again gets the same answer again (manual 11.36.11).
    pub allow_message_retries: bool,
    /// `<showtypesizeinctcap10>` (manual 11.26).
    pub show_type_size_in_ctcap10: bool,
    /// The scripts of the session and of the remote rules.
    pub session_scripts: Scripts<SessionScript>,
    /// The scripts of a login.
    pub login_scripts: Scripts<LoginScript>,
    /// `<requestmintime>`: seconds that a request takes at least, for tests (manual 11.4).
    pub request_min_time: Option<u32>,
    /// `<completefromclientonly>` (manual 11.36.12).
    pub complete_from_client_only: bool,
    /// `<waitforstatusofinterrupted>` (manual 11.18).
    pub wait_for_status_of_interrupted: bool,
    /// `<syncmodeextensions>`: device information lists sync modes beyond the standard's.
    pub sync_mode_extensions: bool,
    /// `<autoenddateinclusive>` (manual 11.23).
    pub auto_end_date_inclusive: bool,
    /// `<donotfoldcontent>`: long lines of items are not folded.
    pub no_folding: bool,
    /// `<enumdefaultpropparams>`; `None` is automatic (manual 11.27).
    pub enum_default_prop_params: Option<bool>,
    /// `<maxguidsizesent>`: the longest id in bytes that peers are sent.
    pub max_guid_size_sent: u16,
    /// `<usertimezone>`: where users are unless something else is known (manual 11.22).
    pub user_zone: Zone,
    /// `<datatimezone>` of what the server keeps for itself (manual 11.34.31).
    pub data_zone: Zone,
    /// `<datacharset>` of what the server keeps for itself (manual 11.34.33).
    pub charset: Option<Charset>,
    /// `<remoterule>`s, in their order (manual 11.36).
    pub rules: Vec<Arc<RemoteRule>>,
    /// `<plugin_module>` of a server of type `plugin` (manual 14.1).
    pub plugin: Option<SessionPlugin>,
    /// What is kept in SQL for the server as a whole.
    pub sql: SqlServer,
    /// The datastores, in their order.
    pub datastores: Vec<Arc<Datastore>>,
}

impl Server {
    /// Whether devices and their nonces are kept: in SQL, or in a plugin.
    pub fn keeps_devices(&self) -> bool {
        self.sql.get_device.is_some() || self.plugin_keeps_devices()
    }

    /// Whether there are users to look up: in SQL, or in a plugin.
    pub fn has_users(&self) -> bool {
        self.sql.user_key.is_some() || self.plugin.as_ref().is_some_and(|plugin| plugin.session_auth)
    }

    /// Whether the nonce that a device is given is kept until its next session.
    pub fn keeps_nonces(&self) -> bool {
        self.plugin_keeps_devices() || (self.sql.get_device.is_some() && self.sql.save_nonce.is_some())
    }

    /// Whether anything that devices say of themselves is kept.
    pub fn keeps_device_info(&self) -> bool {
        self.sql.save_info.is_some() || self.sql.save_devinf.is_some() || self.plugin_keeps_devices()
    }

    /// Whether a plugin keeps devices and their nonces.
    pub fn plugin_keeps_devices(&self) -> bool {
        self.plugin.as_ref().is_some_and(|plugin| plugin.device_admin)
    }
}

/// The one user of a server without a table of users.
#[derive(Clone, PartialEq, Eq)]
pub struct SimpleAuth {
    /// The name.
    pub user: String,
    /// The password in clear text.
    pub password: String,
}

impl std::fmt::Debug for SimpleAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimpleAuth").field("user", &self.user).finish_non_exhaustive()
    }
}

/// The versions of SyncML, as the config names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SyncMlVersion {
    /// 1.0
    V1_0,
    /// 1.1
    V1_1,
    /// 1.2
    V1_2,
}

/// Ways of authentication, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Auth {
    /// Nobody is asked.
    None,
    /// Name and password.
    Basic,
    /// A digest of name, password and nonce.
    Md5,
}

impl Auth {
    /// All ways with the words that the config uses for them.
    pub const NAMES: &'static [(&'static str, Auth)] =
        &[("none", Auth::None), ("basic", Auth::Basic), ("md5", Auth::Md5)];
}

/// What the server keeps in SQL besides the datastores (manual 12.12 to 12.19).
#[derive(Debug)]
pub struct SqlServer {
    /// `<sqlitefile>` in `<server>` (a Syncloom extension): where users and devices, targets and maps are.
    pub sqlite: Option<SqliteFile>,
    /// In which form `<userkeysql>` gives a password.
    pub password_form: PasswordForm,
    /// `<getdevicesql>` (manual 12.15).
    pub get_device: Option<Sql>,
    /// `<newdevicesql>` (manual 12.15).
    pub new_device: Option<Sql>,
    /// `<savenoncesql>` (manual 12.15).
    pub save_nonce: Option<Sql>,
    /// `<saveinfosql>` (manual 12.15).
    pub save_info: Option<Sql>,
    /// `<savedevinfsql>`: keeps the whole of what a device says of itself (a Syncloom extension).
    pub save_devinf: Option<Sql>,
    /// `<loaddevinfsql>`: one column, which `<savedevinfsql>` has filled (a Syncloom extension).
    pub load_devinf: Option<Sql>,
    /// `<userkeysql>` (manual 12.16).
    pub user_key: Option<Sql>,
    /// `<afterconnectscript>` (manual 12.8).
    pub after_connect: Scripts<AfterConnect>,
}

/// `<cleartextpw>`, `<md5userpass>` and `<md5hex>` (manual 12.12 to 12.14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordForm {
    /// The password.
    ClearText,
    /// The MD5 digest of `user:password` in base 64.
    Md5Base64,
    /// The MD5 digest of `user:password` in hexadecimal.
    Md5Hex,
    /// The database checks the credential itself.
    CheckedByDatabase,
}

/// An SQLite database file (manual 12.20.6, 12.20.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteFile {
    /// `<sqlitefile>`; a relative path begins where the program was started.
    pub path: PathBuf,
    /// `<sqlitebusytimeout>`: seconds to wait for a lock.
    pub busy_timeout: u32,
    /// `<sqliteschema>` (a Syncloom extension): SQL that is run once when the file does not exist yet.
    pub schema: Option<PathBuf>,
}

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

/// How a line ends in database text (manual 11.34.34).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnds {
    /// CR LF.
    Dos,
    /// LF.
    Unix,
    /// CR.
    Mac,
    /// Vertical tab.
    Filemaker,
}

impl LineEnds {
    /// All line ends with the words that the config uses for them; three of them mean the same.
    pub const NAMES: &'static [(&'static str, LineEnds)] = &[
        ("none", LineEnds::Unix),
        ("unix", LineEnds::Unix),
        ("mac", LineEnds::Mac),
        ("dos", LineEnds::Dos),
        ("cstr", LineEnds::Unix),
        ("filemaker", LineEnds::Filemaker),
    ];
}

/// `<fieldmap>`: columns and fields (manual 11.34.41).
#[derive(Debug)]
pub struct FieldMap {
    /// The field list.
    pub list: Arc<FieldList>,
    /// The fields of a row: those of the field list, and behind them the variables of the scripts around the
    /// database, so that columns can be mapped to them (manual 11.34.41.5).
    pub rows: Arc<FieldList>,
    /// The columns of the master record, in order.
    pub maps: Vec<Map>,
    /// The detail records, in order.
    pub arrays: Vec<ArrayMap>,
}

impl FieldMap {
    /// Whether detail records have a part in what these fields, or variables of scripts, are when an item has been read.
    pub fn details_reach(&self, fields: &[FieldId]) -> bool {
        self.arrays.iter().any(|array| {
            let made_to_pass = array.no_items.iter().flat_map(Filter::fields);
            let mut beside = array.size_from.into_iter().chain(made_to_pass);
            let fills = |map: &Map| map.variable || fields.iter().any(|field| self.fills(array, map, *field));
            array.maps.iter().any(|map| map.read && fills(map)) || beside.any(|field| fields.contains(&field))
        })
    }

    /// Whether a column of detail records goes into a field: an array, or plain ones so far from each other.
    fn fills(&self, array: &ArrayMap, map: &Map, field: FieldId) -> bool {
        let Some(offset) = field.index().checked_sub(map.field.index()) else { return false };
        let (step, most) =
            (array.repeat_inc.max(1) as usize, array.max_repeat.map_or(usize::MAX, |most| most as usize));
        let is_array = self.rows.get(map.field).is_some_and(|field| field.array);
        offset == 0 || (!is_array && offset % step == 0 && offset / step < most)
    }
}

/// `<map>` (manual 11.34.41.1).
#[derive(Debug)]
pub struct Map {
    /// The column.
    pub column: String,
    /// The field of a row.
    pub field: FieldId,
    /// It is a variable of scripts, which is the same for all detail records unless it is an array.
    pub variable: bool,
    /// The column's type.
    pub kind: DbType,
    /// Mode `r`: read.
    pub read: bool,
    /// Mode `i` or `w`: written in new records.
    pub insert: bool,
    /// Mode `u` or `w`: written in existing records.
    pub update: bool,
    /// Mode `f`: a time in no zone.
    pub floating: bool,
    /// Mode `x`: the field is kept for `<finalisationscript>`.
    pub keep: bool,
    /// `size`: the largest number of characters or bytes; `None` is no limit.
    pub size: Option<u32>,
    /// `truncate`: what is too long may be cut.
    pub truncate: bool,
    /// `set_no`.
    pub set_no: u16,
}

impl Map {
    /// The type of its field in a row; `None` for a row of another field map.
    pub fn field_type(&self, row: &Item) -> Option<FieldType> {
        row.list().get(self.field).map(|field| field.kind)
    }
}

/// `<array>`: detail records of an item (manual 12.20.20 to 12.20.24).
#[derive(Debug)]
pub struct ArrayMap {
    /// Its columns.
    pub maps: Vec<Map>,
    /// `sizefrom`: the array field, or number field, that says how many there are.
    pub size_from: Option<FieldId>,
    /// `<maxrepeat>`; `None` is no limit.
    pub max_repeat: Option<u32>,
    /// `<repeatinc>`.
    pub repeat_inc: u32,
    /// `<storeempty>`.
    pub store_empty: bool,
    /// `<alwaysclean>`.
    pub always_clean: bool,
    /// `<selectarraysql>`.
    pub select: Sql,
    /// `<deletearraysql>`.
    pub delete: Option<Sql>,
    /// `<insertelementsql>`.
    pub insert: Option<Sql>,
    /// `<noitemsfilter>`: an item that passes has no detail records (manual 12.20.22).
    pub no_items: Option<Filter>,
}
