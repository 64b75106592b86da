//! SQL that scripts make themselves (manual 12.1.4): running it, its rows, and values as literals in it.
//!
//! Not its job: the statements of the config (`statement`).

use std::collections::VecDeque;

use rusqlite::types::{Value as SqlValue, ValueRef};
use syncloom_config::{DbType, LineEnds};
use syncloom_script::{FieldType, Timestamp, Value, Zones};

use super::connection::Database;
use super::convert;
use crate::error::{ErrorKind, StoreError};

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

/// Runs a statement; one that writes begins a transaction.
pub(super) fn run(database: &mut Database, text: &str) -> Result<Rows, StoreError> {
    let reads = database.connection().prepare(text)?.readonly();
    let connection = if reads { database.connection() } else { database.writable()? };
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
