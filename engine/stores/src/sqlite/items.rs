//! The items of a datastore, their detail records, and the datastore's targets and maps (manual 12.20).

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use syncloom_config::{ArrayMap, Datastore, DbType, Map, Sql, SqlStore};
use syncloom_script::{FieldType, Item, Value, Zones};

use super::connection::Database;
use super::convert::{self, text};
use super::statement::{self, Columns, Values};
use crate::error::{ErrorKind, StoreError};
use crate::traits::{Listed, MapEntry, Partial, Resume, Scope, Store, Target, Written};

/// A datastore in an SQLite file; its targets and maps may be in another one.
pub(super) struct SqliteStore<'a> {
    data: &'a mut Database,
    targets: Option<&'a mut Database>,
    datastore: &'a std::sync::Arc<Datastore>,
    sql: &'a SqlStore,
    scope: &'a Scope,
    zones: &'a Zones,
}

impl<'a> SqliteStore<'a> {
    pub(super) fn new(
        data: &'a mut Database,
        targets: Option<&'a mut Database>,
        datastore: &'a std::sync::Arc<Datastore>,
        sql: &'a SqlStore,
        scope: &'a Scope,
        zones: &'a Zones,
    ) -> Self {
        SqliteStore { data, targets, datastore, sql, scope, zones }
    }

    fn sql(&self) -> &'a SqlStore {
        self.sql
    }

    fn needed(&self, sql: &'a Option<Sql>, tag: &str) -> Result<&'a Sql, StoreError> {
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

    fn values(&self) -> Values<'a> {
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

    /// Runs what writes one item, so that either all of it happens or nothing.
    fn whole<T>(
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

    fn write_details(
        &self,
        connection: &Connection,
        item: &Item,
        values: &Values<'_>,
        new: bool,
    ) -> Result<(), StoreError> {
        for array in &self.sql().field_map.arrays {
            let maps: Vec<&Map> =
                array.maps.iter().filter(|map| if new { map.insert } else { map.update }).collect();
            if !maps.iter().any(|map| item.get(map.field).is_assigned()) {
                continue;
            }
            if let (Some(sql), true) = (&array.delete, !new || array.always_clean) {
                statement::run(connection, sql, values, |_| Ok(true))?;
            }
            let Some(insert) = &array.insert else { continue };
            let step = array.repeat_inc.max(1) as usize;
            for element in 0..details(array, &maps, item) {
                let index = element * step;
                let empty = maps.iter().all(|map| statement::element(item, map, index).is_empty());
                if empty && !array.store_empty {
                    continue;
                }
                let columns = Columns {
                    maps: maps.clone(),
                    item: Some((item, index)),
                    line_ends: self.sql().line_ends,
                    zones: self.zones,
                };
                let values = Values { columns: Some(&columns), ..*values };
                statement::run(connection, insert, &values, |_| Ok(true))?;
            }
        }
        Ok(())
    }

    fn read_details(&self, item: &mut Item, local_id: &str) -> Result<(), StoreError> {
        let list = item.list().clone();
        for array in &self.sql().field_map.arrays {
            let maps: Vec<&Map> = array.maps.iter().filter(|map| map.read).collect();
            for map in &maps {
                if item.is_array(map.field) {
                    item.set(map.field, Value::Array(Vec::new()));
                }
            }
            let columns = Columns { maps, item: None, line_ends: self.sql().line_ends, zones: self.zones };
            let values = Values { local_id, columns: Some(&columns), ..self.values() };
            let limit = array.max_repeat.map_or(usize::MAX, |limit| limit as usize);
            let step = array.repeat_inc.max(1) as usize;
            let mut count = 0;
            statement::run(self.data.connection(), &array.select, &values, |row| {
                if count == limit {
                    return Ok(false);
                }
                for (column, map) in columns.maps.iter().enumerate() {
                    let Some(field) = list.get(map.field) else { continue };
                    let index = count * step;
                    let plain = i32::try_from(index).ok().and_then(|offset| map.field.offset(offset));
                    let known = match plain {
                        _ if field.array => item.get_at(map.field, index),
                        Some(field) => item.get(field),
                        None => continue,
                    };
                    let value = self.value(known, row.get_ref(column)?, map, field.kind);
                    match plain {
                        _ if field.array => drop(item.set_at(map.field, index, value)),
                        Some(field) => item.set(field, value),
                        None => {}
                    }
                }
                count += 1;
                Ok(true)
            })?;
            if let Some(size) = array.size_from.filter(|size| !item.is_array(*size)) {
                item.set(size, Value::Integer(count as i64));
            }
        }
        Ok(())
    }

    /// What a field has once a column of it has been read: the column's value, or, in its zone, the time that has been
    /// read before.
    fn value(&self, known: &Value, column: ValueRef<'_>, map: &Map, kind: FieldType) -> Value {
        if convert::is_zone(map.kind) && matches!(known, Value::Timestamp(_)) {
            return convert::in_zone_from_sql(known, column, map.kind, self.zones);
        }
        convert::from_sql(column, map.kind, map.floating, kind)
    }

    /// The columns that cannot take all of their value; an error where they may not cut it.
    fn cuts(&self, item: &Item) -> Result<Vec<String>, StoreError> {
        let mut cut = Vec::new();
        for map in &self.sql().field_map.maps {
            let Some(size) = map.size.map(|size| size as usize) else { continue };
            let too_long = match item.get(map.field) {
                Value::Text(text) => text.len() > size && text.chars().count() > size,
                Value::Blob(bytes) => bytes.len() > size,
                _ => false,
            };
            if too_long && !map.truncate {
                let message = format!("column {} takes no more than {size} characters", map.column);
                return Err(StoreError::new(ErrorKind::Refused, message));
            }
            if too_long {
                cut.push(map.column.clone());
            }
        }
        Ok(cut)
    }

    /// The id that an item is inserted with, where the config makes it beforehand.
    fn id_beforehand(&self, connection: &Connection) -> Result<Option<String>, StoreError> {
        let sql = self.sql();
        if sql.unix_ms_rnd6_ids {
            // Time and a random number (manual 12.20.18); SQLite has both.
            let query = "SELECT CAST(strftime('%s','now') AS INTEGER)*1000000 + abs(random() % 1000000)";
            return Ok(Some(connection.query_row(query, [], |row| row.get::<_, i64>(0))?.to_string()));
        }
        match &sql.obtain_local_id {
            Some(query) if !sql.obtain_id_after_insert => {
                let mut id = None;
                statement::run(connection, query, &self.values(), |row| {
                    id = Some(text(row.get_ref(0)?));
                    Ok(false)
                })?;
                Ok(id)
            }
            _ => Ok(None),
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

/// How many detail records an item has.
fn details(array: &ArrayMap, maps: &[&Map], item: &Item) -> usize {
    let size_from = array.size_from.map(|field| match item.get(field) {
        Value::Integer(count) => usize::try_from(*count).unwrap_or(0),
        value => value.elements().len(),
    });
    let longest = maps.iter().map(|map| item.get(map.field).elements().len()).max().unwrap_or(0);
    let natural = size_from.unwrap_or(longest);
    match array.max_repeat.map(|limit| limit as usize) {
        Some(limit) if longest == 0 && size_from.is_none() => limit,
        Some(limit) => natural.min(limit),
        None => natural,
    }
}

impl Store for SqliteStore<'_> {
    fn list(&mut self) -> Result<Vec<Listed>, StoreError> {
        let mut items = Vec::new();
        let kind = self.sql().last_mod_type;
        let values = self.values();
        statement::run(self.data.readable()?, &self.sql.select_ids, &values, |row| {
            let modified = convert::stamp_from_sql(row.get_ref(1)?, kind).unwrap_or(0);
            items.push(Listed { local_id: text(row.get_ref(0)?), modified });
            Ok(true)
        })?;
        Ok(items)
    }

    fn version(&mut self) -> Result<Option<i64>, StoreError> {
        self.data.version().map(Some)
    }

    fn hold(&mut self) -> Result<(), StoreError> {
        self.data.writable().map(drop)
    }

    fn read(&mut self, local_id: &str) -> Result<Option<Item>, StoreError> {
        let map = &self.sql().field_map;
        let maps: Vec<&Map> = map.maps.iter().filter(|map| map.read).collect();
        let columns = Columns { maps, item: None, line_ends: self.sql().line_ends, zones: self.zones };
        let values = Values { local_id, columns: Some(&columns), ..self.values() };
        let mut found = None;
        self.data.readable()?;
        statement::run(self.data.connection(), &self.sql().select_data, &values, |row| {
            let mut item = Item::new(map.list.clone());
            for (column, map) in columns.maps.iter().enumerate() {
                let Some(field) = item.list().get(map.field) else { continue };
                let value = self.value(item.get(map.field), row.get_ref(column)?, map, field.kind);
                item.set(map.field, value);
            }
            found = Some(item);
            Ok(false)
        })?;
        if let Some(item) = &mut found {
            self.read_details(item, local_id)?;
        }
        Ok(found)
    }

    fn insert(&mut self, item: &Item) -> Result<Written, StoreError> {
        let insert = self.needed(&self.sql().insert_data, "insertdatasql")?;
        let cut = self.cuts(item)?;
        let local_id = self.whole(|store, connection| {
            let mut local_id = store.id_beforehand(connection)?;
            let maps = store.sql().field_map.maps.iter().filter(|map| map.insert).collect();
            let columns =
                Columns { maps, item: Some((item, 0)), line_ends: store.sql().line_ends, zones: store.zones };
            for statement in &insert.statements {
                let values = Values {
                    local_id: local_id.as_deref().unwrap_or_default(),
                    columns: Some(&columns),
                    ..store.values()
                };
                let mut returned = None;
                statement::run_one(connection, statement, &values, |row| {
                    returned = Some(text(row.get_ref(0)?));
                    Ok(true)
                })
                .map_err(|error| StoreError::of_statement(insert, &error))?;
                local_id = match returned.filter(|_| store.sql().insert_returns_id) {
                    Some(id) => Some(id),
                    None => local_id.or_else(|| Some(connection.last_insert_rowid().to_string())),
                };
            }
            let local_id = local_id.unwrap_or_default();
            let values = Values { local_id: &local_id, ..store.values() };
            store.write_details(connection, item, &values, true)?;
            Ok(local_id)
        })?;
        Ok(Written { local_id, cut })
    }

    fn update(&mut self, local_id: &str, item: &Item) -> Result<Written, StoreError> {
        let update = self.needed(&self.sql().update_data, "updatedatasql")?;
        let cut = self.cuts(item)?;
        self.whole(|store, connection| {
            let maps = store.sql().field_map.maps.iter().filter(|map| map.update).collect();
            let columns =
                Columns { maps, item: Some((item, 0)), line_ends: store.sql().line_ends, zones: store.zones };
            let values = Values { local_id, columns: Some(&columns), ..store.values() };
            let changed = statement::run(connection, update, &values, |_| Ok(true))?;
            if changed == 0 && !store.sql().ignore_affected_count {
                return Err(StoreError::new(ErrorKind::NotFound, format!("item {local_id} is not there")));
            }
            store.write_details(connection, item, &Values { columns: None, ..values }, false)
        })?;
        Ok(Written { local_id: local_id.to_owned(), cut })
    }

    fn delete(&mut self, local_id: &str) -> Result<bool, StoreError> {
        let delete = self.needed(&self.sql().delete_data, "deletedatasql")?;
        self.whole(|store, connection| {
            let values = Values { local_id, ..store.values() };
            let changed = statement::run(connection, delete, &values, |_| Ok(true))?;
            Ok(changed > 0 || store.sql().ignore_affected_count)
        })
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
                Some(target) => return Ok(target),
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
