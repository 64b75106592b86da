//! What keeps a datastore: its items in one place, its targets and maps in the same or in another one (manual 12.20,
//! 14.2).

use std::path::PathBuf;
use std::sync::Arc;

use syncloom_script::filter::Filter;
use syncloom_script::{FieldId, FieldList, FieldType, Item};

use super::plugin::PluginModule;
use super::sql::{DbType, Sql};

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
    /// `<determineidonce>`: ids are counted from what `<obtainlocalidsql>` says first (manual 12.20.18).
    pub determine_id_once: bool,
    /// `<minnextid>`: the least of these ids (manual 12.20.18).
    pub min_next_id: i64,
    /// `<insertretries>`: how often an insert that is refused is tried again.
    pub insert_retries: u16,
    /// `<updateretries>`: the same of updates.
    pub update_retries: u16,
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
