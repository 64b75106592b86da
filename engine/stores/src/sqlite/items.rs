//! The items of a datastore and their detail records (manual 12.20).
//!
//! Not its job: what is remembered of them (`targets`).

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use syncloom_config::{ArrayMap, Datastore, Map, Sql, SqlItems};
use syncloom_script::{FieldType, Item, Value, Zones};

use super::connection::Database;
use super::convert::{self, text};
use super::statement::{self, Columns, Values};
use crate::error::{ErrorKind, StoreError};
use crate::traits::{Items, Listed, Scope, Written};

/// The items of a datastore in an SQLite file.
pub(super) struct SqliteItems<'a> {
    data: &'a mut Database,
    datastore: &'a Datastore,
    sql: &'a SqlItems,
    scope: &'a Scope,
    zones: &'a Zones,
}

impl<'a> SqliteItems<'a> {
    pub(super) fn new(
        data: &'a mut Database,
        datastore: &'a Datastore,
        sql: &'a SqlItems,
        scope: &'a Scope,
        zones: &'a Zones,
    ) -> Self {
        SqliteItems { data, datastore, sql, scope, zones }
    }

    fn needed(&self, sql: &'a Option<Sql>, tag: &str) -> Result<&'a Sql, StoreError> {
        sql.as_ref().ok_or_else(|| StoreError::missing(tag, &self.datastore.name))
    }

    fn values(&self) -> Values<'a> {
        Values::of(self.scope, self.sql.last_mod_type)
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
        for array in &self.sql.field_map.arrays {
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
                    line_ends: self.sql.line_ends,
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
        for array in &self.sql.field_map.arrays {
            let maps: Vec<&Map> = array.maps.iter().filter(|map| map.read).collect();
            for map in &maps {
                if item.is_array(map.field) {
                    item.set(map.field, Value::Array(Vec::new()));
                }
            }
            let columns = Columns { maps, item: None, line_ends: self.sql.line_ends, zones: self.zones };
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
        for map in &self.sql.field_map.maps {
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
        let sql = self.sql;
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

impl Items for SqliteItems<'_> {
    fn list(&mut self) -> Result<Vec<Listed>, StoreError> {
        let mut items = Vec::new();
        let kind = self.sql.last_mod_type;
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
        let map = &self.sql.field_map;
        let maps: Vec<&Map> = map.maps.iter().filter(|map| map.read).collect();
        let columns = Columns { maps, item: None, line_ends: self.sql.line_ends, zones: self.zones };
        let values = Values { local_id, columns: Some(&columns), ..self.values() };
        let mut found = None;
        self.data.readable()?;
        statement::run(self.data.connection(), &self.sql.select_data, &values, |row| {
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
        let insert = self.needed(&self.sql.insert_data, "insertdatasql")?;
        let cut = self.cuts(item)?;
        let local_id = self.whole(|store, connection| {
            let mut local_id = store.id_beforehand(connection)?;
            let maps = store.sql.field_map.maps.iter().filter(|map| map.insert).collect();
            let columns =
                Columns { maps, item: Some((item, 0)), line_ends: store.sql.line_ends, zones: store.zones };
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
                local_id = match returned.filter(|_| store.sql.insert_returns_id) {
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
        let update = self.needed(&self.sql.update_data, "updatedatasql")?;
        let cut = self.cuts(item)?;
        self.whole(|store, connection| {
            let maps = store.sql.field_map.maps.iter().filter(|map| map.update).collect();
            let columns =
                Columns { maps, item: Some((item, 0)), line_ends: store.sql.line_ends, zones: store.zones };
            let values = Values { local_id, columns: Some(&columns), ..store.values() };
            let changed = statement::run(connection, update, &values, |_| Ok(true))?;
            if changed == 0 && !store.sql.ignore_affected_count {
                return Err(StoreError::new(ErrorKind::NotFound, format!("item {local_id} is not there")));
            }
            store.write_details(connection, item, &Values { columns: None, ..values }, false)
        })?;
        Ok(Written { local_id: local_id.to_owned(), cut })
    }

    fn delete(&mut self, local_id: &str) -> Result<bool, StoreError> {
        let delete = self.needed(&self.sql.delete_data, "deletedatasql")?;
        self.whole(|store, connection| {
            let values = Values { local_id, ..store.values() };
            let changed = statement::run(connection, delete, &values, |_| Ok(true))?;
            Ok(changed > 0 || store.sql.ignore_affected_count)
        })
    }
}
