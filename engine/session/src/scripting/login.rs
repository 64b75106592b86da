//! What scripts ask of a login and of the database behind it (manual 11.33, 12.1.4, 12.17).
//!
//! Not its job: when they run, and what becomes of their answers (`session::login`).

use std::cell::RefCell;

use syncloom_config::LoginScript;
use syncloom_script::Value;
use syncloom_script::functions::calls::{DatabaseCall, LoginCall};
use syncloom_script::lang::{Env, Host, ItemPair, Variables};
use syncloom_stores::Backend;

use super::database::Times;
use super::item::{flag, number, text};
use super::sql::{ServerSql, SqlHost};
use super::{Desk, Shared, fault, is_true};
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
        let times = Times { zone: settings.data_zone, zones: known() };
        let mut database = LoginDatabase { keys: login.keys, times };
        let mut server_sql = ServerSql(backend);
        let mut sql = SqlHost::new(&mut server_sql, known(), None);
        let mut env = Env {
            zones: known(),
            session: Some(state),
            login: Some(login),
            database: Some(&mut database),
            sql: Some(&mut sql),
            ..Env::new(machine)
        };
        let result = scripts.run(kind, variables, &mut env);
        *zones = env.zones;
        machine.notes.append(&mut sql.notes);
        match result {
            Ok(value) => Ok(is_true(value.map(|typed| typed.value))),
            Err(error) => {
                machine.notes.push(fault(error, scripts.origin(kind)));
                Err(Failed)
            }
        }
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
struct LoginDatabase<'a> {
    keys: &'a Keys,
    times: Times,
}

impl Host<DatabaseCall> for LoginDatabase<'_> {
    fn call(
        &mut self,
        function: DatabaseCall,
        arguments: &[Value],
        _: &mut ItemPair<'_>,
    ) -> Result<Value, String> {
        if let Some(answer) = self.times.answer(function, arguments) {
            return answer;
        }
        match function {
            DatabaseCall::UserKey => Ok(Value::Text(self.keys.user.borrow().as_str().into())),
            DatabaseCall::DeviceKey => Ok(Value::Text(self.keys.device.borrow().as_str().into())),
            other => Err(format!("{other:?} has no meaning in a login")),
        }
    }
}
