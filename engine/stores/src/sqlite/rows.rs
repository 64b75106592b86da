//! Rows with their detail records, as they are read and written (manual 12.20.20), and the scripts around both.
//!
//! Not its job: the other statements of a datastore (`items`).

use rusqlite::types::{Value as SqlValue, ValueRef};
use rusqlite::{Connection, Row};
use syncloom_config::{ArrayMap, ArrayScript, DatabaseScript, Map};
use syncloom_script::filter::Ids;
use syncloom_script::{FieldId, FieldType, Item, Value};

use super::convert::{self, text};
use super::items::SqliteItems;
use super::script::{self, Place};
use super::statement::{self, Columns, Values, needed};
use crate::error::{ErrorKind, StoreError};
use crate::scripts::Moment;
use crate::traits::Written;
use crate::wanted::Wanted;

/// Detail records of an item of which only a script says that there are no more. No item has so many; a script that
/// never says it writes for good.
const MAX_DETAILS: usize = 10_000;

/// Reading.
impl SqliteItems<'_> {
    /// An item with what is wanted of it; `None` if it is not there. Columns have their places in the statement, so that
    /// all of the master record are selected in any case.
    pub(super) fn read_row(
        &mut self,
        local_id: &str,
        wanted: Wanted<'_>,
    ) -> Result<Option<Item>, StoreError> {
        let map = &self.sql.field_map;
        let columns = self.columns(map.maps.iter().filter(|map| map.read).collect(), None);
        let values = Values { local_id, columns: Some(&columns), ..self.values() };
        let mut found = None;
        self.data.readable()?;
        statement::run(self.data.connection(), &self.sql.select_data, &values, |record| {
            let mut row = Item::new(map.rows.clone());
            for (column, map) in columns.maps.iter().enumerate().filter(|(_, map)| wanted.reads(map)) {
                let Some(field) = map.field_type(&row) else { continue };
                let value = self.value(row.get(map.field), record.get_ref(column)?, map, field);
                row.set(map.field, value);
            }
            found = Some(row);
            Ok(false)
        })?;
        let Some(mut row) = found else { return Ok(None) };
        self.load(&row, &columns.maps);
        let arrays = if matches!(wanted, Wanted::Whole) { map.arrays.as_slice() } else { &[] };
        for (number, array) in (0..).zip(arrays) {
            self.read_details(&mut row, local_id, number, array)?;
        }
        self.script(DatabaseScript::AfterRead, &Moment { local_id, ..Moment::default() }, Some(&mut row))?;
        Ok(Some(row.in_list(&map.list)))
    }

    fn read_details(
        &mut self,
        row: &mut Item,
        local_id: &str,
        number: u32,
        array: &ArrayMap,
    ) -> Result<(), StoreError> {
        let columns = self.columns(array.maps.iter().filter(|map| map.read).collect(), None);
        for map in &columns.maps {
            if row.is_array(map.field) {
                row.set(map.field, Value::Array(Vec::new()));
            }
        }
        let moment = Moment { local_id, ..Moment::default() };
        let of_array = |script| DatabaseScript::Array(number, script);
        if is_no(&self.script(of_array(ArrayScript::Init), &moment, Some(row))?) {
            return Ok(());
        }
        let step = array.repeat_inc.max(1) as usize;
        let after_read = of_array(ArrayScript::AfterRead);
        let count = if self.scope.runner(self.datastore, after_read).is_none() {
            self.each_record(local_id, array, &columns, |count, record| {
                self.set_record(row, &columns.maps, count * step, |column| record.get_ref(column))
            })?
        } else {
            // A script that sees one may run statements of its own, so that this one has to be through.
            let mut records: Vec<Vec<SqlValue>> = Vec::new();
            let count = self.each_record(local_id, array, &columns, |_, record| {
                let values = (0..columns.maps.len()).map(|column| record.get(column));
                records.push(values.collect::<rusqlite::Result<_>>()?);
                Ok(())
            })?;
            for (count, record) in records.iter().enumerate() {
                let index = count * step;
                self.set_record(row, &columns.maps, index, |column| Ok((&record[column]).into()))?;
                self.script(after_read, &Moment { index, ..moment }, Some(row))?;
            }
            count
        };
        if let Some(size) = array.size_from.filter(|size| !row.is_array(*size)) {
            row.set(size, Value::Integer(count as i64));
        }
        if let Some(none) = array.no_items.as_ref().filter(|_| count == 0) {
            none.make_pass(row, Ids { local: local_id, remote: "" });
        }
        self.script(of_array(ArrayScript::Finish), &Moment { index: count, ..moment }, Some(row))?;
        Ok(())
    }

    /// Gives each detail record with its number, as many as there may be; returns how many there were.
    fn each_record(
        &self,
        local_id: &str,
        array: &ArrayMap,
        columns: &Columns<'_>,
        mut each: impl FnMut(usize, &Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<usize, StoreError> {
        let values = Values { local_id, columns: Some(columns), ..self.values() };
        let limit = array.max_repeat.map_or(usize::MAX, |limit| limit as usize);
        let mut count = 0;
        statement::run(self.data.connection(), &array.select, &values, |record| {
            if count == limit {
                return Ok(false);
            }
            each(count, record)?;
            count += 1;
            Ok(true)
        })?;
        Ok(count)
    }

    /// Puts the columns of a detail record into their fields.
    fn set_record<'v>(
        &self,
        row: &mut Item,
        maps: &[&Map],
        index: usize,
        column: impl Fn(usize) -> rusqlite::Result<ValueRef<'v>>,
    ) -> rusqlite::Result<()> {
        for (number, map) in maps.iter().enumerate() {
            self.set_element(row, map, index, column(number)?);
        }
        self.load(row, maps);
        Ok(())
    }

    /// Puts a column of a detail record into its field: an element, or the field so many places further on.
    fn set_element(&self, row: &mut Item, map: &Map, index: usize, column: ValueRef<'_>) {
        let Some(kind) = map.field_type(row) else { return };
        if row.is_array(map.field) {
            let value = self.value(row.get_at(map.field, index), column, map, kind);
            row.set_at(map.field, index, value);
        } else if let Some(field) = statement::place(map, index) {
            let value = self.value(row.get(field), column, map, kind);
            row.set(field, value);
        }
    }

    /// What a field has once a column of it has been read: the column's value, or, in its zone, the time that has been
    /// read before.
    fn value(&self, known: &Value, column: ValueRef<'_>, map: &Map, kind: FieldType) -> Value {
        if convert::is_zone(map.kind) && matches!(known, Value::Timestamp(_)) {
            return convert::in_zone_from_sql(known, column, map.kind, self.zones);
        }
        convert::from_sql(column, map.kind, map.floating, kind)
    }
}

/// Writing.
impl SqliteItems<'_> {
    /// Adds an item.
    pub(super) fn insert_row(&mut self, item: &Item) -> Result<Written, StoreError> {
        let mut row = item.clone().in_list(&self.sql.field_map.rows);
        let insert = needed(&self.sql.insert_data, "insertdatasql", self.datastore)?;
        self.whole(|store, connection| {
            let mut local_id = store.id_beforehand(connection, &mut row)?;
            let cut =
                store.before_write(connection, local_id.as_deref().unwrap_or_default(), &mut row, true)?;
            let maps = store.sql.field_map.maps.iter().filter(|map| map.insert).collect();
            let columns = store.columns(maps, Some((&row, 0)));
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
            drop(columns);
            let local_id = local_id.unwrap_or_default();
            store.after_write(connection, &local_id, row, true)?;
            Ok(Written { local_id, cut })
        })
    }

    /// Writes an item that is there.
    pub(super) fn update_row(&mut self, local_id: &str, item: &Item) -> Result<Written, StoreError> {
        let mut row = item.clone().in_list(&self.sql.field_map.rows);
        self.whole(|store, connection| {
            let cut = store.before_write(connection, local_id, &mut row, false)?;
            store.update_master(connection, local_id, &row)?;
            store.after_write(connection, local_id, row, false)?;
            Ok(Written { local_id: local_id.to_owned(), cut })
        })
    }

    /// Writes the master record of an item.
    fn update_master(&self, connection: &Connection, local_id: &str, row: &Item) -> Result<(), StoreError> {
        let update = needed(&self.sql.update_data, "updatedatasql", self.datastore)?;
        let maps = self.sql.field_map.maps.iter().filter(|map| map.update).collect();
        let columns = self.columns(maps, Some((row, 0)));
        let values = Values { local_id, columns: Some(&columns), ..self.values() };
        let changed = statement::run(connection, update, &values, |_| Ok(true))?;
        if changed == 0 && !self.sql.ignore_affected_count {
            return Err(StoreError::gone(local_id));
        }
        Ok(())
    }

    /// Makes a row ready to be written, and says which columns cannot take all of it.
    fn before_write(
        &self,
        connection: &Connection,
        local_id: &str,
        row: &mut Item,
        inserting: bool,
    ) -> Result<Vec<String>, StoreError> {
        let moment = Moment { local_id, writing: true, inserting, ..Moment::default() };
        self.script_in(connection, DatabaseScript::BeforeWrite, &moment, row)?;
        self.save(row);
        self.cuts(row)
    }

    /// What follows when a master record has been written.
    fn after_write(
        &self,
        connection: &Connection,
        local_id: &str,
        mut row: Item,
        inserting: bool,
    ) -> Result<(), StoreError> {
        for (number, array) in (0..).zip(&self.sql.field_map.arrays) {
            self.write_details(connection, local_id, &mut row, inserting, number, array)?;
        }
        let moment = Moment { local_id, writing: true, inserting, ..Moment::default() };
        self.script_in(connection, DatabaseScript::AfterWrite, &moment, &mut row)?;
        self.keep(local_id, &row);
        Ok(())
    }

    fn write_details(
        &self,
        connection: &Connection,
        local_id: &str,
        row: &mut Item,
        new: bool,
        number: u32,
        array: &ArrayMap,
    ) -> Result<(), StoreError> {
        let maps: Vec<&Map> =
            array.maps.iter().filter(|map| if new { map.insert } else { map.update }).collect();
        let of_array = |script| DatabaseScript::Array(number, script);
        let scripts = &self.datastore.database_scripts;
        // A variable has something to say only when a script has run.
        let said = |map: &&Map| map.variable || row.get(map.field).is_assigned();
        if !maps.iter().any(said) {
            return Ok(());
        }
        let moment = Moment { local_id, writing: true, inserting: new, ..Moment::default() };
        if is_no(&self.script_in(connection, of_array(ArrayScript::Init), &moment, row)?) {
            return Ok(());
        }
        let values = Values { local_id, ..self.values() };
        if let (Some(sql), true) = (&array.delete, !new || array.always_clean) {
            statement::run(connection, sql, &values, |_| Ok(true))?;
        }
        let ids = Ids { local: local_id, remote: "" };
        if array.no_items.as_ref().is_some_and(|none| none.test(row, ids)) {
            return Ok(());
        }
        let step = array.repeat_inc.max(1) as usize;
        let mut count = details(array, &maps, row, scripts.has(of_array(ArrayScript::BeforeWrite)));
        if array.insert.is_none() {
            count = 0;
        }
        let (mut written, mut ended) = (0, count < MAX_DETAILS || array.max_repeat.is_some());
        for element in 0..count {
            let index = element * step;
            let moment = Moment { index, ..moment };
            if is_no(&self.script_in(connection, of_array(ArrayScript::BeforeWrite), &moment, row)?) {
                ended = true;
                break;
            }
            self.save(row);
            let empty = maps.iter().all(|map| statement::element(row, map, index).is_empty());
            if empty && !array.store_empty {
                continue;
            }
            if let Some(insert) = &array.insert {
                let columns = self.columns(maps.clone(), Some((row, index)));
                let values = Values { columns: Some(&columns), ..values };
                statement::run(connection, insert, &values, |_| Ok(true))?;
            }
            written += 1;
            self.script_in(connection, of_array(ArrayScript::AfterWrite), &moment, row)?;
        }
        if !ended {
            let message = format!("<beforewritescript> of an <array> goes on after {MAX_DETAILS} records");
            return Err(StoreError::new(ErrorKind::Refused, message));
        }
        self.script_in(connection, of_array(ArrayScript::Finish), &Moment { index: written, ..moment }, row)?;
        Ok(())
    }

    /// The columns that cannot take all of their value; an error where they may not cut it.
    fn cuts(&self, row: &Item) -> Result<Vec<String>, StoreError> {
        let mut cut = Vec::new();
        for map in &self.sql.field_map.maps {
            let Some(size) = map.size.map(|size| size as usize) else { continue };
            let too_long = match row.get(map.field) {
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

    /// The id that an item is inserted with, where the config makes it beforehand (manual 12.20.18).
    fn id_beforehand(&self, connection: &Connection, row: &mut Item) -> Result<Option<String>, StoreError> {
        let sql = self.sql;
        let moment = Moment { writing: true, inserting: true, ..Moment::default() };
        let said = self.script_in(connection, DatabaseScript::LocalId, &moment, row)?;
        if sql.unix_ms_rnd6_ids {
            // Time and a random number; SQLite has both.
            let query = "SELECT CAST(strftime('%s','now') AS INTEGER)*1000000 + abs(random() % 1000000)";
            return Ok(Some(connection.query_row(query, [], |row| row.get::<_, i64>(0))?.to_string()));
        }
        match &sql.obtain_local_id {
            Some(_) if sql.determine_id_once && self.last_id.get().is_some() => Ok(self.counted_on(0)),
            Some(query) if sql.determine_id_once || !sql.obtain_id_after_insert => {
                let mut id = None;
                statement::run(connection, query, &self.values(), |row| {
                    id = Some(text(row.get_ref(0)?));
                    Ok(false)
                })?;
                match sql.determine_id_once {
                    true => Ok(self.counted_on(id.and_then(|id| id.trim().parse().ok()).unwrap_or(0))),
                    false => Ok(id),
                }
            }
            _ => Ok(said.map(|id| id.to_text()).filter(|id| !id.is_empty())),
        }
    }

    /// The next id of this session, counted from what the database has said first (manual 12.20.18).
    fn counted_on(&self, first: i64) -> Option<String> {
        let next = match self.last_id.get() {
            Some(last) => last.checked_add(1)?,
            None => first.max(self.sql.min_next_id),
        };
        self.last_id.set(Some(next));
        Some(next.to_string())
    }

    /// Runs the `<finalisationscript>` for the items that were written, and writes what it has changed. A line for each
    /// item that this fails for.
    pub(super) fn finalise_rows(&mut self) -> Result<Vec<String>, StoreError> {
        let kept = self.scope.scripts.as_ref().map(|scripts| scripts.take_kept()).unwrap_or_default();
        let mut lines = Vec::new();
        for (local_id, item) in kept {
            let done = self.whole(|store, connection| {
                let mut row = item.clone().in_list(&store.sql.field_map.rows);
                let moment = Moment { local_id: &local_id, writing: true, ..Moment::default() };
                store.script_in(connection, DatabaseScript::Finalisation, &moment, &mut row)?;
                let mut changed = Item::new(row.list().clone());
                let fields = item.iter().filter(|(field, before)| row.get(*field) != *before);
                fields.for_each(|(field, _)| changed.set(field, row.get(field).clone()));
                if changed.iter().any(|(_, value)| value.is_assigned()) {
                    store.update_master(connection, &local_id, &changed)?;
                }
                Ok(())
            });
            match done {
                Err(error) if error.kind == ErrorKind::Unavailable => return Err(error),
                Err(error) => lines.push(format!("item {local_id}: {error}")),
                Ok(()) => {}
            }
        }
        Ok(lines)
    }
}

/// Scripts.
impl SqliteItems<'_> {
    /// Runs a script while nothing is written.
    pub(super) fn script(
        &mut self,
        script: DatabaseScript,
        moment: &Moment<'_>,
        row: Option<&mut Item>,
    ) -> Result<Option<Value>, StoreError> {
        let Some(scripts) = self.scope.runner(self.datastore, script) else { return Ok(None) };
        script::run_around(Place::Free(self.data), |sql| scripts.run(script, moment, row, Some(sql)))
    }

    /// Runs a script while an item is written, which takes back what it has begun if the script fails.
    pub(super) fn script_in(
        &self,
        connection: &Connection,
        script: DatabaseScript,
        moment: &Moment<'_>,
        row: &mut Item,
    ) -> Result<Option<Value>, StoreError> {
        let Some(scripts) = self.scope.runner(self.datastore, script) else { return Ok(None) };
        let place = Place::Within(connection);
        script::run_around(place, |sql| scripts.run(script, moment, Some(row), Some(sql)))
    }

    /// Gives the variables among these columns what has been read.
    fn load(&self, row: &Item, maps: &[&Map]) {
        let mut variables = maps.iter().filter(|map| map.variable).map(|map| map.field).peekable();
        if let Some(scripts) = self.scope.scripts.as_ref().filter(|_| variables.peek().is_some()) {
            scripts.load(row, &mut variables);
        }
    }

    /// Puts the variables into a row that is written.
    fn save(&self, row: &mut Item) {
        let map = &self.sql.field_map;
        if let Some(scripts) = self.scope.scripts.as_ref().filter(|_| map.rows.len() > map.list.len()) {
            scripts.save(row);
        }
    }

    /// Keeps the fields of an item that the config wants at the end.
    fn keep(&self, local_id: &str, row: &Item) {
        let map = &self.sql.field_map;
        let kept: Vec<FieldId> =
            map.maps.iter().filter(|map| map.keep && !map.variable).map(|map| map.field).collect();
        let wanted = self.datastore.database_scripts.has(DatabaseScript::Finalisation) && !kept.is_empty();
        if let Some(scripts) = self.scope.scripts.as_ref().filter(|_| wanted) {
            let mut item = Item::new(map.list.clone());
            kept.into_iter().for_each(|field| item.set(field, row.get(field).clone()));
            scripts.keep(local_id, item);
        }
    }
}

/// Whether a script has said no. One that says nothing has not.
fn is_no(said: &Option<Value>) -> bool {
    said.as_ref().is_some_and(|value| value.to_integer().is_none_or(|number| number == 0))
}

/// How many detail records an item has. `asks`: a script says when there are no more.
fn details(array: &ArrayMap, maps: &[&Map], row: &Item, asks: bool) -> usize {
    let size_from = array.size_from.map(|field| match row.get(field) {
        Value::Integer(count) => usize::try_from(*count).unwrap_or(0),
        value => value.elements().len(),
    });
    let is_single = |map: &&&Map| map.variable && !row.is_array(map.field);
    let counted = maps.iter().filter(|map| !is_single(map));
    let longest = counted.map(|map| row.get(map.field).elements().len()).max().unwrap_or(0);
    let open = asks && size_from.is_none() && maps.iter().any(|map| is_single(&map));
    let natural = if open { MAX_DETAILS } else { size_from.unwrap_or(longest) };
    match array.max_repeat.map(|limit| limit as usize) {
        Some(limit) if longest == 0 && size_from.is_none() => limit,
        Some(limit) => natural.min(limit),
        None => natural,
    }
}
