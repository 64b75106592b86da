//! What keeps a datastore: its items in one place, its targets and maps in the same or in another one (manual 12.20,
//! 14.2), or the datastores that it is made of (manual 11.35).

use std::sync::Arc;

use syncloom_script::Item;
use syncloom_script::filter::{Filter, Ids};

use super::plugin::PluginModule;
use super::server::{Datastore, FieldMap, LineEnds, SqliteFile};
use super::sql::{DbType, Sql};

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

/// What keeps the items of a datastore.
#[derive(Debug)]
pub enum Items {
    /// An SQL database (manual 12).
    Sql(Box<SqlItems>),
    /// A plugin (manual 14).
    Plugin(Box<PluginItems>),
}

/// What keeps the targets and maps of a datastore.
#[derive(Debug)]
pub enum Targets {
    /// An SQL database (manual 12).
    Sql(Box<SqlTargets>),
    /// A plugin (manual 14).
    Plugin(Box<PluginModule>),
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

/// The SQL of the targets and maps of a datastore (manual 12.20.2, 12.20.5).
#[derive(Debug)]
pub struct SqlTargets {
    /// `<sqlitefile>` of the server, else that of the datastore.
    pub sqlite: SqliteFile,
    /// `<synctargetgetsql>` (manual 12.20.2).
    pub get: Option<Sql>,
    /// `<synctargetnewsql>` (manual 12.20.2).
    pub new: Option<Sql>,
    /// `<synctargetupdatesql>` (manual 12.20.2).
    pub update: Option<Sql>,
    /// `<synctargetdeletesql>` (manual 12.20.2).
    pub delete: Option<Sql>,
    /// `<lastmodfieldtype>` (manual 12.20.4).
    pub last_mod_type: DbType,
    /// `<selectmapallsql>` (manual 12.20.5).
    pub map_select: Option<Sql>,
    /// `<insertmapsql>` (manual 12.20.5).
    pub map_insert: Option<Sql>,
    /// `<updatemapsql>` (manual 12.20.5).
    pub map_update: Option<Sql>,
    /// `<deletemapsql>` (manual 12.20.5).
    pub map_delete: Option<Sql>,
}

/// The SQL of the items of a datastore (manual 12.20).
#[derive(Debug)]
pub struct SqlItems {
    /// `<sqlitefile>` of the datastore, else that of the server.
    pub sqlite: SqliteFile,
    /// `<folderkeysql>`; without it the folder key is the user key (manual 12.20.1).
    pub folder_key: Option<Sql>,
    /// `<lastmodfieldtype>` (manual 12.20.4).
    pub last_mod_type: DbType,
    /// `<selectidandmodifiedsql>` (manual 12.20.14).
    pub select_ids: Sql,
    /// `<selectdatasql>` (manual 12.20.15).
    pub select_data: Sql,
    /// `<insertdatasql>` (manual 12.20.16).
    pub insert_data: Option<Sql>,
    /// `<updatedatasql>` (manual 12.20.16).
    pub update_data: Option<Sql>,
    /// `<deletedatasql>` (manual 12.20.16).
    pub delete_data: Option<Sql>,
    /// `<zapdatasql>` (manual 12.20.16).
    pub zap_data: Option<Sql>,
    /// `<obtainidafterinsert>` (manual 12.20.18).
    pub obtain_id_after_insert: bool,
    /// `<obtainlocalidsql>` (manual 12.20.18).
    pub obtain_local_id: Option<Sql>,
    /// `<insertreturnsid>` (manual 12.20.18).
    pub insert_returns_id: bool,
    /// `<specialidmode>` is `unixmsrnd6` (manual 12.20.18).
    pub unix_ms_rnd6_ids: bool,
    /// `<ignoreaffectedcount>` (manual 12.20.17).
    pub ignore_affected_count: bool,
    /// `<datalineends>` (manual 11.34.34).
    pub line_ends: LineEnds,
    /// `<updateallfields>` (manual 11.34.35).
    pub update_all_fields: bool,
    /// `<fieldmap>` (manual 11.34.41).
    pub field_map: FieldMap,
}

/// The items of a datastore in a plugin (manual 14.2).
#[derive(Debug)]
pub struct PluginItems {
    /// `<plugin_module>`
    pub module: PluginModule,
    /// `<plugin_earlystartdataread>`: it begins to read before the alert is answered.
    pub early_start_data_read: bool,
    /// `<datalineends>` (manual 11.34.34).
    pub line_ends: LineEnds,
    /// `<fieldmap>` (manual 11.34.41).
    pub field_map: FieldMap,
}
