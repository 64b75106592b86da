//! Running the scripts that are not a datatype's: those of the session, of a datastore, and around its database.
//!
//! Not its job: when they run, and what becomes of their answers (`session`, `sync`).

use syncloom_config::{Scripts, SessionScript};
use syncloom_script::lang::{Context, Env, ItemSlot, Variables};
use syncloom_script::{Item, Value};

use super::database::DatabaseState;
use super::sql::SqlHost;
use super::{CustomItem, DatastoreState, Desk, ItemState, ItemStatus, Shared, fault};
use crate::server::Server;

/// What a script may ask beyond the session.
#[derive(Default)]
pub(crate) struct Beyond<'a> {
    /// The context of the session's scripts, where it is theirs.
    pub(crate) session_context: Option<&'a Context>,
    pub(crate) datastore: Option<&'a mut DatastoreState>,
    pub(crate) status: Option<&'a mut ItemStatus>,
    pub(crate) custom: Option<&'a mut CustomItem>,
    /// Around a database: the database, and the item in it.
    pub(crate) database: Option<&'a mut DatabaseState>,
    pub(crate) row: Option<&'a mut Item>,
    pub(crate) item: Option<&'a mut ItemState>,
}

impl<'a> Beyond<'a> {
    fn put_into(self, env: &mut Env<'a>) {
        let Beyond { session_context, datastore, status, custom, database, row, item } = self;
        env.session_context = session_context;
        if let Some(row) = row {
            env.items.target = ItemSlot::Write(row);
        }
        if let Some(host) = item {
            env.item = Some(host);
        }
        if let Some(host) = datastore {
            env.datastore = Some(host);
        }
        if let Some(host) = database {
            env.database = Some(host);
        }
        if let Some(host) = status {
            env.status = Some(host);
        }
        if let Some(host) = custom {
            env.custom = Some(host);
        }
    }
}

impl Desk {
    /// Runs a script. `None`: there is none, it gives nothing, or it failed.
    pub(crate) fn run<K: Copy + PartialEq>(
        &self,
        scripts: &Scripts<K>,
        kind: K,
        variables: &mut Variables,
        hosts: Beyond<'_>,
    ) -> Option<Value> {
        self.try_run(scripts, kind, variables, hosts, None).unwrap_or_else(|fault| {
            self.note(vec![fault]);
            None
        })
    }

    /// Runs a script. The error is a line for the log that says where it failed.
    pub(super) fn try_run<K: Copy + PartialEq>(
        &self,
        scripts: &Scripts<K>,
        kind: K,
        variables: &mut Variables,
        hosts: Beyond<'_>,
        sql: Option<&mut SqlHost<'_>>,
    ) -> Result<Option<Value>, String> {
        if !scripts.has(kind) {
            return Ok(None);
        }
        let mut shared = self.shared();
        let Shared { machine, zones, state } = &mut *shared;
        let mut env = Env { zones: zones.clone(), session: Some(state), ..Env::new(machine) };
        hosts.put_into(&mut env);
        if let Some(host) = sql {
            env.sql = Some(host);
        }
        let result = scripts.run(kind, variables, &mut env);
        *zones = env.zones;
        let said = result.map_err(|error| fault(error, scripts.origin(kind)))?;
        Ok(said.map(|typed| typed.value))
    }

    /// Runs a script of the session, in the session's variables.
    pub(crate) fn run_session(
        &self,
        server: &Server,
        kind: SessionScript,
        hosts: Beyond<'_>,
    ) -> Option<Value> {
        let scripts = &server.settings()?.session_scripts;
        if !scripts.has(kind) {
            return None;
        }
        let mut variables = self.state(|session| session.take_variables(scripts));
        let hosts = Beyond { session_context: Some(scripts.context()), ..hosts };
        let value = self.run(scripts, kind, &mut variables, hosts);
        self.state(|session| session.put_variables(scripts, variables));
        value
    }
}

/// Whether a script's value is true; `None` if it gives none.
pub(crate) fn is_true(value: Option<Value>) -> Option<bool> {
    value.map(|value| value.to_integer().is_some_and(|number| number != 0))
}
