//! The targets and maps of a datastore (manual 12.20.2, 12.20.5).

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use syncloom_config::{Datastore, DbType, Sql, SqlTargets};

use super::connection::Database;
use super::convert::{self, text};
use super::statement::{self, Values, needed};
use crate::error::{ErrorKind, StoreError};
use crate::traits::{MapEntry, Partial, Resume, Scope, Target, Targets};

/// The targets and maps of a datastore in an SQLite file.
pub(super) struct SqliteTargets<'a> {
    database: &'a mut Database,
    /// The database of the items, where it is another one.
    items: Option<&'a mut Database>,
    datastore: &'a Datastore,
    sql: &'a SqlTargets,
    scope: &'a Scope,
}

impl<'a> SqliteTargets<'a> {
    pub(super) fn new(
        database: &'a mut Database,
        items: Option<&'a mut Database>,
        datastore: &'a Datastore,
        sql: &'a SqlTargets,
        scope: &'a Scope,
    ) -> Self {
        SqliteTargets { database, items, datastore, sql, scope }
    }

    /// The database, for writing. The one of the items comes first, always: who waits for items keeps nobody else from
    /// logging in, and no two sessions wait for each other.
    fn writable(&mut self) -> Result<&Connection, StoreError> {
        if let Some(items) = &mut self.items {
            items.writable()?;
        }
        self.database.writable()
    }

    fn values(&self) -> Values<'a> {
        Values::of(self.scope, self.sql.last_mod_type)
    }

    fn write_map(&mut self, sql: &Sql, target: &Target, entry: &MapEntry) -> Result<(), StoreError> {
        let values = Values {
            target_key: &target.key,
            local_id: &entry.local_id,
            remote_id: &entry.remote_id,
            map_flags: entry.flags,
            ..self.values()
        };
        statement::run(self.writable()?, sql, &values, |_| Ok(true)).map(drop)
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
    let token = if datastore.store_sync_identifiers { text(next()?) } else { String::new() };
    let mut resume = Resume::default();
    if datastore.resume {
        resume.alert = u16::try_from(whole_number(next()?)).unwrap_or(0);
        resume.stamp = convert::stamp_from_sql(next()?, kind);
        if datastore.store_sync_identifiers {
            let _of_the_suspend = next()?;
        }
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
    Ok(Target { key, anchor, last_sync, last_sent, token, resume, parts: Vec::new() })
}

/// A number of a column; 0 for what is none.
fn whole_number(column: ValueRef<'_>) -> i64 {
    text(column).trim().parse().unwrap_or(0)
}

impl Targets for SqliteTargets<'_> {
    fn target(&mut self) -> Result<Target, StoreError> {
        let get = needed(&self.sql.get, "synctargetgetsql", self.datastore)?;
        let new = needed(&self.sql.new, "synctargetnewsql", self.datastore)?;
        let (values, kind, datastore) = (self.values(), self.sql.last_mod_type, self.datastore);
        for attempt in 0..2 {
            let mut target = None;
            statement::run(self.database.readable()?, get, &values, |row| {
                target = Some(read_target(row, datastore, kind)?);
                Ok(false)
            })?;
            match target {
                Some(target) => return Ok(target),
                None if attempt == 0 => {
                    statement::run(self.writable()?, new, &values, |_| Ok(true))?;
                }
                None => {}
            }
        }
        let message = format!("<synctargetgetsql> of {} does not find a new target", self.datastore.name);
        Err(StoreError::new(ErrorKind::Unavailable, message))
    }

    fn save_target(&mut self, target: &Target) -> Result<(), StoreError> {
        let sql = needed(&self.sql.update, "synctargetupdatesql", self.datastore)?;
        let values = Values { target_key: &target.key, target: Some(target), ..self.values() };
        statement::run(self.writable()?, sql, &values, |_| Ok(true)).map(drop)
    }

    fn maps(&mut self, target: &Target) -> Result<Vec<MapEntry>, StoreError> {
        let sql = needed(&self.sql.map_select, "selectmapallsql", self.datastore)?;
        let values = Values { target_key: &target.key, ..self.values() };
        let (mut entries, flagged) = (Vec::new(), self.datastore.resume);
        statement::run(self.database.readable()?, sql, &values, |row| {
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
        let sql = needed(&self.sql.map_insert, "insertmapsql", self.datastore)?;
        self.write_map(sql, target, entry)
    }

    fn update_map(&mut self, target: &Target, entry: &MapEntry) -> Result<(), StoreError> {
        let sql = needed(&self.sql.map_update, "updatemapsql", self.datastore)?;
        self.write_map(sql, target, entry)
    }

    fn delete_map(&mut self, target: &Target, local_id: &str) -> Result<(), StoreError> {
        let sql = needed(&self.sql.map_delete, "deletemapsql", self.datastore)?;
        self.write_map(sql, target, &MapEntry::new(local_id, ""))
    }
}
