//! SQL that scripts run (manual 12.1.4): in the database of the server for those of a login, in its own for those of a
//! datastore.
//!
//! Not its job: running statements (`syncloom_stores`).

use syncloom_config::DbType;
use syncloom_script::functions::calls::SqlCall;
use syncloom_script::lang::{Host, ItemPair};
use syncloom_script::{Value, Zones};
use syncloom_stores::sqlite::{Rows, literal};
use syncloom_stores::{Backend, ErrorKind, ScriptSql, StoreError};

use super::item::{flag, number, text};

/// What scripts ask of SQL.
pub(super) struct SqlHost<'a> {
    database: &'a mut dyn ScriptSql,
    rows: Rows,
    zones: Zones,
    /// SETSQLFILTER; `None` where there is no datastore.
    condition: Option<&'a mut String>,
    /// What went wrong, for the log: the script itself is told a number.
    pub(super) notes: Vec<String>,
}

impl<'a> SqlHost<'a> {
    pub(super) fn new(
        database: &'a mut dyn ScriptSql,
        zones: Zones,
        condition: Option<&'a mut String>,
    ) -> Self {
        SqlHost { database, rows: Rows::default(), zones, condition, notes: Vec::new() }
    }

    /// What SQLEXECUTE gives for a failure: the status that says it.
    fn failed(&mut self, error: &StoreError) -> Value {
        self.notes.push(format!("SQLEXECUTE: {error}"));
        Value::Integer(i64::from(match error.kind {
            ErrorKind::NotFound => StoreError::new(ErrorKind::Refused, "").status(),
            _ => error.status(),
        }))
    }
}

impl Host<SqlCall> for SqlHost<'_> {
    fn call(
        &mut self,
        function: SqlCall,
        arguments: &[Value],
        _: &mut ItemPair<'_>,
    ) -> Result<Value, String> {
        let said = |error: StoreError| error.to_string();
        match function {
            SqlCall::Execute => match self.database.execute(&text(arguments, 0)) {
                Ok(rows) => {
                    self.rows = rows;
                    return Ok(Value::Integer(0));
                }
                Err(error) => return Ok(self.failed(&error)),
            },
            SqlCall::FetchRow => return Ok(flag(self.rows.advance())),
            SqlCall::GetColumn => {
                let column = self.rows.column(number(arguments, 0), db_type(&text(arguments, 1))?);
                return Ok(column.unwrap_or_default());
            }
            SqlCall::Literal => {
                let value = arguments.first().cloned().unwrap_or_default();
                return Ok(Value::Text(literal(&value, db_type(&text(arguments, 1))?, &self.zones).into()));
            }
            SqlCall::SqliteLastId => return Ok(Value::Integer(self.rows.last_id())),
            SqlCall::Commit => self.database.commit().map_err(said)?,
            SqlCall::Rollback => self.database.rollback().map_err(said)?,
            SqlCall::SetConnectString | SqlCall::SetPassword => {
                return Err("databases of ODBC are not opened yet".to_owned());
            }
            SqlCall::SetFilter => match &mut self.condition {
                Some(condition) => **condition = text(arguments, 0).trim().to_owned(),
                None => return Err("SETSQLFILTER has no meaning outside of a datastore".to_owned()),
            },
            SqlCall::AddByUpdating => return Err("ADDBYUPDATING does not act yet".to_owned()),
        }
        Ok(Value::Unassigned)
    }
}

/// The database of the server as a whole.
pub(super) struct ServerSql<'a>(pub(super) &'a mut dyn Backend);

impl ScriptSql for ServerSql<'_> {
    fn execute(&mut self, text: &str) -> Result<Rows, StoreError> {
        self.0.run_script_sql(text)
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.0.commit()
    }

    fn rollback(&mut self) -> Result<(), StoreError> {
        self.0.rollback();
        Ok(())
    }
}

/// The type of a column by the name that configs use; text is the type of what says none.
pub(super) fn db_type(name: &str) -> Result<DbType, String> {
    let name = name.trim();
    if name.is_empty() {
        return Ok(DbType::String);
    }
    let found = DbType::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, kind)| *kind).ok_or_else(|| format!("{name:?} is no type of a database field"))
}
