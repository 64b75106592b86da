//! Running the scripts that are not a datatype's: those of the session, of a datastore, and around its database.
//!
//! Not its job: when they run, and what becomes of their answers (`session`, `sync`).

use syncloom_config::{Scripts, SessionScript};
use syncloom_script::lang::{Context, Env, TypedValue, Variables};

use super::{CustomItem, DatabaseState, DatastoreState, Desk, ItemStatus, Shared, value_of};
use crate::server::Server;

/// What a script may ask beyond the session.
#[derive(Default)]
pub(crate) struct Beyond<'a> {
    /// The context of the session's scripts, where it is theirs.
    pub(crate) session_context: Option<&'a Context>,
    pub(crate) datastore: Option<&'a mut DatastoreState>,
    pub(crate) database: Option<&'a mut DatabaseState>,
    pub(crate) status: Option<&'a mut ItemStatus>,
    pub(crate) custom: Option<&'a mut CustomItem>,
}

impl<'a> Beyond<'a> {
    fn put_into(self, env: &mut Env<'a>) {
        let Beyond { session_context, datastore, database, status, custom } = self;
        env.session_context = session_context;
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
    /// Runs a script of a datastore or of its database. `None`: there is none, it gives nothing, or it failed.
    pub(crate) fn run<K: Copy + PartialEq>(
        &self,
        scripts: &Scripts<K>,
        kind: K,
        variables: &mut Variables,
        hosts: Beyond<'_>,
    ) -> Option<TypedValue> {
        if !scripts.has(kind) {
            return None;
        }
        let mut shared = self.shared();
        let Shared { machine, zones, state } = &mut *shared;
        let mut env = Env { zones: zones.clone(), session: Some(state), ..Env::new(machine) };
        hosts.put_into(&mut env);
        let result = scripts.run(kind, variables, &mut env);
        let after = env.zones;
        *zones = after;
        value_of(result, scripts.origin(kind), &mut machine.notes)
    }

    /// Runs a script of the session, in the session's variables.
    pub(crate) fn run_session(
        &self,
        server: &Server,
        kind: SessionScript,
        hosts: Beyond<'_>,
    ) -> Option<TypedValue> {
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
pub(crate) fn is_true(value: Option<TypedValue>) -> Option<bool> {
    value.map(|value| value.value.to_integer().is_some_and(|number| number != 0))
}
