//! SQL that scripts make themselves (manual 12.1.4): running it, its rows, and values as literals in it.
//!
//! Not its job: the statements of the config (`statement`).

use std::collections::VecDeque;

use rusqlite::Connection;
use rusqlite::types::{Value as SqlValue, ValueRef};
use syncloom_config::{DbType, LineEnds};
use syncloom_script::{FieldType, Timestamp, Value, Zones};

use super::connection::Database;
use super::convert;
use crate::error::{ErrorKind, StoreError};
use crate::scripts::ScriptSql;

/// Rows that a statement of a script may give. They are all read at once, as the script may run another statement
/// while it goes through them; a script that looks somebody up needs a few.
const MAX_ROWS: usize = 10_000;

/// What a statement of a script has given, and which row the script is at.
#[derive(Debug, Default)]
pub struct Rows {
    left: VecDeque<Vec<SqlValue>>,
    current: Option<Vec<SqlValue>>,
    last_id: i64,
}

impl Rows {
    /// Goes to the next row, at first to the first one; `false` if there is none.
    pub fn advance(&mut self) -> bool {
        self.current = self.left.pop_front();
        self.current.is_some()
    }

    /// A column of the row, from 1; NULL is empty. `None`: there is no row, or no such column.
    pub fn column(&self, number: i64, kind: DbType) -> Option<Value> {
        let position = usize::try_from(number).ok()?.checked_sub(1)?;
        let column = self.current.as_ref()?.get(position)?;
        Some(convert::from_sql(column.into(), kind, false, field_of(kind)))
    }

    /// The row id of the last insert.
    pub fn last_id(&self) -> i64 {
        self.last_id
    }
}

/// Where statements of a script run.
pub(super) enum Place<'a> {
    /// In a database that nothing is done with.
    Free(&'a mut Database),
    /// In the middle of writing.
    Within(&'a Connection),
}

/// The statements of one run of a script. What they write can be taken back until SQLCOMMIT. It becomes durable together
/// with all that the message writes, which a script cannot have before or without the rest.
struct Statements<'a> {
    place: Place<'a>,
    open: bool,
}

/// Lets a script run statements. What it has not committed when it ends counts as committed, unless it has failed.
pub(super) fn run_around<T>(
    place: Place<'_>,
    script: impl FnOnce(&mut dyn ScriptSql) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut statements = Statements { place, open: false };
    let result = script(&mut statements);
    let ended = if result.is_ok() { statements.commit() } else { statements.rollback() };
    ended.and(result)
}

impl Statements<'_> {
    fn connection(&self) -> &Connection {
        match &self.place {
            Place::Free(database) => database.connection(),
            Place::Within(connection) => connection,
        }
    }

    fn end(&mut self, statements: &[&str]) -> Result<(), StoreError> {
        if std::mem::take(&mut self.open) {
            for statement in statements {
                self.connection().prepare_cached(statement)?.execute([])?;
            }
        }
        Ok(())
    }
}

impl ScriptSql for Statements<'_> {
    fn execute(&mut self, text: &str) -> Result<Rows, StoreError> {
        if !reads(self.connection(), text)? && !self.open {
            if let Place::Free(database) = &mut self.place {
                database.writable()?;
            }
            self.connection().prepare_cached("SAVEPOINT script")?.execute([])?;
            self.open = true;
        }
        rows(self.connection(), text)
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.end(&["RELEASE script"])
    }

    fn rollback(&mut self) -> Result<(), StoreError> {
        self.end(&["ROLLBACK TO script", "RELEASE script"])
    }
}

/// Runs a statement; one that writes begins a transaction.
pub(super) fn run(database: &mut Database, text: &str) -> Result<Rows, StoreError> {
    let connection =
        if reads(database.connection(), text)? { database.connection() } else { database.writable()? };
    rows(connection, text)
}

/// Whether a statement only reads. Those that begin or end a transaction are refused: it is not the script's.
fn reads(connection: &Connection, text: &str) -> Result<bool, StoreError> {
    const TRANSACTION: &[&str] = &["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"];
    let reads = connection.prepare(text)?.readonly();
    let text = text.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let word = text.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    if reads && TRANSACTION.iter().any(|known| known.eq_ignore_ascii_case(word)) {
        let message = format!("{word} is not for scripts, which have SQLCOMMIT and SQLROLLBACK");
        return Err(StoreError::new(ErrorKind::Refused, message));
    }
    Ok(reads)
}

fn rows(connection: &Connection, text: &str) -> Result<Rows, StoreError> {
    let mut prepared = connection.prepare(text)?;
    let columns = prepared.column_count();
    let mut left = VecDeque::new();
    let mut rows = prepared.raw_query();
    while let Some(row) = rows.next()? {
        if left.len() == MAX_ROWS {
            let message = format!("a statement of a script gives more than {MAX_ROWS} rows");
            return Err(StoreError::new(ErrorKind::Refused, message));
        }
        left.push_back((0..columns).map(|column| row.get(column)).collect::<rusqlite::Result<_>>()?);
    }
    Ok(Rows { left, current: None, last_id: connection.last_insert_rowid() })
}

/// A column as scripts see it that have not said its type.
pub(super) fn value(column: ValueRef<'_>) -> Value {
    match column {
        ValueRef::Null => Value::Unassigned,
        other => Value::Text(convert::text(other).into()),
    }
}

/// A value as a literal of SQL (DBLITERAL).
pub fn literal(value: &Value, kind: DbType, zones: &Zones) -> String {
    match convert::to_sql(value, kind, false, LineEnds::Unix, zones) {
        SqlValue::Null => "NULL".to_owned(),
        SqlValue::Integer(number) => number.to_string(),
        SqlValue::Real(number) => number.to_string(),
        SqlValue::Text(text) => format!("'{}'", text.replace('\'', "''")),
        SqlValue::Blob(bytes) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            format!("X'{digits}'")
        }
    }
}

/// What a number of a database means as a time (DBINTTOTIMESTAMP). `None`: the type is none of numbers.
pub fn time_of_integer(number: i64, kind: DbType) -> Option<Value> {
    is_integer(kind).then(|| convert::from_sql(ValueRef::Integer(number), kind, false, FieldType::Timestamp))
}

/// The number that a database has for a time (TIMESTAMPTODBINT). `None`: the type is none of numbers.
pub fn integer_of_time(time: Timestamp, kind: DbType, zones: &Zones) -> Option<i64> {
    match convert::to_sql(&Value::Timestamp(time), kind, false, LineEnds::Unix, zones) {
        SqlValue::Integer(number) if is_integer(kind) => Some(number),
        _ => None,
    }
}

fn is_integer(kind: DbType) -> bool {
    use DbType::*;
    matches!(
        kind,
        LinearTime
            | LinearDate
            | UnixTimeSeconds
            | UnixTimeMillis
            | UnixTimeMicros
            | UnixDateSeconds
            | UnixDateMillis
            | UnixDateMicros
            | NsDate
    )
}

/// What a column of this type becomes in a variable.
fn field_of(kind: DbType) -> FieldType {
    match kind {
        DbType::String | DbType::Numeric => FieldType::String,
        DbType::Blob => FieldType::Blob,
        _ => FieldType::Timestamp,
    }
}

#[cfg(test)]
mod tests {
    use syncloom_script::Zone;

    use super::*;

    #[test]
    fn literals_cannot_be_broken_out_of() {
        let zones = Zones::new(Zone::Utc);
        let of = |value: Value, kind| literal(&value, kind, &zones);
        assert_eq!(of(Value::Text("o'neil'; --".into()), DbType::String), "'o''neil''; --'");
        assert_eq!(of(Value::Text("12".into()), DbType::Numeric), "12");
        assert_eq!(of(Value::Text("1; DROP TABLE x".into()), DbType::Numeric), "'1; DROP TABLE x'");
        assert_eq!(of(Value::Blob(vec![0, 255]), DbType::Blob), "X'00FF'");
        assert_eq!(of(Value::Empty, DbType::Timestamp), "NULL");
    }

    #[test]
    fn numbers_are_times_and_times_numbers() {
        let zones = Zones::new(Zone::Utc);
        let Some(Value::Timestamp(time)) = time_of_integer(86_400, DbType::UnixTimeSeconds) else {
            panic!("no time")
        };
        assert_eq!(time.unix_ms(), 86_400_000);
        assert_eq!(integer_of_time(time, DbType::UnixTimeMillis, &zones), Some(86_400_000));
        assert_eq!(time_of_integer(1, DbType::String), None);
        assert_eq!(integer_of_time(time, DbType::Timestamp, &zones), None);
    }
}
