//! The items of a datastore (manual 12.20).
//!
//! Not its job: reading and writing what belongs to one item (`rows`), and what is remembered of them (`targets`).

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;

use rusqlite::Connection;
use syncloom_config::{DatabaseScript, Datastore, Map, SqlItems};
use syncloom_script::{FieldId, Item, Value, Zones};

use super::connection::Database;
use super::convert::{self, text};
use super::statement::{self, Columns, Values, needed};
use crate::error::{ErrorKind, StoreError};
use crate::scripts::Moment;
use crate::traits::{Items, Listed, Scope, Written};
use crate::wanted::Wanted;

/// The items of a datastore in an SQLite file.
pub(super) struct SqliteItems<'a> {
    pub(super) data: &'a mut Database,
    pub(super) datastore: &'a Datastore,
    pub(super) sql: &'a SqlItems,
    pub(super) scope: &'a Scope,
    pub(super) zones: &'a Zones,
    /// `<determineidonce>`: the id that was made last.
    pub(super) last_id: &'a Cell<Option<i64>>,
}

impl<'a> SqliteItems<'a> {
    pub(super) fn new(
        data: &'a mut Database,
        datastore: &'a Datastore,
        sql: &'a SqlItems,
        scope: &'a Scope,
        zones: &'a Zones,
        last_id: &'a Cell<Option<i64>>,
    ) -> Self {
        SqliteItems { data, datastore, sql, scope, zones, last_id }
    }

    pub(super) fn values(&self) -> Values<'a> {
        Values::of(self.scope, self.sql.last_mod_type)
    }

    /// These columns, and what is written into them.
    pub(super) fn columns<'c>(&self, maps: Vec<&'c Map>, item: Option<(&'c Item, usize)>) -> Columns<'c>
    where
        'a: 'c,
    {
        Columns { maps, item, line_ends: self.sql.line_ends, zones: self.zones }
    }

    /// Runs what writes one item, so that either all of it happens or nothing.
    pub(super) fn whole<T>(
        &mut self,
        write: impl FnOnce(&Self, &Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let run = |connection: &Connection, statement: &str| {
            connection.prepare_cached(statement)?.execute([]).map(drop)
        };
        run(self.data.writable()?, "SAVEPOINT item")?;
        let connection = self.data.connection();
        let result = write(self, connection);
        if result.is_err() {
            // Where SQLite has taken back more than this by itself, there is nothing left to do.
            let _ = run(connection, "ROLLBACK TO item");
        }
        match run(connection, "RELEASE item") {
            Err(error) if result.is_ok() => Err(error.into()),
            _ => result,
        }
    }
}

/// Does what may be refused, and if it is, so many times again.
fn tried<T>(again: u16, mut work: impl FnMut() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let mut left = again;
    loop {
        match work() {
            Err(error) if error.kind == ErrorKind::Refused && left > 0 => left -= 1,
            result => return result,
        }
    }
}

impl Items for SqliteItems<'_> {
    fn list(&mut self) -> Result<Vec<Listed>, StoreError> {
        self.list_where("")
    }

    fn hidden(&mut self) -> Result<HashSet<String>, StoreError> {
        let condition = self.scope.scripts.as_ref().map(|scripts| scripts.sql_filter());
        let Some(condition) = condition.filter(|condition| !condition.is_empty()) else {
            return Ok(HashSet::new());
        };
        let mut rest: HashSet<String> = self.list()?.into_iter().map(|item| item.local_id).collect();
        for item in self.list_where(&condition)? {
            rest.remove(&item.local_id);
        }
        Ok(rest)
    }

    fn version(&mut self) -> Result<Option<i64>, StoreError> {
        self.data.version().map(Some)
    }

    fn hold(&mut self) -> Result<(), StoreError> {
        self.data.writable().map(drop)
    }

    fn read(&mut self, local_id: &str) -> Result<Option<Item>, StoreError> {
        self.read_row(local_id, Wanted::Whole)
    }

    fn glance(&mut self, local_id: &str, fields: &[FieldId]) -> Result<Option<Item>, StoreError> {
        self.read_row(local_id, Wanted::glance(self.datastore, &self.sql.field_map, fields))
    }

    fn insert(&mut self, item: &Item) -> Result<Written, StoreError> {
        tried(self.sql.insert_retries, || self.insert_row(item))
    }

    fn update(&mut self, local_id: &str, item: &Item) -> Result<Written, StoreError> {
        let mut item = Cow::Borrowed(item);
        if self.sql.update_all_fields || self.datastore.database_scripts.write() {
            // Scripts see all of it, and not only what has changed.
            self.data.writable()?;
            let mut stored =
                self.read_row(local_id, Wanted::Whole)?.ok_or_else(|| StoreError::gone(local_id))?;
            stored.take_over(&item);
            item = Cow::Owned(stored);
        }
        tried(self.sql.update_retries, || self.update_row(local_id, &item))
    }

    fn delete(&mut self, local_id: &str) -> Result<bool, StoreError> {
        let delete = needed(&self.sql.delete_data, "deletedatasql", self.datastore)?;
        self.whole(|store, connection| {
            let values = Values { local_id, ..store.values() };
            let changed = statement::run(connection, delete, &values, |_| Ok(true))?;
            let moment = Moment { local_id, writing: true, deleting: true, ..Moment::default() };
            let mut row = Item::new(store.sql.field_map.rows.clone());
            store.script_in(connection, DatabaseScript::AfterWrite, &moment, &mut row)?;
            Ok(changed > 0 || store.sql.ignore_affected_count)
        })
    }

    fn run_script(&mut self, script: DatabaseScript) -> Result<Option<Value>, StoreError> {
        self.script(script, &Moment::default(), None)
    }

    fn finalise(&mut self) -> Result<Vec<String>, StoreError> {
        self.finalise_rows()
    }
}

impl SqliteItems<'_> {
    /// The list of items; `condition` is what `%AF` and `%WF` stand for.
    fn list_where(&mut self, condition: &str) -> Result<Vec<Listed>, StoreError> {
        let mut items = Vec::new();
        let kind = self.sql.last_mod_type;
        let (sql, values) = (self.sql, Values { condition, ..self.values() });
        statement::run(self.data.readable()?, &sql.select_ids, &values, |row| {
            let modified = convert::stamp_from_sql(row.get_ref(1)?, kind).unwrap_or(0);
            items.push(Listed { local_id: text(row.get_ref(0)?), modified });
            Ok(true)
        })?;
        Ok(items)
    }
}
