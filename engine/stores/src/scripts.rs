//! The scripts around the rows of a datastore (manual 11.34.41, 12.20.20): what a store says of the moment in which one
//! runs, and what scripts may do in its database.
//!
//! Not its job: running them. That is the session's, which knows what scripts may ask; and when they run, which is for
//! each store to say.

use std::fmt;

use syncloom_config::DatabaseScript;
use syncloom_script::{FieldId, Item, Value};

use crate::error::StoreError;
use crate::sqlite::Rows;

/// What happens to an item while a script runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moment<'a> {
    /// PARENTKEY: its id; empty where it has none yet.
    pub local_id: &'a str,
    /// ARRAYINDEX: the detail record, or, at the end, how many there were.
    pub index: usize,
    /// WRITING.
    pub writing: bool,
    /// INSERTING.
    pub inserting: bool,
    /// DELETING.
    pub deleting: bool,
}

/// What runs the scripts of a datastore's database. They share their variables for as long as this lives.
///
/// A row is an item in [`FieldMap::rows`](syncloom_config::FieldMap::rows): behind its fields are the variables.
pub trait RowScripts: Send + Sync {
    /// Runs a script, if the config has it. The error is one of the item alone.
    fn run(
        &self,
        script: DatabaseScript,
        moment: &Moment<'_>,
        row: Option<&mut Item>,
        sql: Option<&mut dyn ScriptSql>,
    ) -> Result<Option<Value>, StoreError>;
    /// Gives variables the values that have been read into a row.
    fn load(&self, row: &Item, variables: &mut dyn Iterator<Item = FieldId>);
    /// Puts all variables into a row that is to be written.
    fn save(&self, row: &mut Item);
    /// Keeps an item that was written for `<finalisationscript>`.
    fn keep(&self, local_id: &str, item: Item);
    /// The items that were kept, once.
    fn take_kept(&self) -> Vec<(String, Item)>;
    /// TARGETKEY, once it is known.
    fn know_target(&self, key: &str);
    /// The condition that SETSQLFILTER has set; empty for none.
    fn sql_filter(&self) -> String;
}

impl fmt::Debug for dyn RowScripts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RowScripts")
    }
}

/// The database that scripts run statements in (manual 12.1.4).
pub trait ScriptSql {
    /// Runs a statement.
    fn execute(&mut self, text: &str) -> Result<Rows, StoreError>;
    /// SQLCOMMIT.
    fn commit(&mut self) -> Result<(), StoreError>;
    /// SQLROLLBACK.
    fn rollback(&mut self) -> Result<(), StoreError>;
}
