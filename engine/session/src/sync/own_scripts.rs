//! The datastore's own scripts and those around its database that see no item: at the Alert, before the first item, and
//! at the end (manual 11.34.21 to 11.34.25).
//!
//! Not its job: the scripts of statuses (`statuses`), and those of the datatypes.

use std::sync::Arc;

use syncloom_config::{DatabaseScript, Datastore, DatastoreScript};
use syncloom_script::lang::{TypedValue, Variables};
use syncloom_stores::Scope;

use super::DatastoreSync;
use crate::scripting::{Beyond, DatabaseState, DatastoreState, Desk, ItemStatus, is_true};

/// The variables that the scripts of one datastore in one session share.
pub(super) struct OwnScripts {
    variables: Variables,
    database_variables: Variables,
    /// The scripts of the end have run.
    ended: bool,
}

/// What `<adminreadyscript>` makes of a sync if it says no.
const STORE_FAILED: u16 = 510;

impl OwnScripts {
    pub(super) fn new(datastore: &Arc<Datastore>) -> Self {
        OwnScripts {
            variables: datastore.scripts.variables(),
            database_variables: datastore.database_scripts.variables(),
            ended: false,
        }
    }

    /// Runs a script of the datastore.
    pub(super) fn run(
        &mut self,
        desk: &Desk,
        datastore: &Datastore,
        state: &mut DatastoreState,
        status: Option<&mut ItemStatus>,
        kind: DatastoreScript,
    ) -> Option<TypedValue> {
        let hosts = Beyond { datastore: Some(state), status, ..Beyond::default() };
        desk.run(&datastore.scripts, kind, &mut self.variables, hosts)
    }

    /// Runs a script of the database.
    fn run_database(
        &mut self,
        desk: &Desk,
        datastore: &Datastore,
        state: &mut DatastoreState,
        mut keys: DatabaseState,
        kind: DatabaseScript,
    ) -> Option<TypedValue> {
        let hosts = Beyond { datastore: Some(state), database: Some(&mut keys), ..Beyond::default() };
        desk.run(&datastore.database_scripts, kind, &mut self.database_variables, hosts)
    }

    /// An Alert has come. `Err` is the status that a script refuses it with, and why.
    pub(super) fn alerted(
        &mut self,
        desk: &Desk,
        datastore: &Datastore,
        state: &mut DatastoreState,
    ) -> Result<(), (u16, String)> {
        let value = self.run(desk, datastore, state, None, DatastoreScript::Alert);
        let said = value.and_then(|value| value.value.to_integer()).and_then(|said| u16::try_from(said).ok());
        // Scripts written for engines that look at no value may give any.
        let refusal = state.take_abort().or(said.filter(|status| (300..600).contains(status)));
        refusal.map_or(Ok(()), |status| Err((status, format!("<alertscript> of {} refuses", state.name))))
    }

    /// What is remembered of the last sync has been read.
    pub(super) fn admin_ready(
        &mut self,
        desk: &Desk,
        datastore: &Datastore,
        state: &mut DatastoreState,
        scope: &Scope,
        target_key: &str,
    ) -> Result<(), (u16, String)> {
        let keys = DatabaseState::new(scope, target_key);
        let value = self.run_database(desk, datastore, state, keys, DatabaseScript::AdminReady);
        let refused = (is_true(value) == Some(false)).then_some(STORE_FAILED);
        let refusal = state.take_abort().or(refused);
        refusal
            .map_or(Ok(()), |status| Err((status, format!("<adminreadyscript> of {} refuses", state.name))))
    }
}

impl DatastoreSync {
    /// Runs the script that comes before the items are read.
    pub(super) fn begin_own_scripts(&mut self) {
        let (desk, state) = (&self.desk, &mut self.script_state);
        self.own_scripts.run(desk, &self.datastore, state, None, DatastoreScript::Init);
        self.obey();
    }

    /// Runs the scripts of the end, however it came to that. Does nothing if they have been run.
    pub(crate) fn end_own_scripts(&mut self) {
        if std::mem::replace(&mut self.own_scripts.ended, true) {
            return;
        }
        let keys = DatabaseState::new(&self.scope, &self.target.key);
        let (desk, state) = (&self.desk, &mut self.script_state);
        self.own_scripts.run_database(desk, &self.datastore, state, keys, DatabaseScript::SyncEnd);
        self.own_scripts.run(desk, &self.datastore, state, None, DatastoreScript::Finish);
    }
}
