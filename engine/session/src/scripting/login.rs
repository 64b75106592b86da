//! What scripts ask of a login and of the database behind it (manual 11.33, 12.1.4, 12.17).
//!
//! Not its job: when they run, and what becomes of their answers (`session::login`).

use std::cell::RefCell;

use syncloom_config::{DbType, LoginScript};
use syncloom_script::functions::calls::{DatabaseCall, LoginCall, SqlCall};
use syncloom_script::lang::{Env, Host, ItemPair, Variables};
use syncloom_script::{Value, Zone, Zones};
use syncloom_stores::sqlite::{Rows, integer_of_time, literal, time_of_integer};
use syncloom_stores::{Backend, ErrorKind, StoreError};

use super::item::{flag, number, text};
use super::{Desk, Shared, is_true, value_of};
use crate::auth::{Attempt, Secret};
use crate::server::Server;

/// A script of a login could not be run to its end.
pub(crate) struct Failed;

impl Desk {
    /// Runs a script of a login. `Ok(None)`: there is none, or it gives no value.
    pub(crate) fn run_login(
        &self,
        server: &Server,
        kind: LoginScript,
        variables: &mut Variables,
        login: &mut LoginState<'_>,
        backend: &mut dyn Backend,
    ) -> Result<Option<bool>, Failed> {
        let Some(settings) = server.settings() else { return Ok(None) };
        let scripts = &settings.login_scripts;
        if !scripts.has(kind) {
            return Ok(None);
        }
        let mut shared = self.shared();
        let Shared { machine, zones, state } = &mut *shared;
        let known = || zones.clone();
        let mut database = LoginDatabase { keys: login.keys, zone: settings.data_zone, zones: known() };
        let mut sql = ScriptSql { backend, rows: Rows::default(), zones: known(), notes: Vec::new() };
        let mut env = Env {
            zones: known(),
            session: Some(state),
            login: Some(login),
            database: Some(&mut database),
            sql: Some(&mut sql),
            ..Env::new(machine)
        };
        let result = scripts.run(kind, variables, &mut env);
        let after = env.zones;
        *zones = after;
        machine.notes.append(&mut sql.notes);
        let failed = result.is_err();
        let value = value_of(result, scripts.origin(kind), &mut machine.notes);
        if failed { Err(Failed) } else { Ok(is_true(value)) }
    }
}

/// The keys that a login finds and scripts may set: what everything else is selected by.
#[derive(Default)]
pub(crate) struct Keys {
    pub(crate) user: RefCell<String>,
    pub(crate) device: RefCell<String>,
    /// SETDEVICEKEY: the device is what the script says that it is.
    pub(crate) device_is_set: RefCell<bool>,
}

/// What scripts can see and set of a login.
pub(crate) struct LoginState<'a> {
    pub(crate) attempt: &'a Attempt<'a>,
    pub(crate) keys: &'a Keys,
    /// AUTHOK: what the checks so far say.
    pub(crate) ok: bool,
    /// UNKNOWNDEVICE.
    pub(crate) unknown_device: bool,
    /// SETUSERNAME: the name that is looked up.
    pub(crate) lookup: String,
    /// SETDOMAIN.
    pub(crate) domain: String,
}

impl Host<LoginCall> for LoginState<'_> {
    fn call(
        &mut self,
        function: LoginCall,
        arguments: &[Value],
        _: &mut ItemPair<'_>,
    ) -> Result<Value, String> {
        let attempt = self.attempt;
        match function {
            LoginCall::AuthOk => return Ok(flag(self.ok)),
            LoginCall::AuthUser => return Ok(Value::Text(attempt.user.as_str().into())),
            LoginCall::AuthString => return Ok(Value::Text(attempt.credentials.as_sent().into())),
            LoginCall::AuthType => return Ok(Value::Integer(attempt.kind())),
            LoginCall::AuthDeviceId => return Ok(Value::Text(attempt.device_id.as_str().into())),
            LoginCall::UnknownDevice => return Ok(flag(self.unknown_device)),
            LoginCall::CheckAuth => {
                let (user, value) = (text(arguments, 0), text(arguments, 1));
                let secret = match number(arguments, 2) {
                    0 => Secret::clear(&value),
                    _ => Secret::digest(&value),
                };
                return Ok(flag(user == attempt.user && secret.proves(attempt)));
            }
            LoginCall::SetUserName => self.lookup = text(arguments, 0),
            LoginCall::SetDomain => self.domain = text(arguments, 0),
            LoginCall::SetUserKey => *self.keys.user.borrow_mut() = text(arguments, 0),
            LoginCall::SetDeviceKey => {
                *self.keys.device.borrow_mut() = text(arguments, 0);
                *self.keys.device_is_set.borrow_mut() = true;
            }
        }
        Ok(Value::Unassigned)
    }
}

/// What scripts of a login ask of the database in general.
pub(crate) struct LoginDatabase<'a> {
    pub(crate) keys: &'a Keys,
    /// The zone of times in the database.
    pub(crate) zone: Zone,
    pub(crate) zones: Zones,
}

impl Host<DatabaseCall> for LoginDatabase<'_> {
    fn call(
        &mut self,
        function: DatabaseCall,
        arguments: &[Value],
        _: &mut ItemPair<'_>,
    ) -> Result<Value, String> {
        match function {
            DatabaseCall::UserKey => Ok(Value::Text(self.keys.user.borrow().as_str().into())),
            DatabaseCall::DeviceKey => Ok(Value::Text(self.keys.device.borrow().as_str().into())),
            DatabaseCall::IntToTimestamp => {
                let kind = db_type(&text(arguments, 1))?;
                time_of_integer(number(arguments, 0), kind).ok_or_else(|| no_number(kind))
            }
            DatabaseCall::TimestampToInt => {
                let kind = db_type(&text(arguments, 1))?;
                let Some(Value::Timestamp(time)) = arguments.first() else { return Ok(Value::Unassigned) };
                let found = integer_of_time(*time, kind, &self.zones).map(Value::Integer);
                found.ok_or_else(|| no_number(kind))
            }
            DatabaseCall::ConvertToDataZone => match arguments.first() {
                Some(Value::Timestamp(time)) if !time.is_floating() => {
                    Ok(Value::Timestamp(time.in_zone(self.zone)))
                }
                Some(Value::Timestamp(time)) if number(arguments, 1) != 0 => {
                    Ok(Value::Timestamp(time.with_zone(self.zone)))
                }
                other => Ok(other.cloned().unwrap_or_default()),
            },
            other => Err(format!("{other:?} has no meaning in a login")),
        }
    }
}

/// SQL that scripts run in the database of the server.
pub(crate) struct ScriptSql<'a> {
    pub(crate) backend: &'a mut dyn Backend,
    pub(crate) rows: Rows,
    pub(crate) zones: Zones,
    /// What went wrong, for the log: the script itself is told a number.
    pub(crate) notes: Vec<String>,
}

impl ScriptSql<'_> {
    /// What SQLEXECUTE gives for a failure: the status that says it.
    fn failed(&mut self, error: &StoreError) -> Value {
        self.notes.push(format!("SQLEXECUTE: {error}"));
        Value::Integer(i64::from(match error.kind {
            ErrorKind::NotFound => StoreError::new(ErrorKind::Refused, "").status(),
            _ => error.status(),
        }))
    }
}

impl Host<SqlCall> for ScriptSql<'_> {
    fn call(
        &mut self,
        function: SqlCall,
        arguments: &[Value],
        _: &mut ItemPair<'_>,
    ) -> Result<Value, String> {
        let said = |error: StoreError| error.to_string();
        match function {
            SqlCall::Execute => match self.backend.run_script_sql(&text(arguments, 0)) {
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
            SqlCall::Commit => self.backend.commit().map_err(said)?,
            SqlCall::Rollback => self.backend.rollback(),
            SqlCall::SetConnectString | SqlCall::SetPassword => {
                return Err("databases of ODBC are not opened yet".to_owned());
            }
            SqlCall::SetFilter | SqlCall::AddByUpdating => {
                return Err(format!("{function:?} has no meaning outside of a datastore"));
            }
        }
        Ok(Value::Unassigned)
    }
}

/// The type of a column by the name that configs use; text is the type of what says none.
fn db_type(name: &str) -> Result<DbType, String> {
    let name = name.trim();
    if name.is_empty() {
        return Ok(DbType::String);
    }
    let found = DbType::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, kind)| *kind).ok_or_else(|| format!("{name:?} is no type of a database field"))
}

fn no_number(kind: DbType) -> String {
    let name = DbType::NAMES.iter().find(|(_, known)| *known == kind).map_or("", |(name, _)| name);
    format!("times are no numbers in the type {name}")
}
