//! The items of a datastore, and the datastore's targets and maps (manual 12.20).
//!
//! Not its job: reading and writing what belongs to one item (`rows`).

use std::cell::Cell;
use std::collections::HashSet;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use syncloom_config::{DatabaseScript, Datastore, DbType, Map, Sql, SqlStore};
use syncloom_script::{Item, Value, Zones};

use super::connection::Database;
use super::convert::{self, text};
use super::script::{self, Place};
use super::statement::{self, Columns, Values};
use crate::error::{ErrorKind, StoreError};
use crate::scripts::Moment;
use crate::traits::{Listed, MapEntry, Partial, Resume, Scope, Store, Target, Written};

/// A datastore in an SQLite file; its targets and maps may be in another one.
pub(super) struct SqliteStore<'a> {
    pub(super) data: &'a mut Database,
    targets: Option<&'a mut Database>,
    pub(super) datastore: &'a Datastore,
    sql: &'a SqlStore,
    pub(super) scope: &'a Scope,
    pub(super) zones: &'a Zones,
    /// `<determineidonce>`: the id that was made last.
    pub(super) last_id: &'a Cell<Option<i64>>,
}

impl<'a> SqliteStore<'a> {
    pub(super) fn new(
        data: &'a mut Database,
        targets: Option<&'a mut Database>,
        datastore: &'a Datastore,
        sql: &'a SqlStore,
        scope: &'a Scope,
        zones: &'a Zones,
        last_id: &'a Cell<Option<i64>>,
    ) -> Self {
        SqliteStore { data, targets, datastore, sql, scope, zones, last_id }
    }

    pub(super) fn sql(&self) -> &'a SqlStore {
        self.sql
    }

    pub(super) fn needed(&self, sql: &'a Option<Sql>, tag: &str) -> Result<&'a Sql, StoreError> {
        sql.as_ref().ok_or_else(|| StoreError::missing(tag, &self.datastore.name))
    }

    /// The database of targets and maps, for writing. The one of the items comes first, always: who waits for items keeps
    /// nobody else from logging in, and no two sessions wait for each other.
    fn targets_to_write(&mut self) -> Result<&Connection, StoreError> {
        self.data.writable()?;
        self.targets().writable()
    }

    fn targets(&mut self) -> &mut Database {
        match &mut self.targets {
            Some(database) => database,
            None => self.data,
        }
    }

    pub(super) fn values(&self) -> Values<'a> {
        Values {
            user_key: &self.scope.user_key,
            device_key: &self.scope.device_key,
            device_id: &self.scope.device_id,
            domain: &self.scope.domain,
            folder_key: &self.scope.folder_key,
            remote_path: &self.scope.remote_path,
            stamp: Some(self.scope.stamp),
            stamp_kind: Some(self.sql().last_mod_type),
            ..Values::default()
        }
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

/// A target from the columns that the manual lists, as many of them as the datastore says there are (12.20.2).
fn read_target(row: &Row<'_>, datastore: &Datastore, kind: DbType) -> rusqlite::Result<Target> {
    let mut column = 0..;
    let mut next = || row.get_ref(column.next().unwrap_or_default());
    let (key, anchor) = (text(next()?), text(next()?));
    let last_sync = convert::stamp_from_sql(next()?, kind);
    let last_sent =
        if datastore.from_remote_only { convert::stamp_from_sql(next()?, kind) } else { last_sync };
    let mut resume = Resume::default();
    if datastore.resume {
        resume.alert = u16::try_from(whole_number(next()?)).unwrap_or(0);
        resume.stamp = convert::stamp_from_sql(next()?, kind);
    }
    if datastore.resume_items {
        let (source, target, status) = (text(next()?), text(next()?), whole_number(next()?));
        let (mode, total, unconfirmed) =
            (whole_number(next()?), whole_number(next()?), whole_number(next()?));
        let _stored = next()?;
        let data = next()?.as_bytes_or_null()?.unwrap_or_default().to_vec();
        resume.partial = (mode == statement::PARTIAL_INCOMING).then(|| Partial {
            source,
            target,
            status: u16::try_from(status).unwrap_or(0),
            total: u64::try_from(total).ok().filter(|total| *total > 0),
            unconfirmed: u64::try_from(unconfirmed).unwrap_or(0),
            data,
        });
    }
    Ok(Target { key, anchor, last_sync, last_sent, resume, parts: Vec::new() })
}

/// A number of a column; 0 for what is none.
fn whole_number(column: ValueRef<'_>) -> i64 {
    text(column).trim().parse().unwrap_or(0)
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

impl Store for SqliteStore<'_> {
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
        self.read_row(local_id)
    }

    fn insert(&mut self, item: &Item) -> Result<Written, StoreError> {
        let sql = self.sql();
        tried(sql.insert_retries, || self.insert_row(item.clone().in_list(&sql.field_map.rows)))
    }

    fn update(&mut self, local_id: &str, item: &Item) -> Result<Written, StoreError> {
        let missing = || StoreError::new(ErrorKind::NotFound, format!("item {local_id} is not there"));
        let whole = self.sql().update_all_fields || self.datastore.database_scripts.write();
        let mut row = match whole {
            // Scripts see all of it, and not only what has changed.
            true => {
                self.data.writable()?;
                let mut stored = self.read_row(local_id)?.ok_or_else(missing)?;
                stored.take_over(item);
                stored
            }
            false => item.clone(),
        };
        row = row.in_list(&self.sql().field_map.rows);
        tried(self.sql().update_retries, || self.update_row(local_id, row.clone()))
    }

    fn delete(&mut self, local_id: &str) -> Result<bool, StoreError> {
        let delete = self.needed(&self.sql().delete_data, "deletedatasql")?;
        self.whole(|store, connection| {
            let values = Values { local_id, ..store.values() };
            let changed = statement::run(connection, delete, &values, |_| Ok(true))?;
            let moment = Moment { local_id, writing: true, deleting: true, ..Moment::default() };
            let mut row = Item::new(store.sql().field_map.rows.clone());
            store.script_in(connection, DatabaseScript::AfterWrite, &moment, &mut row)?;
            Ok(changed > 0 || store.sql().ignore_affected_count)
        })
    }

    fn run_script(&mut self, script: DatabaseScript) -> Result<Option<Value>, StoreError> {
        let scripts = self.scope.scripts.as_deref().filter(|_| self.datastore.database_scripts.has(script));
        let Some(scripts) = scripts else { return Ok(None) };
        let moment = Moment::default();
        script::run_around(Place::Free(self.data), |sql| scripts.run(script, &moment, None, Some(sql)))
    }

    fn finalise(&mut self) -> Result<Vec<String>, StoreError> {
        self.finalise_rows()
    }

    fn target(&mut self) -> Result<Target, StoreError> {
        let get = self.needed(&self.sql().target_get, "synctargetgetsql")?;
        let new = self.needed(&self.sql().target_new, "synctargetnewsql")?;
        let (values, kind, datastore) = (self.values(), self.sql().last_mod_type, self.datastore);
        for attempt in 0..2 {
            let mut target = None;
            statement::run(self.targets().readable()?, get, &values, |row| {
                target = Some(read_target(row, datastore, kind)?);
                Ok(false)
            })?;
            match target {
                Some(target) => {
                    if let Some(scripts) = &self.scope.scripts {
                        scripts.know_target(&target.key);
                    }
                    return Ok(target);
                }
                None if attempt == 0 => {
                    statement::run(self.targets_to_write()?, new, &values, |_| Ok(true))?;
                }
                None => {}
            }
        }
        let message = format!("<synctargetgetsql> of {} does not find a new target", self.datastore.name);
        Err(StoreError::new(ErrorKind::Unavailable, message))
    }

    fn save_target(&mut self, target: &Target) -> Result<(), StoreError> {
        let sql = self.needed(&self.sql().target_update, "synctargetupdatesql")?;
        let values = Values { target_key: &target.key, target: Some(target), ..self.values() };
        statement::run(self.targets_to_write()?, sql, &values, |_| Ok(true)).map(drop)
    }

    fn maps(&mut self, target: &Target) -> Result<Vec<MapEntry>, StoreError> {
        let sql = self.needed(&self.sql().map_select, "selectmapallsql")?;
        let values = Values { target_key: &target.key, ..self.values() };
        let (mut entries, flagged) = (Vec::new(), self.datastore.resume);
        statement::run(self.targets().readable()?, sql, &values, |row| {
            let columns = row.as_ref().column_count();
            // With suspend and resume there are entries of other kinds, which say nothing of stored items.
            let normal = columns < 3 || matches!(text(row.get_ref(2)?).as_str(), "1" | "");
            if normal {
                let flags = if flagged && columns > 3 { whole_number(row.get_ref(3)?) } else { 0 };
                entries.push(MapEntry {
                    local_id: text(row.get_ref(0)?),
                    remote_id: text(row.get_ref(1)?),
                    flags: u32::try_from(flags).unwrap_or(0),
                });
            }
            Ok(true)
        })?;
        Ok(entries)
    }

    fn insert_map(&mut self, target: &Target, entry: &MapEntry) -> Result<(), StoreError> {
        let sql = self.needed(&self.sql().map_insert, "insertmapsql")?;
        self.write_map(sql, target, entry)
    }

    fn update_map(&mut self, target: &Target, entry: &MapEntry) -> Result<(), StoreError> {
        let sql = self.needed(&self.sql().map_update, "updatemapsql")?;
        self.write_map(sql, target, entry)
    }

    fn delete_map(&mut self, target: &Target, local_id: &str) -> Result<(), StoreError> {
        let sql = self.needed(&self.sql().map_delete, "deletemapsql")?;
        self.write_map(sql, target, &MapEntry::new(local_id, ""))
    }
}

impl SqliteStore<'_> {
    /// The list of items; `condition` is what `%AF` and `%WF` stand for.
    fn list_where(&mut self, condition: &str) -> Result<Vec<Listed>, StoreError> {
        let mut items = Vec::new();
        let kind = self.sql().last_mod_type;
        let (sql, values) = (self.sql(), Values { condition, ..self.values() });
        statement::run(self.data.readable()?, &sql.select_ids, &values, |row| {
            let modified = convert::stamp_from_sql(row.get_ref(1)?, kind).unwrap_or(0);
            items.push(Listed { local_id: text(row.get_ref(0)?), modified });
            Ok(true)
        })?;
        Ok(items)
    }

    fn write_map(&mut self, sql: &Sql, target: &Target, entry: &MapEntry) -> Result<(), StoreError> {
        let values = Values {
            target_key: &target.key,
            local_id: &entry.local_id,
            remote_id: &entry.remote_id,
            map_flags: entry.flags,
            ..self.values()
        };
        statement::run(self.targets_to_write()?, sql, &values, |_| Ok(true)).map(drop)
    }
}
